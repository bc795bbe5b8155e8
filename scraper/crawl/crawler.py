"""Each article to its end: the first good one of its captures, or why there is none.

Articles need nothing of each other: several are under way at once, and the order in which they come
to an end changes nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any

from scraper.batch.judge import Judgement
from scraper.batch.outcome import decide_without_article
from scraper.crawl.fetcher import Fetcher
from scraper.crawl.folder import CrawlFolder
from scraper.crawl.judging import PageJudge
from scraper.crawl.outcomes import ArticleOutcome, Attempt
from scraper.crawl.progress import CrawlProgress
from scraper.crawl.selector import CaptureSelector
from scraper.errors import ScraperError, Stopped
from scraper.models import ArticleStatus, AttemptResult, CaptureLocation, CdxRecord
from scraper.selection.ranking import Ranking
from scraper.wayback.stop import StopSignal


class Crawler:
    """Crawls articles whose captures are known."""

    def __init__(
        self,
        selector: CaptureSelector,
        folder: CrawlFolder,
        fetcher: Fetcher,
        judge: PageJudge[CaptureLocation],
        progress: CrawlProgress,
        stop: StopSignal,
    ) -> None:
        self._selector = selector
        self._folder = folder
        self._fetcher = fetcher
        self._judge = judge
        self._progress = progress
        self._stop = stop

    async def crawl(self, article_ids: list[int], at_once: int) -> None:
        """Bring articles to an end, and try once more those with a capture that gave no answer.

        Captures that time out are often quick some minutes later: the archive then has them in a
        cache (docs/wayback.md 2.8).
        """
        self._progress.total = len(article_ids)
        self._progress.phase = "fetching articles"
        put_off = await self._pass(article_ids, at_once, is_last=False)
        if put_off:
            self._progress.phase = "second pass"
            self._progress.put_off = 0
            await self._pass(sorted(put_off), at_once, is_last=True)

    async def _pass(self, article_ids: list[int], at_once: int, *, is_last: bool) -> list[int]:
        pending = iter(article_ids)
        put_off: list[int] = []

        async def work() -> None:
            for article_id in pending:
                if not await self._finish(article_id, is_last=is_last):
                    put_off.append(article_id)
                    self._progress.put_off += 1

        await self._all([work() for _ in range(at_once)])
        return put_off

    async def _all(self, works: list[Coroutine[Any, Any, None]]) -> None:
        """Wait for all; the first error asks the others to end what they have begun."""

        async def watched(work: Coroutine[Any, Any, None]) -> None:
            try:
                await work
            except BaseException:
                self._stop.set()
                raise

        results = await asyncio.gather(*map(watched, works), return_exceptions=True)
        errors = [error for error in results if error is not None]
        errors.sort(key=lambda error: isinstance(error, Stopped))  # those are but a consequence
        if errors:
            raise errors[0]

    async def _finish(self, article_id: int, *, is_last: bool) -> bool:
        """Bring one article to an end; return `False` if it is put off to the second pass."""
        try:
            outcome, attempt = await self._outcome(article_id, is_last=is_last)
        except (ScraperError, OSError):
            raise
        except Exception as error:
            message = f"a fault of this program: {error!r}"
            outcome = ArticleOutcome(article_id, ArticleStatus.FAILED, "fault", message)
            attempt = None
        if outcome is None:
            return False
        self._folder.ledger.record_outcome(outcome, attempt)
        self._progress.done += 1
        self._progress.statuses[outcome.status] += 1
        return True

    async def _outcome(
        self, article_id: int, *, is_last: bool
    ) -> tuple[ArticleOutcome | None, Attempt | None]:
        """What becomes of an article, and the attempt that wrote it; no outcome if it is put off.

        Attempts that have written nothing are in the ledger when this returns.
        """
        ranking = self._selector.ranking(article_id)
        known = self._folder.ledger.attempts(article_id)
        attempts: list[Attempt] = []
        for candidate in ranking.candidates:
            self._stop.check()
            attempt = known.get(candidate.capture)
            if attempt is None or attempt.result is AttemptResult.NO_ANSWER:
                attempt = await self._fetch(candidate.record, ranking, attempt)
            if attempt.served is not None:
                attempt, judgement = await self._judged(attempt)
                if attempt.result is AttemptResult.ARTICLE:
                    return _written(article_id, attempt, judgement), attempt
            self._folder.ledger.record_attempt(attempt)
            if attempt.result is AttemptResult.NO_ANSWER and not is_last:
                return None, None
            attempts.append(attempt)
        return _without_article(article_id, ranking, attempts), None

    async def _fetch(self, record: CdxRecord, ranking: Ranking, before: Attempt | None) -> Attempt:
        """Request a capture; what earlier attempts took in vain is added."""
        attempt = await self._fetcher.fetch(record, ranking.candidates)
        self._progress.pages += 1
        if before is None:
            return attempt
        return replace(
            attempt,
            requests=before.requests + attempt.requests,
            seconds=before.seconds + attempt.seconds,
        )

    async def _judged(self, attempt: Attempt) -> tuple[Attempt, Judgement]:
        """What a stored page is; if it is an article, it is written."""
        assert attempt.served is not None, "a stored page was served"
        record = self._folder.ledger.memento_location(attempt.served)
        location = self._folder.store.location(attempt.served, record)
        return await self._judge.judge(attempt, location, str(location))


def _written(article_id: int, attempt: Attempt, judgement: Judgement) -> ArticleOutcome:
    message = "; ".join(judgement.warnings)
    return ArticleOutcome(article_id, ArticleStatus.WRITTEN, "", message, attempt.served)


def _without_article(article_id: int, ranking: Ranking, attempts: list[Attempt]) -> ArticleOutcome:
    if attempts:
        status, index = decide_without_article([attempt.result for attempt in attempts])
        decisive = attempts[index]
        return ArticleOutcome(article_id, status, decisive.reason, decisive.message)
    newest = ranking.rejected[0]
    message = f"none of its {len(ranking.rejected)} captures can be an article: {newest.kind}"
    return ArticleOutcome(article_id, ArticleStatus.NO_CAPTURE, newest.kind, message)
