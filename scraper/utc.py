"""Times in UTC as they are written: `2022-01-03T12:00:00Z`."""

from __future__ import annotations

import datetime as dt


def format_utc(moment: dt.datetime) -> str:
    """Return a moment, which must be in UTC, to the second: `2022-01-03T12:00:00Z`."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def utc_now() -> str:
    """Return the present moment in the same form."""
    return format_utc(dt.datetime.now(dt.UTC))
