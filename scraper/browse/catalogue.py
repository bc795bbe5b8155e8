"""What is known of all articles at once, in memory: a search counts and sorts by it."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from scraper.browse.models import Term, TermKind

_TABLES = {
    TermKind.CATEGORY: ("categories", "articles", "category_id"),
    TermKind.AUTHOR: ("authors", "article_authors", "author_id"),
    TermKind.TAG: ("tags", "article_tags", "tag_id"),
}
_COUNTED = """
SELECT {names}.id, name, count(*) FROM {names} JOIN {table} ON {column} = {names}.id
GROUP BY {names}.id ORDER BY count(*) DESC, name
"""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The articles by date, and the terms by the number of their articles.

    `places` has the place of each article in the order of dates, those without one first; `dates`
    and `categories` map the ids of articles, `authors` those of articles that have some. `days`
    has the number of articles of each day, in the order of days. `has_images` says that the
    database tells of pictures beside it.
    """

    places: Mapping[int, int]
    dates: Mapping[int, str]
    days: Mapping[str, int]
    categories: Mapping[int, int]
    authors: Mapping[int, tuple[int, ...]]
    terms: Mapping[TermKind, tuple[Term, ...]]
    has_images: bool

    @classmethod
    def load(cls, db: sqlite3.Connection) -> Catalogue:
        """Read it from a database."""
        dates: dict[int, str] = {}
        for date, article_id in db.execute("SELECT date, id FROM articles ORDER BY date, id"):
            dates[article_id] = date or ""
        categories = db.execute(
            "SELECT id, category_id FROM articles WHERE category_id IS NOT NULL"
        )
        authors: dict[int, tuple[int, ...]] = {}
        for article_id, author_id in db.execute(
            "SELECT article_id, author_id FROM article_authors"
        ):
            authors[article_id] = (*authors.get(article_id, ()), author_id)
        return cls(
            {article_id: place for place, article_id in enumerate(dates)},
            dates,
            Counter(date for date in dates.values() if date),
            dict(categories.fetchall()),
            authors,
            {kind: _terms(db, kind) for kind in TermKind},
            db.execute("SELECT 1 FROM sqlite_schema WHERE name = 'images'").fetchone() is not None,
        )

    def term(self, kind: TermKind, name: str) -> Term | None:
        """Return the term of a name."""
        return next((term for term in self.terms[kind] if term.name == name), None)


def _terms(db: sqlite3.Connection, kind: TermKind) -> tuple[Term, ...]:
    names, table, column = _TABLES[kind]
    rows = db.execute(_COUNTED.format(names=names, table=table, column=column))
    return tuple(Term(*row) for row in rows)
