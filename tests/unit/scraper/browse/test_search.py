"""Searching: what is found is what is marked, whatever is asked for."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.browse.search import excerpt, marked
from scraper.export.search_text import Term, match_of, pattern, spaced, terms

_LETTERS = "香港渡輪ab1 -_，。「」\n"
_TEXTS = st.text(_LETTERS, max_size=20)


def words(*texts: str) -> list[Term]:
    return [Term(text) for text in texts]


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("香港 渡輪", words("香港", "渡輪")),
        ('"New York" 港', words("New York", "港")),
        ('"never closed', [Term("never closed", is_begun=True)]),
        ("， 港 -- _", words("港")),
        ('a"b c"d', [Term("a"), Term("b c"), Term("d", is_begun=True)]),
        ("「香港」 #渡輪。", words("香港", "渡輪")),
        ("港 ferr", [Term("港"), Term("ferr", is_begun=True)]),
        ("ferr ", words("ferr")),
        ('"ferr"', words("ferr")),
        ("", []),
    ],
)
def test_a_query_is_words_and_phrases(query: str, wanted: list[Term]) -> None:
    assert terms(query) == wanted


def is_found(text: str, wanted: list[Term]) -> bool:
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute(
            "CREATE VIRTUAL TABLE search USING fts5 "
            "(text, tokenize=\"unicode61 remove_diacritics 0 tokenchars '¦'\")"
        )
        db.execute("INSERT INTO search VALUES (?)", (spaced(text),))
        query = "SELECT count(*) FROM search WHERE search MATCH ?"
        (found,) = db.execute(query, (match_of(wanted),)).fetchone()
    return bool(found)


@given(_TEXTS, _TEXTS)
def test_a_hit_is_marked_where_and_only_where_it_is_found(text: str, query: str) -> None:
    if wanted := terms(query)[:1]:
        assert bool(pattern(wanted).search(text)) == is_found(text, wanted)


@pytest.mark.parametrize("query", ["香港", "「香港」", "#香港", "香港。", "（香港）"])
def test_punctuation_round_a_word_asks_for_nothing(query: str) -> None:
    for text in ("在香港人", "在「香港」", "香港"):
        assert is_found(text, terms(query))


def test_the_longest_of_several_words_is_marked() -> None:
    found = pattern(words("香", "香港"))
    assert marked("<香港&香>", found) == "&lt;<mark>香港</mark>&amp;<mark>香</mark>&gt;"


def test_words_of_letters_are_marked_whole_unless_they_are_only_begun() -> None:
    text = "Ferry ferryman 渡輪ferry"
    assert pattern(words("ferry")).findall(text) == ["Ferry", "ferry"]
    assert pattern([Term("ferry", is_begun=True)]).findall(text) == ["Ferry", "ferry", "ferry"]
    assert is_found("ferryman", [Term("ferry", is_begun=True)])
    assert not is_found("ferryman", words("ferry"))


def test_an_excerpt_is_round_the_first_hit() -> None:
    text = f"{'霧' * 100}\n渡輪{'開' * 200}"
    shown = excerpt(text, pattern(words("渡輪")))
    assert shown.startswith("…霧")
    assert "霧 渡輪開" in shown
    assert shown.endswith("開…")
    assert excerpt("短", pattern(words("無"))) == "短"
