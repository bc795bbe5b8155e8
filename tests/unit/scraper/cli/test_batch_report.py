"""The summary of `normalise`: failures by their reason, and how much detail is printed."""

from __future__ import annotations

import io

import pytest
from rich.console import Console
from support.warcs import TIMESTAMP, address

from normalise import Capture, Unreadable
from scraper.batch.outcome import BatchOutcome, BatchSummary
from scraper.cli.reports.batch import Detail, show_summary
from scraper.models import ArticleStatus


def _summary() -> BatchSummary:
    summary = BatchSummary()
    for article_id in range(1, 8):
        capture = Capture(TIMESTAMP, address(article_id))
        message = str(Unreadable("title", capture.url))
        where = f"a.warc, record at byte {article_id}"
        summary.add(BatchOutcome(ArticleStatus.FAILED, where, capture, message=message))
    for byte in (10, 20):
        where = f"b.warc, record at byte {byte}"
        summary.add(BatchOutcome(ArticleStatus.FAILED, where, message=f"{where}: it is cut off"))
    summary.add(BatchOutcome(ArticleStatus.FAILED, "c.warc", message="c.warc: no record"))
    summary.add(BatchOutcome(ArticleStatus.WRITTEN, "article 9", warnings=("no date found",)))
    return summary


def _lines(detail: Detail) -> list[str]:
    console = Console(file=io.StringIO(), width=200)
    show_summary(console, _summary(), detail)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


def test_failures_are_grouped_by_their_reason() -> None:
    warning, single, first, second, *_ = _lines(Detail.USUAL)
    assert warning == "warning: article 9: no date found"
    assert single == "failed: c.warc: no record (c.warc)"
    assert first == (
        "failed: 7 articles: no rule finds the title of this page: 1, 2, 3, 4, 5 ... and 2 more"
    )
    assert second == (
        "failed: 2 articles: it is cut off: b.warc, record at byte 10, b.warc, record at byte 20"
    )


def test_all_failures_are_shown_if_wished() -> None:
    failed = [line for line in _lines(Detail.VERBOSE) if line.startswith("failed: ")]
    assert len(failed) == 10
    assert failed[0].endswith("(a.warc, record at byte 1)")


def test_quietly_there_are_no_warnings() -> None:
    assert [line for line in _lines(Detail.QUIET) if "warning" in line] == []
    assert _lines(Detail.QUIET)[-1].split() == ["10", "failed"]


@pytest.mark.parametrize(
    ("is_verbose", "is_quiet", "detail"),
    [(True, False, Detail.VERBOSE), (False, True, Detail.QUIET), (False, False, Detail.USUAL)],
)
def test_the_options_say_how_much(*, is_verbose: bool, is_quiet: bool, detail: Detail) -> None:
    assert Detail.of(is_verbose=is_verbose, is_quiet=is_quiet) is detail
