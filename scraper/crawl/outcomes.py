"""The values that the ledger keeps: what became of a capture, and of an article."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from normalise import Capture
from scraper.models import ArticleStatus, AttemptResult, PageReading


class CaptureSource(StrEnum):
    """Where the captures of an article are known from."""

    INDEX = "index"
    LIST = "list"
    ASKED = "asked"  # the index again, by `hkcnews fetch` for a single article


@dataclass(frozen=True, slots=True)
class Attempt:
    """What became of a capture that was requested, and the capture that was served for it.

    `reason` is one word, `message` is for people; `requests` and `seconds` are what it took.
    `extractor` is the version of the rules that have judged its page, "" where none has.
    """

    requested: Capture
    result: AttemptResult
    reason: str = ""
    message: str = ""
    served: Capture | None = None
    requests: int = 0
    seconds: float = 0.0
    extractor: str = ""


@dataclass(frozen=True, slots=True)
class ArticleOutcome:
    """What became of an article, and the capture that it was written from.

    `is_pinned` says that somebody has fetched this very article since the crawl: its capture then
    comes before better ones. Of a written article, `warnings` are those of its page, `reading` is
    what the rules of the version `extractor` have found there.
    """

    article_id: int
    status: ArticleStatus
    reason: str = ""
    message: str = ""
    capture: Capture | None = None
    is_pinned: bool = False
    warnings: tuple[str, ...] = ()
    reading: PageReading | None = None
    extractor: str = ""
