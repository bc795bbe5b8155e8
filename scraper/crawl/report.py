"""What became of a crawl, for people and for programs, read from its ledger at any time."""

from __future__ import annotations

import datetime as dt
import json
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from normalise import Capture
from normalise.files import write_atomically
from scraper.crawl.ledger import Ledger
from scraper.crawl.outcomes import ArticleOutcome, ArticleStatus
from scraper.models import Pause
from scraper.utc import format_utc, utc_now

FILE = "report.json"


@dataclass(frozen=True, slots=True)
class CostlyAttempt:
    """A capture that took many requests, or long."""

    article_id: int
    capture: Capture
    requests: int
    seconds: float


@dataclass(frozen=True, slots=True)
class CrawlReport:
    """What became of each article that is known.

    `reasons` counts the articles of each ending by why; `open` are those not done yet.
    `pause` is the last that the archive has asked for.
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

    @classmethod
    def of(cls, ledger: Ledger) -> CrawlReport:
        """Return what the ledger says now."""
        endings: Counter[ArticleStatus] = Counter()
        reasons: dict[ArticleStatus, Counter[str]] = {ending: Counter() for ending in ArticleStatus}
        for (ending, reason), count in ledger.count_outcomes().items():
            endings[ending] += count
            reasons[ending][reason] += count
        known = ledger.count_articles()
        return cls(
            articles=known,
            open=known - endings.total(),
            statuses=endings,
            reasons=reasons,
            failed=tuple(ledger.failures()),
            requests=ledger.count_requests(),
            slowest=tuple(CostlyAttempt(*row) for row in ledger.costliest_attempts("seconds")),
            most_retried=tuple(
                CostlyAttempt(*row) for row in ledger.costliest_attempts("requests") if row[2] > 1
            ),
            pause=max(ledger.pauses(), key=lambda pause: pause.until, default=None),
        )

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values; percentages are of all known articles."""
        return {
            "at": utc_now(),
            "articles": self.articles,
            "open": self.open,
            "outcomes": {
                ending.value: {
                    "count": self.statuses[ending],
                    "percent": round(self.percent(self.statuses[ending]), 2),
                    "reasons": dict(self.reasons[ending].most_common()),
                }
                for ending in ArticleStatus
            },
            "failed": [
                {"article": end.article_id, "reason": end.reason, "said": end.message}
                for end in self.failed
            ],
            "requests": self.requests,
            "slowest": [_hard(hard) for hard in self.slowest],
            "most_retried": [_hard(hard) for hard in self.most_retried],
            "paused_until": self.paused_until,
        }

    @property
    def paused_until(self) -> str | None:
        """The time in UTC until which the archive wants no requests, `None` if it does."""
        if self.pause is None or self.pause.until <= time.time():
            return None
        return format_utc(dt.datetime.fromtimestamp(self.pause.until, dt.UTC))

    def percent(self, count: int) -> float:
        """Return what part of all known articles so many are."""
        return 100 * count / self.articles if self.articles else 0.0

    def write(self, folder: Path) -> None:
        """Put it into the crawl's folder, as a whole."""
        text = json.dumps(self.as_json(), ensure_ascii=False, indent=2) + "\n"
        write_atomically(folder / FILE, text.encode("utf-8"), 0o644)


def _hard(hard: CostlyAttempt) -> dict[str, Any]:
    return {
        "article": hard.article_id,
        "capture": hard.capture.url,
        "requests": hard.requests,
        "seconds": round(hard.seconds, 3),
    }
