"""Times in UTC as they are written: `2022-01-03T12:00:00Z`."""

from __future__ import annotations

import calendar
import datetime as dt
import re


def format_utc(moment: dt.datetime) -> str:
    """Return a moment, which must be in UTC, to the second: `2022-01-03T12:00:00Z`."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def utc_now() -> str:
    """Return the present moment in the same form."""
    return format_utc(dt.datetime.now(dt.UTC))


def seconds_of(digits: str) -> int:
    """Return the second since 1970 that 1 to 14 digits of UTC begin with.

    Months of `00` occur in the index.
    """
    whole = digits + "00000101000000"[len(digits) :]
    month, *rest = (int(part) for part in re.findall("..", whole[4:]))
    return calendar.timegm((max(1, int(whole[:4])), min(max(1, month), 12), *rest))
