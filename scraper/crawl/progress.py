"""How far a crawl is: written by the crawl, read by whoever shows it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from scraper.crawl.fields import FieldShare, FieldTally
from scraper.crawl.outcomes import ArticleOutcome
from scraper.models import ArticleStatus, Pause

_ARTICLES_PER_CHECK = 50  # written ones, between two looks at their fields


@dataclass
class CrawlProgress:
    """Counts since the start of the run.

    `phase` is what is being done, in words. `index_pages` and `records` count those read from the
    index, `pages` those fetched; `done`, `total` and `put_off` count articles. `pause` is the one
    that everybody waits for. `passed_over` counts what a list names and is not taken, in words.
    `wanted` are the articles that the run is about, `without_capture` the ids given one by one that
    have no capture. `fields` counts the fields of the articles written in this run. `alarm` says in
    a sentence that the rules don't fit the pages, or that a field is found far too seldom;
    `alarming_fields` are those.
    """

    phase: str = "opening the folder"
    index_pages: int = 0
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
    fields: FieldTally = field(default_factory=FieldTally)
    alarm: str | None = None
    alarming_fields: set[str] = field(default_factory=set)

    def field_shares(self) -> tuple[FieldShare, ...]:
        """Return the share of each field, of the articles written in this run."""
        return self.fields.shares()

    def record_outcome(self, outcome: ArticleOutcome) -> None:
        """Count an article that has come to an end."""
        self.done += 1
        self.statuses[outcome.status] += 1
        if outcome.reading is not None:
            self.fields.add(outcome.reading.category, outcome.reading.rules)
            if self.fields.articles % _ARTICLES_PER_CHECK == 0:
                self._check_fields()

    def _check_fields(self) -> None:
        """Tell once of each field that far fewer articles have than should."""
        for share in self.field_shares():
            if share.is_alarming and share.field not in self.alarming_fields:
                self.alarming_fields.add(share.field)
                self.record_alarm(share.warning)

    def record_alarm(self, message: str) -> None:
        """Add a sentence to the alarm; one that was told already is not told again."""
        told = self.alarm.split("; ") if self.alarm else []
        if message not in told:
            self.alarm = "; ".join([*told, message])

    def record_pause(self, pause: Pause | None) -> None:
        """Keep a pause, or its good end."""
        self.pause = pause
