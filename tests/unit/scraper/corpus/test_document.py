"""An article file taken apart: pieces that lose nothing, and the values in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.article_files import (
    FIGURE,
    NEWER,
    PROMO,
    TEXT,
    article_file,
    author_box,
    complete_file,
    complete_segments,
    standard_promo,
)

from scraper.corpus.document import ArticleDocument, Field, Part

FILE = complete_file()


def test_the_pieces_are_the_fields() -> None:
    fields: list[tuple[Field, str]] = []
    for part, text in ArticleDocument.parse(FILE).pieces:
        if fields and fields[-1][0] is part.field:
            fields[-1] = part.field, fields[-1][1] + text
        else:
            fields.append((part.field, text))
    assert fields == complete_segments()


@given(st.text() | st.builds(lambda a, b: FILE[:a] + FILE[b:], *[st.integers(0, len(FILE))] * 2))
def test_nothing_of_any_text_is_lost(text: str) -> None:
    document = ArticleDocument.parse(text)
    assert "".join(piece for _, piece in document.pieces) == text
    assert document.has_front_matter or document.pieces == ((Part.OPENING, text),)


def test_a_quoted_value_is_what_stands_between_the_quotes() -> None:
    assert ArticleDocument.parse(FILE).quoted(Part.AUTHOR) == "顧晴川"
    assert ArticleDocument.parse("no front matter").quoted(Part.AUTHOR) == ""


def test_lines_of_other_keys_and_keys_that_come_again_are_unknown() -> None:
    document = ArticleDocument.parse('---\ntitle: "甲"\nlanguage: zh\ntitle: "乙"\n---\n')
    assert document.piece(Part.TITLE) == 'title: "甲"\n'
    assert document.piece(Part.UNKNOWN) == 'language: zh\ntitle: "乙"\n'


def test_front_matter_without_a_line_is_of_two_pieces() -> None:
    document = ArticleDocument.parse("---\n---\n")
    assert document.has_front_matter
    assert document.pieces == ((Part.OPENING, "---\n"), (Part.CLOSING, "---\n"))


def test_values_are_read_as_yaml() -> None:
    document = ArticleDocument.parse('---\ntitle: "半\\u5c71"\ndate: 2021-04-24\ntags: [甲]\n---\n')
    assert document.values == {"title": "半山", "date": "2021-04-24"}
    assert document.yaml_error == ""


def test_values_of_invalid_yaml_are_read_line_by_line() -> None:
    document = ArticleDocument.parse('---\ntitle: "山\x08\\"頂\\""\nauthor: "乙"\n---\n')
    assert document.values == {"title": '山\x08"頂"', "author": "乙"}
    assert document.yaml_error.startswith("invalid YAML")


BOX = author_box()


@pytest.mark.parametrize(
    ("text", "content", "bio"),
    [
        pytest.param(article_file(TEXT), TEXT, "", id="text-alone"),
        pytest.param(article_file(TEXT, FIGURE, PROMO), f"{TEXT}\n\n{FIGURE}", "", id="promo"),
        pytest.param(article_file(TEXT, BOX), TEXT, "修鐘、養貓。", id="box"),
        pytest.param(article_file(TEXT, PROMO, BOX), TEXT, "修鐘、養貓。", id="promo-and-box"),
        pytest.param(article_file(TEXT, author_box("")), TEXT, "", id="no-bio"),
        pytest.param(article_file(TEXT, BOX)[:-8], TEXT, "", id="cut-behind-the-label"),
        pytest.param(article_file("> 引\n", PROMO), "> 引", "", id="block-with-its-own-newline"),
        pytest.param(article_file(TEXT, PROMO.replace("\n---\n", "---")), TEXT, "", id="bare-rule"),
        pytest.param(article_file(PROMO), "", "", id="nothing"),
        pytest.param(article_file(TEXT, title=""), TEXT, "", id="empty-headline"),
        pytest.param(
            article_file(TEXT).replace("\n\n# ", "\n\n\n\n# "), TEXT, "", id="blank-lines-before"
        ),
        pytest.param(
            article_file(PROMO, TEXT, PROMO),
            f"{PROMO[1:]}\n\n{TEXT}".strip("\n"),
            "",
            id="promo-quoted-before",
        ),
        pytest.param(
            article_file("---", "![另一人](https://x/a.png)", "**另一人**"),
            "---\n\n![另一人](https://x/a.png)\n\n**另一人**",
            "",
            id="no-label-no-box",
        ),
    ],
)
def test_the_content_stands_between_headline_and_tail(text: str, content: str, bio: str) -> None:
    document = ArticleDocument.parse(text)
    assert (document.content, document.bio) == (content, bio)
    assert document.text + bio == document.piece(Part.HEADLINE) + document.below_headline


def test_a_text_without_front_matter_has_nothing_else() -> None:
    for text in ("", TEXT, f'---\ntitle: "甲"\n\n{TEXT}\n', "\ufeff" + FILE):
        document = ArticleDocument.parse(text)
        assert not document.has_front_matter
        assert (document.content, document.text, document.bio, document.values) == ("", "", "", {})


def test_the_promo_is_taken_with_its_rule() -> None:
    assert ArticleDocument.parse(FILE).piece(Part.PROMO) == standard_promo(NEWER)
