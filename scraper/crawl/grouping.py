"""Messages without what differs from page to page, so that the same ones can be counted."""

from __future__ import annotations

import re

_ADDRESS = re.compile(r"(?:[:,]|, by)? \S*//[^\s;]*[^\s;,:]")
_PLACE = re.compile(r": [^;]*/[^;]*")  # a file, with the byte at which a record begins
_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"?")
_NUMBER = re.compile(r"\d(?:[\d.,:-]*\d)?")


def generalise(message: str) -> str:
    """Return a message without addresses, with `N` for numbers and `...` for quotations."""
    text = _PLACE.sub("", _ADDRESS.sub("", _QUOTED.sub("...", message)))
    return _NUMBER.sub("N", text)


def what_failed(message: str) -> str:
    """Return the same of a failure, without the advice that follows a semicolon."""
    return generalise(message).split("; ")[0]
