"""A new fixture: what it may be called, where it goes, and its page from the network."""

from __future__ import annotations

import re
from pathlib import Path

from normalise import Capture
from scraper.crawl import refetch
from scraper.crawl.refetch import FetchedCapture
from scraper.errors import UsageError
from scraper.models import AttemptResult
from scraper.selection.target import Target
from scraper.testing import fixtures
from scraper.warc.saved_page import CAPTURE_FILE
from scraper.wayback.client import WaybackClient

Page = tuple[bytes, Capture]

DEFAULT_ROOT = Path("fixtures")
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def check_new_fixture(root: Path | None, name: str, why: str) -> Path:
    """Return the folder of fixtures: `root`, or `fixtures` below the current folder without it.

    A folder that is given need not exist. Raises `UsageError` where there is none to be found, or
    the name or the reason can't be that of a new fixture.
    """
    root = root or _default_root()
    if root.exists() and not root.is_dir():
        raise UsageError(f"{root} is a file: --fixtures takes a folder")
    if not _NAME.fullmatch(name):
        raise UsageError(f"a fixture's name is words of a-z and 0-9 with - between, not {name!r}")
    if not why.strip() or not why.isprintable():
        raise UsageError("--why says in a line what the page is there to prove")
    fixtures.refuse_taken(name, root)
    return root


def _default_root() -> Path:
    if any(DEFAULT_ROOT.glob(f"*/*/{CAPTURE_FILE}")):
        return DEFAULT_ROOT
    raise UsageError(
        f"there is no folder with fixtures here: nothing was written to {DEFAULT_ROOT.absolute()}; "
        f"`--fixtures {DEFAULT_ROOT}` makes it, `--fixtures DIR` takes another folder"
    )


async def fetch_from_archive(target: Target, client: WaybackClient) -> Page:
    """Return the first page that is not a known kind of other page, else the first page.

    Raises `NoCapture` where no capture can be played, and what a client raises.
    """
    ranking = await refetch.rank_captures(target, client, None)
    fetched: list[FetchedCapture] = []
    async with refetch.open_judge() as judge:
        async for capture in refetch.fetch_each(ranking.candidates, client, judge):
            fetched.append(capture)
            memento = capture.memento
            if memento is not None and capture.attempt.result is not AttemptResult.NOT_ARTICLE:
                return memento.body, memento.served
    mementos = [capture.memento for capture in fetched if capture.memento is not None]
    if not mementos:
        raise refetch.no_capture_error(target, ranking, fetched)
    return mementos[0].body, mementos[0].served
