"""The command `hkcnews`: what goes to which output, the exit codes, and what it says."""

from __future__ import annotations

import importlib.metadata
import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from support.command import hkcnews
from support.warcs import (
    TIMESTAMP,
    address,
    article_file,
    article_page,
    capture_url,
    farewell_page,
    packed,
    packed_whole,
    plain,
    response,
    saved,
    title_of,
    tree,
    unreadable_page,
    warc_file,
    warcinfo,
)

ID = 11911
URL = capture_url(ID)
PATH = "articles/11001-12000/article_11911.md"
# A title that would clear the screen, colour it, and name the window.
WILD = "渡輪\x1b[2J\x1b[31m停\x07航\x9b1m\x7f\x1b]0;x\x07\u202e"
MARKUP = "[bold]渡輪[/bold] :fire: [red]停航[/nothing] 尾\\"


def process(
    *args: str | Path,
    folder: Path,
    stdin: bytes = b"",
    before: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """The command in a process of its own, with an environment of which nothing is left to chance.

    `before` is a command that runs it.
    """
    return subprocess.run(
        [*before, sys.executable, "-m", "scraper", *map(str, args)],
        input=stdin,
        capture_output=True,
        cwd=folder,
        env=_environment(environment or {}),
        check=False,
        timeout=60,
    )


def _environment(more: Mapping[str, str]) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return {**kept, "LC_ALL": "C.UTF-8", **more}


@pytest.fixture
def page(tmp_path: Path) -> Path:
    return _page(tmp_path, article_page(ID))


def _page(folder: Path, content: bytes) -> Path:
    path = folder / "page.html"
    path.write_bytes(content)
    return path


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


# --- one page -------------------------------------------------------------------------------


def test_one_page_goes_to_standard_output_as_its_exact_file(page: Path) -> None:
    done = process("normalise", page, "--url", URL, folder=page.parent)
    assert done.stdout == article_file(ID)
    assert (done.stderr, done.returncode) == (b"", 0)


@pytest.mark.parametrize(
    "environment",
    [
        {"LC_ALL": "C"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"LC_ALL": "no_SUCH.locale"},
        {"PYTHONIOENCODING": "latin-1"},
        {"PYTHONUNBUFFERED": "1"},
    ],
    ids=" ".join,
)
def test_the_bytes_do_not_depend_on_the_locale(page: Path, environment: dict[str, str]) -> None:
    done = process("normalise", page, "--url", URL, folder=page.parent, environment=environment)
    assert done.stdout == article_file(ID)
    assert (done.stderr, done.returncode) == (b"", 0)


def test_one_page_from_standard_input(tmp_path: Path) -> None:
    done = process("normalise", "-", "--url", URL, folder=tmp_path, stdin=article_page(ID))
    assert done.stdout == article_file(ID)
    assert (done.stderr, done.returncode) == (b"", 0)


@pytest.mark.parametrize("kind", ["", "id_", "if_"])
def test_the_capture_may_be_named_in_any_form(page: Path, kind: str) -> None:
    done = hkcnews("normalise", page, "--url", URL.replace(TIMESTAMP, TIMESTAMP + kind))
    assert (done.stdout_bytes, done.exit_code) == (article_file(ID), 0)


def test_one_page_into_a_folder(page: Path, out: Path) -> None:
    done = hkcnews("normalise", page, "--url", URL, "--out", out)
    assert tree(out) == {PATH: article_file(ID)}
    assert (done.stdout, done.exit_code) == ("", 0)
    assert done.stderr.split("\n")[0].split() == ["1", "written"]


def test_one_page_a_second_time_is_unchanged(page: Path, out: Path) -> None:
    hkcnews("normalise", page, "--url", URL, "--out", out)
    os.utime(out / PATH, ns=(1, 1))
    done = hkcnews("normalise", page, "--url", URL, "--out", out)
    assert done.stderr.split("\n")[1].split() == ["1", "unchanged"]
    assert (out / PATH).stat().st_mtime_ns == 1


def test_warnings_go_to_standard_error(tmp_path: Path) -> None:
    page = _page(tmp_path, article_page(ID, category="眾不知"))
    done = hkcnews("normalise", page, "--url", URL)
    assert done.stdout_bytes.startswith(b"---\n")
    assert done.stdout_bytes.endswith("便開。\n".encode())
    assert f"warning: article {ID}: " in done.stderr
    assert "眾不知" in done.stderr
    assert done.exit_code == 0


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (farewell_page(), "farewell"),
        (b"", "without any text"),
        (unreadable_page(), "info line"),
    ],
    ids=["farewell", "empty", "unreadable"],
)
@pytest.mark.parametrize("to_folder", [[], ["--out", "out"]], ids=["stdout", "folder"])
def test_a_page_that_is_no_article_fails_with_nothing_on_standard_output(
    tmp_path: Path, content: bytes, said: str, to_folder: list[str]
) -> None:
    _page(tmp_path, content)
    done = process("normalise", "page.html", "--url", URL, *to_folder, folder=tmp_path)
    assert (done.stdout, done.returncode) == (b"", 1)
    error = done.stderr.decode()
    assert error.startswith("error: ")
    assert said in error
    assert URL in error
    assert error.count("error: ") == 1
    assert "Traceback" not in error
    assert not (tmp_path / "out").exists()


