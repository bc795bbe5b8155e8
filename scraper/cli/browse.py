"""The command `browse`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scraper.cli.errors import FAILED, handle_errors
from scraper.cli.options import Debug, Jobs, Quiet, named_path


def browse(
    archive: Annotated[
        Path,
        typer.Argument(
            metavar="ARCHIVE",
            parser=named_path,
            help="The folder of a crawl, that of an export, or an archive.db.",
        ),
    ],
    host: Annotated[
        str | None,
        typer.Option(
            "--host",
            metavar="ADDRESS",
            help="Where to listen: loopback, with --public all addresses of this machine.",
        ),
    ] = None,
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="The port; 0 for any that is free.")
    ] = 8322,
    public: Annotated[bool, typer.Option("--public", help="Let other machines read, too.")] = False,
    no_open: Annotated[bool, typer.Option("--no-open", help="Do not open the browser.")] = False,
    refresh: Annotated[
        bool, typer.Option("--refresh", help="Make the database anew first.")
    ] = False,
    jobs: Jobs = None,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Read an archive in the browser: by day, month, category, author and tag, and by search.

    Serves the reading room on this machine until Ctrl-C. Where there is no database yet it is made
    first, which takes some minutes for the whole site: in the folder of a crawl as
    reading-room/archive.db, in that of an export as archive.db.

    Exit codes: 0 ended with Ctrl-C, 1 so too, but an article could not be put into the database, 2
    wrong usage.

    Example: `hkcnews browse archive`
    """
    with handle_errors(debug=debug):
        from scraper.cli.browse_job import BrowseJob  # noqa: PLC0415

        job = BrowseJob(
            archive, host, port, jobs, is_public=public, opens=not no_open, is_quiet=quiet
        )
        has_failed = job.run(is_refreshed=refresh)
    raise typer.Exit(FAILED if has_failed else 0)
