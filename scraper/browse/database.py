"""The database of an archive: found, or made of what the archive holds."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scraper.crawl.layout import is_crawl
from scraper.errors import UsageError
from scraper.export.formats import DATABASE_FILE, MARKER, ExportFormat, sources_of
from scraper.export.schema import VERSION

if TYPE_CHECKING:
    from scraper.batch.outcome import BatchSummary

ROOM_FOLDER = "reading-room"  # in the folder of a crawl
_STATE = "SELECT value FROM about WHERE name = 'ledger'"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the database of an archive is, and what it is made of: nothing where it was given."""

    database: Path
    sources: tuple[Path, ...] = ()

    @property
    def is_old(self) -> bool:
        """Whether the crawl has gone on since its database was made.

        Raises `UsageError` where the database can't be read.
        """
        if len(self.sources) != 1 or not is_crawl(self.sources[0]):
            return False
        from scraper.crawl.ledger import Ledger  # noqa: PLC0415 - slow to import

        with closing(Ledger.open_existing(self.sources[0])) as ledger:
            state = ledger.state()
        with reading(self.database) as db:
            return bool(db.execute(_STATE).fetchone() != (state,))


def place_of(archive: Path) -> Place:
    """Return where the database of an archive is or would be.

    Raises `UsageError` for what is no crawl, no export and no such database.
    """
    if archive.is_file():
        return Place(archive)
    if is_crawl(archive):
        return Place(archive / ROOM_FOLDER / DATABASE_FILE, (archive,))
    if (archive / MARKER).is_file():
        return Place(archive / DATABASE_FILE, sources_of(archive))
    if not archive.exists():
        raise UsageError(f"{archive} is not there")
    raise UsageError(
        f"{archive} is neither the folder of a crawl nor an export: make a database of it with "
        f"`hkcnews export {archive} --format sqlite --out DIR`, then `hkcnews browse DIR`"
    )


def make(place: Place, jobs: int | None, done: Callable[[int, int], None]) -> BatchSummary:
    """Make the database anew; the one that is there stays until the new one is whole.

    Raises `UsageError` where what it is made of is gone, and `OSError` where the disk refuses.
    """
    from scraper.export.run import export_all  # noqa: PLC0415 - slow to import

    missing = [source for source in place.sources if not source.exists()]
    if missing or not place.sources:
        what = f"{missing[0]}, of which it was made, is gone" if missing else "it has no sources"
        raise UsageError(
            f"{place.database} can't be made: {what}; give the folder of a crawl, or export again "
            "with --format sqlite"
        )
    folder = place.database.parent
    return export_all(place.sources, ExportFormat.SQLITE, folder, jobs, done=done)


def check(place: Place) -> None:
    """Raise `UsageError` for what is no archive.db of this version, and for an empty one."""
    database = place.database
    anew = (
        "make it again with --refresh"
        if place.sources
        else "make it again with `hkcnews export SOURCE --format sqlite --out DIR`"
    )
    with reading(database) as db:
        (version,) = db.execute("PRAGMA user_version").fetchone()
        tables = {name for (name,) in db.execute("SELECT name FROM sqlite_schema")}
        if not {"articles", "search", "captures"} <= tables:
            raise UsageError(f"{database} is no archive.db of `hkcnews export --format sqlite`")
        if version != VERSION:
            raise UsageError(f"{database} was made by another version of this program: {anew}")
        if db.execute("SELECT 1 FROM articles LIMIT 1").fetchone() is None:
            raise UsageError(f"{database} holds no article: there is nothing to read")


@contextmanager
def reading(database: Path) -> Iterator[sqlite3.Connection]:
    """Open a database for reading. Raises `UsageError` where SQLite can't read it."""
    try:
        address = f"{database.resolve().as_uri()}?mode=ro"
        with closing(sqlite3.connect(address, uri=True)) as db:
            yield db
    except sqlite3.Error as error:
        raise UsageError(
            f"{database} can't be read as a database: {error}; make it again, or give another one"
        ) from error
