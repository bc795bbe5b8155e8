"""All articles of some sources, exported into one format."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from normalise.files import article_id_of
from scraper.batch.convert import CaptureLocations
from scraper.batch.outcome import BatchOutcome, BatchSummary
from scraper.batch.run import render_all, worker_count
from scraper.export.capture_texts import find_capture_texts
from scraper.export.formats import ExportFormat, claim_folder
from scraper.export.images import place_images
from scraper.export.job import SITE_FOLDER, ExportJob, Product
from scraper.export.sinks import Sink, open_sink
from scraper.export.source import crawl_of, find_articles, notes_on_pictures
from scraper.export.tables import TableSink
from scraper.models import ArticleStatus

Done = Callable[[int, int], None]
_ONE_BY_ONE = frozenset({ExportFormat.MARKDOWN, ExportFormat.HUGO})


def export_all(
    paths: Sequence[Path],
    export_format: ExportFormat,
    out: Path,
    jobs: int | None = None,
    listed: Callable[[int], None] = lambda _: None,
    done: Done = lambda _, __: None,
) -> BatchSummary:
    """Export the best usable capture of every article found in the sources.

    `jobs`, `listed` and `done` are as for `convert_all`. Raises `UsageError` for a source or a
    folder that can't be one, and `OSError` where the disk refuses.
    """
    claim_folder(out, export_format, paths)
    summary = BatchSummary()
    with tempfile.TemporaryDirectory(prefix="hkcnews-") as spool:
        crawl = crawl_of(paths, Path(spool))
        summary.notes += notes_on_pictures(paths, crawl)
        articles = find_articles(paths, crawl, Path(spool), summary, listed)
        held = frozenset(each[0].capture.article_id or 0 for each in articles)
        job = ExportJob(export_format, out, held, crawl.images if crawl else None)
        workers = jobs or (None if crawl else worker_count(paths))
        with open_sink(export_format, out, crawl) as sink:
            files: set[str] = set()
            written = _export(articles, job, workers, sink, summary, done, files)
            if isinstance(sink, TableSink):
                _add_texts(articles, written, workers, sink, summary)
            place_images(crawl.folder if crawl else out, out, export_format, files)
        if export_format in _ONE_BY_ONE:
            _remove_stale(out, export_format, written)
        if sink.is_changed is not None and not sink.is_changed:
            summary.written, summary.unchanged = 0, summary.written + summary.unchanged
    return summary


def _export(
    articles: list[CaptureLocations],
    job: ExportJob,
    workers: int | None,
    sink: Sink,
    summary: BatchSummary,
    done: Done,
    files: set[str],
) -> frozenset[int]:
    """Export all, and those that link to what was not there after all once more.

    Returns the articles that are there; adds the files of their pictures to `files`.
    """
    links: dict[int, frozenset[int]] = {}
    for outcome in render_all(articles, job, workers, done):
        _keep(outcome, sink, summary)
        if isinstance(outcome.product, Product):
            links[outcome.product.article_id] = outcome.product.links
            files |= outcome.product.files
    written = frozenset(links)
    missing = job.held - written
    wrong = {article_id for article_id, ids in links.items() if ids & missing}
    if wrong:
        again = [each for each in articles if each[0].capture.article_id in wrong]
        for outcome in render_all(again, replace(job, held=written), workers):
            _add(outcome, sink)
    return written


def _add_texts(
    articles: list[CaptureLocations],
    written: frozenset[int],
    workers: int | None,
    sink: TableSink,
    summary: BatchSummary,
) -> None:
    """Add the texts of articles with several captures, from which their changes can be seen."""
    several = [each for each in articles if len(each) > 1 and each[0].capture.article_id in written]
    for outcome in render_all(several, find_capture_texts, workers):
        article_id = outcome.capture.article_id if outcome.capture else None
        assert article_id is not None, "only articles are exported"
        if outcome.status is ArticleStatus.WRITTEN:
            assert isinstance(outcome.product, tuple), "what the job returns"
            sink.add_texts(article_id, outcome.product)
        else:
            note = f"article {article_id}: its captures can't be compared: {outcome.message}"
            summary.notes.append(note)


def _keep(outcome: BatchOutcome, sink: Sink, summary: BatchSummary) -> None:
    is_written = outcome.status is ArticleStatus.WRITTEN
    # Of an article that is no file of its own, the whole file tells whether it has changed.
    is_changed = outcome.is_changed or (is_written and sink.is_changed is not None)
    summary.add(replace(outcome, is_changed=is_changed, product=None))
    _add(outcome, sink)


def _add(outcome: BatchOutcome, sink: Sink) -> None:
    if isinstance(outcome.product, Product):
        sink.add(outcome.product.article_id, outcome.product.record)


def _remove_stale(out: Path, export_format: ExportFormat, written: frozenset[int]) -> None:
    """Remove the files of articles that the sources do not give any more."""
    for path, article_id in _files(out, export_format):
        if article_id not in written:
            path.unlink(missing_ok=True)


def _files(out: Path, export_format: ExportFormat) -> Iterator[tuple[Path, int]]:
    if export_format is ExportFormat.MARKDOWN:
        for path in out.glob("articles/*/article_*.md"):
            if (article_id := article_id_of(path.name)) is not None:
                yield path, article_id
    else:
        for path in out.glob(f"{SITE_FOLDER}/*.md"):
            if path.stem.isdecimal():
                yield path, int(path.stem)
