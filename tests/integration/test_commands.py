"""What all commands have: help with a real example, completion, errors without tracebacks."""

from __future__ import annotations

import importlib.metadata
from pathlib import Path

import pytest
from support.command import hkcnews
from typer.main import get_command

from scraper.cli.app import app

COMMANDS = sorted(getattr(get_command(app), "commands"))  # noqa: B009 - a click.Group has them


def test_the_version() -> None:
    result = hkcnews("--version")
    assert result.stdout == f"hkcnews {importlib.metadata.version('hkcnews-archive')}\n"
    assert (result.stderr, result.exit_code) == ("", 0)


def test_the_help_lists_the_commands_in_the_order_of_their_use() -> None:
    result = hkcnews("--help")
    words = [line.strip(" │").split(" ")[0] for line in result.stdout.splitlines()]
    order = [
        "probe",
        "crawl",
        "images",
        "status",
        "report",
        "import",
        "fetch",
        "captures",
        "record",
        "compare",
    ]
    order += ["audit", "normalise", "export", "browse", "inspect"]
    assert [word for word in words if word in COMMANDS] == order
    assert sorted(order) == COMMANDS
    assert (result.stderr, result.exit_code) == ("", 0)


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_every_command_has_one_real_example(command: str) -> None:
    result = hkcnews(command, "--help")
    text = " ".join(result.stdout.split())
    assert (result.stderr, result.exit_code) == ("", 0)
    assert text.count("Example: ") == 1
    assert f"Example: hkcnews {command} " in text
    assert "Exit codes: 0 " in text


@pytest.mark.parametrize("command", [each for each in COMMANDS if each != "probe"])
def test_a_command_without_arguments_shows_its_usage(command: str) -> None:
    result = hkcnews(command)
    assert f"Usage: hkcnews {command} " in result.output
    assert result.exit_code == 2


def test_a_command_that_does_not_exist_is_wrong_usage() -> None:
    result = hkcnews("crawl-the-moon")
    assert (result.stdout, result.exit_code) == ("", 2)
    assert "crawl-the-moon" in result.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_gets_its_completion_script(shell: str) -> None:
    result = hkcnews(environment={"_HKCNEWS_COMPLETE": f"source_{shell}"})
    assert result.stderr == ""
    assert f"_HKCNEWS_COMPLETE=complete_{shell}" in result.stdout
    assert "hkcnews" in result.stdout


COMPLETING = {
    "bash": {"COMP_WORDS": "hkcnews ca", "COMP_CWORD": "1"},
    "zsh": {"_TYPER_COMPLETE_ARGS": "hkcnews ca"},
    "fish": {"_TYPER_COMPLETE_ARGS": "hkcnews ca", "_TYPER_COMPLETE_FISH_ACTION": "get-args"},
}


@pytest.mark.parametrize(("shell", "environment"), COMPLETING.items(), ids=COMPLETING)
def test_a_shell_completes_the_names_of_commands(shell: str, environment: dict[str, str]) -> None:
    result = hkcnews(environment={"_HKCNEWS_COMPLETE": f"complete_{shell}", **environment})
    assert "captures" in result.stdout
    assert "inspect" not in result.stdout


FAILING = {
    "audit": ["audit", "gone"],
    "browse": ["browse", "gone"],
    "captures": ["captures", "ferry"],
    "compare": ["compare", "gone", "gone"],
    "crawl": ["crawl", "--out", "file"],
    "export": ["export", "gone.warc", "--out", "data"],
    "fetch": ["fetch", "ferry"],
    "images": ["images", "--out", "."],
    "import": ["import", "gone.warc", "--out", "crawl"],
    "inspect": ["inspect", "gone.html"],
    "normalise": ["normalise", "gone.html"],
    "probe": ["probe", "--save", "file"],
    "record": ["record", "ferry", "--name", "a", "--why", "b"],
    "report": ["report", "--out", "."],
    "status": ["status", "--out", "."],
}


@pytest.mark.parametrize("args", FAILING.values(), ids=FAILING)
def test_an_error_has_a_traceback_only_with_debug(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, args: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_bytes(b"")
    quiet = hkcnews(*args)
    debug = hkcnews(*args, "--debug")
    assert quiet.stderr.startswith("error: ")
    assert debug.stderr.startswith("Traceback (most recent call last):")
    assert debug.stderr.endswith(quiet.stderr)
    assert (quiet.exit_code, debug.exit_code) == (2, 2)
    assert quiet.stdout == debug.stdout == ""


def test_every_command_has_an_error_above() -> None:
    assert sorted(FAILING) == COMMANDS
