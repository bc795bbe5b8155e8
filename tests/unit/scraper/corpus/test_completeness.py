"""Which files of an archive are articles: told from pages saved in error, and from empty ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.shared_files import need

from scraper.corpus.completeness import held_ids, is_article
from scraper.errors import UsageError

FAREWELL = "眾新聞告別 \xa0 \xa0感謝讀者"
TEXT = "渡輪泊岸，甲板上只剩一把傘。"
PROMO = "\n---\n\n\n請加入成為眾新聞的月費訂戶，多謝。\n\n月費訂戶 [網址](/web/20210712/https://x/aboutus)"
CROWDFUNDING = "\n---\n\n\n**眾新聞眾籌呼籲：**\n\n請出一分力。\n\n1. 認捐\n\n註：寄收據。"
BOX = "---\n\n![博客 | 顧晴川](https://x/a.png?1)\n\n**博客 | 顧晴川**\n\n拍照。\n等船。"
BOX_WITHOUT_BIO = "---\n\n![Blogger | K (HK)](https://x/a.png)\n\n**Blogger | K (HK)**\n\n"
FIGURE = '<figure>\n<img src="https://x/碼頭.jpg" alt="">\n</figure>'
VIDEO = '\n{{< video src="https://x/embed/1" >}}\n'


def text_of(
    *blocks: str, title: str = "末班船", author: str = "顧晴川", date: str = "2021-04-24"
) -> str:
    front = f'---\ntitle: "{title}"\ndate: "{date}"\nauthor: "{author}"\n---\n\n'
    return front + "\n\n".join([f"# {title}", *blocks]) + "\n"


def saved_in_error(title: str, body: str = "") -> str:
    return f'---\ntitle: "{title}"\ndate: ""\nauthor: ""\n---\n\n{body}\n'


def put(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())


# --- one file -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(text_of(TEXT), id="text"),
        pytest.param(text_of(TEXT, PROMO, BOX), id="text-and-tail"),
        pytest.param(text_of(FIGURE), id="picture"),
        pytest.param(text_of(FIGURE, PROMO), id="picture-and-promo"),
        pytest.param(text_of(VIDEO, BOX), id="video-and-box"),
        pytest.param(text_of("![繩](https://x/1.jpg)"), id="picture-in-text"),
        pytest.param(text_of("---", TEXT), id="text-behind-a-rule"),
        pytest.param(text_of("---", TEXT, BOX), id="text-between-rule-and-box"),
        pytest.param(text_of("---", "![另一人](https://x/a.png)", "**字**"), id="bold-is-no-box"),
        pytest.param(text_of("# 井號開頭"), id="text-that-begins-like-a-title"),
        pytest.param(text_of("末班船"), id="text-that-is-the-title"),
        pytest.param(text_of("5"), id="one-digit"),
        pytest.param(text_of(TEXT, title=""), id="no-title"),
        pytest.param(text_of(TEXT, author="", date=""), id="neither-author-nor-date"),
        pytest.param(text_of(TEXT, title="眾新聞告別\u3000\u3000感謝讀者"), id="like-the-farewell"),
        pytest.param(text_of(TEXT, title="Temporarily Offline", date=""), id="like-the-outage"),
        pytest.param(text_of(TEXT, title=FAREWELL, author=""), id="like-it-with-a-date-alone"),
        pytest.param(text_of(TEXT, title="末班\x08船"), id="invalid-YAML"),
        pytest.param(saved_in_error("告別\x08", TEXT), id="invalid-YAML-with-a-farewell"),
        pytest.param("\ufeff" + text_of(TEXT), id="BOM"),
        pytest.param(text_of(TEXT, PROMO, BOX).replace("\n", "\r\n"), id="CRLF"),
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
        pytest.param(saved_in_error(""), id="no-headline"),
        pytest.param(saved_in_error(FAREWELL), id="farewell"),
        pytest.param(
            saved_in_error(FAREWELL, f"# {FAREWELL}\n\n後會有期。"), id="farewell-in-words"
        ),
        pytest.param(saved_in_error("Temporarily Offline"), id="outage"),
        pytest.param(
            saved_in_error("Temporarily Offline", "# Temporarily Offline\n\nBack soon."),
            id="outage-in-words",
        ),
        pytest.param(text_of(), id="title"),
        pytest.param(text_of(title=""), id="empty-title"),
        pytest.param(text_of(PROMO), id="promo"),
        pytest.param(text_of(CROWDFUNDING), id="crowdfunding"),
        pytest.param(text_of(BOX), id="box"),
        pytest.param(text_of(BOX_WITHOUT_BIO), id="box-without-bio"),
        pytest.param(text_of(PROMO, BOX), id="promo-and-box"),
        pytest.param(text_of(CROWDFUNDING, BOX_WITHOUT_BIO), id="crowdfunding-and-box"),
        pytest.param(text_of(PROMO, BOX).replace("\n", "\r\n"), id="promo-and-box-CRLF"),
        pytest.param(text_of("****", "### ", "  \n", "\u200b\xa0"), id="signs-without-text"),
        pytest.param(text_of("---"), id="rule"),
    ],
)
def test_what_holds_nothing_is_no_article(text: str) -> None:
    assert not is_article(text)


# --- folders --------------------------------------------------------------------------------


def test_articles_are_found_at_any_depth(tmp_path: Path) -> None:
    put(tmp_path, "articles/1-1000/article_7.md", text_of(TEXT))
    put(tmp_path, "articles/1001-2000/article_1001.md", text_of(FIGURE))
    put(tmp_path, "article_3.md", text_of(VIDEO))
    assert held_ids(tmp_path) == {3, 7, 1001}


def test_files_that_are_no_article_do_not_count(tmp_path: Path) -> None:
    put(tmp_path, "article_1.md", text_of(TEXT))
    put(tmp_path, "article_2.md", saved_in_error(FAREWELL))
    put(tmp_path, "article_3.md", "")
    assert held_ids(tmp_path) == {1}


def test_an_archive_without_any_real_article_holds_none(tmp_path: Path) -> None:
    put(tmp_path, "article_2.md", saved_in_error(""))
    assert held_ids(tmp_path) == set()


@pytest.mark.parametrize(
    "name", ["README.md", "article_2.md.part", "article_.md", "article_2b.md", "Article_2.txt"]
)
def test_other_files_do_not_count(tmp_path: Path, name: str) -> None:
    put(tmp_path, "article_1.md", text_of(TEXT))
    put(tmp_path, name, text_of(TEXT))
    assert held_ids(tmp_path) == {1}


def test_one_broken_byte_spoils_no_article(tmp_path: Path) -> None:
    (tmp_path / "article_1.md").write_bytes(text_of(TEXT).encode() + b"\xe7\x9c\n")
    assert held_ids(tmp_path) == {1}


def test_a_folder_without_articles_is_wrong_usage(tmp_path: Path) -> None:
    put(tmp_path, "README.md", text_of(TEXT))
    with pytest.raises(UsageError, match=r"no article .* below"):
        held_ids(tmp_path)


@pytest.mark.parametrize("name", ["gone", "article_1.md"])
def test_what_is_no_folder_is_wrong_usage(tmp_path: Path, name: str) -> None:
    put(tmp_path, "article_1.md", text_of(TEXT))
    with pytest.raises(UsageError, match=name):
        held_ids(tmp_path / name)


def test_a_file_that_can_not_be_read_is_wrong_usage(tmp_path: Path) -> None:
    put(tmp_path, "article_1.md", text_of(TEXT))
    (tmp_path / "article_2.md").symlink_to(tmp_path / "gone")
    with pytest.raises(UsageError, match=r"article_2\.md can't be read"):
        held_ids(tmp_path)


def test_the_sample_of_the_reference_archive_agrees_with_its_list_of_defects() -> None:
    lines = need("oracle", "defects.tsv").read_text(encoding="utf-8").splitlines()[1:]
    defects = [line.split("\t") for line in lines]
    empty = {
        int(number)
        for number, defect, *_ in defects
        if defect in {"farewell", "outage", "no_h1", "no_content"}
    }
    folder = need("reference", "articles")
    there = {int(path.stem.removeprefix("article_")) for path in folder.rglob("*.md")}
    assert there & empty
    assert held_ids(folder) == there - empty
