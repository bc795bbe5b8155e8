"""Work on many files in worker processes, with the results in the order of the files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import cpu_count
from typing import TypeVar

from scraper.workers import process_pool

Item = TypeVar("Item")
Result = TypeVar("Result")

# A trip to a process costs as much as the work on some files.
_CHUNK = 256


class WorkerDied(Exception):
    """A worker process died; `finished` is how many items had been done before."""

    def __init__(self, finished: int) -> None:
        super().__init__(finished)
        self.finished = finished


def map_in_order(
    work: Callable[[list[Item]], list[Result]],
    items: Sequence[Item],
    jobs: int | None,
    min_for_workers: int,
) -> Iterator[Result]:
    """Yield the result of each item, in their order.

    `work` makes a result of each item of a list; it and they must be picklable. `jobs` is the
    number of worker processes. `None` is for one a core, or this process alone where there are
    fewer than `min_for_workers` items: below that starting workers takes longer than the work.
    Raises `WorkerDied`, or whatever the work raises.
    """
    workers = jobs or (1 if len(items) < min_for_workers else cpu_count())
    chunks = [list(items[start : start + _CHUNK]) for start in range(0, len(items), _CHUNK)]
    if workers == 1:
        for chunk in chunks:
            yield from work(chunk)
        return
    finished = 0
    pool = process_pool(workers)
    try:
        for results in pool.map(work, chunks):
            yield from results
            finished += len(results)
    except (BrokenProcessPool, SystemExit) as error:
        raise WorkerDied(finished) from error
    finally:
        pool.shutdown(cancel_futures=True)
