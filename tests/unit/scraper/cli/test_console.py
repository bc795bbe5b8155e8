"""What reaches a terminal, a pipe and a file: exact bytes, single lines, no control characters."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
from rich.console import Console
from support.wild import MARKUP, WILD, assert_harmless

from scraper.cli.console import (
    escape_controls,
    escape_lines,
    print_exactly,
    print_line,
    write_text,
)


class _Output(io.BytesIO):
    """Standard output of bytes; takes at most so many at a time, as unbuffered output does."""

    def __init__(self, most: int = 1_000_000) -> None:
        super().__init__()
        self._most = most

    def write(self, data: object) -> int:
        assert isinstance(data, memoryview)
        return super().write(data[: self._most])


def _replace_stdout(
    monkeypatch: pytest.MonkeyPatch, output: _Output, *, is_terminal: bool = False
) -> None:
    stdout = io.TextIOWrapper(output, encoding="latin-1", newline="\r\n")
    monkeypatch.setattr(stdout, "isatty", lambda: is_terminal, raising=False)
    monkeypatch.setattr(sys, "stdout", stdout)


def test_control_characters_become_visible() -> None:
    assert (
        escape_controls("停\x1b[2J\x07\x9b\u202e\n") == "停\\u001b[2J\\u0007\\u009b\\u202e\\u000a"
    )
    assert_harmless(escape_controls(WILD))


@pytest.mark.parametrize("text", ["渡輪　停航", "[bold]:fire:", "\U0001f525", "é"])
def test_printable_text_stays_as_it_is(text: str) -> None:
    assert escape_controls(text) == text


@pytest.mark.parametrize("blank", ["\t", "\xa0"])
def test_unusual_blanks_become_blanks(blank: str) -> None:
    assert escape_controls(f"a{blank}b") == "a b"


def test_the_ends_of_lines_can_be_kept() -> None:
    assert escape_lines("a\x07\nb\r\n") == "a\\u0007\nb\\u000d\n"


@pytest.mark.parametrize(("label", "before"), [("", ""), ("warning:", "warning: ")])
def test_a_line_shows_its_text_as_it_is_and_is_not_folded(label: str, before: str) -> None:
    console = Console(file=io.StringIO(), width=20)
    print_line(console, label, f"{MARKUP} {'長' * 50}", "yellow")
    assert isinstance(console.file, io.StringIO)
    assert console.file.getvalue() == f"{before}{MARKUP} {'長' * 50}\n"


def test_a_line_has_no_control_characters() -> None:
    console = Console(file=io.StringIO())
    print_line(console, "", WILD)
    assert isinstance(console.file, io.StringIO)
    assert_harmless(console.file.getvalue())


@pytest.mark.parametrize("most", [1_000_000, 1, 3])
def test_exact_bytes_do_not_depend_on_the_stream(
    monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    output = _Output(most)
    _replace_stdout(monkeypatch, output)
    print_exactly(f"{WILD}\n")
    assert output.getvalue() == f"{WILD}\n".encode()


def test_on_a_terminal_control_characters_are_escaped(monkeypatch: pytest.MonkeyPatch) -> None:
    output = _Output()
    _replace_stdout(monkeypatch, output, is_terminal=True)
    print_exactly(f"{WILD}\n{WILD}\n")
    assert output.getvalue().decode().count("\n") == 2
    assert_harmless(output.getvalue().decode())


def test_a_dash_is_standard_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.chdir(tmp_path)
    write_text(Path("-"), "航\n")
    write_text(Path("file"), "航\n")
    assert capsysbinary.readouterr().out == (tmp_path / "file").read_bytes() == "航\n".encode()
