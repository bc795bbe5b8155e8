"""The command `browse`: what it serves, what it makes first, and what it refuses."""

from __future__ import annotations

import re
import signal
import socket
import sqlite3
import webbrowser
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest
from fake_archive import Archive, replay
from support.command import hkcnews, start_process
from support.crawls import crawl, page
from support.reading_room import database as database_of
from support.reading_room import reading_room as serving
from support.reading_room import records
from support.warcs import farewell_page, response, unreadable_page, warc_file

from scraper.browse.server import address_of, open_socket
from scraper.cli import browse_job
from scraper.crawl.plan import CrawlPlan
from scraper.errors import UsageError


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The databases that would be served."""
    paths: list[Path] = []

    @contextmanager
    def room(path: Path, listening: socket.socket, *, is_public: bool) -> Iterator[Path]:
        assert not is_public
        assert listening.getsockname()[0] == "127.0.0.1"
        yield path

    monkeypatch.setattr(browse_job, "reading_room", room)
    monkeypatch.setattr(browse_job, "serve", lambda path, _: paths.append(path))
    return paths


def browse(archive: Path, *more: object, code: int = 0) -> str:
    done = hkcnews("browse", archive, "--no-open", "--port", "0", "--jobs", "1", *more)
    assert done.exit_code == code, done.output
    return " ".join(done.stderr.split())


def test_it_serves_until_it_is_interrupted(tmp_path: Path) -> None:
    source = warc_file(tmp_path, records())
    hkcnews("export", source, "--format", "sqlite", "--out", tmp_path / "data", "--jobs", 1)
    with start_process("browse", tmp_path / "data", "--no-open", "--port", 0) as process:
        assert process.stderr is not None
        address = re.search(r"http://127\.0\.0\.1:[0-9]+/", process.stderr.readline().decode())
        assert address is not None
        assert "第2號渡輪停航" in httpx.get(address[0], timeout=30).text
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
        assert process.stderr.read() == b""


def test_the_database_of_a_crawl_is_made_and_kept(tmp_path: Path, served: list[Path]) -> None:
    out = tmp_path / "out"
    with replay(Archive([page(1), page(2)])) as server:
        crawl(out, server)
    assert "2 written" in browse(out)
    made = out / "reading-room" / "archive.db"
    assert served == [made]
    assert "written" not in browse(out)
    assert "2 unchanged" in browse(out, "--refresh")


def test_a_crawl_that_has_gone_on_is_told(tmp_path: Path, served: list[Path]) -> None:
    out, note = tmp_path / "out", "--refresh makes the database anew"
    with replay(Archive([page(1), page(2)])) as server:
        crawl(out, server, CrawlPlan(limit=1))
        browse(out)
        assert note not in browse(out)
        crawl(out, server)
    assert note in browse(out)
    assert note not in browse(out, "--refresh")
    assert note not in browse(out)
    assert len(served) == 5


def test_an_article_that_fails_is_in_the_exit_code(tmp_path: Path, served: list[Path]) -> None:
    source, notes = (
        warc_file(tmp_path, [*records(), response(40, unreadable_page())]),
        tmp_path / "n",
    )
    hkcnews("export", source, "--format", "markdown", "--out", notes, "--jobs", 1)
    assert "1 failed" in browse(notes, code=1)
    assert len(served) == 1


def test_an_archive_without_articles_is_refused(tmp_path: Path) -> None:
    source, notes = warc_file(tmp_path, [response(1, farewell_page())]), tmp_path / "notes"
    hkcnews("export", source, "--format", "markdown", "--out", notes, "--jobs", 1)
    assert "holds no article" in browse(notes, code=2)


def test_the_database_of_another_export_is_made_of_its_sources(
    tmp_path: Path, served: list[Path]
) -> None:
    source, notes = warc_file(tmp_path, records()), tmp_path / "notes"
    hkcnews("export", source, "--format", "markdown", "--out", notes, "--jobs", 1)
    browse(notes)
    assert served == [notes / "archive.db"]
    served[0].unlink()
    source.unlink()
    assert "of which it was made, is gone" in browse(notes, code=2)


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "diary").mkdir()
    (tmp_path / "text.db").write_text("no database" * 100)
    with closing(sqlite3.connect(tmp_path / "other.db")) as db:
        db.execute("CREATE TABLE recipes (id)")
    with closing(sqlite3.connect(tmp_path / "old.db")) as db:
        for table in ("articles", "search", "captures"):
            db.execute(f"CREATE TABLE {table} (id)")
    assert "neither the folder of a crawl nor an export" in browse(tmp_path / "diary", code=2)
    assert "is not there" in browse(tmp_path / "none", code=2)
    assert "can't be read as a database" in browse(tmp_path / "text.db", code=2)
    assert "is no archive.db" in browse(tmp_path / "other.db", code=2)
    assert "another version" in browse(tmp_path / "old.db", code=2)


def test_the_database_may_have_any_name_and_be_replaced_meanwhile(tmp_path: Path) -> None:
    path = database_of(tmp_path).rename(tmp_path / "data (1).db")
    with serving(path) as origin, httpx.Client(base_url=origin) as client:
        assert client.get("/").status_code == httpx.codes.OK
        other = tmp_path / "other.db"
        with closing(sqlite3.connect(other)) as db:
            db.execute("CREATE TABLE about (name)")
        other.replace(path)
        for _ in range(8):  # more than there are threads
            assert "<mark>貓</mark>" in client.get("/search", params={"q": "貓"}).text


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "archive.example"])  # noqa: S104
def test_other_machines_are_let_in_only_if_that_is_said(host: str) -> None:
    with pytest.raises(UsageError, match="add --public"):
        open_socket(host, 0, is_public=False)


@pytest.mark.parametrize("host", [None, "LOCALHOST", "127.8.9.10", "[::1]"])
def test_loopback_needs_no_word_and_is_answered(
    tmp_path_factory: pytest.TempPathFactory, host: str | None
) -> None:
    path = database_of(tmp_path_factory.mktemp("room"))
    with serving(path, host) as origin:
        assert httpx.get(origin).status_code == httpx.codes.OK


def test_a_port_that_is_taken_is_told() -> None:
    with open_socket("127.0.0.1", 0, is_public=False) as first:
        port = first.getsockname()[1]
        with pytest.raises(UsageError, match=f"port {port} can't be had: .*--port 0"):
            open_socket("127.0.0.1", port, is_public=False)


def test_everybody_is_let_in_under_an_address_for_this_machine() -> None:
    with open_socket(None, 0, is_public=True) as listening:
        assert listening.getsockname()[0] == "0.0.0.0"  # noqa: S104
        assert address_of(listening).startswith("http://127.0.0.1:")


def test_the_public_is_told_and_the_browser_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[tuple[object, ...]] = []

    class Timer:
        daemon = False

        def __init__(self, _: float, call: object, arguments: tuple[object, ...]) -> None:
            started.append((call, *arguments))

        def start(self) -> None:
            assert self.daemon

    @contextmanager
    def room(path: Path, _: socket.socket, *, is_public: bool) -> Iterator[Path]:
        assert is_public
        yield path

    monkeypatch.setattr(browse_job, "Timer", Timer)
    monkeypatch.setattr(browse_job, "reading_room", room)
    monkeypatch.setattr(browse_job, "serve", lambda _, __: None)
    done = hkcnews("browse", database_of(tmp_path), "--public", "--port", 0)
    assert done.exit_code == 0
    assert "everybody who reaches this machine can read here" in done.stderr
    ((call, address),) = started
    assert call is webbrowser.open
    assert str(address) in done.stderr
    quiet = hkcnews("browse", tmp_path / "data", "--public", "--port", 0, "--no-open", "--quiet")
    assert "everybody" not in quiet.stderr
    assert len(started) == 1


def test_missing_packages_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browse_job, "find_spec", lambda _: None)
    assert "pip install 'hkcnews-archive[browse]'" in browse(tmp_path, code=2)
