"""The pages of Datasette behind the reading room: what they may do, and how they search."""

from __future__ import annotations

import sqlite3
from typing import Any
from urllib.parse import parse_qsl, urlencode

from scraper.browse.safety import App, Receive, Scope, Send
from scraper.export.search_text import match_of, phrase, terms

DATABASE = "archive"  # in addresses, whatever the file is called
# Of one value: a page has 20 MB at most, and a query must not take all memory.
_MAX_BYTES = 20_000_000
_QUERY = """
SELECT articles.id, articles.title, date FROM articles JOIN search ON search.rowid = articles.id
WHERE search MATCH phrase(:words) ORDER BY date DESC
"""
METADATA = {
    "title": "眾新聞 Citizen News",
    "databases": {
        DATABASE: {
            "tables": {"article_list": {"sort_desc": "date"}},
            "queries": {"search_articles": {"sql": _QUERY, "title": "Search for words"}},
        }
    },
}


def settings(*, is_public: bool) -> dict[str, object]:
    """Return the settings of Datasette; the public gets no SQL of its own and no whole file."""
    return {
        "default_cache_ttl": 0,
        "default_page_size": 30,
        "suggest_facets": False,
        "allow_download": not is_public,
        "default_allow_sql": not is_public,
    }


def prepare(connection: sqlite3.Connection) -> None:
    """Bound what a query may take, and teach it how to search."""
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MAX_BYTES)
    connection.create_function("phrase", 1, phrase, deterministic=True)


def searching_rightly(app: App) -> App:
    """Return an application in which the search box of the table finds Chinese words.

    Datasette would ask for each character by itself.
    """

    async def search(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if path.startswith(f"/{DATABASE}/articles") and b"_search=" in scope["query_string"]:
            scope = scope | {"query_string": _rewritten(scope["query_string"])}
        await app(scope, receive, send)

    return search


def _rewritten(query: bytes) -> bytes:
    pairs: list[tuple[str, str]] = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    named: dict[str, Any] = dict(pairs)
    wanted = terms(named.get("_search", ""))
    if "_searchmode" in named or not wanted:
        return query
    kept = [(name, value) for name, value in pairs if name != "_search"]
    return urlencode([*kept, ("_search", match_of(wanted)), ("_searchmode", "raw")]).encode()
