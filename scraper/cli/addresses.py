"""Addresses in messages as people read them: percent-decoded, and cut where they are long.

A decoded address is still a valid target of every command. One that was cut is good for `inspect`
and `record` with --from: its timestamp and its id are kept.
"""

from __future__ import annotations

import re

_ADDRESS = re.compile(r"https?://\S+?(?=[;,:.]*(?:\s|\Z))")
_MENTION = re.compile(rf"(?:[:,]| by)? {_ADDRESS.pattern}")
_ENCODED_TEXT = re.compile(r"(?:%[89a-f][0-9a-f])+", re.IGNORECASE)
# What has to be kept: archive, timestamp, site and id.
_IDENTITY = re.compile(r".*?/article/[0-9]{1,9}/?")
_MAX_LENGTH = 100
_TAIL_LENGTH = 16
_CUT = "..."


def decode_address(address: str) -> str:
    """Return an address with its UTF-8 text decoded; all other percent-encoding is kept.

    `%20`, `%25` or `%2F` stay, so that encoding the result again gives the same address. So does
    what is not valid UTF-8, and what can't be printed.
    """
    return _ENCODED_TEXT.sub(_decode, address)


def decode_addresses(text: str) -> str:
    """Return a text in which every address is decoded."""
    return _ADDRESS.sub(lambda match: decode_address(match[0]), text)


def shorten_addresses(text: str) -> str:
    """Return a text in which every address is decoded, and long ones are cut in the middle."""
    return _ADDRESS.sub(lambda match: _cut(decode_address(match[0])), text)


def drop_addresses(text: str) -> str:
    """Return a text without the addresses in it."""
    return _MENTION.sub("", text)


def _decode(match: re.Match[str]) -> str:
    try:
        text = bytes.fromhex(match[0].replace("%", "")).decode("utf-8")
    except UnicodeDecodeError:
        return match[0]
    return text if text.isprintable() else match[0]  # blanks such as U+3000 are not printable


def _cut(address: str) -> str:
    identity = _IDENTITY.match(address)
    head = max(_MAX_LENGTH - _TAIL_LENGTH - len(_CUT), identity.end() if identity else 0)
    if len(address) <= max(_MAX_LENGTH, head + len(_CUT) + _TAIL_LENGTH):
        return address
    return f"{address[:head]}{_CUT}{address[-_TAIL_LENGTH:]}"
