"""The work of `images`: the run or its estimate, with progress before and a report behind it."""

from __future__ import annotations

import asyncio

from scraper.cli.console import print_line, stderr_console, stdout_console
from scraper.cli.progress import CrawlView, NormaliseView, show_progress
from scraper.cli.reports.crawl import write_report
from scraper.cli.reports.images import (
    show_image_estimate,
    show_images,
    show_not_written,
    show_unsearched,
)
from scraper.cli.session import ask_for_contact
from scraper.crawl.folder import CrawlFolder
from scraper.crawl.image_report import ImageReport
from scraper.crawl.progress import CrawlProgress
from scraper.crawl.report import CrawlReport
from scraper.images import run as images_run
from scraper.images.plan import ImagePlan
from scraper.images.wanted import search_pages
from scraper.wayback.policy import RequestPolicy


def run_images(
    plan: ImagePlan,
    policy: RequestPolicy,
    folder: CrawlFolder,
    jobs: int | None = None,
    *,
    is_quiet: bool = False,
) -> bool:
    """Fetch pictures, and report however it ends; return whether something has failed.

    That is a picture, a page of an article that can't be searched for pictures, or an article that
    is not written.
    """
    progress = CrawlProgress()
    ask_for_contact(policy)
    has_failed, image_ids = _search(plan, folder, jobs, is_quiet=is_quiet)
    try:
        if image_ids:
            view = CrawlView(progress, "requests")
            with show_progress(stderr_console, view, is_quiet=is_quiet):
                asyncio.run(images_run.run(image_ids, policy, folder, progress))
        else:
            print_line(stderr_console, "", "nothing is left to do")
    finally:
        report = ImageReport.of(folder.ledger, images_run.wanted_articles(plan, folder))
        if report is not None:
            show_images(stderr_console, report, of_run=plan.ids is not None)
        write_report(CrawlReport.of(folder.ledger), folder.path)
    return has_failed or (report is not None and bool(report.failed))


def estimate_images(
    plan: ImagePlan,
    policy: RequestPolicy,
    folder: CrawlFolder,
    jobs: int | None = None,
    *,
    is_quiet: bool = False,
) -> None:
    """Print what a run would take; pages are searched for pictures, and nothing is requested."""
    _, image_ids = _search(plan, folder, jobs, is_quiet=is_quiet)
    estimate = images_run.estimate(image_ids, policy, folder)
    show_image_estimate(stdout_console(), estimate, policy.rate)


def _search(
    plan: ImagePlan, folder: CrawlFolder, jobs: int | None, *, is_quiet: bool
) -> tuple[bool, list[int]]:
    """Search the pages; return whether some are not there to be read, and what is to be fetched."""
    view = NormaliseView("looking for pictures")
    with show_progress(stderr_console, view, is_quiet=is_quiet):
        unreadable = search_pages(folder, plan.ids, jobs, view.set_done)
    show_unsearched(stderr_console, unreadable)
    not_written = images_run.not_written(plan, folder)
    show_not_written(stderr_console, not_written)
    has_failed = bool(unreadable or not_written)
    return has_failed, images_run.pending_images(plan, folder)
