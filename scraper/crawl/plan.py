"""What a crawl is asked to do, and what it would take."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from scraper.crawl.outcomes import CaptureSource
from scraper.errors import UsageError
from scraper.selection.ids import IdSet
from scraper.selection.ranking import Prefer


@dataclass(frozen=True, slots=True)
class CrawlPlan:
    """What to crawl.

    `ids` are those wanted, `None` for all; `limit` is the largest number of articles.
    `capture_list` is a list of captures to take instead of the index, `reference` a folder of
    articles that are not crawled again. `sample` is the number of articles to take instead of
    all, spread evenly over their ids. `keep_going` goes on where most pages are unreadable.
    `command` is the command line that asks for this crawl, for messages.
    """

    ids: IdSet | None = None
    limit: int | None = None
    capture_list: Path | None = None
    reference: Path | None = None
    prefer: Prefer = Prefer.NEWEST
    refresh_index: bool = False
    sample: int | None = None
    keep_going: bool = False
    command: str = ""

    def __post_init__(self) -> None:
        if self.limit is not None and self.sample is not None:
            raise UsageError("--sample and --limit both say how many articles: give one of them")

    @property
    def named_ids(self) -> frozenset[int]:
        """The ids that are asked for one by one, not as part of a range."""
        return self.ids.single if self.ids else frozenset()

    @property
    def source(self) -> CaptureSource:
        """Where the captures are known from."""
        return CaptureSource.INDEX if self.capture_list is None else CaptureSource.LIST


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a crawl would take: articles, the smallest number of requests, and seconds."""

    articles: int
    requests: int
    seconds: float
