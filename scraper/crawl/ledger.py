"""The ledger of a crawl: what the index lists, what was tried, what became of each article.

One SQLite file in the crawl's folder. Every change is in it before the next step begins, so that
a killed run loses only what was under way. Errors of SQLite become `Broken` here.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from normalise import Capture
from scraper.errors import Broken, WrongUsage
from scraper.selection.ranking import Row
from scraper.warc.sources import LEDGER_FILE, is_crawl
from scraper.warc.writer import Place
from scraper.wayback.throttle import Pause

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


class Source(StrEnum):
    """Where candidates come from."""

    INDEX = "index"
    LIST = "list"
    ASKED = "asked"  # of single articles, by `hkcnews fetch`


class Verdict(StrEnum):
    """What a try came to."""

    STORED = "stored"  # fetched, and not yet looked at
    ARTICLE = "article"
    NOT_ARTICLE = "not-article"
    UNREADABLE = "unreadable"
    UNPLAYABLE = "unplayable"
    NO_ANSWER = "no-answer"
    CRASHED = "crashed"  # the process that looked at it died, of the page or of something else


class Ending(StrEnum):
    """What became of an article; the value is the word shown to people."""

    WRITTEN = "written"
    NO_CAPTURE = "no usable capture"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Try:
    """A capture that was asked for, what it came to, and the capture that was served.

    `requests` and `seconds` are what it took.
    """

    asked: Capture
    verdict: Verdict
    reason: str = ""
    said: str = ""
    served: Capture | None = None
    requests: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Ended:
    """What became of an article, and the capture that it was written from.

    `is_pinned` says that somebody has asked for this very article since the crawl: its capture
    then comes before better ones.
    """

    article: int
    ending: Ending
    reason: str = ""
    said: str = ""
    capture: Capture | None = None
    is_pinned: bool = False


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
            raise Broken(
                f"{self._path} is of version {version}, this program knows {_VERSION}: "
                "use the program that made it, or another folder"
            )

    @classmethod
    def of(cls, folder: Path) -> Ledger:
        """Return the ledger of a crawl. Raises `WrongUsage` where there is none."""
        if not is_crawl(folder):
            raise WrongUsage(f"{folder} holds no crawl: there is no {LEDGER_FILE} in it")
        if not (folder / LEDGER_FILE).stat().st_size:
            raise WrongUsage(f"the crawl in {folder} has just begun: ask again in a moment")
        return cls(folder)

    def close(self) -> None:
        """Close the file."""
        with self._errors():
            self._db.close()

    # --- notes -----------------------------------------------------------------------------

    def note(self, name: str, value: str | None) -> None:
        """Keep a value under a name; `None` forgets it."""
        with self._errors():
            if value is None:
                self._db.execute("DELETE FROM about WHERE name = ?", (name,))
            else:
                self._db.execute("REPLACE INTO about VALUES (?, ?)", (name, value))

    def noted(self, name: str) -> str | None:
        """Return what is kept under a name."""
        with self._errors():
            row = self._db.execute("SELECT value FROM about WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def keep_pause(self, origin: str, pause: Pause | None) -> None:
        """Keep the pause that an archive has asked for, for the next run to wait out."""
        kept = None if pause is None else f"{pause.until!r} {pause.streak} {pause.why}"
        self.note(f"pause {origin}", kept)

    def kept_pause(self, origin: str) -> Pause | None:
        """Return the pause that was kept for an archive."""
        kept = self.noted(f"pause {origin}")
        if kept is None:
            return None
        until, streak, why = kept.split(" ", 2)
        return Pause(float(until), int(streak), why)

    def pauses(self) -> list[Pause]:
        """Return the pauses that were kept, for whichever archive."""
        query = "SELECT substr(name, 7) FROM about WHERE name LIKE 'pause %'"
        kept = (self.kept_pause(origin) for (origin,) in list(self._rows(query)))
        return [pause for pause in kept if pause is not None]

    # --- captures --------------------------------------------------------------------------

    def add(self, source: Source, rows: Iterable[Row], notes: dict[str, str | None]) -> int:
        """Take rows and notes in together, both or neither; return how many rows are new."""
        values = (
            (
                source,
                row.article,
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
                self.note(name, value)
        return new

    def forget_list(self) -> None:
        """Forget the captures of the last list."""
        with self._errors():
            self._db.execute("DELETE FROM captures WHERE source = ?", (Source.LIST,))

    def find_shared(self) -> None:
        """Find the digests that several articles have."""
        with self._errors(), self._together():
            self._db.execute("DELETE FROM shared")
            self._db.execute(
                "INSERT INTO shared SELECT digest FROM captures WHERE digest != '' "
                "GROUP BY digest HAVING min(article) != max(article)"
            )

    def shared(self) -> frozenset[str]:
        """Return the digests that several articles have."""
        return frozenset(digest for (digest,) in self._rows("SELECT digest FROM shared"))

    def articles(self, source: Source) -> list[int]:
        """Return the ids of which there are captures, in their order."""
        query = "SELECT DISTINCT article FROM captures WHERE source = ? ORDER BY article"
        return [article for (article,) in self._rows(query, source)]

    def known(self) -> int:
        """Return how many articles there are, those included that only an earlier list named."""
        query = "SELECT count(*) FROM (SELECT article FROM captures UNION SELECT id FROM articles)"
        return int(next(self._rows(query))[0])

    def captures(self, source: Source, article: int) -> list[Row]:
        """Return what is known of the captures of an article."""
        query = (
            "SELECT timestamp, original, mimetype, statuscode, digest FROM captures "
            "WHERE source = ? AND article = ?"
        )
        return [
            Row(Capture(timestamp, original), mimetype, statuscode, digest)
            for timestamp, original, mimetype, statuscode, digest in self._rows(
                query, source, article
            )
        ]

    # --- pages -----------------------------------------------------------------------------

    def keep(self, served: Capture, place: Place, location: str = "") -> None:
        """Write down where a capture is stored, and where it leads if it is a redirect."""
        values = (
            *(served.timestamp, served.original, location),
            *(place.warc, place.offset, place.length),
        )
        with self._errors():
            self._db.execute("REPLACE INTO pages VALUES (?,?,?,?,?,?)", values)

    def location(self, capture: Capture) -> str | None:
        """Return where a stored capture leads, "" for no redirect, `None` if it is not stored."""
        query = "SELECT location FROM pages WHERE timestamp = ? AND original = ?"
        for (location,) in self._rows(query, capture.timestamp, capture.original):
            return str(location)
        return None

    def place(self, capture: Capture) -> Place:
        """Return where a stored capture lies."""
        query = "SELECT warc, start, length FROM pages WHERE timestamp = ? AND original = ?"
        (row,) = self._rows(query, capture.timestamp, capture.original)
        return Place(*row)

    def ends(self) -> dict[str, int]:
        """Return the byte at which the last known record of each file of the store ends."""
        return dict(self._rows("SELECT warc, max(start + length) FROM pages GROUP BY warc"))

    def forget_behind(self, warc: str, end: int) -> None:
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

    def tried(self, attempt: Try) -> None:
        """Write down what a try came to; what was known of the same capture is replaced."""
        asked, served = attempt.asked, attempt.served
        values = (
            *(asked.timestamp, asked.original, asked.article_id),
            *(attempt.verdict, attempt.reason, attempt.said),
            *((served.timestamp, served.original) if served else (None, None)),
            *(attempt.requests, attempt.seconds, utc_now()),
        )
        with self._errors():
            self._db.execute("REPLACE INTO tries VALUES (?,?,?,?,?,?,?,?,?,?,?)", values)

    def tries(self, article: int) -> dict[Capture, Try]:
        """Return what was tried for an article, by the capture asked for, in order."""
        query = f"SELECT {_TRY} FROM tries WHERE article = ? ORDER BY rowid"  # noqa: S608
        found = [_try(row) for row in self._rows(query, article)]
        return {attempt.asked: attempt for attempt in found}

    def stored(self) -> Iterator[tuple[int, Capture, Place]]:
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
            yield article, Capture(timestamp, original), Place(*place)

    # --- articles --------------------------------------------------------------------------

    def end(self, ended: Ended, last: Try | None = None) -> None:
        """Write down what became of an article, together with the try that decided it."""
        capture = ended.capture
        values = (
            *(ended.article, ended.ending, ended.reason, ended.said),
            *((capture.timestamp, capture.original) if capture else (None, None)),
            *(ended.is_pinned, utc_now()),
        )
        with self._errors(), self._together():
            if last is not None:
                self.tried(last)
            self._db.execute("REPLACE INTO articles VALUES (?,?,?,?,?,?,?,?)", values)

    def reopen(self, article: int) -> None:
        """Forget what became of an article."""
        with self._errors():
            self._db.execute("DELETE FROM articles WHERE id = ?", (article,))

    def endings(self) -> dict[int, Ending]:
        """Return what became of each article that has come to an end."""
        rows = self._rows("SELECT id, outcome FROM articles")
        return {article: Ending(ending) for article, ending in rows}

    def pinned(self) -> frozenset[int]:
        """Return the articles that somebody has asked for since the crawl."""
        return frozenset(
            article for (article,) in self._rows("SELECT id FROM articles WHERE pinned")
        )

    def counts(self) -> Counter[tuple[Ending, str]]:
        """Return how many articles came to each end for each reason."""
        query = "SELECT outcome, reason, count(*) FROM articles GROUP BY outcome, reason"
        return Counter({(Ending(end), why): count for end, why, count in self._rows(query)})

    def failures(self) -> list[Ended]:
        """Return the articles that failed, and why."""
        query = "SELECT id, reason, said FROM articles WHERE outcome = ? ORDER BY id"
        rows = self._rows(query, Ending.FAILED)
        return [Ended(article, Ending.FAILED, reason, said) for article, reason, said in rows]

    def hardest(self, by: str, most: int = 5) -> list[tuple[int, Capture, int, float]]:
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

    def requests(self) -> int:
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
            raise Broken(f"the ledger {self._path} can't be used: {error}") from error


_TRY = (
    "timestamp, original, verdict, reason, said, served_timestamp, served_original, "
    "requests, seconds"
)


def _try(row: Sequence[Any]) -> Try:
    timestamp, original, verdict, reason, said, served_at, served_as, requests, seconds = row
    served = None if served_at is None else Capture(served_at, served_as)
    asked = Capture(timestamp, original)
    return Try(asked, Verdict(verdict), reason, said, served, requests, seconds)


def utc(moment: dt.datetime) -> str:
    """Return a time in UTC as it is written, to the second: `2022-01-03T12:00:00Z`."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def utc_now() -> str:
    """Return the time in UTC, as `utc` writes it."""
    return utc(dt.datetime.now(dt.UTC))
