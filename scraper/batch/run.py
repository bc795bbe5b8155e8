"""A run over many captures: choose per article, extract, render, write; one bad page stops nothing.

Only places of captures are held in memory. Each article is one piece of work that needs no
other, so worker processes take them in chunks and read the pages themselves.
"""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from multiprocessing import cpu_count
from pathlib import Path

from normalise import (
    Article,
    Capture,
    NormaliseError,
    NotAnArticle,
    PageKind,
    Unreadable,
    extract,
    omissions,
    render,
)
from normalise.files import ArticleWriter
from normalise.page.kinds import kind_by_address
from scraper.errors import BadRecord, RevisitRecord
from scraper.models import CaptureLocation, Payload
from scraper.warc.inputs import find_captures
from scraper.warc.payload import read_payload
from scraper.workers import process_pool

# Below this starting worker processes takes longer than the work.
_FEWEST_BYTES_FOR_WORKERS = 2_000_000
_LARGEST_CHUNK = 256

CaptureLocations = tuple[CaptureLocation, ...]


class Status(StrEnum):
    """What became of one article."""

    WRITTEN = "written"
    UNCHANGED = "unchanged"
    NOT_ARTICLE = "not an article"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class BatchOutcome:
    """What became of one article, and of which record; `said` is why, for people.

    `capture` is the one that it was written from, or the first that was refused.
    """

    status: Status
    where: str
    capture: Capture | None = None
    kind: PageKind | None = None
    message: str = ""
    warnings: tuple[str, ...] = ()


@dataclass
class BatchSummary:
    """What became of all articles of a run."""

    counts: Counter[Status] = field(default_factory=Counter)
    kinds: Counter[PageKind] = field(default_factory=Counter)
    failed: list[BatchOutcome] = field(default_factory=list)
    warned: list[BatchOutcome] = field(default_factory=list)

    def add(self, outcome: BatchOutcome) -> None:
        """Count one more."""
        self.counts[outcome.status] += 1
        if outcome.kind is not None:
            self.kinds[outcome.kind] += 1
        if outcome.status is Status.FAILED:
            self.failed.append(outcome)
        if outcome.warnings:
            self.warned.append(outcome)


def convert_all(
    paths: Sequence[Path],
    out: Path,
    jobs: int | None = None,
    listed: Callable[[int], None] = lambda _: None,
    done: Callable[[int, int], None] = lambda _, __: None,
) -> BatchSummary:
    """Write the newest usable capture of every article found in the sources; say what became.

    `jobs` is the number of worker processes, `None` for one a core where there is enough to do.
    `listed` is told how many captures have been found so far, `done` how many articles of how
    many are finished. Raises `UsageError` for a source that can't be one.
    """
    summary = BatchSummary()
    workers = jobs or _workers(paths)
    with tempfile.TemporaryDirectory(prefix="hkcnews-") as spool, _pool(workers) as pool:
        work = group_by_article(_listed(find_captures(paths, Path(spool)), summary, listed))
        for outcome in _outcomes(work, out, workers, pool, done):
            summary.add(outcome)
    return summary


def render_all(
    work: list[CaptureLocations],
    out: Path,
    jobs: int | None = None,
    done: Callable[[int, int], None] = lambda _, __: None,
) -> Iterator[BatchOutcome]:
    """Yield what becomes of articles whose captures are chosen already; as `run` otherwise."""
    workers = jobs or max(2, cpu_count())  # a page that crashes the parser may be among them
    with _pool(workers) as pool:
        yield from _outcomes(work, out, workers, pool, done)


def _outcomes(
    work: list[CaptureLocations],
    out: Path,
    workers: int,
    pool: ProcessPoolExecutor | None,
    done: Callable[[int, int], None],
) -> Iterator[BatchOutcome]:
    outcomes = _in_turn(work, out) if pool is None else _in_processes(work, out, workers, pool)
    for count, outcome in enumerate(outcomes, start=1):
        yield outcome
        done(count, len(work))


def group_by_article(records: Iterable[CaptureLocation]) -> list[CaptureLocations]:
    """Return the captures of each article, newest first; articles in the order of the sources."""
    by_id: dict[int | None, CaptureLocations] = {}
    for record in records:
        by_id[record.capture.article_id] = (*by_id.get(record.capture.article_id, ()), record)
    return [
        tuple(sorted(group, key=lambda record: record.capture.timestamp, reverse=True))
        if len(group) > 1
        else group
        for group in by_id.values()
    ]


def article_of(record: CaptureLocation) -> Article:
    """Return the article of one capture. Raises `BadRecord` too where it can't be read."""
    return extract_article(read_payload(record), record.capture)


def extract_article(page: Payload, capture: Capture) -> Article:
    """Return the article of a page.

    Raises `NotAnArticle` and `Unreadable` as `extract()` does; a page captured with an error
    status is never an article.
    """
    status = page.status or 200
    try:
        article = extract(page.body, capture)
    except Unreadable:
        if status < 300:
            raise
    except NotAnArticle as error:
        if status < 300 or error.kind is not PageKind.EMPTY:
            raise
    else:
        if status < 300:
            return article
    reason = PageKind.REDIRECT if status < 400 else PageKind.ERROR_PAGE
    raise NotAnArticle(reason, capture.url)


