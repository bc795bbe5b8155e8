"""A page met in the field, saved as a fixture: from the network, a WARC or an HTML file."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from normalise import Capture
from scraper.crawl import refetch
from scraper.crawl.outcomes import AttemptResult
from scraper.crawl.refetch import FetchedCapture
from scraper.errors import BadRecord, NoCapture, UsageError
from scraper.models import CaptureLocation, CdxRecord
from scraper.selection.ranking import rank
from scraper.selection.target import Target
from scraper.testing import fixtures
from scraper.warc.file_kinds import is_warc
from scraper.warc.inputs import find_captures
from scraper.warc.payload import read_payload
from scraper.warc.saved_page import read_page_file
from scraper.wayback.client import WaybackClient

# Of several pages of an article: the odd one out is what a fixture is wanted of.
_WORTH = (fixtures.UNREADABLE, fixtures.ARTICLE, fixtures.REFUSED)
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def check_name(root: Path | None, name: str, why: str) -> Path:
    """Return the folder of fixtures.

    Raises `UsageError` where it is none, or the name can't be that of a new fixture.
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


def read_from_file(path: Path, wanted: Target) -> tuple[bytes, Capture]:
    """Return the page of a target from a WARC, a folder of them, or an HTML file.

    Of several pages of an article the first by rank is taken that fits no rule, else the first
    that is an article, else the first.
    """
    if path.is_dir() or is_warc(path):
        return _from_warc(path, wanted)
    if wanted.capture is None:
        raise UsageError(
            f"{path} does not say which capture it is: give the address of its capture as TARGET, "
            "such as https://web.archive.org/web/20210629183215/https://www.hkcnews.com/article/..."
        )
    try:
        return read_page_file(path), wanted.capture
    except OSError as error:
        raise UsageError(f"{path} can't be read: {error.strerror}") from error


def _from_warc(path: Path, wanted: Target) -> tuple[bytes, Capture]:
    with tempfile.TemporaryDirectory(prefix="hkcnews-") as spool:
        records = {
            record.capture: record
            for record in find_captures([path], Path(spool))
            if isinstance(record, CaptureLocation) and _is_wanted(record.capture, wanted)
        }
        if not records:
            raise NoCapture(f"{path} holds no page of {wanted}")
        ranked = rank(CdxRecord(capture) for capture in records).candidates
        in_order = [one.capture for one in ranked] or list(records)
        try:
            pages = [(read_payload(records[capture]).body, capture) for capture in in_order]
        except BadRecord as error:
            raise NoCapture(f"the page of {wanted} can't be had: {error}") from error
    return min(pages, key=lambda page: _WORTH.index(fixtures.expected_files(*page)[0]))


def _is_wanted(capture: Capture, wanted: Target) -> bool:
    if wanted.capture is not None:
        return capture == wanted.capture
    return capture.article_id == wanted.article_id and capture.timestamp.startswith(wanted.at)


async def fetch_from_archive(wanted: Target, archive: WaybackClient) -> tuple[bytes, Capture]:
    """Return the page of the first capture that is no refused one, else of the first at all."""
    found = await refetch.rank_captures(wanted, archive, None)
    tried: list[FetchedCapture] = []
    async for one in refetch.fetch_each(found.candidates, archive):
        tried.append(one)
        if one.memento is not None and one.attempt.result is not AttemptResult.NOT_ARTICLE:
            return one.memento.body, one.memento.served
    for one in tried:
        if one.memento is not None:
            return one.memento.body, one.memento.served
    raise refetch.no_capture_error(wanted, found, tried)


def save(root: Path, name: str, why: str, body: bytes, capture: Capture) -> Path:
    """Save a page as a fixture, with what comes of it today; return its folder."""
    return fixtures.add(name, body, capture, why, root).folder
