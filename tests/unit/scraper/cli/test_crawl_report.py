"""The summaries of a crawl, whose lists stop after some lines."""

from __future__ import annotations

import io
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console
from support.warcs import TIMESTAMP, address, capture_url

from normalise import Capture
from scraper.cli.addresses import decode_address
from scraper.cli.reports.crawl import (
    show_estimate,
    show_passed_over,
    show_report,
    show_result,
    write_report,
)
from scraper.crawl.outcomes import ArticleOutcome
from scraper.crawl.plan import Estimate
from scraper.crawl.progress import CrawlProgress
from scraper.crawl.report import (
    CostlyAttempt,
    CrawlReport,
    FailureGroup,
    FieldShare,
    group_failures,
)
from scraper.models import ArticleStatus

OUT = Path("out")


@pytest.fixture
def console() -> Console:
    return Console(file=io.StringIO(), width=200)


def _lines(console: Console) -> list[str]:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


def _report(
    failures: int = 0,
    slowest: tuple[CostlyAttempt, ...] = (),
    groups: tuple[FailureGroup, ...] = (),
    warnings: Counter[str] | None = None,
    fields: tuple[FieldShare, ...] = (),
    incomplete: tuple[int, ...] = (),
) -> CrawlReport:
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
        failure_groups=groups,
        warnings=warnings or Counter(),
        fields=fields,
        incomplete=incomplete,
    )


def test_a_report_counts_each_status(console: Console) -> None:
    group = FailureGroup("unreadable", "no rule finds the title", 2, (1, 2))
    show_report(console, _report(2, groups=(group,)), Path("my archive"))
    assert _lines(console) == [
        "failed: 2 articles: no rule finds the title: 1, 2",
        "look at one: hkcnews inspect 1 --from 'my archive'",
        "      100  50.0 %  written",
        "        0   0.0 %  no usable capture",
        "        2   1.0 %  failed (unreadable 2)",
        "        1   0.5 %  not done yet",
        "      200 articles known, 1,234 requests for pages",
    ]


def test_a_reason_names_five_articles_and_counts_the_others(console: Console) -> None:
    groups = (
        FailureGroup("no-answer", "no answer", 195, (1, 2, 3, 4, 5)),
        FailureGroup("fault", f"a fault at {capture_url(7)}", 1, (7,)),
    )
    show_report(console, _report(196, groups=groups), OUT)
    assert _lines(console)[:2] == [
        "failed: 195 articles: no answer: 1, 2, 3, 4, 5 ... and 190 more",
        f"failed: 1 article: a fault at {decode_address(capture_url(7))}: 7",
    ]


def test_a_number_is_shown_where_all_failures_have_it(console: Console) -> None:
    outcomes = tuple(
        ArticleOutcome(n, ArticleStatus.FAILED, "no-answer", f"418 of {capture_url(n)}; again")
        for n in (1, 2)
    )
    for failed, what in (
        (outcomes, "418 of"),
        ((outcomes[0], replace(outcomes[1], message="N of")), "N of"),
    ):
        report = replace(_report(2), failed=failed, failure_groups=group_failures(failed))
        show_report(console, report, OUT)
        assert _lines(console)[-6].startswith(f"failed: 2 articles: {what}")


def test_only_so_many_reasons_are_shown(console: Console) -> None:
    groups = tuple(FailureGroup("fault", f"fault {n}", 1, (n,)) for n in range(23))
    show_report(console, _report(23, groups=groups), OUT)
    lines = _lines(console)
    assert sum(line.startswith("failed: ") for line in lines) == 20
    assert "... and 3 more reasons (report.json names them all)" in lines


def test_a_report_shows_what_no_failure_tells(console: Console) -> None:
    category = FieldShare("category", 100, 0, Counter(), is_alarming=True)
    title = FieldShare("title", 100, 100, Counter({"headline": 100}))
    report = _report(
        warnings=Counter({"no category found": 100}),
        fields=(title, category),
        incomplete=tuple(range(1, 8)),
    )
    show_report(console, report, OUT)
    lines, left_out = _lines(console), "much of the page's text left out"
    assert lines[:2] == [
        f"alarm: {category.warning}",
        f"incomplete: 7 articles with {left_out}: 1, 2, 3, 4, 5 ... and 2 more",
    ]
    assert lines[-1] == "warning: no category found: 100 of 100"


def test_only_so_many_warnings_are_shown(console: Console) -> None:
    show_report(console, _report(warnings=Counter(f"odd {n}" for n in range(22))), OUT)
    assert _lines(console)[-1] == "... and 2 more kinds of warnings (report.json names them all)"


def test_a_result_has_neither_warnings_nor_what_was_slow(console: Console) -> None:
    slow = CostlyAttempt(1, Capture(TIMESTAMP, address(1)), 2, 3.0)
    show_result(console, _report(slowest=(slow,), warnings=Counter({"odd": 1})), OUT, of_run=True)
    lines = _lines(console)
    assert lines[-1] == "      200 articles asked for, 1,234 requests for pages"
    assert not any(line.startswith(("warning:", "slowest:")) for line in lines)


def test_a_report_names_what_took_a_second_or_more(console: Console) -> None:
    capture = Capture(TIMESTAMP, address(1))
    quick, slow = (CostlyAttempt(1, capture, 2, seconds) for seconds in (0.99, 1.0))
    show_report(console, _report(slowest=(slow, quick)), OUT)
    slowest = [line for line in _lines(console) if line.startswith("slowest: ")]
    assert slowest == [f"slowest: article 1: 2 requests in 1.0 s, {decode_address(capture.url)}"]


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


def test_quietly_only_the_ids_that_were_asked_for_are_named(console: Console) -> None:
    progress = CrawlProgress(passed_over=Counter({"line 1": 1}), without_capture=[3])
    show_passed_over(console, progress, is_quiet=True)
    assert _lines(console) == ["not to be had: there is no capture of 3"]


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
