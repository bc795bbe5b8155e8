"""The command `probe`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from normalise.playback_address import ARCHIVE
from scraper.cli.errors import FAILED, handle_errors
from scraper.cli.options import ArchiveOrigin, Contact, Cooldown, Debug, Rate
from scraper.wayback.policy import (
    DEFAULT_CONCURRENCY,
    DEFAULT_COOLDOWN,
    DEFAULT_RATE,
    RequestPolicy,
)


def probe(
    archive: ArchiveOrigin = ARCHIVE,
    save: Annotated[
        Path | None,
        typer.Option(
            "--save", metavar="DIR", help="Keep the pages, each in a folder named by its id."
        ),
    ] = None,
    rate: Rate = DEFAULT_RATE,
    cooldown: Cooldown = DEFAULT_COOLDOWN,
    contact: Contact = "",
    debug: Debug = False,
) -> None:
    """Tell within a minute whether this program reads the site's pages rightly.

    Sixty captures of 2017 to 2023 are fetched, at the pace of a crawl. Each field is compared with
    what an existing archive of the site has, of which the program carries digests. Pages that are
    no articles must be found out.

    Exit codes: 0 all agree, 1 some do not, 2 wrong usage, 3 refused by the archive, 130
    interrupted.

    Example: `hkcnews probe --contact me@example.org`
    """
    with handle_errors(debug=debug):
        from scraper.cli.probe_job import probe_archive  # noqa: PLC0415

        policy = RequestPolicy(archive.rstrip("/"), rate, DEFAULT_CONCURRENCY, cooldown, contact)
        agrees = probe_archive(policy, save)
    raise typer.Exit(0 if agrees else FAILED)
