"""A crawl reads the index once, to its end, or a list in its place."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from fake_archive import (
    PREFIX_QUERY,
    Archive,
    FakeMemento,
    Faults,
    Quirks,
    faults,
    generated,
    on_index,
    replay,
    samples,
)
from support.crawling import requests_to
from support.crawls import (
    NEW,
    NEWEST,
    NO_CAPTURE,
    OLD,
    WRITTEN,
    captures_requested,
    count_articles,
    crawl,
    farewell,
    page,
)
from support.warcs import (
    TIMESTAMP,
    address,
    article_file,
    article_page,
    articles,
    capture_url,
    files,
)

from normalise.files import article_path
from scraper.corpus import completeness
from scraper.crawl import enumeration
from scraper.crawl.plan import CrawlPlan
from scraper.crawl.progress import CrawlProgress
from scraper.errors import BadRecord, IndexUnavailable, Paused, UsageError
from scraper.models import CdxRecord
from scraper.selection import capture_list
from scraper.wayback import cdx

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
        assert len(requests_to(server, "index")) >= 3
        assert len(requests_to(server)) == 12
    assert articles(out) == files(*range(1, 13))
    assert report.statuses == {WRITTEN: 12}


@pytest.mark.usefixtures("_few_rows_a_page")
def test_the_index_is_read_on_from_where_it_broke_off(out: Path) -> None:
    broken = Faults([on_index(faults.needs_authorization(), 3)])
    with replay(generated(12), broken) as server:
        with pytest.raises(IndexUnavailable):
            crawl(out, server)
        assert "resumeKey" in (refused := requests_to(server, "index")[-1].target)
        crawl(out, server)
        queries = requests_to(server, "index")[3:]
        assert queries[0].target == refused
        assert len(queries) == 1
    assert articles(out) == files(*range(1, 13))


@pytest.mark.usefixtures("_few_rows_a_page")
def test_no_article_is_fetched_before_the_index_is_read_to_its_end(out: Path) -> None:
    with replay(generated(8), Faults([on_index(faults.needs_authorization(), 2)])) as server:
        with pytest.raises(IndexUnavailable):
            crawl(out, server)
        assert requests_to(server) == []


def test_a_finished_enumeration_is_not_repeated_unless_asked_for(out: Path) -> None:
    archive = generated(3)
    with replay(archive) as server:
        crawl(out, server)
        archive.add(page(4), farewell(9))
        report = crawl(out, server)
        assert len(requests_to(server, "index")) == 1
        assert report.articles == 3
        report = crawl(out, server, CrawlPlan(refresh_index=True))
        assert len(requests_to(server, "index")) == 2
        assert captures_requested(server)[3:] == [
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
        assert captures_requested(server)[2:] == [f"{OLD} {address(7)}"]
    assert articles(out) == files(7, timestamp=OLD)
    assert report.statuses == {WRITTEN: 1, NO_CAPTURE: 1}


PASSING = {
    "refused": faults.too_many(),
    "503": faults.gateway(503),
    "JSON that is cut": faults.shortened(),
    "hung up": faults.hung_up(),
}


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
def test_a_passing_fault_of_the_index_is_no_answer(out: Path, fault: faults.Fault) -> None:
    with replay(generated(2), Faults([on_index(fault, 1, 2)])) as server:
        assert count_articles(out, server) == 2
        assert len(server.log) == 3


LASTING = {
    "refused": (faults.too_many(), Paused),
    "503": (faults.gateway(503), IndexUnavailable),
    "404": (faults.says("404", 404, "<h1>Not Found</h1>"), IndexUnavailable),
    "excluded": (faults.blocked_site(), IndexUnavailable),
    "HTML with 200": (faults.says("login", 200, "<html>Log in</html>"), IndexUnavailable),
}


@pytest.mark.parametrize(("fault", "error"), LASTING.values(), ids=LASTING)
def test_a_fault_of_the_index_that_stays_ends_the_run_and_the_next_asks_again(
    out: Path, fault: faults.Fault, error: type[Exception]
) -> None:
    with replay(generated(1), Faults([on_index(fault)])) as server:
        with pytest.raises(error):
            count_articles(out, server)
        assert 1 <= len(server.log) <= 5
        server.change(Faults())
        assert count_articles(out, server) == 1


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
        assert requests_to(server) == []
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
        assert len(requests_to(server, "index")) == 3
        archive.add(page(13), page(14))
        server.change(Faults([on_index(faults.needs_authorization(), 3)]))
        with pytest.raises(IndexUnavailable):
            crawl(out, server, CrawlPlan(refresh_index=True))
        refused = requests_to(server, "index")[-1].target
        assert "resumeKey" in refused
        server.change(Faults())
        crawl(out, server, CrawlPlan(refresh_index=True))
        assert [request.target for request in requests_to(server, "index")[6:]] == [refused]
        crawl(out, server, CrawlPlan(refresh_index=True))  # that is another one, from the start
        assert len(requests_to(server, "index")) == 10
        assert len(requests_to(server)) == 14
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
        before = len(requests_to(server, "index"))
        crawl(out, server, CrawlPlan(refresh_index=True))
        assert "resumeKey" not in requests_to(server, "index")[before].target
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
        assert len(requests_to(server)) == 1
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
        assert requests_to(server, "index") == []
        assert sorted(captures_requested(server)) == sorted(
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
        assert requests_to(server, "index") == []
    assert articles(out) == files(1, 2)


def test_a_list_is_read_again_only_if_it_has_changed(
    tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Path] = []

    def read_captures(path: Path) -> Iterator[CdxRecord | BadRecord]:
        read.append(path)
        return capture_list.read_captures(path)

    monkeypatch.setattr(enumeration, "read_captures", read_captures)
    held = tmp_path / "held"
    for numbers, times in (((1, 2), 1), ((), 1), ((3,), 2)):
        for name, content in files(*numbers).items():
            path = held / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        progress = CrawlProgress()
        with replay(generated(3)) as server:
            crawl(out, server, CrawlPlan(capture_list=held), progress=progress)
        assert len(read) == times
    assert articles(out) == files(1, 2, 3)


def test_what_was_passed_over_of_a_list_is_told_again(tmp_path: Path, out: Path) -> None:
    listed = _list(tmp_path, (NEW, address(1)), (NEW, "https://a.example/"))
    for _ in range(2):
        progress = CrawlProgress()
        with replay(generated(1)) as server:
            crawl(out, server, CrawlPlan(capture_list=listed), progress=progress)
        assert dict(progress.passed_over) == {"captures of other pages than articles": 1}


def test_an_archive_that_is_held_is_read_again_only_if_it_has_changed(
    tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Path] = []

    def held_ids(folder: Path) -> set[int]:
        read.append(folder)
        return completeness.held_ids(folder)

    monkeypatch.setattr(enumeration, "held_ids", held_ids)
    for held, times in (({1: article_file(1)}, 1), ({}, 1), ({2: article_file(2)}, 2)):
        with replay(generated(4)) as server:
            crawl(out, server, CrawlPlan(reference=_reference(tmp_path, held)))
        assert len(read) == times
    assert articles(out) == files(2, 3, 4)


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
        assert captures_requested(server) == [f"{NEW} {bare}", f"{NEW} {address(1)}"]
    assert articles(out) == files(1, timestamp=NEW)


def test_the_candidates_are_those_of_the_last_list(tmp_path: Path, out: Path) -> None:
    with replay(generated(3)) as server:
        crawl(out, server, CrawlPlan(capture_list=_list(tmp_path, (TIMESTAMP, address(1)))))
        report = crawl(
            out, server, CrawlPlan(capture_list=_list(tmp_path, (TIMESTAMP, address(2))))
        )
        assert len(requests_to(server)) == 2
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
        assert len(requests_to(server)) == 3
    assert articles(out) == files(2, 3, 4)
    assert report.statuses == {WRITTEN: 3}
