"""All articles of some sources, exported into one format."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from normalise.files import article_id_of
from scraper.batch.convert import CaptureLocations, group_by_article
from scraper.batch.outcome import BatchOutcome, BatchSummary
from scraper.batch.run import of_articles, render_all, worker_count
from scraper.crawl.layout import STORE_FOLDER, is_crawl
from scraper.crawl.ledger import Ledger
from scraper.crawl.rerender import stored_candidates
from scraper.export.formats import ExportFormat, claim_folder
from scraper.export.images import place_images, take_snapshot
from scraper.export.job import SITE_FOLDER, ExportJob, Product
from scraper.export.sinks import Sink, open_sink
from scraper.models import ArticleStatus
from scraper.warc.inputs import find_captures
from scraper.warc.writer import WarcStore

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
        articles = _candidates(paths, Path(spool), summary, listed)
        held = frozenset(each[0].capture.article_id or 0 for each in articles)
        crawl = paths[0] if len(paths) == 1 and is_crawl(paths[0]) else None
        images = None if crawl is None else take_snapshot(crawl, Path(spool))
        job = ExportJob(export_format, out, held, images)
        workers = jobs or (None if crawl else worker_count(paths))
        with open_sink(export_format, out, crawl, has_images=images is not None) as sink:
            files: set[str] = set()
            written = _export(articles, job, workers, sink, summary, done, files)
            if crawl is not None and images is not None:
                place_images(crawl, out, export_format, files)
        if export_format in _ONE_BY_ONE:
            _remove_stale(out, export_format, written)
        if sink.is_changed is not None and not sink.is_changed:
            summary.written, summary.unchanged = 0, summary.written + summary.unchanged
    return summary


def _candidates(
    paths: Sequence[Path], spool: Path, summary: BatchSummary, listed: Callable[[int], None]
) -> list[CaptureLocations]:
    """The captures of each article, in the order of their ids."""
    if len(paths) == 1 and is_crawl(paths[0]):
        with closing(Ledger.open_existing(paths[0])) as ledger:
            store = WarcStore(paths[0] / STORE_FOLDER)
            articles = list(stored_candidates(ledger, store))
        listed(len(articles))
    else:
        captures = of_articles(find_captures(paths, spool), summary, listed)
        articles = group_by_article(captures)
    return sorted(articles, key=lambda candidates: candidates[0].capture.article_id or 0)


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


def _keep(outcome: BatchOutcome, sink: Sink, summary: BatchSummary) -> None:
    if sink.is_changed is not None and outcome.status is ArticleStatus.WRITTEN:
        outcome = replace(outcome, is_changed=True)  # whether it has, the whole file tells
    summary.add(replace(outcome, product=None))
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
