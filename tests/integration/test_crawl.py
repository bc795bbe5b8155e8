"""A crawl in this process, of an archive on loopback: what is asked for, what is written, what is
kept, and that nothing is asked for twice."""

from __future__ import annotations

import asyncio
import csv
import errno
import gzip
import io
import json
import os
import re
import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fake_archive import (
    PREFIX_QUERY,
    Archive,
    FakeMemento,
    Faults,
    Quirks,
    Replay,
    Request,
    faults,
    generated,
    on_index,
    on_playback,
    replay,
    samples,
)
from support.command import hkcnews
from support.pages import table
from support.warcs import (
    TIMESTAMP,
    address,
    article_file,
    article_page,
    articles,
    capture_url,
    farewell_page,
    files,
    tree,
    unreadable_page,
)

from normalise.capture import Capture
from normalise.files import article_path
from scraper import workers
from scraper.crawl import run as crawling
from scraper.crawl.fetcher import Fetcher
from scraper.crawl.folder import open_folder
from scraper.crawl.ledger import Ledger
from scraper.crawl.outcomes import (
    ArticleOutcome,
    ArticleStatus,
    Attempt,
    AttemptResult,
    CaptureSource,
)
from scraper.crawl.progress import CrawlProgress
from scraper.crawl.report import CrawlReport
from scraper.crawl.rerender import render_in_place
from scraper.crawl.run import CrawlPlan
from scraper.crawl.session import open_session
from scraper.errors import IndexUnavailable, Paused, StorageError, UsageError
from scraper.models import CdxRecord, Memento, Pause
from scraper.selection.ids import IdSet
from scraper.selection.ranking import Candidate, Prefer
from scraper.warc.writer import MAX_FILE_BYTES, WarcStore
from scraper.wayback import cdx
from scraper.wayback.playback import resolve_redirect
from scraper.wayback.policy import RequestPolicy

OLDEST, OLD, NEW, NEWEST = "20180101000000", "20190101000000", "20210601000000", "20221201000000"
FAREWELL = "20230115101010"
WRITTEN, NO_CAPTURE, FAILED = ArticleStatus.WRITTEN, ArticleStatus.NO_CAPTURE, ArticleStatus.FAILED


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def polite(origin: str, concurrency: int = 4) -> RequestPolicy:
    return RequestPolicy(origin, rate=0, concurrency=concurrency, cooldown=0.05)


def crawl(
    out: Path,
    server: Replay,
    plan: CrawlPlan | None = None,
    *,
    concurrency: int = 4,
    warc_size: int = MAX_FILE_BYTES,
) -> CrawlReport:
    """Crawl to the end; return what became of it."""
    with open_folder(out, "tests/1", warc_size) as folder:
        going = crawling.run(
            plan or CrawlPlan(), polite(server.origin, concurrency), folder, CrawlProgress()
        )
        asyncio.run(going)
        return CrawlReport.of(folder.ledger)


def enumerate_only(out: Path, server: Replay) -> int:
    """Read the index and go no further; return how many articles there are to fetch."""
    with open_folder(out, "tests/1") as folder:
        going = crawling.estimate(CrawlPlan(), polite(server.origin), folder, CrawlProgress())
        return asyncio.run(going).articles


def asked(server: Replay, endpoint: str = "playback") -> list[Request]:
    """The requests for pages."""
    return [request for request in server.log if request.endpoint == endpoint]


def pages_of(server: Replay) -> list[str]:
    """The captures that were asked for, in order."""
    return [f"{request.timestamp} {request.original}" for request in asked(server)]


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


# --- the index ------------------------------------------------------------------------------


@pytest.fixture
def _few_rows_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cdx.query_target, "__defaults__", (None, 5))


QUIRKS = {
    "none": Quirks(),
    "repeated rows": Quirks(repeated_rows=0.7),
    "a key behind the last page": Quirks(key_after_last_page=True),
    "repeats at the seam": Quirks(seam_repeats=True),
    "repeats of both kinds": Quirks(repeated_rows=0.7, seam_repeats=True),
}


@pytest.mark.usefixtures("_few_rows_a_page")
@pytest.mark.parametrize("quirks", QUIRKS.values(), ids=QUIRKS)
def test_the_pages_of_the_index_are_taken_in_whatever_is_odd_about_them(
    out: Path, quirks: Quirks
) -> None:
    with replay(generated(12), Faults(quirks=quirks)) as server:
        report = crawl(out, server)
        assert len(asked(server, "index")) >= 3
        assert len(asked(server)) == 12
    assert articles(out) == files(*range(1, 13))
    assert report.statuses == {WRITTEN: 12}


@pytest.mark.usefixtures("_few_rows_a_page")
def test_the_index_is_read_on_from_where_it_broke_off(out: Path) -> None:
    broken = Faults([on_index(faults.needs_authorization(), 3)])
    with replay(generated(12), broken) as server:
        with pytest.raises(IndexUnavailable):
            crawl(out, server)
        assert "resumeKey" in (refused := asked(server, "index")[-1].target)
        crawl(out, server)
        queries = asked(server, "index")[3:]
        assert queries[0].target == refused
        assert len(queries) == 1
    assert articles(out) == files(*range(1, 13))


@pytest.mark.usefixtures("_few_rows_a_page")
def test_no_article_is_fetched_before_the_index_is_read_to_its_end(out: Path) -> None:
    with replay(generated(8), Faults([on_index(faults.needs_authorization(), 2)])) as server:
        with pytest.raises(IndexUnavailable):
            crawl(out, server)
        assert asked(server) == []


