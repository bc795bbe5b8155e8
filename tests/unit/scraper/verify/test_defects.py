"""Every defect of one file, with a near miss."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.article_files import (
    ARCHIVE,
    FAREWELL,
    FIGURE,
    HIDDEN_MAIL,
    OTHER_TIMESTAMP,
    OUTAGE,
    PROMO,
    SITE,
    TEXT,
    TIMESTAMP,
    article_file,
    author_box,
    other_page_file,
)

from scraper.verify.defects import NO_ARTICLE, Defect, examine

ROOT = Path(__file__).parents[4]
FIXTURES = ROOT / "fixtures" / "articles"
OF_ARCHIVES = {
    *(Defect.ALIAS, Defect.GAP, Defect.BAD_NAME, Defect.ID_TWICE),
    Defect.TEXT_LEFT_OUT,  # the ledger of a crawl tells
}

CLEAN = article_file(TEXT, FIGURE, PROMO, author_box())
MOJIBAKE = f"{TEXT}再講一個。".encode().decode("ptcp154")
ITEM = "第一站等了二十分鐘，大家都不作聲"


def defects(text: str | bytes, article_id: int = 7) -> set[str]:
    data = text if isinstance(text, bytes) else text.encode()
    return {defect.value for defect in examine(data, article_id).defects}


def test_a_good_file_has_no_defect() -> None:
    assert defects(CLEAN) == set()


DEFECTIVE: list[tuple[str, str | bytes]] = [
    ("farewell", other_page_file(FAREWELL)),
    ("outage", other_page_file(OUTAGE)),
    ("no_h1", other_page_file("")),
    ("no_h1", article_file(TEXT, title="")),
    ("no_content", article_file(PROMO, author_box())),
    ("no_content", article_file(PROMO, title=FAREWELL)),
    ("no_content", other_page_file("另一頁")),
    ("no_date", article_file(TEXT, date="")),
    ("no_author", article_file(TEXT, author="")),
    ("no_category", article_file(TEXT, category="")),
    ("no_category", CLEAN.replace('"眾說"', '""')),
    ("no_tags", article_file(TEXT, tags=())),
    ("no_tags", article_file(TEXT, tags=("",))),
    ("no_tags", CLEAN.replace('tags:\n  - "半山"\n  - "纜車"\n', "tags: []\n")),
    ("other_capture", article_file(TEXT, FIGURE.replace(TIMESTAMP, OTHER_TIMESTAMP))),
    ("other_capture", article_file(TEXT, PROMO.replace(TIMESTAMP, OTHER_TIMESTAMP))),
    ("other_capture", article_file(f"見 [圖]({ARCHIVE}/{OTHER_TIMESTAMP}/https://x.example/) 。")),
    ("original_url_cut", article_file(TEXT, original_url=f"{SITE}/article/7/")),
    ("original_url_cut", article_file(TEXT, original_url="")),
    ("slug_fffd", article_file(TEXT, slug="%EF%BF%BD%EF%BF%BD-7/0")),
    ("slug_double_encoded", article_file(TEXT, slug="%25E8%25B7%25AF-7/0")),
    ("url_is_image", article_file(TEXT, slug="a/images/HKCNEWS-text-white.svg")),
    ("yaml_invalid", article_file(TEXT, title='半山的"笑話')),
    ("yaml_invalid", article_file(TEXT).replace('date: "', 'date: \t"\\q')),
    ("crlf", CLEAN.replace("\n", "\r\n")),
    ("email_hidden_bio", article_file(TEXT, author_box(f"來信{HIDDEN_MAIL}。"))),
    ("email_hidden_text", article_file(f"來信 {HIDDEN_MAIL} 。", author_box())),
    ("email_hidden_text", article_file(f"<figcaption>攝：{HIDDEN_MAIL}</figcaption>")),
    (
        "email_hidden_text",
        article_file(f"[寫信]({ARCHIVE}/{TIMESTAMP}/{SITE}/cdn-cgi/l/email-protection#5c2f)"),
    ),
    ("link_relative_to_archive", article_file(f"見 [上篇](/web/{TIMESTAMP}/{SITE}/article/6) 。")),
    ("link_not_rewritten", article_file("見 [網站](paypal.example.org) 。")),
    ("link_not_rewritten", article_file("見 [網站](<iframe src=) 。")),
    ("link_broken", article_file(f"見 [甲]({ARCHIVE}/{TIMESTAMP}/http://x.hk/?a=1¬if_t=2) 。")),
    ("link_broken", article_file(TEXT, f'<img src="{ARCHIVE}/http://x.hk/?a=1§ion=2" alt="">')),
    ("empty_heading", article_file(TEXT, "### ", TEXT)),
    ("empty_heading", article_file(TEXT, "## ")),
    ("empty_heading", article_file(TEXT, "#### ****", PROMO)),
    ("empty_heading", article_file("####   \n", TEXT)),
    ("figure_no_src", article_file(TEXT, '<figure>\n<img src="" alt="">\n</figure>')),
    ("figure_no_src", article_file(TEXT, "![纜車]()")),
    ("text_twice", article_file(f"- {ITEM}", ITEM)),
    ("text_twice", article_file(f"1. {ITEM}", ITEM, "完。")),
    ("text_twice", article_file(f"> {ITEM}\n", f"> ## {ITEM}")),
    ("text_twice", article_file(f"### {ITEM}", ITEM)),
    ("text_twice", article_file("- 路線： 山頂 半山", "- 山頂", "- 半山")),
    ("text_twice", article_file(f"- 原因： {ITEM}， {ITEM}", f"- {ITEM}， {ITEM}")),
    ("text_twice", article_file("> 山頂   \n 半山 海旁\n", "> 1. 山頂   \n 半山", "> 1. 海旁")),
    ("text_twice", article_file(f"> {ITEM}\n", f"> - {ITEM}", title="")),
    ("text_fffd", article_file("山\ufffd的霧。")),
    ("text_fffd", article_file(TEXT).encode() + b"\xe7\x9c\n"),
    ("control_chars_text", article_file("山\x08頂")),
    ("control_chars_text", article_file(TEXT, author_box("貓\x10。"))),
    ("mojibake_ptcp154", article_file(MOJIBAKE)),
    ("wrong_id", article_file(TEXT, article_id=8)),
    ("unreadable", ""),
    ("unreadable", TEXT),
    ("unreadable", CLEAN.replace("url:", "address:")),
    ("unreadable", CLEAN.replace(f"{ARCHIVE}/{TIMESTAMP}/", "")),
    ("unreadable", CLEAN[: CLEAN.index("author")]),
]


@pytest.mark.parametrize(("defect", "text"), DEFECTIVE)
def test_a_defect_is_found(defect: str, text: str | bytes) -> None:
    assert defect in defects(text)


# Each with what it is instead.
NEAR_MISSES = [
    ("farewell", article_file(TEXT, title="眾新聞告別\u3000\u3000感謝讀者"), "text"),
    ("outage", article_file(TEXT, title="Temporarily Offline"), "text-again"),
    ("no_h1", other_page_file("另一頁"), "headline-alone"),
    ("no_content", article_file(FIGURE, PROMO, author_box()), "just-a-picture"),
    ("no_content", other_page_file(FAREWELL), "farewell-alone"),
    ("no_date", other_page_file(FAREWELL), "no-article-has-none"),
    ("no_author", other_page_file(""), "no-article-has-none-either"),
    ("no_category", other_page_file(""), "nor-a-category"),
    ("no_category", article_file(TEXT, tags=()), "no-tags"),
    ("no_tags", other_page_file(""), "nor-tags"),
    ("no_tags", article_file(TEXT, tags=("x",), category=""), "just-one"),
    (
        "other_capture",
        article_file(FIGURE, f"見 [舊頁]({ARCHIVE}/{OTHER_TIMESTAMP}/http://x.example/) 。"),
        "author-links-to-the-archive",
    ),
    ("other_capture", article_file(f"/web/{OTHER_TIMESTAMP}/ 是時間", TEXT), "timestamp-in-words"),
    ("original_url_cut", article_file(TEXT, slug=f"x%7Curl={ARCHIVE}/1/{SITE}"), "/web/-twice"),
    ("slug_fffd", article_file("山\ufffd的霧。"), "in-the-text-alone"),
    ("slug_double_encoded", article_file(TEXT, slug="50%25-off"), "percent"),
    ("slug_double_encoded", article_file(TEXT, slug="50%25add%25more"), "percent-hex"),
    ("url_is_image", article_file(TEXT, slug="why-logo.svg"), "slug-like-a-file"),
    ("yaml_invalid", article_file(TEXT, title='半山的\\"笑話'), "escaped-quote"),
    ("yaml_invalid", article_file(TEXT, title="半山的\\x08笑話"), "escaped-control"),
    ("crlf", CLEAN, "LF"),
    ("email_hidden_bio", article_file(f"來信 {HIDDEN_MAIL} 。", author_box()), "in-the-text"),
    ("email_hidden_text", article_file(TEXT, author_box(f"來信{HIDDEN_MAIL}。")), "in-the-bio"),
    ("email_hidden_text", article_file("[寫信](mailto:a@x.example) email protected"), "shown"),
    ("link_relative_to_archive", article_file(TEXT, PROMO, author_box()), "the-appeal"),
    (
        "link_not_rewritten",
        article_file(
            f"[甲]({ARCHIVE}/{TIMESTAMP}/http://x.example/) [乙](/web/{TIMESTAMP}/{SITE}/)",
            "[丙](mailto:a@x.example) [丁](TEL:21234567) (3] (4)",
            "![戊](data:image/png;base64,)",
        ),
        "into-the-archive-or-mail",
    ),
    ("link_broken", article_file("價錢：£x=5", author_box("?a=1¬if_t=2")), "in-the-text"),
    ("empty_heading", article_file("### 有字", "####   \n 在下一行"), "break-first"),
    ("empty_heading", article_file("#", "###", "5 # 6"), "no-heading"),
    ("figure_no_src", article_file(FIGURE, "[無]()"), "a-link"),
    ("text_twice", article_file(TEXT, TEXT), "paragraphs"),
    ("text_twice", article_file(f"- {ITEM}", "另一段", ITEM), "not-right-after"),
    ("text_twice", article_file(f"- {ITEM}", f"{ITEM}！"), "more-after"),
    ("text_twice", article_file("- Night Ferry", "- Ferry"), "end-by-chance"),
    ("text_twice", article_file("### ****", "****"), "no-words"),
    ("text_twice", article_file(f"- {ITEM}", FIGURE, ITEM), "picture-between"),
    ("text_fffd", article_file(TEXT, slug="%EF%BF%BD-7/0"), "in-the-address"),
    ("control_chars_text", article_file("山\t頂\u200b\n 下"), "tab-and-no-width"),
    ("control_chars_text", CLEAN.replace("\n", "\r\n"), "CRLF"),
    ("mojibake_ptcp154", article_file("Ночной паром — «Заря»", TEXT), "Russian"),
    ("wrong_id", article_file(TEXT, slug="x-8/9"), "id-of-the-revision"),
    ("unreadable", article_file(TEXT, title="山\x08"), "invalid-YAML"),
    ("unreadable", "\ufeff" + CLEAN, "BOM"),
]


@pytest.mark.parametrize(
    ("defect", "text"),
    [pytest.param(defect, text, id=f"{defect}-{note}") for defect, text, note in NEAR_MISSES],
)
def test_a_near_miss_is_no_defect(defect: str, text: str) -> None:
    assert defect not in defects(text)


def test_every_defect_of_a_file_has_both_cases() -> None:
    of_files = {defect.value for defect in set(Defect) - OF_ARCHIVES}
    assert {defect for defect, _ in DEFECTIVE} == of_files
    assert {defect for defect, *_ in NEAR_MISSES} == of_files


def test_a_file_with_invalid_yaml_is_read_line_by_line() -> None:
    damaged = article_file(TEXT, title="山\x08頂", slug="%EF%BF%BD-7/0", author="")
    assert defects(damaged) == {"yaml_invalid", "control_chars_text", "slug_fffd", "no_author"}


def test_the_reason_is_given_for_an_unreadable_file() -> None:
    assert examine(b"", 7).reason == "it has no front matter"
    assert examine(CLEAN.replace("url:", "address:").encode(), 7).reason.endswith("in url")


@given(st.text(max_size=60))
def test_any_text_in_any_place_gives_a_finding_that_agrees_with_itself(value: str) -> None:
    for text in (
        value,
        f"---\n{value}\n---\n{value}",
        article_file(value, value, title=value, slug=value),
    ):
        finding = examine(text.encode("utf-8", "replace"), 7)
        assert (Defect.UNREADABLE in finding.defects) is bool(finding.reason)
        assert finding.digest is not None or finding.defects & NO_ARTICLE


# A file that differs in nothing but one of these has the same digest.
SAME_TEXT = {
    "time": CLEAN.replace(TIMESTAMP, OTHER_TIMESTAMP),
    "host": CLEAN.replace("//www.", "//"),
    "promo": article_file(TEXT, FIGURE, author_box()),
    "author box": article_file(TEXT, FIGURE, PROMO),
    "bio": article_file(TEXT, FIGURE, PROMO, author_box("另一份自述")),
    "id": article_file(TEXT, FIGURE, PROMO, author_box(), article_id=8),
}


@pytest.mark.parametrize("text", SAME_TEXT.values(), ids=SAME_TEXT)
def test_the_digest_is_that_of_the_article_alone(text: str) -> None:
    assert examine(text.encode(), 7).digest == examine(CLEAN.encode(), 7).digest


def test_the_digest_of_a_few_words_is_of_their_title_too() -> None:
    one, other = (article_file("測試", title=title).encode() for title in ("一", "二"))
    assert examine(one, 7).digest != examine(other, 7).digest


def test_the_files_of_this_tool_have_no_defect_of_form() -> None:
    never = {"unreadable", "wrong_id", "yaml_invalid", "crlf", "original_url_cut", "other_capture"}
    for folder in FIXTURES.iterdir():
        original = json.loads((folder / "capture.json").read_text(encoding="utf-8"))["original"]
        article_id = int(original.partition("/article/")[2].partition("/")[0])
        found = defects((folder / "article.md").read_bytes(), article_id)
        assert not found & never, folder.name


def test_the_document_of_defects_names_each_of_them() -> None:
    text = (ROOT / "docs" / "archive-defects.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| ")]
    named = {row.strip(" *`") for row in rows if "`" in row}
    assert named == {defect.value for defect in Defect}
    assert {row.strip(" *`") for row in rows if "**" in row} == {each.value for each in NO_ARTICLE}
