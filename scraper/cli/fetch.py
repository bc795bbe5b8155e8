"""The command `fetch`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from normalise.playback_address import ARCHIVE
from scraper.cli.errors import FAILED, handle_errors
from scraper.cli.options import ArchiveOrigin, At, Contact, Cooldown, Debug, Quiet, Rate, named_path
from scraper.errors import UsageError
from scraper.selection.target import parse_target
from scraper.wayback.policy import DEFAULT_COOLDOWN, DEFAULT_RATE, RequestPolicy


def fetch(
    targets: Annotated[
        list[str],
        typer.Argument(
            metavar="TARGET",
            help="An article's id, an address of hkcnews.com, or the address of a capture at "
            "web.archive.org.",
        ),
    ],
    at: At = "",
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            parser=named_path,
            metavar="DIR",
            help="Replace the file in the folder of a crawl, and show what changed. Without it "
            "the file goes to standard output.",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would change, and write nothing.")
    ] = False,
    all_captures: Annotated[
        bool,
        typer.Option("--all", help="Fetch every usable capture, and tell how the article changed."),
    ] = False,
    archive: ArchiveOrigin = ARCHIVE,
    rate: Rate = DEFAULT_RATE,
    cooldown: Cooldown = DEFAULT_COOLDOWN,
    contact: Contact = "",
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Fetch articles again, each from the first usable one of its captures.

    The address of a capture is asked for as it is, without the index. With --out the new capture
    goes into the store, and the file is that of this capture from then on.

    Exit codes: 0 done, 1 an article could not be had, 2 wrong usage or the folder is in use, 3
    paused by the archive, 130 interrupted.

    Example: `hkcnews fetch 11911 --out archive --contact me@example.org`
    """
    with handle_errors(debug=debug):
        from scraper.cli.fetch_job import FetchOptions, fetch_articles  # noqa: PLC0415

        parsed = [parse_target(text, at) for text in targets]
        if dry_run and out is None:
            raise UsageError("--dry-run shows what would change in a folder: give --out DIR")
        policy = RequestPolicy(archive.rstrip("/"), rate, 1, cooldown, contact)
        options = FetchOptions(out, is_dry_run=dry_run, all_captures=all_captures, is_quiet=quiet)
        has_failed = fetch_articles(parsed, options, policy)
    raise typer.Exit(FAILED if has_failed else 0)