def test_a_finished_enumeration_is_not_repeated_unless_asked_for(out: Path) -> None:
    archive = generated(3)
    with replay(archive) as server:
        crawl(out, server)
        archive.add(page(4), farewell(9))
        report = crawl(out, server)
        assert len(asked(server, "index")) == 1
        assert report.articles == 3
        report = crawl(out, server, CrawlPlan(refresh_index=True))
        assert len(asked(server, "index")) == 2
        assert pages_of(server)[3:] == [
            f"{TIMESTAMP} {address(4)}",
            f"{NEWEST} {address(9)}",
        ]
    assert articles(out) == files(1, 2, 3, 4)
    assert (report.articles, report.statuses) == (5, {WRITTEN: 4, NO_CAPTURE: 1})


def test_a_new_capture_of_an_article_that_had_none_is_tried(out: Path) -> None:
    archive = Archive([farewell(7), farewell(8)])
    with replay(archive) as server:
        assert crawl(out, server).statuses == {NO_CAPTURE: 2}
        archive.add(page(7, OLD))
        report = crawl(out, server, CrawlPlan(refresh_index=True))
        assert pages_of(server)[2:] == [f"{OLD} {address(7)}"]
    assert articles(out) == files(7, timestamp=OLD)
    assert report.statuses == {WRITTEN: 1, NO_CAPTURE: 1}


PASSING = {
    "outage page with 200": faults.outage(200),
    "outage page with 503": faults.outage(503),
    "429": faults.too_many(),
    "429 with 200": faults.too_many(status=200),
    "500": faults.says("500", 500, "<h1>Oops</h1>"),
    "502": faults.gateway(502),
    "503": faults.gateway(503),
    "504": faults.gateway(504),
    "JSON that is cut": faults.shortened(),
    "no byte": faults.empty(),
    "200 and no byte": faults.blank(),
    "hung up": faults.hung_up(),
    "cut short": faults.cut_short(),
    "reset": faults.reset(),
    "gzip that is cut": faults.gzip_cut(),
    "JSON, but no rows": faults.says("other JSON", 200, '{"error": "busy"}', html=False),
}


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
def test_a_passing_fault_of_the_index_is_no_answer(out: Path, fault: faults.Fault) -> None:
    with replay(generated(2), Faults([on_index(fault, 1, 2)])) as server:
        assert enumerate_only(out, server) == 2
        assert len(server.log) == 3


TO_THE_END = {
    "outage page with 200": (faults.outage(200), Paused),
    "429": (faults.too_many(), Paused),
    "503": (faults.gateway(503), IndexUnavailable),
    "JSON that is cut": (faults.shortened(), IndexUnavailable),
    "200 and no byte": (faults.blank(), IndexUnavailable),
    "404": (faults.says("404", 404, "<h1>Not Found</h1>"), IndexUnavailable),
    "excluded": (faults.blocked_site(), IndexUnavailable),
    "rows, and a line about robots.txt": (faults.robots_of_index(), IndexUnavailable),
    "no user agent": (faults.no_agent(), IndexUnavailable),
    "HTML with 200": (faults.says("login", 200, "<html>Log in</html>"), IndexUnavailable),
}


@pytest.mark.parametrize(("fault", "error"), TO_THE_END.values(), ids=TO_THE_END)
def test_a_fault_of_the_index_that_stays_ends_the_run_and_the_next_asks_again(
    out: Path, fault: faults.Fault, error: type[Exception]
) -> None:
    with replay(generated(1), Faults([on_index(fault)])) as server:
        with pytest.raises(error):
            enumerate_only(out, server)
        assert 1 <= len(server.log) <= 5
        server.change(Faults())
        assert enumerate_only(out, server) == 1


def test_where_prefix_queries_are_refused_a_list_is_named_as_the_way(out: Path) -> None:
    refused = on_index(faults.needs_authorization(), path=PREFIX_QUERY)
    with replay(generated(1), Faults([refused])) as server:
        with pytest.raises(IndexUnavailable, match=r"--captures"):
            crawl(out, server)
        assert len(server.log) == 1


def test_an_index_without_any_capture_is_an_error_and_asked_again(out: Path) -> None:
    archive = Archive([FakeMemento("https://www.hkcnews.com/news", NEW, b"x")])
    with replay(archive) as server:
        for count in (1, 2):
            with pytest.raises(IndexUnavailable, match="no capture"):
                crawl(out, server)
            assert len(server.log) == count
        archive.add(page(1))
        assert crawl(out, server).statuses == {WRITTEN: 1}


def _rows_with_key(*articles: int, key: str) -> faults.Fault:
    rows = [[f"key{n}", TIMESTAMP, address(n), "text/html", "200", f"D{n}"] for n in articles]
    lines: list[list[str]] = [list(cdx.FIELDS), *rows, [], [key]]
    return faults.says(f"page before {key}", 200, json.dumps(lines), html=False)


def test_keys_that_go_in_a_circle_are_an_error(out: Path) -> None:
    circle = [
        on_index(_rows_with_key(1, key="one"), 1),
        on_index(_rows_with_key(2, key="two")),
    ]
    with replay(generated(2), Faults(circle)) as server:
        with pytest.raises(IndexUnavailable, match="circle"):
            crawl(out, server)
        assert len(server.log) == 3
        assert asked(server) == []
        server.change(Faults())
        crawl(out, server, CrawlPlan(refresh_index=True))
    assert articles(out) == files(1, 2)


def test_an_index_of_ever_new_keys_without_rows_is_an_error(out: Path) -> None:
    keys = [on_index(_rows_with_key(key=f"key{n}"), n) for n in range(1, 31)]
    with replay(generated(1), Faults(keys)) as server:
        with pytest.raises(IndexUnavailable, match="circle"):
            crawl(out, server)
        assert len(server.log) == 20


