"""What became of the pictures of a crawl, read from its ledger at any time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from scraper.batch.extractor import extractor_version
from scraper.crawl import outcome_counts
from scraper.crawl.grouping import by_size, what_failed
from scraper.crawl.ledger import Ledger
from scraper.models import ArticleStatus

_MAX_EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class FailedImage:
    """A picture that failed: the article that shows it first, and why."""

    article_id: int
    original: str
    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class ImageReport:
    """What became of each picture that the written articles show.

    `reasons` counts the pictures of each status by reason; `open` are those not done yet, and
    `unsearched` the written articles whose pages were not searched for pictures. `files` and
    `bytes` are those of all pictures, each file once; `requests` those for all.
    """

    images: int
    open: int
    unsearched: int
    statuses: Counter[ArticleStatus]
    reasons: dict[ArticleStatus, Counter[str]]
    failed: tuple[FailedImage, ...]
    files: int
    bytes: int
    requests: int

    @classmethod
    def of(cls, ledger: Ledger, article_ids: Collection[int] | None = None) -> ImageReport | None:
        """Return what the ledger says now, of the pictures of these articles or of all.

        `None` where no picture was ever asked for.
        """
        if not ledger.has_images():
            return None
        counts = ledger.count_images(article_ids)
        statuses, reasons = outcome_counts.tally(counts.items())
        files, size, requests = ledger.measure_images()
        return cls(
            images=counts.total(),
            open=counts.total() - statuses.total(),
            unsearched=ledger.count_unsearched(extractor_version(), article_ids),
            statuses=statuses,
            reasons=reasons,
            failed=tuple(FailedImage(*row) for row in ledger.failed_images(article_ids)),
            files=files,
            bytes=size,
            requests=requests,
        )

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values; percentages are of all pictures."""
        return {
            "images": self.images,
            "open": self.open,
            "unsearched_articles": self.unsearched,
            "outcomes": outcome_counts.as_json(self.statuses, self.reasons, self.percent),
            "failed": [
                {
                    "article": each.article_id,
                    "original": each.original,
                    "reason": each.reason,
                    "said": each.message,
                }
                for each in self.failed
            ],
            "files": self.files,
            "bytes": self.bytes,
            "requests": self.requests,
        }

    def percent(self, count: int) -> float:
        """Return how many percent of all pictures a count is."""
        return 100 * count / self.images if self.images else 0.0

    def failures(self) -> list[tuple[int, str, tuple[str, ...]]]:
        """Return the count, the cause and the first articles of each kind of failure."""
        groups = by_size(self.failed, lambda each: (each.reason, what_failed(each.message)))
        return [
            (len(images), what, tuple(str(each.article_id) for each in images[:_MAX_EXAMPLES]))
            for (_, what), images in groups
        ]
