"""Which files of an archive are articles: told from pages saved in error, and from empty ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.article_files import (
    FAREWELL,
    FIGURE,
    OUTAGE,
    PROMO,
    TEXT,
    article_file,
    author_box,
    other_page_file,
    write_article,
)

from scraper.corpus.completeness import held_ids, is_article
from scraper.errors import UsageError

CROWDFUNDING = "\n---\n\n\n**眾新聞眾籌呼籲：**\n\n請出一分力。\n\n1. 認捐\n\n註：寄收據。"
VIDEO = '\n{{< video src="https://x/embed/1" >}}\n'


# --- one file -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(article_file(TEXT), id="text"),
        pytest.param(article_file(TEXT, PROMO, author_box()), id="text-and-tail"),
        pytest.param(article_file(FIGURE), id="picture"),
        pytest.param(article_file(FIGURE, PROMO), id="picture-and-promo"),
        pytest.param(article_file(VIDEO, author_box()), id="video-and-box"),
        pytest.param(article_file("![繩](https://x/1.jpg)"), id="picture-in-text"),
        pytest.param(article_file("---", TEXT), id="text-behind-a-rule"),
        pytest.param(article_file("---", TEXT, author_box()), id="text-between-rule-and-box"),
        pytest.param(
            article_file("---", "![另一人](https://x/a.png)", "**字**"), id="bold-is-no-box"
        ),
        pytest.param(article_file("# 井號開頭"), id="text-that-begins-like-a-title"),
        pytest.param(article_file("半山的笑話"), id="text-that-is-the-title"),
        pytest.param(article_file("5"), id="one-digit"),
        pytest.param(article_file(TEXT, title=""), id="no-title"),
        pytest.param(article_file(TEXT, author="", date=""), id="neither-author-nor-date"),
        pytest.param(
            article_file(TEXT, title="眾新聞告別\u3000\u3000感謝讀者"), id="like-the-farewell"
        ),
        pytest.param(article_file(TEXT, title=OUTAGE, date=""), id="like-the-outage"),
        pytest.param(article_file(TEXT, title=FAREWELL, author=""), id="like-it-with-a-date-alone"),
        pytest.param(article_file(TEXT, title="末班\x08船"), id="invalid-YAML"),
        pytest.param(
            article_file(TEXT, title="告別\x08", author="", date=""),
            id="invalid-YAML-with-a-farewell",
        ),
        pytest.param("\ufeff" + article_file(TEXT), id="BOM"),
        pytest.param(article_file(TEXT, PROMO, author_box()).replace("\n", "\r\n"), id="CRLF"),
    ],
)
def test_an_article_is_one(text: str) -> None:
    assert is_article(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("\n\n", id="blank"),
        pytest.param(TEXT, id="no-front-matter"),
        pytest.param(f'---\ntitle: "末班船"\n\n{TEXT}\n', id="front-matter-without-end"),
        pytest.param(f"# 末班船\n\n---\n\n{TEXT}\n", id="front-matter-not-at-the-head"),
        pytest.param('---\ntitle: "末班船"\n---', id="front-matter-alone"),
        pytest.param(other_page_file(""), id="no-headline"),
        pytest.param(other_page_file(FAREWELL), id="farewell"),
        pytest.param(
            article_file("後會有期。", title=FAREWELL, author="", date=""), id="farewell-in-words"
        ),
        pytest.param(other_page_file(OUTAGE), id="outage"),
        pytest.param(
            article_file("Back soon.", title=OUTAGE, author="", date=""),
            id="outage-in-words",
        ),
        pytest.param(article_file(""), id="title"),
        pytest.param(article_file("", title=""), id="empty-title"),
        pytest.param(article_file(PROMO), id="promo"),
        pytest.param(article_file(CROWDFUNDING), id="crowdfunding"),
        pytest.param(article_file(author_box()), id="box"),
        pytest.param(article_file(author_box("")), id="box-without-bio"),
        pytest.param(article_file(PROMO, author_box()), id="promo-and-box"),
        pytest.param(article_file(CROWDFUNDING, author_box("")), id="crowdfunding-and-box"),
        pytest.param(
            article_file(PROMO, author_box()).replace("\n", "\r\n"), id="promo-and-box-CRLF"
        ),
        pytest.param(article_file("****", "### ", "  \n", "\u200b\xa0"), id="signs-without-text"),
        pytest.param(article_file("---"), id="rule"),
    ],
)
def test_what_holds_nothing_is_no_article(text: str) -> None:
    assert not is_article(text)


# --- folders --------------------------------------------------------------------------------


def test_the_ids_of_articles_are_found_at_any_depth(tmp_path: Path) -> None:
    write_article(tmp_path, 7, article_file(TEXT))
    write_article(tmp_path / "deeper" / "still", 1001, article_file(FIGURE))
    (tmp_path / "article_3.md").write_text(article_file(VIDEO), encoding="utf-8")
    assert held_ids(tmp_path) == {3, 7, 1001}


def test_files_that_hold_no_article_do_not_count(tmp_path: Path) -> None:
    write_article(tmp_path, 2, other_page_file(FAREWELL))
    write_article(tmp_path, 3, "")
    assert held_ids(tmp_path) == set()


def test_one_broken_byte_spoils_no_article(tmp_path: Path) -> None:
    write_article(tmp_path, 1, article_file(TEXT).encode() + b"\xe7\x9c\n")
    assert held_ids(tmp_path) == {1}


def test_a_file_that_can_not_be_read_is_wrong_usage(tmp_path: Path) -> None:
    write_article(tmp_path, 1, article_file(TEXT))
    (tmp_path / "article_2.md").symlink_to(tmp_path / "gone")
    with pytest.raises(UsageError, match=r"article_2\.md can't be read"):
        held_ids(tmp_path)
