"""A crawl judges pages in worker processes, and outlives what kills one of them."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Iterable
from pathlib import Path

import pytest
from fake_archive import Archive, FakeMemento, generated, replay
from support.command import SECONDS
from support.crawling import requests_to
from support.crawls import NEWEST, OLD, WRITTEN, crawl, page, policy, reasons
from support.warcs import address, article_file, article_page, articles, files

from normalise.files import article_path
from scraper import workers
from scraper.crawl import run as crawling
from scraper.crawl.fetcher import Fetcher
from scraper.crawl.folder import open_folder
from scraper.crawl.outcomes import Attempt
from scraper.crawl.plan import CrawlPlan
from scraper.crawl.progress import CrawlProgress
from scraper.errors import WorkerError
from scraper.models import CdxRecord
from scraper.selection.ranking import Candidate
from scraper.wayback.client import RequestStats

DEADLY_PAGES = Path(__file__).parents[1] / "support" / "deadly_pages.py"


def deadly(article: int, timestamp: str = NEWEST) -> FakeMemento:
    return FakeMemento(
        address(article), timestamp, article_page(article, body="<p>deadly to read</p>")
    )


@pytest.mark.usefixtures("worker_processes")
def test_a_page_that_kills_its_worker_costs_itself_only(out: Path) -> None:
    archive = generated(5)
    archive.add(deadly(6), deadly(7), page(7, OLD))
    with replay(archive) as server:
        report = crawl(out, server)
        assert len(requests_to(server)) == 8
    assert articles(out) == files(*range(1, 6)) | files(7, timestamp=OLD)
    (failure,) = report.failed
    assert failure.article_id == 6
    assert failure.reason == "crashed"
    assert "died" in failure.message


def test_a_page_whose_worker_died_is_read_again_from_the_store(
    out: Path, worker_start: Path
) -> None:
    worker_start.write_bytes(DEADLY_PAGES.read_bytes())
    with replay(Archive([deadly(6), page(7)])) as server:
        report = crawl(out, server)
        assert reasons(report) == {"written": {"": 1}, "failed": {"crashed": 1}}
        before = len(server.log)
        report = crawl(out, server)  # which dies of it once more
        assert reasons(report) == {"written": {"": 1}, "failed": {"crashed": 1}}
        worker_start.write_text("", encoding="utf-8")
        report = crawl(out, server)
        assert len(server.log) == before
    assert reasons(report) == {"written": {"": 2}}
    of_six = article_file(6, NEWEST, "deadly to read")
    assert articles(out) == files(7) | {str(article_path(6)): of_six}


@pytest.mark.usefixtures("worker_processes")
def test_where_no_worker_can_be_started_the_run_ends(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(_: object) -> None:
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")

    monkeypatch.setattr(workers, "_Worker", none)
    with replay(generated(3)) as server, open_folder(out, "tests/1") as folder:
        going = crawling.run(CrawlPlan(), policy(server.origin), folder, CrawlProgress())
        with pytest.raises(BlockingIOError):
            asyncio.run(asyncio.wait_for(going, SECONDS))


_DYING = """
import os, sys

if "--multiprocessing-fork" in sys.orig_argv:
    os._exit(3)
"""


def test_where_every_worker_dies_at_its_start_the_run_ends_and_no_article_has_failed(
    out: Path, worker_start: Path
) -> None:
    worker_start.write_text(_DYING, encoding="utf-8")
    with replay(generated(3)) as server:
        with pytest.raises(WorkerError, match="died when it started"):
            crawl(out, server)
        with open_folder(out, "tests/1") as folder:
            assert folder.ledger.statuses() == {}
        worker_start.write_text("", encoding="utf-8")
        report = crawl(out, server)
        assert len(requests_to(server)) == 3
    assert articles(out) == files(1, 2, 3)
    assert report.statuses == {WRITTEN: 3}


def test_a_fault_of_the_program_costs_its_article_only(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch = Fetcher.fetch

    async def stumble(
        self: Fetcher, record: CdxRecord, ranked: Iterable[Candidate], stats: RequestStats
    ) -> Attempt:
        if record.article_id == 2:
            raise ZeroDivisionError("of the program itself")
        return await fetch(self, record, ranked, stats)

    with replay(generated(3)) as server:
        with monkeypatch.context() as patch:
            patch.setattr(Fetcher, "fetch", stumble)
            report = crawl(out, server)
        assert articles(out) == files(1, 3)
        (failure,) = report.failed
        assert "of the program itself" in failure.message
        crawl(out, server)
    assert articles(out) == files(1, 2, 3)
