"""Months as numbers, and what is counted by them. A month is the count of months since year 0."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

# The site lived from December 2016 to January 2022 (docs/site.md); dates out of these years are
# slips of its editors, and would stretch every plot.
_FIRST_YEAR, _LAST_YEAR = 2016, 2022


def month_of(day: dt.date) -> int:
    """Return the month of a day."""
    return day.year * 12 + day.month - 1


def year_of(month: int) -> int:
    """Return the year of a month."""
    return month // 12


def name_of(month: int) -> str:
    """Return a month as `2019-02`."""
    return f"{month // 12:04}-{month % 12 + 1:02}"


def all_between(months: Iterable[int]) -> range:
    """Return every month from the first to the last of some."""
    known = set(months)
    return range(min(known), max(known) + 1) if known else range(0)


def is_of_the_site(day: dt.date) -> bool:
    """Return whether the site can have published something that day."""
    return _FIRST_YEAR <= day.year <= _LAST_YEAR
