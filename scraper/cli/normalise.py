"""The command `normalise`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scraper.cli.errors import FAILED, handle_errors
from scraper.cli.options import CaptureUrl, Debug, Jobs, Quiet, Verbose, named_path
from scraper.errors import UsageError


def normalise(
    sources: Annotated[
        list[Path],
        typer.Argument(
            metavar="SOURCE",
            help="WARC files (.warc, .warc.gz), folders of WARC files or saved pages, the "
            "folder of a crawl, one HTML file with --url, or - for standard input.",
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            parser=named_path,
            metavar="DIR",
            help="Write the files below this folder. One HTML page without it goes to standard "
            "output, a crawl into its own folder.",
        ),
    ] = None,
    url: CaptureUrl = None,
    jobs: Jobs = None,
    verbose: Verbose = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Turn archived pages into the Markdown files of the archive.

    Of several captures of an article the newest usable one is taken. What is no article is
    counted by reason and never written; a page that fits no rule fails, and the run goes on.

    Exit codes: 0 done, 1 an article failed, 2 wrong usage.

    Example: `hkcnews normalise captures.warc.gz --out archive`
    """
    with handle_errors(debug=debug):
        from scraper.cli import normalise_job as job  # noqa: PLC0415
        from scraper.cli.reports.batch import Detail  # noqa: PLC0415
        from scraper.cli.sources import (  # noqa: PLC0415
            is_html,
            open_sources,
            parse_capture_url,
            single_html,
        )
        from scraper.crawl.layout import is_crawl  # noqa: PLC0415

        detail = Detail.of(is_verbose=verbose, is_quiet=quiet)
        with open_sources(sources) as paths:
            if out is not None and out.exists() and not out.is_dir():
                raise UsageError(f"{out} is a file: --out takes a folder")
            if len(paths) == 1 and url is None and is_crawl(paths[0]):
                has_failed = job.normalise_crawl(paths[0], out, jobs, detail)
            elif url is not None or (len(paths) == 1 and is_html(paths[0])):
                page = single_html(paths)
                job.normalise_page(page, parse_capture_url(url), out, detail)
                has_failed = False
            else:
                has_failed = job.normalise_captures(paths, out, jobs, detail)
    raise typer.Exit(FAILED if has_failed else 0)
