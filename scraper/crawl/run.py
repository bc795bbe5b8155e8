"""A crawl: the index, the choice, and for each article the first good one of its captures.

Every step is in the ledger before the next begins, so that a crawl may be killed at any time and
goes on where it was. Articles need nothing of each other: several are under way at once, and the
order in which they come to an end changes nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Coroutine
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from scraper.batch import run as batch
from scraper.batch.run import BatchOutcome, CaptureLocations, Status
from scraper.corpus.completeness import held_ids
from scraper.crawl import enumeration
from scraper.crawl.fetcher import Fetcher
from scraper.crawl.folder import CrawlFolder
from scraper.crawl.ledger import Ledger
from scraper.crawl.outcomes import (
    ArticleOutcome,
    ArticleStatus,
    Attempt,
    AttemptResult,
    CaptureSource,
)
from scraper.crawl.progress import CrawlProgress
from scraper.crawl.session import open_session
from scraper.errors import ScraperError, Stopped
from scraper.models import CdxRecord
from scraper.selection.ids import IdSet
from scraper.selection.ranking import Prefer, Ranking, rank
from scraper.wayback.client import WaybackClient
from scraper.wayback.policy import RequestPolicy
from scraper.wayback.stop import StopSignal
from scraper.workers import WorkerCrash, WorkerPool

# Articles under way beside those that are fetched: while pages are looked at, others come.
_LOOKED_AT = 60


@dataclass(frozen=True, slots=True)
class CrawlPlan:
    """What to crawl.

    `ids` are those wanted, `None` for all; `limit` is the largest number of articles; `listed` is
    a list of captures to take instead of the index, `reference` a folder of articles not to crawl
    again.
    """

    ids: IdSet | None = None
    limit: int | None = None
    capture_list: Path | None = None
    reference: Path | None = None
    prefer: Prefer = Prefer.NEWEST
    refresh_index: bool = False

    @property
    def named_ids(self) -> frozenset[int]:
        """The ids that are asked for one by one, not as part of a range."""
        return self.ids.single if self.ids else frozenset()

    @property
    def source(self) -> CaptureSource:
        """Where the candidates come from."""
        return CaptureSource.INDEX if self.capture_list is None else CaptureSource.LIST


@dataclass(frozen=True, slots=True)
class Estimate:
    """What is to be done: articles, the requests that they take at least, and seconds."""

    articles: int
    requests: int
    seconds: float


async def run(
    plan: CrawlPlan, polite: RequestPolicy, folder: CrawlFolder, tally: CrawlProgress
) -> None:
    """Crawl into a folder; what became of each article is in its ledger then.

    Raises `Stopped` after Ctrl-C, when all that was under way has come to an end; `Paused` where
    the archive has refused for long; `IndexUnavailable` where there are no captures to be
    had; `StorageError` and `OSError` where the disk refuses. All that was done until then is kept.
    """
    async with open_session(polite, folder.ledger, tally.record_pause) as (archive, stop):
        todo = await _todo(plan, folder, archive, tally)
        if todo:
            do = partial(batch.convert_many, out=folder.path)
            async with WorkerPool(do, batch.spare_cores()) as workers:
                crawl = Crawler(plan, folder, Fetcher(archive, folder), workers, tally, stop)
                await crawl.articles(todo, polite.concurrency + _LOOKED_AT)


async def estimate(
    plan: CrawlPlan, polite: RequestPolicy, folder: CrawlFolder, tally: CrawlProgress
) -> Estimate:
    """Return what `run` would do; the index is asked for it where that was not done before."""
    async with open_session(polite, folder.ledger, tally.record_pause) as (archive, _):
        todo = len(await _todo(plan, folder, archive, tally))
    return Estimate(todo, todo, todo / polite.rate if polite.rate else 0.0)


class Crawler:
    """The crawl of articles whose captures are known."""

    def __init__(
        self,
        plan: CrawlPlan,
        folder: CrawlFolder,
        fetcher: Fetcher,
        workers: WorkerPool[CaptureLocations, BatchOutcome],
        tally: CrawlProgress,
        stop: StopSignal,
    ) -> None:
        self._choice = CaptureSelector(plan, folder.ledger)
        self._folder = folder
        self._fetcher = fetcher
        self._workers = workers
        self._tally = tally
        self._stop = stop

    async def articles(self, todo: list[int], at_once: int) -> None:
        """Bring these to an end; those that the archive gave no answer for at last, once more.

        Captures that time out are often quick some minutes later: the archive has them in a cache
        then (facts/wayback.md 2.8).
        """
        self._tally.total = len(todo)
        self._tally.phase = "fetching articles"
        put_off = await self._pass(todo, at_once, is_last=False)
        if put_off:
            self._tally.phase = "second pass"
            self._tally.put_off = 0
            await self._pass(sorted(put_off), at_once, is_last=True)

    async def _pass(self, todo: list[int], at_once: int, *, is_last: bool) -> list[int]:
        waiting = iter(todo)
        put_off: list[int] = []

        async def work() -> None:
            for article in waiting:
                if not await self._is_ended(article, is_last=is_last):
                    put_off.append(article)
                    self._tally.put_off += 1

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

        ends = await asyncio.gather(*map(watched, works), return_exceptions=True)
        errors = [error for error in ends if error is not None]
        errors.sort(key=lambda error: isinstance(error, Stopped))  # those are but a consequence
        if errors:
            raise errors[0]

    async def _is_ended(self, article: int, *, is_last: bool) -> bool:
        """Bring one article to an end; `False` if it is put off to the second pass."""
        try:
            ended, last = await self._ended(article, is_last=is_last)
        except (ScraperError, OSError):
            raise
        except Exception as error:
            said = f"a fault of this program: {error!r}"
            ended, last = ArticleOutcome(article, ArticleStatus.FAILED, "fault", said), None
        if ended is None:
            return False
        self._folder.ledger.record_outcome(ended, last)
        self._tally.done += 1
        self._tally.statuses[ended.status] += 1
        return True

    async def _ended(
        self, article: int, *, is_last: bool
    ) -> tuple[ArticleOutcome | None, Attempt | None]:
        """What becomes of an article, `None` where it is put off; and the try that decided it."""
        ranking = self._choice.ranking(article)
        known = self._folder.ledger.attempts(article)
        tries: list[Attempt] = []
        for candidate in ranking.candidates:
            self._stop.check()
            attempt = known.get(candidate.capture)
            if attempt is None or attempt.result is AttemptResult.NO_ANSWER:
                attempt = await self._fetched(candidate.record, ranking, attempt)
            if attempt.served is not None:
                attempt, warnings = await self._judged(attempt)
                if attempt.result is AttemptResult.ARTICLE:
                    said = "; ".join(warnings)
                    return ArticleOutcome(
                        article, ArticleStatus.WRITTEN, "", said, attempt.served
                    ), attempt
            self._folder.ledger.record_attempt(attempt)
            if attempt.result is AttemptResult.NO_ANSWER and not is_last:
                return None, None
            tries.append(attempt)
        return _none_usable(article, ranking, tries), None

    async def _fetched(self, row: CdxRecord, ranking: Ranking, before: Attempt | None) -> Attempt:
        """Ask for a capture; what it took before, in vain, counts as well."""
        attempt = await self._fetcher.fetch(row, ranking.candidates)
        self._tally.pages += 1
        if before is None:
            return attempt
        requests, seconds = before.requests + attempt.requests, before.seconds + attempt.seconds
        return replace(attempt, requests=requests, seconds=seconds)

    async def _judged(self, attempt: Attempt) -> tuple[Attempt, tuple[str, ...]]:
        """What a stored page is; if it is an article, it is written."""
        assert attempt.served is not None, "a stored page was served"
        place = self._folder.ledger.memento_location(attempt.served)
        try:
            record = self._folder.store.location(attempt.served, place)
            outcome = await self._workers.run((record,))
        except WorkerCrash:
            said = f"the process that read this page died: {record}; the next run reads it again"
            return replace(
                attempt, result=AttemptResult.CRASHED, reason=AttemptResult.CRASHED, message=said
            ), ()
        verdict, reason = _JUDGED[outcome.status], outcome.kind or ""
        if verdict is AttemptResult.UNREADABLE:
            reason = AttemptResult.UNREADABLE
        return replace(
            attempt, result=verdict, reason=reason, message=outcome.message
        ), outcome.warnings


_FAILED = frozenset({AttemptResult.UNREADABLE, AttemptResult.CRASHED, AttemptResult.NO_ANSWER})
_JUDGED = {
    Status.WRITTEN: AttemptResult.ARTICLE,
    Status.UNCHANGED: AttemptResult.ARTICLE,
    Status.NOT_ARTICLE: AttemptResult.NOT_ARTICLE,
    Status.FAILED: AttemptResult.UNREADABLE,
}


def _none_usable(article: int, ranking: Ranking, tries: list[Attempt]) -> ArticleOutcome:
    """A failure if any capture might have been an article; else what the best one is."""
    for attempt in tries:
        if attempt.result in _FAILED:
            return ArticleOutcome(article, ArticleStatus.FAILED, attempt.reason, attempt.message)
    for verdict in (AttemptResult.NOT_ARTICLE, AttemptResult.UNPLAYABLE):
        for attempt in tries:
            if attempt.result is verdict:
                return ArticleOutcome(
                    article, ArticleStatus.NO_CAPTURE, attempt.reason, attempt.message
                )
    newest = ranking.rejected[0]
    said = f"none of its {len(ranking.rejected)} captures can be an article: {newest.kind}"
    return ArticleOutcome(article, ArticleStatus.NO_CAPTURE, newest.kind, said)


class CaptureSelector:
    """Which articles are to be done, and which of their captures first."""

    def __init__(self, plan: CrawlPlan, ledger: Ledger) -> None:
        self._plan = plan
        self._ledger = ledger
        self._shared = ledger.shared_digests()

    def ranking(self, article: int) -> Ranking:
        """Return the captures of an article, best first."""
        rows = self._ledger.cdx_records(self._plan.source, article)
        return rank(rows, self._shared, self._plan.prefer)

    def wanted(self, held: Collection[int]) -> frozenset[int]:
        """Return the articles that are wanted and have captures, but for those `held`."""
        return frozenset(
            article
            for article in self._ledger.article_ids(self._plan.source)
            if (self._plan.ids is None or article in self._plan.ids) and article not in held
        )

    def pending(self, asked_for: Collection[int]) -> list[int]:
        """Return the articles that have not come to an end, those that were never tried first."""
        endings = self._ledger.statuses()
        todo = [a for a in sorted(asked_for) if self._is_open(a, endings.get(a))]
        todo.sort(key=endings.__contains__)
        return todo[: self._plan.limit]

    def _is_open(self, article: int, ending: ArticleStatus | None) -> bool:
        """Whether there is something left to try."""
        if ending is None or ending is ArticleStatus.WRITTEN:
            return ending is None
        tries = self._ledger.attempts(article)
        verdicts = (
            tries[candidate.capture].result if candidate.capture in tries else None
            for candidate in self.ranking(article).candidates
        )
        return any(verdict in _LEFT_TO_DO for verdict in verdicts)


_LEFT_TO_DO = frozenset({None, AttemptResult.CRASHED, AttemptResult.NO_ANSWER})


async def _todo(
    plan: CrawlPlan, folder: CrawlFolder, archive: WaybackClient, tally: CrawlProgress
) -> list[int]:
    held = held_ids(plan.reference) if plan.reference else set()
    if plan.capture_list is None:
        tally.phase = "reading the index"
        if plan.refresh_index:
            enumeration.refresh_index(folder.ledger)
        await enumeration.read_index(archive, folder.ledger, tally)
    else:
        tally.phase = "reading the list"
        tally.passed_over = enumeration.read_list(plan.capture_list, folder.ledger)
    tally.phase = "choosing captures"
    choice = CaptureSelector(plan, folder.ledger)
    tally.wanted = choice.wanted(held)
    tally.without_capture = sorted(
        plan.named_ids - set(folder.ledger.article_ids(plan.source)) - set(held)
    )
    return choice.pending(tally.wanted)
