"""What a command is pointed at: an id, an address of the site, or one of the archive."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

from normalise import BadCapture, Capture
from normalise.files import MAX_ID
from normalise.playback_address import ARCHIVE_HOST, MODIFIER
from scraper.errors import UsageError
from scraper.models import CdxRecord

_ID = re.compile(r"[0-9]{1,9}")
_SITE_ADDRESS = re.compile(
    r"(?:(?:https?:)?//)?(?:www\.)?hkcnews\.com(?::[0-9]+)?/article/(?P<id>[0-9]{1,9})(?:[/?#].*)?",
    re.IGNORECASE | re.DOTALL,
)
# Wider than the archive's own spelling: as people copy and shorten addresses.
_PLAYBACK_ADDRESS = re.compile(
    rf"(?:(?:https?:)?//)?(?:www\.)?{re.escape(ARCHIVE_HOST)}(?::[0-9]+)?/web/"
    rf"(?:(?P<timestamp>[0-9]{{0,14}})(?:{MODIFIER}|\*)?/)?(?P<address>.+)",
    re.IGNORECASE | re.DOTALL,
)
# The archive takes an encoded scheme, and none, as well (docs/wayback.md 2.1).
_ENCODED_SCHEME = re.compile(r"(https?)%3a", re.IGNORECASE)
_HAS_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:/|//", re.IGNORECASE)
_TIMESTAMP_DIGITS = 14


@dataclass(frozen=True, slots=True)
class Target:
    """An article, and what else the target says.

    `capture` is set where one capture of the article is meant. `at` are the first digits of a
    timestamp where a time is meant, else "".
    """

    article_id: int
    capture: Capture | None = None
    at: str = ""

    def __str__(self) -> str:
        return self.capture.url if self.capture else f"article {self.article_id}"


def parse_target(text: str, at: str = "") -> Target:
    """Return what a text means; `at` are the first digits of a timestamp, "" for any time.

    Addresses may have http or https, with or without `www.`, raw or percent-encoded, and may end
    behind the id. From an address of the archive the timestamp and the captured address are taken,
    whatever its modifier. Raises `UsageError` for what names no article.
    """
    text = text.strip()
    if at and not re.fullmatch(r"[0-9]{1,14}", at):
        raise UsageError(f"--at takes the digits of a timestamp, such as 20210629, not {at!r}")
    playback = _PLAYBACK_ADDRESS.fullmatch(text)
    if playback is None:
        return _article_target(text, at)
    timestamp, address = playback["timestamp"] or "", playback["address"]
    if encoded := _ENCODED_SCHEME.match(address):
        is_whole = not address.startswith("//", encoded.end())
        address = unquote(address) if is_whole else f"{encoded[1]}:{address[encoded.end() :]}"
    if not _HAS_SCHEME.match(address):
        address = f"http://{address}"
    if len(timestamp) < _TIMESTAMP_DIGITS:  # `/web/2021/...` and `/web/*/...` name no capture
        return _article_target(address, at or timestamp)
    return _capture_target(text, timestamp, address, at)


def _article_target(text: str, at: str) -> Target:
    address = _SITE_ADDRESS.fullmatch(text)
    digits = address["id"] if address else text
    article_id = int(digits) if _ID.fullmatch(digits) else 0
    if not 1 <= article_id <= MAX_ID:
        raise UsageError(
            f"{text!r} is no article: give an id from 1 to {MAX_ID}, an address such as "
            "https://www.hkcnews.com/article/11911/..., or that of a capture at web.archive.org"
        )
    return Target(article_id, at=at)


def _capture_target(text: str, timestamp: str, address: str, at: str) -> Target:
    try:
        capture = Capture.of(timestamp, address)
    except (BadCapture, UnicodeEncodeError) as error:  # half of a surrogate pair is no text
        raise UsageError(f"{text!r} is not the address of a capture: {error}") from error
    article_id = CdxRecord(capture).article_id
    if article_id is None:
        raise UsageError(f"{text!r} is no capture of an article of hkcnews.com")
    if at:
        raise UsageError("the address of a capture says when it was taken: leave out --at")
    return Target(article_id, capture)
