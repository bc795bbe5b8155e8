"""The work of `crawl`: the run or its estimate, with progress before and a report behind it."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from scraper.cli.console import print_line, stderr_console, stdout_console
from scraper.cli.progress import CrawlView, show_progress
from scraper.cli.reports.comparison import show_counts, show_regressions
from scraper.cli.reports.crawl import (
    show_estimate,
    show_passed_over,
    show_report,
    show_result,
    write_report,
)
from scraper.cli.session import ask_for_contact
from scraper.corpus.files import find_articles
from scraper.crawl import run as crawl_run
from scraper.crawl.folder import CrawlFolder
from scraper.crawl.plan import CrawlPlan
from scraper.crawl.progress import CrawlProgress
from scraper.crawl.report import CrawlReport
from scraper.errors import UsageError
from scraper.verify.compare import ComparisonKind
from scraper.verify.trees import Trees, compare_trees
from scraper.wayback.policy import RequestPolicy


@dataclass(frozen=True, slots=True)
class CrawlOptions:
    """What a crawl does beside crawling: `reference` is a folder to hold its articles against."""

    reference: Path | None = None
    is_quiet: bool = False


def run_crawl(
    plan: CrawlPlan, policy: RequestPolicy, folder: CrawlFolder, options: CrawlOptions
) -> bool:
    """Crawl, and report however it ends; return whether something that was wanted has failed.

    That is an article, an id without a capture, a field that nearly all pages should have, or a
    written article that is worse than in the reference.
    """
    progress = CrawlProgress()
    ask_for_contact(policy)
    try:
        with show_progress(stderr_console, CrawlView(progress), is_quiet=options.is_quiet):
            asyncio.run(crawl_run.run(plan, policy, folder, progress))
        if not progress.total:
            print_line(stderr_console, "", "nothing is left to do")
    finally:
        report = _report(folder, progress, is_quiet=options.is_quiet)
    has_regressions = options.reference is not None and _has_regressions(
        folder.path, options.reference, report.written
    )
    return (
        has_regressions
        or bool(progress.without_capture)
        or bool(report.failed)
        or any(share.is_alarming for share in report.fields)
    )


def _report(folder: CrawlFolder, progress: CrawlProgress, *, is_quiet: bool) -> CrawlReport:
    """Print what became of the articles that the run was asked for, and write report.json.

    The file has all that are known. A run that ended before it chose its articles prints nothing.
    """
    show_passed_over(stderr_console, progress, is_quiet=is_quiet)
    of_all = CrawlReport.of(folder.ledger)
    is_all = of_all.articles == len(progress.wanted)
    report = of_all if is_all else CrawlReport.of(folder.ledger, progress.wanted)
    if progress.wanted:
        show = show_result if is_quiet else show_report
        show(stderr_console, report, folder.path, of_run=True)
    write_report(of_all, folder.path)
    return report


def _has_regressions(archive: Path, reference: Path, article_ids: Collection[int]) -> bool:
    """Print how the written articles compare with a reference; return whether one is worse."""
    if not article_ids:
        print_line(stderr_console, "check:", "no article was written: nothing to compare")
        return False
    trees = Trees.of(archive, reference)
    chosen = Trees(_only(trees.actual, article_ids), _only(trees.expected, article_ids))
    result = compare_trees(chosen, 1)
    print_line(stderr_console, "check:", f"the articles of this run against {reference}", "bold")
    show_counts(stderr_console, result)
    show_regressions(stderr_console, result, has_details=True)
    has_regressions = bool(result.ids[ComparisonKind.REGRESSION])
    if has_regressions:
        command = f"`hkcnews compare {archive} {reference} --show 3`"
        print_line(stderr_console, "", f"{command} shows what differs")
    return has_regressions


def _only(paths: dict[int, str], article_ids: Collection[int]) -> dict[int, str]:
    return {article_id: path for article_id, path in paths.items() if article_id in article_ids}


def check_reference(reference: Path) -> None:
    """Raise `UsageError` for a folder that can be no reference, before all the work is done."""
    if not reference.is_dir():
        raise UsageError(f"--check {reference}: no such folder; give one with article files")
    next(iter(find_articles(reference)), None)


def estimate_crawl(
    plan: CrawlPlan, policy: RequestPolicy, folder: CrawlFolder, *, is_quiet: bool = False
) -> None:
    """Print what a crawl would take."""
    progress = CrawlProgress()
    ask_for_contact(policy)
    with show_progress(stderr_console, CrawlView(progress), is_quiet=is_quiet):
        estimate = asyncio.run(crawl_run.estimate(plan, policy, folder, progress))
    show_passed_over(stderr_console, progress, is_quiet=is_quiet)
    show_estimate(stdout_console(), estimate, policy.rate)
