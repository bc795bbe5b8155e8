"""Ids of articles as a command line gives them: `1-1000,11911`."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

from normalise.files import MAX_ID
from scraper.errors import UsageError

_PART = re.compile(r"([0-9]{1,9})(?:-([0-9]{1,9}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class IdSet:
    """Some ids as sorted ranges that include their ends.

    `single` are the ids that were named one by one, not as part of a range.
    """

    ranges: tuple[tuple[int, int], ...]
    single: frozenset[int] = frozenset()

    @classmethod
    def parse(cls, text: str) -> IdSet:
        """Return the ids that a text names. Raises `UsageError` where a part of it names none."""
        ranges = []
        for part in text.split(","):
            match = _PART.fullmatch(part.strip())
            first = int(match[1]) if match else 0
            last = int(match[2] or match[1]) if match else 0
            if not 1 <= first <= last <= MAX_ID:
                raise UsageError(
                    f"--ids takes ids and ranges from 1 to {MAX_ID}, such as 1-1000,11911; "
                    f"this is none: {part!r}"
                )
            ranges.append((first, last))
        return cls(_merged(ranges), frozenset(first for first, last in ranges if first == last))

    def __contains__(self, article_id: int) -> bool:
        index = bisect_right(self.ranges, (article_id, MAX_ID)) - 1
        return index >= 0 and self.ranges[index][0] <= article_id <= self.ranges[index][1]


def _merged(ranges: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """The same ids in sorted ranges that do not overlap."""
    merged: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if merged and first <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(last, merged[-1][1])
        else:
            merged.append((first, last))
    return tuple(merged)
