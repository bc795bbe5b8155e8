"""Nothing that a page, a file or a server says moves a terminal: every command, every way out."""

from __future__ import annotations

import json
import re
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
from support.command import Arg, hkcnews, on_terminal
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
from support.wild import MARKUP, WILD, assert_harmless, without_own_controls

Run = Callable[..., str]
URL = ("--url", capture_url(7))


@pytest.fixture(params=["pipes", "terminal"])
def run(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in an empty folder; return both outputs without the program's own controls.

    What is shown on a terminal is shown here as well, to a file that is taken for one.
    """
    monkeypatch.chdir(tmp_path)
    is_terminal = request.param == "terminal"
    environment = {"TTY_COMPATIBLE": str(int(is_terminal)), "TERM": "xterm", "COLUMNS": "400"}

    def run_command(*args: Arg) -> str:
        result = hkcnews(*args, environment=environment)
        return without_own_controls(result.output) if is_terminal else result.output

    return run_command


def _wild_page(article_id: int = 7, title: str = WILD) -> bytes:
    return article_page(article_id, title=title, author=title, category=title, body=f"<p>{title}")


def _archive(title: str = WILD) -> Archive:
    """An article and a page that fits no rule, both with such a title."""
    unreadable = unreadable_page().replace("碼頭的燈".encode(), title.encode())
    return Archive(
        [
            FakeMemento(address(7), TIMESTAMP, _wild_page(7, title)),
            FakeMemento(address(8), TIMESTAMP, unreadable),
        ]
    )


def _from(server: Replay) -> tuple[str, ...]:
    return ("--archive", server.origin, "--rate", "0", "--cooldown", "0.01")


# --- a terminal that is one -----------------------------------------------------------------


def test_a_page_goes_to_a_terminal_without_what_moves_it_and_to_a_pipe_as_it_is(
    tmp_path: Path,
) -> None:
    page = tmp_path / "page.html"
    page.write_bytes(_wild_page())
    with on_terminal("normalise", page, *URL) as terminal:
        shown = without_own_controls(terminal.read_to_end())
    assert_harmless(shown)
    assert "# 渡輪\\u001b[2J\\u001b[31m停\\u0007航" in shown
    assert "# 渡輪\x1b[2J\x1b[31m停\x07航" in hkcnews("normalise", page, *URL).stdout


# --- pages and files ------------------------------------------------------------------------


def test_normalise_and_inspect(run: Run, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_bytes(_wild_page())
    for args in (
        ("normalise", "page.html", *URL, "--out", "out", "--verbose"),
        ("inspect", "page.html", *URL),
        ("inspect", "page.html", *URL, "--json"),
        ("normalise", f"{WILD}.html", *URL),
        ("normalise", "page.html", "--url", f"https://a.example/{WILD}"),
    ):
        output = run(*args)
        assert "渡輪" in output or "\\u6e21" in output, args
        assert_harmless(output)


def test_many_pages_of_a_file_with_a_wild_name(run: Run, tmp_path: Path) -> None:
    name = f"{WILD[:20]}.warc.gz"
    damaged = response(9)[:-200]
    warc_file(tmp_path, [response(7, _wild_page()), response(8, unreadable_page()), damaged], name)
    output = run("normalise", name, "--out", "out", "--verbose")
    assert "failed:" in output
    assert "\\u001b[2J" in output
    assert_harmless(output)


def test_the_title_in_a_front_matter_is_escaped_wherever_it_goes(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_bytes(_wild_page())
    front = hkcnews("normalise", tmp_path / "page.html", *URL).stdout.split("---")[1]
    assert 'title: "渡輪\\x1b[2J\\x1b[31m停\\x07航\\x08\\x9b1m' in front
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028]", front)


@pytest.mark.parametrize("command", ["audit", "compare"])
def test_audit_and_compare(run: Run, tmp_path: Path, command: str) -> None:
    for folder in ("actual", "expected"):
        (tmp_path / folder).mkdir()
    file = article_file(7).decode()
    wild = WILD.replace("\u2028", "")
    (tmp_path / "actual" / "article_7.md").write_text(file.replace("停航", wild), encoding="utf-8")
    (tmp_path / "expected" / "article_7.md").write_text(file, encoding="utf-8")
    (tmp_path / "actual" / f"article_{wild[:25]}.md").write_text("---\n", encoding="utf-8")
    args = ["actual"] if command == "audit" else ["actual", "expected", "--show", "3"]
    output = run(command, *args)
    assert "\\u001b[2J" in output
    assert_harmless(output)


# --- what asks the archive ------------------------------------------------------------------


def test_crawl_and_status(run: Run) -> None:
    out = f"o{WILD[:20]}"
    with replay(_archive()) as server:
        crawl = run("crawl", "--out", out, *_from(server))
    status = run("status", "--out", out)
    assert "failed: 1 article" in crawl
    assert "failed: 1 article" in status
    for output in (crawl, status, run("normalise", out, "--verbose")):
        assert_harmless(output)


def test_fetch_captures_and_record(run: Run, tmp_path: Path) -> None:
    (tmp_path / f"f{WILD[:12]}").mkdir()
    fixture = ("--name", "wild", "--why", "wild", "--fixtures", f"f{WILD[:12]}")
    with replay(_archive()) as server:
        for args in (
            ("fetch", "7", "--out", "out"),
            ("fetch", "7", "--out", "out", "--all"),
            ("fetch", "8", "--out", "out"),
            ("captures", "7"),
            ("record", "7", *fixture),
            ("fetch", WILD),
        ):
            output = run(*args, *_from(server))
            assert output, args
            assert_harmless(output)


ANSWERS = {
    "of the index": on_index(faults.says("wild", 418, f"<h1>{WILD}</h1>")),
    "of playback": on_playback(faults.says("wild", 418, f"<h1>{WILD}</h1>")),
}


@pytest.mark.parametrize("rule", ANSWERS.values(), ids=ANSWERS)
def test_answers_of_a_server(run: Run, rule: Rule) -> None:
    with replay(_archive(), Faults([rule])) as server:
        for args in (("crawl", "--out", "out"), ("fetch", "7")):
            output = run(*args, *_from(server))
            assert "418" in output
            assert_harmless(output)


def test_records_of_the_index(run: Run) -> None:
    fields = ["urlkey", "timestamp", "original", "mimetype", "statuscode", "digest"]
    record = [WILD, TIMESTAMP, f"{address(7)}/{WILD}", "text/html", WILD, WILD]
    body = json.dumps([fields, record, [WILD, WILD, WILD, WILD, WILD, WILD]])
    wild = on_index(faults.says("wild records", 200, body, html=False))
    with replay(_archive(), Faults([wild])) as server:
        table = run("captures", "7", *_from(server))
        estimate = run("crawl", "--out", "out", "--dry-run", *_from(server))
        as_json = hkcnews("captures", "7", "--json", *_from(server)).stdout
    assert TIMESTAMP in table
    assert json.loads(as_json)[0]["digest"].startswith("渡輪\x1b[2J")
    assert_harmless(table)
    assert_harmless(estimate)


def test_a_list_of_captures(run: Run, tmp_path: Path) -> None:
    (tmp_path / "list").write_text(
        f"{TIMESTAMP}\t{address(7)}\n{WILD.replace(chr(0x2028), '')}\tx\n", encoding="utf-8"
    )
    with replay(_archive()) as server:
        output = run("crawl", "--out", "out", "--captures", "list", *_from(server))
    assert "passed over" in output
    assert_harmless(output)


# --- marks of our own styles ----------------------------------------------------------------


def test_marks_of_style_are_shown_as_they_are(run: Run, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_bytes(_wild_page(7, MARKUP))
    (tmp_path / "actual").mkdir()
    (tmp_path / "expected").mkdir()
    file = article_file(7).decode()
    (tmp_path / "actual" / "article_7.md").write_text(
        file.replace("霧散了", MARKUP), encoding="utf-8"
    )
    (tmp_path / "expected" / "article_7.md").write_text(file, encoding="utf-8")
    (tmp_path / "actual" / "article_[bold]8[red].md").write_text("", encoding="utf-8")
    inspected = run("inspect", "page.html", *URL)
    written = run("normalise", "page.html", *URL, "--out", "out")
    compared = run("compare", "actual", "expected", "--show", "1")
    audited = run("audit", "actual")
    with replay(_archive(MARKUP)) as server:
        fetched = run("fetch", "7", "--out", "other", *_from(server))
    for output in (inspected, written, compared, fetched):
        assert MARKUP in output
    assert "article_[bold]8[red].md" in audited
