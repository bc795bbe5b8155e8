"""The work of `normalise`: one page, the captures of many sources, or those of a crawl."""

from __future__ import annotations

from pathlib import Path

from normalise import Capture, extract, omissions, render
from normalise.files import ArticleWriter, article_path
from scraper.batch import run as batch
from scraper.batch.outcome import BatchOutcome, BatchSummary
from scraper.cli.console import print_exactly, stderr_console
from scraper.cli.progress import NormaliseView, show_progress
from scraper.cli.reports.batch import Detail, show_summary, show_warnings
from scraper.cli.sources import read_page
from scraper.errors import UsageError
from scraper.models import ArticleStatus


def normalise_page(path: Path, capture: Capture, out: Path | None, detail: Detail) -> None:
    """Write the article of one page into a folder, without a folder to standard output.

    Raises what `extract` and `render` raise.
    """
    article = extract(read_page(path), capture)
    text = render(article)
    warnings = (*article.warnings, *omissions(article))
    where = f"article {article.id}"
    if out is None:
        article_path(article.id)  # an id that can have no file is refused here too
        print_exactly(text)
        outcome = BatchOutcome(ArticleStatus.WRITTEN, where, warnings=warnings)
        if detail is not Detail.QUIET:
            show_warnings(stderr_console, [outcome], Detail.VERBOSE)
        return
    is_changed = ArticleWriter(out).write(article.id, text)
    summary = BatchSummary()
    summary.add(
        BatchOutcome(ArticleStatus.WRITTEN, where, warnings=warnings, is_changed=is_changed)
    )
    show_summary(stderr_console, summary, detail)


def normalise_captures(
    paths: list[Path], out: Path | None, jobs: int | None, detail: Detail
) -> bool:
    """Write the articles of WARC files and folders; return whether one of them failed."""
    if out is None:
        raise UsageError("many pages need a folder to be written to: give --out DIR")
    view = NormaliseView()
    with show_progress(stderr_console, view, is_quiet=detail is Detail.QUIET):
        summary = batch.convert_all(paths, out, jobs, view.set_found, view.set_done)
    show_summary(stderr_console, summary, detail)
    return bool(summary.failed)


def normalise_crawl(path: Path, out: Path | None, jobs: int | None, detail: Detail) -> bool:
    """Write the articles of a crawl again, in place without `out`; return whether one failed."""
    from scraper.cli.session import open_out  # noqa: PLC0415 - other sources need no network
    from scraper.crawl import rerender  # noqa: PLC0415

    view = NormaliseView()
    is_quiet = detail is Detail.QUIET
    if out is not None and out.resolve() != path.resolve():
        with show_progress(stderr_console, view, is_quiet=is_quiet):
            summary = rerender.render_elsewhere(path, out, jobs, view.set_done)
    else:
        with (
            open_out(path, is_quiet=is_quiet) as crawl_folder,
            show_progress(stderr_console, view, is_quiet=is_quiet),
        ):
            summary = rerender.render_in_place(crawl_folder, jobs, view.set_done)
    show_summary(stderr_console, summary, detail)
    return bool(summary.failed)
