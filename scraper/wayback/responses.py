"""What any answer of the archive may be instead of what was asked for (docs/wayback.md 2.6, 2.7).

The index and playback both use this, for answers that are not of their own kind.
"""

from __future__ import annotations

import datetime as dt
import re
from email.utils import parsedate_to_datetime

import httpx

from scraper.errors import RateLimited, TryAgain

_TOO_MANY_REQUESTS = 429
# Those that edgi's client retries, and those of Cloudflare (docs/wayback.md 2.6).
_PASSING = frozenset({408, 413, 421, 500, 502, 503, 504, 599, *range(520, 531)})
# The page for an excluded address says so after 56,708 of its 57,794 bytes.
_MAX_TEXT_BYTES = 200_000
_OUTAGE = re.compile(r"<title>[^<]*Temporarily Offline", re.IGNORECASE)  # docs/wayback.md 2.9
_BAN = "suspected abusive bot traffic"  # docs/wayback.md 2.7: with 429, and with 200 as well
_MAX_RETRY_AFTER = 86_400.0  # seconds


def text_start(body: bytes) -> str:
    """Return the beginning of a body as text, to look for words of the archive in it."""
    return body[:_MAX_TEXT_BYTES].decode("utf-8", "replace")


def raise_for_archive_error(response: httpx.Response, text: str) -> None:
    """Raise `RateLimited` where the archive wants no requests, `TryAgain` for a passing error.

    `text` is the beginning of the body. Not for mementos: a captured 429 or 503 is a page like
    any other (docs/wayback.md 2.5).
    """
    status = response.status_code
    if status == _TOO_MANY_REQUESTS or _BAN in text:
        raise RateLimited("the archive says: too many requests", retry_after(response))
    if _OUTAGE.search(text):
        raise RateLimited("the archive is down: it shows its outage page", retry_after(response))
    if status in _PASSING:
        raise TryAgain(f"the archive answers {status} {response.reason_phrase}".rstrip())


def retry_after(response: httpx.Response) -> float | None:
    """Return the seconds that `Retry-After` asks for, at most a day; `None` without a usable one.

    The header has seconds or a date (RFC 9110, 10.2.3).
    """
    value = response.headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        seconds = float(value[:9])
    else:
        try:
            moment = parsedate_to_datetime(value)
        except (ValueError, OverflowError):  # no date, or one of an impossible year or zone
            return None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=dt.UTC)
        seconds = (moment - dt.datetime.now(dt.UTC)).total_seconds()
    return min(seconds, _MAX_RETRY_AFTER) if seconds > 0 else None
