"""Errors in, messages and exit codes out: the only place where a command turns one into another."""

from __future__ import annotations

import errno
import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from normalise import BadCapture, NormaliseError, Unreadable
from scraper.cli.addresses import decode_addresses, shorten_addresses
from scraper.cli.console import escape_lines, print_line, stderr_console
from scraper.errors import NoCapture, Paused, ScraperError, Stopped, UsageError, disk_error

FAILED, WRONG_USAGE, PAUSED, INTERRUPTED = 1, 2, 3, 130

# What a disk refuses, told in words with what to do.
_DISK_REFUSALS = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM}
)


@contextmanager
def handle_errors(*, debug: bool) -> Iterator[None]:
    """Turn an error of the block into a message and an exit code.

    With `debug` the traceback is printed as well. Raises `typer.Exit`; errors that nobody foresaw
    pass through.
    """
    try:
        yield
    except BrokenPipeError:  # whoever read the output has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(FAILED) from None
    except (ScraperError, NormaliseError, OSError, KeyboardInterrupt) as error:
        if debug:
            print(escape_lines(traceback.format_exc()), file=sys.stderr)  # noqa: T201
        _report(error)
        raise typer.Exit(_exit_code(error)) from None


def print_error(error: BaseException) -> None:
    """Print the message of an error, and for an unreadable page where its text stands."""
    first, *more = _message(error).split("\n")
    print_line(stderr_console, "error:", first, "red")
    for line in more:
        print_line(stderr_console, "", line)
    if isinstance(error, Unreadable):
        for clue in error.clues:
            print_line(stderr_console, "", clue)


def _message(error: BaseException) -> str:
    """What an error says: what the disk refuses in words, and addresses as people read them.

    What a command line may take again is not cut.
    """
    if isinstance(error, OSError) and error.errno in _DISK_REFUSALS:
        error = disk_error(error, Path("the output"))
    if isinstance(error, (NoCapture, UsageError)):
        return decode_addresses(str(error))
    return shorten_addresses(str(error))


def _report(error: BaseException) -> None:
    if isinstance(error, (KeyboardInterrupt, Stopped)):
        print_line(stderr_console, "interrupted:", "run the same command again to go on", "red")
    elif isinstance(error, Paused):
        print_line(stderr_console, "paused:", str(error), "red")
    else:
        print_error(error)


def _exit_code(error: BaseException) -> int:
    if isinstance(error, (KeyboardInterrupt, Stopped)):
        return INTERRUPTED
    if isinstance(error, Paused):
        return PAUSED
    if isinstance(error, (UsageError, BadCapture)):
        return WRONG_USAGE
    return FAILED
