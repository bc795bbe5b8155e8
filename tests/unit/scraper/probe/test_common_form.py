"""What two right readings of a page may differ in is not there in the common form, all else is."""

from __future__ import annotations

import pytest
from support.article_files import (
    BARE,
    HIDDEN_MAIL,
    NEWER,
    OLDER,
    WWW,
    complete_file,
    with_title,
)
from support.pages import table

from normalise import Capture
from scraper.probe.common_form import common_pieces, move_to_capture

HIDING = f"/web/{NEWER}/{WWW}/cdn-cgi/l/email-protection"
REPAIRED = {
    "a hidden address": (f"電郵 {HIDDEN_MAIL} 。", "電郵 a@b.example 。"),
    "next to letters, as in a caption": (f"圖：{HIDDEN_MAIL}Commons", "圖：a@b.exampleCommons"),
    "in bold": (f"**{HIDDEN_MAIL}**", "**a@b.example**"),
    "two of them": (f"{HIDDEN_MAIL}/{HIDDEN_MAIL}", "a@b.example/c@d.example"),
    "a list behind one key": (f"[{HIDDEN_MAIL}]({HIDING})", "[a@b, c@d](mailto:a@b,c@d)"),
    "a link with its key": (f"[{HIDDEN_MAIL}]({HIDING}#00ab)", "[a@b.example](mailto:a@b.example)"),
    "a link of other words": (f"[電郵]({HIDING}#00ab)", "[電郵](mailto:a@b.example?subject=x)"),
    "mailto": (
        f"[寫信](https://web.archive.org/web/{NEWER}/mailto:a@b.example)",
        "[寫信](mailto:a@b.example)",
    ),
    "another scheme": (f"[展開](/web/{NEWER}/javascript:x)", "[展開](javascript:x)"),
}
WRONG = {
    "another word": ("纜車停了。", "纜車停了！"),
    "another link": (
        f"[甲](https://web.archive.org/web/{NEWER}/https://a.example/)",
        f"[甲](https://web.archive.org/web/{NEWER}/https://b.example/)",
    ),
    "another time": (f"[甲](/web/{NEWER}/{WWW}/a)", f"[甲](/web/{OLDER}/{WWW}/a)"),
    "a lost address": (f"電郵 {HIDDEN_MAIL} 。", "電郵 。"),
    "a lost mark": ("**電郵** a@b.example", "電郵 a@b.example"),
}


def capture(timestamp: str, origin: str = WWW) -> Capture:
    return Capture(timestamp, f"{origin}/article/4321/%E7%A2%BC%E9%A0%AD-4321/x")


@table("expected actual", REPAIRED)
def test_a_repair_does_not_show(expected: str, actual: str) -> None:
    assert common_pieces(complete_file(mail=expected)) == common_pieces(complete_file(mail=actual))
    assert common_pieces(complete_file(bio=expected)) == common_pieces(complete_file(bio=actual))


@table("expected actual", WRONG)
def test_anything_else_shows(expected: str, actual: str) -> None:
    assert common_pieces(complete_file(mail=expected)) != common_pieces(complete_file(mail=actual))


@pytest.mark.parametrize(
    ("raw", "escaped"), [("\x08", r"\x08"), ("\u2028", r"\u2028"), ("\\", "\\\\")]
)
def test_escapes_of_yaml_do_not_show(raw: str, escaped: str) -> None:
    title = f"末{raw}班船"
    expected = common_pieces(with_title(title, title))
    assert common_pieces(with_title(f"末{escaped}班船", title)) == expected
    assert common_pieces(with_title("末班船", title)) != expected


def test_line_ends_of_windows_do_not_show() -> None:
    assert common_pieces(complete_file().replace("\n", "\r\n")) == common_pieces(complete_file())


def test_the_file_of_another_capture_gets_the_addresses_of_the_one_asked_for() -> None:
    served = complete_file(OLDER, BARE)
    assert move_to_capture(served, capture(OLDER, BARE), capture(NEWER)) == complete_file()
    same_host = move_to_capture(complete_file(OLDER), capture(OLDER), capture(NEWER))
    assert same_host == complete_file()


def test_the_file_of_the_capture_asked_for_is_not_touched() -> None:
    link = f"[前](/web/{OLDER}/{WWW}/a)"
    text = complete_file(mail=link)
    assert move_to_capture(text, capture(NEWER), capture(NEWER)) == text


def test_a_time_that_is_not_of_the_served_capture_stays() -> None:
    link = f"[前](/web/20200101000000/{WWW}/a)"
    moved = move_to_capture(complete_file(OLDER, mail=link), capture(OLDER), capture(NEWER))
    assert link in moved
