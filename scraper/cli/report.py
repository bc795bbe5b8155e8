"""The command `report`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from scraper.cli.errors import FAILED, handle_errors
from scraper.cli.options import STANDARD_STREAM, CrawlOut, Debug, Jobs, Quiet, named_path
from scraper.errors import UsageError

_MODE = 0o644


def report(
    out: CrawlOut,
    to: Annotated[
        Path | None,
        typer.Option(
            "--to",
            parser=named_path,
            metavar="FILE",
            help="Where the page goes, instead of DIR/report.html; - for standard output.",
        ),
    ] = None,
    missing: Annotated[
        Path | None,
        typer.Option(
            "--missing",
            parser=named_path,
            metavar="FILE",
            help="Write all articles that are missing to this file, as CSV; - for standard output.",
        ),
    ] = None,
    jobs: Jobs = None,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Make a page that shows what a crawl has recovered, with plots, also while it runs.

    One HTML file in English and Chinese, for which no network and no script is needed; it goes to
    DIR/report.html.

    Exit codes: 0 done, 1 an article file could not be read (the page names it), 2 wrong usage.

    Example: `hkcnews report --out archive`
    """
    with handle_errors(debug=debug):
        from scraper.cli.console import print_line, stderr_console  # noqa: PLC0415
        from scraper.cli.progress import CountView, show_progress  # noqa: PLC0415
        from scraper.crawl.layout import PAGE_FILE, is_crawl  # noqa: PLC0415
        from scraper.report.run import make_report  # noqa: PLC0415

        page = to or out / PAGE_FILE
        if page == missing == STANDARD_STREAM:
            raise UsageError("--to and --missing can't both go to standard output")
        if is_crawl(out):
            for file in (page, missing):
                _check(file)
        view = CountView("reading articles")
        with show_progress(stderr_console, view, is_quiet=quiet):
            made = make_report(out, jobs, view.set_completed, lists_missing=missing is not None)
        _write(page, made.html)
        if missing is not None:
            _write(missing, made.missing)
        faults = made.survey.faults
        if faults:
            files = "article file" if len(faults) == 1 else "article files"
            text = f"{len(faults):,} {files} could not be read; the page says which"
            print_line(stderr_console, "failed:", text, "red")
        if not quiet and page != STANDARD_STREAM:
            print_line(stderr_console, "", f"look: {page}")
    raise typer.Exit(FAILED if faults else 0)


def _check(file: Path | None) -> None:
    """Refuse a place that can't be written, before all the work is done."""
    from scraper.cli.console import check_can_be_written  # noqa: PLC0415

    check_can_be_written(file)
    if file is not None and file != STANDARD_STREAM and not os.access(file.parent, os.W_OK):
        raise UsageError(f"{file.parent} may not be written: name another file with --to FILE")


def _write(file: Path, text: str) -> None:
    from normalise.files import write_atomically  # noqa: PLC0415
    from scraper.cli.console import print_exactly  # noqa: PLC0415

    if file == STANDARD_STREAM:
        print_exactly(text)
    else:
        write_atomically(file, text.encode("utf-8"), _MODE)
