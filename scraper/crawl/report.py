"""What became of a crawl, for people and for programs, read from its ledger at any time."""

from __future__ import annotations

import datetime as dt
import json
import time
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from normalise import Capture
from normalise.files import write_atomically
from scraper.crawl import outcome_counts
from scraper.crawl.fields import FieldShare, FieldTally
from scraper.crawl.grouping import by_size, generalise, what_failed
from scraper.crawl.image_report import ImageReport
from scraper.crawl.layout import REPORT_FILE
from scraper.crawl.ledger import Ledger
from scraper.crawl.outcomes import ArticleOutcome
from scraper.models import ArticleStatus, Pause
from scraper.utc import format_utc, utc_now

__all__ = ["CostlyAttempt", "CrawlReport", "FailureGroup", "FieldShare"]

_MAX_EXAMPLES = 5  # articles named for one kind of failure


@dataclass(frozen=True, slots=True)
class FailureGroup:
    """Articles that failed for the same reason.

    `what` says it to people, without the address of a page; `article_ids` are the first five.
    """

    reason: str
    what: str
    count: int
    article_ids: tuple[int, ...]

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "reason": self.reason,
            "what": self.what,
            "count": self.count,
            "articles": list(self.article_ids),
        }


@dataclass(frozen=True, slots=True)
class CostlyAttempt:
    """A capture that took many requests, or long."""

    article_id: int
    capture: Capture
    requests: int
    seconds: float

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "article": self.article_id,
            "capture": self.capture.url,
            "requests": self.requests,
            "seconds": round(self.seconds, 3),
        }


@dataclass(frozen=True, slots=True)
class CrawlReport:
    """What became of each article that is known.

    `reasons` counts the articles of each status by reason; `open` are those not done yet.
    `requests` are those for pages. `pause` is the last that the archive has asked for.
    `failure_groups` come with the most frequent first. `fields` are of the written articles.
    `warnings` counts these by their text without numbers and quotations, an article once for
    each. `incomplete` are the ids of articles whose file leaves much text of the page out.
    `written` are the ids of all that are written. `images` are their pictures, `None` where none
    was ever asked for.
    """

    articles: int
    open: int
    statuses: Counter[ArticleStatus]
    reasons: dict[ArticleStatus, Counter[str]]
    failed: tuple[ArticleOutcome, ...]
    requests: int
    slowest: tuple[CostlyAttempt, ...]
    most_retried: tuple[CostlyAttempt, ...]
    pause: Pause | None
    failure_groups: tuple[FailureGroup, ...] = ()
    fields: tuple[FieldShare, ...] = ()
    warnings: Counter[str] = field(default_factory=Counter)
    incomplete: tuple[int, ...] = ()
    written: frozenset[int] = frozenset()
    images: ImageReport | None = None

    @classmethod
    def of(cls, ledger: Ledger, article_ids: Collection[int] | None = None) -> CrawlReport:
        """Return what the ledger says now, of these articles or of all."""
        statuses, reasons = outcome_counts.tally(ledger.count_outcomes(article_ids).items())
        articles = ledger.count_articles(article_ids)
        failed = ledger.failures(article_ids)
        slowest, most_retried = (
            tuple(CostlyAttempt(*row) for row in ledger.costliest_attempts(by, ids=article_ids))
            for by in ("seconds", "requests")
        )
        return cls(
            articles=articles,
            open=articles - statuses.total(),
            statuses=statuses,
            reasons=reasons,
            failed=tuple(failed),
            requests=ledger.count_requests(article_ids),
            slowest=slowest,
            most_retried=tuple(attempt for attempt in most_retried if attempt.requests > 1),
            pause=max(ledger.pauses(), key=lambda pause: pause.until, default=None),
            failure_groups=group_failures(failed),
            fields=_fields(ledger, article_ids),
            warnings=_warnings(ledger, article_ids),
            incomplete=tuple(ledger.incomplete_ids(article_ids)),
            written=ledger.written_ids(article_ids),
            images=ImageReport.of(ledger, article_ids),
        )

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values; percentages are of all known articles."""
        return {
            "at": utc_now(),
            "articles": self.articles,
            "open": self.open,
            "outcomes": outcome_counts.as_json(self.statuses, self.reasons, self.percent),
            "failed": [
                {"article": each.article_id, "reason": each.reason, "said": each.message}
                for each in self.failed
            ],
            "failure_groups": [group.as_json() for group in self.failure_groups],
            "fields": [share.as_json() for share in self.fields],
            "warnings": dict(self.warnings.most_common()),
            "incomplete": list(self.incomplete),
            "requests": self.requests,
            "slowest": [attempt.as_json() for attempt in self.slowest],
            "most_retried": [attempt.as_json() for attempt in self.most_retried],
            "paused_until": self.paused_until,
            **({} if self.images is None else {"images": self.images.as_json()}),
        }

    @property
    def paused_until(self) -> str | None:
        """The end of the archive's pause in UTC, `None` where it has asked for none."""
        if self.pause is None or self.pause.until <= time.time():
            return None
        return format_utc(dt.datetime.fromtimestamp(self.pause.until, dt.UTC))

    def percent(self, count: int) -> float:
        """Return how many percent of all known articles a count is."""
        return 100 * count / self.articles if self.articles else 0.0

    def write(self, folder: Path) -> None:
        """Write it into the crawl's folder in one step. Raises `OSError` where the disk refuses."""
        text = json.dumps(self.as_json(), ensure_ascii=False, indent=2) + "\n"
        write_atomically(folder / REPORT_FILE, text.encode("utf-8"), 0o644)


def group_failures(failed: Iterable[ArticleOutcome]) -> tuple[FailureGroup, ...]:
    """Return failed articles by what failed, the most frequent first."""
    return tuple(
        FailureGroup(
            *(reason, what, len(outcomes)),
            tuple(outcome.article_id for outcome in outcomes[:_MAX_EXAMPLES]),
        )
        for (reason, what), outcomes in by_size(failed, reason_and_what)
    )


def reason_and_what(outcome: ArticleOutcome) -> tuple[str, str]:
    """Return what makes failed articles a group: the reason, and what failed in general words."""
    return outcome.reason, what_failed(outcome.message)


def _fields(ledger: Ledger, article_ids: Collection[int] | None) -> tuple[FieldShare, ...]:
    tally = FieldTally()
    for category, rules, count in ledger.count_rules(article_ids):
        tally.add(category, rules, count)
    return tally.shares()


def _warnings(ledger: Ledger, article_ids: Collection[int] | None) -> Counter[str]:
    warnings: Counter[str] = Counter()
    for _, lines in ledger.warnings(article_ids):
        warnings.update({generalise(line) for line in lines})
    return warnings
