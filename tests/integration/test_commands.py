"""What all commands have: help with a real example, completion, errors without tracebacks."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

from scraper.cli.app import app

COMMANDS = sorted(getattr(get_command(app), "commands"))  # noqa: B009 - a click.Group has them


def hkcnews(folder: Path, *args: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-m", "scraper", *args],
        cwd=folder,
        env={**kept, "LC_ALL": "C.UTF-8", **environment},
        capture_output=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_every_command_has_one_real_example(tmp_path: Path, command: str) -> None:
    done = hkcnews(tmp_path, command, "--help")
    text = " ".join(done.stdout.decode().split())
    assert (done.stderr, done.returncode) == (b"", 0)
    assert text.count("Example: ") == 1
    assert f"Example: hkcnews {command} " in text
    assert "Exit codes: 0 " in text


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_without_arguments_shows_its_help(tmp_path: Path, command: str) -> None:
    done = hkcnews(tmp_path, command)
    said = (done.stdout + done.stderr).decode()
    assert f"Usage: hkcnews {command} " in said
    assert "Traceback" not in said
    assert done.returncode == 2


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_can_be_had_for_a_shell(tmp_path: Path, shell: str) -> None:
    done = hkcnews(tmp_path, _HKCNEWS_COMPLETE=f"source_{shell}")
    script = done.stdout.decode()
    assert done.stderr == b""
    assert f"_HKCNEWS_COMPLETE=complete_{shell}" in script
    assert "hkcnews" in script


COMPLETING = {
    "bash": {"COMP_WORDS": "hkcnews ca", "COMP_CWORD": "1"},
    "zsh": {"_TYPER_COMPLETE_ARGS": "hkcnews ca"},
    "fish": {"_TYPER_COMPLETE_ARGS": "hkcnews ca", "_TYPER_COMPLETE_FISH_ACTION": "get-args"},
}


@pytest.mark.parametrize(("shell", "environment"), COMPLETING.items(), ids=COMPLETING)
def test_a_shell_completes_the_names_of_commands(
    tmp_path: Path, shell: str, environment: dict[str, str]
) -> None:
    done = hkcnews(tmp_path, _HKCNEWS_COMPLETE=f"complete_{shell}", **environment)
    assert b"captures" in done.stdout
    assert b"inspect" not in done.stdout


FAILING = {
    "fetch": ["fetch", "ferry"],
    "captures": ["captures", "ferry"],
    "record": ["record", "ferry", "--name", "a", "--why", "b"],
    "crawl": ["crawl", "--out", "file"],
    "status": ["status", "--out", "."],
    "normalise": ["normalise", "gone.html"],
    "inspect": ["inspect", "gone.html"],
}


@pytest.mark.parametrize("args", FAILING.values(), ids=FAILING)
def test_an_error_has_a_traceback_only_with_debug(tmp_path: Path, args: list[str]) -> None:
    (tmp_path / "file").write_bytes(b"")
    quiet = hkcnews(tmp_path, *args)
    debug = hkcnews(tmp_path, *args, "--debug")
    assert quiet.stderr.startswith(b"error: ")
    assert b"Traceback" not in quiet.stderr
    assert b"Traceback (most recent call last):" in debug.stderr
    assert debug.stderr.endswith(quiet.stderr)
    assert (quiet.returncode, debug.returncode) == (2, 2)
    assert quiet.stdout == debug.stdout == b""
