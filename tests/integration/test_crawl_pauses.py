"""A pause that the archive asks for is waited out, by the next run as well."""

from __future__ import annotations

import asyncio
import time
from contextlib import closing
from pathlib import Path

import pytest
from fake_archive import Faults, Request, faults, generated, on_index, on_playback, replay
from support.crawling import requests_to
from support.crawls import WRITTEN, count_articles, crawl, policy
from support.warcs import articles, files

from scraper.crawl import run as crawling
from scraper.crawl.folder import open_folder
from scraper.crawl.ledger import Ledger
from scraper.crawl.plan import CrawlPlan
from scraper.crawl.progress import CrawlProgress
from scraper.crawl.report import CrawlReport
from scraper.crawl.session import open_session
from scraper.errors import Paused
from scraper.models import Pause
from scraper.wayback.policy import RequestPolicy


def clock_time(request: Request) -> float:
    """When a request came in, in seconds since 1970, or a little later on a busy machine."""
    passed = time.monotonic() - request.at
    return time.time() - passed


# --- pauses ---------------------------------------------------------------------------------


def test_five_refusals_end_the_run_and_the_next_one_waits_the_rest_out(out: Path) -> None:
    with replay(generated(3), Faults([on_playback(faults.too_many(), 2, 3, 4, 5, 6)])) as server:
        with pytest.raises(Paused) as paused:
            crawl(out, server, concurrency=1)
        assert len(requests_to(server)) == 6
        assert articles(out) == files(1)
        until = paused.value.until.timestamp()
        crawl(out, server, concurrency=1)
        first = requests_to(server)[6]
        assert clock_time(first) >= until
        assert len(requests_to(server)) == 8
    assert articles(out) == files(1, 2, 3)
    with open_folder(out, "tests/1") as folder:
        assert folder.ledger.pauses() == []


def test_refusals_cost_an_article_none_of_its_tries(out: Path) -> None:
    rules = [
        on_playback(faults.too_many(), 1, 2, 3),
        on_playback(faults.gateway(503), 4, 5, 6, 7),
    ]
    with replay(generated(1), Faults(rules)) as server:
        report = crawl(out, server)
        assert len(requests_to(server)) == 8
    assert articles(out) == files(1)
    assert report.statuses == {WRITTEN: 1}


def test_an_archive_that_goes_away_for_a_while_costs_nothing(out: Path) -> None:
    with replay(generated(12), Faults([on_playback(faults.refused(), 5)])) as server:
        pauses: list[Pause] = []

        class Progress(CrawlProgress):
            def record_pause(self, pause: Pause | None) -> None:
                super().record_pause(pause)
                pauses.extend([pause] if pause else [])
                if len(pauses) == 3:
                    server.back()

        report = crawl(out, server, progress=Progress())
        assert len(pauses) == 3
        assert len({request.target for request in requests_to(server)}) == 12
    assert articles(out) == files(*range(1, 13))
    assert report.statuses == {WRITTEN: 12}


def test_an_archive_that_is_not_there_ends_the_run(out: Path) -> None:
    with replay(generated(1)) as server:
        server.away()
        with pytest.raises(Paused, match="takes no connection"):
            count_articles(out, server)
        server.back()
        assert count_articles(out, server) == 1


def test_a_pause_is_kept_for_the_archive_that_asked_for_it(out: Path) -> None:
    with replay(generated(1), Faults([on_index(faults.too_many(1000))])) as refusing:
        with open_folder(out, "tests/1") as folder:
            progress = CrawlProgress()
            going = crawling.run(CrawlPlan(), policy(refusing.origin), folder, progress)

            async def until_paused() -> None:
                task = asyncio.create_task(going)
                while progress.pause is None:
                    await asyncio.sleep(0.01)
                assert folder.ledger.load_pause(refusing.origin) == progress.pause
                assert CrawlReport.of(folder.ledger).paused_until is not None
                task.cancel()
                await asyncio.wait([task])

            asyncio.run(until_paused())
        with replay(generated(1)) as other:
            crawl(out, other)
    assert articles(out) == files(1)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://web.archive.org", "http://WWW.Web.Archive.Org.:80"),
        ("HTTPS://WEB.ARCHIVE.ORG:443/", "https://web.archive.org."),
        ("http://127.0.0.1", "HTTP://127.0.0.1:80/"),
    ],
)
def test_a_pause_is_waited_out_however_the_archive_is_spelled(
    tmp_path: Path, one: str, other: str
) -> None:
    pauses: list[Pause | None] = []

    async def ask(archive: str) -> None:
        async with open_session(RequestPolicy(archive), ledger, pauses.append) as (_, stop):
            assert not stop.is_set

    pause = Pause(time.time() + 1000, 2, "too many requests")
    with closing(Ledger(tmp_path)) as ledger:
        ledger.save_pause(RequestPolicy(one).pause_key, pause)
        asyncio.run(ask(other))
        asyncio.run(ask("http://127.0.0.1:8080"))
    assert pauses == [pause, None]


def test_a_pause_that_one_spelling_heard_of_holds_for_another(out: Path) -> None:
    with replay(generated(2), Faults([on_playback(faults.too_many(), 1, 2, 3, 4, 5)])) as server:
        shouted = server.origin.replace("http", "HTTP")
        with open_folder(out, "tests/1") as folder, pytest.raises(Paused) as paused:
            asyncio.run(crawling.run(CrawlPlan(), policy(shouted, 1), folder, CrawlProgress()))
        crawl(out, server)
        first = requests_to(server)[5]
        assert clock_time(first) >= paused.value.until.timestamp()
    assert articles(out) == files(1, 2)
