"""What the ledger tells of all captures and articles, for the report of a crawl."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager

from scraper.crawl.database import Database
from scraper.crawl.outcomes import CaptureSource
from scraper.models import AttemptResult

# Each capture of a source that the sources before it do not list. The order is that of the key,
# so that two million rows need no memory.
_LISTED = """
SELECT DISTINCT source, article_id, timestamp, address_id FROM cdx_rows AS one
WHERE source = ? AND NOT EXISTS (
    SELECT 1 FROM cdx_rows AS other
    WHERE other.source IN (SELECT value FROM json_each(?)) AND other.article_id = one.article_id
    AND other.timestamp = one.timestamp AND other.address_id = one.address_id
)
"""
# Whether the capture of an attempt is listed.
_IS_LISTED = """
EXISTS (
    SELECT 1 FROM cdx_rows JOIN addresses ON addresses.id = address_id
    WHERE source IN ('index', 'list', 'asked') AND cdx_rows.article_id = attempts.article_id
    AND cdx_rows.timestamp = CAST(attempts.timestamp AS INTEGER)
    AND addresses.original = attempts.original
)
"""


class Overview:
    """Queries over the whole ledger."""

    _db: Database

    def snapshot(self) -> AbstractContextManager[None]:
        """Return a block whose queries all see the same state, also while a crawl goes on."""
        return self._db.snapshot()

    def listed_captures(self) -> Counter[int]:
        """Return how many captures are listed, by the year in which they were taken."""
        query = f"SELECT timestamp / 10000000000 AS year, count(*) FROM ({_LISTED}) GROUP BY year"  # noqa: S608
        years: Counter[int] = Counter()
        for source, earlier in _sources():
            years.update(dict(self._db.rows(query, source, earlier)))
        return years

    def attempted_captures(self) -> Counter[tuple[int, AttemptResult, bool]]:
        """Return how many captures were asked for: by year, result, and whether each is listed."""
        query = (
            f"SELECT CAST(substr(timestamp, 1, 4) AS INTEGER) AS year, result, {_IS_LISTED} AS "  # noqa: S608
            "listed, count(*) FROM attempts GROUP BY year, result, listed"
        )
        return Counter(
            {
                (year, AttemptResult(result), bool(is_listed)): count
                for year, result, is_listed, count in self._db.rows(query)
            }
        )

    def count_addresses(self) -> Counter[int]:
        """Return how many articles have captures of so many different addresses."""
        query = (
            "SELECT addresses, count(*) FROM (SELECT count(DISTINCT address_id) AS addresses "
            "FROM cdx_rows GROUP BY article_id) GROUP BY addresses"
        )
        return Counter(dict(self._db.rows(query)))

    def many_addresses(self, limit: int) -> list[tuple[int, int]]:
        """Return the articles with most addresses, and how many each has; only several count."""
        query = (
            "SELECT article_id, count(DISTINCT address_id) AS addresses FROM cdx_rows "
            "GROUP BY article_id HAVING addresses > 1 ORDER BY addresses DESC, article_id LIMIT ?"
        )
        return list(self._db.rows(query, limit))

    def addresses(self, article_id: int) -> list[tuple[str, int]]:
        """Return the captured addresses of an article with their captures, most captures first."""
        query = (
            "SELECT original, count(DISTINCT timestamp) AS captures "
            "FROM cdx_rows JOIN addresses ON addresses.id = address_id "
            "WHERE source IN ('index', 'list', 'asked') AND article_id = ? "
            "GROUP BY original ORDER BY captures DESC, original"
        )
        return list(self._db.rows(query, article_id))

    def readings(self) -> Iterator[tuple[int, str, dict[str, str]]]:
        """Yield each written article with its category and the rule that found each field.

        The articles that a version before 3 has written are left out: it kept no rules.
        """
        known: dict[str, dict[str, str]] = {}
        query = "SELECT id, category, rules FROM articles WHERE status = 'written' AND rules != ''"
        for article_id, category, text in self._db.rows(query):
            if text not in known:
                known[text] = json.loads(text)
            yield article_id, category, known[text]


def _sources() -> Iterable[tuple[str, str]]:
    """Each source, with those before it as JSON."""
    sources = [source.value for source in CaptureSource]
    return [(source, json.dumps(sources[:place])) for place, source in enumerate(sources)]
