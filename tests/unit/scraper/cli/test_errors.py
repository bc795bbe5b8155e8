"""Each error has its message on standard error and its exit code; nothing else is caught."""

from __future__ import annotations

import datetime as dt

import pytest
import typer
from support.warcs import capture_url
from support.wild import WILD, assert_harmless

from normalise import BadCapture, RefusedPath, Unreadable
from scraper.cli.errors import handle_errors
from scraper.errors import (
    FolderInUse,
    IndexUnavailable,
    NoCapture,
    Paused,
    Stopped,
    StorageError,
    UsageError,
)

EXIT_CODES: list[tuple[BaseException, int, str]] = [
    (NoCapture("none"), 1, "error: none\n"),
    (IndexUnavailable("no list"), 1, "error: no list\n"),
    (StorageError("full"), 1, "error: full\n"),
    (RefusedPath("outside"), 1, "error: outside\n"),
    (OSError(5, "Input/output error"), 1, "error: [Errno 5] Input/output error\n"),
    (UsageError("give a file"), 2, "error: give a file\n"),
    (FolderInUse("in use"), 2, "error: in use\n"),
    (BadCapture("no capture"), 2, "error: no capture\n"),
    (Paused("come back", dt.datetime.now(dt.UTC)), 3, "paused: come back\n"),
    (Stopped(), 130, "interrupted: run the same command again to go on\n"),
    (KeyboardInterrupt(), 130, "interrupted: run the same command again to go on\n"),
]


@pytest.mark.parametrize(
    ("error", "exit_code", "message"), EXIT_CODES, ids=lambda value: type(value).__name__
)
def test_an_error_becomes_a_message_and_an_exit_code(
    capsys: pytest.CaptureFixture[str], error: BaseException, exit_code: int, message: str
) -> None:
    with pytest.raises(typer.Exit) as exit_info, handle_errors(debug=False):
        raise error
    assert exit_info.value.exit_code == exit_code
    assert capsys.readouterr() == ("", message)


def test_without_an_error_nothing_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    with handle_errors(debug=True):
        pass
    assert capsys.readouterr() == ("", "")


def test_an_error_that_nobody_foresaw_passes_through() -> None:
    with pytest.raises(ZeroDivisionError), handle_errors(debug=False):
        raise ZeroDivisionError


@pytest.mark.parametrize("error", [UsageError(WILD), Paused(WILD, dt.datetime.now(dt.UTC))])
def test_debug_shows_the_traceback_before_the_message(
    capsys: pytest.CaptureFixture[str], error: Exception
) -> None:
    messages = {}
    for debug in (False, True):
        with pytest.raises(typer.Exit), handle_errors(debug=debug):
            raise error
        messages[debug] = capsys.readouterr().err
    assert "Traceback" not in messages[False]
    assert messages[True].startswith("Traceback (most recent call last):\n")
    assert messages[True].endswith(messages[False])
    assert_harmless(messages[True])


def test_a_message_may_have_several_lines(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit), handle_errors(debug=False):
        raise NoCapture(f"tried:\n  one\n  {WILD}")
    lines = capsys.readouterr().err.splitlines()
    assert lines[:2] == ["error: tried:", "  one"]
    assert len(lines) == 3
    assert_harmless("\n".join(lines))


def test_an_unreadable_page_shows_where_its_text_stands(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(typer.Exit), handle_errors(debug=False):
        raise Unreadable("title", "https://a.example/", ("h1: 'Ferry'", WILD))
    message, *clues = capsys.readouterr().err.splitlines()
    assert message.startswith("error: no rule finds the title")
    assert clues[0] == "h1: 'Ferry'"
    assert_harmless(clues[1])


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(28, "No space"), "the output can't be used: the disk is full"),
        (OSError(28, "No space", "a.md"), "a.md can't be used: the disk is full"),
        (OSError(30, "Read-only", "a"), "a can't be used: it may not be written"),
        (PermissionError(13, "Denied", "a"), "a can't be used: it may not be written"),
    ],
)
def test_what_the_disk_refuses_is_said_in_words(
    capsys: pytest.CaptureFixture[str], error: OSError, words: str
) -> None:
    with pytest.raises(typer.Exit), handle_errors(debug=False):
        raise error
    message = capsys.readouterr().err
    assert message.startswith(f"error: {words}")
    assert "start the same command again" in message


def test_addresses_are_decoded_and_those_of_a_page_cut(capsys: pytest.CaptureFixture[str]) -> None:
    url = capture_url(7) + "%E6%B8%A1" * 99
    for error in (NoCapture(url), Unreadable("title", url)):
        with pytest.raises(typer.Exit), handle_errors(debug=False):
            raise error
    whole, cut = capsys.readouterr().err.splitlines()
    assert "渡" * 99 in whole
    assert "/article/7/渡輪-7..." in cut
