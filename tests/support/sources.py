"""Reads sources with the code under test, and keeps what comes out of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from support.warcs import Warc, article_page, packed, packed_whole, plain, response, warcinfo

from scraper.errors import BadRecord
from scraper.models import CaptureLocation, SourceNote
from scraper.warc.inputs import find_captures
from scraper.warc.payload import read_payload

PAGES = {article_id: article_page(article_id) for article_id in (1, 2, 3, 4)}
RECORDS = [warcinfo(), *(response(article_id) for article_id in PAGES)]

Make = Callable[[Iterable[bytes]], Warc]
_PLAIN = pytest.param(plain, "pages.warc", id="plain")
_PACKED = pytest.param(packed, "pages.warc.gz", id="packed")
_WHOLE = pytest.param(packed_whole, "pages.warc.gz", id="packed-as-a-whole")
every_make = pytest.mark.parametrize(("make", "name"), [_PLAIN, _PACKED, _WHOLE])
seekable_makes = pytest.mark.parametrize(("make", "name"), [_PLAIN, _PACKED])


@dataclass
class Content:
    """What came out of a source: the bodies of each article, every failure and note in order."""

    bodies: defaultdict[int | None, list[bytes]] = field(default_factory=lambda: defaultdict(list))
    failures: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def whole(self) -> set[int]:
        """The articles whose page came out once and unchanged."""
        return {article_id for article_id, page in PAGES.items() if self.of(article_id) == [page]}

    def spoilt(self) -> set[int | None]:
        """The articles that came out otherwise."""
        return set(self.bodies) - self.whole()

    def of(self, article_id: int) -> list[bytes]:
        return self.bodies.get(article_id, [])


def locations(*paths: Path, spool: Path) -> list[CaptureLocation]:
    """Where the captures of sources lie that have no damage."""
    found = list(find_captures(paths, spool))
    assert not [each for each in found if isinstance(each, BadRecord)]
    return [each for each in found if isinstance(each, CaptureLocation)]


def read_source(path: Path, spool: Path) -> Content:
    """Read every capture of a source."""
    content = Content()
    for found in find_captures([path], spool):
        if isinstance(found, BadRecord):
            content.failures.append(str(found))
            continue
        if isinstance(found, SourceNote):
            content.notes.append(found.message)
            continue
        try:
            payload = read_payload(found)
        except BadRecord as error:
            content.failures.append(str(error))
        else:
            content.bodies[found.capture.article_id].append(payload.body)
    return content


def read_warc(folder: Path, name: str, content: bytes) -> Content:
    """Write a WARC file into a folder and read every capture of it."""
    (folder / name).write_bytes(content)
    return read_source(folder / name, folder)
