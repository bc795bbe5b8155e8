"""A crawl goes on with its folder, whatever has become of store, ledger and files meanwhile."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from fake_archive import Archive, Faults, Replay, faults, generated, on_playback, replay
from support.command import hkcnews
from support.crawling import requests_to
from support.crawls import (
    FAILED,
    NEWEST,
    NO_CAPTURE,
    OLD,
    WRITTEN,
    crawl,
    farewell,
    mixed_captures,
    page,
    reasons,
    unreadable,
)
from support.ledger_v1 import downgrade
from support.warcs import TIMESTAMP, address, articles, capture_url, files, tree

from normalise import Capture
from normalise.files import article_path
from scraper.batch.extractor import extractor_version
from scraper.crawl.folder import open_folder
from scraper.crawl.ledger import Ledger
from scraper.crawl.outcomes import ArticleOutcome, Attempt
from scraper.crawl.plan import CrawlPlan
from scraper.crawl.report import CrawlReport
from scraper.crawl.rerender import render_in_place
from scraper.errors import StorageError
from scraper.models import AttemptResult
from scraper.selection.ids import IdSet
from scraper.warc.writer import MAX_FILE_BYTES

MIXED = Archive(mixed_captures())
MIXED_FILES = files(1, 2, 3, 4) | files(6, 7, timestamp=OLD)
MIXED_REQUESTS = 10


def captures(out: Path) -> list[Path]:
    return sorted((out / "captures").iterdir())


def successful(*args: object) -> None:
    done = hkcnews(*args)
    assert done.exit_code == 0, done.output


def normalise(*args: object) -> None:
    successful("normalise", *args)


@pytest.mark.parametrize("size", [1, MAX_FILE_BYTES])
def test_all_articles_come_out_of_the_store_again(tmp_path: Path, out: Path, size: int) -> None:
    with replay(MIXED) as server:
        crawl(out, server, warc_size=size)
        before = articles(out)
        asked_before = len(server.log)
        normalise(out, "--out", tmp_path / "other", "--jobs", 1)
        for path in out.glob("articles/*/*.md"):
            path.unlink()
        normalise(out, "--jobs", 1)
        assert len(server.log) == asked_before
    assert before == MIXED_FILES
    assert articles(tmp_path / "other") == before
    assert articles(out) == before


def test_a_failed_article_that_turns_out_to_be_none_is_settled_without_a_request(
    out: Path,
) -> None:
    with replay(Archive([farewell(7), page(8), unreadable(9)])) as server:
        crawl(out, server)
        capture = Capture(NEWEST, address(7))
        with open_folder(out, "tests/1") as folder:  # as a program that did not know it has left it
            before = Attempt(
                *(capture, AttemptResult.UNREADABLE, "unreadable", "?", capture, 1, 0.1),
                extractor=extractor_version(),
            )
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
        assert len(requests_to(server)) == 4
    assert articles(out) == files(1, 2, 3, 4)


def test_what_was_in_a_file_of_the_store_that_is_gone_is_fetched_again(out: Path) -> None:
    with replay(MIXED) as server:
        first = crawl(out, server, concurrency=1, warc_size=1)
        store = tree(out / "captures")
        lost = [(TIMESTAMP, 2), (NEWEST, 5), (OLD, 6)]  # an article, none, and one behind another
        with closing(Ledger(out)) as ledger:
            gone = {
                ledger.memento_location(Capture(timestamp, address(article_id))).file
                for timestamp, article_id in lost
            }
        for name in gone:
            (out / "captures" / name).unlink()
        before = len(requests_to(server))
        again = crawl(out, server, warc_size=1)
        assert len(requests_to(server)) - before == 3
        requests = len(server.log)
        normalise(out, "--jobs", 1)
        crawl(out, server)
        assert len(server.log) == requests
    assert articles(out) == MIXED_FILES
    assert reasons(again) == reasons(first)
    kept = {name: store[name] for name in store if name not in gone}
    assert kept.items() <= tree(out / "captures").items()


def test_a_torn_tail_is_cut_off_and_written_on(out: Path) -> None:
    with replay(generated(3)) as server:
        crawl(out, server, CrawlPlan(ids=IdSet.parse("1-2")))
        (path,) = captures(out)
        whole = path.read_bytes()
        last = whole[whole.rindex(b"\x1f\x8b\x08") :]
        path.write_bytes(whole + last[:-1])
        crawl(out, server)
        assert path.read_bytes().startswith(whole)
        assert len(requests_to(server)) == 3
        normalise(out, "--jobs", 1)
    assert articles(out) == files(1, 2, 3)


def test_a_tail_that_is_torn_within_what_is_known_is_fetched_again(out: Path) -> None:
    with replay(generated(3)) as server:
        crawl(out, server, concurrency=1)
        (path,) = captures(out)
        whole = path.read_bytes()
        path.write_bytes(whole[:-10])
        (out / article_path(3)).unlink()
        crawl(out, server)
        assert len(requests_to(server)) == 4
        assert requests_to(server)[-1].original == address(3)
        normalise(out, "--jobs", 1)
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
        assert len(requests_to(server)) == 4
    assert articles(out) == files(1, 2)
    assert len(captures(out)) == 1


def test_what_killed_writers_have_left_is_swept_up(out: Path) -> None:
    with replay(generated(2)) as server:
        crawl(out, server, CrawlPlan(ids=IdSet.parse("1")))
        (out / "articles/1-1000/.article_2.md.abc.part").write_bytes(b"half")
        crawl(out, server)
    assert articles(out) == files(1, 2)


# --- a folder of the version before ---------------------------------------------------------


def command(server: Replay, *args: object) -> None:
    successful(*args, "--rate", 0, "--cooldown", 0.01, "--archive", server.origin)


FIRST_COMMANDS: dict[str, Callable[[Replay, Path], None]] = {
    "crawl": lambda server, out: command(server, "crawl", "--out", out, "--ids", "1-5,7"),
    "fetch": lambda server, out: command(server, "fetch", 2, "--out", out),
    "fetch --dry-run": lambda server, out: command(server, "fetch", 2, "--out", out, "--dry-run"),
    "captures": lambda server, out: command(server, "captures", 2, "--out", out),
    "status": lambda _, out: successful("status", "--out", out),
    "normalise": lambda _, out: normalise(out, "--jobs", 1),
    "normalise --out": lambda _, out: normalise(out, "--out", out / "other", "--jobs", 1),
}


@pytest.mark.parametrize("name", FIRST_COMMANDS)
def test_a_folder_of_the_version_before_goes_on_with_nothing_fetched_again(
    out: Path, name: str
) -> None:
    with replay(MIXED) as server:
        crawl(out, server, CrawlPlan(ids=IdSet.parse("1-5")))
        command(server, "fetch", 4, "--out", out, "--at", TIMESTAMP)  # which pins its capture
        before = CrawlReport.of(opened := Ledger(out))
        opened.close()
        downgrade(out / "crawl.db")
        seen = len(server.log)
        FIRST_COMMANDS[name](server, out)
        by_command = [request.original for request in server.log[seen:]]
        assert by_command == ([address(2)] if name.startswith("fetch") else by_command)
        seen = len(server.log) if name != "crawl" else seen
        with closing(Ledger(out)) as ledger:
            if name != "crawl":
                now = CrawlReport.of(ledger)
                assert (now.statuses, now.open) == (before.statuses, before.open)
            assert 4 in ledger.pinned_ids()
        report = crawl(out, server)
        new = {request.original for request in server.log[seen:]}
        assert new == {address(6), address(7)}, "no index, no article that was done"
    assert articles(out) == MIXED_FILES
    assert report.statuses == {WRITTEN: 6, NO_CAPTURE: 1}


# --- the report -----------------------------------------------------------------------------


def test_the_report_says_what_became_of_all(out: Path) -> None:
    struck = on_playback(faults.gateway(503), path=address(3), times=2)
    with replay(MIXED, Faults([struck])) as server:
        report = crawl(out, server, CrawlPlan(ids=IdSet.parse("2-7")))
        requests = len(requests_to(server))
    with open_folder(out, "tests/1") as folder:
        CrawlReport.of(folder.ledger).write(out)
    written = json.loads((out / "report.json").read_bytes())
    assert written["articles"] == 7
    assert written["open"] == 1
    assert written["outcomes"] == {
        "written": {"count": 5, "percent": 71.43, "reasons": {"": 5}},
        "no usable capture": {"count": 1, "percent": 14.29, "reasons": {"farewell": 1}},
        "failed": {"count": 0, "percent": 0.0, "reasons": {}},
    }
    assert written["requests"] == requests == MIXED_REQUESTS + 1
    assert written["failed"] == []
    assert written["paused_until"] is None
    assert written["most_retried"][0] == {
        "article": 3,
        "capture": capture_url(3),
        "requests": 3,
        "seconds": written["most_retried"][0]["seconds"],
    }
    assert len(written["slowest"]) == 5
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", written["at"])
    assert report.percent(7) == 100
