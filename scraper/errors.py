"""Every error that this package raises, each named for what the caller does next.

ScraperError
├── UsageError      what was asked for can't be meant: correct the command line
│   └── FolderInUse       another crawl works in the folder: wait until it has ended
├── BadRecord       one page can't be had from its source: note it, go on with the next
│   └── Revisit     the page itself is in another record: take that
├── BadBody         a body can't be unpacked: ask for it again
│   └── TooLarge    no page is as large: try another capture
├── TryAgain        one request failed: make it again after a while
├── RateLimited         the archive wants no requests now: everybody waits (.retry_after)
├── PlaybackError      the archive can't play this capture: try another (.reason)
├── RetriesExhausted        all tries were in vain: put it off
├── NoCapture       no capture of an article is usable: it lists what was tried and why not
├── IndexUnavailable         the index gives no list of captures: give one, or come another day
├── Stopped         the run is to end: finish what is begun, begin nothing
├── Paused          the archive has wanted no requests for long: come back later (.until)
├── CertificateError      the archive can't be known by its certificate: ask nothing more
└── StorageError          what a crawl stands on does not hold: mend that first
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum


class ScraperError(Exception):
    """The root: whatever this package refuses to do."""


class UsageError(ScraperError):
    """The command line asks for something that can't be."""


class FolderInUse(UsageError):
    """Another crawl works in this folder."""


class BadRecord(ScraperError):
    """A record of a WARC, a saved page or a row of a list is damaged; it says where and how."""


class RevisitRecord(BadRecord):
    """A record that says only that the page was the same as in another one."""


class BadBody(ScraperError):
    """The body of an answer is not what its content encoding says, or is cut off."""


class TooLarge(BadBody):
    """A body of more bytes than any page has."""


class TryAgain(ScraperError):
    """A request failed for a cause that passes: a time-out, a broken connection, a 503."""


class RateLimited(ScraperError):
    """The archive asks for a pause; `retry_after` is in seconds, `None` where it does not say."""

    def __init__(self, said: str, retry_after: float | None = None) -> None:
        super().__init__(said)
        self.retry_after = retry_after


class PlaybackFailure(StrEnum):
    """Why the archive does not play a capture; the value is the word shown to people."""

    NOT_ARCHIVED = "not-archived"
    EXCLUDED = "excluded"
    ROBOTS = "robots"
    ELSEWHERE = "leads-elsewhere"
    LOOP = "redirect-loop"
    TOO_LARGE = "too-large"
    ERROR = "playback-error"


class PlaybackError(ScraperError):
    """The archive has answered, and asking again would change nothing."""

    def __init__(self, reason: PlaybackFailure, said: str) -> None:
        super().__init__(said)
        self.reason = reason


class RetriesExhausted(ScraperError):
    """A request was made as often as is polite and never answered."""


class NoCapture(ScraperError):
    """An article that was asked for can't be had from any of its captures."""


class IndexUnavailable(ScraperError):
    """The index answers, but not with a list of captures."""


class Stopped(ScraperError):
    """Somebody asked the run to end."""


class Paused(ScraperError):
    """The archive has refused again and again; `until` is when to come back."""

    def __init__(self, said: str, until: dt.datetime) -> None:
        super().__init__(said)
        self.until = until


class CertificateError(ScraperError):
    """The TLS certificate of the archive does not hold, so the server may be anybody's."""


class StorageError(ScraperError):
    """The ledger or the store can't be relied on."""
