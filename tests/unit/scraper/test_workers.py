"""Worker processes: what they do, and what becomes of jobs that kill them."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool

import pytest
from support import stubborn_job

from scraper import workers
from scraper.errors import WorkerError


class DeadOnArrival:
    """Work that kills the process it is brought to."""

    def __call__(self, jobs: list[int]) -> list[int]:
        return jobs

    def __reduce__(self) -> tuple[Callable[[int], object], tuple[int]]:
        return os._exit, (3,)


def test_a_process_that_is_told_to_end_ends_though_its_job_goes_on() -> None:
    with workers.process_pool(1) as pool, pytest.raises(BrokenProcessPool):
        pool.submit(stubborn_job.stay).result(60)


def test_a_process_that_dies_at_its_start_has_not_died_of_its_job() -> None:
    async def results() -> list[int | BaseException]:
        async with workers.WorkerPool(DeadOnArrival(), 2) as pool:
            first = await asyncio.gather(*map(pool.run, (1, 2, 3)), return_exceptions=True)
            return [*first, *await asyncio.gather(pool.run(4), return_exceptions=True)]

    for result in asyncio.run(asyncio.wait_for(results(), 60)):
        assert isinstance(result, WorkerError), result
        assert "died when it started" in str(result)
