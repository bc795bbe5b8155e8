"""Which articles are to be done, and which of their captures first."""

from __future__ import annotations

from collections.abc import Collection

from scraper.crawl.ledger import Ledger
from scraper.crawl.plan import CrawlPlan
from scraper.models import ArticleStatus, AttemptResult
from scraper.selection.ranking import Ranking, rank

# Captures with which there is something left to do; `None` for one that was never requested.
_UNSETTLED = frozenset({None, AttemptResult.CRASHED, AttemptResult.NO_ANSWER})


class CaptureSelector:
    """Selects by a plan from what the ledger knows."""

    def __init__(self, plan: CrawlPlan, ledger: Ledger) -> None:
        self._plan = plan
        self._ledger = ledger
        self._shared = ledger.shared_digests()

    def ranking(self, article_id: int) -> Ranking:
        """Return the captures of an article, best first."""
        records = self._ledger.cdx_records(self._plan.source, article_id)
        return rank(records, self._shared, self._plan.prefer)

    def wanted(self, held: Collection[int]) -> frozenset[int]:
        """Return the articles that are wanted and have captures, but for those `held`."""
        return frozenset(
            article_id
            for article_id in self._ledger.article_ids(self._plan.source)
            if (self._plan.ids is None or article_id in self._plan.ids) and article_id not in held
        )

    def pending(self, wanted: Collection[int]) -> list[int]:
        """Return the articles that have not come to an end, those that were never tried first."""
        statuses = self._ledger.statuses()
        pending = [each for each in sorted(wanted) if self._is_open(each, statuses.get(each))]
        pending.sort(key=statuses.__contains__)
        return pending[: self._plan.limit]

    def _is_open(self, article_id: int, status: ArticleStatus | None) -> bool:
        """Whether there is something left to try."""
        if status is None or status is ArticleStatus.WRITTEN:
            return status is None
        attempts = self._ledger.attempts(article_id)
        results = (
            attempts[candidate.capture].result if candidate.capture in attempts else None
            for candidate in self.ranking(article_id).candidates
        )
        return any(result in _UNSETTLED for result in results)
