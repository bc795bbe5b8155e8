"""The command `export`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scraper.cli.errors import FAILED, handle_errors
from scraper.cli.options import Debug, Jobs, Quiet, Verbose, named_path
from scraper.export.formats import ExportFormat


def export(
    sources: Annotated[
        list[Path],
        typer.Argument(
            metavar="SOURCE...",
            parser=named_path,
            help="The folder of a crawl, WARC files, folders of WARC files and of saved pages.",
        ),
    ],
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            parser=named_path,
            metavar="DIR",
            help="A new folder, or that of an earlier export.",
        ),
    ],
    export_format: Annotated[
        ExportFormat,
        typer.Option(
            "--format",
            help="Clean Markdown, a site for Hugo, JSON lines, Parquet or an SQLite database.",
        ),
    ] = ExportFormat.MARKDOWN,
    jobs: Jobs = None,
    verbose: Verbose = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Turn an archive into files for people: to read, to publish, to study.

    The same captures are chosen as by `normalise`. A second run changes only what has changed.

    Exit codes: 0 done, 1 an article failed, 2 wrong usage.

    Example: `hkcnews export archive --format sqlite --out data`
    """
    with handle_errors(debug=debug):
        from scraper.cli.console import print_line, stderr_console  # noqa: PLC0415
        from scraper.cli.progress import NormaliseView, show_progress  # noqa: PLC0415
        from scraper.cli.reports.batch import Detail, show_summary  # noqa: PLC0415
        from scraper.export.next_step import next_step  # noqa: PLC0415
        from scraper.export.run import export_all  # noqa: PLC0415

        detail = Detail.of(is_verbose=verbose, is_quiet=quiet)
        view = NormaliseView("exporting")
        with show_progress(stderr_console, view, is_quiet=quiet):
            summary = export_all(sources, export_format, out, jobs, view.set_found, view.set_done)
        show_summary(stderr_console, summary, detail)
        if not quiet:
            print_line(stderr_console, "", next_step(export_format, out))
    raise typer.Exit(FAILED if summary.failed else 0)
