"""How a text changed, word by word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.browse import changes as module
from scraper.browse.changes import ChangeKind, changes

_TEXTS = st.text("船長說霧散了ab \n。", max_size=30)


def side(old: str, new: str, dropped: ChangeKind) -> str:
    return "".join(piece.text for piece in changes(old, new) if piece.kind is not dropped)


@given(_TEXTS, _TEXTS)
def test_both_texts_can_be_read_off(old: str, new: str) -> None:
    assert side(old, new, ChangeKind.ADDED) == old
    assert side(old, new, ChangeKind.REMOVED) == new


def test_words_are_compared_not_letters() -> None:
    pieces = [
        (piece.kind.value, piece.text) for piece in changes("船 ferry 三隻", "船 ferries 四隻")
    ]
    assert pieces == [
        ("same", "船 "),
        ("removed", "ferry"),
        ("added", "ferries"),
        ("same", " "),
        ("removed", "三"),
        ("added", "四"),
        ("same", "隻"),
    ]


def test_a_new_paragraph_is_not_spread_over_the_one_before_it() -> None:
    pieces = [(piece.kind.value, piece.text) for piece in changes("甲乙。", "甲乙。\n\n丙丁。")]
    assert pieces == [("same", "甲乙。"), ("added", "\n\n丙丁。")]


def test_very_long_paragraphs_are_not_compared_by_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MAX_WORDS", 3)
    pieces = [
        (piece.kind.value, piece.text) for piece in changes("甲乙\n丙丁戊己", "甲乙\n丙丁戊庚")
    ]
    assert pieces == [("same", "甲乙\n"), ("removed", "丙丁戊己"), ("added", "丙丁戊庚")]
