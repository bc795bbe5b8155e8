"""The end of `images`, and its part of `status`: what became of each picture."""

from __future__ import annotations

from rich.console import Console

from scraper.batch.outcome import BatchOutcome
from scraper.cli.addresses import shorten_addresses
from scraper.cli.console import print_line
from scraper.cli.reports.failures import FailureLine, show_failures
from scraper.cli.reports.outcomes import show_outcomes
from scraper.crawl.image_report import ImageReport
from scraper.images.plan import ImageEstimate

_MAX_PAGES = 20


def show_images(console: Console, report: ImageReport, *, of_run: bool = False) -> None:
    """Print what is wrong, and the count of each status.

    `of_run` says that the report is of the articles that a run was asked for, not of all.
    """
    lines = [FailureLine(*group) for group in report.failures()]
    print_line(console, "pictures:", "", "bold")
    show_failures(console, lines, "report.json names them all", unit="picture")
    show_outcomes(console, report)
    searched = "articles searched so far" if report.unsearched else "written articles"
    scope = "of the articles asked for" if of_run else f"of all {searched}"
    print_line(
        console,
        f"{report.images:>9,}",
        f"pictures {scope}; {report.files:,} files with {report.bytes / 1e6:,.1f} MB, "
        f"{report.requests:,} requests in all",
    )
    if report.unsearched:
        what = "article" if report.unsearched == 1 else "articles"
        text = f"{what} not searched for pictures yet: `hkcnews images` does it"
        print_line(console, f"{report.unsearched:>9,}", text, "yellow")


def show_not_written(console: Console, article_ids: list[int]) -> None:
    """Print which articles that were asked for one by one are not written."""
    if article_ids:
        ids = ", ".join(map(str, article_ids[:_MAX_PAGES]))
        more = len(article_ids) - _MAX_PAGES
        ids += f" and {more:,} more" if more > 0 else ""
        print_line(console, "not to be had:", f"no article is written of {ids}", "red")
        print_line(console, "", "`hkcnews status` tells what became of them")


def show_unsearched(console: Console, pages: list[BatchOutcome]) -> None:
    """Print which pages can't be read any more, so that their pictures are not known."""
    for page in pages[:_MAX_PAGES]:
        print_line(console, "failed:", shorten_addresses(page.message or page.where), "red")
    if len(pages) > _MAX_PAGES:
        print_line(console, "", f"... and {len(pages) - _MAX_PAGES:,} pages more")
    if pages:
        print_line(console, "", "`hkcnews normalise DIR` reads all pages of the crawl again")


def show_image_estimate(console: Console, estimate: ImageEstimate, rate: float) -> None:
    """Print what a run would take; `rate` is in requests a second, 0 for no pace."""
    pace = f"at {rate:g} a second" if rate else "without a pace"
    print_line(console, f"{estimate.images:>9,}", "pictures to fetch")
    print_line(console, f"{estimate.images:>9,}", "requests at least, one for each picture")
    print_line(console, f"{estimate.seconds / 3600:>9.1f}", f"hours {pace}, pauses not counted")
    basis = (
        f"the mean of the {estimate.measured:,} files that are there"
        if estimate.measured
        else "a guess; fetch some with --limit 100 for a better one"
    )
    print_line(
        console,
        f"{estimate.gigabytes:>9.2f}",
        f"GB, in DIR/images and in DIR/captures, at {estimate.mean_bytes / 1000:,.0f} kB each: "
        f"{basis}",
    )
