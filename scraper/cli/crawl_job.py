"""The work of `crawl`: the run or its estimate, with progress before and a report behind it."""

from __future__ import annotations

import asyncio

from scraper.cli.console import print_line, stderr_console, stdout_console
from scraper.cli.progress import CrawlView, show_progress
from scraper.cli.reports.crawl import show_estimate, show_passed_over, show_report, write_report
from scraper.crawl import run as crawl_run
from scraper.crawl.folder import CrawlFolder
from scraper.crawl.plan import CrawlPlan
from scraper.crawl.progress import CrawlProgress
from scraper.crawl.report import CrawlReport
from scraper.wayback.policy import RequestPolicy


def run_crawl(plan: CrawlPlan, policy: RequestPolicy, folder: CrawlFolder) -> bool:
    """Crawl, and report however it ends; return whether an article that was wanted has failed."""
    progress = CrawlProgress()
    try:
        with show_progress(stderr_console, CrawlView(progress)):
            asyncio.run(crawl_run.run(plan, policy, folder, progress))
        if not progress.total:
            print_line(stderr_console, "", "nothing is left to do")
    finally:
        show_passed_over(stderr_console, progress)
        report = CrawlReport.of(folder.ledger)
        show_report(stderr_console, report)
        write_report(report, folder.path)
    return bool(progress.without_capture) or any(
        outcome.article_id in progress.wanted for outcome in report.failed
    )


def estimate_crawl(plan: CrawlPlan, policy: RequestPolicy, folder: CrawlFolder) -> None:
    """Print what a crawl would take."""
    progress = CrawlProgress()
    with show_progress(stderr_console, CrawlView(progress)):
        estimate = asyncio.run(crawl_run.estimate(plan, policy, folder, progress))
    show_passed_over(stderr_console, progress)
    show_estimate(stdout_console(), estimate, policy.rate)
