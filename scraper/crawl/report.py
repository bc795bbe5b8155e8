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
from normalise.files import replace_file
from scraper.crawl.ledger import Ended, Ending, Ledger, utc, utc_now
from scraper.wayback.throttle import Pause

FILE = "report.json"


@dataclass(frozen=True, slots=True)
class Hard:
    """A capture that took many requests, or long."""

    article: int
    capture: Capture
    requests: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Report:
    """What became of each article that is known.

    `reasons` counts the articles of each ending by why; `open` are those not done yet.
    `pause` is the last that the archive has asked for.
    """

    articles: int
    open: int
    endings: Counter[Ending]
    reasons: dict[Ending, Counter[str]]
    failed: tuple[Ended, ...]
    requests: int
    slowest: tuple[Hard, ...]
    most_retried: tuple[Hard, ...]
    pause: Pause | None

    @classmethod
    def of(cls, ledger: Ledger) -> Report:
        """Return what the ledger says now."""
        endings: Counter[Ending] = Counter()
        reasons: dict[Ending, Counter[str]] = {ending: Counter() for ending in Ending}
        for (ending, reason), count in ledger.counts().items():
            endings[ending] += count
            reasons[ending][reason] += count
        known = ledger.known()
        return cls(
            articles=known,
            open=known - endings.total(),
            endings=endings,
            reasons=reasons,
            failed=tuple(ledger.failures()),
            requests=ledger.requests(),
            slowest=tuple(Hard(*row) for row in ledger.hardest("seconds")),
            most_retried=tuple(Hard(*row) for row in ledger.hardest("requests") if row[2] > 1),
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
                    "count": self.endings[ending],
                    "percent": round(self.percent(self.endings[ending]), 2),
                    "reasons": dict(self.reasons[ending].most_common()),
                }
                for ending in Ending
            },
            "failed": [
                {"article": end.article, "reason": end.reason, "said": end.said}
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
        return utc(dt.datetime.fromtimestamp(self.pause.until, dt.UTC))

    def percent(self, count: int) -> float:
        """Return what part of all known articles so many are."""
        return 100 * count / self.articles if self.articles else 0.0

    def write(self, folder: Path) -> None:
        """Put it into the crawl's folder, as a whole."""
        text = json.dumps(self.as_json(), ensure_ascii=False, indent=2) + "\n"
        replace_file(folder / FILE, text.encode("utf-8"), 0o644)


def _hard(hard: Hard) -> dict[str, Any]:
    return {
        "article": hard.article,
        "capture": hard.capture.url,
        "requests": hard.requests,
        "seconds": round(hard.seconds, 3),
    }
