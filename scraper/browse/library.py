"""What the database says of articles, for the pages of the reading room."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from scraper.browse.catalogue import Catalogue
from scraper.browse.models import CapturedText, CaptureLine, Entry, FullArticle, Page, TermKind

PAGE_SIZE = 50
_NO_IMAGE = "''"
_FIRST_IMAGE = (
    "coalesce((SELECT file FROM figures JOIN images ON images.address = figures.address "
    "WHERE figures.article_id = articles.id AND file != '' ORDER BY position LIMIT 1), '')"
)
_SEPARATOR = "\x1f"
_TEASER = 160  # characters, as in the next query
_ENTRY = """
SELECT articles.id, title, coalesce(date, ''), coalesce(categories.name, ''),
    (SELECT group_concat(authors.name, char(31)) FROM article_authors
        JOIN authors ON authors.id = author_id WHERE article_id = articles.id),
    substr(text, 1, 160), {picture}
FROM articles LEFT JOIN categories ON categories.id = category_id
"""
_OF_TERM = {
    TermKind.CATEGORY: "SELECT id FROM articles WHERE category_id = ?",
    TermKind.AUTHOR: "SELECT article_id FROM article_authors WHERE author_id = ?",
    TermKind.TAG: "SELECT article_id FROM article_tags WHERE tag_id = ?",
}
_DETAILS = (
    "SELECT coalesce(lastmod, ''), markdown, archive_url, original_url, captured, "
    "coalesce(box_label, ''), coalesce(box_name, ''), coalesce(box_bio, ''), "
    "coalesce(box_avatar, '') FROM articles WHERE id = ?"
)
_MAX_LINKED_FROM = 20


class Library:
    """Questions to one connection; `catalogue` is of the same database."""

    def __init__(self, db: sqlite3.Connection, catalogue: Catalogue) -> None:
        self._db = db
        self._catalogue = catalogue

    def newest(self, number: int) -> Page:
        """Return a page of all articles, the newest first."""
        return self._page(self._catalogue.places, number)

    def of_day(self, date: str) -> tuple[Entry, ...]:
        """Return the articles of a day, or with "" those without a date; the newest first."""
        if not date:
            return self._entries("WHERE date IS NULL ORDER BY articles.id DESC")
        return self._entries("WHERE date = ? ORDER BY articles.id DESC", date)

    def of_term(self, kind: TermKind, term_id: int, number: int) -> Page:
        """Return a page of the articles that have a term, the newest first."""
        ids = [article_id for (article_id,) in self._db.execute(_OF_TERM[kind], (term_id,))]
        return self._page(ids, number)

    def entries(self, article_ids: Sequence[int]) -> dict[int, Entry]:
        """Return some articles by their ids."""
        marks = ",".join("?" * len(article_ids))
        found = self._entries(f"WHERE articles.id IN ({marks})", *article_ids)
        return {entry.id: entry for entry in found}

    def text(self, article_id: int) -> str:
        """Return the plain text of an article."""
        rows = self._db.execute("SELECT text FROM articles WHERE id = ?", (article_id,))
        return str(next(rows)[0])

    def article(self, article_id: int) -> FullArticle | None:
        """Return an article with what belongs to it, `None` where it is not held."""
        entries = self._entries("WHERE articles.id = ?", article_id)
        if not entries:
            return None
        row = self._db.execute(_DETAILS, (article_id,)).fetchone()
        lastmod, markdown, archive_url, original_url, captured, *box = row
        return FullArticle(
            entry=entries[0],
            lastmod=lastmod,
            markdown=markdown,
            tags=self._tags(article_id),
            archive_url=archive_url,
            original_url=original_url,
            captured=captured,
            box=dict(zip(("label", "name", "bio", "avatar"), box, strict=True)),
            captures=self._captures(article_id, captured, original_url),
            linked_from=self._linked_from(article_id),
            before=self._first("WHERE articles.id < ? ORDER BY articles.id DESC", article_id),
            after=self._first("WHERE articles.id > ? ORDER BY articles.id", article_id),
        )

    def captured_texts(self, article_id: int) -> tuple[CapturedText, ...]:
        """Return the texts of an article's captures, the oldest first; none of a single one."""
        rows = self._db.execute(
            "SELECT timestamp, original, title, text FROM capture_texts "
            "WHERE article_id = ? ORDER BY timestamp, original",
            (article_id,),
        )
        return tuple(CapturedText(*row) for row in rows)

    def _page(self, ids: Collection[int], number: int) -> Page:
        start = (number - 1) * PAGE_SIZE
        newest = sorted(ids, key=self._catalogue.places.__getitem__, reverse=True)
        shown = newest[start : start + PAGE_SIZE]
        by_id = self.entries(shown)
        return Page(tuple(by_id[each] for each in shown), number, len(ids), PAGE_SIZE)

    def _entries(self, rest: str, *values: object) -> tuple[Entry, ...]:
        picture = _FIRST_IMAGE if self._catalogue.has_images else _NO_IMAGE
        query = f"{_ENTRY.format(picture=picture)} {rest}"
        return tuple(map(_entry, self._db.execute(query, values)))

    def _first(self, rest: str, article_id: int) -> Entry | None:
        return next(iter(self._entries(f"{rest} LIMIT 1", article_id)), None)

    def _tags(self, article_id: int) -> tuple[str, ...]:
        rows = self._db.execute(
            "SELECT name FROM article_tags JOIN tags ON tags.id = tag_id "
            "WHERE article_id = ? ORDER BY position",
            (article_id,),
        )
        return tuple(name for (name,) in rows)

    def _linked_from(self, article_id: int) -> tuple[Entry, ...]:
        return self._entries(
            "WHERE articles.id IN (SELECT article_id FROM links WHERE to_article_id = ?) "
            "ORDER BY articles.id DESC LIMIT ?",
            *(article_id, _MAX_LINKED_FROM),
        )

    def _captures(
        self, article_id: int, captured: str, original_url: str
    ) -> tuple[CaptureLine, ...]:
        """The captures of an article, the newest first: those tried, and those with a text."""
        shown = "".join(filter(str.isdigit, captured)), original_url
        query = "SELECT timestamp, original FROM capture_texts WHERE article_id = ?"
        texts = {(row[0], row[1]) for row in self._db.execute(query, (article_id,))}
        tried: dict[tuple[str, str], tuple[str, str]] = {}
        for timestamp, original, result, message in self._db.execute(
            "SELECT coalesce(served_timestamp, timestamp), coalesce(served_original, original), "
            "result, message FROM captures WHERE article_number = ?",
            (article_id,),
        ):
            tried[timestamp, original] = result, message
        lines = (
            CaptureLine(*key, *tried.get(key, ("", "")), key in texts, key == shown)
            for key in {shown, *texts, *tried}
        )
        return tuple(sorted(lines, key=lambda line: (line.timestamp, line.original), reverse=True))


def _entry(row: Iterable[Any]) -> Entry:
    article_id, title, date, category, authors, teaser, picture = row
    names = tuple(authors.split(_SEPARATOR)) if authors else ()
    more = "…" if len(teaser) == _TEASER else ""
    beginning = " ".join(teaser.split()) + more
    return Entry(article_id, title, date, category, names, beginning, picture)
