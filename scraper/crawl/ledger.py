"""The ledger of a crawl: what the index lists, what was tried, what became of each article.

One SQLite file in the crawl's folder. Every change is in it before the next step begins, so that
a killed run loses only what was under way. Errors of SQLite become `StorageError` here.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from normalise import Capture
from scraper.crawl.layout import LEDGER_FILE, is_crawl
from scraper.crawl.outcomes import (
    ArticleOutcome,
    ArticleStatus,
    Attempt,
    AttemptResult,
    CaptureSource,
)
from scraper.errors import StorageError, UsageError
from scraper.models import CdxRecord, Pause, WarcLocation
from scraper.utc import utc_now

_VERSION = 1
_SCHEMA = """
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

-- What the index or a list says; `source` tells which.
CREATE TABLE captures (
    source TEXT, article INTEGER, timestamp TEXT, original TEXT,
    mimetype TEXT, statuscode TEXT, digest TEXT,
    PRIMARY KEY (source, article, timestamp, original, mimetype, statuscode, digest)
) WITHOUT ROWID;
-- Digests that several articles have: no article is as common.
CREATE TABLE shared (digest TEXT PRIMARY KEY) WITHOUT ROWID;

-- Every capture in the store; where it leads if it is a redirect.
CREATE TABLE pages (
    timestamp TEXT, original TEXT, location TEXT NOT NULL,
    warc TEXT NOT NULL, start INTEGER NOT NULL, length INTEGER NOT NULL,
    PRIMARY KEY (timestamp, original)
) WITHOUT ROWID;

-- Captures that were asked for, in the order in which they came to an end, and those served.
CREATE TABLE tries (
    timestamp TEXT, original TEXT, article INTEGER NOT NULL,
    verdict TEXT NOT NULL, reason TEXT NOT NULL, said TEXT NOT NULL,
    served_timestamp TEXT, served_original TEXT,
    requests INTEGER NOT NULL, seconds REAL NOT NULL, at TEXT NOT NULL,
    UNIQUE (timestamp, original)
);
CREATE INDEX tries_of_article ON tries (article);

