"""Two archives side by side: repairs and other captures are told from faults, and hide none."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import NoReturn, Self

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.command import hkcnews
from support.shared_files import need

from scraper.batch import run as batch
from scraper.corpus.fields import Field, Fields, Part
from scraper.errors import StorageError, UsageError
from scraper.verify import trees as trees_module
from scraper.verify.allowed_differences import AllowedDifference
from scraper.verify.compare import Comparison, Kind, compare
from scraper.verify.promos import Promo, identify_promo, may_show
from scraper.verify.trees import TreeComparison, Trees, compare_trees

ID = 4321
NEWER = "20210503112233"
OLDER = "20210424080910"
AFTER_THE_END = "20220201000000"
OF_CROWDFUNDING = "20170620120000"
WWW, BARE = "https://www.hkcnews.com", "https://hkcnews.com"
KEY = "42242730303b022d373627306c2a29"  # hides ADDRESS
ADDRESS = "ferry@outer.hk"
HIDDEN = "[email\xa0protected]"

STANDARD = (
    "請加入成為眾新聞的月費訂戶，長期支持我們的工作。所有訂戶都可以收到我們的「每周時事」通訊 。"
)
CROWDFUNDING = (
    "\n\n\n---\n\n\n**眾新聞眾籌呼籲：**\n\n請出一分力。"
    "\n\n1. 認捐\n\n1. 轉帳\n\n1. 支票\n\n1. [電郵](mailto:a@b.hk)\n\n註：寄收據。"
)


def promo(timestamp: str, origin: str = WWW) -> str:
    link = f"[網址：hkcnews.com/aboutus/#subscribe](/web/{timestamp}/{origin}/aboutus/#subscribe)"
    return f"\n\n\n---\n\n\n{STANDARD}\n\n月費訂戶 {link}"


def segments(
    timestamp: str = NEWER, origin: str = WWW, *, mail: str = "", bio: str = ""
) -> list[tuple[Field, str]]:
    """A whole file in its order, each piece with the field that it is of."""
    original = f"{origin}/article/{ID}/%E7%A2%BC%E9%A0%AD-{ID}/x"
    web = f"https://web.archive.org/web/{timestamp}"
    return [
        (Field.LAYOUT, "---\n"),
        (Field.TITLE, 'title: "末班船"\n'),
        (Field.DATE, 'date: "2021-04-20"\n'),
        (Field.LAST_UPDATED, 'last_updated: "2021-04-21 09:08:07"\n'),
        (Field.AUTHOR, 'author: "顧晴川"\n'),
        (Field.CATEGORY, 'category: "眾說"\n'),
        (Field.TAGS, 'tags:\n  - "碼頭"\n  - "渡輪"\n'),
        (Field.URL, f'url: "{web}/{original}"\noriginal_url: "{original}"\n'),
        (Field.LAYOUT, "---\n\n"),
        (Field.TITLE, "# 末班船"),
        (
            Field.BODY,
            (
                f"\n\n渡輪泊岸， [甲板]({web}/https://example.org/a) 上只剩 **一把傘** 。"
                f"\n\n見 [前文](/web/{timestamp}/{origin}/article/12) 。{mail}"
                f'\n\n<figure>\n<img src="{web}im_/{origin}/a.jpg" alt="">\n'
                "<figcaption>碼頭</figcaption>\n</figure>"
                f'\n\n\n{{{{< video src="{web[6:]}if_/https://v.io/1" >}}}}\n'
            ),
        ),
        (Field.PROMO, promo(timestamp, origin)),
        (
            Field.BOX,
            (
                f"\n\n---\n\n![博客 | 顧晴川]({web}im_/{origin}/uploads/avatars/a.png?1)"
                f"\n\n**博客 | 顧晴川**\n\n拍照。\n等船。{bio}"
            ),
        ),
        (Field.LAYOUT, "\n"),
    ]


def file(timestamp: str = NEWER, origin: str = WWW, *, mail: str = "", bio: str = "") -> str:
    return "".join(text for _, text in segments(timestamp, origin, mail=mail, bio=bio))


def compared(mine: str, reference: str) -> Comparison:
    return compare(mine.encode(), reference.encode(), ID)


def fields_of(comparison: Comparison) -> set[str]:
    return {f"{field} {kind}" for field, kind in comparison.fields}


FILE = file()
ELSEWHERE = {f"{field} another capture" for field in ("url", "body", "promo", "box")}


# --- a file in pieces -----------------------------------------------------------------------


def test_the_pieces_are_the_fields() -> None:
    found: list[tuple[Field, str]] = []
    for part, text in Fields.of(FILE).pieces:
        if found and found[-1][0] is part.field:
            found[-1] = part.field, found[-1][1] + text
        else:
            found.append((part.field, text))
    assert found == segments()


@given(st.text() | st.builds(lambda a, b: FILE[:a] + FILE[b:], *[st.integers(0, len(FILE))] * 2))
def test_nothing_of_any_text_is_lost(text: str) -> None:
    assert "".join(piece for _, piece in Fields.of(text).pieces) == text


def test_a_value_is_what_stands_between_the_quotes() -> None:
    assert Fields.of(FILE).value(Part.AUTHOR) == "顧晴川"
    assert Fields.of("no front matter").value(Part.AUTHOR) == ""


# --- the same -------------------------------------------------------------------------------


@given(st.binary())
def test_the_same_bytes_are_identical_whatever_they_are(data: bytes) -> None:
    assert compare(data, data, ID) == Comparison(Kind.IDENTICAL)


@pytest.mark.parametrize(
    "reference", ["", "# no front matter\n", '---\ntitle: ""\ndate: ""\nauthor: ""\n---\n\n\n']
)
def test_a_reference_that_is_no_article_is_nothing_to_compare_with(reference: str) -> None:
    assert compared(FILE, reference).kind is Kind.NOT_AN_ARTICLE


def test_a_file_of_mine_that_is_no_article_is_a_regression() -> None:
    assert compared('---\ntitle: ""\n---\n\n\n', FILE).kind is Kind.REGRESSION


# --- faults ---------------------------------------------------------------------------------

CHARACTERS = st.characters(exclude_categories=["Cs"]) | st.sampled_from('\n -x"\\字*[](0129')


@given(st.data())
def test_one_other_character_is_a_regression_in_just_its_field(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(FILE) - 1))
    character = data.draw(CHARACTERS.filter(lambda drawn: drawn != FILE[at]))
    result = compared(FILE[:at] + character + FILE[at + 1 :], FILE)
    assert fields_of(result) == {f"{_field_at(segments(), at)} regression"}


@given(st.data())
def test_one_other_character_is_a_regression_in_another_capture_too(data: st.DataObject) -> None:
    mine, reference = file(NEWER, BARE), file(OLDER)
    at = data.draw(st.integers(0, len(mine) - 1))
    character = data.draw(CHARACTERS.filter(lambda drawn: drawn != mine[at]))
    # Where another capture may have another address, its slug is its own affair.
    if mine[:at].endswith(('url: "', "url: ")) or _field_at(segments(NEWER, BARE), at) == "url":
        return
    assert compared(mine[:at] + character + mine[at + 1 :], reference).kind is Kind.REGRESSION


@given(st.data())
def test_one_other_character_is_a_regression_beside_a_repair_too(data: st.DataObject) -> None:
    mine = file(mail=f"電郵 [{ADDRESS}](mailto:{ADDRESS}) 。", bio=f"：{ADDRESS}。")
    hidden = f"[{HIDDEN}](/web/{NEWER}/{WWW}/cdn-cgi/l/email-protection#{KEY})"
    reference = file(mail=f"電郵 {hidden} 。", bio=f"：{HIDDEN}。")
    at = data.draw(st.integers(0, len(mine) - 1))
    if mine.rindex(ADDRESS) <= at < mine.rindex(ADDRESS) + len(ADDRESS):
        return  # the box has no key that would tell
    character = data.draw(CHARACTERS.filter(lambda drawn: drawn != mine[at]))
    if character.isascii() and at in (mine.rindex(ADDRESS) - 1, mine.rindex(ADDRESS) + 14):
        return  # nor where the address ends
    assert compared(mine[:at] + character + mine[at + 1 :], reference).kind is Kind.REGRESSION


def _field_at(pieces: list[tuple[Field, str]], at: int) -> str:
    for field, text in pieces:
        if at < len(text):
            return field
        at -= len(text)
    raise AssertionError(at)


def sub(old: str, new: str, count: int = -1) -> Callable[[str], str]:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new, count)

    return change


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        pytest.param(sub("上只剩 **一把傘** ", ""), "body", id="text-lost"),
        pytest.param(sub("<figcaption>碼頭</figcaption>\n", ""), "body", id="caption-lost"),
        pytest.param(sub("\n\n見 [前文]", "\n\n\n見 [前文]"), "body", id="newline"),
        pytest.param(sub(promo(NEWER), ""), "promo", id="promo-lost"),
        pytest.param(sub(promo(NEWER), CROWDFUNDING), "promo", id="another-promo"),
        pytest.param(sub("---\n\n\n請", "\n\n\n請"), "promo", id="rule-lost"),
        pytest.param(sub("\n等船。", ""), "box", id="bio"),
        pytest.param(lambda text: text[: text.rindex("\n\n---")] + "\n", "box", id="box-lost"),
        pytest.param(sub('  - "渡輪"\n', ""), "tags", id="tag-lost"),
        pytest.param(sub('tags:\n  - "碼頭"\n  - "渡輪"\n', ""), "tags", id="tags-lost"),
        pytest.param(sub('date: "2021-04-20"', 'date: ""'), "date", id="date-lost"),
        pytest.param(sub('"末班船"', '"末班\\u8239"'), "title", id="needless-escape"),
        pytest.param(sub("# 末班船", "# 末班車"), "title", id="headline"),
        pytest.param(sub("%E7", "%e7"), "url", id="lower-case-hex"),
        pytest.param(sub("%E7%A2%BC", "碼"), "url", id="decoded"),
        pytest.param(sub(f"{WWW}/article/{ID}", f"{BARE}/article/{ID}"), "url", id="host"),
        pytest.param(sub(f"{NEWER}/{WWW}/article/{ID}", OLDER, 1), "url", id="no-address"),
        pytest.param(sub(NEWER, OLDER, 1), "url", id="timestamp-of-url-alone"),
        pytest.param(sub(f"{NEWER}im_", f"{OLDER}im_"), "body box", id="timestamps-of-pictures"),
        pytest.param(sub("\n---\n\n# ", "\nlanguage: zh\n---\n\n# "), "layout", id="unknown-key"),
        pytest.param(lambda text: text.removesuffix("\n"), "layout", id="no-newline-at-end"),
        pytest.param(sub("\n", "\r\n"), "layout", id="crlf"),
        pytest.param(lambda text: "\ufeff" + text, "layout", id="byte-order-mark"),
        pytest.param(
            sub('date: "2021-04-20"\nlast_updated: "2021-04-21 09:08:07"\n', ""),
            "date last_updated",
            id="both-dates-lost",
        ),
        pytest.param(
            lambda text: re.sub(r"(author: .*\n)(category: .*\n)", r"\2\1", text),
            "layout",
            id="order-of-keys",
        ),
        pytest.param(
            lambda text: re.sub(r"(title: .*\n)", r"\1\1", text), "layout", id="key-twice"
        ),
    ],
)
def test_a_fault(change: Callable[[str], str], fields: str) -> None:
    result = compared(change(FILE), FILE)
    assert result.kind is Kind.REGRESSION
    assert fields_of(result) == {f"{field} regression" for field in fields.split()}


def test_bytes_that_are_no_utf_8_are_a_regression() -> None:
    mine = FILE.encode().replace("傘".encode(), b"\xff")
    assert fields_of(compare(mine, FILE.encode(), ID)) == {"body regression"}


# --- another capture ------------------------------------------------------------------------


@pytest.mark.parametrize("mine", [(OLDER, WWW), (OLDER, BARE), (OLDER, "http://www.hkcnews.com")])
def test_timestamps_and_hosts_of_another_capture(mine: tuple[str, str]) -> None:
    result = compared(file(*mine), FILE)
    assert (result.kind, fields_of(result)) == (Kind.OTHER_CAPTURE, ELSEWHERE)


def test_another_capture_may_be_of_another_address_of_the_article() -> None:
    slug = "%E7%A2%BC%E9%A0%AD-4321/x"
    mine = file(OLDER).replace(slug, "older-title")
    assert compared(mine, FILE).kind is Kind.OTHER_CAPTURE
    assert fields_of(compared(mine.replace(f"/{ID}/", "/77/"), FILE)) >= {"url regression"}


def test_an_absolute_address_on_the_page_keeps_its_host() -> None:
    link = "[x](https://web.archive.org/web/{}/http://hkcnews.com/x)"
    mine, reference = (
        file(*where, mail=link.format(where[0])) for where in ((OLDER, BARE), (NEWER, WWW))
    )
    assert compared(mine, reference).kind is Kind.OTHER_CAPTURE
    wrong = mine.replace("http://hkcnews.com/x", "http://www.hkcnews.com/x")
    assert "body regression" in fields_of(compared(wrong, reference))


@pytest.mark.parametrize("part", ["甲板", "前文", "im_/https://www.hkcnews.com/a.jpg", "if_", "?1"])
def test_every_address_must_be_of_my_capture(part: str) -> None:
    at = FILE.index(part)
    at = FILE.rindex(NEWER, 0, at) if part[0] in "i?" else FILE.index(NEWER, at)
    mine = FILE[:at] + OLDER + FILE[at + len(NEWER) :]
    # All others of another capture, this one of the reference's.
    mine = mine.replace(NEWER, "x").replace(OLDER, NEWER).replace("x", OLDER)
    assert compared(mine, FILE).kind is Kind.REGRESSION


def test_a_reference_that_shows_another_capture_than_it_names() -> None:
    reference = file(OLDER, BARE).replace(
        f"{OLDER}/{BARE}/article/{ID}", f"{NEWER}/{WWW}/article/{ID}"
    )
    reference = reference.replace(f'original_url: "{BARE}', f'original_url: "{WWW}')
    as_named, as_shown = compared(FILE, reference), compared(file(OLDER, BARE), reference)
    assert fields_of(as_named) == ELSEWHERE - {"url another capture"}
    assert fields_of(as_shown) == {"url another capture"}
    assert fields_of(compared(reference, file(OLDER, BARE))) == {"url regression"}


@pytest.mark.parametrize(
    ("timestamp", "mine", "kind"),
    [
        (AFTER_THE_END, "", Kind.OTHER_CAPTURE),
        (AFTER_THE_END, CROWDFUNDING, Kind.REGRESSION),
        (OLDER, "", Kind.REGRESSION),
        (OLDER, CROWDFUNDING, Kind.REGRESSION),
        (OF_CROWDFUNDING, CROWDFUNDING, Kind.OTHER_CAPTURE),
        (OF_CROWDFUNDING, CROWDFUNDING.replace("1. 轉帳\n\n", ""), Kind.REGRESSION),
        (OF_CROWDFUNDING, CROWDFUNDING + "\n\n多一段。", Kind.REGRESSION),
        (OF_CROWDFUNDING, "", Kind.REGRESSION),
        ("20170301000000", "", Kind.OTHER_CAPTURE),
    ],
)
def test_the_promo_must_be_that_of_the_day(timestamp: str, mine: str, kind: Kind) -> None:
    text = file(timestamp).replace(promo(timestamp), mine)
    # What the site says of the date is as old as the page.
    assert compared(text, FILE).kind is kind
    assert f"promo {kind}" in fields_of(compared(text, FILE))


def test_a_promo_where_the_reference_has_none() -> None:
    reference = file(AFTER_THE_END).replace(promo(AFTER_THE_END), "")
    assert compared(FILE, reference).kind is Kind.OTHER_CAPTURE
    cut = FILE.replace("所有訂戶都可以", "所有訂戶")
    assert "promo regression" in fields_of(compared(cut, reference))
    elsewhere = FILE.replace(f"{NEWER}/{WWW}/aboutus", f"{NEWER}/{BARE}/aboutus")
    assert "promo regression" in fields_of(compared(elsewhere, reference))


def test_which_appeal_was_shown_when() -> None:
    assert identify_promo("") is Promo.NONE
    assert identify_promo(promo(NEWER)) is Promo.STANDARD
    assert identify_promo("\n\n\n---\n\n\n請投稿。") is None
    assert may_show(Promo.STANDARD, NEWER)
    assert may_show(Promo.STANDARD, "20220105000000")
    assert may_show(Promo.NONE, "20220105000000")
    assert not may_show(Promo.ENDED, NEWER)


@pytest.mark.parametrize(
    "impossible", ["20213012112233", "20210231112233", "20210503242233", "9" * 14, "0" * 14]
)
def test_a_capture_of_a_time_that_never_was_is_a_regression(impossible: str) -> None:
    assert compared(file("20210502112233"), FILE).kind is Kind.OTHER_CAPTURE
    for reference in (FILE, file(OLDER, BARE)):
        result = compared(file(impossible), reference)
        assert result.kind is Kind.REGRESSION
        assert "url regression" in fields_of(result)


# --- repairs --------------------------------------------------------------------------------

HIDING = f"/web/{NEWER}/{WWW}/cdn-cgi/l/email-protection"


@pytest.mark.parametrize(
    ("mine", "reference"),
    [
        (f"[{ADDRESS}](mailto:{ADDRESS})", f"[{HIDDEN}]({HIDING}#{KEY})"),
        (f"[{ADDRESS}](mailto:{ADDRESS})", f"[{HIDDEN}]({HIDING})"),
        (f"[{ADDRESS}](mailto:{ADDRESS}?subject=x)", f"[{HIDDEN}]({HIDING})"),
        (f"[寫信](mailto:{ADDRESS})", f"[寫信]({HIDING}#{KEY})"),
        (f"[寫信](mailto:{ADDRESS})", f"[寫信]({HIDING})"),
        (f"[**{ADDRESS}**](mailto:{ADDRESS})", f"[**{HIDDEN}**]({HIDING}#{KEY})"),
        (f"電郵：{ADDRESS}。", f"電郵：{HIDDEN}。"),
        (f"{ADDRESS}m；{ADDRESS}", f"{HIDDEN}m；{HIDDEN}"),
        (f"圖：{ADDRESS}", "圖：[email protected]"),
        (f"{ADDRESS} 或 {HIDDEN}", f"{HIDDEN} 或 {HIDDEN}"),
    ],
)
@pytest.mark.parametrize("timestamp", [NEWER, OLDER])
def test_hidden_addresses(mine: str, reference: str, timestamp: str) -> None:
    result = compared(file(timestamp, mail=mine), file(mail=reference))
    assert result.kind is Kind.REPAIRED
    assert ("body", Kind.REPAIRED) in result.fields
    assert AllowedDifference.MAIL in result.differences
    in_box = compared(file(timestamp, bio=mine), file(bio=reference))
    assert ("box", Kind.REPAIRED) in in_box.fields


@pytest.mark.parametrize(
    ("mine", "reference"),
    [
        ("[x@outer.hk](mailto:x@outer.hk)", f"[{HIDDEN}]({HIDING}#{KEY})"),
        (f"[{ADDRESS}](mailto:x@outer.hk)", f"[{HIDDEN}]({HIDING})"),
        (ADDRESS, f"[{HIDDEN}]({HIDING}#{KEY})"),
        (f"[寫信](mailto:{ADDRESS})", f"[來信]({HIDING}#{KEY})"),
        (f"[寫信]({HIDING}#{KEY})", f"[寫信](mailto:{ADDRESS})"),
        (f"圖：{HIDDEN}", f"圖：{ADDRESS}"),
        ("電郵：。", f"電郵：{HIDDEN}。"),
        ("電郵：無。", f"電郵：{HIDDEN}。"),
        (f"電郵：見{ADDRESS}。", f"電郵：{HIDDEN}。"),
        (f"電郵：{ADDRESS}見。", f"電郵：{HIDDEN}。"),
        (f"電郵： {ADDRESS}。", f"電郵：{HIDDEN}。"),
        (f"[x](mailto:{ADDRESS})", f"[x]({HIDING}#zz)"),
    ],
)
def test_what_looks_like_a_decoded_address(mine: str, reference: str) -> None:
    assert fields_of(compared(file(mail=mine), file(mail=reference))) == {"body regression"}


@pytest.mark.parametrize("timestamp", [NEWER, OLDER])
def test_a_key_that_hides_nothing_stays(timestamp: str) -> None:
    prefixes = [(at, f"/web/{at}/{WWW}") for at in (timestamp, NEWER)]
    texts = [
        file(at, mail=f"[{HIDDEN}]({prefix}/cdn-cgi/l/email-protection#ff) [x]({prefix}/y)")
        for at, prefix in prefixes
    ]
    expected = Kind.IDENTICAL if timestamp == NEWER else Kind.OTHER_CAPTURE
    assert compared(*texts).kind is expected


@pytest.mark.parametrize("address", ["mailto:a@b.hk", "ttp://example.org/x", "file:///c:/x.docx"])
def test_addresses_that_are_not_of_the_web(address: str) -> None:
    reference = file(mail=f"[x](https://web.archive.org/web/{NEWER}/{address})")
    result = compared(file(mail=f"[x]({address})"), reference)
    assert fields_of(result) == {"body repaired"}
    assert result.differences == {AllowedDifference.NOT_WEB}
    assert compared(file(mail=f"[x]({address}x)"), reference).kind is Kind.REGRESSION
    assert compared(file(mail="[x](https://a.org)"), reference).kind is Kind.REGRESSION


@pytest.mark.parametrize("address", ["https://example.org/x", "http://example.org/x"])
def test_addresses_of_the_web_must_bear_the_prefix(address: str) -> None:
    reference = file(mail=f"[x](https://web.archive.org/web/{NEWER}/{address})")
    assert compared(file(mail=f"[x]({address})"), reference).kind is Kind.REGRESSION


def in_title(value: str, headline: str) -> str:
    return FILE.replace('title: "末班船"', f'title: "{value}"').replace("# 末班船", f"# {headline}")


@pytest.mark.parametrize(
    ("mine", "reference", "kind"),
    [
        (r"末班\x08船", "末班\x08船", Kind.REPAIRED),
        (r"末\"班\"\x08船", '末\\"班\\"\x08船', Kind.REPAIRED),
        (r"末\\班船", "末\\班船", Kind.REPAIRED),
        (r"末\u2028班船", "末\u2028班船", Kind.REPAIRED),
        ("末班船", "末班\x08船", Kind.REGRESSION),
        (r"末班\x07船", "末班\x08船", Kind.REGRESSION),
        (r"末班\x08\u8239", "末班\x08船", Kind.REGRESSION),
        ("末班\x08船", r"末班\x08船", Kind.REGRESSION),
        (r"末班\u00e9", "末班é", Kind.REGRESSION),
    ],
)
def test_escapes(mine: str, reference: str, kind: Kind) -> None:
    result = compared(in_title(mine, "末班船"), in_title(reference, "末班船"))
    assert fields_of(result) == {f"title {kind}"}
    tag = "碼頭"
    tags = [FILE.replace(f'"{tag}"', f'"{value}"') for value in (mine, reference)]
    assert fields_of(compared(*tags)) == {f"tags {kind}"}


def test_an_escape_does_not_hide_the_headline() -> None:
    result = compared(in_title(r"末班\x08船", "末班船"), in_title("末班\x08船", "末班\x08船"))
    assert fields_of(result) == {"title regression"}


def test_an_original_url_that_was_cut() -> None:
    whole = FILE.replace("-4321/x", "-4321/x%7Carchive-url=https://web.archive.org/web/2020/y")
    cut = re.sub(r'(original_url: .*?)/web/.*"', r'\1"', whole)
    assert cut != whole
    assert fields_of(compared(whole, cut)) == {"url repaired"}
    assert fields_of(compared(cut, whole)) == {"url regression"}
    shorter = cut.replace('org"\n', 'or"\n')
    assert fields_of(compared(whole, shorter)) == {"url regression"}
    elsewhere = compared(whole.replace(NEWER, OLDER), cut)
    assert elsewhere.kind is Kind.REPAIRED
    assert "url repaired" in fields_of(elsewhere)


DATES = 'date: "2021-04-20"\nlast_updated: "2021-04-21 09:08:07"\n'


@pytest.mark.parametrize(
    ("mine", "kinds"),
    [
        ('date: "2021-04-20"\n', {"date repaired"}),
        (DATES, {"date repaired", "last_updated repaired"}),
        ('date: "2021-05-03"\n', {"date repaired"}),
        ('date: "2021-05-04"\n', {"date regression"}),
        ('date: "2021-02-31"\n', {"date regression"}),
        ('date: "20210420"\n', {"date regression"}),
        ('date: ""\nlast_updated: "2021-04-21 09:08:07"\n', {"last_updated repaired"}),
        ('date: ""\nlast_updated: "2021-04-21"\n', {"last_updated regression"}),
        ("", {"date regression"}),
    ],
)
def test_a_date_that_the_reference_lacks(mine: str, kinds: set[str]) -> None:
    reference = FILE.replace(DATES, 'date: ""\n')
    assert fields_of(compared(FILE.replace(DATES, mine), reference)) == kinds


def test_a_change_that_the_reference_lacks_though_it_has_the_date() -> None:
    reference = FILE.replace(DATES, 'date: "2021-04-20"\n')
    assert fields_of(compared(FILE, reference)) == {"last_updated regression"}


def test_line_ends() -> None:
    assert fields_of(compared(FILE, FILE.replace("\n", "\r\n"))) == {"layout repaired"}
    mixed = FILE.replace("\n", "\r\n", 3)
    assert compared(FILE, mixed).kind is Kind.REGRESSION
    lost = compared(FILE.replace("碼頭</", "</"), FILE.replace("\n", "\r\n"))
    assert fields_of(lost) == {"layout repaired", "body regression"}


def test_a_file_both_repaired_and_of_another_capture_is_called_repaired() -> None:
    result = compared(
        in_title(r"末\x08班", "末班船").replace(NEWER, OLDER), in_title("末\x08班", "末班船")
    )
    assert result.kind is Kind.REPAIRED
    assert result.differences == {AllowedDifference.ESCAPES, AllowedDifference.CAPTURE}


# --- two trees ------------------------------------------------------------------------------


def put(folder: Path, article: int, text: str, below: str = "articles/1-1000") -> None:
    path = folder / below / f"article_{article}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.replace(f"/article/{ID}/", f"/article/{article}/").encode())


SAVED_IN_ERROR = '---\ntitle: ""\ndate: ""\nauthor: ""\n---\n\n\n'


@pytest.fixture
def trees(tmp_path: Path) -> tuple[Path, Path]:
    mine, reference = tmp_path / "mine", tmp_path / "reference"
    for article, ours, theirs in (
        (1, FILE, FILE),
        (2, FILE.replace("碼頭", "海邊"), FILE),
        (3, in_title(r"末\x08班", "船"), in_title("末\x08班", "船")),
        (4, file(OLDER), FILE),
        (5, FILE, None),
        (6, None, FILE),
        (7, FILE, SAVED_IN_ERROR),
        (8, None, SAVED_IN_ERROR),
        (9, SAVED_IN_ERROR, SAVED_IN_ERROR),
        (10, FILE.replace("末班船", "末班\x1b[2J車"), FILE),
    ):
        if ours is not None:
            put(mine, article, ours)
        if theirs is not None:
            put(reference, article, theirs, below="else/where")
    return mine, reference


EXPECTED = {
    "identical": 2,
    "differing": {
        **dict.fromkeys(("date", "last_updated", "author", "category", "layout"), 0),
        "title": 2,
        "tags": 1,
        "url": 1,
        "body": 2,
        "promo": 1,
        "box": 1,
    },
    "repaired": [3],
    "other_capture": [4],
    "regressions": [2, 10],
    "only_mine": [5],
    "only_reference": [6],
    "not_an_article": [7, 8],
}


@pytest.mark.parametrize("jobs", [None, 1, 2])
def test_two_trees(trees: tuple[Path, Path], jobs: int | None) -> None:
    assert json.loads(compare_trees(Trees.of(*trees), jobs).as_json()) == EXPECTED


def test_a_tree_with_itself_is_all_identical(trees: tuple[Path, Path]) -> None:
    result = compare_trees(Trees.of(trees[1], trees[1]))
    assert result == TreeComparison(identical=9)


def test_how_far_it_is_is_told(trees: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trees_module, "_CHUNK", 4)
    told: list[tuple[int, int]] = []
    compare_trees(Trees.of(*trees), done=lambda count, total: told.append((count, total)))
    assert told == [(4, 10), (8, 10)]


def test_two_files_of_one_article_are_refused(trees: tuple[Path, Path]) -> None:
    put(trees[0], 4, FILE, below="copy")
    with pytest.raises(UsageError, match="are both article 4; give the folder of one archive"):
        Trees.of(*trees)


def test_a_killed_worker_is_told(trees: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    class Pool:
        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def map(self, *_: object) -> NoReturn:
            raise BrokenProcessPool

    monkeypatch.setattr(trees_module, "process_pool", lambda _: Pool())
    with pytest.raises(StorageError, match="a worker process was killed"):
        compare_trees(Trees.of(*trees), jobs=2)


def test_the_reconstructed_pages_give_the_reference_but_for_the_repairs(tmp_path: Path) -> None:
    batch.convert_all([need("pages", "pages.warc.gz")], tmp_path)
    result = compare_trees(Trees.of(tmp_path, need("reference")))
    counts = {kind: len(ids) for kind, ids in result.ids.items() if ids}
    assert result.identical == 1452
    assert counts == {Kind.REPAIRED: 10, Kind.NOT_AN_ARTICLE: 41}
    assert result.allowed_differences == {AllowedDifference.MAIL: 6, AllowedDifference.ESCAPES: 4}
    assert (len(result.only_actual), len(result.only_expected)) == (0, 116)


# --- the command ----------------------------------------------------------------------------


def rows(output: str) -> dict[str, str]:
    lines = (line.strip().partition(" ") for line in output.splitlines() if line.strip())
    return {what: count for count, _, what in lines if count.isdecimal()}


def test_the_table(trees: tuple[Path, Path]) -> None:
    done = hkcnews("compare", *trees)
    assert done.exit_code == 1
    assert rows(done.stdout) == {
        "identical": "2",
        "repaired (YAML escapes 1)": "1",
        "another capture of the same text": "1",
        "regressions": "2",
        "only in MINE": "1",
        "only in REFERENCE": "1",
        "no article in REFERENCE": "2",
    }
    assert re.search(r"^body +0 +1 +1$", done.stdout, re.MULTILINE)
    assert done.stderr == (
        "regressions: articles 2, 10; --show 3 shows what differs, --json FILE names all\n"
    )


def test_without_a_regression(trees: tuple[Path, Path]) -> None:
    done = hkcnews("compare", trees[1], trees[1])
    assert (done.exit_code, done.stderr) == (0, "")
    assert "files that differ in" not in done.stdout


def test_json_in_a_file(trees: tuple[Path, Path], tmp_path: Path) -> None:
    done = hkcnews("compare", *trees, "--json", tmp_path / "found.json")
    assert done.exit_code == 1
    assert json.loads((tmp_path / "found.json").read_bytes()) == EXPECTED
    assert "identical" in done.stdout


def test_json_on_standard_output_and_the_table_elsewhere(trees: tuple[Path, Path]) -> None:
    done = hkcnews("compare", *trees, "--json", "-")
    assert json.loads(done.stdout) == EXPECTED
    assert rows(done.stderr)["identical"] == "2"


def test_examples_show_regressions_first_and_nothing_that_moves_a_terminal(
    trees: tuple[Path, Path],
) -> None:
    done = hkcnews("compare", *trees, "--show", "3")
    heads = [line for line in done.stdout.splitlines() if line.startswith("article ")]
    assert heads == [
        "article 2: tags regression, body regression",
        "article 10: title regression",
        "article 3: title repaired",
    ]
    assert "\n-<figcaption>碼頭</figcaption>\n+<figcaption>海邊</figcaption>\n" in done.stdout
    assert "\n+# 末班\\u001b[2J車\n" in done.stdout
    assert "\x1b" not in done.stdout + done.stderr
    assert "article 4" not in done.stdout


def test_blanks_that_look_alike_are_told_apart(tmp_path: Path) -> None:
    put(tmp_path / "mine", 1, FILE.replace("見 [", "見\xa0["))
    put(tmp_path / "reference", 1, FILE)
    done = hkcnews("compare", tmp_path / "mine", tmp_path / "reference", "--show", "1")
    assert "\n-見 [前文]" in done.stdout
    assert "\n+見\\u00a0[前文]" in done.stdout


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["{mine}"], "Missing argument 'REFERENCE'"),
        (["{mine}", "{empty}"], "no article (article_<id>.md) lies anywhere below"),
        (["{mine}", "{empty}/x"], "can't be read as a folder: No such file"),
        (["{mine}", "{mine}", "--json", "{empty}"], "that is a folder; give a file"),
        (["{mine}", "{mine}", "--json", "{empty}/x/y"], "no such folder"),
        (["{mine}", "{mine}", "--show", "-1"], "--show"),
        (["{mine}", "{mine}", "--jobs", "0"], "--jobs"),
    ],
)
def test_wrong_usage(trees: tuple[Path, Path], tmp_path: Path, args: list[str], said: str) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    done = hkcnews("compare", *(arg.format(mine=trees[0], empty=empty) for arg in args))
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_that_cannot_be_read(trees: tuple[Path, Path]) -> None:
    path = trees[0] / "articles/1-1000/article_1.md"
    path.unlink()
    path.symlink_to(trees[0] / "nowhere")
    done = hkcnews("compare", *trees)
    assert done.exit_code == 2
    assert f"{path} can't be read: No such file" in done.stderr
    assert "Traceback" not in done.stderr
    assert "Traceback" in hkcnews("compare", *trees, "--debug").stderr
