"""Each article to its end: the first good one of its captures, or why there is none.

Articles need nothing of each other: several are under way at once, and the order in which they come
to an end changes nothing.
"""

from __future__ import annotations

from enum import Enum

from normalise import Capture
from scraper.batch.extractor import extractor_version
from scraper.batch.judge import Judgement
from scraper.batch.outcome import decide_without_article
from scraper.crawl.alarm import MOST_UNREADABLE, PageAlarm
from scraper.crawl.fetcher import Fetcher
from scraper.crawl.folder import CrawlFolder
from scraper.crawl.judging import PageJudge
from scraper.crawl.outcomes import ArticleOutcome, Attempt
from scraper.crawl.progress import CrawlProgress
from scraper.crawl.selector import CaptureSelector
from scraper.crawl.together import run_together
from scraper.errors import ScraperError, disk_error
from scraper.models import ArticleStatus, AttemptResult, CaptureLocation, CdxRecord
from scraper.selection.ranking import Ranking
from scraper.wayback.client import RequestStats
from scraper.wayback.stop import StopSignal

_REFUSED = frozenset({AttemptResult.UNREADABLE, AttemptResult.NOT_ARTICLE})


class Pass(Enum):
    """How far a pass over articles goes for each of them."""

    STORED = "only pages that are stored are judged"
    FIRST = "a capture without an answer, or an unreadable one, puts the article off"
    LAST = "all captures are tried"


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
        alarm: PageAlarm,
        *,
        keep_going: bool = False,
    ) -> None:
        self._selector = selector
        self._folder = folder
        self._fetcher = fetcher
        self._judge = judge
        self._progress = progress
        self._stop = stop
        self._alarm = alarm
        self._keep_going = keep_going

    async def crawl(self, article_ids: list[int], at_once: int) -> None:
        """Bring articles to an end; those with a capture that was of no use are tried once more.

        Captures that time out are often quick some minutes later: the archive then has them in a
        cache (docs/wayback.md 2.8). Raises `TooManyUnreadable` where most pages fit no rule.
        """
        progress = self._progress
        progress.total = len(article_ids)
        stale = self._selector.stale(article_ids)
        if stale:
            progress.phase = "judging stored pages again"
            again = [each for each in article_ids if each in stale]
            still_open = await self._pass(again, at_once, Pass.STORED)
            article_ids = [*still_open, *(each for each in article_ids if each not in stale)]
            progress.put_off = 0
        progress.phase = "fetching articles"
        put_off = await self._pass(article_ids, at_once, Pass.FIRST)
        self._check_alarm(put_off)
        if put_off:
            progress.phase = "second pass"
            progress.put_off = 0
            await self._pass(sorted(put_off), at_once, Pass.LAST)

    def _check_alarm(self, put_off: list[int]) -> None:
        """Raise the alarm if it has fired, or if all pages that were ever judged call for it."""
        if put_off and not self._alarm.has_fired:
            self._alarm.add_earlier(*self._selector.judged(self._progress.wanted))
        if self._alarm.has_fired:
            self._progress.record_alarm(MOST_UNREADABLE)
            if not self._keep_going:
                raise self._alarm.error()

    async def _pass(self, article_ids: list[int], at_once: int, kind: Pass) -> list[int]:
        """Try articles, until the alarm fires; return those that are not done."""
        pending = iter(article_ids)
        put_off: list[int] = []

        async def work() -> None:
            for article_id in pending:
                if not await self._finish(article_id, kind):
                    put_off.append(article_id)
                    self._progress.put_off += 1
                if self._alarm.has_fired and not self._keep_going:
                    break

        await run_together([work() for _ in range(at_once)], self._stop)
        return [*put_off, *pending]

    async def _finish(self, article_id: int, kind: Pass) -> bool:
        """Bring one article to an end; return `False` if it is put off to another pass."""
        try:
            outcome, attempt = await self._outcome(article_id, kind)
        except (ScraperError, OSError):
            raise
        except Exception as error:
            message = f"a fault of this program: {error!r}"
            outcome = ArticleOutcome(article_id, ArticleStatus.FAILED, "fault", message)
            attempt = None
        if outcome is None:
            return False
        self._folder.ledger.record_outcome(outcome, attempt)
        self._progress.record_outcome(outcome)
        return True

    async def _outcome(
        self, article_id: int, kind: Pass
    ) -> tuple[ArticleOutcome | None, Attempt | None]:
        """What becomes of an article, and the attempt that wrote it; no outcome if it is put off.

        Attempts that have written nothing are in the ledger when this returns.
        """
        ranking = self._selector.ranking(article_id)
        known = self._folder.ledger.attempts(article_id)
        attempts: list[Attempt] = []
        may_request, is_open = kind is not Pass.STORED, False
        for candidate in ranking.candidates:
            self._stop.check()
            before = known.get(candidate.capture)
            if _needs_request(before) and not may_request:
                is_open = True
                continue
            attempt, judgement = await self._tried(candidate.record, ranking, before)
            if judgement is not None and kind is Pass.FIRST:
                self._watch(attempt)
            if judgement is not None and attempt.result is AttemptResult.ARTICLE:
                return _written(article_id, attempt, judgement), attempt
            if attempt != before:
                self._folder.ledger.record_attempt(attempt)
            if kind is Pass.FIRST and attempt.result is AttemptResult.NO_ANSWER:
                return None, None
            if kind is Pass.FIRST and attempt.result is AttemptResult.UNREADABLE:
                may_request = False
            attempts.append(attempt)
        if is_open:
            return None, None
        return _without_article(article_id, ranking, attempts), None

    async def _tried(
        self, record: CdxRecord, ranking: Ranking, before: Attempt | None
    ) -> tuple[Attempt, Judgement | None]:
        """What becomes of a capture: requested and judged as far as that was not done before."""
        attempt = before
        if attempt is None or _needs_request(attempt):
            attempt = await self._fetch(record, ranking, before)
        if attempt.served is None or _is_settled(attempt):
            return attempt, None
        return await self._judged(attempt, attempt.served)

    async def _fetch(self, record: CdxRecord, ranking: Ranking, before: Attempt | None) -> Attempt:
        """Request a capture; what earlier attempts took in vain is added.

        What was requested in vain is in the ledger even if the run ends in between.
        """
        stats = RequestStats()
        if before is not None:
            stats = RequestStats(before.requests, before.seconds)
        try:
            attempt = await self._fetcher.fetch(record, ranking.candidates, stats)
        except BaseException as error:
            if stats.requests:
                message = f"given up for now: {error}"
                no_answer = AttemptResult.NO_ANSWER
                self._folder.ledger.record_attempt(
                    Attempt(
                        *(record.capture, no_answer, no_answer, message),
                        requests=stats.requests,
                        seconds=stats.seconds,
                    )
                )
            raise
        self._progress.pages += 1
        return attempt

    def _watch(self, attempt: Attempt) -> None:
        """Count a page that was just judged, and tell at once where too many are unreadable."""
        self._alarm.add(attempt.requested.article_id or 0, attempt.result, attempt.message)
        if self._alarm.has_fired:
            self._progress.record_alarm(MOST_UNREADABLE)

    async def _judged(self, attempt: Attempt, served: Capture) -> tuple[Attempt, Judgement]:
        """What a stored page is; if it is an article, it is written."""
        record = self._folder.ledger.memento_location(served)
        location = self._folder.store.location(served, record)
        try:
            return await self._judge.judge(attempt, location, str(location))
        except OSError as error:
            if error.filename is None:  # not of a file: no process could be started
                raise
            raise disk_error(error, self._folder.path) from error


def _needs_request(attempt: Attempt | None) -> bool:
    return attempt is None or attempt.result is AttemptResult.NO_ANSWER


def _is_settled(attempt: Attempt) -> bool:
    """Whether these very rules have judged its page, and found no article."""
    return attempt.result in _REFUSED and attempt.extractor == extractor_version()


def _written(article_id: int, attempt: Attempt, judgement: Judgement) -> ArticleOutcome:
    return ArticleOutcome(
        article_id,
        ArticleStatus.WRITTEN,
        capture=attempt.served,
        warnings=judgement.warnings,
        reading=judgement.reading,
        extractor=attempt.extractor,
    )


def _without_article(article_id: int, ranking: Ranking, attempts: list[Attempt]) -> ArticleOutcome:
    if attempts:
        status, index = decide_without_article([attempt.result for attempt in attempts])
        decisive = attempts[index]
        return ArticleOutcome(article_id, status, decisive.reason, decisive.message)
    newest = ranking.rejected[0]
    message = f"none of its {len(ranking.rejected)} captures can be an article: {newest.kind}"
    return ArticleOutcome(article_id, ArticleStatus.NO_CAPTURE, newest.kind, message)