def convert(candidates: CaptureLocations, writer: ArticleWriter) -> BatchOutcome:
    """Write the first usable one of an article's captures, and return what became of it."""
    refusals: list[tuple[CaptureLocation, Exception]] = []
    for record in candidates:
        try:
            article = article_of(record)
            is_written = writer.write(article.id, render(article))
        except OSError:  # the disk is full or not ours: no other page would fare better
            raise
        except Exception as error:  # even a fault of ours is this page's alone
            refusals.append((record, error))
            continue
        passed = tuple(f"passed over: {error}" for _, error in refusals if not _is_image(error))
        return BatchOutcome(
            Status.WRITTEN if is_written else Status.UNCHANGED,
            where=f"article {article.id} ({record})",
            capture=record.capture,
            warnings=passed + article.warnings + omissions(article),
        )
    return _none_usable(refusals)


def _none_usable(refusals: list[tuple[CaptureLocation, Exception]]) -> BatchOutcome:
    """A failure if any capture might have been an article; else what the newest one is."""
    known = [refusal for refusal in refusals if not isinstance(refusal[1], RevisitRecord)]
    for record, error in known or refusals:
        if not isinstance(error, NotAnArticle):
            is_expected = isinstance(error, (BadRecord, NormaliseError))
            said = str(error) if is_expected else f"a fault of this program: {error!r}"
            return BatchOutcome(Status.FAILED, str(record), record.capture, message=said)
    record, error = known[0]
    assert isinstance(error, NotAnArticle)
    return BatchOutcome(Status.NOT_ARTICLE, str(record), record.capture, error.kind, str(error))


def _is_image(error: Exception) -> bool:
    """Whether an address of a picture was passed over: the index has such rows by the way."""
    return isinstance(error, NotAnArticle) and error.kind is PageKind.IMAGE


def _listed(
    found: Iterable[CaptureLocation | BadRecord],
    summary: BatchSummary,
    listed: Callable[[int], None],
) -> Iterator[CaptureLocation]:
    """Pass on the captures of articles; what is none by its address or damaged is counted here."""
    for count, record in enumerate(found, start=1):
        listed(count)
        if isinstance(record, BadRecord):
            summary.add(BatchOutcome(Status.FAILED, where="", message=str(record)))
        elif record.capture.article_id is None:
            reason = kind_by_address(record.capture)
            summary.add(BatchOutcome(Status.NOT_ARTICLE, where=str(record), kind=reason))
        else:
            yield record


def _workers(paths: Sequence[Path]) -> int:
    """One for each core, or just this process where starting others would take longer."""
    files = (file for path in paths for file in (path.rglob("*") if path.is_dir() else (path,)))
    size = sum(file.stat().st_size for file in files if file.is_file())
    return cpu_count() if size >= _FEWEST_BYTES_FOR_WORKERS else 1


def _in_turn(work: Iterable[CaptureLocations], out: Path) -> Iterator[BatchOutcome]:
    writer = ArticleWriter(out)
    return (convert(candidates, writer) for candidates in work)


def convert_many(work: list[CaptureLocations], out: Path) -> list[BatchOutcome]:
    """Do some articles, one after the other: the work of a worker process."""
    return list(_in_turn(work, out))


def spare_cores() -> int:
    """Return how many worker processes there is room for beside this one."""
    return max(1, cpu_count() - 1)


def _in_processes(
    work: list[CaptureLocations], out: Path, workers: int, pool: ProcessPoolExecutor
) -> Iterator[BatchOutcome]:
    size = min(_LARGEST_CHUNK, len(work) // (8 * workers) + 1)
    chunks = [work[at : at + size] for at in range(0, len(work), size)]
    lost = yield from _by(pool, chunks, out)
    while lost:
        # Chunks are taken in their order, so that whatever killed a worker is in one of these.
        for chunk in lost[:workers]:
            yield from _after_crash(chunk, out)
        with process_pool(workers) as fresh:
            lost = yield from _by(fresh, lost[workers:], out)


def _by(
    pool: ProcessPoolExecutor, chunks: list[list[CaptureLocations]], out: Path
) -> Generator[BatchOutcome, None, list[list[CaptureLocations]]]:
    """Yield what workers find, in order; return the chunks that were lost when one died."""
    lost = []
    running = [_submitted(pool, chunk, out) for chunk in chunks]
    for chunk, future in zip(chunks, running, strict=True):
        outcomes = None if future is None else _result(future)
        if outcomes is None:
            lost.append(chunk)
        else:
            yield from outcomes
    return lost


def _submitted(
    pool: ProcessPoolExecutor, chunk: list[CaptureLocations], out: Path
) -> Future[list[BatchOutcome]] | None:
    """What a worker will find, `None` if one has died already."""
    try:
        return pool.submit(convert_many, chunk, out)
    except BrokenProcessPool:
        return None


def _after_crash(chunk: list[CaptureLocations], out: Path) -> Iterator[BatchOutcome]:
    """Do a chunk again in a process of its own; if that dies too, halve it to find the page.

    The parser is C: a fault in it ends its process (selectolax #91 and #217 tell of some).
    """
    with process_pool(1) as pool:
        outcomes = _result(pool.submit(convert_many, chunk, out))
    if outcomes is not None:
        yield from outcomes
    elif len(chunk) > 1:
        middle = len(chunk) // 2
        yield from _after_crash(chunk[:middle], out)
        yield from _after_crash(chunk[middle:], out)
    else:
        said = "the parser crashed on this page or on another capture of its article"
        yield BatchOutcome(Status.FAILED, str(chunk[0][0]), chunk[0][0].capture, message=said)


def _result(future: Future[list[BatchOutcome]]) -> list[BatchOutcome] | None:
    """What a worker found, `None` if it died."""
    try:
        return future.result()
    except (BrokenProcessPool, SystemExit):
        return None


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
