"""Captures from another crawl or another program are never requested."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fake_archive import Archive, Faults, faults, generated, on_playback, replay, samples
from support.command import hkcnews
from support.crawling import requests_to
from support.crawls import (
    NEW,
    NEWEST,
    OLD,
    captures_requested,
    crawl,
    mixed_captures,
    page,
)
from support.sources import Make
from support.warcs import (
    address,
    article_page,
    articles,
    files,
    http,
    packed,
    packed_whole,
    plain,
    record,
    response,
    warc_date,
    zipped,
)

from scraper.crawl.plan import CrawlPlan
from scraper.selection.ids import IdSet

MIXED = Archive(
    [
        *mixed_captures(),
        samples.redirect(address(8), NEW, address(8) + "x"),
        page(8, NEWEST),
    ]
)


def bring_in(*args: object, code: int = 0) -> str:
    done = hkcnews("import", *args)
    assert done.exit_code == code, done.output
    return done.stderr


def test_a_crawl_that_is_brought_in_is_not_fetched_again(tmp_path: Path, out: Path) -> None:
    with replay(MIXED) as server:
        crawl(tmp_path / "other", server)
        expected = articles(tmp_path / "other")
        seen = len(requests_to(server))
        bring_in(tmp_path / "other", "--out", out)
        report = crawl(out, server)
        assert requests_to(server)[seen:] == []
    assert articles(out) == expected
    assert report.written == {1, 2, 3, 4, 6, 7, 8}


def test_a_capture_that_was_served_for_another_is_not_asked_for_again(
    tmp_path: Path, out: Path
) -> None:
    nearest = on_playback(faults.nearest(OLD), path=address(1), times=1)
    archive = Archive([page(1, OLD), page(1, NEW)])
    with replay(archive, Faults([nearest])) as server:
        crawl(tmp_path / "other", server)
        seen = len(requests_to(server))
        bring_in(tmp_path / "other", "--out", out)
        crawl(out, server)
        assert requests_to(server)[seen:] == []
    assert articles(out) == articles(tmp_path / "other")


def test_two_crawls_are_put_together(tmp_path: Path, out: Path) -> None:
    with replay(generated(6)) as server:
        for name, ids in (("a", "1-3"), ("b", "3-5")):
            crawl(tmp_path / name, server, CrawlPlan(ids=IdSet.parse(ids)))
        seen = len(requests_to(server))
        stderr = bring_in(tmp_path / "a", tmp_path / "b", "--out", out)
        assert "5 imported" in " ".join(stderr.split())
        assert "1 known already" in " ".join(stderr.split())
        crawl(out, server)
        assert [request.original for request in requests_to(server)[seen:]] == [address(6)]
    assert articles(out) == files(1, 2, 3, 4, 5, 6)


MAKES: dict[str, tuple[str, Make]] = {
    "warc": ("pages.warc", plain),
    "warc.gz": ("pages.warc.gz", packed),
    "packed as a whole": ("pages.warc.gz", packed_whole),
}
RECORDS = [response(1), response(2), response(3, timestamp="20010101000000")]


def _by_import(path: Path, out: Path) -> None:
    bring_in(path, "--out", out)


def _by_hand(path: Path, out: Path) -> None:
    (out / "captures").mkdir(parents=True)
    (out / "captures" / path.name).write_bytes(path.read_bytes())


@pytest.mark.parametrize("make", MAKES.values(), ids=MAKES)
@pytest.mark.parametrize("bring", [_by_import, _by_hand])
def test_captures_of_another_program_are_not_fetched_again(
    tmp_path: Path, out: Path, make: tuple[str, Make], bring: Callable[[Path, Path], None]
) -> None:
    name, maker = make
    (tmp_path / name).write_bytes(maker(RECORDS).content)
    bring(tmp_path / name, out)
    with replay(generated(4)) as server:
        crawl(out, server)
        crawl(out, server)
        assert sorted(request.original for request in requests_to(server)) == [
            address(3),  # of another time than the index lists
            address(4),
        ]
    assert articles(out) == files(1, 2, 3, 4)


def test_a_wacz_is_brought_in(tmp_path: Path, out: Path) -> None:
    path = tmp_path / "pages.wacz"
    path.write_bytes(zipped({"archive/data.warc.gz": packed(RECORDS).content}))
    bring_in(path, "--out", out)
    assert "3 known already" in " ".join(bring_in(path, "--out", out).split())


def test_what_is_damaged_is_told_and_the_rest_is_brought_in(tmp_path: Path, out: Path) -> None:
    path = tmp_path / "pages.warc"
    path.write_bytes(plain(RECORDS).content[:-100])
    stderr = bring_in(path, "--out", out, code=1)
    assert "cut off" in stderr
    assert "2 imported" in " ".join(stderr.split())


def test_what_may_not_be_whole_is_left_to_the_archive(tmp_path: Path, out: Path) -> None:
    path = tmp_path / "pages.warc"
    cut = record(http(article_page(1)), "WARC-Truncated: time", uri=address(1))
    path.write_bytes(plain([cut, response(9, status="200 OK")]).content)
    stderr = bring_in(path, "--out", out)
    assert "passed over: " in stderr
    assert "truncated (time)" in stderr
    with replay(generated(1)) as server:
        crawl(out, server)
        assert len(captures_requested(server)) == 1
    assert articles(out) == files(1)


def test_a_damaged_file_in_the_store_is_told_once_and_stops_nothing(out: Path) -> None:
    (out / "captures").mkdir(parents=True)
    (out / "captures" / "other.warc.gz").write_bytes(packed(RECORDS).content[:-20])
    with replay(generated(3)) as server:
        options = ("--out", out, "--archive", server.origin, "--rate", 0)
        first = hkcnews("crawl", *options)
        again = hkcnews("crawl", *options)
    assert (first.exit_code, again.exit_code) == (0, 0)
    assert "other.warc.gz: 2 imported, 1 failed" in first.stderr
    assert "cut off" in first.stderr
    assert "other.warc.gz" not in again.stderr


@pytest.mark.parametrize("path", ["", "captures", "captures/hkcnews-00001.warc.gz"])
def test_a_crawl_is_not_brought_into_itself(out: Path, path: str) -> None:
    with replay(generated(1)) as server:
        crawl(out, server)
    assert "is of the crawl" in bring_in(out / path, "--out", out, code=2)


def test_captures_of_other_pages_are_counted(tmp_path: Path, out: Path) -> None:
    path = tmp_path / "pages.warc"
    other = record(http(b"<p>x</p>"), uri="https://www.hkcnews.com/news", date=warc_date(NEW))
    path.write_bytes(plain([other, RECORDS[0]]).content)
    assert "1 of other pages" in " ".join(bring_in(path, "--out", out).split())


@pytest.mark.parametrize(
    "part",
    [
        response(1, article_page(1), status="200 好"),
        response(1, article_page(1), "X-Größe: 1"),
        response(1, article_page(1), "Content-Length: " + "9" * 5000),
    ],
    ids=["reason", "name", "length"],
)
def test_odd_headers_stop_nothing(tmp_path: Path, out: Path, part: bytes) -> None:
    path = tmp_path / "pages.warc"
    path.write_bytes(plain([part, RECORDS[1]]).content)
    assert "2 imported" in " ".join(bring_in(path, "--out", out).split())
    with replay(generated(2)) as server:
        crawl(out, server)
    assert articles(out) == files(1, 2)


def test_a_time_that_no_record_can_have_is_told(tmp_path: Path, out: Path) -> None:
    path = tmp_path / "pages.warc"
    played = record(
        http(article_page(1)), uri=f"https://web.archive.org/web/20210600000000id_/{address(1)}"
    )
    path.write_bytes(plain([played, RECORDS[1]]).content)
    stderr = bring_in(path, "--out", out, code=1)
    assert "its time can't be stored" in stderr
    assert "1 imported" in " ".join(stderr.split())
