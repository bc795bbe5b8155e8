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
from scraper.batch.run import Candidates, Outcome, Status
from scraper.corpus.completeness import articles_held
from scraper.crawl import enumeration
from scraper.crawl.fetcher import Fetcher
from scraper.crawl.folder import Folder
from scraper.crawl.ledger import Ended, Ending, Ledger, Source, Try, Verdict
from scraper.crawl.progress import Tally
from scraper.crawl.session import asking
from scraper.errors import ScraperError, Stopped
from scraper.selection.ids import Ids
from scraper.selection.ranking import Prefer, Ranking, Row, rank
from scraper.wayback.client import Archive
from scraper.wayback.policy import Polite
from scraper.wayback.stop import Stop
from scraper.workers import Crash, Workers

# Articles under way beside those that are fetched: while pages are looked at, others come.
_LOOKED_AT = 60


@dataclass(frozen=True, slots=True)
class Plan:
    """What to crawl.

    `ids` are those wanted, `None` for all; `limit` is the largest number of articles; `listed` is
    a list of captures to take instead of the index, `reference` a folder of articles not to crawl
    again.
    """

    ids: Ids | None = None
    limit: int | None = None
    listed: Path | None = None
    reference: Path | None = None
    prefer: Prefer = Prefer.NEWEST
    refresh_index: bool = False

    @property
    def named(self) -> frozenset[int]:
        """The ids that are asked for one by one, not as part of a range."""
        return self.ids.single if self.ids else frozenset()

    @property
    def source(self) -> Source:
        """Where the candidates come from."""
        return Source.INDEX if self.listed is None else Source.LIST


@dataclass(frozen=True, slots=True)
class Estimate:
    """What is to be done: articles, the requests that they take at least, and seconds."""

    articles: int
    requests: int
    seconds: float


async def run(plan: Plan, polite: Polite, folder: Folder, tally: Tally) -> None:
    """Crawl into a folder; what became of each article is in its ledger then.

    Raises `Stopped` after Ctrl-C, when all that was under way has come to an end; `Paused` where
    the archive has refused for long; `NoIndex` where there are no captures to be had; `Broken`
    and `OSError` where the disk refuses. All that was done until then is kept.
    """
    async with asking(polite, folder.ledger, tally.paused) as (archive, stop):
        todo = await _todo(plan, folder, archive, tally)
        if todo:
            do = partial(batch.outcomes_of, out=folder.path)
            async with Workers(do, batch.spare_cores()) as workers:
                crawl = Crawl(plan, folder, Fetcher(archive, folder), workers, tally, stop)
                await crawl.articles(todo, polite.concurrency + _LOOKED_AT)


async def estimate(plan: Plan, polite: Polite, folder: Folder, tally: Tally) -> Estimate:
    """Return what `run` would do; the index is asked for it where that was not done before."""
    async with asking(polite, folder.ledger, tally.paused) as (archive, _):
        todo = len(await _todo(plan, folder, archive, tally))
    return Estimate(todo, todo, todo / polite.rate if polite.rate else 0.0)


class Crawl:
    """The crawl of articles whose captures are known."""

    def __init__(
        self,
        plan: Plan,
        folder: Folder,
        fetcher: Fetcher,
        workers: Workers[Candidates, Outcome],
        tally: Tally,
        stop: Stop,
    ) -> None:
        self._choice = Choice(plan, folder.ledger)
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
            ended, last = Ended(article, Ending.FAILED, "fault", said), None
        if ended is None:
            return False
        self._folder.ledger.end(ended, last)
        self._tally.done += 1
        self._tally.endings[ended.ending] += 1
        return True

    async def _ended(self, article: int, *, is_last: bool) -> tuple[Ended | None, Try | None]:
        """What becomes of an article, `None` where it is put off; and the try that decided it."""
        ranking = self._choice.ranking(article)
        known = self._folder.ledger.tries(article)
        tries: list[Try] = []
        for candidate in ranking.candidates:
            self._stop.check()
            attempt = known.get(candidate.capture)
            if attempt is None or attempt.verdict is Verdict.NO_ANSWER:
                attempt = await self._fetched(candidate.row, ranking, attempt)
            if attempt.served is not None:
                attempt, warnings = await self._judged(attempt)
                if attempt.verdict is Verdict.ARTICLE:
                    said = "; ".join(warnings)
                    return Ended(article, Ending.WRITTEN, "", said, attempt.served), attempt
            self._folder.ledger.tried(attempt)
            if attempt.verdict is Verdict.NO_ANSWER and not is_last:
                return None, None
            tries.append(attempt)
        return _none_usable(article, ranking, tries), None

    async def _fetched(self, row: Row, ranking: Ranking, before: Try | None) -> Try:
        """Ask for a capture; what it took before, in vain, counts as well."""
        attempt = await self._fetcher.fetch(row, ranking.candidates)
        self._tally.pages += 1
        if before is None:
            return attempt
        requests, seconds = before.requests + attempt.requests, before.seconds + attempt.seconds
        return replace(attempt, requests=requests, seconds=seconds)

    async def _judged(self, attempt: Try) -> tuple[Try, tuple[str, ...]]:
        """What a stored page is; if it is an article, it is written."""
        assert attempt.served is not None, "a stored page was served"
        place = self._folder.ledger.place(attempt.served)
        try:
            record = self._folder.store.record(attempt.served, place)
            outcome = await self._workers.result((record,))
        except Crash:
            said = f"the process that read this page died: {record}; the next run reads it again"
            return replace(attempt, verdict=Verdict.CRASHED, reason=Verdict.CRASHED, said=said), ()
        verdict, reason = _JUDGED[outcome.status], outcome.reason or ""
        if verdict is Verdict.UNREADABLE:
            reason = Verdict.UNREADABLE
        return replace(attempt, verdict=verdict, reason=reason, said=outcome.said), outcome.warnings