def test_an_id_that_no_article_has_fails(page: Path, out: Path) -> None:
    done = hkcnews("normalise", page, "--url", capture_url(1_000_000), "--out", out)
    assert (done.stdout, done.exit_code) == ("", 1)
    assert "1000000" in done.stderr
    assert not out.exists()


def test_a_file_as_output_folder_is_wrong_usage(page: Path, out: Path) -> None:
    out.write_bytes(b"a file where a folder should be")
    done = hkcnews("normalise", page, "--url", URL, "--out", out)
    assert done.exit_code == 2
    assert done.stderr.startswith("error: ")
    assert str(out) in done.stderr.replace("\n", "")


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_an_output_that_could_not_be_written_whole_fails(tmp_path: Path, unbuffered: str) -> None:
    _page(tmp_path, article_page(ID, body=f"<p>{'船長說。' * 5000}</p>"))
    small = ("/bin/sh", "-c", 'ulimit -f 8; exec "$@" > output.md', "sh")
    done = process(
        *("normalise", "page.html", "--url", URL),
        folder=tmp_path,
        before=small,
        environment={"PYTHONUNBUFFERED": unbuffered},
    )
    assert 0 < (tmp_path / "output.md").stat().st_size < 20_000
    assert done.returncode == 1
    assert done.stderr.startswith(b"error: ")


# --- many pages -----------------------------------------------------------------------------


def _mixed(folder: Path) -> Path:
    records = [
        *(warcinfo(), response(1), response(2, farewell_page())),
        *(response(3, unreadable_page()), response(4), response(5, b"")),
    ]
    return warc_file(folder, records)


def test_a_warc_into_a_folder(tmp_path: Path, out: Path) -> None:
    warc = _mixed(tmp_path)
    done = process("normalise", warc, "--out", out, folder=tmp_path)
    assert tree(out) == {
        f"articles/1-1000/article_{number}.md": article_file(number) for number in (1, 4)
    }
    assert (done.stdout, done.returncode) == (b"", 1)
    lines = done.stderr.decode().splitlines()
    (failed,) = (line for line in lines if line.startswith("failed: "))
    assert "info line" in failed
    assert re.search(rf"\({re.escape(str(warc))}, record at byte \d+\)$", failed)
    assert [line.strip() for line in lines if line is not failed] == [
        "2 written",
        "0 unchanged",
        "2 not an article (farewell 1, empty 1)",
        "1 failed",
    ]


