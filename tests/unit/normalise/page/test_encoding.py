"""Bytes to text: byte-order mark, declaration, UTF-8, in this order and never a guess."""

from __future__ import annotations

import codecs

import pytest
from support.pages import CAPTURE, page, table

from normalise import extract
from normalise.page.encoding import decode

TEXT = "渡輪停航，風大。"
CANTONESE = "佢哋喺碼頭𨋢度𠝹紙"  # has letters that only Big5-HKSCS has


def html(declaration: str = "", text: str = TEXT) -> str:
    return f"<html><head>{declaration}<title>{text}</title></head><body><p>{text}</p></body></html>"


def meta(label: str) -> str:
    return f'<meta charset="{label}">'


def http_equiv(label: str) -> str:
    return f'<meta http-equiv="Content-Type" content="text/html; charset={label}">'


def read(html: bytes) -> tuple[str, str, tuple[str, ...]]:
    """The text, the codec and the warnings; what goes to the parser is the same text."""
    source = decode(html)
    parsed = source.parsed
    assert source.text == (parsed.decode() if isinstance(parsed, bytes) else parsed)
    return source.text, source.charset, source.warnings


FAR = "<script>" + "/* the archive's own */" * 400 + "</script>\n"
READ = {
    "UTF-8 without declaration": (html(), "utf-8", "utf-8"),
    "UTF-8 as declared": (html(meta("utf-8")), "utf-8", "utf-8"),
    "UTF-8 in capitals": (html(meta("UTF8")), "utf-8", "utf-8"),
    "Big5 as declared": (html(meta("big5")), "big5", "big5hkscs"),
    "Big5 declared by http-equiv": (html(http_equiv("Big5")), "big5", "big5hkscs"),
    "Big5 declared by XML": ('<?xml version="1.0" encoding="big5"?>' + html(), "big5", "big5hkscs"),
    "Big5 declared without quotes": (html("<meta charset=big5>"), "big5", "big5hkscs"),
    "Hong Kong letters declared as Big5": (html(meta("big5"), CANTONESE), "big5hkscs", "big5hkscs"),
    "Big5-HKSCS as declared": (html(meta("Big5-HKSCS"), CANTONESE), "big5hkscs", "big5hkscs"),
    "GBK declared as GB2312": (html(meta("gb2312")), "gbk", "gb18030"),
    "GB18030 as declared": (html(meta("gb18030"), CANTONESE), "gb18030", "gb18030"),
    "Windows quotes declared as Latin-1": (html(meta("iso-8859-1"), "“ferry”"), "cp1252", "cp1252"),
    "Shift-JIS as declared": (html(meta("shift_jis"), "船は出ない"), "cp932", "cp932"),
    "first of two declarations": (html(meta("big5") + meta("utf-8")), "big5", "big5hkscs"),
    "declaration behind long scripts": (html(FAR + meta("big5")), "big5", "big5hkscs"),
    "unknown label": (html(meta("x-hong-kong")), "utf-8", "utf-8"),
    "empty label": (html(meta("")), "utf-8", "utf-8"),
    "declaration in a comment": (html(f"<!-- {meta('big5')} -->"), "utf-8", "utf-8"),
    "declaration in a comment before the true one": (
        html(f"<!-- {meta('gb2312')} -->{meta('big5')}"), "big5", "big5hkscs",
    ),
    "declaration in a script": (
        html(f"<script>document.write('{meta('big5')}');</script>"), "utf-8", "utf-8",
    ),
    "declaration in a script before the true one": (
        html(f"<script>var a = '{meta('gb2312')}';</script>{meta('big5')}"), "big5", "big5hkscs",
    ),
    "declaration in the body": (html() + meta("big5"), "utf-8", "utf-8"),
    "charset in the content of another meta": (
        html('<meta name="description" content="charset=big5">'), "utf-8", "utf-8",
    ),
}  # fmt: skip


@table("page codec found", READ)
def test_page_is_read_as_it_says(page: str, codec: str, found: str) -> None:
    assert read(page.encode(codec)) == (page, found, ())


