"""The end of `crawl`, and all of `status`: what became of each article, and what was hard."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from scraper.cli.addresses import shorten_addresses
from scraper.cli.console import print_line, stderr_console
from scraper.cli.reports.failures import FailureLine, listed, name_reason, show_failures
from scraper.cli.reports.outcomes import show_outcomes
from scraper.crawl.grouping import by_size
from scraper.crawl.progress import CrawlProgress
from scraper.crawl.report import CostlyAttempt, CrawlReport, reason_and_what
from scraper.models import ArticleStatus, AttemptResult

if TYPE_CHECKING:  # `status` needs no network
    from scraper.crawl.plan import Estimate

_MAX_LISTED = 20
_MIN_SECONDS_TO_BE_SLOW = 1.0
_ALL_IN_REPORT = "report.json names them all"


def show_passed_over(console: Console, progress: CrawlProgress, *, is_quiet: bool = False) -> None:
    """Print which rows of a capture list were not taken and why, and which ids have no capture.

    With `is_quiet` only the ids: they were asked for.
    """
    rows = Counter[str]() if is_quiet else progress.passed_over
    for row, count in rows.most_common(_MAX_LISTED):
        print_line(console, "passed over:", f"{row} ({count:,})" if count > 1 else row, "yellow")
    if progress.without_capture:
        ids = ", ".join(map(str, progress.without_capture[:_MAX_LISTED]))
        print_line(console, "not to be had:", f"there is no capture of {ids}", "red")
    more = len(rows) - _MAX_LISTED
    if more > 0:
        print_line(console, "", f"... and {more:,} more rows that were passed over")


def show_estimate(console: Console, estimate: Estimate, rate: float) -> None:
    """Print what a crawl would take; `rate` is in pages a second, 0 for no pace."""
    pace = f"at {rate:g} a second" if rate else "without a pace"
    print_line(console, f"{estimate.articles:>9,}", "articles to fetch")
    print_line(console, f"{estimate.requests:>9,}", "requests at least, one for each article")
    print_line(console, f"{estimate.seconds / 3600:>9.1f}", f"hours {pace}, pauses not counted")


def show_report(
    console: Console, report: CrawlReport, folder: Path, *, of_run: bool = False
) -> None:
    """Print what is wrong, the count of each status, and the captures that were hard to get.

    `of_run` says that the report is of the articles that a run was asked for, not of all.
    """
    show_result(console, report, folder, of_run=of_run)
    for warning, count in report.warnings.most_common(_MAX_LISTED):
        written = report.statuses[ArticleStatus.WRITTEN]
        print_line(console, "warning:", f"{warning}: {count:,} of {written:,}", "yellow")
    more = len(report.warnings) - _MAX_LISTED
    if more > 0:
        print_line(console, "", f"... and {more:,} more kinds of warnings ({_ALL_IN_REPORT})")
    slow = (costly for costly in report.slowest if costly.seconds >= _MIN_SECONDS_TO_BE_SLOW)
    _show_costly(console, "slowest:", slow)
    _show_costly(console, "most retried:", report.most_retried)


def show_result(
    console: Console, report: CrawlReport, folder: Path, *, of_run: bool = False
) -> None:
    """Print what is wrong, and the count of each status."""
    _show_failures(console, report, folder)
    for share in report.fields:
        if share.is_alarming:
            print_line(console, "alarm:", share.warning, "bold red")
    if report.incomplete:
        articles = _articles(len(report.incomplete))
        text = f"{articles} with much of the page's text left out: {listed(report.incomplete)}"
        print_line(console, "incomplete:", text, "yellow")
    show_outcomes(console, report)
    scope = "asked for" if of_run else "known"
    print_line(
        console,
        f"{report.articles:>9,}",
        f"articles {scope}, {report.requests:,} requests for pages",
    )
    if report.paused_until:
        print_line(
            console, "paused:", f"the archive wants no requests until {report.paused_until}", "red"
        )


def write_report(report: CrawlReport, folder: Path) -> None:
    """Write report.json; if the disk refuses it, print a warning, and hide no other error."""
    try:
        report.write(folder)
    except OSError as error:
        print_line(stderr_console, "warning:", f"the report can't be written: {error}", "yellow")


def _show_failures(console: Console, report: CrawlReport, folder: Path) -> None:
    """Print a line for each reason, and the command that shows the page of an unreadable one."""
    groups = by_size(report.failed, reason_and_what)
    messages = {key: [outcome.message for outcome in outcomes] for key, outcomes in groups}
    lines = [
        FailureLine(
            group.count,
            name_reason(messages.get((group.reason, group.what), []), group.what),
            tuple(map(str, group.article_ids)),
        )
        for group in report.failure_groups
    ]
    show_failures(console, lines, _ALL_IN_REPORT)
    unreadable = (
        group for group in report.failure_groups if group.reason == AttemptResult.UNREADABLE
    )
    if group := next(unreadable, None):
        command = f"hkcnews inspect {group.article_ids[0]} --from {shlex.quote(str(folder))}"
        print_line(console, "look at one:", command)


def _articles(count: int) -> str:
    return f"{count:,} {'article' if count == 1 else 'articles'}"


def _show_costly(console: Console, label: str, attempts: Iterable[CostlyAttempt]) -> None:
    for costly in attempts:
        address = shorten_addresses(costly.capture.url)
        effort = f"{costly.requests} requests in {costly.seconds:.1f} s"
        print_line(console, label, f"article {costly.article_id}: {effort}, {address}")
