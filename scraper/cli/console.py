"""What people see on standard error: progress, warnings and the summary. Nothing goes to output."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from scraper.batch.outcome import NOT_AN_ARTICLE, BatchOutcome, BatchSummary

_MOST_WARNINGS = 20
_SECONDS_BETWEEN_LINES = 5.0


class Watcher(Protocol):
    """Is told how a run goes on."""

    def listed(self, count: int) -> None:
        """So many captures have been found."""

    def done(self, count: int, total: int) -> None:
        """So many articles of so many are finished."""


def escape_controls(text: str) -> str:
    """Return a text without control characters, which a page's title may bring to a terminal."""
    return "".join(c if c.isprintable() or c == "\u3000" else _shown(c) for c in text)


def escape_lines(text: str) -> str:
    """Return a text of several lines without control characters but the ends of its lines."""
    return "\n".join(map(escape_controls, text.split("\n")))


def _shown(character: str) -> str:
    return " " if character in "\t\xa0" else f"\\u{ord(character):04x}"


@contextmanager
def watching(console: Console) -> Iterator[Watcher]:
    """A bar on a terminal, a plain line now and then elsewhere."""
    if not console.is_terminal:
        yield _Lines(console)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        yield _Bar(progress)


class _Bar:
    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task("finding captures", total=None)

    def listed(self, count: int) -> None:
        self._progress.update(self._task, completed=count)

    def done(self, count: int, total: int) -> None:
        self._progress.update(self._task, description="normalising", completed=count, total=total)


class _Lines:
    def __init__(self, console: Console) -> None:
        self._console = console
        self._next = time.monotonic() + _SECONDS_BETWEEN_LINES

    def listed(self, count: int) -> None:
        self._say(f"{count:,} captures found")

    def done(self, count: int, total: int) -> None:
        self._say(f"{count:,} of {total:,} articles done")

    def _say(self, line: str) -> None:
        now = time.monotonic()
        if now >= self._next:
            self._next = now + _SECONDS_BETWEEN_LINES
            self._console.print(line)


def print_line(console: Console, kind: str, text: str, style: str = "") -> None:
    """Print one line of words that may come from a page: as they are, but harmless."""
    line = (
        Text.assemble((kind, style), " ", escape_controls(text))
        if kind
        else Text(escape_controls(text))
    )
    console.print(line, soft_wrap=True)


def show_summary(console: Console, summary: BatchSummary, *, verbose: bool) -> None:
    """Print the warnings, what failed and why, and the counts."""
    show_warnings(console, summary.warned, verbose=verbose)
    for outcome in summary.failed:
        where = f" ({outcome.where})" if outcome.where else ""
        print_line(console, "failed:", outcome.message + where, "red")
    kinds = ", ".join(f"{reason} {count:,}" for reason, count in summary.kinds.most_common())
    for word, count in summary.counts().items():
        more = f" ({kinds})" if kinds and word == NOT_AN_ARTICLE else ""
        print_line(console, f"{count:>9,}", f"{word}{more}")


def show_warnings(console: Console, warned: list[BatchOutcome], *, verbose: bool = True) -> None:
    """Print what was odd, a line each; only the first ones unless all are wanted."""
    lines = [f"{outcome.where}: {text}" for outcome in warned for text in outcome.warnings]
    shown = lines if verbose else lines[:_MOST_WARNINGS]
    for line in shown:
        print_line(console, "warning:", line, "yellow")
    if len(lines) > len(shown):
        print_line(
            console, "", f"... and {len(lines) - len(shown):,} warnings more (--verbose shows all)"
        )
