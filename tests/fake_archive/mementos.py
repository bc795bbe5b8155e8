"""One capture as the archive holds it, and its record in the index (docs/wayback.md 1.2, 2.3)."""

from __future__ import annotations

import base64
import calendar
import gzip
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus

from fake_archive.surt import urlkey

FIELDS = ("urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length")
EMPTY_DIGEST = "3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ"  # of an empty body

Header = tuple[str, str]


@dataclass(slots=True, eq=False)
class FakeMemento:
    """A capture: the response to a request of the archive's crawler, of any status.

    `headers` are those of the captured response, without Content-Type and Content-Encoding; a
    captured redirect has its `Location` there. `content` is the body or a function that makes it,
    so that an archive of 50,000 articles needs little memory.
    """

    original: str
    timestamp: str
    content: bytes | Callable[[], bytes] = b""
    status: int = 200
    content_type: str = "text/html"
    headers: tuple[Header, ...] = ()
    # The record in the index; "" is computed from the rest. A revisit is a full capture for
    # playback, and `warc/revisit -` in the index (docs/wayback.md 1.4).
    mimetype: str = ""
    revisit: bool = False
    digest: str = ""
    length: str = ""
    reason: str = ""
    # Playback redirects some listed captures to others, and serves fresh ones that are not listed
    # yet (docs/wayback.md 1.4).
    playable: bool = True
    listed: bool = True
    # Captured with Content-Encoding gzip: sent in gzip, accepted or not (docs/wayback.md 2.4).
    gzipped: bool = False
    urlkey: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        self.urlkey = self.urlkey or urlkey(self.original)
        self.reason = self.reason or reason_phrase(self.status)

    @property
    def body(self) -> bytes:
        """The captured bytes, without content encoding."""
        return self.content if isinstance(self.content, bytes) else self.content()

    @property
    def location(self) -> str:
        """The captured `Location` of a redirect; "" for any other capture."""
        if self.status // 100 != 3:
            return ""
        return next((value for name, value in self.headers if name.lower() == "location"), "")

    def cdx_record(self) -> tuple[str, ...]:
        """Return the values of the capture's CDX record, in the order of `FIELDS`."""
        if not self.digest:
            self.digest = digest_of(self.body)
        if not self.length:
            self.length = str(len(gzip.compress(self.body, 1)) + 500)  # headers included
        mimetype = "warc/revisit" if self.revisit else self.mimetype or self._listed_type()
        status = "-" if self.revisit else str(self.status)
        return (
            self.urlkey,
            self.timestamp,
            self.original,
            mimetype,
            status,
            self.digest,
            self.length,
        )

    def _listed_type(self) -> str:
        return self.content_type.partition(";")[0].strip() or "unk"


def digest_of(body: bytes) -> str:
    """Return the base32 SHA-1 of a body, as the index has it."""
    return base64.b32encode(hashlib.sha1(body, usedforsecurity=False).digest()).decode()


@lru_cache(maxsize=4096)
def http_date(timestamp: str) -> str:
    """Return a timestamp in the form of HTTP headers; a month or day of `00` counts as `01`."""
    return formatdate(seconds_of(timestamp), usegmt=True)


def seconds_of(timestamp: str) -> int:
    """Return the seconds since 1970 of 1 to 14 digits: the earliest moment that they can mean."""
    padded = timestamp + "00000101000000"[len(timestamp) :]
    year, month, day = int(padded[:4]), int(padded[4:6]) or 1, int(padded[6:8]) or 1
    hour, minute, second = (int(padded[at : at + 2]) for at in (8, 10, 12))
    return calendar.timegm((year, month, day, hour, minute, second))


def reason_phrase(status: int) -> str:
    """Return the reason phrase of a status, "" for an unknown status."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