@table(
    "mark codec found",
    {
        "UTF-8": (codecs.BOM_UTF8, "utf-8", "utf-8"),
        "UTF-16, little end first": (codecs.BOM_UTF16_LE, "utf-16-le", "utf-16-le"),
        "UTF-16, big end first": (codecs.BOM_UTF16_BE, "utf-16-be", "utf-16-be"),
    },
)
@pytest.mark.parametrize("label", ["utf-8", "big5", "x-hong-kong"])
def test_byte_order_mark_comes_before_the_declaration(
    mark: bytes, codec: str, found: str, label: str
) -> None:
    text = html(meta(label))
    assert read(mark + text.encode(codec)) == (text, found, ())


@pytest.mark.parametrize("label", ["big5", "gb2312", "shift_jis", "iso-2022-jp", "ascii"])
def test_declaration_that_does_not_fit_gives_way_to_utf_8(label: str) -> None:
    text = html(meta(label), "渡輪\u200b停航 é ‰ 😀 \uff5e")
    shown, charset, (warning,) = read(text.encode())
    assert (shown, charset) == (text, "utf-8")
    assert warning.startswith("the declaration says ")
    assert warning.endswith("; read as UTF-8, which does")


NO_ENCODINGS = (
    *("base64", "hex", "rot13", "bz2", "zip", "uu", "quopri", "undefined"),
    *("unicode_escape", "raw_unicode_escape", "idna", "punycode", "charmap", "mbcs"),
    *("utf-16", "utf-16-le", "utf-16-be", "utf-32-le"),
)


@pytest.mark.parametrize("label", NO_ENCODINGS)
@pytest.mark.parametrize("end", ["", " "], ids=["as it is", "one byte longer"])
def test_declaration_of_no_encoding_for_html_is_not_used(label: str, end: str) -> None:
    text = html(meta(label)) + end
    assert read(text.encode())[:2] == (text, "utf-8")


BROKEN = {
    "one byte": (b"a\xffb", "a\ufffdb", "1 place can't be read as utf-8 and show"),
    "two bytes apart": (b"\xffa\xfe", "\ufffda\ufffd", "2 places can't be read as utf-8"),
    "letter cut short": ("渡".encode()[:2] + b"a", "\ufffda", "1 place can't be read as utf-8"),
    "lost before and now": ("\ufffd".encode() + b"\xff", "\ufffd\ufffd", "1 place can't"),
    "three before a lost one": (b"\xff\xff\xc3" + "\ufffd".encode(), "\ufffd" * 4, "3 places"),
}  # fmt: skip


@table("broken shown warned", BROKEN)
@pytest.mark.parametrize("declaration", ["", meta("utf-8")], ids=["undeclared", "declared"])
def test_bytes_that_are_not_utf_8_are_shown_and_counted(
    broken: bytes, shown: str, warned: str, declaration: str
) -> None:
    before, after = html(declaration, "海@").encode().split(b"@</p>")
    text, charset, (warning,) = read(before + broken + after)
    assert charset == "utf-8"
    assert f"海{shown}" in text
    assert warned in warning
    assert warning.endswith("show U+FFFD")


def test_bytes_that_fit_neither_declaration_nor_utf_8_are_counted_by_the_declaration() -> None:
    text, charset, (warning,) = read(html(meta("big5")).encode("big5") + b"\xff \xff")
    assert charset == "big5hkscs"
    assert text.endswith("\ufffd \ufffd")
    assert "2 places can't be read as big5hkscs and show U+FFFD" in warning


def test_character_that_was_lost_before_is_no_fault_of_the_bytes() -> None:
    text = html(meta("utf-8"), "\ufffd上")
    assert read(text.encode()) == (text, "utf-8", ())


def test_article_in_big5_is_read_and_its_report_names_the_charset() -> None:
    article = extract(page(f"<p>{TEXT}</p>", head=meta("big5")).encode("big5"), CAPTURE)
    assert article.title == "渡輪停航一天"
    assert article.provenance is not None
    assert article.provenance.charset == "big5hkscs"
    assert not [warning for warning in article.provenance.warnings if "U+FFFD" in warning]


def test_article_with_bytes_lost_here_is_read_and_says_so() -> None:
    html = page("<p>海@</p>").encode().replace(b"@", b"\xff\xff")
    report = extract(html, CAPTURE).provenance
    assert report is not None
    assert "2 places can't be read as utf-8 and show U+FFFD" in report.warnings
