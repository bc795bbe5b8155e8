"""Times in UTC as they are written: `2022-01-03T12:00:00Z`."""

from __future__ import annotations

import datetime as dt


def format_utc(moment: dt.datetime) -> str:
    """Return a time in UTC as it is written, to the second: `2022-01-03T12:00:00Z`."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def utc_now() -> str:
    """Return the time in UTC, as `utc` writes it."""
    return format_utc(dt.datetime.now(dt.UTC))
