"""The values that the ledger keeps of pictures (docs/crawl-folder.md 2.8 to 2.11)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from normalise import Capture
from scraper.models import ArticleStatus


class ImageResult(StrEnum):
    """What became of one capture of a picture; the value is the word in the ledger."""

    STORED = "stored"  # fetched, and not yet looked at
    IMAGE = "image"
    NOT_IMAGE = "not-image"
    UNPLAYABLE = "unplayable"
    NO_ANSWER = "no-answer"
    CRASHED = "crashed"  # the process that looked at it died


@dataclass(frozen=True, slots=True)
class ShownImage:
    """A picture as an article shows it: captured addresses, of other sizes too."""

    original: str
    sizes: tuple[str, ...] = ()
    is_avatar: bool = False


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """What the bytes of a picture say: pixels, bytes, and their digest as the index has it."""

    mime: str
    width: int
    height: int
    bytes: int
    digest: str


@dataclass(frozen=True, slots=True)
class ListedCapture:
    """A capture of a picture that the index has given, with the digest that it knows, or ""."""

    capture: Capture
    digest: str


@dataclass(frozen=True, slots=True)
class Image:
    """A picture that is known to the ledger.

    `capture` is that of its address at the time of the article that shows it first, `number` its
    place in that article. `listed` are captures that the index has given, `None` where it was not
    asked.
    """

    id: int
    capture: Capture
    article_id: int
    number: int
    sizes: tuple[str, ...]
    listed: tuple[ListedCapture, ...] | None


@dataclass(frozen=True, slots=True)
class ImageAttempt:
    """What became of a capture of a picture that was requested, and which was served for it."""

    requested: Capture
    result: ImageResult
    reason: str = ""
    message: str = ""
    served: Capture | None = None
    requests: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class ImageOutcome:
    """What became of a picture: its file below the folder of the crawl, or why there is none."""

    image_id: int
    status: ArticleStatus
    reason: str = ""
    message: str = ""
    file: str = ""
    facts: ImageFacts | None = None
    served: Capture | None = None
