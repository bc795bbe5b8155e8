"""The command `import`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scraper.cli.errors import FAILED, handle_errors
from scraper.cli.options import CrawlOut, Debug, Quiet, named_path


def import_command(
    sources: Annotated[
        list[Path],
        typer.Argument(
            metavar="SOURCE...",
            parser=named_path,
            help="The folder of another crawl, WARC files (also WACZ), folders of them.",
        ),
    ],
    out: CrawlOut,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Bring captures that somebody has fetched already into a crawl, which never asks for them.

    They are copied into DIR/captures. What may not be whole is left to the archive.

    Exit codes: 0 done, 1 a record is damaged, 2 wrong usage.

    Example: `hkcnews import other-archive pages.warc.gz --out archive`
    """
    with handle_errors(debug=debug):
        from scraper.cli.console import stderr_console  # noqa: PLC0415
        from scraper.cli.progress import NormaliseView, show_progress  # noqa: PLC0415
        from scraper.cli.reports.imports import show_import  # noqa: PLC0415
        from scraper.cli.session import open_out  # noqa: PLC0415
        from scraper.crawl.importing import import_captures, require_other_folders  # noqa: PLC0415

        require_other_folders(sources, out)
        view = NormaliseView()
        with (
            open_out(out, is_quiet=quiet) as folder,
            show_progress(stderr_console, view, is_quiet=quiet),
        ):
            summary = import_captures(sources, folder, view.set_found)
        show_import(stderr_console, summary, is_quiet=quiet)
    raise typer.Exit(FAILED if summary.failed else 0)
