"""The summaries of a crawl, whose lists stop after some lines."""

from __future__ import annotations

import io
from collections import Counter
from pathlib import Path

import pytest
from rich.console import Console
from support.warcs import TIMESTAMP, address

from normalise import Capture
from scraper.cli.reports.crawl import (
    show_estimate,
    show_passed_over,
    show_report,
    write_report,
)
from scraper.crawl.outcomes import ArticleOutcome
from scraper.crawl.plan import Estimate
from scraper.crawl.progress import CrawlProgress
from scraper.crawl.report import CostlyAttempt, CrawlReport
from scraper.models import ArticleStatus


@pytest.fixture
def console() -> Console:
    return Console(file=io.StringIO(), width=200)


def _lines(console: Console) -> list[str]:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


def _report(failures: int = 0, slowest: tuple[CostlyAttempt, ...] = ()) -> CrawlReport:
    return CrawlReport(
        articles=200,
        open=1,
        statuses=Counter({ArticleStatus.WRITTEN: 100, ArticleStatus.FAILED: failures}),
        reasons={
            ArticleStatus.WRITTEN: Counter({"": 100}),
            ArticleStatus.NO_CAPTURE: Counter(),
            ArticleStatus.FAILED: Counter({"unreadable": failures}),
        },
        failed=tuple(
            ArticleOutcome(article_id, ArticleStatus.FAILED, message="no title")
            for article_id in range(1, failures + 1)
        ),
        requests=1234,
        slowest=slowest,
        most_retried=(),
        pause=None,
    )


def test_a_report_counts_each_status(console: Console) -> None:
    show_report(console, _report(2))
    assert _lines(console) == [
        "failed: article 1: no title",
        "failed: article 2: no title",
        "      100  50.0 %  written",
        "        0   0.0 %  no usable capture",
        "        2   1.0 %  failed (unreadable 2)",
        "        1   0.5 %  not done yet",
        "      200 articles known, 1,234 requests for pages",
    ]


def test_a_report_names_some_failures_and_counts_the_others(console: Console) -> None:
    show_report(console, _report(23))
    lines = _lines(console)
    assert sum(line.startswith("failed: ") for line in lines) == 20
    assert "... and 3 more that failed (report.json names them all)" in lines


def test_a_report_names_what_took_a_second_or_more(console: Console) -> None:
    capture = Capture(TIMESTAMP, address(1))
    quick, slow = (CostlyAttempt(1, capture, 2, seconds) for seconds in (0.99, 1.0))
    show_report(console, _report(slowest=(slow, quick)))
    slowest = [line for line in _lines(console) if line.startswith("slowest: ")]
    assert slowest == [f"slowest: article 1: 2 requests in 1.0 s, {capture.url}"]


def test_a_report_that_can_not_be_written_is_a_warning(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_report(_report(), tmp_path / "gone")
    assert capsys.readouterr().err.startswith("warning: the report can't be written: ")


def test_rows_that_were_passed_over_are_counted(console: Console) -> None:
    rows = Counter(["line 1: no timestamp", *(f"line {n}: no address" for n in range(1, 25))])
    rows["line 1: no timestamp"] += 1
    show_passed_over(console, CrawlProgress(passed_over=rows))
    lines = _lines(console)
    assert lines[0] == "passed over: line 1: no timestamp (2)"
    assert lines[-1] == "... and 5 more rows that were passed over"
    assert len(lines) == 20 + 1


def test_ids_without_a_capture_are_named(console: Console) -> None:
    show_passed_over(console, CrawlProgress(without_capture=[3, 500]))
    assert _lines(console) == ["not to be had: there is no capture of 3, 500"]


@pytest.mark.parametrize(("rate", "pace"), [(2.5, "at 2.5 a second"), (0.0, "without a pace")])
def test_an_estimate_in_hours(console: Console, rate: float, pace: str) -> None:
    show_estimate(console, Estimate(articles=9000, requests=9001, seconds=5400.0), rate)
    assert _lines(console) == [
        "    9,000 articles to fetch",
        "    9,001 requests at least, one for each article",
        f"      1.5 hours {pace}, pauses not counted",
    ]
