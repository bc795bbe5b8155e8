"""Messages without what differs from page to page, so that the same ones can be counted."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

_T = TypeVar("_T")
_K = TypeVar("_K", bound=Hashable)

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


def by_size(items: Iterable[_T], key: Callable[[_T], _K]) -> list[tuple[_K, list[_T]]]:
    """Return items by their key, the largest group first; equal ones in the order of the items."""
    groups: dict[_K, list[_T]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return sorted(groups.items(), key=lambda group: -len(group[1]))
