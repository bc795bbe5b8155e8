"""Which articles are to be done, and which of their captures first."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from scraper.crawl.ledger import Ledger
from scraper.crawl.plan import CrawlPlan
from scraper.models import ArticleStatus, AttemptResult
from scraper.selection.ranking import Ranking, rank

# Captures with which there is something left to do; `None` for one that was never requested.
_UNSETTLED = frozenset({None, AttemptResult.CRASHED, AttemptResult.NO_ANSWER})


class CaptureSelector:
    """Selects by a plan from what the ledger knows; `extractor` is the version of the rules."""

    def __init__(self, plan: CrawlPlan, ledger: Ledger, extractor: str = "") -> None:
        self._plan = plan
        self._ledger = ledger
        self._shared = ledger.shared_digests()
        self._extractor = extractor

    def ranking(self, article_id: int) -> Ranking:
        """Return the captures of an article, best first."""
        records = self._ledger.cdx_records(self._plan.source, article_id)
        return rank(records, self._shared, self._plan.prefer)

    def wanted(self, held: Collection[int]) -> frozenset[int]:
        """Return the articles that are wanted and have captures, but for those `held`.

        Of a sample they are the same ones each time.
        """
        ids = [
            article_id
            for article_id in self._ledger.article_ids(self._plan.source)
            if (self._plan.ids is None or article_id in self._plan.ids) and article_id not in held
        ]
        return frozenset(ids if self._plan.sample is None else spread(ids, self._plan.sample))

    def stale(self, wanted: Collection[int]) -> frozenset[int]:
        """Return the unwritten articles with a page that another extractor could not read."""
        written = self._ledger.written_ids()
        return (self._ledger.stale_ids(self._extractor) & frozenset(wanted)) - written

    def judged(self, wanted: Collection[int]) -> tuple[dict[int, str], int]:
        """Return what all runs have made of these articles.

        The unwritten ones with an unreadable page, with a message for each; and how many are
        written.
        """
        written = self._ledger.written_ids() & frozenset(wanted)
        unreadable = {
            article_id: message
            for article_id, message in self._ledger.unreadable()
            if article_id in wanted and article_id not in written
        }
        return unreadable, len(written)

    def pending(self, wanted: Collection[int]) -> list[int]:
        """Return the articles with which there is something left to do.

        Those that are stale come first, then those that were never tried.
        """
        statuses, stale = self._ledger.statuses(), self.stale(wanted)
        pending = [
            article_id
            for article_id in sorted(wanted)
            if article_id in stale or self._is_open(article_id, statuses.get(article_id))
        ]
        pending.sort(key=lambda article_id: (article_id not in stale, article_id in statuses))
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


def spread(ids: Sequence[int], count: int) -> Sequence[int]:
    """Return so many of sorted ids at even distances, or all where there are no more."""
    if count >= len(ids):
        return ids
    return [ids[(2 * place + 1) * len(ids) // (2 * count)] for place in range(count)]
