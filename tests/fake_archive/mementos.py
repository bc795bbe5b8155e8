"""One capture as the archive holds it, and its row in the index (facts/wayback.md 1.4, 2.3)."""

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
EMPTY_DIGEST = "3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ"  # of no bytes at all (1.4)

Header = tuple[str, str]


@dataclass(slots=True, eq=False)
class FakeMemento:
    """A capture: what the archive got for an address at a time, whatever its status was.

    `headers` are those of the captured answer, without Content-Type and Content-Encoding; a
    captured redirect has its `Location` among them. `content` is the body, or a function that
    makes it, so that an archive of 50,000 articles holds none of them.
    """

    original: str
    timestamp: str
    content: bytes | Callable[[], bytes] = b""
    status: int = 200
    content_type: str = "text/html"
    headers: tuple[Header, ...] = ()
    # How the index lists it. A revisit is a full capture for playback, and `warc/revisit -` in
    # the index (1.7). "" stands for what follows from the rest.
    mimetype: str = ""
    revisit: bool = False
    digest: str = ""
    length: str = ""
    reason: str = ""
    # The index lists captures that playback answers with a redirect to another (1.6), and
    # playback has fresh ones that the index does not list yet.
    playable: bool = True
    listed: bool = True
    # Captured with Content-Encoding gzip: sent in gzip, asked for or not (2.10).
    gzipped: bool = False
    urlkey: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        self.urlkey = self.urlkey or urlkey(self.original)
        self.reason = self.reason or reason_of(self.status)

    @property
    def body(self) -> bytes:
        """The captured bytes, without content encoding."""
        return self.content if isinstance(self.content, bytes) else self.content()

    @property
    def location(self) -> str:
        """Where a captured redirect leads, as it was captured; "" for any other capture."""
        if self.status // 100 != 3:
            return ""
        return next((value for name, value in self.headers if name.lower() == "location"), "")

    def row(self) -> tuple[str, ...]:
        """Return the capture's row in the index, in the order of `FIELDS`."""
        if not self.digest:
            self.digest = digest_of(self.body)
        if not self.length:
            self.length = str(len(gzip.compress(self.body, 1)) + 500)  # with the record's heads
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
    """Return the base32 sha1 of a payload (1.4)."""
    return base64.b32encode(hashlib.sha1(body, usedforsecurity=False).digest()).decode()


@lru_cache(maxsize=4096)
def http_date(timestamp: str) -> str:
    """Return a timestamp as HTTP headers have it; a month or day of `00` counts as `01` (1.4)."""
    return formatdate(seconds_of(timestamp), usegmt=True)


def seconds_of(timestamp: str) -> int:
    """Return the seconds since 1970 of 1 to 14 digits, what is missing being the earliest."""
    padded = timestamp + "00000101000000"[len(timestamp) :]
    year, month, day = int(padded[:4]), int(padded[4:6]) or 1, int(padded[6:8]) or 1
    hour, minute, second = (int(padded[at : at + 2]) for at in (8, 10, 12))
    return calendar.timegm((year, month, day, hour, minute, second))


def reason_of(status: int) -> str:
    """Return the words behind a status on the first line of an answer; "" for an unknown one."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
