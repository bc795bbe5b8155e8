"""The SQLite file that the ledger is in: opened, brought to the present version, asked.

Errors of SQLite become `StorageError` here.
"""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from scraper.crawl.schema import VERSION, statements_from
from scraper.errors import StorageError, disk_error

_MAX_COPIES = 5
# What SQLite's primary result codes mean for the disk.
_PRIMARY_CODE = 0xFF
_ERRNO = {
    sqlite3.SQLITE_FULL: errno.ENOSPC,
    sqlite3.SQLITE_READONLY: errno.EACCES,
    sqlite3.SQLITE_PERM: errno.EACCES,
    sqlite3.SQLITE_CANTOPEN: errno.EACCES,
}


class Database:
    """An open database; each change is in the file before the call that makes it returns.

    `PRAGMA synchronous = NORMAL` with a write-ahead log: what was committed outlives the process,
    however that ends. A power cut may undo the last commits, and never half of one.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._errors():
            self._connection = sqlite3.connect(path, isolation_level=None)
        try:
            with self._errors():
                self._connection.execute("PRAGMA journal_mode = WAL")
                self._connection.execute("PRAGMA synchronous = NORMAL")
                self._migrate()
        except BaseException:
            self._connection.close()
            raise

    def _migrate(self) -> None:
        """Make the tables of a new file, or those of the present version from older ones.

        It is one transaction: a run that is killed in between leaves the old version as it was.
        """
        if self._version() == VERSION:
            return
        with self.transaction():
            version = self._version()
            if version > VERSION:
                raise StorageError(
                    f"{self._path} is of version {version}, this program knows up to {VERSION}: "
                    "use the program that made it, or another folder"
                )
            if version == 0 and next(self.rows("SELECT 1 FROM sqlite_master"), None):
                raise StorageError(
                    f"{self._path} has tables but no version, so it is not the ledger of a crawl: "
                    "move it away, or give another folder"
                )
            if version < VERSION:
                for statement in statements_from(version):
                    self._connection.execute(statement)

    def _version(self) -> int:
        return int(self._connection.execute("PRAGMA user_version").fetchone()[0])

    def close(self) -> None:
        """Close the file."""
        with self._errors():
            self._connection.close()

    def rows(self, query: str, *values: object) -> Iterator[tuple[Any, ...]]:
        """Yield the rows that a query gives."""
        with self._errors():
            yield from self._connection.execute(query, values)

    def execute(self, statement: str, *values: object) -> None:
        """Make one change."""
        with self._errors():
            self._connection.execute(statement, values)

    def insert(self, statement: str, rows: Iterable[tuple[object, ...]]) -> int:
        """Run a statement once for each row; return how many rows of the table have changed."""
        with self._errors():
            before = self._connection.total_changes
            self._connection.executemany(statement, rows)
            return self._connection.total_changes - before

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make the changes of the block together: all of them, or none where it raises."""
        with self._errors():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Let all queries of the block see the same state, whatever others write meanwhile."""
        with self._errors():
            self._connection.execute("BEGIN")
            try:
                yield
            finally:
                self._connection.execute("ROLLBACK")

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise _storage_error(error, self._path) from error


def _storage_error(error: sqlite3.Error, path: Path) -> StorageError:
    number = _ERRNO.get(getattr(error, "sqlite_errorcode", 0) & _PRIMARY_CODE)
    if number is not None:
        return disk_error(OSError(number, str(error), str(path)), path)
    return StorageError(f"the ledger {path} can't be used: {error}")


def is_writable(folder: Path, name: str) -> bool:
    """Return whether SQLite can work on a file: it writes beside it even to read."""
    return os.access(folder, os.W_OK) and os.access(folder / name, os.W_OK)


def copied(path: Path) -> TemporaryDirectory[str]:
    """Return a folder with a copy of a database and of what its log holds; to be cleaned up.

    Raises `StorageError` where it changes again and again while it is copied.
    """
    folder = TemporaryDirectory(prefix="hkcnews-")
    parts = [path, path.with_name(f"{path.name}-wal")]
    for _ in range(_MAX_COPIES):
        before = _states(parts)
        for part in parts:
            copy = Path(folder.name, part.name)
            if part.exists():
                shutil.copyfile(part, copy)
            else:
                copy.unlink(missing_ok=True)
        if _states(parts) == before:
            return folder
    folder.cleanup()
    raise StorageError(f"{path} is being written all the time: ask again in a moment")


def _states(paths: Iterable[Path]) -> list[tuple[int, int] | None]:
    return [
        (path.stat().st_size, path.stat().st_mtime_ns) if path.exists() else None for path in paths
    ]


def is_old(path: Path) -> bool:
    """Return whether a ledger is of an older version; a file that can't be read is not."""
    try:
        with closing(sqlite3.connect(path)) as connection:
            version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    except sqlite3.Error:
        return False
    return 0 < version < VERSION