@pytest.mark.usefixtures("_few_rows_a_page")
def test_the_index_is_read_again_from_where_that_broke_off(out: Path) -> None:
    archive = generated(12)
    with replay(archive) as server:
        crawl(out, server)
        assert len(asked(server, "index")) == 3
        archive.add(page(13), page(14))
        server.change(Faults([on_index(faults.needs_authorization(), 3)]))
        with pytest.raises(IndexUnavailable):
            crawl(out, server, CrawlPlan(refresh_index=True))
        refused = asked(server, "index")[-1].target
        assert "resumeKey" in refused
        server.change(Faults())
        crawl(out, server, CrawlPlan(refresh_index=True))
        assert [request.target for request in asked(server, "index")[6:]] == [refused]
        crawl(out, server, CrawlPlan(refresh_index=True))  # that is another one, from the start
        assert len(asked(server, "index")) == 10
        assert len(asked(server)) == 14
    assert articles(out) == files(*range(1, 15))


def test_a_second_reading_that_went_in_a_circle_begins_at_the_first_page(out: Path) -> None:
    archive = generated(2)
    with replay(archive) as server:
        crawl(out, server)
        server.change(
            Faults(
                [
                    on_index(_rows_with_key(1, key="one"), 1),
                    on_index(_rows_with_key(2, key="two")),
                ]
            )
        )
        with pytest.raises(IndexUnavailable, match="with --refresh-index"):
            crawl(out, server, CrawlPlan(refresh_index=True))
        server.change(Faults())
        archive.add(page(3))
        before = len(asked(server, "index"))
        crawl(out, server, CrawlPlan(refresh_index=True))
        assert "resumeKey" not in asked(server, "index")[before].target
    assert articles(out) == files(1, 2, 3)


def test_rows_that_are_no_articles_are_passed_over(out: Path) -> None:
    odd = [
        FakeMemento("https://www.hkcnews.com/article/images/logo.svg", NEW, b"<svg/>"),
        FakeMemento("https://www.hkcnews.com/article/1234567890/x", NEW, article_page(1)),
        FakeMemento("https://www.hkcnews.com/article/0/x", NEW, article_page(1)),
        FakeMemento("https://www.hkcnews.com/article/%22/x", NEW, b"x"),
    ]
    with replay(Archive([page(1), *odd])) as server:
        assert crawl(out, server).articles == 1
        assert len(asked(server)) == 1
    assert articles(out) == files(1)


# --- lists ----------------------------------------------------------------------------------


def _tsv(rows: Sequence[tuple[str, str]], delimiter: str = "\t") -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow(["note", "timestamp", "original"])
    writer.writerows(["x", *row] for row in rows)
    return text.getvalue().encode()


def _bare(rows: Sequence[tuple[str, str]]) -> bytes:
    return "".join(f"{original},{timestamp}\n" for timestamp, original in rows).encode()


LISTS: dict[str, Callable[[Sequence[tuple[str, str]]], bytes]] = {
    "list.tsv": _tsv,
    "list.csv": lambda rows: _tsv(rows, ","),
    "bare.csv": _bare,
    "list.tsv.gz": lambda rows: gzip.compress(_tsv(rows)),
}
LISTED = [(NEWEST, address(1)), (OLD, address(1)), (NEW, address(2)), (NEW, "https://a.example/")]


@pytest.mark.parametrize("name", LISTS)
def test_a_list_takes_the_place_of_the_index(tmp_path: Path, out: Path, name: str) -> None:
    listed = tmp_path / name
    listed.write_bytes(LISTS[name](LISTED))
    archive = Archive([farewell(1), page(1, NEW), page(1, OLD), page(2, NEW), page(3)])
    with replay(archive) as server:
        report = crawl(out, server, CrawlPlan(capture_list=listed), concurrency=1)
        assert asked(server, "index") == []
        assert sorted(pages_of(server)) == sorted(
            f"{timestamp} {original}" for timestamp, original in LISTED[:3]
        )
    assert articles(out) == files(1, timestamp=OLD) | files(2, timestamp=NEW)
    assert (report.articles, report.statuses) == (2, {WRITTEN: 2})


def test_a_folder_of_article_files_is_a_list(tmp_path: Path, out: Path) -> None:
    for name, content in files(1, 2).items():
        path = tmp_path / "held" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    with replay(generated(3)) as server:
        crawl(out, server, CrawlPlan(capture_list=tmp_path / "held"))
        assert asked(server, "index") == []
    assert articles(out) == files(1, 2)


def _list(folder: Path, *captures: tuple[str, str]) -> Path:
    path = folder / "list.tsv"
    path.write_bytes(_tsv(captures))
    return path


def test_a_redirect_in_a_list_is_followed_and_what_was_served_is_named(
    tmp_path: Path, out: Path
) -> None:
    bare = address(1).replace("https://www.", "http://")
    archive = Archive([samples.redirect(bare, NEW, address(1)), page(1, NEW)])
    with replay(archive) as server:
        crawl(out, server, CrawlPlan(capture_list=_list(tmp_path, (NEW, bare))))
        assert pages_of(server) == [f"{NEW} {bare}", f"{NEW} {address(1)}"]
    assert articles(out) == files(1, timestamp=NEW)


def test_the_candidates_are_those_of_the_last_list(tmp_path: Path, out: Path) -> None:
    with replay(generated(3)) as server:
        crawl(out, server, CrawlPlan(capture_list=_list(tmp_path, (TIMESTAMP, address(1)))))
        report = crawl(
            out, server, CrawlPlan(capture_list=_list(tmp_path, (TIMESTAMP, address(2))))
        )
        assert len(asked(server)) == 2
    assert articles(out) == files(1, 2)
    assert (report.articles, report.open, report.statuses) == (2, 0, {WRITTEN: 2})


def test_a_list_without_an_article_is_wrong_usage(tmp_path: Path, out: Path) -> None:
    with replay(generated(1)) as server:
        with pytest.raises(UsageError, match="names no capture"):
            crawl(out, server, CrawlPlan(capture_list=_list(tmp_path, (NEW, "https://a.example/"))))
        assert server.log == []


def _reference(folder: Path, contents: dict[int, bytes]) -> Path:
    for article, content in contents.items():
        path = folder / "held" / article_path(article)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder / "held"


