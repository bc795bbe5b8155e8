"""From the folder of a crawl to its page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from scraper.report.articles import read_articles
from scraper.report.ledger_facts import read_ledger
from scraper.report.missing import as_csv
from scraper.report.page import render_page
from scraper.report.plots import Plotter
from scraper.report.survey import Survey, survey
from scraper.utc import utc_now


@dataclass(frozen=True, slots=True)
class Report:
    """The page as HTML, the list of all that is missing as CSV, and what both were made of.

    `missing` is "" where it was not asked for.
    """

    html: str
    missing: str
    survey: Survey


def make_report(
    folder: Path,
    jobs: int | None = None,
    done: Callable[[int, int], None] = lambda _, __: None,
    *,
    lists_missing: bool = False,
) -> Report:
    """Return the report of a crawl; nothing is written, and a crawl may go on in the folder.

    `jobs` and `done` are as for `read_articles`. Raises `UsageError` where the folder holds no
    crawl or a package of the extra is missing, `StorageError` where the ledger can't be read, and
    `WorkerError` where a worker process died.
    """
    Plotter()  # without it all that follows would be in vain
    ledger = read_ledger(folder, all_addresses=lists_missing)
    found = survey(ledger, read_articles(folder, ledger.written, jobs, done))
    html = render_page(found, folder.resolve().name, utc_now())
    missing = as_csv(ledger.missing.values(), found.article_months) if lists_missing else ""
    return Report(html, missing, found)
