"""Searching: what is found is what is marked, whatever is asked for."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.browse.search import excerpt, marked
from scraper.export.search_text import match_of, pattern, spaced, terms

_TEXTS = st.text("香港渡輪ab1 -_，。「」\n", max_size=20)


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("香港 渡輪", ["香港", "渡輪"]),
        ('"New York" 港', ["New York", "港"]),
        ('"never closed', ["never closed"]),
        ("， 港 -- _", ["港"]),
        ('a"b c"d', ["a", "b c", "d"]),
        ("", []),
    ],
)
def test_a_query_is_words_and_phrases(query: str, wanted: list[str]) -> None:
    assert terms(query) == wanted


@given(_TEXTS, _TEXTS)
def test_a_hit_is_marked_where_and_only_where_it_is_found(text: str, query: str) -> None:
    wanted = terms(query)[:1]
    if not wanted:
        return
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute(
            "CREATE VIRTUAL TABLE search USING fts5 "
            "(text, tokenize=\"unicode61 remove_diacritics 0 tokenchars '¦'\")"
        )
        db.execute("INSERT INTO search VALUES (?)", (spaced(text),))
        query = "SELECT count(*) FROM search WHERE search MATCH ?"
        (found,) = db.execute(query, (match_of(wanted),)).fetchone()
    assert bool(pattern(wanted).search(text)) == bool(found)


def test_the_longest_of_several_words_is_marked() -> None:
    words = pattern(["香", "香港"])
    assert marked("<香港&香>", words) == "&lt;<mark>香港</mark>&amp;<mark>香</mark>&gt;"


def test_words_of_letters_are_marked_whole() -> None:
    assert pattern(["ferry"]).findall("Ferry ferryman 渡輪ferry") == ["Ferry", "ferry"]


def test_an_excerpt_is_round_the_first_hit() -> None:
    text = f"{'霧' * 100}\n渡輪{'開' * 200}"
    shown = excerpt(text, pattern(["渡輪"]))
    assert shown.startswith("…霧")
    assert "霧 渡輪開" in shown
    assert shown.endswith("開…")
    assert excerpt("短", pattern(["無"])) == "短"
