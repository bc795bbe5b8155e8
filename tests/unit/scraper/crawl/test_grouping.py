"""Messages of many pages become one."""

from __future__ import annotations

import pytest

from scraper.crawl.grouping import generalise, what_failed


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ("no category found", "no category found"),
        ("no such day: 31.02.18", "no such day: N"),
        ("not a known category: '眾\\'聲'", "not a known category: ..."),
        (
            'text outside any paragraph is left out: "a/b; \'c"',
            "text outside any paragraph is left out: ...",
        ),
        ("a picture is left out: /news/a.jpg", "a picture is left out"),
        (
            "a redirect to another page: https://w.org/web/2018/https://h.com/a",
            "a redirect to another page",
        ),
        ("redirects that lead in a circle, by https://w.org/1", "redirects that lead in a circle"),
        ("3 places can't be read as utf-8", "N places can't be read as utf-N"),
    ],
)
def test_what_differs_from_page_to_page_is_left_out(message: str, text: str) -> None:
    assert generalise(message) == text


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ("no rule finds the title: https://w.org/1; look at it", "no rule finds the title"),
        ("the process died: o/h.warc.gz, record at byte 7; the next run", "the process died"),
        ("it would lack 67% (2 of 3): https://w.org/1; look", "it would lack N% (N of N)"),
    ],
)
def test_a_failure_is_told_without_advice(message: str, text: str) -> None:
    assert what_failed(message) == text
