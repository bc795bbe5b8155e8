"""SQLite: what fills the tables of archive.db."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import astuple
from pathlib import Path
from typing import Any

from scraper.crawl.ledger import Ledger
from scraper.export.capture_texts import CaptureText
from scraper.export.schema import AFTER, IMAGES, TABLES
from scraper.export.search_text import spaced
from scraper.export.source import CrawlSource

_OF_ARTICLE = ("article_authors", "article_tags", "figures", "videos", "links")


class TableSink:
    """Writes the rows of each article; the rest follows when all are in."""

    is_changed: bool | None = True

    def __init__(self, path: Path, crawl: CrawlSource | None) -> None:
        self._crawl = crawl
        self._last = 0
        self._names: dict[str, dict[str, int]] = {"categories": {}, "authors": {}, "tags": {}}
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.create_function("spaced", 1, spaced, deterministic=True)
        # The file is thrown away unless it comes to its end.
        self._db.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
        self._db.executescript(TABLES + (IMAGES if crawl and crawl.images else ""))
        self._db.execute("BEGIN")
        if crawl is not None:
            self._insert("about", [("ledger", crawl.state)])

    def add(self, article_id: int, record: dict[str, Any]) -> None:
        """Take the record of an article."""
        if article_id <= self._last:
            for table in _OF_ARTICLE:
                self._db.execute(f"DELETE FROM {table} WHERE article_id = ?", (article_id,))  # noqa: S608
        self._last = max(self._last, article_id)
        categories = [self._id("categories", name) for name in record["categories"]]
        box = record["author_box"] or {}
        self._insert(
            "articles",
            [
                (
                    *(article_id, record["title"], record["date"], record["lastmod"]),
                    categories[0] if categories else None,
                    *(record["text"], record["markdown"]),
                    *(record["archive_url"], record["original_url"], record["captured"]),
                    *(box.get(name) for name in ("label", "name", "bio", "avatar")),
                    _json(record["rules"]),
                    _json(record["warnings"]),
                )
            ],
        )
        self._add_parts(article_id, record)

    def _add_parts(self, article_id: int, record: dict[str, Any]) -> None:
        authors = [(article_id, self._id("authors", name)) for name in record["authors"]]
        self._insert("article_authors", authors)
        tags = enumerate(record["tags"], start=1)
        self._insert("article_tags", [(article_id, self._id("tags", tag), at) for at, tag in tags])
        figures = enumerate(record["figures"], start=1)
        self._insert(
            "figures",
            [
                (article_id, at, each["address"], each["alt"], each["caption"])
                for at, each in figures
            ],
        )
        links = enumerate(record["links"], start=1)
        self._insert(
            "links",  # whether the article is there, is known at the end
            [
                (article_id, at, each["address"], each["text"], each["article_id"], None)
                for at, each in links
            ],
        )
        self._insert("images", record.get("images", ()))
        videos = enumerate(record["videos"], start=1)
        self._insert("videos", [(article_id, at, address) for at, address in videos])

    def add_texts(self, article_id: int, texts: Iterable[CaptureText]) -> None:
        """Take the texts that the captures of an article have."""
        self._insert("capture_texts", [(article_id, *astuple(each)) for each in texts])

    def _id(self, table: str, name: str) -> int:
        """The id of a name, given in the order in which names come."""
        known = self._names[table]
        if name not in known:
            known[name] = len(known) + 1
            self._insert(table, [(known[name], name)])
        return known[name]

    def _insert(self, table: str, rows: Iterable[tuple[object, ...]]) -> None:
        rows = list(rows)
        if rows:
            signs = ",".join("?" * len(rows[0]))
            self._db.executemany(f"INSERT OR REPLACE INTO {table} VALUES ({signs})", rows)  # noqa: S608

    def finish(self) -> None:
        """Write what follows from all rows."""
        if self._crawl is not None:
            with closing(Ledger.open_existing(self._crawl.folder)) as ledger:
                self._insert("captures", (_capture_row(each) for each in ledger.all_attempts()))
                self._insert("outcomes", ledger.all_outcomes())
        self._db.execute("COMMIT")
        self._db.executescript(AFTER)

    def close(self) -> None:
        """Close the file."""
        self._db.close()


def _capture_row(attempt: Any) -> tuple[object, ...]:
    requested, served = attempt.requested, attempt.served
    return (
        *(requested.timestamp, requested.original, requested.article_id),
        *(attempt.result.value, str(attempt.reason), attempt.message),
        *((served.timestamp, served.original) if served else (None, None)),
    )


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
