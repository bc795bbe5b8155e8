"""What any answer of the archive may say instead of what was asked for (facts/wayback.md 2.6-2.9).

Used for both of its services, the index and playback: each reads its own kind of answer first.
"""

from __future__ import annotations

import datetime as dt
import re
from email.utils import parsedate_to_datetime

import httpx

from scraper.errors import RateLimited, TryAgain

_TOO_MANY = 429
# Retried by edgi's client, which its users and the archive's staff have tuned for years
# (facts/peers.md 1.1), and the codes of Cloudflare.
_PASSING = frozenset({408, 413, 421, 500, 502, 503, 504, 599, *range(520, 531)})
# The page for an excluded address has 57,794 bytes, and says so behind 56,708 of them.
_SOME_CHARACTERS = 200_000
# The archive's page for times when it is down: with 503 on some days, with 200 on others.
_OUTAGE = re.compile(r"<title>[^<]*Temporarily Offline", re.IGNORECASE)
_BAN = "suspected abusive bot traffic"  # of the page of a 429, which was seen with 200 as well
_MOST_SECONDS = 86_400.0


def text_start(body: bytes) -> str:
    """Return the beginning of a body as text, to look for words of the archive in it."""
    return body[:_SOME_CHARACTERS].decode("utf-8", "replace")


def raise_for_archive_error(response: httpx.Response, text: str) -> None:
    """Raise `RateLimited` where the archive wants no requests, `TryAgain` for its passing troubles.

    Not for the answer of a capture: a captured 429 or 503 is a page like any other.
    """
    status = response.status_code
    if status == _TOO_MANY or _BAN in text:
        raise RateLimited("the archive says: too many requests", retry_after(response))
    if _OUTAGE.search(text):
        raise RateLimited("the archive is down: it shows its outage page", retry_after(response))
    if status in _PASSING:
        raise TryAgain(f"the archive answers {status} {response.reason_phrase}".rstrip())


def retry_after(response: httpx.Response) -> float | None:
    """Return the seconds that `Retry-After` asks for, `None` where there is none to go by.

    Seconds or a date (RFC 9110, 10.2.3); more than a day is taken for a day.
    """
    value = response.headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        seconds = float(value[:9])
    else:
        try:
            moment = parsedate_to_datetime(value)
        except (ValueError, OverflowError):  # of a year or a zone that no date has
            return None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=dt.UTC)
        seconds = (moment - dt.datetime.now(dt.UTC)).total_seconds()
    return min(seconds, _MOST_SECONDS) if seconds > 0 else None