def test_a_second_run_says_unchanged_and_touches_nothing(tmp_path: Path, out: Path) -> None:
    warc = _mixed(tmp_path)
    hkcnews("normalise", warc, "--out", out)
    for path in out.rglob("*.md"):
        os.utime(path, ns=(1, 1))
    done = hkcnews("normalise", warc, "--out", out)
    assert "0 written" in done.stderr
    assert "2 unchanged" in done.stderr
    assert [path.stat().st_mtime_ns for path in out.rglob("*.md")] == [1, 1]


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_jobs_change_nothing_but_the_time(tmp_path: Path, out: Path, jobs: str) -> None:
    done = hkcnews("normalise", _mixed(tmp_path), "--out", out, "--jobs", jobs)
    assert len(tree(out)) == 2
    assert done.exit_code == 1
    assert "2 written" in done.stderr


def test_a_run_without_any_article_is_no_failure(tmp_path: Path, out: Path) -> None:
    warc = warc_file(tmp_path, [response(2, farewell_page()), response(3, b"")])
    done = hkcnews("normalise", warc, "--out", out)
    assert (done.stdout, done.exit_code) == ("", 0)
    assert "2 not an article (farewell 1, empty 1)" in done.stderr
    assert not out.exists()


def test_several_sources_and_kinds(tmp_path: Path, out: Path) -> None:
    saved(tmp_path / "saved" / "one", 1)
    first = warc_file(tmp_path, [response(2)], "a.warc")
    second = warc_file(tmp_path, [response(3)], "b.warc.gz")
    done = hkcnews("normalise", first, tmp_path / "saved", second, "--out", out)
    assert done.exit_code == 0
    assert sorted(tree(out)) == [f"articles/1-1000/article_{number}.md" for number in (1, 2, 3)]


@pytest.mark.parametrize("make", [plain, packed, packed_whole])
def test_a_warc_through_standard_input(tmp_path: Path, out: Path, make: object) -> None:
    assert callable(make)
    content = make([warcinfo(), response(1), response(2)]).content
    done = process("normalise", "-", "--out", out, folder=tmp_path, stdin=content)
    assert (done.stdout, done.returncode) == (b"", 0)
    assert tree(out) == {
        f"articles/1-1000/article_{number}.md": article_file(number) for number in (1, 2)
    }


def test_warnings_are_shown_up_to_a_number_and_all_of_them_if_wished(
    tmp_path: Path, out: Path
) -> None:
    warc = warc_file(
        tmp_path,
        [response(number, article_page(number, category="眾?")) for number in range(1, 41)],
    )
    few = hkcnews("normalise", warc, "--out", out).stderr
    every = hkcnews("normalise", warc, "--out", out, "--verbose").stderr
    assert 0 < few.count("warning: ") < every.count("warning: ")
    assert "--verbose" in few
    assert every.count("article 40 ") >= 1


def test_a_capture_passed_over_is_warned_of(tmp_path: Path, out: Path) -> None:
    records = [response(1), response(1, farewell_page(), timestamp="20230101000000")]
    done = hkcnews("normalise", warc_file(tmp_path, records), "--out", out)
    assert done.exit_code == 0
    assert "warning: article 1 " in done.stderr
    assert "passed over: the site's farewell page" in done.stderr