FAREWELL_FILE = (
    '---\ntitle: "眾新聞告別　感謝讀者"\ndate: ""\nauthor: ""\n'
    f'url: "{capture_url(2)}"\n---\n\n# 眾新聞告別　感謝讀者\n\n再會。\n'
).encode()


def test_only_missing_takes_what_the_reference_lacks_or_holds_as_no_article(
    tmp_path: Path, out: Path
) -> None:
    held = {1: article_file(1), 2: FAREWELL_FILE, 4: article_file(4).partition(b"\n# ")[0]}
    with replay(generated(4)) as server:
        report = crawl(out, server, CrawlPlan(reference=_reference(tmp_path, held)))
        assert len(asked(server)) == 3
    assert articles(out) == files(2, 3, 4)
    assert report.statuses == {WRITTEN: 3}


# --- what to crawl --------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [faults.shortened(), faults.blank(), faults.empty()])
def test_a_page_behind_a_redirect_is_doubted_as_any_other(out: Path, fault: faults.Fault) -> None:
    newest = FakeMemento(address(1), NEWEST, article_page(1) + b"lost", playable=False)
    archive = Archive([newest, page(1, OLD), page(1, OLDEST)])
    with replay(archive, Faults([on_playback(fault, path=OLD, times=1)])) as server:
        crawl(out, server)
        assert [each.timestamp for each in asked(server)] == [NEWEST, OLD, OLD]
    assert articles(out) == files(1, timestamp=OLD)


def test_only_the_ids_asked_for_are_fetched(out: Path) -> None:
    with replay(generated(9)) as server:
        crawl(out, server, CrawlPlan(ids=IdSet.parse("2-3, 7,800")))
        assert len(asked(server)) == 3
    assert articles(out) == files(2, 3, 7)


def test_a_limit_is_of_articles_and_the_next_run_goes_on_behind_it(out: Path) -> None:
    with replay(generated(5)) as server:
        report = crawl(out, server, CrawlPlan(limit=2))
        assert articles(out) == files(1, 2)
        assert (report.articles, report.open) == (5, 3)
        report = crawl(out, server, CrawlPlan(limit=2))
        assert articles(out) == files(1, 2, 3, 4)
        assert len(asked(server)) == 4
    assert report.open == 1


@pytest.mark.parametrize(
    ("prefer", "timestamp"), [(Prefer.NEWEST, TIMESTAMP), (Prefer.OLDEST, "20190629183215")]
)
def test_the_captures_preferred_are_tried_first(out: Path, prefer: Prefer, timestamp: str) -> None:
    with replay(generated(2, captures=3, farewell_every=1)) as server:
        crawl(out, server, CrawlPlan(prefer=prefer))
        assert {request.timestamp for request in asked(server)} == {timestamp}
        assert len(asked(server)) == 2
    assert articles(out) == files(1, 2, timestamp=timestamp)


def test_an_estimate_fetches_no_page_and_is_kept_to(out: Path) -> None:
    with replay(generated(5)) as server:
        with open_folder(out, "tests/1") as folder:
            plan = CrawlPlan(ids=IdSet.parse("2-5"))
            slow = RequestPolicy(server.origin, rate=2, cooldown=0.05)
            told = asyncio.run(crawling.estimate(plan, slow, folder, CrawlProgress()))
        assert (told.articles, told.requests, told.seconds) == (4, 4, 2.0)
        assert asked(server) == []
        crawl(out, server, plan)
        assert len(asked(server)) == told.requests
        assert len(asked(server, "index")) == 1
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
    ending: ArticleStatus = WRITTEN
    reason: str = ""
    faults: tuple[Any, ...] = ()


