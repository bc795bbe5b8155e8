"""The page holds what was found, and nothing in it can do anything."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import re
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser, LexborNode

from scraper.crawl.ledger import Ledger
from scraper.errors import UsageError
from scraper.report.articles import ArticleFacts
from scraper.report.ledger_facts import LedgerFacts, Missing, Readdressed
from scraper.report.page import percent, render_page, whole
from scraper.report.plots import Plotter
from scraper.report.run import make_report
from scraper.report.survey import survey

EVIL = '</style><script>alert(1)</script><img src=x onerror="alert(2)">\'"&{{ 7*7 }}'
MONTHS = range(2019 * 12, 2019 * 12 + 14)


def _hostile() -> LedgerFacts:
    address = ((f"https://www.hkcnews.com/article/3/{EVIL}", 1),)
    return LedgerFacts(
        frozenset({1, 2, 3}),
        frozenset({1, 2}),
        {("failed", EVIL): [Missing(3, "failed", EVIL, EVIL, address)]},
        Counter({(2019, "article"): 2}),
        Counter({2: 1}),
        (Readdressed(3, address * 2),),
        [(1, EVIL, {"title": EVIL})],
    )


def _first(page: LexborHTMLParser, selector: str) -> LexborNode:
    found = page.css_first(selector)
    assert found is not None, selector
    return found


@pytest.fixture(scope="module")
def hostile() -> LexborHTMLParser:
    facts = [ArticleFacts(n, None, EVIL, EVIL, EVIL, (EVIL,), 1, 1, b"d") for n in (1, 2)]
    facts[0] = replace(facts[0], fault=EVIL)
    facts.append(replace(facts[1], article_id=1, day=None))
    found = survey(_hostile(), facts)
    return LexborHTMLParser(render_page(found, EVIL, "2026-01-03T12:00:00Z"))


def test_whatever_things_are_called_nothing_of_it_is_markup(hostile: LexborHTMLParser) -> None:
    assert not hostile.css("script, img, iframe, object, embed, form, base, [style]")
    for node in hostile.css("*"):
        assert not [name for name in node.attributes if name.startswith("on")]
    for link in hostile.css("a[href]"):
        assert re.match(r"#|https://web\.archive\.org/web/\*/", link.attributes["href"] or "")
    assert len(hostile.css("style")) == 1
    assert "49" not in _first(hostile, "h1 + p").text()
    assert EVIL in _first(hostile, "#aliases").text()


def test_the_policy_allows_the_one_style_and_nothing_else(hostile: LexborHTMLParser) -> None:
    policy = _first(hostile, "meta[http-equiv]").attributes["content"] or ""
    style = _first(hostile, "style").text()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:")
    assert "unsafe" not in policy


def test_every_plot_is_named() -> None:
    day = dt.date(2021, 6, 28)
    facts = [ArticleFacts(n, day, "甲", "乙", "眾聞", ("丙",), 1, 1) for n in (1, 2)]
    page = LexborHTMLParser(
        render_page(survey(_hostile(), facts), "archive", "2026-01-03T12:00:00Z")
    )
    assert len(page.css("svg.wide")) == len(page.css("svg.narrow")) == 5
    assert len(page.css(".multiples svg")) == 3
    for drawing in page.css("svg"):
        assert drawing.attributes["role"] == "img"
        names = (drawing.attributes["aria-labelledby"] or "").split()
        described = (drawing.attributes.get("aria-describedby") or "").split()
        assert names
        assert all(page.css_first(f"#{name}") for name in names + described)
    ids = [node.attributes["id"] for node in page.css("[id]")]
    assert len(ids) == len(set(ids))


def test_both_languages_are_marked_as_such(hostile: LexborHTMLParser) -> None:
    assert len(hostile.css(".en")) == len(hostile.css(".zh")) > 50
    assert {node.attributes["lang"] for node in hostile.css(".en")} == {"en"}
    assert {node.attributes["lang"] for node in hostile.css(".zh")} == {"zh-Hant"}


def test_plots_are_numbers_in_the_colours_of_the_page() -> None:
    plotter = Plotter()
    series = [("--written", [3] * 14), ("--lost", [1] * 14)]
    months = plotter.stacked_months(MONTHS, series)
    assert months.narrow is not None
    drawings = [
        months.wide,
        months.narrow,
        plotter.stacked_years([2019, 2020], [("--written", [1, 2])]).wide,
        plotter.share_bar([("--written", 9), ("--lost", 1)]).wide,
        plotter.small(MONTHS, [1] * 14).wide,
    ]
    for drawing in drawings:
        assert "style=" not in drawing.content
        assert set(re.findall(r"fill=\"(?!none)([^\"]*)\"", drawing.content)) <= {
            *("var(--written)", "var(--lost)", "var(--soft)"),
        }
        texts = re.findall(r">([^<>]+)<", drawing.content)
        assert all(re.fullmatch(r"[\d,.]+", text) for text in texts)
        assert len(drawing.content) < 15_000
    assert [drawing.view_box for drawing in drawings[:2]] == ["0 0 720 250", "0 0 328 200"]


@pytest.mark.parametrize(
    ("part", "of", "exact", "rough"),
    [
        (0, 0, "0.0 %", "0 %"),
        (1, 9_999, "<0.1 %", "<1 %"),
        (9_998, 9_999, ">99.9 %", ">99 %"),
        (9, 9, "100.0 %", "100 %"),
        (1, 3, "33.3 %", "33 %"),
    ],
)
def test_a_share_is_never_all_or_nothing_by_rounding(
    part: int, of: int, exact: str, rough: str
) -> None:
    assert (percent(part, of), whole(part, of)) == (exact, rough)


def test_a_crawl_that_knows_nothing_yet_has_a_page(tmp_path: Path) -> None:
    Ledger(tmp_path).close()
    page = LexborHTMLParser(make_report(tmp_path).html)
    assert "No article is known yet." in _first(page, "#outcomes").text()


@pytest.mark.parametrize("package", ["vl_convert", "jinja2"])
def test_a_package_that_is_missing_is_named_with_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    Ledger(tmp_path).close()
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(UsageError, match=r"pip install 'hkcnews-archive\[report\]'"):
        make_report(tmp_path)
