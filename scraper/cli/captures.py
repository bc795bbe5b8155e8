"""The command `captures`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from normalise.playback_address import ARCHIVE
from scraper.cli.console import print_exactly, stdout_console
from scraper.cli.errors import handle_errors
from scraper.cli.options import (
    ArchiveOrigin,
    At,
    Contact,
    Cooldown,
    Debug,
    Rate,
    TargetText,
    named_path,
)
from scraper.selection.target import parse_target
from scraper.wayback.policy import DEFAULT_COOLDOWN, DEFAULT_RATE, RequestPolicy


def captures(
    text: TargetText,
    at: At = "",
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="DIR",
            parser=named_path,
            help="The folder of a crawl, which knows the captures.",
        ),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print them as JSON.")] = False,
    archive: ArchiveOrigin = ARCHIVE,
    rate: Rate = DEFAULT_RATE,
    cooldown: Cooldown = DEFAULT_COOLDOWN,
    contact: Contact = "",
    debug: Debug = False,
) -> None:
    """Show the captures of an article in the order in which they would be tried.

    No page is fetched; the index is asked where no --out knows the captures.

    Exit codes: 0 done, 1 there are none, 2 wrong usage, 3 paused by the archive, 130 interrupted.

    Example: `hkcnews captures 11911 --out archive`
    """
    with handle_errors(debug=debug):
        from scraper.cli.reports.captures import (  # noqa: PLC0415
            captures_json,
            list_captures,
            show_captures,
        )
        from scraper.cli.session import open_ledger, run_in_session  # noqa: PLC0415
        from scraper.crawl.refetch import rank_captures  # noqa: PLC0415

        policy = RequestPolicy(archive.rstrip("/"), rate, 1, cooldown, contact)
        target = parse_target(text, at)
        with open_ledger(out) as ledger:
            ranking = run_in_session(
                policy, ledger, lambda client: rank_captures(target, client, ledger)
            )
        listed = list_captures(ranking)
        if json:
            print_exactly(captures_json(listed))
        else:
            show_captures(stdout_console(), listed)
