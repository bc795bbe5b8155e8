"""What asking for a capture came to, and what became of an article."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from normalise import Capture


class CaptureSource(StrEnum):
    """Where candidates come from."""

    INDEX = "index"
    LIST = "list"
    ASKED = "asked"  # of single articles, by `hkcnews fetch`


class AttemptResult(StrEnum):
    """What a try came to."""

    STORED = "stored"  # fetched, and not yet looked at
    ARTICLE = "article"
    NOT_ARTICLE = "not-article"
    UNREADABLE = "unreadable"
    UNPLAYABLE = "unplayable"
    NO_ANSWER = "no-answer"
    CRASHED = "crashed"  # the process that looked at it died, of the page or of something else


class ArticleStatus(StrEnum):
    """What became of an article; the value is the word shown to people."""

    WRITTEN = "written"
    NO_CAPTURE = "no usable capture"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Attempt:
    """A capture that was asked for, what it came to, and the capture that was served.

    `requests` and `seconds` are what it took.
    """

    requested: Capture
    result: AttemptResult
    reason: str = ""
    message: str = ""
    served: Capture | None = None
    requests: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class ArticleOutcome:
    """What became of an article, and the capture that it was written from.

    `is_pinned` says that somebody has asked for this very article since the crawl: its capture
    then comes before better ones.
    """

    article_id: int
    status: ArticleStatus
    reason: str = ""
    message: str = ""
    capture: Capture | None = None
    is_pinned: bool = False
