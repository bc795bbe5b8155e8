"""The pages of Datasette behind the reading room: what they may do, and how they search."""

from __future__ import annotations

import sqlite3
from typing import Any
from urllib.parse import parse_qsl, urlencode

from markupsafe import Markup

from scraper.browse.safety import App, Receive, Scope, Send
from scraper.export.search_text import match_of, phrase, terms

DATABASE = "archive"  # in addresses, whatever the file is called
# Of one value: a page has 20 MB at most, and a query must not take all memory.
_MAX_BYTES = 20_000_000
_QUERIES = {
    "search_articles": {
        "title": "搜尋字詞 Search for words",
        "sql": """
SELECT articles.id, articles.title, date FROM articles JOIN search ON search.rowid = articles.id
WHERE search MATCH phrase(:words) ORDER BY date DESC
""",
    },
    "articles_of_author": {
        "title": "一位作者的文章 Articles of an author",
        "sql": """
SELECT id, title, date, category FROM article_list
WHERE authors LIKE '%' || :author || '%' ORDER BY date DESC
""",
    },
    "articles_of_month": {
        "title": "一個月的文章 Articles of a month, such as 2021-06",
        "sql": """
SELECT id, title, date, category, authors FROM article_list
WHERE date LIKE :month || '-%' ORDER BY date
""",
    },
}
_TABLES = {
    "article_list": "每篇文章一行：標題、日期、欄目、作者、標籤。 A row an article, to begin with.",
    "articles": "文章全文。 The articles with their full text and Markdown.",
    "figures": "圖片及說明。 Figures with their captions.",
    "videos": "影片。 Videos.",
    "links": "文章內的連結。 Links in articles, and the articles they lead to.",
    "captures": "試過的存檔及結果。 Captures that were tried, and what came of each.",
    "outcomes": "每篇文章的結果。 What became of each article.",
    "missing": "缺少的文章及原因。 Articles that are missing, and why.",
}
METADATA = {
    "title": "眾新聞 Citizen News",
    "databases": {
        DATABASE: {
            "description": "閱覽室背後的數據 The data behind the reading room",
            "tables": {
                **{name: {"description": text} for name, text in _TABLES.items()},
                "article_list": {"description": _TABLES["article_list"], "sort_desc": "date"},
            },
            "queries": _QUERIES,
        }
    },
}
# Where `id` is that of an article: queries have no table.
_OF_ARTICLES = frozenset({"articles", "article_list", None})
_IDS = frozenset({"article_id", "article_number", "to_article_id"})


def linked(value: object, column: str, table: str | None) -> Markup | None:
    """Return the id of an article as a link to it, `None` for any other value."""
    is_id = column in _IDS or (column == "id" and table in _OF_ARTICLES)
    if not is_id or not isinstance(value, int):
        return None
    return Markup('<a href="/article/{0}">{0}</a>').format(value)


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
