"""What commands for single articles share: a session with the archive, and a crawl's ledger."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypeVar

from normalise.playback_address import ARCHIVE
from scraper.cli.console import print_line, stderr_console
from scraper.cli.progress import pause_line
from scraper.cli.reports.imports import show_import
from scraper.crawl.folder import CrawlFolder, open_folder
from scraper.crawl.ledger import Ledger
from scraper.crawl.session import open_session
from scraper.models import Pause
from scraper.warc.writer import MAX_FILE_BYTES
from scraper.wayback.client import WaybackClient
from scraper.wayback.policy import RequestPolicy, software

Result = TypeVar("Result")


def run_in_session(
    policy: RequestPolicy,
    ledger: Ledger | None,
    work: Callable[[WaybackClient], Awaitable[Result]],
    *,
    is_quiet: bool = False,
) -> Result:
    """Do some work with a client of the archive; pauses are told on standard error.

    With `is_quiet` they are not. `ledger` keeps pauses from one session to the next. Raises what
    the work raises.
    """

    def show_pause(pause: Pause | None) -> None:
        if not is_quiet and (line := pause_line(pause)):
            print_line(stderr_console, "", line)

    async def session() -> Result:
        async with open_session(policy, ledger, show_pause) as (client, _):
            return await work(client)

    ask_for_contact(policy)
    return asyncio.run(session())


def ask_for_contact(policy: RequestPolicy) -> None:
    """Print a line on standard error where the real archive is asked without a contact."""
    if policy.pause_key == ARCHIVE and not policy.contact:
        line = "the archive asks for a contact: please add --contact you@example.org"
        print_line(stderr_console, "note:", line, "yellow")


@contextmanager
def open_out(
    out: Path, max_file_bytes: int = MAX_FILE_BYTES, *, is_quiet: bool = False
) -> Iterator[CrawlFolder]:
    """Open the folder of a crawl for as long as the block lasts.

    Tells of the captures that somebody has put into its store. Raises as `open_folder` does.
    """
    with open_folder(out, software(), max_file_bytes) as folder:
        for path, summary in folder.imported:
            show_import(stderr_console, summary, f"{path}: ", is_quiet=is_quiet)
        yield folder


@contextmanager
def open_ledger(out: Path | None) -> Iterator[Ledger | None]:
    """Open the ledger of a crawl's folder for reading, none without a folder.

    Raises `UsageError` where the folder holds no crawl.
    """
    if out is None:
        yield None
        return
    with closing(Ledger.open_existing(out)) as ledger:
        yield ledger
