"""How far a crawl is: written by the crawl, read by whoever shows it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from scraper.crawl.outcomes import ArticleStatus
from scraper.models import Pause


@dataclass
class CrawlProgress:
    """Counts since the start of the run.

    `phase` is what is being done, in words; `rows` those of the index, `pages` those fetched;
    `done` and `total` are articles; `pause` is the one that everybody waits for;
    `passed_over` is what a list names and is not taken, in words. `asked_for` are the articles that
    the run is about, `unknown` the ids given one by one of which there is no capture.
    """

    phase: str = "opening the folder"
    records: int = 0
    pages: int = 0
    done: int = 0
    total: int = 0
    put_off: int = 0
    statuses: Counter[ArticleStatus] = field(default_factory=Counter)
    pause: Pause | None = None
    passed_over: Counter[str] = field(default_factory=Counter)
    wanted: frozenset[int] = frozenset()
    without_capture: list[int] = field(default_factory=list)

    def record_pause(self, pause: Pause | None) -> None:
        """Take note of a pause, or of its good end."""
        self.pause = pause