MANGLED = address(7) + "%EF%BF%BD"
CASES = {
    "a farewell of 2022 is newest": Case([farewell(7), page(7, OLD)], 2, OLD),
    "farewells of 2022 only but for the oldest": Case(
        [farewell(7), farewell(7, "20220601000000"), page(7, OLDEST)], 3, OLDEST
    ),
    "a farewell of 2023 is not even asked for": Case([farewell(7, FAREWELL), page(7, OLD)], 1, OLD),
    "an article of 2023 is tried last": Case([page(7, FAREWELL)], 1, FAREWELL),
    "nothing but farewells": Case(
        [farewell(7), farewell(7, FAREWELL)], 2, "", NO_CAPTURE, "farewell"
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
        assert len(asked(server)) == case.requests
        assert report.requests == case.requests
    assert articles(out) == (files(7, timestamp=case.at) if case.at else {})
    assert reasons(report) == {case.ending.value: {case.reason: 1}}


def test_the_bytes_that_several_articles_share_are_tried_last(out: Path) -> None:
    common = FakeMemento(address(1), NEW, b"<html><body>busy</body></html>")
    other = FakeMemento(address(2), NEW, b"<html><body>busy</body></html>")
    with replay(Archive([common, other, page(1, OLD), page(2, OLD)])) as server:
        crawl(out, server)
        assert {request.timestamp for request in asked(server)} == {OLD}
    assert articles(out) == files(1, 2, timestamp=OLD)


def test_a_page_whose_tries_are_used_up_has_a_second_pass(out: Path) -> None:
    struck = on_playback(faults.gateway(504), path=address(2), times_each=6)
    with replay(generated(3, captures=2), Faults([struck])) as server:
        report = crawl(out, server, concurrency=1)
        of_two = [request for request in asked(server) if address(2) in request.target]
        assert len(of_two) == 7
        assert {request.timestamp for request in of_two} == {TIMESTAMP}
        assert report.requests == len(asked(server)) == 9
    assert articles(out) == files(1, 2, 3)
    (hardest,) = report.most_retried
    assert (hardest.article_id, hardest.requests) == (2, 7)


def test_the_second_pass_comes_when_the_others_are_done(out: Path) -> None:
    struck = on_playback(faults.gateway(504), path=address(1), times_each=5)
    with replay(generated(3), Faults([struck])) as server:
        crawl(out, server)
        assert asked(server)[-1].original == address(1)
        assert len(asked(server)) == 8
    assert articles(out) == files(1, 2, 3)


def test_a_page_that_never_answers_fails_and_the_next_run_tries_again(out: Path) -> None:
    struck = on_playback(faults.hung_up(), path=address(2))
    with replay(generated(3), Faults([struck])) as server:
        report = crawl(out, server)
        assert articles(out) == files(1, 3)
        assert reasons(report) == {"written": {"": 2}, "failed": {"no-answer": 1}}
        (failure,) = report.failed
        assert failure.article_id == 2
        assert report.requests == len(asked(server)) == 12
        server.change(Faults())
        report = crawl(out, server)
        assert pages_of(server)[12:] == [f"{TIMESTAMP} {address(2)}"]
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
        before = len(asked(server))
        report = crawl(out, server)
        assert len(asked(server)) == before + 3
    assert articles(out) == files(1, 2, 3)
    assert reasons(report) == {"written": {"": 3}}


def test_after_a_capture_without_answer_an_older_one_is_taken(out: Path) -> None:
    struck = on_playback(faults.gateway(503), path=NEW)
    with replay(Archive([page(7, NEW), page(7, OLD)]), Faults([struck])) as server:
        report = crawl(out, server)
        assert len(asked(server)) == 11
    assert articles(out) == files(7, timestamp=OLD)
    assert report.statuses == {WRITTEN: 1}


_DEADLY = """
import os, signal
from scraper.batch import run as batch

extract = batch.extract

def deadly(html, capture):
    if b"deadly to read" in html:
        os.kill(os.getpid(), signal.SIGKILL)
    return extract(html, capture)

batch.extract = deadly
"""


@pytest.fixture
def _deadly_workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make worker processes die of a page, as they would of a fault in the parser."""
    (tmp_path / "start").mkdir()
    (tmp_path / "start" / "sitecustomize.py").write_text(_DEADLY, encoding="utf-8")
    path = [str(tmp_path / "start"), os.environ.get("PYTHONPATH")]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, path)))


def deadly(article: int, timestamp: str = NEWEST) -> FakeMemento:
    return FakeMemento(
        address(article), timestamp, article_page(article, body="<p>deadly to read</p>")
    )


@pytest.mark.usefixtures("_deadly_workers")
def test_a_page_that_kills_its_worker_costs_itself_only(out: Path) -> None:
    archive = generated(5)
    archive.add(deadly(6), deadly(7), page(7, OLD))
    with replay(archive) as server:
        report = crawl(out, server)
        assert len(asked(server)) == 8
    assert articles(out) == files(*range(1, 6)) | files(7, timestamp=OLD)
    (failure,) = report.failed
    assert failure.article_id == 6
    assert failure.reason == "crashed"
    assert "died" in failure.message


@pytest.mark.usefixtures("_deadly_workers")
def test_a_page_whose_worker_died_is_read_again_from_the_store(out: Path, tmp_path: Path) -> None:
    with replay(Archive([deadly(6), page(7)])) as server:
        report = crawl(out, server)
        assert reasons(report) == {"written": {"": 1}, "failed": {"crashed": 1}}
        before = len(server.log)
        report = crawl(out, server)  # which dies of it once more
        assert reasons(report) == {"written": {"": 1}, "failed": {"crashed": 1}}
        (tmp_path / "start" / "sitecustomize.py").write_text("", encoding="utf-8")
        report = crawl(out, server)
        assert len(server.log) == before
    assert reasons(report) == {"written": {"": 2}}
    of_six = article_file(6, NEWEST, "deadly to read")
    assert articles(out) == files(7) | {str(article_path(6)): of_six}


class DeadOnArrival:
    """Work that kills the process it is brought to."""

    def __call__(self, jobs: list[int]) -> list[int]:
        return jobs

    def __reduce__(self) -> tuple[Callable[[int], object], tuple[int]]:
        return os._exit, (3,)


def test_a_process_that_dies_at_its_start_has_not_died_of_its_job() -> None:
    async def results() -> list[int | BaseException]:
        async with workers.WorkerPool(DeadOnArrival(), 2) as pool:
            first = await asyncio.gather(*map(pool.run, (1, 2, 3)), return_exceptions=True)
            return [*first, *await asyncio.gather(pool.run(4), return_exceptions=True)]

    for result in asyncio.run(asyncio.wait_for(results(), 20)):
        assert isinstance(result, StorageError), result
        assert "died when it started" in str(result)


def test_where_no_worker_can_be_started_the_run_ends(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(_: object) -> None:
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")

    monkeypatch.setattr(workers, "_Worker", none)
    with replay(generated(3)) as server, open_folder(out, "tests/1") as folder:
        going = crawling.run(CrawlPlan(), polite(server.origin), folder, CrawlProgress())
        with pytest.raises(BlockingIOError):
            asyncio.run(asyncio.wait_for(going, 5))


_DYING = """
import os, sys

if "--multiprocessing-fork" in sys.orig_argv:
    os._exit(3)
"""


@pytest.mark.usefixtures("_deadly_workers")
def test_where_every_worker_dies_at_its_start_the_run_ends_and_no_article_has_failed(
    out: Path, tmp_path: Path
) -> None:
    (tmp_path / "start" / "sitecustomize.py").write_text(_DYING, encoding="utf-8")
    with replay(generated(3)) as server:
        with pytest.raises(StorageError, match="died when it started"):
            crawl(out, server)
        with open_folder(out, "tests/1") as folder:
            assert folder.ledger.statuses() == {}
        (tmp_path / "start" / "sitecustomize.py").write_text("", encoding="utf-8")
        report = crawl(out, server)
        assert len(asked(server)) == 3
    assert articles(out) == files(1, 2, 3)
    assert report.statuses == {WRITTEN: 3}


def test_a_fault_of_ours_costs_its_article_only(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    right = Fetcher.fetch

    async def stumble(self: Fetcher, row: CdxRecord, ranked: Iterable[Candidate] = ()) -> Attempt:
        if row.article_id == 2:
            raise ZeroDivisionError("of our own making")
        return await right(self, row, ranked)

    with replay(generated(3)) as server:
        with monkeypatch.context() as patch:
            patch.setattr(Fetcher, "fetch", stumble)
            report = crawl(out, server)
        assert articles(out) == files(1, 3)
        (failure,) = report.failed
        assert "of our own making" in failure.message
        crawl(out, server)
    assert articles(out) == files(1, 2, 3)


# --- the store ------------------------------------------------------------------------------

MIXED = Archive(
    [
        *(page(number) for number in range(1, 5)),
        farewell(4),
        farewell(5),
        unreadable(6),
        page(6, OLD),
        samples.unplayable(address(7), NEWEST),
        page(7, OLD),
    ]
)
MIXED_FILES = files(1, 2, 3, 4) | files(6, 7, timestamp=OLD)
MIXED_REQUESTS = 10


def captures(out: Path) -> list[Path]:
    return sorted((out / "captures").iterdir())


def test_the_store_begins_another_file_where_one_is_full(out: Path) -> None:
    with replay(MIXED) as server:
        crawl(out, server, CrawlPlan(ids=IdSet.parse("1-3")), warc_size=1)
        crawl(out, server, warc_size=1)
        assert len(asked(server)) == MIXED_REQUESTS
    assert [path.name for path in captures(out)] == [
        f"hkcnews-{number:05d}.warc.gz" for number in range(1, 10)
    ]
    assert articles(out) == MIXED_FILES


def test_a_file_that_is_not_full_is_gone_on_with(out: Path) -> None:
    with replay(generated(3)) as server:
        crawl(out, server, CrawlPlan(ids=IdSet.parse("1")))
        (path,) = captures(out)
        before = path.read_bytes()
        crawl(out, server)
    assert captures(out) == [path]
    assert path.read_bytes().startswith(before)
    assert path.stat().st_size > len(before)


def normalise(*args: object) -> None:
    done = hkcnews("normalise", *args)
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize("size", [1, MAX_FILE_BYTES])
def test_all_articles_come_out_of_the_store_again(tmp_path: Path, out: Path, size: int) -> None:
    with replay(MIXED) as server:
        crawl(out, server, warc_size=size)
        before = articles(out)
        asked_before = len(server.log)
        normalise(out, "--out", tmp_path / "other")
        for path in out.glob("articles/*/*.md"):
            path.unlink()
        normalise(out)
        assert len(server.log) == asked_before
    assert before == MIXED_FILES
    assert articles(tmp_path / "other") == before
    assert articles(out) == before


FOREIGN = {
    "title": ("https://www.hkcnews.com/article/51/中", "/article/51/%E4%B8%AD"),
    "port": ("https://www.hkcnews.com:443/article/51/中", ":443/article/51/%E4%B8%AD"),
    "query": ("https://www.hkcnews.com/article/51/中?a=b:c&d=%E6#e", "%AD?a=b:c&d=%E6#e"),
    "astral": ("https://www.hkcnews.com/article/51/𠮷", "/51/%F0%A0%AE%B7"),
    "ASCII": ("https://www.hkcnews.com/article/51/a b:c%E6", "/article/51/a b:c%E6"),
}


@pytest.mark.parametrize(("location", "end"), FOREIGN.values(), ids=FOREIGN)
def test_a_location_that_is_not_ascii_comes_out_of_the_store_again(
    tmp_path: Path, location: str, end: str
) -> None:
    moved = Capture(NEW, "https://www.hkcnews.com/article/51/x")
    headers = (("content-type", "text/html"), ("x-title", "渡輪: 停航"), ("location", location))
    store = WarcStore(tmp_path)
    place = store.append(Memento(moved, moved, 302, "Found", headers, b"moved", location))
    store.close()
    (stored,) = WarcStore(tmp_path).repair({})
    assert (stored.served, stored.location) == (moved, place)
    assert stored.redirect.startswith("https://www.hkcnews.com")
    assert stored.redirect.endswith(end)
    # It leads to the same capture, whether the run was killed in between or not.
    there = resolve_redirect(moved, stored.redirect, "127.0.0.1")
    assert there == resolve_redirect(moved, location, "127.0.0.1")
    assert there.article_id == 51


def test_a_failed_article_that_turns_out_to_be_none_is_settled_without_a_request(
    out: Path,
) -> None:
    with replay(Archive([farewell(7), page(8), unreadable(9)])) as server:
        crawl(out, server)
        capture = Capture(NEWEST, address(7))
        with open_folder(out, "tests/1") as folder:  # as a program that did not know it has left it
            before = Attempt(capture, AttemptResult.UNREADABLE, "unreadable", "?", capture, 1, 0.1)
            folder.ledger.record_outcome(ArticleOutcome(7, FAILED, "unreadable", "?"), before)
        assert crawl(out, server).statuses == {WRITTEN: 1, FAILED: 2}
        with open_folder(out, "tests/1") as folder:
            render_in_place(folder, 1, lambda *_: None)
            assert folder.ledger.statuses() == {8: WRITTEN, 9: FAILED}
        requests = len(server.log)
        report = crawl(out, server)
        assert len(server.log) == requests
    assert reasons(report) == {
        "written": {"": 1},
        "no usable capture": {"farewell": 1},
        "failed": {"unreadable": 1},
    }
    assert articles(out) == files(8)


def test_the_store_is_a_source_like_any_other(tmp_path: Path, out: Path) -> None:
    with replay(generated(3)) as server:
        crawl(out, server)
    normalise(out / "captures", "--out", tmp_path / "other")
    assert articles(tmp_path / "other") == files(1, 2, 3)


def test_an_article_file_that_is_gone_is_made_again_without_a_request(out: Path) -> None:
    with replay(MIXED) as server:
        crawl(out, server)
        before = len(server.log)
        for name in list(MIXED_FILES)[2:]:
            (out / name).unlink()
        report = crawl(out, server)
        assert len(server.log) == before
    assert articles(out) == MIXED_FILES
    assert report.statuses == {WRITTEN: 6, NO_CAPTURE: 1}


def remove_ledger(out: Path) -> None:
    for path in out.glob("crawl.db*"):
        path.unlink()


def test_without_its_ledger_a_crawl_asks_for_the_index_and_not_for_the_pages(out: Path) -> None:
    with replay(MIXED) as server:
        first = crawl(out, server)
        remove_ledger(out)
        before = len(server.log)
        again = crawl(out, server)
        repeated = server.log[before:]
        # What the archive redirects by itself is no capture: just that is asked for again.
        assert [request.kind for request in repeated] == ["rows", "nearest"]
    assert articles(out) == MIXED_FILES
    assert reasons(again) == reasons(first)


def test_what_the_ledger_has_not_seen_is_learned_from_the_store(out: Path) -> None:
    with replay(generated(4)) as server:
        crawl(out, server, CrawlPlan(ids=IdSet.parse("1-2")))
        ledger = (out / "crawl.db").read_bytes()
        crawl(out, server)
        remove_ledger(out)
        (out / "crawl.db").write_bytes(ledger)
        crawl(out, server)
        assert len(asked(server)) == 4
    assert articles(out) == files(1, 2, 3, 4)


def test_what_was_in_a_file_of_the_store_that_is_gone_is_fetched_again(out: Path) -> None:
    with replay(MIXED) as server:
        first = crawl(out, server, concurrency=1, warc_size=1)
        store = tree(out / "captures")
        gone = [captures(out)[at] for at in (1, 4, 8)]
        for path in gone:
            path.unlink()
        before = len(asked(server))
        again = crawl(out, server, warc_size=1)
        assert len(asked(server)) - before == 3
        requests = len(server.log)
        normalise(out)
        crawl(out, server)
        assert len(server.log) == requests
    assert articles(out) == MIXED_FILES
    assert reasons(again) == reasons(first)
    kept = {name: store[name] for name in store if name not in {path.name for path in gone}}
    assert kept.items() <= tree(out / "captures").items()


TAILS: dict[str, tuple[Callable[[bytes], bytes]]] = {
    "half a record": (lambda last: last[: len(last) // 2],),
    "all but a byte": (lambda last: last[:-1],),
    "a byte": (lambda last: last[:1],),
    "garbage": (lambda _: b"no record " * 50,),
    "zeros": (lambda _: bytes(4096),),
}


@table("tail", TAILS)
def test_a_torn_tail_is_cut_off(out: Path, tail: Callable[[bytes], bytes]) -> None:
    with replay(generated(3)) as server:
        crawl(out, server, CrawlPlan(ids=IdSet.parse("1-2")))
        (path,) = captures(out)
        whole = path.read_bytes()
        last = whole[whole.rindex(b"\x1f\x8b\x08") :]
        path.write_bytes(whole + tail(last))
        crawl(out, server, CrawlPlan(ids=IdSet.parse("1-2")))
        assert path.read_bytes() == whole
        crawl(out, server)
        assert len(asked(server)) == 3
        normalise(out)
    assert articles(out) == files(1, 2, 3)


def test_a_tail_that_is_torn_within_what_is_known_is_fetched_again(out: Path) -> None:
    with replay(generated(3)) as server:
        crawl(out, server, concurrency=1)
        (path,) = captures(out)
        whole = path.read_bytes()
        path.write_bytes(whole[:-10])
        (out / article_path(3)).unlink()
        crawl(out, server)
        assert len(asked(server)) == 4
        assert asked(server)[-1].original == address(3)
        normalise(out)
    assert articles(out) == files(1, 2, 3)


def test_damage_with_whole_records_behind_it_is_an_error_and_nothing_is_cut(out: Path) -> None:
    with replay(generated(2)) as server:
        crawl(out, server)
        (path,) = captures(out)
        whole = path.read_bytes()
        last = whole[whole.rindex(b"\x1f\x8b\x08") :]
        damaged = whole + b"damage" + last
        path.write_bytes(damaged)
        with pytest.raises(StorageError, match=re.escape(str(path))) as error:
            crawl(out, server)
        assert str(len(whole)) in str(error.value)
        assert path.read_bytes() == damaged
        path.rename(out / "damaged.warc.gz")
        crawl(out, server)
        assert len(asked(server)) == 4
    assert articles(out) == files(1, 2)
    assert len(captures(out)) == 1


def test_files_of_others_in_the_store_are_let_be(out: Path) -> None:
    theirs = {
        out / "captures" / name: b"of somebody else"
        for name in ("hkcnews-mine.warc.gz", "hkcnews-00001.copy.warc.gz", "zz.warc.gz")
    }
    (out / "captures").mkdir(parents=True)
    for path, content in theirs.items():
        path.write_bytes(content)
    with replay(generated(2)) as server:
        report = crawl(out, server)
    assert report.statuses == {WRITTEN: 2}
    assert articles(out) == files(1, 2)
    assert {path: path.read_bytes() for path in theirs} == theirs
    assert (out / "captures" / "hkcnews-00001.warc.gz").exists()


def test_a_ledger_that_is_none_is_a_clear_error(out: Path) -> None:
    out.mkdir()
    (out / "crawl.db").write_bytes(b"no database" * 1000)
    with replay(generated(1)) as server:
        with pytest.raises(StorageError, match=r"crawl\.db"):
            crawl(out, server)
        assert server.log == []


def test_a_ledger_of_another_version_is_a_clear_error(out: Path) -> None:
    out.mkdir()
    with closing(sqlite3.connect(out / "crawl.db")) as db:
        db.execute("PRAGMA user_version = 77")
    with replay(generated(1)) as server, pytest.raises(StorageError, match="version 77"):
        crawl(out, server)


def test_what_killed_writers_have_left_is_swept_up(out: Path) -> None:
    with replay(generated(2)) as server:
        crawl(out, server, CrawlPlan(ids=IdSet.parse("1")))
        (out / "articles/1-1000/.article_2.md.abc.part").write_bytes(b"half")
        crawl(out, server)
    assert articles(out) == files(1, 2)


# --- pauses ---------------------------------------------------------------------------------


def test_five_refusals_end_the_run_and_the_next_one_waits_the_rest_out(out: Path) -> None:
    with replay(generated(3), Faults([on_playback(faults.too_many(), 2, 3, 4, 5, 6)])) as server:
        with pytest.raises(Paused) as paused:
            crawl(out, server, concurrency=1)
        assert len(asked(server)) == 6
        assert articles(out) == files(1)
        until = paused.value.until.timestamp()
        crawl(out, server, concurrency=1)
        first = asked(server)[6]
        assert time.time() - (time.monotonic() - first.at) >= until
        assert len(asked(server)) == 8
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
        assert len(asked(server)) == 8
    assert articles(out) == files(1)
    assert report.statuses == {WRITTEN: 1}


def test_an_archive_that_goes_away_for_a_while_costs_nothing(out: Path) -> None:
    with replay(generated(12), Faults([on_playback(faults.refused(0.1), 5)])) as server:
        report = crawl(out, server)
        assert len({request.target for request in asked(server)}) == 12
    assert articles(out) == files(*range(1, 13))
    assert report.statuses == {WRITTEN: 12}


def test_an_archive_that_is_not_there_ends_the_run(out: Path) -> None:
    with replay(generated(1)) as server:
        server.away()
        with pytest.raises(Paused, match="takes no connection"):
            enumerate_only(out, server)
        server.back()
        assert enumerate_only(out, server) == 1


def test_a_pause_is_kept_for_the_archive_that_asked_for_it(out: Path) -> None:
    with replay(generated(1), Faults([on_index(faults.too_many(1000))])) as refusing:
        with open_folder(out, "tests/1") as folder:
            tally = CrawlProgress()
            going = crawling.run(CrawlPlan(), polite(refusing.origin), folder, tally)

            async def until_paused() -> None:
                task = asyncio.create_task(going)
                while tally.pause is None:
                    await asyncio.sleep(0.01)
                assert folder.ledger.load_pause(refusing.origin) == tally.pause
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
    told: list[Pause | None] = []

    async def ask(archive: str) -> None:
        async with open_session(RequestPolicy(archive), ledger, told.append) as (_, stop):
            assert not stop.is_set

    pause = Pause(time.time() + 1000, 2, "too many requests")
    with closing(Ledger(tmp_path)) as ledger:
        ledger.save_pause(RequestPolicy(one).pause_key, pause)
        asyncio.run(ask(other))
        asyncio.run(ask("http://127.0.0.1:8080"))
    assert told == [pause, None]


def test_a_pause_that_one_spelling_was_told_of_holds_for_another(out: Path) -> None:
    with replay(generated(2), Faults([on_playback(faults.too_many(), 1, 2, 3, 4, 5)])) as server:
        shouted = server.origin.replace("http", "HTTP")
        with open_folder(out, "tests/1") as folder, pytest.raises(Paused) as paused:
            asyncio.run(crawling.run(CrawlPlan(), polite(shouted, 1), folder, CrawlProgress()))
        crawl(out, server)
        first = asked(server)[5]
        assert time.time() - (time.monotonic() - first.at) >= paused.value.until.timestamp()
    assert articles(out) == files(1, 2)


# --- what is told ---------------------------------------------------------------------------


def test_the_report_says_what_became_of_all(out: Path) -> None:
    struck = on_playback(faults.gateway(503), path=address(3), times=2)
    with replay(MIXED, Faults([struck])) as server:
        report = crawl(out, server, CrawlPlan(ids=IdSet.parse("2-7")))
        requests = len(asked(server))
    with open_folder(out, "tests/1") as folder:
        CrawlReport.of(folder.ledger).write(out)
    told = json.loads((out / "report.json").read_bytes())
    assert told["articles"] == 7
    assert told["open"] == 1
    assert told["outcomes"] == {
        "written": {"count": 5, "percent": 71.43, "reasons": {"": 5}},
        "no usable capture": {"count": 1, "percent": 14.29, "reasons": {"farewell": 1}},
        "failed": {"count": 0, "percent": 0.0, "reasons": {}},
    }
    assert told["requests"] == requests == MIXED_REQUESTS + 1
    assert told["failed"] == []
    assert told["paused_until"] is None
    assert told["most_retried"][0] == {
        "article": 3,
        "capture": capture_url(3),
        "requests": 3,
        "seconds": told["most_retried"][0]["seconds"],
    }
    assert len(told["slowest"]) == 5
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", told["at"])
    assert report.percent(7) == 100


def test_a_report_counts_no_article_twice_or_less_than_none(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    ledger.add_records(CaptureSource.LIST, [CdxRecord(Capture(NEW, address(1)))], {})
    ledger.add_records(
        CaptureSource.INDEX,
        [CdxRecord(Capture(NEW, address(1))), CdxRecord(Capture(NEW, address(2)))],
        {},
    )
    for article in (1, 2, 3):
        ledger.record_outcome(ArticleOutcome(article, WRITTEN))
    ledger.add_records(CaptureSource.INDEX, [CdxRecord(Capture(NEW, address(4)))], {})
    report = CrawlReport.of(ledger)
    ledger.close()
    assert (report.articles, report.open, report.statuses) == (4, 1, {WRITTEN: 3})


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
