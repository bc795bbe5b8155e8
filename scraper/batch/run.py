"""A run over many captures: choose for each article, judge, write; one bad page stops nothing.

Only locations of captures are held in memory. No article needs another one, so worker processes
take them in chunks and read the pages themselves.
"""

from __future__ import annotations

import os
import tempfile
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from itertools import islice
from multiprocessing import cpu_count
from pathlib import Path

from normalise.page.kinds import kind_by_address
from scraper.batch.convert import CaptureLocations, convert_many, group_by_article
from scraper.batch.outcome import BatchOutcome, BatchSummary
from scraper.errors import BadRecord
from scraper.models import ArticleStatus, CaptureLocation, SourceNote
from scraper.warc.inputs import find_captures
from scraper.warc.scan import Found
from scraper.workers import process_pool

_MIN_BYTES_FOR_WORKERS = 2_000_000  # with fewer, starting worker processes takes longer
_MAX_CHUNK = 64
_AHEAD = 8  # chunks

Chunk = list[CaptureLocations]
Job = Callable[[Chunk], list[BatchOutcome]]


def convert_all(
    paths: Sequence[Path],
    out: Path,
    jobs: int | None = None,
    listed: Callable[[int], None] = lambda _: None,
    done: Callable[[int, int], None] = lambda _, __: None,
) -> BatchSummary:
    """Write the newest usable capture of every article found in the sources.

    `jobs` is the number of worker processes, `None` for one a core where there is enough to do.
    `listed` is called with the number of captures found so far, `done` with the numbers of articles
    finished and of all articles. Raises `UsageError` for a source that can't be one, and `OSError`
    where the disk refuses.
    """
    summary = BatchSummary()
    workers = jobs or worker_count(paths)
    with tempfile.TemporaryDirectory(prefix="hkcnews-") as spool, _pool(workers) as pool:
        captures = of_articles(find_captures(paths, Path(spool)), summary, listed)
        job = partial(convert_many, out=out)
        for outcome in _outcomes(group_by_article(captures), job, workers, pool, done):
            summary.add(outcome)
    return summary


def render_all(
    articles: list[CaptureLocations],
    job: Job,
    jobs: int | None = None,
    done: Callable[[int, int], None] = lambda _, __: None,
) -> Iterator[BatchOutcome]:
    """Yield what becomes of articles whose captures are known already, in their order.

    `job` does some of them, in a worker process. `jobs`, `done` and what is raised are as for
    `convert_all`.
    """
    workers = jobs or max(2, cpu_count())  # a page that crashes the parser may be among them
    with _pool(workers) as pool:
        yield from _outcomes(articles, job, workers, pool, done)


def spare_cores() -> int:
    """Return how many worker processes there is room for beside this one."""
    return max(1, cpu_count() - 1)


def worker_count(paths: Sequence[Path]) -> int:
    """One for each core, or just this process where starting others would take longer."""
    files = (file for path in paths for file in (path.rglob("*") if path.is_dir() else (path,)))
    size = sum(file.stat().st_size for file in files if file.is_file())
    return cpu_count() if size >= _MIN_BYTES_FOR_WORKERS else 1


def of_articles(
    found: Iterable[Found],
    summary: BatchSummary,
    listed: Callable[[int], None],
) -> Iterator[CaptureLocation]:
    """Yield the captures of articles; damaged ones and those of other pages are counted here."""
    for count, location in enumerate(found, start=1):
        listed(count)
        if isinstance(location, BadRecord):
            summary.add(BatchOutcome(ArticleStatus.FAILED, where="", message=str(location)))
        elif isinstance(location, SourceNote):
            summary.notes.append(location.message)
        elif location.capture.article_id is None:
            kind = kind_by_address(location.capture)
            summary.add(BatchOutcome(ArticleStatus.NO_CAPTURE, where=str(location), kind=kind))
        else:
            yield location


def _outcomes(
    articles: list[CaptureLocations],
    job: Job,
    workers: int,
    pool: ProcessPoolExecutor | None,
    done: Callable[[int, int], None],
) -> Iterator[BatchOutcome]:
    outcomes = (
        (outcome for candidates in articles for outcome in job([candidates]))
        if pool is None
        else _in_processes(articles, job, workers, pool)
    )
    for count, outcome in enumerate(outcomes, start=1):
        yield outcome
        done(count, len(articles))


# --- worker processes -----------------------------------------------------------------------


@contextmanager
def _pool(workers: int) -> Iterator[ProcessPoolExecutor | None]:
    """Worker processes that start while the captures are still being listed; `None` for one."""
    if workers == 1:
        yield None
        return
    pool = process_pool(workers)
    try:
        for _ in range(workers):
            pool.submit(os.getpid)
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _in_processes(
    articles: list[CaptureLocations], job: Job, workers: int, pool: ProcessPoolExecutor
) -> Iterator[BatchOutcome]:
    size = min(_MAX_CHUNK, len(articles) // (8 * workers) + 1)
    chunks = [articles[start : start + size] for start in range(0, len(articles), size)]
    lost = yield from _by_pool(pool, chunks, job)
    while lost:
        # Chunks are taken in their order, so that whatever killed a worker is in one of these.
        for chunk in lost[:workers]:
            yield from _after_crash(chunk, job)
        with process_pool(workers) as new_pool:
            lost = yield from _by_pool(new_pool, lost[workers:], job)


def _by_pool(
    pool: ProcessPoolExecutor, chunks: list[Chunk], job: Job
) -> Generator[BatchOutcome, None, list[Chunk]]:
    """Yield the outcomes of chunks, in order; return the chunks that were lost when one died.

    No more than a few chunks are ahead of the one that is waited for.
    """
    lost: list[Chunk] = []
    waiting: deque[tuple[Chunk, Future[list[BatchOutcome]] | None]] = deque()
    left = iter(chunks)
    while True:
        more = islice(left, _AHEAD - len(waiting))
        waiting.extend((chunk, _submit(pool, chunk, job)) for chunk in more)
        if not waiting:
            return lost
        chunk, future = waiting.popleft()
        outcomes = None if future is None else _result(future)
        if outcomes is None:
            lost.append(chunk)
        else:
            yield from outcomes


def _submit(pool: ProcessPoolExecutor, chunk: Chunk, job: Job) -> Future[list[BatchOutcome]] | None:
    """Give a chunk to a worker; `None` if one has died already."""
    try:
        return pool.submit(job, chunk)
    except BrokenProcessPool:
        return None


def _result(future: Future[list[BatchOutcome]]) -> list[BatchOutcome] | None:
    """The outcomes of a chunk, `None` if the worker died."""
    try:
        return future.result()
    except (BrokenProcessPool, SystemExit):
        return None


def _after_crash(chunk: Chunk, job: Job) -> Iterator[BatchOutcome]:
    """Do a chunk again in a process of its own; if that dies too, halve it to find the page."""
    with process_pool(1) as pool:
        outcomes = _result(pool.submit(job, chunk))
    if outcomes is not None:
        yield from outcomes
    elif len(chunk) > 1:
        middle = len(chunk) // 2
        yield from _after_crash(chunk[:middle], job)
        yield from _after_crash(chunk[middle:], job)
    else:
        message = "the parser crashed on this page or on another capture of its article"
        capture = chunk[0][0].capture
        yield BatchOutcome(ArticleStatus.FAILED, str(chunk[0][0]), capture, message=message)
