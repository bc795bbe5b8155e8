"""Errors in, messages and exit codes out: the only place where a command turns one into another."""

from __future__ import annotations

import errno
import os
import sqlite3
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from normalise import BadCapture, NormaliseError, Unreadable
from scraper.cli.addresses import decode_addresses, shorten_addresses
from scraper.cli.console import escape_lines, print_line, stderr_console
from scraper.errors import NoCapture, Paused, ScraperError, Stopped, StorageError, UsageError

FAILED, WRONG_USAGE, PAUSED, INTERRUPTED = 1, 2, 3, 130

_FREE_SPACE = "free some space and run the same command again: what was done until then is kept"
_OTHER_FOLDER = "give another folder, or make this one writable (`chmod -R u+w`)"
# What the disk refuses, in words, and what to do.
_BY_ERRNO = {
    errno.ENOSPC: ("the disk is full", _FREE_SPACE),
    errno.EDQUOT: ("this user's share of the disk is full", _FREE_SPACE),
    errno.EFBIG: ("the file is larger than this user or this disk allows", "see `ulimit -f`"),
    errno.EROFS: ("the disk is read-only", "give a folder on another disk"),
    errno.EACCES: ("this user has no right to it", _OTHER_FOLDER),
    errno.EPERM: ("this user has no right to it", _OTHER_FOLDER),
}
_BY_SQLITE_CODE = {
    sqlite3.SQLITE_FULL: ("the disk is full", _FREE_SPACE),
    sqlite3.SQLITE_READONLY: ("it is read-only", _OTHER_FOLDER),
    sqlite3.SQLITE_CANTOPEN: ("it can't be opened or made", _OTHER_FOLDER),
}
_SQLITE_PRIMARY_CODE = 0xFF


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
    refusal = _disk_refusal(error)
    if refusal is not None and isinstance(error, OSError):
        reason, advice = refusal
        return f"{error.filename}: {reason}; {advice}" if error.filename else f"{reason}; {advice}"
    if refusal is not None:
        return f"{error}: {'; '.join(refusal)}"
    if isinstance(error, (NoCapture, UsageError)):
        return decode_addresses(str(error))
    return shorten_addresses(str(error))


def _disk_refusal(error: BaseException | None) -> tuple[str, str] | None:
    """What the disk has refused and what to do, `None` for any other error."""
    if isinstance(error, OSError):
        return _BY_ERRNO.get(error.errno or 0)
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorcode", 0) & _SQLITE_PRIMARY_CODE
        return _BY_SQLITE_CODE.get(code)
    return _disk_refusal(error.__cause__) if isinstance(error, StorageError) else None


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
