"""A crawl in this process, of an archive on loopback: what is requested, what is written, and that
nothing is requested twice."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fake_archive import (
    Archive,
    FakeMemento,
    Faults,
    faults,
    generated,
    on_playback,
    replay,
    samples,
)
from support.crawling import requests_to
from support.crawls import (
    FAILED,
    NEW,
    NEWEST,
    NO_CAPTURE,
    OLD,
    OLDEST,
    WRITTEN,
    captures_requested,
    crawl,
    farewell,
    page,
    reasons,
    unreadable,
)
from support.warcs import TIMESTAMP, address, article_page, articles, files, tree

from scraper.crawl import run as crawling
from scraper.crawl.folder import open_folder
from scraper.crawl.plan import CrawlPlan
from scraper.crawl.progress import CrawlProgress
from scraper.models import ArticleStatus
from scraper.selection.ids import IdSet
from scraper.selection.ranking import Prefer
from scraper.warc.writer import MAX_FILE_BYTES
from scraper.wayback.policy import RequestPolicy

# --- what to crawl --------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [faults.shortened(), faults.blank(), faults.empty()])
def test_a_page_behind_a_redirect_is_doubted_as_any_other(out: Path, fault: faults.Fault) -> None:
    newest = FakeMemento(address(1), NEWEST, article_page(1) + b"lost", playable=False)
    archive = Archive([newest, page(1, OLD), page(1, OLDEST)])
    with replay(archive, Faults([on_playback(fault, path=OLD, times=1)])) as server:
        crawl(out, server)
        assert [each.timestamp for each in requests_to(server)] == [NEWEST, OLD, OLD]
    assert articles(out) == files(1, timestamp=OLD)


def test_only_the_ids_asked_for_are_fetched(out: Path) -> None:
    with replay(generated(9)) as server:
        crawl(out, server, CrawlPlan(ids=IdSet.parse("2-3, 7,800")))
        assert len(requests_to(server)) == 3
    assert articles(out) == files(2, 3, 7)


def test_a_limit_is_of_articles_and_the_next_run_goes_on_behind_it(out: Path) -> None:
    with replay(generated(5)) as server:
        report = crawl(out, server, CrawlPlan(limit=2))
        assert articles(out) == files(1, 2)
        assert (report.articles, report.open) == (5, 3)
        report = crawl(out, server, CrawlPlan(limit=2))
        assert articles(out) == files(1, 2, 3, 4)
        assert len(requests_to(server)) == 4
    assert report.open == 1


@pytest.mark.parametrize(
    ("prefer", "timestamp"), [(Prefer.NEWEST, TIMESTAMP), (Prefer.OLDEST, "20190629183215")]
)
def test_the_captures_preferred_are_tried_first(out: Path, prefer: Prefer, timestamp: str) -> None:
    with replay(generated(2, captures=3, farewell_every=1)) as server:
        crawl(out, server, CrawlPlan(prefer=prefer))
        assert {request.timestamp for request in requests_to(server)} == {timestamp}
        assert len(requests_to(server)) == 2
    assert articles(out) == files(1, 2, timestamp=timestamp)


def test_an_estimate_fetches_no_page_and_is_kept_to(out: Path) -> None:
    with replay(generated(5)) as server:
        with open_folder(out, "tests/1") as folder:
            plan = CrawlPlan(ids=IdSet.parse("2-5"))
            slow = RequestPolicy(server.origin, rate=2, cooldown=0.05)
            estimate = asyncio.run(crawling.estimate(plan, slow, folder, CrawlProgress()))
        assert (estimate.articles, estimate.requests, estimate.seconds) == (4, 4, 2.0)
        assert requests_to(server) == []
        crawl(out, server, plan)
        assert len(requests_to(server)) == estimate.requests
        assert len(requests_to(server, "index")) == 1
    assert articles(out) == files(2, 3, 4, 5)


def test_a_run_with_nothing_to_do_asks_nothing(out: Path) -> None:
    with replay(Archive([page(1), farewell(2), unreadable(3)])) as server:
        first = crawl(out, server)
        before = tree(out), len(server.log)
        again = crawl(out, server)
        assert len(server.log) == before[1]
    assert articles(out) == {n: c for n, c in before[0].items() if n.startswith("articles/")}
    assert again == first


# --- falling back ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """Captures of article 7, and what must become of it: `at` is the time of the one written."""

    captures: list[FakeMemento]
    requests: int
    at: str = ""
    status: ArticleStatus = WRITTEN
    reason: str = ""
    faults: tuple[Any, ...] = ()


FAREWELL_TIME = "20230115101010"
MANGLED = address(7) + "%EF%BF%BD"
CASES = {
    "a farewell of 2022 is newest": Case([farewell(7), page(7, OLD)], 2, OLD),
    "farewells of 2022 only but for the oldest": Case(
        [farewell(7), farewell(7, "20220601000000"), page(7, OLDEST)], 3, OLDEST
    ),
    "a farewell of 2023 is not even asked for": Case(
        [farewell(7, FAREWELL_TIME), page(7, OLD)], 1, OLD
    ),
    "an article of 2023 is tried last": Case([page(7, FAREWELL_TIME)], 1, FAREWELL_TIME),
    "nothing but farewells": Case(
        [farewell(7), farewell(7, FAREWELL_TIME)], 2, "", NO_CAPTURE, "farewell"
    ),
    "unreadable, and an older good one": Case([unreadable(7), page(7, OLD)], 2, OLD),
    "unreadable alone": Case([unreadable(7)], 1, "", FAILED, "unreadable"),
    "unreadable, and an older farewell": Case(
        [unreadable(7), farewell(7, NEW)], 2, "", FAILED, "unreadable"
    ),
    "a newer farewell, and unreadable": Case(
        [farewell(7), unreadable(7, NEW)], 2, "", FAILED, "unreadable"
    ),
    "empty, and an older good one": Case([FakeMemento(address(7), NEWEST), page(7, OLD)], 2, OLD),
    "empty alone": Case([FakeMemento(address(7), NEWEST)], 1, "", NO_CAPTURE, "empty"),
    "played by the nearest": Case([samples.unplayable(address(7), NEWEST), page(7, OLD)], 2, OLD),
    "not played, and others neither": Case(
        [samples.unplayable(address(7), NEWEST)], 1, "", NO_CAPTURE, "not-archived"
    ),
    "excluded, and an older one that is not": Case(
        [page(7, NEWEST), page(7, OLD)],
        2,
        OLD,
        faults=(on_playback(faults.excluded(), path=NEWEST),),
    ),
    "hidden for a robots.txt": Case(
        [page(7)], 1, "", NO_CAPTURE, "robots", (on_playback(faults.robots()),)
    ),
    "captured errors alone": Case(
        [samples.error(address(7), NEW), samples.error(address(7), OLD, 503)],
        0,
        "",
        NO_CAPTURE,
        "error-page",
    ),
    "a captured redirect alone": Case(
        [samples.redirect(address(7), NEW, "https://www.hkcnews.com/")],
        0,
        "",
        NO_CAPTURE,
        "redirect",
    ),
    "a revisit is newest": Case(
        [FakeMemento(address(7), NEWEST, article_page(7), revisit=True), page(7, OLD)], 1, NEWEST
    ),
    "a mangled address is newest": Case(
        [FakeMemento(MANGLED, NEWEST, article_page(7)), page(7, OLD)], 1, OLD
    ),
    "a picture is newest": Case(
        [FakeMemento(address(7), NEWEST, b"\x89PNG", content_type="image/png"), page(7, OLD)],
        1,
        OLD,
    ),
    "a PDF alone": Case(
        [FakeMemento(address(7), NEWEST, b"%PDF", content_type="application/pdf")],
        0,
        "",
        NO_CAPTURE,
        "not-html",
    ),
    "redirects of the archive to a circle": Case(
        [page(7, NEW), page(7, OLD)],
        3,
        OLD,
        faults=(
            on_playback(faults.nearest(NEWEST), path=NEW),
            on_playback(faults.nearest(NEW), path=NEWEST),
        ),
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_next_capture_is_tried_until_one_is_good(out: Path, case: Case) -> None:
    with replay(Archive([*case.captures, page(8)]), Faults(case.faults)) as server:
        report = crawl(out, server, CrawlPlan(ids=IdSet.parse("7")), concurrency=1)
        assert len(requests_to(server)) == case.requests
        assert report.requests == case.requests
    assert articles(out) == (files(7, timestamp=case.at) if case.at else {})
    assert reasons(report) == {case.status.value: {case.reason: 1}}


def test_the_bytes_that_several_articles_share_are_tried_last(out: Path) -> None:
    common = FakeMemento(address(1), NEW, b"<html><body>busy</body></html>")
    other = FakeMemento(address(2), NEW, b"<html><body>busy</body></html>")
    with replay(Archive([common, other, page(1, OLD), page(2, OLD)])) as server:
        crawl(out, server)
        assert {request.timestamp for request in requests_to(server)} == {OLD}
    assert articles(out) == files(1, 2, timestamp=OLD)


def test_a_page_whose_tries_are_used_up_has_a_second_pass(out: Path) -> None:
    struck = on_playback(faults.gateway(504), path=address(2), times_each=6)
    with replay(generated(3, captures=2), Faults([struck])) as server:
        report = crawl(out, server, concurrency=1)
        of_two = [request for request in requests_to(server) if address(2) in request.target]
        assert len(of_two) == 7
        assert {request.timestamp for request in of_two} == {TIMESTAMP}
        assert report.requests == len(requests_to(server)) == 9
    assert articles(out) == files(1, 2, 3)
    (hardest,) = report.most_retried
    assert (hardest.article_id, hardest.requests) == (2, 7)


def test_the_second_pass_comes_when_the_others_are_done(out: Path) -> None:
    struck = on_playback(faults.gateway(504), path=address(1), times_each=5)
    with replay(generated(3), Faults([struck])) as server:
        crawl(out, server)
        assert requests_to(server)[-1].original == address(1)
        assert len(requests_to(server)) == 8
    assert articles(out) == files(1, 2, 3)


def test_a_page_that_never_answers_fails_and_the_next_run_tries_again(out: Path) -> None:
    struck = on_playback(faults.hung_up(), path=address(2))
    with replay(generated(3), Faults([struck])) as server:
        report = crawl(out, server)
        assert articles(out) == files(1, 3)
        assert reasons(report) == {"written": {"": 2}, "failed": {"no-answer": 1}}
        (failure,) = report.failed
        assert failure.article_id == 2
        assert report.requests == len(requests_to(server)) == 12
        server.change(Faults())
        report = crawl(out, server)
        assert captures_requested(server)[12:] == [f"{TIMESTAMP} {address(2)}"]
    assert articles(out) == files(1, 2, 3)
    assert report.statuses == {WRITTEN: 3}
    assert report.failed == ()


def test_a_server_that_forbids_everything_settles_nothing(out: Path) -> None:
    forbidden = on_playback(faults.says("403", 403, "Forbidden"))
    with replay(generated(3), Faults([forbidden])) as server:
        report = crawl(out, server)
        assert reasons(report) == {"failed": {"no-answer": 3}}
        assert all("403" in failure.message for failure in report.failed)
        assert articles(out) == {}
        server.change(Faults())
        before = len(requests_to(server))
        report = crawl(out, server)
        assert len(requests_to(server)) == before + 3
    assert articles(out) == files(1, 2, 3)
    assert reasons(report) == {"written": {"": 3}}


def test_after_a_capture_without_answer_an_older_one_is_taken(out: Path) -> None:
    struck = on_playback(faults.gateway(503), path=NEW)
    with replay(Archive([page(7, NEW), page(7, OLD)]), Faults([struck])) as server:
        report = crawl(out, server)
        assert len(requests_to(server)) == 11
    assert articles(out) == files(7, timestamp=OLD)
    assert report.statuses == {WRITTEN: 1}


# --- any order ------------------------------------------------------------------------------


def _many() -> Archive:
    archive = generated(24, captures=2, farewell_every=3)
    for number in range(1, 25):
        if number % 4 == 0:
            archive.add(farewell(number))
        if number % 5 == 0:
            archive.add(unreadable(number, "20220801000000"))
        if number % 6 == 0:
            archive.add(samples.unplayable(address(number), "20220901000000"))
    archive.add(farewell(30), unreadable(31), samples.error(address(32), NEW))
    return archive


@pytest.fixture(scope="module")
def in_order(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, bytes], object]:
    """What a crawl of one request at a time gives, without faults."""
    out = tmp_path_factory.mktemp("in-order") / "out"
    with replay(_many()) as server:
        report = crawl(out, server, concurrency=1)
    return articles(out), reasons(report)


@pytest.mark.parametrize("seed", range(4))
def test_any_order_gives_the_same_archive(
    out: Path, in_order: tuple[dict[str, bytes], object], seed: int
) -> None:
    by_chance = Faults(
        [
            on_playback(faults.too_many(), times=2, chance=0.02),
            on_playback(faults.gateway(503), chance=0.15),
            on_playback(faults.hung_up(), chance=0.1),
            on_playback(faults.gzip_cut(), chance=0.1),
            on_playback(faults.slow(0.03), chance=0.3),
            on_playback(faults.slow(0.06), chance=0.2),
        ],
        seed=seed,
    )
    with replay(_many(), by_chance) as server:
        report = crawl(out, server, concurrency=8, warc_size=[1, 5_000, MAX_FILE_BYTES][seed % 3])
        assert any(request.fault == "503" for request in server.log)
    assert (articles(out), reasons(report)) == in_order
    assert len(in_order[0]) == 24
