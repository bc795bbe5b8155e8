"""The pictures of a crawl in an export: where each is, and its file in the export's own folder."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from scraper.crawl.layout import half_written_images, image_files
from scraper.crawl.ledger import Ledger
from scraper.export.formats import ExportFormat, formats_of
from scraper.models import ArticleStatus

_FILE = "images.db"
_TABLE = """
CREATE TABLE images (
    article_id INTEGER, original TEXT, status TEXT, reason TEXT, file TEXT, mime TEXT,
    width INTEGER, height INTEGER, bytes INTEGER, digest TEXT
);
"""
_OPEN = "open"  # what the ledger has nothing for


@dataclass(frozen=True, slots=True)
class ExportedImage:
    """A picture: what became of it, its file ("" for none) and what its bytes say."""

    original: str
    status: str
    reason: str
    file: str
    mime: str
    width: int
    height: int
    bytes: int
    digest: str

    @property
    def is_lost(self) -> bool:
        """Whether no capture of it is a picture."""
        return self.status == ArticleStatus.NO_CAPTURE

    @property
    def row(self) -> tuple[object, ...]:
        """The values of all fields, in their order."""
        return (
            *(self.original, self.status or _OPEN, self.reason, self.file, self.mime),
            *(self.width, self.height, self.bytes, self.digest),
        )


@dataclass(frozen=True, slots=True)
class ImageSnapshot:
    """What the ledger knew of pictures when the export began: a file that workers read."""

    path: Path

    def of_article(self, article_id: int) -> dict[str, ExportedImage]:
        """Return the pictures of an article, by their captured address."""
        address = f"{self.path.absolute().as_uri()}?mode=ro&immutable=1"
        query = "SELECT * FROM images WHERE article_id = ?"
        with closing(sqlite3.connect(address, uri=True)) as db:
            rows = db.execute(query, (article_id,)).fetchall()
        return {original: ExportedImage(original, *rest) for _, original, *rest in rows}


def take_snapshot(crawl: Path, folder: Path) -> ImageSnapshot | None:
    """Return what the ledger of a crawl knows of pictures, kept in a folder.

    `None` where they were never asked for. A picture whose file is gone or damaged counts as open.
    """
    with closing(Ledger.open_existing(crawl)) as ledger:
        if not ledger.has_images():
            return None
        with closing(sqlite3.connect(folder / _FILE, isolation_level=None)) as db:
            db.executescript(f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; {_TABLE}")
            db.execute("BEGIN")
            db.executemany(
                "INSERT INTO images VALUES (?,?,?,?,?,?,?,?,?,?)",
                _rows(ledger, dict(image_files(crawl))),
            )
            db.execute("CREATE INDEX of_article ON images (article_id)")
            db.execute("COMMIT")
    return ImageSnapshot(folder / _FILE)


def _rows(ledger: Ledger, there: dict[str, int]) -> Iterator[tuple[object, ...]]:
    """The rows of the snapshot; `there` has the bytes of each file."""
    for article_id, original, *outcome, mime, width, height, size, digest in ledger.shown_images():
        is_there = not outcome[-1] or there.get(outcome[-1]) == size
        known = outcome if is_there else ("", "", "")
        yield article_id, original, *known, mime, width, height, size, digest


def place_images(
    crawl: Path, out: Path, export_format: ExportFormat, files: Collection[str]
) -> None:
    """Put copies of files of pictures into an export; remove those that it does not show any more.

    Nothing is removed where other formats in the folder may show it, nor what has another name than
    pictures have. Raises `OSError` where the disk refuses.
    """
    is_site = export_format is ExportFormat.HUGO
    folder = out / "static" if is_site else out
    for file in sorted(files):
        _place(crawl / file, folder / file)
    others = set(formats_of(out)) - {export_format, ExportFormat.HUGO}
    if is_site or not others:
        for file, _ in image_files(folder):
            if file not in files:
                (folder / file).unlink(missing_ok=True)
        for part in half_written_images(folder):
            part.unlink(missing_ok=True)


def _place(source: Path, target: Path) -> None:
    """Put a copy in its place in one step. Its name has its digest: one of its size is the same.

    A hard link would let who edits the export's file edit that of the crawl.
    """
    if target.is_file() and target.stat().st_size == source.stat().st_size:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.part")
    part.unlink(missing_ok=True)
    shutil.copyfile(source, part)
    part.replace(target)
