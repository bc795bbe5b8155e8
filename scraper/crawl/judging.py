"""What the page of a capture is, found out in a worker process.

A page that kills the parser kills that process and nothing else: its attempt has crashed, and the
next page is judged by a new process.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from types import TracebackType
from typing import Generic, Self, TypeVar

from scraper.batch.extractor import extractor_version
from scraper.batch.judge import Judgement
from scraper.crawl.outcomes import Attempt
from scraper.errors import WorkerCrash
from scraper.models import AttemptResult
from scraper.workers import WorkerPool

Page = TypeVar("Page")


class PageJudge(AbstractAsyncContextManager["PageJudge[Page]"], Generic[Page]):
    """Judges the pages of attempts, with one of the jobs of scraper/batch/judge.py."""

    def __init__(self, judge: Callable[[list[Page]], list[Judgement]], processes: int = 1) -> None:
        self._pool = WorkerPool(judge, processes)

    async def __aenter__(self) -> Self:
        await self._pool.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._pool.__aexit__(kind, error, traceback)

    async def judge(self, attempt: Attempt, page: Page, place: str) -> tuple[Attempt, Judgement]:
        """Return an attempt with what its page is; `place` names the page to people.

        Raises `WorkerError` where no process starts, and `OSError` where the disk refuses.
        """
        try:
            judgement = await self._pool.run(page)
        except WorkerCrash:
            message = f"the process that read this page died: {place}; the next run reads it again"
            crashed = AttemptResult.CRASHED
            judgement = Judgement(crashed, crashed, message)
        judged = replace(
            attempt,
            result=judgement.result,
            reason=judgement.reason,
            message=judgement.message,
            extractor=extractor_version(),
        )
        return judged, judgement
