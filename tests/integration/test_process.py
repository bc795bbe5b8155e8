"""The command in a process of its own: locales, full disks, pipes that are closed early."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.command import clean_environment, run_process, start_process
from support.warcs import article_file, article_page, capture_url, farewell_page, page_file

ID = 11911
URL = capture_url(ID)
ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


def test_the_installed_command_is_the_module(page: Path) -> None:
    command = Path(sys.executable).with_name("hkcnews")
    if not command.exists():
        pytest.skip(f"{command} is not installed")
    result = subprocess.run(
        [command, "normalise", page, "--url", URL],
        capture_output=True,
        env=clean_environment(),
        check=False,
    )
    assert (result.stdout, result.stderr, result.returncode) == (article_file(ID), b"", 0)


# --- locales --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "environment",
    [ASCII, {"PYTHONIOENCODING": "latin-1"}, {"PYTHONUNBUFFERED": "1"}],
    ids=["ascii", "latin-1", "unbuffered"],
)
def test_the_bytes_do_not_depend_on_the_locale(page: Path, environment: dict[str, str]) -> None:
    result = run_process("normalise", page, "--url", URL, environment=environment)
    assert result.stdout == article_file(ID)
    assert (result.stderr, result.returncode) == (b"", 0)


def test_a_path_that_is_no_text_is_shown(tmp_path: Path) -> None:
    name = os.fsdecode(b"\xff.html")
    (tmp_path / name).write_bytes(farewell_page())
    result = run_process("normalise", name, folder=tmp_path)
    assert result.returncode == 2
    assert b"Traceback" not in result.stderr


@pytest.mark.parametrize("args", [["inspect", "page.html", "--url", URL], ["--help"]])
def test_an_output_without_such_characters_gets_the_others(page: Path, args: list[str]) -> None:
    result = run_process(*args, folder=page.parent, environment=ASCII)
    assert b"Traceback" not in result.stderr
    assert result.returncode == 0
    assert b"hkcnews" in result.stdout


def test_messages_have_no_traceback_in_any_locale(tmp_path: Path) -> None:
    page = page_file(tmp_path, article_page(ID, category="眾不知"))
    out = tmp_path / "out"
    result = run_process("normalise", page, "--url", URL, "--out", out, environment=ASCII)
    assert result.returncode == 0
    assert b"Traceback" not in result.stderr
    assert result.stderr.count(b"\n") >= 2


# --- outputs that end early -----------------------------------------------------------------


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_an_output_that_could_not_be_written_whole_fails(tmp_path: Path, unbuffered: str) -> None:
    page_file(tmp_path, article_page(ID, body=f"<p>{'船長說。' * 5000}</p>"))
    result = run_process(
        *("normalise", "page.html", "--url", URL),
        folder=tmp_path,
        before=("/bin/sh", "-c", 'ulimit -f 8; exec "$@" > output.md', "sh"),
        environment={"PYTHONUNBUFFERED": unbuffered},
    )
    assert 0 < (tmp_path / "output.md").stat().st_size < 20_000
    assert result.returncode == 1
    assert result.stderr.startswith(b"error: ")


@pytest.mark.parametrize(
    ("command", "read", "size"),
    [
        (["normalise"], 0, 1),
        (["normalise"], 1, 200_000),
        (["inspect"], 0, 1),
        (["inspect", "--json"], 1, 200_000),
    ],
)
def test_a_pipe_that_is_closed_early_gives_no_traceback(
    tmp_path: Path, command: list[str], read: int, size: int
) -> None:
    page = page_file(tmp_path, article_page(ID, body=f"<p>{'船長。' * size}</p>"))
    with start_process(*command, page, "--url", URL) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(read)
        process.stdout.close()
        messages = process.stderr.read()
        exit_code = process.wait()
    assert b"Traceback" not in messages
    assert b"Exception" not in messages
    assert exit_code in {0, 1}


@pytest.mark.parametrize("command", ["normalise", "inspect"])
def test_a_closed_output_is_one_line_of_error(page: Path, command: str) -> None:
    result = with_closed_output(page.parent, f"{command} page.html --url {URL}")
    message = b"error: standard output is closed: open it, or send it to a file\n"
    assert (result.returncode, result.stderr) == (2, message)


def with_closed_output(folder: Path, arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        ["/bin/sh", "-c", f"exec {sys.executable} -m scraper {arguments} 1>&-"],
        cwd=folder,
        env=clean_environment({"PYTHONPATH": str(Path(__file__).parents[2])}),
        capture_output=True,
        check=False,
    )


def test_with_a_closed_output_files_are_written_all_the_same(page: Path) -> None:
    result = with_closed_output(page.parent, f"normalise page.html --url {URL} --out out")
    assert result.returncode == 0, result.stderr
    (file,) = (page.parent / "out").rglob("*.md")
    assert file.read_bytes() == article_file(ID)
