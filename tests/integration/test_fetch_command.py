"""The commands `fetch` and `captures`: requests, files, output and messages."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from fake_archive import (
    Archive,
    FakeMemento,
    Faults,
    Replay,
    Rule,
    faults,
    on_index,
    on_playback,
    replay,
)
from fake_archive.samples import error, redirect, unplayable
from support import command
from support.command import start_process
from support.crawling import requests_to
from support.processes import exit_code_and_messages, interrupt
from support.warcs import (
    address,
    article_file,
    article_page,
    capture_url,
    farewell_page,
    title_of,
    tree,
    unreadable_page,
)
from typer.testing import Result

from normalise import Capture
from normalise.files import article_path
from scraper.cli.addresses import decode_address
from scraper.crawl.folder import open_folder
from scraper.models import AttemptResult, CaptureLocation
from scraper.warc.inputs import find_captures

OLDEST, OLD, NEW, NEWEST = "20180101000000", "20190601000000", "20210601000000", "20221201000000"
ID = 11911
PATH = str(article_path(ID))
OLD_TEXT = "船長說，等霧散。"


def hkcnews(server: Replay, *args: object, cooldown: str = "0.05") -> Result:
    """Run a command that asks the archive here, in this process."""
    pace = ["--rate", "0", "--cooldown", cooldown]
    return command.hkcnews(*args, "--archive", server.origin, *pace)


def pages_of(server: Replay) -> list[str]:
    """The timestamps of the captures that were asked for, in order."""
    return [request.timestamp for request in requests_to(server)]


def page(timestamp: str = NEW, article: int = ID, **parts: str) -> FakeMemento:
    return FakeMemento(address(article), timestamp, article_page(article, **parts))


def old_page(timestamp: str = OLD) -> FakeMemento:
    return page(timestamp, body=f"<p>{OLD_TEXT}</p>")


def farewell(timestamp: str = NEWEST, article: int = ID) -> FakeMemento:
    return FakeMemento(address(article), timestamp, farewell_page())


NEW_FILE, OLD_FILE = article_file(ID, NEW), article_file(ID, OLD, OLD_TEXT)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


@pytest.fixture
def server() -> Iterator[Replay]:
    """Of one article a farewell, which is the newest, and two captures that differ."""
    with replay(Archive([farewell(), page(), old_page()])) as running:
        yield running


def crawled(server: Replay, out: Path) -> None:
    assert hkcnews(server, "crawl", "--out", out).exit_code == 0
    server.change(Faults())


def ended(out: Path, article: int = ID) -> Any:
    """What the ledger says of an article: outcome and timestamp."""
    query = "SELECT status, timestamp FROM articles WHERE id = ?"
    with closing(sqlite3.connect(out / "crawl.db")) as ledger:
        return ledger.execute(query, (article,)).fetchone()


def stored(out: Path, spool: Path) -> list[str]:
    """The timestamps of the captures in the store, in order."""
    records = list(find_captures([out / "captures"], spool))
    assert all(isinstance(record, CaptureLocation) for record in records)
    return [each.capture.timestamp for each in records if isinstance(each, CaptureLocation)]


# --- to standard output ---------------------------------------------------------------------


def test_the_exact_bytes_of_the_file_go_to_standard_output_and_nothing_else(
    server: Replay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = hkcnews(server, "fetch", ID)
    assert result.stdout_bytes == NEW_FILE
    assert (result.stderr, result.exit_code) == ("", 0)
    assert pages_of(server) == [NEWEST, NEW]
    assert len(requests_to(server, "index")) == 1
    assert tree(tmp_path) == {}


def test_the_index_is_asked_for_one_article_only() -> None:
    archive = Archive([page(), page(article=ID * 10), page(article=1191)])
    with replay(archive) as server:
        hkcnews(server, "fetch", ID)
        (query,) = requests_to(server, "index")
    assert f"url=hkcnews.com%2Farticle%2F{ID}%2F&" in query.target


def test_what_everybody_waits_for_is_shown_on_standard_error(server: Replay) -> None:
    server.change(Faults([on_playback(faults.too_many(), 1), on_index(faults.outage(200), 1)]))
    result = hkcnews(server, "fetch", ID)
    assert result.stdout_bytes == NEW_FILE
    assert result.exit_code == 0
    assert [line.split(":")[0] for line in result.stderr.splitlines()] == ["paused", "paused"]
    assert pages_of(server) == [NEWEST, NEWEST, NEW]


PAUSES = {
    "of playback": on_playback(faults.outage(200)),
    "of the index": on_index(faults.too_many()),
}


@pytest.mark.parametrize("rule", PAUSES.values(), ids=PAUSES)
@pytest.mark.parametrize("has_folder", [False, True], ids=["output", "folder"])
def test_five_pauses_end_the_command(
    server: Replay, out: Path, rule: Rule, *, has_folder: bool
) -> None:
    server.change(Faults([rule]))
    options = ["--out", out] if has_folder else []
    result = hkcnews(server, "fetch", ID, 1, *options, cooldown="0.01")
    assert (result.stdout, result.exit_code) == ("", 3)
    assert result.stderr.splitlines()[-1].startswith("paused: ")
    assert result.stderr.endswith("UTC or later\n")
    assert len(server.log) <= 6
    assert not (out / "articles").exists()


def test_several_articles_follow_each_other() -> None:
    with replay(Archive([page(article=1), page(article=2)])) as server:
        result = hkcnews(server, "fetch", 2, 1)
    assert result.stdout_bytes == article_file(2, NEW) + article_file(1, NEW)


@pytest.mark.parametrize("bad", ["8", "9", capture_url(10)])
def test_one_that_can_not_be_had_does_not_stop_the_others(out: Path, bad: str) -> None:
    archive = Archive([page(article=1), page(article=2), farewell(article=9)])
    with replay(archive) as server:
        result = hkcnews(server, "fetch", 1, bad, 2, "--out", out)
    assert result.exit_code == 1
    assert result.stderr.count("error: ") == 1
    written = {name for name in tree(out) if name.startswith("articles/")}
    assert written == {str(article_path(1)), str(article_path(2))}


def test_one_of_which_the_index_gives_no_list_does_not_stop_the_others() -> None:
    with replay(Archive([page()]), Faults([on_index(faults.blocked_site())])) as server:
        result = hkcnews(server, "fetch", 1, capture_url(ID, NEW))
    assert (result.stdout_bytes, result.exit_code) == (NEW_FILE, 1)
    assert "the archive has excluded the site from its index" in result.stderr
    assert "give the address of a capture" in result.stderr


def test_a_target_that_is_none_is_told_before_anything_is_asked(server: Replay, out: Path) -> None:
    result = hkcnews(server, "fetch", ID, "ferry", "--out", out)
    assert (result.stdout, result.exit_code) == ("", 2)
    assert "'ferry' is no article" in result.stderr
    assert server.log == []
    assert not out.exists()


# --- which capture --------------------------------------------------------------------------


@pytest.mark.parametrize("modifier", ["", "id_", "if_", "im_", "*"])
def test_the_address_of_a_capture_is_asked_for_as_it_is_without_the_index(modifier: str) -> None:
    raw = f"http://hkcnews.com:80/article/{ID}/渡輪"
    encoded = f"http://hkcnews.com:80/article/{ID}/%E6%B8%A1%E8%BC%AA"
    archive = Archive([page(), FakeMemento(encoded, OLD, article_page(ID))])
    with replay(archive) as server:
        result = hkcnews(server, "fetch", f"https://web.archive.org/web/{OLD}{modifier}/{raw}")
        assert [request.target for request in server.log] == [f"/web/{OLD}id_/{encoded}"]
    assert f'url: "https://web.archive.org/web/{OLD}/{encoded}"'.encode() in result.stdout_bytes
    assert (result.stderr, result.exit_code) == ("", 0)


def test_the_archive_s_redirect_to_the_nearest_capture_is_followed() -> None:
    with replay(Archive([page()])) as server:
        result = hkcnews(server, "fetch", capture_url(ID, "20210701000000"))
        assert pages_of(server) == ["20210701000000", NEW]
    assert (result.stdout_bytes, result.exit_code) == (NEW_FILE, 0)


@pytest.mark.parametrize(
    ("at", "order"),
    [
        ("2019", [OLD]),
        ("2018", [OLDEST, OLD]),
        ("2021", [NEW]),
        ("20200201", [OLD]),
        ("202012", [NEW]),
        ("0", [OLDEST, OLD]),
        ("99999999999999", [NEWEST, NEW]),
    ],
)
def test_at_tries_the_captures_of_a_time_first_then_the_nearest(at: str, order: list[str]) -> None:
    archive = Archive([farewell(), farewell(OLDEST), page(), old_page()])
    with replay(archive) as server:
        assert hkcnews(server, "fetch", ID, "--at", at).exit_code == 0
        assert pages_of(server) == order


def test_a_second_before_new_year_is_near_to_new_year() -> None:
    with replay(Archive([old_page("20201231235959"), page()])) as server:
        hkcnews(server, "fetch", ID, "--at", "20210101")
        assert pages_of(server) == ["20201231235959"]


def test_a_month_of_00_in_the_index_has_its_place_too() -> None:
    with replay(Archive([old_page("20190001000000"), page()])) as server:
        result = hkcnews(server, "captures", ID, "--at", "201902", "--json")
    assert [row["timestamp"] for row in json.loads(result.stdout)] == ["20190001000000", NEW]


def test_no_usable_capture_is_an_error_that_lists_each_with_its_reason(out: Path) -> None:
    archive = Archive(
        [
            farewell(),
            FakeMemento(address(ID), NEW, unreadable_page()),
            unplayable("https://hkcnews.com/article/11911/gone", "20200101000000"),
            error(address(ID), OLD, 404),
            redirect(address(ID), OLDEST, "/news"),
            FakeMemento(address(ID), "20170101000000", b"%PDF", content_type="application/pdf"),
        ]
    )
    with replay(archive, Faults([on_playback(faults.hrm(), path="gone")])) as server:
        result = hkcnews(server, "fetch", ID)
        kept = hkcnews(server, "fetch", ID, "--out", out)
    assert (result.stdout, result.exit_code) == ("", 1)
    lines = result.stderr.splitlines()
    assert lines[0] == f"error: no usable capture of article {ID}:"
    assert [line.strip() for line in lines[1::2]] == [
        decode_address(capture_url(ID, NEWEST)),
        decode_address(capture_url(ID, NEW)),
        "https://web.archive.org/web/20200101000000/https://hkcnews.com/article/11911/gone",
        decode_address(capture_url(ID, OLD)),
        decode_address(capture_url(ID, OLDEST)),
        decode_address(capture_url(ID, "20170101000000")),
    ]
    reasons = ["farewell", "info line", "no capture of this", "error-page", "redirect", "not-html"]
    for reason, line in zip(reasons, lines[2::2], strict=True):
        assert reason in line
    assert (kept.stdout, kept.stderr, kept.exit_code) == ("", result.stderr, 1)
    assert not (out / "articles").exists()


def test_an_article_of_which_there_is_no_capture_is_an_error(server: Replay) -> None:
    result = hkcnews(server, "fetch", 8)
    assert (result.stdout, result.exit_code) == ("", 1)
    assert "lists no capture of article 8" in result.stderr


def test_a_capture_that_leads_to_another_article_is_refused() -> None:
    with replay(Archive([redirect(address(1), NEW, address(2)), page(article=2)])) as server:
        result = hkcnews(server, "fetch", capture_url(1, NEW))
    assert (result.stdout, result.exit_code) == ("", 1)
    assert "a redirect to another page" in result.stderr


# --- into a folder --------------------------------------------------------------------------


def test_a_new_folder_gets_file_capture_and_ledger(
    server: Replay, out: Path, tmp_path: Path
) -> None:
    result = hkcnews(server, "fetch", ID, "--out", out)
    assert (result.stderr, result.exit_code) == ("", 0)
    assert result.stdout.splitlines()[:3] == [
        "--- no file",
        f"+++ {capture_url(ID, NEW)}",
        f"@@ -0,0 +1,{len(NEW_FILE.decode().splitlines())} @@",
    ]
    assert [f"+{line}" for line in NEW_FILE.decode().splitlines()] == result.stdout.splitlines()[3:]
    assert tree(out / "articles") == {PATH.removeprefix("articles/"): NEW_FILE}
    assert ended(out) == ("written", NEW)
    assert stored(out, tmp_path) == [NEWEST, NEW]


def test_the_article_of_a_crawl_is_fetched_again_and_stays_so(
    server: Replay, out: Path, tmp_path: Path
) -> None:
    crawled(server, out)
    assert (out / PATH).read_bytes() == NEW_FILE
    before = len(server.log)
    result = hkcnews(server, "fetch", ID, "--out", out, "--at", "2019")
    assert [request.timestamp for request in server.log[before:]] == [OLD], "no index, one page"
    assert (out / PATH).read_bytes() == OLD_FILE
    assert ended(out) == ("written", OLD)
    assert stored(out, tmp_path) == [NEWEST, NEW, OLD]
    assert result.stdout.splitlines()[:2] == [f"--- {out / PATH}", f"+++ {capture_url(ID, OLD)}"]
    assert "-船長說，霧散了便開。" in result.stdout.splitlines()
    assert f"+{OLD_TEXT}" in result.stdout.splitlines()
    after = len(server.log)
    for _ in range(2):
        (out / PATH).write_bytes(b"spoiled")
        assert command.hkcnews("normalise", out).exit_code == 0
        assert (out / PATH).read_bytes() == OLD_FILE, "normalise keeps the capture asked for"
    assert hkcnews(server, "crawl", "--out", out, "--refresh-index").exit_code == 0
    assert requests_to(server)[-1].number <= after, "the crawl fetches no page"
    assert (out / PATH).read_bytes() == OLD_FILE
    hkcnews(server, "fetch", ID, "--out", out)
    assert (out / PATH).read_bytes() == NEW_FILE
    assert ended(out) == ("written", NEW)


def test_a_crawl_goes_on_where_an_article_was_fetched(out: Path) -> None:
    with replay(Archive([page(article=1), page(article=2)])) as server:
        hkcnews(server, "fetch", 2, "--out", out)
        crawled(server, out)
        assert [request.original for request in requests_to(server)] == [address(2), address(1)]
    status = command.hkcnews("status", "--out", out)
    assert "2 articles known" in " ".join(status.stdout.split())


def test_a_failed_try_does_not_forget_what_was_stored(out: Path, tmp_path: Path) -> None:
    with replay(Archive([page()])) as server:
        crawled(server, out)
        before = tree(out / "articles")
        server.change(Faults([on_playback(faults.gateway(503))]))
        result = hkcnews(server, "fetch", ID, "--out", out)
        assert result.exit_code == 1
        assert "503" in result.stderr
    assert tree(out / "articles") == before
    assert ended(out) == ("written", NEW)
    again = command.hkcnews("normalise", out, "--out", tmp_path / "again")
    assert again.exit_code == 0
    assert tree(tmp_path / "again" / "articles") == before


def test_what_was_asked_for_in_vain_is_in_the_store_and_the_file_stays(
    server: Replay, out: Path, tmp_path: Path
) -> None:
    crawled(server, out)
    result = hkcnews(server, "fetch", capture_url(ID, NEWEST), "--out", out)
    assert result.exit_code == 1
    assert (out / PATH).read_bytes() == NEW_FILE
    assert ended(out) == ("written", NEW)
    assert stored(out, tmp_path) == [NEWEST, NEW, NEWEST]


def test_a_file_that_stays_as_it_was_is_named(server: Replay, out: Path) -> None:
    hkcnews(server, "fetch", ID, "--out", out)
    result = hkcnews(server, "fetch", ID, "--out", out)
    assert (result.stdout, result.exit_code) == ("", 0)
    assert result.stderr == f"{out / PATH}: unchanged\n"


def test_a_newline_that_is_missing_is_a_change(server: Replay, out: Path) -> None:
    hkcnews(server, "fetch", ID, "--out", out)
    (out / PATH).write_bytes(NEW_FILE.removesuffix(b"\n"))
    result = hkcnews(server, "fetch", ID, "--out", out)
    assert "no newline at the end" in result.stdout
    assert (out / PATH).read_bytes() == NEW_FILE


@pytest.mark.usefixtures("worker_processes")
@pytest.mark.parametrize("into_folder", [False, True])
def test_a_page_that_kills_the_parser_is_passed_over(out: Path, *, into_folder: bool) -> None:
    deadly = page(NEWEST, body="<p>deadly to read</p>")
    with replay(Archive([deadly, old_page(), page(article=8)])) as server:
        folder = ("--out", out) if into_folder else ()
        done = hkcnews(server, "fetch", ID, 8, *folder)
        assert pages_of(server) == [NEWEST, OLD, NEW]
    assert (done.stderr, done.exit_code) == ("", 0)
    if into_folder:
        assert (out / PATH).read_bytes() == OLD_FILE
        with open_folder(out, "tests/1") as opened:
            attempts = opened.ledger.attempts(ID)
        results = [attempts[Capture(at, address(ID))].result for at in (NEWEST, OLD)]
        assert results == [AttemptResult.CRASHED, AttemptResult.ARTICLE]
    else:
        assert done.stdout_bytes == OLD_FILE + article_file(8, NEW)


@pytest.mark.usefixtures("worker_processes")
def test_an_article_whose_only_page_kills_the_parser_is_an_error_and_the_next_one_is_fetched() -> (
    None
):
    with replay(Archive([page(body="<p>deadly to read</p>"), page(article=8)])) as server:
        done = hkcnews(server, "fetch", ID, 8)
    assert done.exit_code == 1
    address_shown = decode_address(capture_url(ID, NEW))
    assert f"the process that read this page died: {address_shown}" in done.stderr
    assert done.stdout_bytes == article_file(8, NEW)


def test_the_diff_is_one_that_patch_takes(server: Replay, out: Path, tmp_path: Path) -> None:
    if shutil.which("patch") is None:
        pytest.skip("patch is not installed")
    hkcnews(server, "fetch", ID, "--out", out, "--at", "2019")
    copy = tmp_path / "copy.md"
    copy.write_bytes((out / PATH).read_bytes())
    result = hkcnews(server, "fetch", ID, "--out", out)
    subprocess.run(
        ["patch", "--fuzz=0", copy],  # noqa: S607
        input=result.stdout_bytes,
        check=True,
        capture_output=True,
    )
    assert copy.read_bytes() == NEW_FILE


def test_a_folder_that_a_crawl_works_in_is_left_alone(server: Replay, out: Path) -> None:
    with open_folder(out, "tests/1"):
        result = hkcnews(server, "fetch", ID, "--out", out)
    assert (result.stdout, result.exit_code) == ("", 2)
    assert "another crawl works in" in result.stderr
    assert server.log == []


def test_a_file_for_a_folder_is_wrong_usage(server: Replay, out: Path) -> None:
    out.write_bytes(b"")
    result = hkcnews(server, "fetch", ID, "--out", out)
    assert (result.stdout, result.exit_code) == ("", 2)
    assert "--out takes a folder" in result.stderr


# --- dry run --------------------------------------------------------------------------------


def _state(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {
        str(path): (path.stat().st_mtime_ns, path.read_bytes() if path.is_file() else b"")
        for path in chain([folder], sorted(folder.rglob("*")))
    }


@pytest.mark.parametrize("more", [[], ["--all"]], ids=["first", "all"])
def test_a_dry_run_shows_the_change_and_writes_nothing_at_all(
    server: Replay, out: Path, more: list[str]
) -> None:
    hkcnews(server, "fetch", ID, "--out", out, "--at", "2019")
    before = _state(out)
    files = tree(out)
    dry = hkcnews(server, "fetch", ID, "--out", out, "--dry-run", *more)
    assert tree(out) == files
    assert {name: content for name, (_, content) in _state(out).items()} == {
        name: content for name, (_, content) in before.items()
    }
    assert f"+++ {capture_url(ID, NEW)}" in dry.stdout
    real = hkcnews(server, "fetch", ID, "--out", out, *more)
    assert (dry.stdout, dry.exit_code) == (real.stdout, 0)
    assert (out / PATH).read_bytes() == NEW_FILE


def test_a_dry_run_uses_the_captures_that_the_ledger_knows(server: Replay, out: Path) -> None:
    crawled(server, out)
    before, files = len(server.log), tree(out)
    result = hkcnews(server, "fetch", ID, "--out", out, "--dry-run", "--at", "2019")
    assert [request.timestamp for request in server.log[before:]] == [OLD]
    assert tree(out) == files
    assert f"+{OLD_TEXT}" in result.stdout.splitlines()


@pytest.mark.parametrize("target", [str(ID), "8"])
def test_a_dry_run_makes_no_folder(server: Replay, out: Path, target: str) -> None:
    hkcnews(server, "fetch", target, "--out", out, "--dry-run")
    assert len(server.log) >= 1
    assert not out.exists()


def test_a_dry_run_without_a_folder_is_wrong_usage(server: Replay) -> None:
    result = hkcnews(server, "fetch", ID, "--dry-run")
    assert (result.stdout, result.exit_code, server.log) == ("", 2, [])
    assert "--out DIR" in result.stderr


# --- all captures ---------------------------------------------------------------------------

LINE = f"https://web.archive.org/web/{{}}/{address(ID)}"


def _history(text: str) -> dict[str, list[str]]:
    """What is told of each capture, by its timestamp, in order."""
    changes: dict[str, list[str]] = {}
    for line in text.splitlines():
        match = re.fullmatch(
            r"[\d-]{10} [\d:]{8}  https://web\.archive\.org/web/(\d{14})/\S+", line
        )
        if match:
            assert match[1] not in changes, "each capture once"
            changes[match[1]] = []
        elif line.startswith("    "):
            changes[[*changes][-1]].append(line.removeprefix("    "))
    return changes


def test_all_tells_how_the_article_changed_and_gives_the_best_capture() -> None:
    titled = page("20200101000000", title="渡輪慢航")
    same = FakeMemento(
        address(ID), "20200201000000", article_page(ID, title="渡輪慢航"), revisit=True
    )
    archive = Archive([farewell(), page(), titled, same, old_page(), farewell(OLDEST)])
    with replay(archive) as server:
        result = hkcnews(server, "fetch", ID, "--all")
        assert len(requests_to(server)) == len(set(pages_of(server))) == 6
    assert (result.stdout_bytes, result.exit_code) == (NEW_FILE, 0)
    changes = _history(result.stderr)
    assert list(changes) == [OLD, "20200101000000", "20200201000000", NEW]
    assert changes[OLD] == [f"{title_of(ID)}, 1 blocks"]
    assert changes["20200201000000"] == ["as before"]
    changed = changes["20200101000000"]
    for line in (f'-title: "{title_of(ID)}"', '+title: "渡輪慢航"', f"-{OLD_TEXT}"):
        assert line in changed
    assert not any("url: " in line for line in changed), "each capture has its own"
    assert '+title: "渡輪慢航"' not in changes[NEW]
    assert '-title: "渡輪慢航"' in changes[NEW]


def test_all_into_a_folder_keeps_every_capture_and_writes_the_best(
    server: Replay, out: Path, tmp_path: Path
) -> None:
    result = hkcnews(server, "fetch", ID, "--all", "--out", out)
    assert (result.stderr, result.exit_code) == ("", 0)
    assert list(_history(result.stdout)) == [OLD, NEW]
    assert (out / PATH).read_bytes() == NEW_FILE
    assert stored(out, tmp_path) == [NEWEST, NEW, OLD]
    assert ended(out) == ("written", NEW)
    (out / PATH).write_bytes(b"spoiled")
    command.hkcnews("normalise", out)
    assert (out / PATH).read_bytes() == NEW_FILE


def test_a_capture_that_two_lead_to_is_told_of_once() -> None:
    with replay(Archive([page(), old_page(), unplayable(address(ID), "20220101000000")])) as server:
        result = hkcnews(server, "fetch", ID, "--all")
    assert list(_history(result.stderr)) == [OLD, NEW]


def test_all_of_an_article_that_has_none_lists_them_all() -> None:
    with replay(Archive([farewell(), farewell(OLD)])) as server:
        result = hkcnews(server, "fetch", ID, "--all")
    assert (result.stdout, result.exit_code) == ("", 1)
    assert result.stderr.count("farewell page") == 2


def test_a_long_line_of_a_diff_is_not_folded(out: Path) -> None:
    with replay(Archive([page(body=f"<p>{'船長說。' * 4000}</p>")])) as server:
        result = hkcnews(server, "fetch", ID, "--out", out)
    assert f"+{'船長說。' * 4000}" in result.stdout.splitlines()


# --- in a process of its own ----------------------------------------------------------------


def test_what_all_commands_need_can_come_from_the_environment(server: Replay) -> None:
    server.change(Faults([on_playback(faults.too_many(), 1)]))
    environment = {
        "HKCNEWS_ARCHIVE": server.origin,
        "HKCNEWS_RATE": "0",
        "HKCNEWS_COOLDOWN": "0.05",
        "HKCNEWS_CONTACT": "me@harbour.example",
    }
    result = command.hkcnews("fetch", ID, environment=environment)
    assert (result.stdout_bytes, result.exit_code) == (NEW_FILE, 0)
    assert result.stderr.startswith("paused: ")
    assert {request.agent for request in server.log} == {server.log[0].agent}
    assert "+me@harbour.example" in server.log[0].agent


@pytest.mark.parametrize("name", ["fetch", "captures"])
def test_ctrl_c_ends_a_pause(server: Replay, out: Path, name: str) -> None:
    server.change(Faults([on_index(faults.too_many(600))]))
    options = ["--out", out] if name == "fetch" else []
    args = [name, ID, "--rate", "0", "--archive", server.origin, *options]
    with start_process(*map(str, args)) as process:
        assert process.stderr is not None
        assert process.stderr.readline().startswith(b"paused: ")
        interrupt(process)
        exit_code, messages = exit_code_and_messages(process)
    assert exit_code == 130
    assert messages.startswith("interrupted: ")
    assert "Traceback" not in messages
    assert not (out / "articles").exists()


def test_a_second_ctrl_c_does_not_wait_for_what_is_under_way(server: Replay) -> None:
    server.change(Faults([on_playback(faults.stalled())]))
    args = ["fetch", ID, "--rate", "0", "--archive", server.origin]
    with start_process(*map(str, args)) as process:
        server.wait_for(2)
        interrupt(process)
        assert process.poll() is None
        interrupt(process)
        exit_code, messages = exit_code_and_messages(process)
    assert exit_code == 130
    assert "interrupted: " in messages
    assert "Traceback" not in messages


def test_a_reader_that_has_read_enough_of_a_diff_finds_the_file_written(tmp_path: Path) -> None:
    out = tmp_path / "out"
    paragraphs = "".join(f"<p>船長說{n}。</p>" for n in range(5000))
    with replay(Archive([page(body=paragraphs)])) as server:
        args = ["fetch", ID, "--out", out, "--rate", "0", "--archive", server.origin]
        with start_process(*map(str, args)) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            assert process.stdout.readline() == b"--- no file\n"
            process.stdout.close()
            messages = process.stderr.read()
            exit_code = process.wait()
    assert b"Traceback" not in messages
    assert b"Exception" not in messages
    assert exit_code in {0, 1}
    assert "船長說4999。" in (out / PATH).read_text(encoding="utf-8")
    assert ended(out) == ("written", NEW)


# --- captures -------------------------------------------------------------------------------


@pytest.fixture
def many() -> Iterator[Replay]:
    mementos = [
        page(),
        old_page(),
        FakeMemento(address(ID), "20200101000000", article_page(ID), revisit=True),
        FakeMemento(f"{address(ID)}?a=1", "20220101000000", article_page(ID, title="渡")),
        farewell("20230101000000"),
        redirect(address(ID), "20220301000000", "/news"),
        error(address(ID), "20220401000000", 404),
    ]
    with replay(Archive(mementos)) as server:
        yield server


ROWS = [
    ("1", NEW, "200", "newest first"),
    ("2", "20200101000000", "-", "the same bytes as an earlier capture; newest first"),
    ("3", OLD, "200", "newest first"),
    ("4", "20220101000000", "200", "its address has a query; newest first"),
    ("5", "20230101000000", "200", "suspect: since 2023 the site shows its farewell page; newest"),
    ("-", "20220401000000", "404", "no article: error-page"),
    ("-", "20220301000000", "301", "no article: redirect"),
]


def test_captures_are_shown_in_their_order_with_a_reason(many: Replay) -> None:
    result = hkcnews(many, "captures", ID)
    header, *lines = result.stdout.splitlines()
    assert header.split() == ["rank", "timestamp", "status", "address", "reason"]
    shown = [re.split(r"\s{2,}", line.strip()) for line in lines]
    for cells, (rank, timestamp, status, reason) in zip(shown, ROWS, strict=True):
        assert cells[:3] == [rank, timestamp, status]
        assert cells[3].startswith(address(ID))
        assert cells[4].startswith(reason)
    assert (result.stderr, result.exit_code) == ("", 0)
    assert requests_to(many) == []
    assert len(requests_to(many, "index")) == 1


def test_captures_as_json(many: Replay) -> None:
    result = hkcnews(many, "captures", ID, "--json")
    rows = json.loads(result.stdout_bytes)
    assert [row["rank"] for row in rows] == [1, 2, 3, 4, 5, None, None]
    assert [row["timestamp"] for row in rows] == [timestamp for _, timestamp, *_ in ROWS]
    assert rows[0].pop("digest")
    assert rows[0] == {
        "rank": 1,
        "timestamp": NEW,
        "status": "200",
        "mimetype": "text/html",
        "address": address(ID),
        "url": capture_url(ID, NEW),
        "reason": "newest first",
    }
    assert requests_to(many) == []


def test_captures_are_tried_in_the_order_shown(many: Replay) -> None:
    shown = json.loads(hkcnews(many, "captures", ID, "--json").stdout)
    hkcnews(many, "fetch", ID, "--all")
    wanted = [row["timestamp"] for row in shown if row["rank"]]
    assert pages_of(many)[: len(wanted)] == wanted


def test_captures_of_a_time_come_first(many: Replay) -> None:
    result = hkcnews(many, "captures", ID, "--json", "--at", "2019")
    assert json.loads(result.stdout)[0]["timestamp"] == OLD


def test_captures_that_the_ledger_knows_need_no_request(server: Replay, out: Path) -> None:
    crawled(server, out)
    before = len(server.log)
    result = hkcnews(server, "captures", ID, "--out", out, "--json")
    assert [row["timestamp"] for row in json.loads(result.stdout)] == [NEWEST, NEW, OLD]
    assert len(server.log) == before


@pytest.mark.parametrize("flag", [[], ["--json"]])
def test_captures_of_an_article_that_has_none_is_an_error(many: Replay, flag: list[str]) -> None:
    result = hkcnews(many, "captures", 8, *flag)
    assert (result.stdout, result.exit_code) == ("", 1)
    assert "no capture of article 8" in result.stderr


def test_captures_of_a_folder_that_holds_no_crawl_is_wrong_usage(
    many: Replay, tmp_path: Path
) -> None:
    result = hkcnews(many, "captures", ID, "--out", tmp_path)
    assert (result.stdout, result.exit_code, many.log) == ("", 2, [])
    assert tree(tmp_path) == {}


@pytest.mark.parametrize("name", ["fetch", "captures"])
def test_a_pace_that_the_real_archive_does_not_allow_is_refused(name: str) -> None:
    result = command.hkcnews(name, "1", "--rate", "9")
    assert (result.stdout, result.exit_code) == ("", 2)
    assert "--rate 9 is more than the archive allows" in result.stderr
