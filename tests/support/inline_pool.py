"""Jobs of worker processes, done in this process: no process is started, branches are counted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Generic, Self, TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")


class InlinePool(Generic[Job, Result]):
    """Takes the place of `scraper.workers.WorkerPool`."""

    def __init__(self, do: Callable[[list[Job]], list[Result]], count: int) -> None:
        assert count >= 1
        self._do = do

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        pass

    async def run(self, job: Job) -> Result:
        """Do a job, while others are under way."""
        await asyncio.sleep(0)
        (result,) = self._do([job])
        return result
