"""Archives to serve: the bundled fixtures, any number of made-up articles, odd captures."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from support import warcs

from fake_archive import faults
from fake_archive.archive import Archive
from fake_archive.fault_injector import Faults, on_index, on_playback
from fake_archive.mementos import FakeMemento, Header

FIXTURES = Path(__file__).parents[2] / "fixtures"
# Fixtures with these names are pages of the archive itself, not captures.
_PAGES_OF_THE_ARCHIVE = ("archive-", "outage")
_CONTENT_TYPES = {
    b"%PDF": "application/pdf",
    b"\x89PNG": "image/png",
    b"<svg": "image/svg+xml",
    b"{": "application/json",
}
_UPDATED = " | 最後更新: 2021-06-29 18:20:00"
_PARAGRAPH = "<p>船長說，霧散了便開。</p>"  # as in `warcs.article_file()`


def from_fixtures(root: Path = FIXTURES, kinds: Iterable[str] = ("articles", "refused")) -> Archive:
    """Return the fixtures as captures; of a page saved in both forms, the raw form."""
    found: dict[tuple[str, str], FakeMemento] = {}
    for kind in kinds:
        for folder in sorted((root / kind).iterdir()):
            if not folder.name.startswith(_PAGES_OF_THE_ARCHIVE):
                memento = _saved(folder)
                found.setdefault((memento.timestamp, memento.original), memento)
    return Archive(found.values())


def generated(
    count: int,
    *,
    first: int = 1,
    paragraphs: int = 1,
    captures: int = 1,
    farewell_every: int = 0,
    is_updated: bool = False,
) -> Archive:
    """Return `count` articles of `warcs.article_page()`, which are made on request.

    The newest good capture of each is of `warcs.TIMESTAMP`, and each other is a year older. Every
    `farewell_every`-th article has a farewell page of 2023 besides. With `is_updated` they tell of
    updates: a crawl of a hundred that tell of none ends with an alarm.
    """
    date = f"28.06.21{_UPDATED if is_updated else ''}"
    body, newest = _PARAGRAPH * paragraphs, warcs.TIMESTAMP
    mementos = []
    for article in range(first, first + count):
        page = partial(warcs.article_page, article, body=body, date=date)
        address = warcs.address(article)
        for age in range(captures):
            timestamp = f"{int(newest[:4]) - age}{newest[4:]}"
            mementos.append(FakeMemento(address, timestamp, page))
        if farewell_every and article % farewell_every == 0:
            mementos.append(FakeMemento(address, "20230115101010", warcs.farewell_page))
    return Archive(mementos)


# --- odd captures ---------------------------------------------------------------------------


def redirect(
    original: str, timestamp: str, location: str, status: int = 301, body: bytes = b""
) -> FakeMemento:
    """Return a captured redirect; the index gives `unk` as its type (docs/wayback.md 1.2, 2.5)."""
    headers = (("Location", location),)
    return FakeMemento(original, timestamp, body, status, headers=headers, mimetype="unk")


def error(original: str, timestamp: str, status: int = 404, *headers: Header) -> FakeMemento:
    """Return a captured error, which is a memento with that status (docs/wayback.md 2.5)."""
    page = f"<html><body><h1>{status}</h1></body></html>".encode()
    return FakeMemento(original, timestamp, page, status, headers=headers)


def unplayable(original: str, timestamp: str) -> FakeMemento:
    """Return a listed capture that playback redirects to the nearest (docs/wayback.md 1.4, 2.2)."""
    return FakeMemento(original, timestamp, b"of no use", playable=False)


def loop_of_four(one: str, other: str) -> list[FakeMemento]:
    """Return two captured redirects that lead to each other (docs/wayback.md 2.5).

    On the way playback redirects to the nearest capture twice, so that the loop has four steps.
    """
    early, late = "20200925075402", "20200925075411"
    return [redirect(one, early, other, status=303), redirect(other, late, one, status=302)]


# --- the demonstration ----------------------------------------------------------------------


def demo_archive() -> Archive:
    """Return the fixtures; three articles have a farewell page newer than the good capture.

    A fourth has a newer capture that the index lists and playback does not serve. The fixtures are
    the odd pages: with the ordinary updated ones that come besides, about as many articles have a
    last update as on the site (docs/site.md 2.1), and a crawl has no cause for its alarm.
    """
    archive = from_fixtures()
    archive.add(*map(_updated, _UPDATED_ARTICLES))
    farewells = [_saved(FIXTURES / "refused" / name) for name in ("farewell", "farewell-short")]
    first, second, third, fourth = (article(archive, name) for name in _ODD_ARTICLES)
    archive.add(
        # Captured before 2023, so that it ranks first and the crawl must fall back.
        FakeMemento(first, "20221230101010", farewells[0].content),
        FakeMemento(second, "20230110080910", farewells[0].content),
        FakeMemento(third, "20230205111213", farewells[1].content),
        unplayable(fourth, "20221111111111"),
    )
    return archive


_ODD_ARTICLES = ("18123", "17010", "19544", "21367")
_UPDATED_ARTICLES = range(101, 60_101, 1500)  # between all others


def _updated(article_id: int) -> FakeMemento:
    month, day = 1 + article_id // 100 % 6, 1 + article_id // 1500 % 28
    date = f"{day:02}.{month:02}.21 | 最後更新: 2021-06-29 08:30:00"
    page = partial(warcs.article_page, article_id, date=date)
    return FakeMemento(warcs.address(article_id), warcs.TIMESTAMP, page)


def article(archive: Archive, number: str) -> str:
    """Return the captured address of an article."""
    return next(m.original for m in archive if f"/article/{number}/" in m.original)


def demo_faults() -> Faults:
    """Return one outage page of the index and one 429 of playback."""
    return Faults([on_playback(faults.too_many(1), 12), on_index(faults.outage(200), 1)])


def _saved(folder: Path) -> FakeMemento:
    capture = json.loads((folder / "capture.json").read_bytes())
    page = (folder / "page.html").read_bytes()
    kinds = (kind for start, kind in _CONTENT_TYPES.items() if page.startswith(start))
    content_type = next(kinds, "text/html")
    return FakeMemento(capture["original"], capture["timestamp"], page, content_type=content_type)
