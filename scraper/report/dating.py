"""The day of an article that was not recovered, estimated by its neighbours.

Ids grow with time, so the articles with the nearest ids appeared about the same day. The median of
five is taken: one of them may have been put back to another day by the editors.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median_low

from scraper.report.months import month_of

NEIGHBOURS = 5


@dataclass(frozen=True, slots=True)
class Trial:
    """How well the estimate does on articles whose day is known, each left out in turn.

    `hits` counts those whose month it gives, `near` those that it misses by a month at most.
    """

    articles: int
    hits: int
    near: int


class Dating:
    """Estimates days from the articles whose day is known."""

    def __init__(self, days: Mapping[int, dt.date]) -> None:
        self._ids = sorted(days)
        self._days = [days[article_id].toordinal() for article_id in self._ids]

    def estimate(self, article_id: int) -> dt.date | None:
        """Return about when an article appeared, its own day left out; `None` if nobody knows."""
        place = bisect_left(self._ids, article_id)
        low, high = max(0, place - NEIGHBOURS), place + NEIGHBOURS + 1
        near = sorted(
            (abs(neighbour - article_id), day)
            for neighbour, day in zip(self._ids[low:high], self._days[low:high], strict=True)
            if neighbour != article_id
        )
        if not near:
            return None
        return dt.date.fromordinal(median_low(day for _, day in near[:NEIGHBOURS]))

    def trial(self) -> Trial:
        """Estimate every day that is known, and compare."""
        hits = near = 0
        for article_id, day in zip(self._ids, self._days, strict=True):
            guess = self.estimate(article_id)
            if guess is not None:
                distance = abs(month_of(guess) - month_of(dt.date.fromordinal(day)))
                hits, near = hits + (distance == 0), near + (distance <= 1)
        return Trial(len(self._ids), hits, near)
