"""Values that pass between the packages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from normalise import Capture, Completeness
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
    """A capture as the archive played it.

    `served` is the capture that was really served, which need not be the `requested` one.
    `headers` are those of the captured response, `body` is without content encoding. `location`
    is where a captured redirect leads, "" for any other capture. `modifier` is that of the request.
    """

    requested: Capture
    served: Capture
    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    location: str = ""
    modifier: str = "id_"


@dataclass(frozen=True, slots=True)
class ArchiveRedirect:
    """The archive's own redirect to the nearest capture that it can play (docs/wayback.md 2.2)."""

    location: str


@dataclass(frozen=True, slots=True)
class WarcLocation:
    """Where a record lies: the name of its file in the store, and bytes from the start of it."""

    file: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class CaptureLocation:
    """Where the page of one capture lies: a record of a WARC, or a file (`offset` is `None`).

    `place` is what people are told, where `path` is a copy of what they gave; there the record ends
    before `end`. `doubt` says why the record may not be whole, "" where nothing says so.
    """

    capture: Capture
    path: Path
    offset: int | None = None
    place: str = ""
    end: int | None = None
    doubt: str = ""

    def __str__(self) -> str:
        at = "" if self.offset is None else f", record at byte {self.offset}"
        return self.place or f"{self.path}{at}"


@dataclass(frozen=True, slots=True)
class SourceNote:
    """What people should know of a source, and that is no failure."""

    message: str


@dataclass(frozen=True, slots=True)
class Payload:
    """The body of a capture without content encoding, and its HTTP status where known.

    `doubt` says why the body may not be whole, "" where nothing says so.
    """

    body: bytes
    status: int | None = None
    doubt: str = ""


FIELDS = ("title", "author", "category", "tags", "date", "last_updated", "box", "promo")


@dataclass(frozen=True, slots=True)
class PageReading:
    """What the rules have found on the page of an article.

    `rules` maps each of `FIELDS` that is there to the name of the rule that found it.
    """

    category: str = ""
    rules: Mapping[str, str] = field(default_factory=dict)
    completeness: Completeness = field(default_factory=lambda: Completeness(0, 0))


class AttemptResult(StrEnum):
    """What became of one capture; the value is the word in the ledger and in reports."""

    STORED = "stored"  # fetched, and not yet judged
    ARTICLE = "article"
    NOT_ARTICLE = "not-article"
    UNREADABLE = "unreadable"
    UNPLAYABLE = "unplayable"
    NO_ANSWER = "no-answer"
    CRASHED = "crashed"  # the worker process that judged it died, of the page or of something else


class ArticleStatus(StrEnum):
    """What became of an article; the value is the word shown to people."""

    WRITTEN = "written"
    NO_CAPTURE = "no usable capture"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Pause:
    """A pause that the archive has asked for.

    `until` is its end, in seconds since 1970; `streak` counts the pauses in a row, this one
    included; `reason` is for people.
    """

    until: float
    streak: int
    reason: str = ""
