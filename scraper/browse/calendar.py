"""The days of a month as a calendar shows them, with the number of articles of each."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass

_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
_WEEKS = calendar.Calendar(calendar.SUNDAY)  # as calendars of Hong Kong have it


@dataclass(frozen=True, slots=True)
class Day:
    """A day of a calendar; `is_inside` says that it is of the month."""

    date: str
    number: int
    count: int
    is_inside: bool


def is_month(month: str) -> bool:
    """Return whether a text such as `2021-12` is a month of a four-digit year from 1 on."""
    found = _MONTH.fullmatch(month)
    return found is not None and 1 < int(found[1]) < dt.MAXYEAR


def weeks_of(month: str, counts: Mapping[str, int]) -> list[list[Day]]:
    """Return the weeks of a month; `counts` has the number of articles by day."""
    year, number = map(int, month.split("-"))
    return [
        [
            Day(day.isoformat(), day.day, counts.get(day.isoformat(), 0), day.month == number)
            for day in week
        ]
        for week in _WEEKS.monthdatescalendar(year, number)
    ]


def months_of(counts: Mapping[str, int]) -> dict[str, dict[str, int]]:
    """Return how many articles each month of each year has, by year; the newest year first."""
    years: dict[str, dict[str, int]] = {}
    for date, count in counts.items():
        months = years.setdefault(date[:4], {})
        months[date[:7]] = months.get(date[:7], 0) + count
    return dict(sorted(years.items(), reverse=True))


def neighbours(keys: list[str], key: str) -> tuple[str, str]:
    """Return the keys before and after one in a sorted list that need not hold it, "" for none."""
    before = [each for each in keys if each < key]
    after = next((each for each in keys if each > key), "")
    return (before[-1] if before else ""), after
