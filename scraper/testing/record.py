"""The page for a new fixture: from the network, a WARC file, a crawl, or an HTML file."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from normalise import Capture
from scraper.crawl import refetch
from scraper.crawl.refetch import FetchedCapture
from scraper.errors import BadRecord, NoCapture, UsageError
from scraper.models import AttemptResult, CaptureLocation, CdxRecord
from scraper.selection.ranking import rank
from scraper.selection.target import Target
from scraper.testing import fixtures
from scraper.warc.file_kinds import is_warc
from scraper.warc.inputs import find_captures
from scraper.warc.payload import read_payload
from scraper.warc.saved_page import read_page_file
from scraper.wayback.client import WaybackClient

Page = tuple[bytes, Capture]

# Of several pages of an article: a page that fits no rule is what a fixture is wanted of.
_PREFERRED_KINDS = (fixtures.UNREADABLE, fixtures.ARTICLE, fixtures.REFUSED)
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def check_new_fixture(root: Path | None, name: str, why: str) -> Path:
    """Return the folder of fixtures, without `root` that of the project.

    Raises `UsageError` where it is no folder, or the name or the reason can't be that of a new
    fixture.
    """
    root = root or fixtures.ROOT
    if not root.is_dir():
        raise UsageError(f"{root} is no folder: give the one with fixtures by --fixtures DIR")
    if not _NAME.fullmatch(name):
        raise UsageError(f"a fixture's name is words of a-z and 0-9 with - between, not {name!r}")
    if not why.strip() or not why.isprintable():
        raise UsageError("--why says in a line what the page is there to prove")
    fixtures.refuse_taken(name, root)
    return root


def read_from_file(path: Path, target: Target) -> Page:
    """Return the page of a target from a WARC file, a folder of them, or an HTML file.

    Of several pages of an article it is the best ranked one that fits no rule; without such a
    page the best ranked article, without an article the best ranked page.

    Raises `UsageError` for a file that can't be read or that does not name its capture,
    `NoCapture` where the file does not hold the page.
    """
    if path.is_dir() or is_warc(path):
        return _read_from_warc(path, target)
    if target.capture is None:
        raise UsageError(
            f"{path} does not say which capture it is: give the address of its capture as TARGET, "
            "such as https://web.archive.org/web/20210629183215/https://www.hkcnews.com/article/..."
        )
    try:
        return read_page_file(path), target.capture
    except OSError as error:
        raise UsageError(f"{path} can't be read: {error.strerror}") from error


def _read_from_warc(path: Path, target: Target) -> Page:
    with tempfile.TemporaryDirectory(prefix="hkcnews-") as spool:
        locations = {
            location.capture: location
            for location in find_captures([path], Path(spool))
            if isinstance(location, CaptureLocation) and _is_of_target(location.capture, target)
        }
        if not locations:
            raise NoCapture(f"{path} holds no page of {target}")
        candidates = rank(CdxRecord(capture) for capture in locations).candidates
        captures = [candidate.capture for candidate in candidates] or list(locations)
        try:
            pages = [(read_payload(locations[capture]).body, capture) for capture in captures]
        except BadRecord as error:
            raise NoCapture(f"the page of {target} can't be had: {error}") from error
    return min(pages, key=_preference)


def _preference(page: Page) -> int:
    kind, _ = fixtures.expected_files(*page)
    return _PREFERRED_KINDS.index(kind)


def _is_of_target(capture: Capture, target: Target) -> bool:
    if target.capture is not None:
        return capture == target.capture
    return capture.article_id == target.article_id and capture.timestamp.startswith(target.at)


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
