"""The gate of the command: errors in, messages and exit codes out; where all of them write."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console

from normalise import BadCapture, NormaliseError, Unreadable
from scraper.cli import inspection
from scraper.cli.console import escape_lines, print_line
from scraper.errors import Paused, ScraperError, Stopped, UsageError

FAILED, WRONG_USAGE, PAUSED, INTERRUPTED = 1, 2, 3, 130
_WIDTH_WITHOUT_TERMINAL = 10_000  # nothing is folded where a program reads it

stderr = Console(stderr=True)


def stdout() -> Console:
    """Return standard output for tables: as wide as the terminal, as need be without one."""
    console = Console()
    return console if console.is_terminal else Console(width=_WIDTH_WITHOUT_TERMINAL)


def print_exactly(text: str) -> None:
    """Print the bytes of a text and nothing else, whatever the locale and its newlines.

    Just on a terminal its control characters are shown instead, so that no page moves it.
    """
    if sys.stdout.isatty():
        text = escape_lines(text)
    rest = memoryview(text.encode("utf-8"))
    while rest:  # unbuffered output may take a part only
        rest = rest[sys.stdout.buffer.write(rest) :]
    sys.stdout.buffer.flush()


@contextmanager
def handle_errors(*, debug: bool) -> Iterator[None]:
    """Turn what went wrong into a message and an exit code; with `debug` the traceback as well."""
    try:
        yield
    except BrokenPipeError:  # whoever read the output has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(FAILED) from None
    except (ScraperError, NormaliseError, OSError, KeyboardInterrupt) as error:
        if debug:
            print(escape_lines(traceback.format_exc()), file=sys.stderr)  # noqa: T201
        raise typer.Exit(_told(error)) from None


def print_error(error: BaseException) -> None:
    """Print what went wrong, each line of it harmless."""
    first, *more = str(error).split("\n")
    print_line(stderr, "error:", first, "red")
    for line in more:
        print_line(stderr, "", line)


def _told(error: BaseException) -> int:
    """Print what went wrong; return the exit code."""
    if isinstance(error, (KeyboardInterrupt, Stopped)):
        print_line(stderr, "interrupted:", "run the same command again to go on", "red")
        return INTERRUPTED
    if isinstance(error, Paused):
        print_line(stderr, "paused:", str(error), "red")
        return PAUSED
    print_error(error)
    if isinstance(error, Unreadable):
        inspection.show_clues(stderr, error)
    return WRONG_USAGE if isinstance(error, (UsageError, BadCapture)) else FAILED
