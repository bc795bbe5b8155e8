"""One article in two archives: repairs and other captures are told from faults, and hide none."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

import pytest
from fastwarc.warc import ArchiveIterator, WarcRecordType
from hypothesis import given
from hypothesis import strategies as st
from support.article_files import (
    BARE,
    COMPLETE_ID,
    HIDDEN_MAIL,
    NEWER,
    OLDER,
    WWW,
    complete_file,
    complete_segments,
    standard_promo,
    with_title,
)
from support.shared_files import need

from normalise import Capture, extract, render
from scraper.corpus.document import Field
from scraper.verify.allowed_differences import AllowedDifference
from scraper.verify.compare import Comparison, ComparisonKind, compare

AFTER_THE_END = "20220201000000"
OF_CROWDFUNDING = "20170620120000"
KEY = "42242730303b022d373627306c2a29"  # hides ADDRESS
ADDRESS = "ferry@outer.hk"
CROWDFUNDING = (
    "\n\n\n---\n\n\n**眾新聞眾籌呼籲：**\n\n請出一分力。"
    "\n\n1. 認捐\n\n1. 轉帳\n\n1. 支票\n\n1. [電郵](mailto:a@b.hk)\n\n註：寄收據。"
)

FILE = complete_file()
ELSEWHERE = {f"{field} another capture" for field in ("url", "body", "promo", "box")}


def compared(actual: str, expected: str) -> Comparison:
    return compare(actual.encode(), expected.encode(), COMPLETE_ID)


def fields_of(comparison: Comparison) -> set[str]:
    return {f"{field} {kind}" for field, kind in comparison.fields}


# --- the same -------------------------------------------------------------------------------


@given(st.binary())
def test_the_same_bytes_are_identical_whatever_they_are(data: bytes) -> None:
    assert compare(data, data, COMPLETE_ID) == Comparison(ComparisonKind.IDENTICAL)


@pytest.mark.parametrize(
    "expected", ["", "# no front matter\n", '---\ntitle: ""\ndate: ""\nauthor: ""\n---\n\n\n']
)
def test_a_reference_that_is_no_article_is_nothing_to_compare_with(expected: str) -> None:
    assert compared(FILE, expected).kind is ComparisonKind.NOT_AN_ARTICLE


def test_a_file_of_mine_that_is_no_article_is_a_regression() -> None:
    assert compared('---\ntitle: ""\n---\n\n\n', FILE).kind is ComparisonKind.REGRESSION


# --- faults ---------------------------------------------------------------------------------

CHARACTERS = st.characters(exclude_categories=["Cs"]) | st.sampled_from('\n -x"\\字*[](0129')


@given(st.data())
def test_one_other_character_is_a_regression_in_just_its_field(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(FILE) - 1))
    character = data.draw(CHARACTERS.filter(lambda drawn: drawn != FILE[at]))
    result = compared(FILE[:at] + character + FILE[at + 1 :], FILE)
    assert fields_of(result) == {f"{_field_at(complete_segments(), at)} regression"}


@given(st.data())
def test_one_other_character_is_a_regression_in_another_capture_too(data: st.DataObject) -> None:
    actual, expected = complete_file(NEWER, BARE), complete_file(OLDER)
    at = data.draw(st.integers(0, len(actual) - 1))
    character = data.draw(CHARACTERS.filter(lambda drawn: drawn != actual[at]))
    # Where another capture may have another address, its slug is its own affair.
    if (
        actual[:at].endswith(('url: "', "url: "))
        or _field_at(complete_segments(NEWER, BARE), at) == "url"
    ):
        return
    assert (
        compared(actual[:at] + character + actual[at + 1 :], expected).kind
        is ComparisonKind.REGRESSION
    )


@given(st.data())
def test_one_other_character_is_a_regression_beside_a_repair_too(data: st.DataObject) -> None:
    actual = complete_file(mail=f"電郵 [{ADDRESS}](mailto:{ADDRESS}) 。", bio=f"：{ADDRESS}。")
    hidden = f"[{HIDDEN_MAIL}](/web/{NEWER}/{WWW}/cdn-cgi/l/email-protection#{KEY})"
    expected = complete_file(mail=f"電郵 {hidden} 。", bio=f"：{HIDDEN_MAIL}。")
    at = data.draw(st.integers(0, len(actual) - 1))
    if actual.rindex(ADDRESS) <= at < actual.rindex(ADDRESS) + len(ADDRESS):
        return  # the box has no key that would tell
    character = data.draw(CHARACTERS.filter(lambda drawn: drawn != actual[at]))
    if character.isascii() and at in (actual.rindex(ADDRESS) - 1, actual.rindex(ADDRESS) + 14):
        return  # nor where the address ends
    assert (
        compared(actual[:at] + character + actual[at + 1 :], expected).kind
        is ComparisonKind.REGRESSION
    )


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
        pytest.param(sub(standard_promo(NEWER), ""), "promo", id="promo-lost"),
        pytest.param(sub(standard_promo(NEWER), CROWDFUNDING), "promo", id="another-promo"),
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
        pytest.param(
            sub(f"{WWW}/article/{COMPLETE_ID}", f"{BARE}/article/{COMPLETE_ID}"), "url", id="host"
        ),
        pytest.param(sub(f"{NEWER}/{WWW}/article/{COMPLETE_ID}", OLDER, 1), "url", id="no-address"),
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
    assert result.kind is ComparisonKind.REGRESSION
    assert fields_of(result) == {f"{field} regression" for field in fields.split()}


def test_bytes_that_are_no_utf_8_are_a_regression() -> None:
    actual = FILE.encode().replace("傘".encode(), b"\xff")
    assert fields_of(compare(actual, FILE.encode(), COMPLETE_ID)) == {"body regression"}


# --- another capture ------------------------------------------------------------------------


@pytest.mark.parametrize("actual", [(OLDER, WWW), (OLDER, BARE), (OLDER, "http://www.hkcnews.com")])
def test_timestamps_and_hosts_of_another_capture(actual: tuple[str, str]) -> None:
    result = compared(complete_file(*actual), FILE)
    assert (result.kind, fields_of(result)) == (ComparisonKind.OTHER_CAPTURE, ELSEWHERE)


def test_another_capture_may_be_of_another_address_of_the_article() -> None:
    slug = "%E7%A2%BC%E9%A0%AD-4321/x"
    actual = complete_file(OLDER).replace(slug, "older-title")
    assert compared(actual, FILE).kind is ComparisonKind.OTHER_CAPTURE
    assert fields_of(compared(actual.replace(f"/{COMPLETE_ID}/", "/77/"), FILE)) >= {
        "url regression"
    }


def test_an_absolute_address_on_the_page_keeps_its_host() -> None:
    link = "[x](https://web.archive.org/web/{}/http://hkcnews.com/x)"
    actual, expected = (
        complete_file(*where, mail=link.format(where[0])) for where in ((OLDER, BARE), (NEWER, WWW))
    )
    assert compared(actual, expected).kind is ComparisonKind.OTHER_CAPTURE
    wrong = actual.replace("http://hkcnews.com/x", "http://www.hkcnews.com/x")
    assert "body regression" in fields_of(compared(wrong, expected))


@pytest.mark.parametrize("part", ["甲板", "前文", "im_/https://www.hkcnews.com/a.jpg", "if_", "?1"])
def test_every_address_must_be_of_my_capture(part: str) -> None:
    at = FILE.index(part)
    at = FILE.rindex(NEWER, 0, at) if part[0] in "i?" else FILE.index(NEWER, at)
    actual = FILE[:at] + OLDER + FILE[at + len(NEWER) :]
    # All others of another capture, this one of the expected's.
    actual = actual.replace(NEWER, "x").replace(OLDER, NEWER).replace("x", OLDER)
    assert compared(actual, FILE).kind is ComparisonKind.REGRESSION


def test_a_reference_that_shows_another_capture_than_it_names() -> None:
    expected = complete_file(OLDER, BARE).replace(
        f"{OLDER}/{BARE}/article/{COMPLETE_ID}", f"{NEWER}/{WWW}/article/{COMPLETE_ID}"
    )
    expected = expected.replace(f'original_url: "{BARE}', f'original_url: "{WWW}')
    as_named, as_shown = compared(FILE, expected), compared(complete_file(OLDER, BARE), expected)
    assert fields_of(as_named) == ELSEWHERE - {"url another capture"}
    assert fields_of(as_shown) == {"url another capture"}
    assert fields_of(compared(expected, complete_file(OLDER, BARE))) == {"url regression"}


@pytest.mark.parametrize(
    ("timestamp", "actual", "kind"),
    [
        (AFTER_THE_END, "", ComparisonKind.OTHER_CAPTURE),
        (AFTER_THE_END, CROWDFUNDING, ComparisonKind.REGRESSION),
        (OLDER, "", ComparisonKind.REGRESSION),
        (OLDER, CROWDFUNDING, ComparisonKind.REGRESSION),
        (OF_CROWDFUNDING, CROWDFUNDING, ComparisonKind.OTHER_CAPTURE),
        (OF_CROWDFUNDING, CROWDFUNDING.replace("1. 轉帳\n\n", ""), ComparisonKind.REGRESSION),
        (OF_CROWDFUNDING, CROWDFUNDING + "\n\n多一段。", ComparisonKind.REGRESSION),
        (OF_CROWDFUNDING, "", ComparisonKind.REGRESSION),
        ("20170301000000", "", ComparisonKind.OTHER_CAPTURE),
    ],
)
def test_the_promo_must_be_that_of_the_day(
    timestamp: str, actual: str, kind: ComparisonKind
) -> None:
    text = complete_file(timestamp).replace(standard_promo(timestamp), actual)
    # What the site says of the date is as old as the page.
    assert compared(text, FILE).kind is kind
    assert f"promo {kind}" in fields_of(compared(text, FILE))


def test_a_promo_where_the_reference_has_none() -> None:
    expected = complete_file(AFTER_THE_END).replace(standard_promo(AFTER_THE_END), "")
    assert compared(FILE, expected).kind is ComparisonKind.OTHER_CAPTURE
    cut = FILE.replace("所有訂戶都可以", "所有訂戶")
    assert "promo regression" in fields_of(compared(cut, expected))
    elsewhere = FILE.replace(f"{NEWER}/{WWW}/aboutus", f"{NEWER}/{BARE}/aboutus")
    assert "promo regression" in fields_of(compared(elsewhere, expected))


@pytest.mark.parametrize(
    "impossible", ["20213012112233", "20210231112233", "20210503242233", "9" * 14, "0" * 14]
)
def test_a_capture_of_a_time_that_never_was_is_a_regression(impossible: str) -> None:
    assert compared(complete_file("20210502112233"), FILE).kind is ComparisonKind.OTHER_CAPTURE
    for expected in (FILE, complete_file(OLDER, BARE)):
        result = compared(complete_file(impossible), expected)
        assert result.kind is ComparisonKind.REGRESSION
        assert "url regression" in fields_of(result)


# --- repairs --------------------------------------------------------------------------------

HIDING = f"/web/{NEWER}/{WWW}/cdn-cgi/l/email-protection"


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (f"[{ADDRESS}](mailto:{ADDRESS})", f"[{HIDDEN_MAIL}]({HIDING}#{KEY})"),
        (f"[{ADDRESS}](mailto:{ADDRESS})", f"[{HIDDEN_MAIL}]({HIDING})"),
        (f"[{ADDRESS}](mailto:{ADDRESS}?subject=x)", f"[{HIDDEN_MAIL}]({HIDING})"),
        (f"[寫信](mailto:{ADDRESS})", f"[寫信]({HIDING}#{KEY})"),
        (f"[寫信](mailto:{ADDRESS})", f"[寫信]({HIDING})"),
        (f"[**{ADDRESS}**](mailto:{ADDRESS})", f"[**{HIDDEN_MAIL}**]({HIDING}#{KEY})"),
        (f"電郵：{ADDRESS}。", f"電郵：{HIDDEN_MAIL}。"),
        (f"{ADDRESS}m；{ADDRESS}", f"{HIDDEN_MAIL}m；{HIDDEN_MAIL}"),
        (f"圖：{ADDRESS}", "圖：[email protected]"),
        (f"{ADDRESS} 或 {HIDDEN_MAIL}", f"{HIDDEN_MAIL} 或 {HIDDEN_MAIL}"),
    ],
)
@pytest.mark.parametrize("timestamp", [NEWER, OLDER])
def test_hidden_addresses(actual: str, expected: str, timestamp: str) -> None:
    result = compared(complete_file(timestamp, mail=actual), complete_file(mail=expected))
    assert result.kind is ComparisonKind.REPAIRED
    assert ("body", ComparisonKind.REPAIRED) in result.fields
    assert AllowedDifference.MAIL in result.differences
    in_box = compared(complete_file(timestamp, bio=actual), complete_file(bio=expected))
    assert ("box", ComparisonKind.REPAIRED) in in_box.fields


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        ("[x@outer.hk](mailto:x@outer.hk)", f"[{HIDDEN_MAIL}]({HIDING}#{KEY})"),
        (f"[{ADDRESS}](mailto:x@outer.hk)", f"[{HIDDEN_MAIL}]({HIDING})"),
        (ADDRESS, f"[{HIDDEN_MAIL}]({HIDING}#{KEY})"),
        (f"[寫信](mailto:{ADDRESS})", f"[來信]({HIDING}#{KEY})"),
        (f"[寫信]({HIDING}#{KEY})", f"[寫信](mailto:{ADDRESS})"),
        (f"圖：{HIDDEN_MAIL}", f"圖：{ADDRESS}"),
        ("電郵：。", f"電郵：{HIDDEN_MAIL}。"),
        ("電郵：無。", f"電郵：{HIDDEN_MAIL}。"),
        (f"電郵：見{ADDRESS}。", f"電郵：{HIDDEN_MAIL}。"),
        (f"電郵：{ADDRESS}見。", f"電郵：{HIDDEN_MAIL}。"),
        (f"電郵： {ADDRESS}。", f"電郵：{HIDDEN_MAIL}。"),
        (f"[x](mailto:{ADDRESS})", f"[x]({HIDING}#zz)"),
    ],
)
def test_what_looks_like_a_decoded_address(actual: str, expected: str) -> None:
    assert fields_of(compared(complete_file(mail=actual), complete_file(mail=expected))) == {
        "body regression"
    }


@pytest.mark.parametrize("timestamp", [NEWER, OLDER])
def test_a_key_that_hides_nothing_stays(timestamp: str) -> None:
    prefixes = [(at, f"/web/{at}/{WWW}") for at in (timestamp, NEWER)]
    texts = [
        complete_file(
            at, mail=f"[{HIDDEN_MAIL}]({prefix}/cdn-cgi/l/email-protection#ff) [x]({prefix}/y)"
        )
        for at, prefix in prefixes
    ]
    expected = ComparisonKind.IDENTICAL if timestamp == NEWER else ComparisonKind.OTHER_CAPTURE
    assert compared(*texts).kind is expected


@pytest.mark.parametrize("address", ["mailto:a@b.hk", "ttp://example.org/x", "file:///c:/x.docx"])
def test_addresses_that_are_not_of_the_web(address: str) -> None:
    expected = complete_file(mail=f"[x](https://web.archive.org/web/{NEWER}/{address})")
    result = compared(complete_file(mail=f"[x]({address})"), expected)
    assert fields_of(result) == {"body repaired"}
    assert result.differences == {AllowedDifference.NOT_WEB}
    assert (
        compared(complete_file(mail=f"[x]({address}x)"), expected).kind is ComparisonKind.REGRESSION
    )
    assert (
        compared(complete_file(mail="[x](https://a.org)"), expected).kind
        is ComparisonKind.REGRESSION
    )


@pytest.mark.parametrize("address", ["https://example.org/x", "http://example.org/x"])
def test_addresses_of_the_web_must_bear_the_prefix(address: str) -> None:
    expected = complete_file(mail=f"[x](https://web.archive.org/web/{NEWER}/{address})")
    assert (
        compared(complete_file(mail=f"[x]({address})"), expected).kind is ComparisonKind.REGRESSION
    )


GOOD, BROKEN = "?a=1&notif_t=2&x=3&section=4", "?a=1¬if_t=2&x=3§ion=4"


@pytest.mark.parametrize("timestamp", [NEWER, OLDER])
@pytest.mark.parametrize(
    "place",
    [
        "[x](https://web.archive.org/web/{}/https://pier.hk/_(x){})",
        "[x](/web/{}/https://www.hkcnews.com/{})",
        '<img src="https://web.archive.org/web/{}im_/https://pier.hk/{}" alt="">',
    ],
)
def test_addresses_that_the_reference_has_broken(place: str, timestamp: str) -> None:
    expected = complete_file(mail=place.format(NEWER, BROKEN))
    result = compared(complete_file(timestamp, mail=place.format(timestamp, GOOD)), expected)
    assert ("body", ComparisonKind.REPAIRED) in result.fields
    assert result.differences - {AllowedDifference.CAPTURE} == {AllowedDifference.BROKEN_ADDRESSES}
    for wrong in (
        *("?a=1&notif_t=2&x=3", "?a=1&notif_t=2&x=3&section=5", f"{GOOD}&y"),
        *(GOOD.replace("&not", "&not;"), GOOD.replace("&x", "&amp;x"), BROKEN.replace("¬", "&")),
    ):
        actual = complete_file(timestamp, mail=place.format(timestamp, wrong))
        assert "body regression" in fields_of(compared(actual, expected))
    swapped = complete_file(mail=place.format(NEWER, GOOD))
    assert fields_of(compared(expected, swapped)) == {"body regression"}


def test_a_broken_address_that_is_not_of_the_web() -> None:
    expected = complete_file(mail=f"[x](https://web.archive.org/web/{NEWER}/mailto:a@b.hk{BROKEN})")
    result = compared(complete_file(mail=f"[x](mailto:a@b.hk{GOOD})"), expected)
    assert result.differences == {AllowedDifference.NOT_WEB, AllowedDifference.BROKEN_ADDRESSES}


def test_a_reference_outside_an_address_is_no_repair() -> None:
    link = f"[x](/web/{NEWER}/{WWW}/)"
    texts = [complete_file(mail=f"{mail}{link}{mail}") for mail in ("&notif=", "¬if=")]
    assert fields_of(compared(*texts)) == {"body regression"}


@pytest.mark.parametrize("timestamp", [NEWER, OLDER])
def test_text_that_stood_outside_any_paragraph(timestamp: str) -> None:
    actual = complete_file(timestamp)
    for before in ("\n\n見 [前文]", "\n\n<figure>", "\n\n\n---"):
        at = actual.index(before)
        result = compared(f"{actual[:at]}\n\n霧散了。{actual[at:]}", FILE)
        assert ("body", ComparisonKind.REPAIRED) in result.fields
        assert AllowedDifference.LOOSE_TEXT in result.differences
    lost = f"{actual[:at]}\n\n霧散了。{actual[at:]}".replace("上只剩", "")
    assert "body regression" in fields_of(compared(lost, FILE))
    in_bio = actual.replace("\n等船。", "\n等船。\n\n霧散了。")
    assert "box regression" in fields_of(compared(in_bio, FILE))


@pytest.mark.parametrize(
    ("actual", "expected", "kind"),
    [
        (r"末班\x08船", "末班\x08船", ComparisonKind.REPAIRED),
        (r"末\"班\"\x08船", '末\\"班\\"\x08船', ComparisonKind.REPAIRED),
        (r"末\\班船", "末\\班船", ComparisonKind.REPAIRED),
        (r"末\u2028班船", "末\u2028班船", ComparisonKind.REPAIRED),
        ("末班船", "末班\x08船", ComparisonKind.REGRESSION),
        (r"末班\x07船", "末班\x08船", ComparisonKind.REGRESSION),
        (r"末班\x08\u8239", "末班\x08船", ComparisonKind.REGRESSION),
        ("末班\x08船", r"末班\x08船", ComparisonKind.REGRESSION),
        (r"末班\u00e9", "末班é", ComparisonKind.REGRESSION),
    ],
)
def test_escapes(actual: str, expected: str, kind: ComparisonKind) -> None:
    result = compared(with_title(actual, "末班船"), with_title(expected, "末班船"))
    assert fields_of(result) == {f"title {kind}"}
    tag = "碼頭"
    tags = [FILE.replace(f'"{tag}"', f'"{value}"') for value in (actual, expected)]
    assert fields_of(compared(*tags)) == {f"tags {kind}"}


def test_an_escape_does_not_hide_the_headline() -> None:
    result = compared(with_title(r"末班\x08船", "末班船"), with_title("末班\x08船", "末班\x08船"))
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
    assert elsewhere.kind is ComparisonKind.REPAIRED
    assert "url repaired" in fields_of(elsewhere)


DATES = 'date: "2021-04-20"\nlast_updated: "2021-04-21 09:08:07"\n'


@pytest.mark.parametrize(
    ("actual", "kinds"),
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
def test_a_date_that_the_reference_lacks(actual: str, kinds: set[str]) -> None:
    expected = FILE.replace(DATES, 'date: ""\n')
    assert fields_of(compared(FILE.replace(DATES, actual), expected)) == kinds


def test_a_change_that_the_reference_lacks_though_it_has_the_date() -> None:
    expected = FILE.replace(DATES, 'date: "2021-04-20"\n')
    assert fields_of(compared(FILE, expected)) == {"last_updated regression"}


def test_line_ends() -> None:
    assert fields_of(compared(FILE, FILE.replace("\n", "\r\n"))) == {"layout repaired"}
    mixed = FILE.replace("\n", "\r\n", 3)
    assert compared(FILE, mixed).kind is ComparisonKind.REGRESSION
    lost = compared(FILE.replace("碼頭</", "</"), FILE.replace("\n", "\r\n"))
    assert fields_of(lost) == {"layout repaired", "body regression"}


def test_a_file_both_repaired_and_of_another_capture_is_called_repaired() -> None:
    result = compared(
        with_title(r"末\x08班", "末班船").replace(NEWER, OLDER), with_title("末\x08班", "末班船")
    )
    assert result.kind is ComparisonKind.REPAIRED
    assert result.differences == {AllowedDifference.ESCAPES, AllowedDifference.CAPTURE}


# --- the reference archive ------------------------------------------------------------------


def test_reconstructed_pages_give_their_reference_files_but_for_the_repairs() -> None:
    warc, articles = need("pages", "pages.warc.gz"), need("reference", "articles")
    lines = need("oracle", "defects.tsv").read_text(encoding="utf-8").splitlines()[1:]
    repaired = {"email_hidden_text", "email_hidden_bio", "yaml_invalid", "crlf", "no_date"}
    wanted = {int(number) for number, defect, *_ in map(str.split, lines) if defect in repaired}
    results = []
    with warc.open("rb") as file:
        for record in ArchiveIterator(file, WarcRecordType.response, parse_http=True):
            timestamp = re.sub(r"\D", "", str(record.record_date)[:19])
            capture = Capture(timestamp, record.headers["WARC-Target-URI"])
            if capture.article_id in wanted:
                (path,) = articles.glob(f"*/article_{capture.article_id}.md")
                text = render(extract(record.reader.read(), capture))
                results.append(compare(text.encode(), path.read_bytes(), capture.article_id))
    repairs = Counter(each for result in results for each in result.differences)
    assert {each.kind for each in results} == {ComparisonKind.IDENTICAL, ComparisonKind.REPAIRED}
    assert repairs == {AllowedDifference.MAIL: 6, AllowedDifference.ESCAPES: 4}