-- Articles that have come to an end.
CREATE TABLE articles (
    id INTEGER PRIMARY KEY, outcome TEXT NOT NULL, reason TEXT NOT NULL, said TEXT NOT NULL,
    timestamp TEXT, original TEXT, pinned INTEGER NOT NULL, at TEXT NOT NULL
);
"""


class Ledger:
    """Opened by one crawl at a time; others may read it meanwhile."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / LEDGER_FILE
        with self._errors():
            self._db = sqlite3.connect(self._path, isolation_level=None)
        try:
            with self._errors():
                self._prepare()
        except BaseException:
            self._db.close()
            raise

    def _prepare(self) -> None:
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        version = self._db.execute("PRAGMA user_version").fetchone()[0]
        if version == 0:
            self._db.executescript(f"BEGIN;{_SCHEMA}PRAGMA user_version = {_VERSION};COMMIT;")
        elif version != _VERSION:
            raise StorageError(
                f"{self._path} is of version {version}, this program knows {_VERSION}: "
                "use the program that made it, or another folder"
            )

    @classmethod
    def open_existing(cls, folder: Path) -> Ledger:
        """Return the ledger of a crawl. Raises `UsageError` where there is none."""
        if not is_crawl(folder):
            raise UsageError(f"{folder} holds no crawl: there is no {LEDGER_FILE} in it")
        if not (folder / LEDGER_FILE).stat().st_size:
            raise UsageError(f"the crawl in {folder} has just begun: ask again in a moment")
        return cls(folder)

    def close(self) -> None:
        """Close the file."""
        with self._errors():
            self._db.close()

    # --- notes -----------------------------------------------------------------------------

    def set_note(self, name: str, value: str | None) -> None:
        """Keep a value under a name; `None` forgets it."""
        with self._errors():
            if value is None:
                self._db.execute("DELETE FROM about WHERE name = ?", (name,))
            else:
                self._db.execute("REPLACE INTO about VALUES (?, ?)", (name, value))

    def get_note(self, name: str) -> str | None:
        """Return what is kept under a name."""
        with self._errors():
            row = self._db.execute("SELECT value FROM about WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def save_pause(self, origin: str, pause: Pause | None) -> None:
        """Keep the pause that an archive has asked for, for the next run to wait out."""
        kept = None if pause is None else f"{pause.until!r} {pause.streak} {pause.reason}"
        self.set_note(f"pause {origin}", kept)

    def load_pause(self, origin: str) -> Pause | None:
        """Return the pause that was kept for an archive."""
        kept = self.get_note(f"pause {origin}")
        if kept is None:
            return None
        until, streak, why = kept.split(" ", 2)
        return Pause(float(until), int(streak), why)

    def pauses(self) -> list[Pause]:
        """Return the pauses that were kept, for whichever archive."""
        query = "SELECT substr(name, 7) FROM about WHERE name LIKE 'pause %'"
        kept = (self.load_pause(origin) for (origin,) in list(self._rows(query)))
        return [pause for pause in kept if pause is not None]

    # --- captures --------------------------------------------------------------------------

    def add_records(
        self, source: CaptureSource, rows: Iterable[CdxRecord], notes: dict[str, str | None]
    ) -> int:
        """Take rows and notes in together, both or neither; return how many rows are new."""
        values = (
            (
                source,
                row.article_id,
                row.capture.timestamp,
                row.capture.original,
                row.mimetype,
                row.statuscode,
                row.digest,
            )
            for row in rows
        )
        with self._errors(), self._together():
            before = self._db.total_changes
            self._db.executemany("INSERT OR IGNORE INTO captures VALUES (?,?,?,?,?,?,?)", values)
            new = self._db.total_changes - before
            for name, value in notes.items():
                self.set_note(name, value)
        return new

    def clear_list(self) -> None:
        """Forget the captures of the last list."""
        with self._errors():
            self._db.execute("DELETE FROM captures WHERE source = ?", (CaptureSource.LIST,))

    def update_shared_digests(self) -> None:
        """Find the digests that several articles have."""
        with self._errors(), self._together():
            self._db.execute("DELETE FROM shared")
            self._db.execute(
                "INSERT INTO shared SELECT digest FROM captures WHERE digest != '' "
                "GROUP BY digest HAVING min(article) != max(article)"
            )

    def shared_digests(self) -> frozenset[str]:
        """Return the digests that several articles have."""
        return frozenset(digest for (digest,) in self._rows("SELECT digest FROM shared"))

    def article_ids(self, source: CaptureSource) -> list[int]:
        """Return the ids of which there are captures, in their order."""
        query = "SELECT DISTINCT article FROM captures WHERE source = ? ORDER BY article"
        return [article for (article,) in self._rows(query, source)]

    def count_articles(self) -> int:
        """Return how many articles there are, those included that only an earlier list named."""
        query = "SELECT count(*) FROM (SELECT article FROM captures UNION SELECT id FROM articles)"
        return int(next(self._rows(query))[0])

    def cdx_records(self, source: CaptureSource, article: int) -> list[CdxRecord]:
        """Return what is known of the captures of an article."""
        query = (
            "SELECT timestamp, original, mimetype, statuscode, digest FROM captures "
            "WHERE source = ? AND article = ?"
        )
        return [
            CdxRecord(Capture(timestamp, original), mimetype, statuscode, digest)
            for timestamp, original, mimetype, statuscode, digest in self._rows(
                query, source, article
            )
        ]

    # --- pages -----------------------------------------------------------------------------

    def add_memento(self, served: Capture, place: WarcLocation, location: str = "") -> None:
        """Write down where a capture is stored, and where it leads if it is a redirect."""
        values = (
            *(served.timestamp, served.original, location),
            *(place.file, place.offset, place.length),
        )
        with self._errors():
            self._db.execute("REPLACE INTO pages VALUES (?,?,?,?,?,?)", values)

    def redirect_of(self, capture: Capture) -> str | None:
        """Return where a stored capture leads, "" for no redirect, `None` if it is not stored."""
        query = "SELECT location FROM pages WHERE timestamp = ? AND original = ?"
        for (location,) in self._rows(query, capture.timestamp, capture.original):
            return str(location)
        return None

    def memento_location(self, capture: Capture) -> WarcLocation:
        """Return where a stored capture lies."""
        query = "SELECT warc, start, length FROM pages WHERE timestamp = ? AND original = ?"
        (row,) = self._rows(query, capture.timestamp, capture.original)
        return WarcLocation(*row)

    def file_ends(self) -> dict[str, int]:
        """Return the byte at which the last known record of each file of the store ends."""
        return dict(self._rows("SELECT warc, max(start + length) FROM pages GROUP BY warc"))

    def forget_after(self, warc: str, end: int) -> None:
        """Forget what should lie in a file behind its end, and what was made of it."""
        behind = "SELECT timestamp, original FROM pages WHERE warc = ? AND start + length > ?"
        with self._errors(), self._together():
            self._db.execute(
                f"DELETE FROM articles WHERE (timestamp, original) IN ({behind})",  # noqa: S608
                (warc, end),
            )
            self._db.execute(
                f"DELETE FROM tries WHERE (served_timestamp, served_original) IN ({behind})",  # noqa: S608
                (warc, end),
            )
            self._db.execute("DELETE FROM pages WHERE warc = ? AND start + length > ?", (warc, end))

    # --- tries -----------------------------------------------------------------------------

    def record_attempt(self, attempt: Attempt) -> None:
        """Write down what a try came to; what was known of the same capture is replaced."""
        asked, served = attempt.requested, attempt.served
        values = (
            *(asked.timestamp, asked.original, asked.article_id),
            *(attempt.result, attempt.reason, attempt.message),
            *((served.timestamp, served.original) if served else (None, None)),
            *(attempt.requests, attempt.seconds, utc_now()),
        )
        with self._errors():
            self._db.execute("REPLACE INTO tries VALUES (?,?,?,?,?,?,?,?,?,?,?)", values)

    def attempts(self, article: int) -> dict[Capture, Attempt]:
        """Return what was tried for an article, by the capture asked for, in order."""
        query = f"SELECT {_TRY} FROM tries WHERE article = ? ORDER BY rowid"  # noqa: S608
        found = [_try(row) for row in self._rows(query, article)]
        return {attempt.requested: attempt for attempt in found}

    def stored_mementos(self) -> Iterator[tuple[int, Capture, WarcLocation]]:
        """Yield every stored page that was an answer to a try, by article and in order.

        The one that somebody has asked for comes first.
        """
        query = (
            "SELECT article, pages.timestamp, pages.original, warc, start, length "
            "FROM tries JOIN pages "
            "ON pages.timestamp = served_timestamp AND pages.original = served_original "
            "LEFT JOIN articles ON id = article AND pinned "
            "AND articles.timestamp = pages.timestamp AND articles.original = pages.original "
            "ORDER BY article, id IS NULL, tries.rowid"
        )
        for article, timestamp, original, *place in self._rows(query):
            yield article, Capture(timestamp, original), WarcLocation(*place)

    # --- articles --------------------------------------------------------------------------

    def record_outcome(self, ended: ArticleOutcome, last: Attempt | None = None) -> None:
        """Write down what became of an article, together with the try that decided it."""
        capture = ended.capture
        values = (
            *(ended.article_id, ended.status, ended.reason, ended.message),
            *((capture.timestamp, capture.original) if capture else (None, None)),
            *(ended.is_pinned, utc_now()),
        )
        with self._errors(), self._together():
            if last is not None:
                self.record_attempt(last)
            self._db.execute("REPLACE INTO articles VALUES (?,?,?,?,?,?,?,?)", values)

    def reopen(self, article: int) -> None:
        """Forget what became of an article."""
        with self._errors():
            self._db.execute("DELETE FROM articles WHERE id = ?", (article,))

    def statuses(self) -> dict[int, ArticleStatus]:
        """Return what became of each article that has come to an end."""
        rows = self._rows("SELECT id, outcome FROM articles")
        return {article: ArticleStatus(ending) for article, ending in rows}

    def pinned_ids(self) -> frozenset[int]:
        """Return the articles that somebody has asked for since the crawl."""
        return frozenset(
            article for (article,) in self._rows("SELECT id FROM articles WHERE pinned")
        )

    def count_outcomes(self) -> Counter[tuple[ArticleStatus, str]]:
        """Return how many articles came to each end for each reason."""
        query = "SELECT outcome, reason, count(*) FROM articles GROUP BY outcome, reason"
        return Counter({(ArticleStatus(end), why): count for end, why, count in self._rows(query)})

    def failures(self) -> list[ArticleOutcome]:
        """Return the articles that failed, and why."""
        query = "SELECT id, reason, said FROM articles WHERE outcome = ? ORDER BY id"
        rows = self._rows(query, ArticleStatus.FAILED)
        return [
            ArticleOutcome(article, ArticleStatus.FAILED, reason, said)
            for article, reason, said in rows
        ]

    def costliest_attempts(self, by: str, most: int = 5) -> list[tuple[int, Capture, int, float]]:
        """Return the tries with most `requests` or `seconds`: article, capture, both figures."""
        assert by in {"requests", "seconds"}, by
        query = (
            f"SELECT article, timestamp, original, requests, seconds FROM tries "  # noqa: S608
            f"ORDER BY {by} DESC, article LIMIT ?"
        )
        return [
            (article, Capture(timestamp, original), requests, seconds)
            for article, timestamp, original, requests, seconds in self._rows(query, most)
        ]

    def count_requests(self) -> int:
        """Return how many requests all tries have taken."""
        return int(next(self._rows("SELECT coalesce(sum(requests), 0) FROM tries"))[0])

    # --- the gate --------------------------------------------------------------------------

    def _rows(self, query: str, *values: object) -> Iterator[tuple[Any, ...]]:
        with self._errors():
            yield from self._db.execute(query, values)

    @contextmanager
    def _together(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise StorageError(f"the ledger {self._path} can't be used: {error}") from error


_TRY = (
    "timestamp, original, verdict, reason, said, served_timestamp, served_original, "
    "requests, seconds"
)


def _try(row: Sequence[Any]) -> Attempt:
    timestamp, original, verdict, reason, said, served_at, served_as, requests, seconds = row
    served = None if served_at is None else Capture(served_at, served_as)
    asked = Capture(timestamp, original)
    return Attempt(asked, AttemptResult(verdict), reason, said, served, requests, seconds)
