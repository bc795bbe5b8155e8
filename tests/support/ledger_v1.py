"""The ledger of a crawl as version 1 of it was, before its tables got the names of today."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

SCHEMA = """
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE captures (
    source TEXT, article INTEGER, timestamp TEXT, original TEXT,
    mimetype TEXT, statuscode TEXT, digest TEXT,
    PRIMARY KEY (source, article, timestamp, original, mimetype, statuscode, digest)
) WITHOUT ROWID;
CREATE TABLE shared (digest TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE pages (
    timestamp TEXT, original TEXT, location TEXT NOT NULL,
    warc TEXT NOT NULL, start INTEGER NOT NULL, length INTEGER NOT NULL,
    PRIMARY KEY (timestamp, original)
) WITHOUT ROWID;
CREATE TABLE tries (
    timestamp TEXT, original TEXT, article INTEGER NOT NULL,
    verdict TEXT NOT NULL, reason TEXT NOT NULL, said TEXT NOT NULL,
    served_timestamp TEXT, served_original TEXT,
    requests INTEGER NOT NULL, seconds REAL NOT NULL, at TEXT NOT NULL,
    UNIQUE (timestamp, original)
);
CREATE INDEX tries_of_article ON tries (article);
CREATE TABLE articles (
    id INTEGER PRIMARY KEY, outcome TEXT NOT NULL, reason TEXT NOT NULL, said TEXT NOT NULL,
    timestamp TEXT, original TEXT, pinned INTEGER NOT NULL, at TEXT NOT NULL
);
"""
# The tables by their names of today; the columns had the same order.
OLD_NAMES = {
    "notes": "about",
    "cdx_records": "captures",
    "shared_digests": "shared",
    "mementos": "pages",
    "attempts": "tries",
    "articles": "articles",
}


def make_empty(path: Path) -> None:
    """Make a ledger of version 1 without rows."""
    with closing(sqlite3.connect(path)) as ledger:
        ledger.execute("PRAGMA journal_mode = WAL")
        ledger.executescript(f"BEGIN;{SCHEMA}PRAGMA user_version = 1;COMMIT;")


def downgrade(path: Path) -> None:
    """Replace a present ledger by one of version 1 with the same rows."""
    present = path.with_name("present.db")
    path.rename(present)
    make_empty(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as ledger:
        ledger.execute("ATTACH ? AS present", (str(present),))
        for name, old_name in OLD_NAMES.items():
            order = "ORDER BY rowid" if name == "attempts" else ""
            columns = ", ".join(
                present_name
                for (present_name,) in ledger.execute(
                    "SELECT name FROM pragma_table_info(?, 'present')", (name,)
                ).fetchall()[: _count_columns(ledger, old_name)]
            )
            ledger.execute(
                f"INSERT INTO {old_name} SELECT {columns} FROM present.{name} {order}"  # noqa: S608
            )
    present.unlink()


def _count_columns(ledger: sqlite3.Connection, table: str) -> int:
    """Later versions have more columns, behind those of version 1."""
    return len(ledger.execute("SELECT 1 FROM pragma_table_info(?, 'main')", (table,)).fetchall())