# --- wrong usage ----------------------------------------------------------------------------


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder, to work in, with one source of each kind."""
    monkeypatch.chdir(tmp_path)
    _page(tmp_path, article_page(ID))
    (tmp_path / "other.html").write_bytes(article_page(ID))
    warc_file(tmp_path, [response(1)])
    saved(tmp_path / "saved", 1)
    (tmp_path / "nothing").mkdir()
    return tmp_path


WRONG = [
    (["normalise", "page.html"], "give --url"),
    (["normalise", "-"], "give --url"),
    (["normalise", "page.html", "--out", "out"], "give --url"),
    (["normalise", "pages.warc.gz", "--url", URL], "leave out --url"),
    (["normalise", "pages.warc.gz", "--url", URL, "--out", "out"], "leave out --url"),
    (["normalise", "saved", "--url", URL, "--out", "out"], "leave out --url"),
    (["normalise", "page.html", "other.html", "--url", URL], "give just that file"),
    (["normalise", "page.html", "other.html", "--out", "out"], "with --url"),
    (["normalise", "page.html", "pages.warc.gz", "--out", "out"], "with --url"),
    (["normalise", "-", "page.html", "--url", URL], "leave out the other sources"),
    (["normalise", "pages.warc.gz", "-", "--out", "out"], "leave out the other sources"),
    (["normalise", "-", "-", "--out", "out"], "leave out the other sources"),
    (["normalise", "gone.html", "--url", URL], "gone.html"),
    (["normalise", "gone.html"], "gone.html"),
    (["normalise", "gone.warc.gz", "--out", "out"], "gone.warc.gz"),
    (["normalise", "pages.warc.gz", "gone.warc", "--out", "out"], "gone.warc"),
    (["normalise", "pages.warc.gz"], "give --out DIR"),
    (["normalise", "saved"], "give --out DIR"),
    (["normalise", "pages.warc.gz", "saved"], "give --out DIR"),
    (["normalise", "nothing", "--out", "out"], "no WARC file"),
    (["normalise", "page.html", "--url", ""], "looks like https://web.archive.org/web/2021"),
    (["normalise", "page.html", "--url", address(ID)], "looks like https://web.archive.org/"),
    (["normalise", "page.html", "--url", URL.replace(TIMESTAMP, "2021")], "14 digits"),
    (["normalise", "page.html", "--url", URL.replace("https://www", "ftp://www")], "http"),
    (["normalise", "pages.warc.gz", "--out", "out", "--jobs", "0"], "--jobs"),
    (["normalise", "pages.warc.gz", "--out", "out", "--jobs", "-1"], "--jobs"),
    (["normalise", "pages.warc.gz", "--out", "out", "--jobs", "many"], "--jobs"),
    (["normalise", "page.html", "--url", URL, "--loud"], "--loud"),
    (["inspect", "page.html"], "give --url"),
    (["inspect", "-"], "give --url"),
    (["inspect", "gone.html", "--url", URL], "gone.html"),
    (["inspect", "page.html", "other.html", "--url", URL], "other.html"),
    (["inspect", "nothing"], "capture.json"),
    (["inspect", "page.html", "--url", address(ID)], "looks like https://web.archive.org/"),
    (["crawl-the-moon"], "crawl-the-moon"),
]


@pytest.mark.parametrize(("args", "said"), WRONG, ids=[" ".join(args) for args, _ in WRONG])
def test_wrong_usage_says_what_to_do(sources: Path, args: list[str], said: str) -> None:
    done = hkcnews(*args, stdin=article_page(ID))
    assert (done.stdout, done.exit_code) == ("", 2)
    assert said in done.stderr
    assert not (sources / "out").exists()


def test_a_warc_through_standard_input_with_an_address_is_wrong_usage(sources: Path) -> None:
    warc = (sources / "pages.warc.gz").read_bytes()
    done = hkcnews("normalise", "-", "--url", URL, stdin=warc)
    assert (done.stdout, done.exit_code) == ("", 2)
    assert "leave out --url" in done.stderr


def test_a_warc_through_standard_input_without_a_folder_is_wrong_usage(sources: Path) -> None:
    done = hkcnews("normalise", "-", stdin=(sources / "pages.warc.gz").read_bytes())
    assert (done.stdout, done.exit_code) == ("", 2)
    assert "give --out DIR" in done.stderr


def test_wrong_usage_in_a_process_of_its_own_has_no_traceback(page: Path) -> None:
    done = process("normalise", page, folder=page.parent)
    assert (done.stdout, done.returncode) == (b"", 2)
    assert done.stderr.startswith(b"error: ")
    assert b"Traceback" not in done.stderr


# --- inspect --------------------------------------------------------------------------------

# Short enough to stand on one line of the table.
SHORT = f"https://web.archive.org/web/{TIMESTAMP}/https://www.hkcnews.com/article/{ID}/x"
TABLE = {
    "id": (str(ID), ""),
    "capture": (SHORT, ""),
    "form": ("raw, utf-8", ""),
    "info line": ("found", ".article-info"),
    "content": ("found", ".article-content"),
    "title": (title_of(ID), "h1"),
    "date": ("2021-06-28", "label"),
    "last_updated": ("-", ""),
    "author": ("記者舟小行", "label, up to the bar"),
    "category": ("眾聞", ".group"),
    "tags": ("渡輪, 離島", "meta keywords"),
    "body": ("1 paragraph", ""),
    "promo": ("-", ""),
    "box": ("-", ""),
}


def _rows(table: str) -> dict[str, tuple[str, str]]:
    cells = [[*re.split(r"\s{2,}", line.strip()), "", ""] for line in table.splitlines()]
    return {field: (value, rule) for field, value, rule, *_ in cells}


def test_inspect_shows_each_field_with_its_value_and_rule(page: Path) -> None:
    done = hkcnews("inspect", page, "--url", SHORT)
    header, rows = done.stdout.split("\n", 1)
    assert re.split(r"\s{2,}", header.strip()) == ["field", "value", "found by"]
    assert _rows(rows) == TABLE
    assert (done.stderr, done.exit_code) == ("", 0)


def test_inspect_shows_update_box_and_warnings(tmp_path: Path) -> None:
    content = article_page(
        ID,
        category="眾說",
        author="舟小行",
        date="28.06.21 最後更新日期：2021-06-29 08:09:10",
        body="<p>一</p><p>二</p><hr><ul><li>三</li></ul>",
    ).replace(
        b"</body>",
        '<div class="article-author"><img src="/uploads/avatars/a.jpg" class="avatar">'
        '<h4>博客 | 舟小行</h4><div class="bio">行船多年。</div></div></body>'.encode(),
    )
    done = hkcnews("inspect", _page(tmp_path, content), "--url", SHORT)
    rows = _rows(done.stdout)
    assert rows["last_updated"][0] == "2021-06-29 08:09:10"
    assert rows["last_updated"][1]
    assert rows["box"][0] == "博客 | 舟小行"
    assert rows["box"][1]
    assert rows["box avatar"][0] == "/uploads/avatars/a.jpg"
    assert rows["box bio"][0] == "行船多年。"
    assert rows["body"][0] == "2 paragraph, 1 rule, 1 list, 1 item"
    assert "warning:" not in done.stdout


def test_inspect_shows_warnings_below_the_table(tmp_path: Path) -> None:
    page = _page(tmp_path, article_page(ID, category="眾不知"))
    lines = hkcnews("inspect", page, "--url", SHORT).stdout.splitlines()
    warnings = [line for line in lines if line.startswith("warning: ")]
    assert warnings
    assert lines[-len(warnings) :] == warnings
    assert "眾不知" in warnings[0]


def test_inspect_as_json(page: Path) -> None:
    done = hkcnews("inspect", page, "--url", URL, "--json")
    assert (done.stderr, done.exit_code) == ("", 0)
    article = json.loads(done.stdout_bytes)
    assert article["id"] == ID
    assert article["capture"] == {"timestamp": TIMESTAMP, "original": address(ID)}
    assert article["title"] == title_of(ID)
    assert article["date"] == "2021-06-28"
    assert article["tags"] == ["渡輪", "離島"]
    assert article["body"] == [
        {
            "kind": "paragraph",
            "content": [{"kind": "text", "value": "船長說，霧散了便開。"}],
        }
    ]
    assert article["provenance"]["rules"]["title"] == "h1"
    assert done.stdout.endswith("}\n")


def test_inspect_of_a_saved_page(tmp_path: Path) -> None:
    done = hkcnews("inspect", saved(tmp_path / "saved", 7))
    assert done.exit_code == 0
    rows = _rows(done.stdout)
    assert rows["id"] == ("7", "")
    assert rows["title"] == (title_of(7), "h1")


def test_inspect_of_standard_input() -> None:
    done = hkcnews("inspect", "-", "--url", URL, stdin=article_page(ID))
    assert (_rows(done.stdout)["title"], done.exit_code) == ((title_of(ID), "h1"), 0)


@pytest.mark.parametrize("as_json", [[], ["--json"]])
@pytest.mark.parametrize("content", [farewell_page(), unreadable_page()])
def test_inspect_of_what_is_no_article_fails(
    tmp_path: Path, content: bytes, as_json: list[str]
) -> None:
    done = hkcnews("inspect", _page(tmp_path, content), "--url", URL, *as_json)
    assert (done.stdout, done.exit_code) == ("", 1)
    assert done.stderr.startswith("error: ")


def test_inspect_of_an_unreadable_page_shows_where_its_text_stands(tmp_path: Path) -> None:
    page = _page(tmp_path, b"<body><h1>Ferry</h1><main id=m class='a b'><p>Seven sail.</p></main>")
    done = hkcnews("inspect", page, "--url", URL)
    assert done.stderr.splitlines()[1:] == [
        "h1: 'Ferry'",
        "main#m.a.b: 11 characters of text, 'Seven sail.'",
    ]


def test_a_value_is_shown_as_it_is(tmp_path: Path) -> None:
    page = _page(tmp_path, article_page(ID, title=MARKUP))
    assert _rows(hkcnews("inspect", page, "--url", SHORT).stdout)["title"] == (MARKUP, "h1")


def test_messages_show_a_page_s_words_as_they_are(tmp_path: Path) -> None:
    page = _page(tmp_path, article_page(ID, category=MARKUP))
    stderr = hkcnews("normalise", page, "--url", URL).stderr
    assert "though the category is " + MARKUP in stderr


# --- control characters ---------------------------------------------------------------------

_RAW = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def test_control_characters_of_a_page_do_not_reach_the_table(tmp_path: Path) -> None:
    page = _page(tmp_path, article_page(ID, title=WILD, author=WILD, category=WILD))
    done = hkcnews("inspect", page, "--url", SHORT)
    assert done.exit_code == 0
    assert _RAW.findall(done.stdout) == []
    assert _RAW.findall(done.stderr) == []
    assert "\\u001b[2J" in _rows(done.stdout)["title"][0]


def test_control_characters_of_a_page_do_not_reach_the_messages(tmp_path: Path, out: Path) -> None:
    page = article_page(1, title=WILD, category=WILD)
    one = hkcnews("normalise", _page(tmp_path, page), "--url", URL, "--out", out)
    many = hkcnews("normalise", warc_file(tmp_path, [response(1, page)]), "--out", out)
    for done in (one, many):
        assert done.exit_code == 0
        assert "warning: " in done.stderr
        assert _RAW.findall(done.stderr) == []
        assert done.stdout == ""


def test_control_characters_of_a_path_do_not_reach_the_messages(tmp_path: Path) -> None:
    done = hkcnews("normalise", tmp_path / "\x1b[2Jgone.html", "--url", URL)
    assert done.exit_code == 2
    assert _RAW.findall(done.stderr) == []
    assert "gone.html" in done.stderr


def test_a_path_that_is_no_text_is_shown(tmp_path: Path) -> None:
    name = os.fsdecode(b"\xff.html")
    (tmp_path / name).write_bytes(farewell_page())
    done = process("normalise", name, folder=tmp_path)
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr


# --- other outputs --------------------------------------------------------------------------

ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


@pytest.mark.parametrize("args", [["inspect", "page.html", "--url", URL], ["--help"]])
def test_an_output_that_has_no_such_characters_gets_the_others(page: Path, args: list[str]) -> None:
    done = process(*args, folder=page.parent, environment=ASCII)
    assert b"Traceback" not in done.stderr
    assert done.returncode == 0
    assert b"hkcnews" in done.stdout


def test_messages_have_no_traceback_in_any_locale(tmp_path: Path) -> None:
    _page(tmp_path, article_page(ID, category="眾不知"))
    done = process(
        "normalise", "page.html", "--url", URL, "--out", "out", folder=tmp_path, environment=ASCII
    )
    assert done.returncode == 0
    assert b"Traceback" not in done.stderr
    assert done.stderr.count(b"\n") >= 2


@pytest.mark.parametrize(
    ("command", "read", "size"),
    [
        (["normalise"], 0, 1),
        (["normalise"], 1, 1),
        (["normalise"], 1, 200_000),
        (["inspect"], 0, 1),
        (["inspect", "--json"], 0, 1),
        (["inspect", "--json"], 1, 200_000),
    ],
)
def test_a_pipe_that_is_closed_early_gives_no_traceback(
    tmp_path: Path, command: list[str], read: int, size: int
) -> None:
    page = _page(tmp_path, article_page(ID, body=f"<p>{'船長。' * size}</p>"))
    process_ = subprocess.Popen(
        [sys.executable, "-m", "scraper", *command, str(page), "--url", URL],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
        env=_environment({}),
    )
    with process_:
        assert process_.stdout is not None
        assert process_.stderr is not None
        process_.stdout.read(read)
        process_.stdout.close()
        said = process_.stderr.read()
    assert b"Traceback" not in said
    assert b"Exception" not in said
    assert process_.returncode in {0, 1}


# --- the command itself ---------------------------------------------------------------------


def test_version(tmp_path: Path) -> None:
    done = process("--version", folder=tmp_path)
    assert done.stdout.decode() == f"hkcnews {importlib.metadata.version('hkcnews-archive')}\n"
    assert (done.stderr, done.returncode) == (b"", 0)


def test_help_names_the_commands(tmp_path: Path) -> None:
    done = process("--help", folder=tmp_path)
    text = done.stdout.decode()
    assert (done.stderr, done.returncode) == (b"", 0)
    assert "hkcnews" in text
    assert "normalise" in text
    assert "inspect" in text


@pytest.mark.parametrize("command", ["normalise", "inspect"])
def test_the_help_of_each_command_has_an_example_and_the_exit_codes(
    tmp_path: Path, command: str
) -> None:
    done = process(command, "--help", folder=tmp_path)
    text = " ".join(done.stdout.decode().split())
    assert done.returncode == 0
    assert f"Example: hkcnews {command} " in text
    assert "Exit codes: 0 " in text


def test_the_installed_command_is_the_module(page: Path) -> None:
    command = Path(sys.executable).with_name("hkcnews")
    if not command.exists():
        pytest.skip(f"{command} is not installed")
    done = subprocess.run(
        [command, "normalise", page, "--url", URL],
        capture_output=True,
        env=_environment({}),
        check=False,
    )
    assert (done.stdout, done.stderr, done.returncode) == (article_file(ID), b"", 0)


@pytest.mark.parametrize("command", ["normalise", "inspect"])
def test_debug_shows_the_traceback(tmp_path: Path, command: str) -> None:
    _page(tmp_path, unreadable_page())
    quiet = process(command, "page.html", "--url", URL, folder=tmp_path)
    debug = process(command, "page.html", "--url", URL, "--debug", folder=tmp_path)
    assert b"Traceback" not in quiet.stderr
    assert b"Traceback (most recent call last):" in debug.stderr
    assert b"Unreadable" in debug.stderr
    assert (quiet.returncode, debug.returncode) == (1, 1)
    assert (quiet.stdout, debug.stdout) == (b"", b"")
