"""Runs the command `hkcnews`: in this process, in one of its own, or on a terminal."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from typer import testing
from typer.testing import CliRunner, Result

from scraper.cli.app import app

# Making the command of its functions takes longer than most runs of it.
testing._get_command = cache(testing._get_command)  # type: ignore[attr-defined]

SECONDS = 60.0  # for anything that must come to pass
Arg = str | int | Path


def hkcnews(
    *args: object, stdin: bytes | None = None, environment: Mapping[str, str] | None = None
) -> Result:
    """Run the command to its end in this process: quick, and its branches are counted.

    An exception that it lets through is a failed test.
    """
    result = CliRunner().invoke(app, [str(arg) for arg in args], input=stdin, env=environment)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def clean_environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return an environment that holds nothing of the machine but where programs are."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "PYTHONPATH") if name in os.environ}
    # No bytecode: on a disk that is full it would be half a file.
    return {**kept, "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1", **(more or {})}


def run_process(
    *args: Arg,
    stdin: bytes = b"",
    folder: Path | None = None,
    before: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """Run the command to its end in a process of its own; `before` is a command that runs it."""
    return subprocess.run(
        [*before, *_command(args)],
        input=stdin,
        capture_output=True,
        cwd=folder,
        env=clean_environment(environment),
        check=False,
        timeout=2 * SECONDS,
    )


@contextmanager
def start_process(
    *args: Arg, environment: Mapping[str, str] | None = None, own_group: bool = False
) -> Iterator[subprocess.Popen[bytes]]:
    """Start the command in a process of its own; it is killed at the end of the block."""
    process = subprocess.Popen(
        _command(args),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
        env=clean_environment(environment),
        start_new_session=own_group,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


class Terminal:
    """What a command on a terminal has shown so far."""

    def __init__(self, process: subprocess.Popen[bytes], descriptor: int) -> None:
        self.process = process
        self.shown = b""
        self._descriptor = descriptor

    def read_until(self, word: str) -> None:
        """Read until a word has been shown."""
        while word.encode() not in self.shown:
            assert self._read(), f"{word!r} never came: {self.shown!r}"

    def read_to_end(self) -> str:
        """Read until the command closes the terminal; return everything that was shown."""
        while self._read():
            pass
        return self.shown.decode()

    def _read(self) -> bool:
        if not select.select([self._descriptor], [], [], SECONDS)[0]:
            return False
        try:
            part = os.read(self._descriptor, 65_536)
        except OSError:  # Linux's way to say that nobody writes there any more
            return False
        self.shown += part
        return bool(part)


@contextmanager
def on_terminal(
    *args: Arg, folder: Path | None = None, kind: str = "xterm-256color"
) -> Iterator[Terminal]:
    """Start the command on a terminal of 100 columns; it is killed at the end of the block."""
    outside, inside = pty.openpty()
    process = subprocess.Popen(
        _command(args),
        stdin=inside,
        stdout=inside,
        stderr=inside,
        cwd=folder,
        env=clean_environment({"TERM": kind, "COLUMNS": "100", "LINES": "50"}),
    )
    os.close(inside)
    with process:
        try:
            yield Terminal(process, outside)
        finally:
            process.kill()
            os.close(outside)


def _command(args: Sequence[Arg]) -> list[str]:
    return [sys.executable, "-m", "scraper", *map(str, args)]
