"""Each picture to its end: the first of its captures that is one, or why there is none."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from enum import Enum

from normalise import Capture
from scraper.crawl.folder import CrawlFolder
from scraper.crawl.image_values import Image, ImageAttempt, ImageOutcome, ImageResult
from scraper.crawl.progress import CrawlProgress
from scraper.crawl.together import run_together
from scraper.errors import (
    IndexUnavailable,
    PlaybackError,
    RetriesExhausted,
    ScraperError,
    WorkerCrash,
    disk_error,
)
from scraper.images import candidates
from scraper.images.fetcher import ImageFetcher
from scraper.images.judging import ImageJob, ImageJudgement
from scraper.models import ArticleStatus, CdxRecord
from scraper.wayback import cdx
from scraper.wayback.client import RequestStats
from scraper.wayback.stop import StopSignal
from scraper.wayback.throttle import Endpoint
from scraper.workers import WorkerPool

Pool = WorkerPool[ImageJob, ImageJudgement]

# What the next run tries again.
_OPEN = frozenset({ImageResult.NO_ANSWER, ImageResult.CRASHED})
_WITHOUT_PAGE = frozenset({ImageResult.UNPLAYABLE, ImageResult.NOT_IMAGE})
_NO_INDEX = "no-index"
_MAX_SILENT = 3  # queries without an answer, one after the other


class Pass(Enum):
    """How far a pass over pictures goes for each of them."""

    NAMED = "a capture without an answer, or the need to ask the index, puts the picture off"
    LISTED = "a listed capture or an index without an answer puts the picture off"
    LAST = "all captures are tried"


class ImageCrawler:
    """Fetches pictures that the ledger knows; several are under way at once."""

    def __init__(
        self,
        folder: CrawlFolder,
        fetcher: ImageFetcher,
        pool: Pool,
        progress: CrawlProgress,
        stop: StopSignal,
    ) -> None:
        self._folder = folder
        self._ledger = folder.ledger
        self._fetcher = fetcher
        self._pool = pool
        self._progress = progress
        self._stop = stop
        self._refusal: IndexUnavailable | RetriesExhausted | None = None
        self._silent = 0
        self._one_query = asyncio.Lock()
        self._for_index: set[int] = set()

    async def crawl(self, image_ids: list[int], at_once: int) -> None:
        """Bring pictures to an end; those with a capture that did not answer are tried once more.

        Captures that time out are often quick some minutes later (docs/wayback.md 2.8). The index,
        which is slow, is asked when playback has answered for all others.
        """
        self._progress.total = len(image_ids)
        self._progress.phase = "fetching pictures"
        put_off = await self._pass(image_ids, at_once, Pass.NAMED)
        for kind, phase in ((Pass.LISTED, "second pass"), (Pass.LAST, "last pass")):
            if put_off:
                self._progress.phase = phase
                self._progress.put_off = 0
                put_off.sort(key=lambda image_id: (image_id in self._for_index, image_id))
                put_off = await self._pass(put_off, at_once, kind)

    async def _pass(self, image_ids: list[int], at_once: int, kind: Pass) -> list[int]:
        """Try pictures; return those that are put off."""
        pending = iter(image_ids)
        put_off: list[int] = []

        async def work() -> None:
            for image_id in pending:
                if not await self._finish(image_id, kind):
                    put_off.append(image_id)
                    self._progress.put_off += 1

        await run_together([work() for _ in range(at_once)], self._stop)
        return put_off

    async def _finish(self, image_id: int, kind: Pass) -> bool:
        """Bring one picture to an end; return `False` if it is put off."""
        try:
            outcome, attempt = await self._outcome(self._ledger.image(image_id), kind)
        except (ScraperError, OSError):
            raise
        except Exception as error:
            message = f"a fault of this program: {error!r}"
            outcome, attempt = ImageOutcome(image_id, ArticleStatus.FAILED, "fault", message), None
        if outcome is None:
            return False
        self._ledger.record_image(outcome, attempt)
        self._progress.done += 1
        self._progress.statuses[outcome.status] += 1
        return True

    async def _outcome(
        self, image: Image, kind: Pass
    ) -> tuple[ImageOutcome | None, ImageAttempt | None]:
        """What becomes of a picture, and the attempt that decided it; none if it is put off.

        Other attempts are in the ledger when this returns.
        """
        attempts: list[ImageAttempt] = []
        try:
            async with aclosing(self._captures(image, attempts, kind)) as captures:
                async for capture in captures:
                    self._stop.check()
                    attempt, judgement = await self._tried(image, capture)
                    if judgement is not None and attempt.result is ImageResult.IMAGE:
                        return self._written(image, attempt, judgement), attempt
                    self._ledger.record_image_attempt(attempt)
                    if attempt.result is ImageResult.NO_ANSWER and _puts_off(kind, image, capture):
                        return None, None
                    attempts.append(attempt)
        except (IndexUnavailable, RetriesExhausted, PlaybackError) as error:
            if kind is not Pass.LAST and self._refusal is None:
                return None, None
            message = f"the index does not tell of other captures: {error}"
            return ImageOutcome(image.id, ArticleStatus.FAILED, _NO_INDEX, message), None
        if image.id in self._for_index and kind is Pass.NAMED:
            return None, None
        return _without_image(image, attempts), None

    async def _captures(
        self, image: Image, attempts: list[ImageAttempt], kind: Pass
    ) -> AsyncGenerator[Capture, None]:
        """The captures of a picture; the index is asked when all that are named were in vain.

        In the first pass it is noted that the index is to be asked.
        """
        for capture in candidates.named(image):
            yield capture
        if not candidates.needs_index(image, attempts):
            return
        listed = image.listed
        if listed is None and kind is Pass.NAMED:
            self._for_index.add(image.id)
            return
        if listed is None:
            records = await self._records(image)
            known = [*attempts, *self._settled(records)]
            listed = tuple(candidates.choose_listed(image, records, known))
            self._ledger.set_listed(image.id, listed)
        for each in candidates.usable(listed, attempts):
            yield each.capture

    def _settled(self, records: tuple[CdxRecord, ...]) -> list[ImageAttempt]:
        """What is known of captures from other runs and pictures, where it is no picture."""
        known = (self._ledger.image_attempt(record.capture) for record in records)
        return [each for each in known if each is not None and each.result in _WITHOUT_PAGE]

    async def _records(self, image: Image) -> tuple[CdxRecord, ...]:
        """What the index lists for a picture.

        An index that refuses is asked once in a run; one that is silent three times in a row, not
        again.
        """
        query = cdx.exact_target(image.capture.original, candidates.ROWS)
        client, stats = self._fetcher.client, RequestStats()
        async with self._one_query:
            if self._refusal is not None:
                raise self._refusal
            try:
                page = await client.get(Endpoint.INDEX, query, cdx.parse_captures, stats)
            except IndexUnavailable as error:
                self._refusal = error
                raise
            except RetriesExhausted as error:
                self._silent += 1
                if self._silent == _MAX_SILENT:
                    self._refusal = error
                raise
            self._silent = 0
        return page.records

    async def _tried(
        self, image: Image, capture: Capture
    ) -> tuple[ImageAttempt, ImageJudgement | None]:
        """What becomes of a capture: requested and judged as far as that was not done before."""
        before = self._ledger.image_attempt(capture)
        if before is not None and before.result in _WITHOUT_PAGE:
            return before, None
        if before is None or before.served is None:
            before = await self._fetch(capture, before)
            if before.served is None:
                return before, None
        return await self._judged(image, before, before.served)

    async def _fetch(self, capture: Capture, before: ImageAttempt | None) -> ImageAttempt:
        """Request a capture; what earlier attempts took in vain is added.

        What was requested in vain is in the ledger even if the run ends in between.
        """
        stats = RequestStats()
        if before is not None:
            stats = RequestStats(before.requests, before.seconds)
        try:
            attempt = await self._fetcher.fetch(capture, stats)
        except BaseException as error:
            if stats.requests:
                no_answer, message = ImageResult.NO_ANSWER, f"given up for now: {error}"
                given_up = ImageAttempt(capture, no_answer, no_answer, message)
                self._ledger.record_image_attempt(
                    replace(given_up, requests=stats.requests, seconds=stats.seconds)
                )
            raise
        self._progress.pages += 1
        return attempt

    async def _judged(
        self, image: Image, attempt: ImageAttempt, served: Capture
    ) -> tuple[ImageAttempt, ImageJudgement]:
        """What a stored capture is; if it is a picture, its file is there."""
        location = self._folder.store.location(served, self._ledger.memento_location(served))
        try:
            judgement = await self._pool.run(ImageJob(location, image.article_id, image.number))
        except WorkerCrash:
            message = f"the process that read this picture died: {location}; the next run reads it"
            judgement = ImageJudgement(ImageResult.CRASHED, ImageResult.CRASHED, message)
        except OSError as error:
            if error.filename is None:  # not of a file: no process could be started
                raise
            raise disk_error(error, self._folder.path) from error
        judged = replace(
            attempt, result=judgement.result, reason=judgement.reason, message=judgement.message
        )
        return judged, judgement

    def _written(
        self, image: Image, attempt: ImageAttempt, judgement: ImageJudgement
    ) -> ImageOutcome:
        """The outcome of a picture that has its file: that of another one with the same bytes."""
        assert judgement.facts is not None, "a picture was measured"
        file = judgement.file
        known = self._ledger.file_of_digest(judgement.facts.digest)
        if known is not None and known != file and (self._folder.path / known).is_file():
            (self._folder.path / file).unlink(missing_ok=True)
            file = known
        return ImageOutcome(
            *(image.id, ArticleStatus.WRITTEN, "", "", file, judgement.facts, attempt.served)
        )


def _puts_off(kind: Pass, image: Image, capture: Capture) -> bool:
    """Whether a picture is put off by a capture that does not answer."""
    is_named = capture in candidates.named(image)
    return kind is Pass.NAMED or (kind is Pass.LISTED and not is_named)


def _without_image(image: Image, attempts: list[ImageAttempt]) -> ImageOutcome:
    """The outcome of a picture without a usable capture: what may have been one decides."""
    undecided = next((each for each in attempts if each.result in _OPEN), None)
    status = ArticleStatus.NO_CAPTURE if undecided is None else ArticleStatus.FAILED
    decisive = undecided or attempts[0]
    return ImageOutcome(image.id, status, decisive.reason, decisive.message)
