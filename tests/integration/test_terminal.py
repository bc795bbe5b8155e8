"""Nothing that a page, a file or a server says moves a terminal: every command, every way out."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

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
from support.warcs import (
    TIMESTAMP,
    address,
    article_file,
    article_page,
    capture_url,
    response,
    unreadable_page,
    warc_file,
)

# A title that clears the screen, colours it, rings, names the window, turns its letters round,
# and one with the marks of the program's own styles.
WILD = "渡輪\x1b[2J\x1b[31m停\x07航\x08\x9b1m\x90q\x9c\x7f\x1b]0;x\x07\u202e\u2066\u200e\u2028尾"
MARKUP = "[bold]渡輪[/bold] :fire: [red]停航[/nothing] 尾\\"
# What the program itself sends: colours, the cursor, lines of its live display.
_OURS = re.compile(r"\x1b\[(?:[0-9;]*m|\?25[lh]|1A|2K)|\r")
_RAW = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]"
)
SECONDS = 30.0
Run = Callable[..., str]


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return {**kept, "LC_ALL": "C.UTF-8", "TERM": "xterm", "COLUMNS": "400", "LINES": "50"}


def _command(args: tuple[str | Path, ...]) -> list[str]:
    return [sys.executable, "-m", "scraper", *map(str, args)]


def through_pipes(*args: str | Path, folder: Path) -> str:
    """What the command says where no terminal is: both outputs."""
    done = subprocess.run(
        _command(args),
        capture_output=True,
        cwd=folder,
        env=_environment(),
        check=False,
        timeout=SECONDS,
    )
    return (done.stdout + done.stderr).decode()


def on_a_terminal(*args: str | Path, folder: Path) -> str:
    """What the command sends to a terminal, without what the program itself moves there."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        _command(args), stdin=theirs, stdout=theirs, stderr=theirs, cwd=folder, env=_environment()
    )
    os.close(theirs)
    said = b""
    end = time.monotonic() + SECONDS
    with process:
        try:
            while select.select([ours], [], [], max(0.0, end - time.monotonic()))[0]:
                try:
                    part = os.read(ours, 65536)
                except OSError:  # how Linux tells that nobody writes there any more
                    break
                if not part:
                    break
                said += part
        finally:
            process.kill()
            os.close(ours)
    return _OURS.sub("", said.decode())


@pytest.fixture(params=[through_pipes, on_a_terminal], ids=["pipes", "terminal"])
def run(request: pytest.FixtureRequest) -> Run:
    chosen: Run = request.param
    return chosen


def assert_harmless(said: str) -> None:
    assert "Traceback" not in said
    assert [ascii(found) for found in _RAW.findall(said)] == []


def wild_page(article: int = 7, title: str = WILD) -> bytes:
    return article_page(article, title=title, author=title, category=title, body=f"<p>{title}")


def archive(title: str = WILD) -> Archive:
    unread = unreadable_page().replace("碼頭的燈".encode(), title.encode())
    return Archive(
        [
            FakeMemento(address(7), TIMESTAMP, wild_page(7, title)),
            FakeMemento(address(8), TIMESTAMP, unread),
        ]
    )


def asking(server: Replay) -> tuple[str, ...]:
    return ("--archive", server.origin, "--rate", "0", "--cooldown", "0.01")


# --- pages and files ------------------------------------------------------------------------


