"""The ledger of a crawl: what the index lists, what was tried, what became of each article.

It is one SQLite file in the crawl's folder (docs/crawl-folder.md 2). Every change is in it before
the next step begins, so that a killed run loses only what was under way.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from normalise import Capture
from scraper.crawl.database import Database, copied, is_old, is_writable
from scraper.crawl.image_ledger import ImageLedger
from scraper.crawl.layout import LEDGER_FILE, is_crawl
from scraper.crawl.lock import locked
from scraper.crawl.notes import Notes
from scraper.crawl.outcomes import ArticleOutcome, Attempt, CaptureSource
from scraper.crawl.overview import Overview
from scraper.crawl.totals import LISTED_IDS, Totals
from scraper.errors import UsageError
from scraper.models import ArticleStatus, AttemptResult, CdxRecord, PageReading, WarcLocation
from scraper.utc import utc_now

_SELECT_ATTEMPT = (
    "SELECT timestamp, original, result, reason, message, served_timestamp, "
    "served_original, requests, seconds, extractor FROM attempts"
)
_BATCH = 10_000  # records of a list that are in memory at a time
_MAX_WARNINGS = 20  # of one article
_MAX_WARNING = 120  # characters


class Ledger(Totals, Overview, Notes, ImageLedger):
    """Opened for writing by one process at a time, which holds the folder's lock.

    Others may read it meanwhile. Every method raises `StorageError` where SQLite refuses.
    """

    def __init__(self, folder: Path, copy: TemporaryDirectory[str] | None = None) -> None:
        super().__init__(Database(Path(copy.name if copy else folder, LEDGER_FILE)))
        self._copy = copy

    @classmethod
    def open_existing(cls, folder: Path) -> Ledger:
        """Return the ledger of a crawl, for reading; a copy of it where nothing may be written.

        Raises `UsageError` where there is none, and `FolderInUse` where it is of an older version
        and a crawl works in it: that crawl may be one of the older program.
        """
        if not is_crawl(folder):
            raise UsageError(f"{folder} holds no crawl: there is no {LEDGER_FILE} in it")
        if not (folder / LEDGER_FILE).stat().st_size:
            raise UsageError(f"the crawl in {folder} has just begun: ask again in a moment")
        if not is_writable(folder, LEDGER_FILE):
            return cls(folder, copied(folder / LEDGER_FILE))
        if not is_old(folder / LEDGER_FILE):
            return cls(folder)
        message = (
            f"an older version of this program crawls in {folder}: wait for its end, or stop it; "
            "the same command then brings its ledger to the present version"
        )
        with locked(folder, message):
            return cls(folder)

    def close(self) -> None:
        """Close the file."""
        self._db.close()
        if self._copy is not None:
            self._copy.cleanup()

    # --- what the index lists ----------------------------------------------------------------

    def add_records(
        self, source: CaptureSource, records: Iterable[CdxRecord], notes: dict[str, str | None]
    ) -> int:
        """Add records and notes, all or none of them; return how many records are new."""
        insert_address = "INSERT OR IGNORE INTO addresses (original) VALUES (?)"
        insert_row = "INSERT OR IGNORE INTO cdx_rows VALUES (?,?,?,?,?,?,?)"
        new, left = 0, iter(records)
        with self._db.transaction():
            while batch := tuple(islice(left, _BATCH)):
                addresses = list({each.capture.original for each in batch})
                self._db.insert(insert_address, zip(addresses))
                ids = self._address_ids(addresses)
                new += self._db.insert(
                    insert_row, [_row(source.value, each, ids) for each in batch]
                )
            for name, value in notes.items():
                self.set_note(name, value)
        return new

    def _address_ids(self, addresses: list[str]) -> dict[str, int]:
        query = (
            "SELECT original, id FROM addresses WHERE original IN (SELECT value FROM json_each(?))"
        )
        return dict(self._db.rows(query, json.dumps(addresses)))

    def clear_list(self) -> None:
        """Forget the captures of the last list."""
        self._db.execute("DELETE FROM cdx_rows WHERE source = ?", CaptureSource.LIST)

    def update_shared_digests(self) -> None:
        """Find the digests that captures of several articles have."""
        with self._db.transaction():
            self._db.execute("DELETE FROM shared_digests")
            self._db.execute(
                "INSERT INTO shared_digests SELECT digest FROM cdx_rows WHERE digest != '' "
                "GROUP BY digest HAVING min(article_id) != max(article_id)"
            )

    def shared_digests(self) -> frozenset[str]:
        """Return the digests that captures of several articles have."""
        return frozenset(digest for (digest,) in self._db.rows("SELECT digest FROM shared_digests"))

    def article_ids(self, source: CaptureSource) -> list[int]:
        """Return the ids of the articles that have captures, in their order."""
        return [article_id for (article_id,) in self._db.rows(LISTED_IDS, *[source] * 2)]

    def cdx_records(self, source: CaptureSource, article_id: int) -> list[CdxRecord]:
        """Return what is known of the captures of an article."""
        query = (
            "SELECT timestamp, original, mimetype, statuscode, digest FROM cdx_records "
            "WHERE source = ? AND article_id = ?"
        )
        return [
            CdxRecord(Capture(timestamp, original), *fields)
            for timestamp, original, *fields in self._db.rows(query, source, article_id)
        ]

    # --- the store -------------------------------------------------------------------------

    def add_memento(self, served: Capture, location: WarcLocation, redirect: str = "") -> None:
        """Record where a capture is stored, and where it leads if it is a redirect."""
        self._db.execute(
            "REPLACE INTO mementos VALUES (?,?,?,?,?,?)",
            *(*_key(served), redirect, location.file, location.offset, location.length),
        )

    def redirect_of(self, capture: Capture) -> str | None:
        """Return where a stored capture leads, "" for no redirect, `None` if it is not stored."""
        query = "SELECT redirect FROM mementos WHERE timestamp = ? AND original = ?"
        for (redirect,) in self._db.rows(query, *_key(capture)):
            return str(redirect)
        return None

    def memento_location(self, capture: Capture) -> WarcLocation:
        """Return where a stored capture lies."""
        query = "SELECT file, offset, length FROM mementos WHERE timestamp = ? AND original = ?"
        (row,) = self._db.rows(query, *_key(capture))
        return WarcLocation(*row)

    def file_ends(self) -> dict[str, int]:
        """Return the byte at which the last known record of each file of the store ends."""
        query = "SELECT file, max(offset + length) FROM mementos GROUP BY file"
        return dict(self._db.rows(query))

    def forget_after(self, file: str, end: int) -> None:
        """Forget what should lie in a file of the store after a byte, and what was made of it."""
        lost = "SELECT timestamp, original FROM mementos WHERE file = ? AND offset + length > ?"
        with self._db.transaction():
            self.forget_images(file, end)
            self._db.execute(
                f"DELETE FROM articles WHERE (timestamp, original) IN ({lost})",  # noqa: S608
                *(file, end),
            )
            self._db.execute(
                f"DELETE FROM attempts WHERE (served_timestamp, served_original) IN ({lost})",  # noqa: S608
                *(file, end),
            )
            self._db.execute(
                "DELETE FROM mementos WHERE file = ? AND offset + length > ?", file, end
            )

    # --- attempts --------------------------------------------------------------------------

    def record_attempt(self, attempt: Attempt) -> None:
        """Record an attempt, in the place of an earlier one of the same capture."""
        self._db.execute(
            "REPLACE INTO attempts VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
            *(*_key(attempt.requested), attempt.requested.article_id),
            *(attempt.result, attempt.reason, attempt.message, *_key(attempt.served)),
            *(attempt.requests, attempt.seconds, utc_now(), attempt.extractor),
        )

    def all_attempts(self) -> Iterator[Attempt]:
        """Yield every attempt, in their order."""
        yield from map(_attempt, self._db.rows(f"{_SELECT_ATTEMPT} ORDER BY rowid"))

    def attempts(self, article_id: int) -> dict[Capture, Attempt]:
        """Return the attempts for an article, by the capture requested, in their order."""
        query = f"{_SELECT_ATTEMPT} WHERE article_id = ? ORDER BY rowid"
        attempts = map(_attempt, self._db.rows(query, article_id))
        return {attempt.requested: attempt for attempt in attempts}

    def stale_ids(self, extractor: str) -> frozenset[int]:
        """Return the articles with a stored page that another extractor could not read."""
        query = (
            "SELECT DISTINCT article_id FROM attempts WHERE result = ? AND extractor != ? "
            "AND served_timestamp IS NOT NULL"
        )
        rows = self._db.rows(query, AttemptResult.UNREADABLE, extractor)
        return frozenset(article_id for (article_id,) in rows)

    def unreadable(self) -> Iterator[tuple[int, str]]:
        """Yield the article id and message of each stored page that fits no rule."""
        query = "SELECT article_id, message FROM attempts WHERE result = ?"
        yield from self._db.rows(query, AttemptResult.UNREADABLE)

    def stored_mementos(self) -> Iterator[tuple[int, Capture, WarcLocation]]:
        """Yield the article id and location of every stored page that an attempt has led to.

        They come by article, and those of an article in the order of the attempts; but the page
        that somebody has asked for comes first.
        """
        query = (
            "SELECT article_id, mementos.timestamp, mementos.original, file, offset, length "
            "FROM attempts JOIN mementos "
            "ON mementos.timestamp = served_timestamp AND mementos.original = served_original "
            "LEFT JOIN articles ON id = article_id AND is_pinned "
            "AND articles.timestamp = mementos.timestamp "
            "AND articles.original = mementos.original "
            "ORDER BY article_id, id IS NULL, attempts.rowid"
        )
        for article_id, timestamp, original, *location in self._db.rows(query):
            yield article_id, Capture(timestamp, original), WarcLocation(*location)

    # --- articles --------------------------------------------------------------------------

    def record_outcome(self, outcome: ArticleOutcome, attempt: Attempt | None = None) -> None:
        """Record what became of an article, together with the attempt that decided it."""
        with self._db.transaction():
            if attempt is not None:
                self.record_attempt(attempt)
            self._db.execute(
                "REPLACE INTO articles VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
                *(outcome.article_id, outcome.status, outcome.reason, outcome.message),
                *(*_key(outcome.capture), outcome.is_pinned, utc_now()),
                *(_kept_warnings(outcome.warnings), *_kept_reading(outcome.reading)),
                outcome.extractor,
            )

    def reopen(self, article_id: int) -> None:
        """Forget what became of an article, and which rules have judged its pages."""
        with self._db.transaction():
            self._db.execute("DELETE FROM articles WHERE id = ?", article_id)
            self._db.execute("UPDATE attempts SET extractor = '' WHERE article_id = ?", article_id)

    def statuses(self) -> dict[int, ArticleStatus]:
        """Return what became of each article that has come to an end."""
        rows = self._db.rows("SELECT id, status FROM articles")
        return {article_id: ArticleStatus(status) for article_id, status in rows}

    def all_outcomes(self) -> Iterator[tuple[int, str, str, str]]:
        """Yield the id, status, reason and message of each article that has come to an end."""
        yield from self._db.rows("SELECT id, status, reason, message FROM articles ORDER BY id")

    def pinned_ids(self) -> frozenset[int]:
        """Return the articles that somebody has asked for since the crawl."""
        query = "SELECT id FROM articles WHERE is_pinned"
        return frozenset(article_id for (article_id,) in self._db.rows(query))


def _key(capture: Capture | None) -> tuple[str | None, str | None]:
    return (capture.timestamp, capture.original) if capture else (None, None)


def _row(source: str, record: CdxRecord, ids: dict[str, int]) -> tuple[object, ...]:
    """What stands in the columns of `cdx_rows`."""
    capture = record.capture
    key = (source, capture.article_id, int(capture.timestamp), ids[capture.original])
    return (*key, record.mimetype, record.statuscode, record.digest)


def _attempt(row: Sequence[Any]) -> Attempt:
    timestamp, original, result, reason, message, *served, requests, seconds, extractor = row
    requested, result = Capture(timestamp, original), AttemptResult(result)
    capture = None if served[0] is None else Capture(*served)
    return Attempt(requested, result, reason, message, capture, requests, seconds, extractor)


def _kept_warnings(warnings: Sequence[str]) -> str:
    """Warnings, a line each; a page may have thousands of long ones."""
    lines = [warning.replace("\n", " ")[:_MAX_WARNING] for warning in warnings[:_MAX_WARNINGS]]
    if len(warnings) > _MAX_WARNINGS:
        lines.append(f"and {len(warnings) - _MAX_WARNINGS} more warnings")
    return "\n".join(lines)


def _kept_reading(reading: PageReading | None) -> tuple[str, str, int, int]:
    """What the columns from `category` to `left_out` hold."""
    if reading is None:
        return "", "", 0, 0
    rules = json.dumps(dict(reading.rules), ensure_ascii=False, separators=(",", ":"))
    measured = reading.completeness
    return reading.category, rules, measured.characters, measured.left_out
