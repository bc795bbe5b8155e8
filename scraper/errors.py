"""Every error that this package raises, each named for what the caller does next.

HkcnewsError                 the root of these and of those in normalise/errors.py
└── ScraperError
    ├── UsageError           the command line asks for what can't be: correct it
    │   └── FolderInUse      another crawl works in the folder: wait until it has ended
    ├── BadRecord            one page can't be had from its source: note it, go on with the next
    │   └── RevisitRecord    the page itself is in another record: take that
    ├── BadBody              a body can't be unpacked: ask for it again
    │   ├── UnknownEncoding  no program here unpacks it: keep it as it is
    │   └── TooLarge         no page is as large: try another capture
    ├── NoImage              a body is no picture: try another capture (.reason)
    ├── TryAgain             one request failed: make it again after a while
    │   └── CutBody          a body is shorter than what was captured: it may be so each time
    ├── RateLimited          the archive wants no requests now: everybody waits (.retry_after)
    ├── PlaybackError        the archive can't play this capture: try another (.reason)
    ├── RetriesExhausted     all tries were in vain: put it off
    ├── NoCapture            no capture of an article is usable: it lists what was tried
    ├── IndexUnavailable     the index gives no list of captures: give one, or come another day
    ├── TooManyUnreadable    the rules don't fit the pages: mend them, then go on
    ├── Stopped              the run is to end: finish what is begun, begin nothing
    ├── Paused               the archive has wanted no requests for long: come back (.until)
    ├── CertificateError     the archive's certificate does not hold: make no more requests
    ├── ProxyRefusal         the proxy lets nothing through: correct its address or password
    ├── StorageError         what a crawl stands on does not hold: mend that first
    ├── WorkerError          worker processes die, and of no single job: mend that first
    └── WorkerCrash          a job killed its worker process: note it, go on with the next
"""

from __future__ import annotations

import datetime as dt
import errno
from enum import StrEnum
from pathlib import Path

from normalise.errors import HkcnewsError


class ScraperError(HkcnewsError):
    """The root of what this package refuses to do; its message says what to do next."""


class UsageError(ScraperError):
    """The command line asks for something that can't be. Correct the command."""


class FolderInUse(UsageError):
    """Another crawl works in this folder. Wait for its end, or stop it."""


class BadRecord(ScraperError):
    """A record of a WARC, a saved page or a row of a list is damaged.

    The message says where and how. Note it, and go on with the next one.
    """


class RevisitRecord(BadRecord):
    """A record says only that the page was the same as in another one. Take the other one."""


class BadBody(ScraperError):
    """A body is not what its content encoding says, or is cut off. Ask for it again."""


class UnknownEncoding(BadBody):
    """A body has a content encoding that can't be removed here. Keep it, and say which."""


class TooLarge(BadBody):
    """A body has more bytes than any page has. Try another capture."""


class NoImage(ScraperError):
    """A body is no picture, or none that is taken. Try another capture; `reason` is one word."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class TryAgain(ScraperError):
    """A request failed for a cause that passes: a time-out, a broken connection, a 503.

    Make it again after a while.
    """


class CutBody(TryAgain):
    """A body is empty, or shorter than the captured one.

    Make the request again after a while; where the same comes each time, it is what there is.
    """


class RateLimited(ScraperError):
    """The archive asks for a pause. Make no request before its end.

    `retry_after` is in seconds, `None` where the archive does not say how long.
    """

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
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
    """The archive has answered, and the same request would get the same answer.

    Try another capture; `reason` says why not this one.
    """

    def __init__(self, reason: PlaybackFailure, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class RetriesExhausted(ScraperError):
    """A request was made as often as is polite, and never answered. Make it much later."""


class NoCapture(ScraperError):
    """None of an article's captures is usable; the message lists them and why. Give another one."""


class IndexUnavailable(ScraperError):
    """The index gives no list of captures. Give a list, or come another day."""


class TooManyUnreadable(ScraperError):
    """Most pages fit no rule. The message says which part is missing and what to do next.

    Nothing is lost: the pages are stored, and are judged again without a request.
    """


class Stopped(ScraperError):
    """Somebody asked the run to end. Finish what is begun; the same command goes on later."""


class Paused(ScraperError):
    """The archive has refused again and again. Come back at `until` (UTC)."""

    def __init__(self, message: str, until: dt.datetime) -> None:
        super().__init__(message)
        self.until = until


class CertificateError(ScraperError):
    """The TLS certificate of the archive does not hold, so the server may be anybody's.

    Make no more requests; look at the clock, the proxy and --archive.
    """


class ProxyRefusal(ScraperError):
    """The proxy of the environment refuses every request. Correct what the message names."""


class StorageError(ScraperError):
    """The ledger or the store can't be used. Mend what the message names, and start again."""


_ADVICE = {
    errno.ENOSPC: "the disk is full: make room",
    errno.EDQUOT: "your share of the disk is full: make room",
    errno.EFBIG: "the disk takes no file as large: give a smaller --warc-size",
    **dict.fromkeys(
        (errno.EROFS, errno.EACCES, errno.EPERM),
        "it may not be written: get the right to write there, or give another folder",
    ),
}


def disk_error(error: OSError, path: Path) -> StorageError:
    """Return the error that says in words why the disk refuses a file, and what to do.

    `path` is named where the error names no file.
    """
    reason = _ADVICE.get(error.errno or 0) or f"{error.strerror or error}: mend that"
    return StorageError(
        f"{error.filename or path} can't be used: {reason}, and start the same command again; "
        "all that was done is kept"
    )


class WorkerError(ScraperError):
    """Worker processes die at their start, or of a job that can't be told from others.

    Do what the message says, and start the same command again.
    """


class WorkerCrash(ScraperError):
    """A job killed the worker process that did it. Note it, and go on with the next job.

    The HTML parser is written in C, and has had faults that end the process
    (selectolax issues 91 and 217).
    """
