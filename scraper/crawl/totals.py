"""What the ledger tells of many articles at once, for reports."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterator

from normalise import Capture, Completeness
from scraper.crawl.database import Database
from scraper.crawl.outcomes import ArticleOutcome, CaptureSource
from scraper.models import ArticleStatus

Ids = Collection[int] | None  # `None` for all articles

# The articles of a source, in their order. Each is looked up behind the one before it, because
# SELECT DISTINCT goes through two million rows.
LISTED_IDS = """
WITH RECURSIVE listed (id) AS (
    SELECT min(article_id) FROM cdx_rows WHERE source = ?
    UNION ALL
    SELECT (SELECT min(article_id) FROM cdx_rows WHERE source = ? AND article_id > listed.id)
    FROM listed WHERE listed.id IS NOT NULL
)
SELECT id FROM listed WHERE id IS NOT NULL
"""
_OF_ARTICLE = "(? IS NULL OR {} IN (SELECT value FROM json_each(?)))"
_OF_ID = _OF_ARTICLE.format("id")
_OF_ARTICLE_ID = _OF_ARTICLE.format("article_id")


class Totals:
    """Queries over all articles of the ledger, or over those with certain ids."""

    _db: Database

    def count_articles(self, ids: Ids = None) -> int:
        """Return how many articles there are, those included that only an earlier list named."""
        known = self.known_ids()
        return len(known if ids is None else known.intersection(ids))

    def state(self) -> str:
        """Return what changes whenever an article, an attempt or a picture is recorded."""
        query = "SELECT count(*), coalesce(max(at), '') FROM {}"
        tables = ("articles", "attempts", "images")
        states = (next(self._db.rows(query.format(table))) for table in tables)
        return "; ".join(f"{count} {at}" for count, at in states)

    def known_ids(self) -> set[int]:
        """Return all articles, those included that only an earlier list named."""
        known = {article_id for (article_id,) in self._db.rows("SELECT id FROM articles")}
        for source in CaptureSource:
            known.update(row[0] for row in self._db.rows(LISTED_IDS, source, source))
        return known

    def count_outcomes(self, ids: Ids = None) -> Counter[tuple[ArticleStatus, str]]:
        """Return how many articles came to each end for each reason."""
        query = (
            f"SELECT status, reason, count(*) FROM articles WHERE {_OF_ID} "  # noqa: S608
            "GROUP BY status, reason"
        )
        rows = self._db.rows(query, *_twice(ids))
        return Counter({(ArticleStatus(status), reason): count for status, reason, count in rows})

    def written_ids(self, ids: Ids = None) -> frozenset[int]:
        """Return the articles that are written."""
        query = f"SELECT id FROM articles WHERE {_OF_ID} AND status = ?"  # noqa: S608
        rows = self._db.rows(query, *_twice(ids), ArticleStatus.WRITTEN)
        return frozenset(article_id for (article_id,) in rows)

    def failures(self, ids: Ids = None) -> list[ArticleOutcome]:
        """Return the articles that failed, and why."""
        query = (
            f"SELECT id, reason, message FROM articles WHERE {_OF_ID} "  # noqa: S608
            "AND status = ? ORDER BY id"
        )
        return [
            ArticleOutcome(article_id, ArticleStatus.FAILED, reason, message)
            for article_id, reason, message in self._db.rows(
                query, *_twice(ids), ArticleStatus.FAILED
            )
        ]

    def count_rules(self, ids: Ids = None) -> Iterator[tuple[str, dict[str, str], int]]:
        """Yield a category, the rule of each field that was found, and how many articles so."""
        query = (
            f"SELECT category, rules, count(*) FROM articles WHERE {_OF_ID} "  # noqa: S608
            "AND rules != '' GROUP BY category, rules"
        )
        for category, rules, count in self._db.rows(query, *_twice(ids)):
            yield category, json.loads(rules), count

    def warnings(self, ids: Ids = None) -> Iterator[tuple[int, list[str]]]:
        """Yield each written article that has warnings, and these."""
        query = (
            f"SELECT id, warnings FROM articles WHERE {_OF_ID} "  # noqa: S608
            "AND warnings != '' ORDER BY id"
        )
        for article_id, warnings in self._db.rows(query, *_twice(ids)):
            yield article_id, warnings.split("\n")

    def incomplete_ids(self, ids: Ids = None) -> list[int]:
        """Return the articles whose files leave much of the page's text out."""
        query = (
            f"SELECT id, characters, left_out FROM articles WHERE {_OF_ID} "  # noqa: S608
            "AND left_out > 0 ORDER BY id"
        )
        return [
            article_id
            for article_id, characters, left_out in self._db.rows(query, *_twice(ids))
            if Completeness(characters, left_out).is_incomplete
        ]

    def costliest_attempts(
        self, by: str, limit: int = 5, ids: Ids = None
    ) -> list[tuple[int, Capture, int, float]]:
        """Return the attempts with most `requests` or `seconds`: article, capture, both figures."""
        assert by in {"requests", "seconds"}, by
        query = (
            "SELECT article_id, timestamp, original, requests, seconds FROM attempts "  # noqa: S608
            f"WHERE {_OF_ARTICLE_ID} ORDER BY {by} DESC, article_id LIMIT ?"
        )
        return [
            (article_id, Capture(timestamp, original), requests, seconds)
            for article_id, timestamp, original, requests, seconds in self._db.rows(
                query, *_twice(ids), limit
            )
        ]

    def count_requests(self, ids: Ids = None) -> int:
        """Return how many requests all attempts have taken, those without an answer included."""
        query = f"SELECT coalesce(sum(requests), 0) FROM attempts WHERE {_OF_ARTICLE_ID}"  # noqa: S608
        return int(next(self._db.rows(query, *_twice(ids)))[0])


def _twice(ids: Ids) -> tuple[str | None, str | None]:
    """The two values that `_OF_ARTICLE` takes."""
    text = None if ids is None else json.dumps(sorted(ids))
    return text, text
