"""Crawls in this process, of an archive on loopback, and what tests ask of them."""

from __future__ import annotations

import asyncio
from pathlib import Path

from fake_archive import FakeMemento, Replay, samples
from support.crawling import requests_to
from support.warcs import TIMESTAMP, address, article_page, farewell_page, unreadable_page

from scraper.crawl import run as crawling
from scraper.crawl.folder import open_folder
from scraper.crawl.plan import CrawlPlan
from scraper.crawl.progress import CrawlProgress
from scraper.crawl.report import CrawlReport
from scraper.models import ArticleStatus
from scraper.warc.writer import MAX_FILE_BYTES
from scraper.wayback.policy import RequestPolicy

OLDEST, OLD, NEW, NEWEST = "20180101000000", "20190101000000", "20210601000000", "20221201000000"
WRITTEN, NO_CAPTURE, FAILED = ArticleStatus.WRITTEN, ArticleStatus.NO_CAPTURE, ArticleStatus.FAILED


def policy(origin: str, concurrency: int = 4) -> RequestPolicy:
    return RequestPolicy(origin, rate=0, concurrency=concurrency, cooldown=0.01)


def crawl(
    out: Path,
    server: Replay,
    plan: CrawlPlan | None = None,
    *,
    concurrency: int = 4,
    warc_size: int = MAX_FILE_BYTES,
    progress: CrawlProgress | None = None,
) -> CrawlReport:
    """Crawl to the end; return what became of it."""
    with open_folder(out, "tests/1", warc_size) as folder:
        plan, progress = plan or CrawlPlan(), progress or CrawlProgress()
        going = crawling.run(plan, policy(server.origin, concurrency), folder, progress)
        asyncio.run(going)
        return CrawlReport.of(folder.ledger)


def count_articles(out: Path, server: Replay) -> int:
    """Read the index and go no further; return how many articles there are to fetch."""
    with open_folder(out, "tests/1") as folder:
        going = crawling.estimate(CrawlPlan(), policy(server.origin), folder, CrawlProgress())
        return asyncio.run(going).articles


def captures_requested(server: Replay) -> list[str]:
    """The captures that were asked for, in order."""
    return [f"{request.timestamp} {request.original}" for request in requests_to(server)]


def page(article: int, timestamp: str = TIMESTAMP) -> FakeMemento:
    """A good capture, of which `files()` has the file."""
    return FakeMemento(address(article), timestamp, article_page(article))


def farewell(article: int, timestamp: str = NEWEST) -> FakeMemento:
    """Of bytes that no other article has: what several share is tried last."""
    return FakeMemento(
        address(article), timestamp, farewell_page() + f"<!-- {article} -->".encode()
    )


def unreadable(article: int, timestamp: str = NEWEST) -> FakeMemento:
    return FakeMemento(address(article), timestamp, unreadable_page() + b"<!-- %d -->" % article)


def reasons(report: CrawlReport) -> dict[str, dict[str, int]]:
    """What became of how many, and why."""
    return {end.value: dict(report.reasons[end]) for end in ArticleStatus if report.reasons[end]}


def mixed_captures() -> list[FakeMemento]:
    """Captures of seven articles: good ones, farewells, and ones whose newest is of no use."""
    return [
        *(page(number) for number in range(1, 5)),
        farewell(4),
        farewell(5),
        unreadable(6),
        page(6, OLD),
        samples.unplayable(address(7), NEWEST),
        page(7, OLD),
    ]
