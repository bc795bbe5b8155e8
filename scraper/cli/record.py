"""The command `record`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from normalise.playback_address import ARCHIVE
from scraper.cli.console import print_line, stdout_console
from scraper.cli.errors import handle_errors
from scraper.cli.options import ArchiveOrigin, At, Contact, Cooldown, Debug, Rate, TargetText
from scraper.selection.target import parse_target
from scraper.wayback.policy import DEFAULT_COOLDOWN, DEFAULT_RATE, RequestPolicy


def record(
    text: TargetText,
    name: Annotated[
        str, typer.Option("--name", metavar="NAME", help="What to call the fixture: a folder.")
    ],
    why: Annotated[
        str, typer.Option("--why", metavar="TEXT", help="What the page is there to prove.")
    ],
    source: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="FILE",
            help="Take the page from a WARC file, the folder of a crawl, or an HTML file whose "
            "capture TARGET names, not from the network.",
        ),
    ] = None,
    at: At = "",
    fixtures: Annotated[
        Path | None,
        typer.Option(
            "--fixtures",
            metavar="DIR",
            help="Where fixtures are kept: made if need be. Without it ./fixtures, if it has some.",
        ),
    ] = None,
    archive: ArchiveOrigin = ARCHIVE,
    rate: Rate = DEFAULT_RATE,
    cooldown: Cooldown = DEFAULT_COOLDOWN,
    contact: Contact = "",
    debug: Debug = False,
) -> None:
    """Save a page as a fixture: its bytes, its capture, and what comes of it today.

    The page may be anything: an article, a page that fits no rule, a new kind of error page. Of
    several captures the first is taken that is no known page of another kind; give the address of
    a capture for that very one. A page is never replaced. The path of the fixture is printed.

    Exit codes: 0 done, 1 the page could not be had, 2 wrong usage or a fixture of that name
    exists, 3 paused by the archive, 130 interrupted.

    Example: `hkcnews record 11911 --name two-headlines --why "the first of two h1 is the title"`
    """
    with handle_errors(debug=debug):
        from scraper.cli.session import run_in_session  # noqa: PLC0415
        from scraper.cli.stored_pages import UNREADABLE_FIRST, find_page  # noqa: PLC0415
        from scraper.testing import fixtures as fixture_files  # noqa: PLC0415
        from scraper.testing import record as recording  # noqa: PLC0415

        target = parse_target(text, at)
        root = recording.check_new_fixture(fixtures, name, why)
        if source is not None:
            stored = find_page(source, target, UNREADABLE_FIRST)
            page, capture = stored.payload.body, stored.capture
        else:
            policy = RequestPolicy(archive.rstrip("/"), rate, 1, cooldown, contact)
            page, capture = run_in_session(
                policy, None, lambda client: recording.fetch_from_archive(target, client)
            )
        fixture = fixture_files.add(name, page, capture, why, root)
        print_line(stdout_console(), "", str(fixture.folder))
