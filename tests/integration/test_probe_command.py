"""`probe`: what it says of an archive whose pages are read rightly, and of others."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from fake_archive import Archive, FakeMemento, Faults, Replay, faults, on_playback, replay
from fake_archive.samples import unplayable
from support.command import SECONDS, hkcnews
from support.probe_pages import probe_pages
from support.shared_files import need
from support.warcs import (
    address,
    article_file,
    article_page,
    farewell_page,
    unreadable_page,
)
from tools import make_probe_table

from normalise import Capture
from scraper.cli import probe_job
from scraper.probe.fingerprint import fingerprint
from scraper.probe.table import ProbeCapture, format_table, load_table

TIMESTAMP, NEARBY = "20210629183215", "20210701000000"
# A table of made-up articles; one more page is the farewell.
TABLE = (
    *(
        ProbeCapture(
            Capture(TIMESTAMP, address(article_id)),
            fingerprint=fingerprint(article_file(article_id).decode()),
            shows=("odd",) if article_id % 2 else ("even",),
        )
        for article_id in (1, 2, 3, 4)
    ),
    ProbeCapture(Capture("20230101000000", address(9)), "farewell"),
)
Page = Callable[[int], bytes]


@pytest.fixture
def made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe_job, "load_table", lambda: TABLE)


def mementos(page: Page = article_page) -> list[FakeMemento]:
    articles = [FakeMemento(address(each), TIMESTAMP, page(each)) for each in (1, 2, 3, 4)]
    return [*articles, FakeMemento(address(9), "20230101000000", farewell_page())]


def probe(server: Replay, *args: object) -> tuple[int, str, str]:
    """The exit code, and what was said on both outputs."""
    pace = ("--rate", "0", "--cooldown", "0.01")
    done = hkcnews("probe", "--archive", server.origin, *pace, *args)
    return done.exit_code, done.stdout, done.stderr


def probe_archive(*captures: FakeMemento) -> tuple[int, str]:
    with replay(Archive(captures)) as server:
        code, stdout, _ = probe(server)
    return code, stdout


# --- a table of made-up articles ------------------------------------------------------------


@pytest.mark.usefixtures("made_up")
def test_all_agree(tmp_path: Path) -> None:
    with replay(Archive(mementos())) as server:
        code, stdout, _ = probe(server, "--contact", "me@example.org", "--save", tmp_path)
        agents = {request.agent for request in server.log}
    assert code == 0
    assert "5 of 5 pages are of the kind they must be" in stdout
    assert "title           4 of 4 agree; found by: headline 4\n" in stdout
    assert "last_updated    4 of 4 agree (0 of 0 that have one)\n" in stdout
    last = stdout.splitlines()[-1]
    assert last.startswith("next: all pages are read as they must be; ")
    assert f"--dry-run --archive {server.origin} --contact me@example.org" in last
    assert all("me@example.org" in agent for agent in agents)
    kept = hkcnews("normalise", tmp_path, "--out", tmp_path / "out")
    assert kept.exit_code == 0
    written = tmp_path / "out" / "articles" / "1-1000" / "article_3.md"
    assert written.read_bytes() == article_file(3)
    saved = json.loads((tmp_path / "9" / "capture.json").read_bytes())
    assert saved == {"timestamp": "20230101000000", "original": address(9)}


@pytest.mark.usefixtures("made_up")
def test_a_field_that_differs_is_named_with_ids_and_values() -> None:
    def page(article_id: int) -> bytes:
        title = "渡輪\x1b[2J" if article_id % 2 else ""
        return article_page(article_id, title=title, date="28.06.20")

    code, stdout = probe_archive(*mementos(page))
    assert code == 1
    assert "title           2 of 4 agree" in stdout
    assert "title: differs in 2: 1, 3\n  in all pages with: odd\n" in stdout
    assert "  article 1: 渡輪\\x1b[2J\n" in stdout
    assert "date: differs in 4: 1, 2, 3, 4\n  article 1: 2020-06-28\n" in stdout
    assert "whole file:" not in stdout
    assert "hkcnews probe --save probe-pages" in stdout.splitlines()[-1]


@pytest.mark.usefixtures("made_up")
def test_a_page_that_fits_no_rule_is_told_with_its_reason(tmp_path: Path) -> None:
    with replay(Archive(mementos(lambda _: unreadable_page()))) as server:
        code, stdout, _ = probe(server, "--save", tmp_path / "pages")
    assert code == 1
    assert "1 of 5 pages are of the kind they must be" in stdout
    assert "failed (4): no rule finds the " in stdout
    assert "  article 1, 2, 3, 4\n" in stdout
    assert f"hkcnews inspect {tmp_path / 'pages' / '1'}" in stdout.splitlines()[-1]


@pytest.mark.usefixtures("made_up")
def test_a_farewell_that_is_taken_for_an_article_is_a_fault() -> None:
    article = FakeMemento(address(9), "20230101000000", article_page(9))
    code, stdout = probe_archive(*mementos()[:-1], article)
    assert code == 1
    assert "failed (1): read as an article, where the page is known to be of the kind" in stdout


@pytest.mark.usefixtures("made_up")
def test_pages_that_do_not_come_are_no_fault_of_the_reading() -> None:
    code, stdout = probe_archive(*mementos()[1:])
    assert code == 1
    assert "failed (1): the archive has no capture of this address\n  article 1\n" in stdout
    assert stdout.splitlines()[-1].startswith("next: all pages that came are read as they must be")


@pytest.mark.usefixtures("made_up")
def test_another_capture_is_said_and_compared_all_the_same() -> None:
    asked = unplayable(address(1), TIMESTAMP)
    nearby = FakeMemento(address(1), NEARBY, article_page(1))
    code, stdout = probe_archive(*mementos()[1:], asked, nearby)
    assert code == 0
    assert f"another capture served: article 1: {NEARBY} for {TIMESTAMP}\n" in stdout
    assert "whole file      4 of 4 agree" in stdout


def test_a_file_is_no_folder_to_save_in(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    done = hkcnews("probe", "--save", tmp_path / "file")
    assert done.exit_code == 2
    assert "--save takes a folder" in done.stderr


# --- the table of the package -----------------------------------------------------------------


def test_an_archive_that_refuses_ends_it() -> None:
    with replay(Archive(mementos()), Faults([on_playback(faults.too_many())])) as server:
        code, stdout, stderr = probe(server)
        count = len(server.log)
    assert (code, stdout) == (3, "")
    assert stderr.splitlines()[-1].startswith("paused: ")
    assert count <= 20


@pytest.mark.usefixtures("made_up")
def test_what_was_read_before_a_refusal_is_shown() -> None:
    refusing = Faults([on_playback(faults.too_many(), path="/article/[1349]/")])
    with replay(Archive(mementos()), refusing) as server:
        code, stdout, _ = probe(server)
    assert code == 3
    assert "of 5 pages are of the kind they must be" in stdout


def test_ctrl_c_ends_it() -> None:
    with replay(Archive(mementos()), Faults([on_playback(faults.too_many(600))])) as server:
        command = [sys.executable, "-m", "scraper", "probe", "--archive", server.origin]
        running = subprocess.Popen(
            [*command, "--rate", "0"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        assert running.stderr is not None
        lines = iter(running.stderr.readline, b"")
        assert any(line.startswith(b"paused: ") for line in lines)
        running.send_signal(signal.SIGINT)
        _, stderr = running.communicate(timeout=SECONDS)
    assert running.returncode == 130
    assert stderr.splitlines()[-1].startswith(b"interrupted: ")
    assert b"Traceback" not in stderr


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[Capture, bytes]:
    need("pages", "pages.warc.gz")
    need("reference")
    need("oracle", "roundtrip.py")
    return probe_pages(load_table(), tmp_path_factory.mktemp("spool"))


def probe_shared(
    pages: dict[Capture, bytes], change: Callable[[bytes], bytes] = bytes
) -> tuple[int, str]:
    """Probe an archive of the pages, each of them changed."""
    return probe_archive(
        *(FakeMemento(each.original, each.timestamp, change(page)) for each, page in pages.items())
    )


def test_the_pages_of_the_reference_all_agree(pages: dict[Capture, bytes]) -> None:
    code, stdout = probe_shared(pages)
    assert code == 0
    assert "60 of 60 pages are of the kind they must be" in stdout
    assert "whole file     57 of 57 agree\n" in stdout
    assert (
        "tags           57 of 57 agree (55 of 55 that have one); found by: keywords 58\n" in stdout
    )


def test_a_template_without_tags_is_told_by_its_field(pages: dict[Capture, bytes]) -> None:
    code, stdout = probe_shared(pages, lambda page: re.sub(b"keywords|hidden", b"other", page))
    assert code == 1
    assert "tags: differs in " in stdout
    for name in ("title", "author", "category", "body", "promo", "box"):
        assert f"{name}: differs" not in stdout


def test_a_template_with_another_content_element_is_told(pages: dict[Capture, bytes]) -> None:
    code, stdout = probe_shared(pages, lambda page: page.replace(b"article-content", b"story"))
    assert code == 1
    assert "no rule finds the " in stdout
    assert "next: do not crawl yet; " in stdout


@pytest.mark.unmeasured
def test_the_table_is_made_of_the_reference() -> None:
    for needed in make_probe_table.NEEDED:
        need(*needed.split("/"))
    made = format_table(make_probe_table.make_table())
    assert made == make_probe_table.TABLE.read_text(encoding="utf-8"), "run `make probe-table`"
