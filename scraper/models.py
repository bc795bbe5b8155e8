"""Values that pass between the packages."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from normalise import Capture
from normalise.files import MAX_ID


@dataclass(frozen=True, slots=True)
class CdxRecord:
    """What the index says of one capture; "" for what it does not say."""

    capture: Capture
    mimetype: str = ""
    statuscode: str = ""
    digest: str = ""

    @property
    def article_id(self) -> int | None:
        """The id of the article, `None` for any other page."""
        number = self.capture.article_id
        return number if number is not None and 1 <= number <= MAX_ID else None


@dataclass(frozen=True, slots=True)
class Memento:
    """A capture as it was played: what was really served, which need not be what was asked for.

    `headers` are those of the captured answer, `body` is without content encoding, `location` is
    where a captured redirect leads; "" for any other capture.
    """

    requested: Capture
    served: Capture
    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    location: str = ""


@dataclass(frozen=True, slots=True)
class ArchiveRedirect:
    """The archive's own redirect to the nearest capture that it can play (2.2)."""

    location: str


@dataclass(frozen=True, slots=True)
class WarcLocation:
    """Where a record lies: the name of its file in the store, and bytes from the start of it."""

    file: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class CaptureLocation:
    """Where the page of one capture lies: a record of a WARC, or a file (`offset` is `None`)."""

    capture: Capture
    path: Path
    offset: int | None = None
    unpacked_from: Path | None = None

    def __str__(self) -> str:
        place = "" if self.offset is None else f", record at byte {self.offset}"
        return (
            f"{self.unpacked_from or self.path}{place}{' unpacked' if self.unpacked_from else ''}"
        )


@dataclass(frozen=True, slots=True)
class Payload:
    """The body of a capture without content encoding, and its HTTP status where known."""

    body: bytes
    status: int | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """When everybody may go on (seconds since 1970), and the how-many-eth pause in a row it is."""

    until: float
    streak: int
    reason: str = ""