def test_normalise_and_inspect(run: Run, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_bytes(wild_page())
    url = ("--url", capture_url(7))
    for args in (
        ("normalise", "page.html", *url, "--out", "out", "--verbose"),
        ("inspect", "page.html", *url),
        ("inspect", "page.html", *url, "--debug"),
        ("inspect", "page.html", *url, "--json"),
        ("normalise", f"{WILD[:-8]}.html", *url),
        ("normalise", "page.html", "--url", f"https://a.example/{WILD}"),
    ):
        said = run(*args, folder=tmp_path)
        assert "渡輪" in said or "\\u6e21" in said, args
        assert_harmless(said)
    said = run("normalise", f"{WILD[:20]}.html", *url, "--debug", folder=tmp_path)
    assert "Traceback" in said
    assert_harmless(said.replace("Traceback", ""))


def test_many_pages_of_a_file_with_a_wild_name(run: Run, tmp_path: Path) -> None:
    name = f"{WILD[:20]}.warc.gz"
    damaged = response(9)[:-200]
    warc_file(tmp_path, [response(7, wild_page()), response(8, unreadable_page()), damaged], name)
    said = run("normalise", name, "--out", "out", "--verbose", folder=tmp_path)
    assert "failed:" in said
    assert "\\u001b[2J" in said
    assert_harmless(said)


def test_a_page_goes_to_a_terminal_without_what_moves_it_and_to_a_file_as_it_is(
    tmp_path: Path,
) -> None:
    (tmp_path / "page.html").write_bytes(wild_page())
    args = ("normalise", "page.html", "--url", capture_url(7))
    shown = on_a_terminal(*args, folder=tmp_path)
    assert_harmless(shown)
    assert "# 渡輪\\u001b[2J\\u001b[31m停\\u0007航" in shown
    assert "# 渡輪\x1b[2J\x1b[31m停\x07航" in through_pipes(*args, folder=tmp_path)


def test_the_title_in_a_file_s_front_matter_is_escaped_wherever_it_goes(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_bytes(wild_page())
    said = through_pipes("normalise", "page.html", "--url", capture_url(7), folder=tmp_path)
    front = said.split("---")[1]
    assert 'title: "渡輪\\x1b[2J\\x1b[31m停\\x07航\\x08\\x9b1m' in front
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028]", front)


@pytest.mark.parametrize("command", ["audit", "compare"])
def test_audit_and_compare(run: Run, tmp_path: Path, command: str) -> None:
    for folder in ("mine", "theirs"):
        (tmp_path / folder).mkdir()
    file = article_file(7).decode()
    wild = WILD.replace("\u2028", "")
    (tmp_path / "mine" / "article_7.md").write_text(file.replace("停航", wild), encoding="utf-8")
    (tmp_path / "theirs" / "article_7.md").write_text(file, encoding="utf-8")
    (tmp_path / "mine" / f"article_{wild[:25]}.md").write_text("---\n", encoding="utf-8")
    args = ("audit", "mine") if command == "audit" else ("compare", "mine", "theirs", "--show", "3")
    said = run(*args, folder=tmp_path)
    assert "\\u001b[2J" in said
    assert_harmless(said)


# --- what asks the archive ------------------------------------------------------------------


def test_crawl_and_status(run: Run, tmp_path: Path) -> None:
    out = f"o{WILD[:20]}"
    with replay(archive()) as server:
        crawled = run("crawl", "--out", out, *asking(server), folder=tmp_path)
    status = run("status", "--out", out, folder=tmp_path)
    again = run("normalise", out, "--verbose", folder=tmp_path)
    assert "failed: article 8" in crawled
    assert "failed: article 8" in status
    for said in (crawled, status, again):
        assert_harmless(said)


def test_fetch_captures_and_record(run: Run, tmp_path: Path) -> None:
    (tmp_path / f"f{WILD[:12]}").mkdir()
    fixture = ("--name", "wild", "--why", "wild", "--fixtures", f"f{WILD[:12]}")
    with replay(archive()) as server:
        for args in (
            ("fetch", "7", "--out", "out"),
            ("fetch", "7", "--out", "out", "--all"),
            ("fetch", "8", "--out", "out"),
            ("captures", "7"),
            ("captures", "7", "--json"),
            ("record", "7", *fixture),
            ("fetch", WILD),
            ("fetch", WILD, "--debug"),
        ):
            said = run(*args, *asking(server), folder=tmp_path)
            assert said, args
            assert_harmless(said.replace("Traceback", ""))
        shown = on_a_terminal("fetch", "7", *asking(server), folder=tmp_path)
    assert "# 渡輪\\u001b[2J" in shown
    assert_harmless(shown)


ANSWERS = {
    "of the index": on_index(faults.says("wild", 418, f"<h1>{WILD}</h1>")),
    "of playback": on_playback(faults.says("wild", 418, f"<h1>{WILD}</h1>")),
}


@pytest.mark.parametrize("rule", ANSWERS.values(), ids=ANSWERS)
def test_answers_of_a_server(run: Run, tmp_path: Path, rule: Rule) -> None:
    with replay(archive(), Faults([rule])) as server:
        for args in (("crawl", "--out", "out"), ("fetch", "7"), ("fetch", "7", "--debug")):
            said = run(*args, *asking(server), folder=tmp_path)
            assert "418" in said
            assert_harmless(said.replace("Traceback", ""))


def test_rows_of_the_index(run: Run, tmp_path: Path) -> None:
    fields = ["urlkey", "timestamp", "original", "mimetype", "statuscode", "digest"]
    row = [WILD, TIMESTAMP, f"{address(7)}/{WILD}", "text/html", WILD, WILD]
    body = json.dumps([fields, row, [WILD, WILD, WILD, WILD, WILD, WILD]])
    wild = on_index(faults.says("wild rows", 200, body, html=False))
    with replay(archive(), Faults([wild])) as server:
        table = run("captures", "7", *asking(server), folder=tmp_path)
        crawled = run("crawl", "--out", "out", "--dry-run", *asking(server), folder=tmp_path)
        as_json = on_a_terminal("captures", "7", "--json", *asking(server), folder=tmp_path)
    assert TIMESTAMP in table
    assert json.loads(as_json)[0]["digest"].startswith("渡輪\x1b[2J")
    for said in (table, crawled, as_json):
        assert_harmless(said)


def test_a_list_of_captures(run: Run, tmp_path: Path) -> None:
    (tmp_path / "list").write_text(
        f"{TIMESTAMP}\t{address(7)}\n{WILD.replace(chr(0x2028), '')}\tx\n", encoding="utf-8"
    )
    with replay(archive()) as server:
        args = ("crawl", "--out", "out", "--captures", "list")
        said = run(*args, *asking(server), folder=tmp_path)
    assert "passed over" in said
    assert_harmless(said)


# --- marks of our own styles ----------------------------------------------------------------


def test_marks_of_style_are_shown_as_they_are(run: Run, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_bytes(wild_page(7, MARKUP))
    (tmp_path / "mine").mkdir()
    (tmp_path / "theirs").mkdir()
    file = article_file(7).decode()
    (tmp_path / "mine" / "article_7.md").write_text(
        file.replace("霧散了", MARKUP), encoding="utf-8"
    )
    (tmp_path / "theirs" / "article_7.md").write_text(file, encoding="utf-8")
    (tmp_path / "mine" / "article_[bold]8[red].md").write_text("", encoding="utf-8")
    url = ("--url", capture_url(7))
    inspected = run("inspect", "page.html", *url, folder=tmp_path)
    written = run("normalise", "page.html", *url, "--out", "out", folder=tmp_path)
    compared = run("compare", "mine", "theirs", "--show", "1", folder=tmp_path)
    audited = run("audit", "mine", folder=tmp_path)
    with replay(archive(MARKUP)) as server:
        fetched = run("fetch", "7", "--out", "other", *asking(server), folder=tmp_path)
    for said in (inspected, written, compared, fetched):
        assert MARKUP in said
    assert "article_[bold]8[red].md" in audited