_FAILED = frozenset({Verdict.UNREADABLE, Verdict.CRASHED, Verdict.NO_ANSWER})
_JUDGED = {
    Status.WRITTEN: Verdict.ARTICLE,
    Status.UNCHANGED: Verdict.ARTICLE,
    Status.NOT_ARTICLE: Verdict.NOT_ARTICLE,
    Status.FAILED: Verdict.UNREADABLE,
}


def _none_usable(article: int, ranking: Ranking, tries: list[Try]) -> Ended:
    """A failure if any capture might have been an article; else what the best one is."""
    for attempt in tries:
        if attempt.verdict in _FAILED:
            return Ended(article, Ending.FAILED, attempt.reason, attempt.said)
    for verdict in (Verdict.NOT_ARTICLE, Verdict.UNPLAYABLE):
        for attempt in tries:
            if attempt.verdict is verdict:
                return Ended(article, Ending.NO_CAPTURE, attempt.reason, attempt.said)
    newest = ranking.dropped[0]
    said = f"none of its {len(ranking.dropped)} captures can be an article: {newest.reason}"
    return Ended(article, Ending.NO_CAPTURE, newest.reason, said)


class Choice:
    """Which articles are to be done, and which of their captures first."""

    def __init__(self, plan: Plan, ledger: Ledger) -> None:
        self._plan = plan
        self._ledger = ledger
        self._shared = ledger.shared()

    def ranking(self, article: int) -> Ranking:
        """Return the captures of an article, best first."""
        rows = self._ledger.captures(self._plan.source, article)
        return rank(rows, self._shared, self._plan.prefer)

    def asked_for(self, held: Collection[int]) -> frozenset[int]:
        """Return the articles that are wanted and have captures, but for those `held`."""
        return frozenset(
            article
            for article in self._ledger.articles(self._plan.source)
            if (self._plan.ids is None or article in self._plan.ids) and article not in held
        )

    def todo(self, asked_for: Collection[int]) -> list[int]:
        """Return the articles that have not come to an end, those that were never tried first."""
        endings = self._ledger.endings()
        todo = [a for a in sorted(asked_for) if self._is_open(a, endings.get(a))]
        todo.sort(key=endings.__contains__)
        return todo[: self._plan.limit]

    def _is_open(self, article: int, ending: Ending | None) -> bool:
        """Whether there is something left to try."""
        if ending is None or ending is Ending.WRITTEN:
            return ending is None
        tries = self._ledger.tries(article)
        verdicts = (
            tries[candidate.capture].verdict if candidate.capture in tries else None
            for candidate in self.ranking(article).candidates
        )
        return any(verdict in _LEFT_TO_DO for verdict in verdicts)


_LEFT_TO_DO = frozenset({None, Verdict.CRASHED, Verdict.NO_ANSWER})


async def _todo(plan: Plan, folder: Folder, archive: Archive, tally: Tally) -> list[int]:
    held = articles_held(plan.reference) if plan.reference else set()
    if plan.listed is None:
        tally.phase = "reading the index"
        if plan.refresh_index:
            enumeration.refresh_index(folder.ledger)
        await enumeration.enumerate_index(archive, folder.ledger, tally)
    else:
        tally.phase = "reading the list"
        tally.passed_over = enumeration.take_list(plan.listed, folder.ledger)
    tally.phase = "choosing captures"
    choice = Choice(plan, folder.ledger)
    tally.asked_for = choice.asked_for(held)
    tally.unknown = sorted(plan.named - set(folder.ledger.articles(plan.source)) - set(held))
    return choice.todo(tally.asked_for)
