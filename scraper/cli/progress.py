"""How far a command is: a live display on a terminal, a plain line now and then elsewhere.

`show_progress` shows any `ProgressView`; the views say what there is to see at this moment.
"""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console, Group, RenderableType
from rich.constrain import Constrain
from rich.live import Live
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from scraper.cli.console import escape_controls, print_line
from scraper.crawl.progress import CrawlProgress
from scraper.models import ArticleStatus, Pause

_REFRESHES_PER_SECOND = 5
_SECONDS_BETWEEN_CHECKS = 0.2
_MAX_BAR_WIDTH = 80  # with the numbers beside it


class ProgressView(Protocol):
    """What there is to see of a running command at this moment.

    `seconds_between_lines` is how often a line is printed where there is no terminal, `None` for
    a command that is too quick for lines.
    """

    seconds_between_lines: float | None

    def render(self) -> RenderableType:
        """Return what a terminal shows."""

    def line(self) -> str:
        """Return one line for where there is no terminal, "" if there is nothing to say."""

    def milestone(self) -> object:
        """Return a value that changes when the line must be printed at once, else `None`."""


@contextmanager
def show_progress(
    console: Console, view: ProgressView, *, is_quiet: bool = False
) -> Iterator[None]:
    """Show a view for as long as the block lasts; a terminal has nothing left of it then."""
    if is_quiet:
        yield
    elif console.is_terminal and not console.is_dumb_terminal:
        with Live(
            get_renderable=view.render,
            console=console,
            transient=True,
            refresh_per_second=_REFRESHES_PER_SECOND,
        ):
            yield
    elif view.seconds_between_lines is None:
        yield
    else:
        with _printing_lines(LinePrinter(console, view, view.seconds_between_lines)):
            yield


@contextmanager
def _printing_lines(printer: LinePrinter) -> Iterator[None]:
    has_ended = threading.Event()

    def print_until_end() -> None:
        printer.update(time.monotonic())
        while not has_ended.wait(_SECONDS_BETWEEN_CHECKS):
            printer.update(time.monotonic())

    thread = threading.Thread(target=print_until_end, daemon=True)
    thread.start()
    try:
        yield
    finally:
        has_ended.set()
        thread.join()


class LinePrinter:
    """Prints a view's line at each milestone, and every so many seconds between them."""

    def __init__(self, console: Console, view: ProgressView, seconds: float) -> None:
        self._console = console
        self._view = view
        self._seconds = seconds
        self._milestone: object = None
        self._due: float | None = None

    def update(self, now: float) -> None:
        """Print a line if one is due; `now` is in seconds of a monotonic clock."""
        if self._due is None:
            self._due = now + self._seconds
        milestone = self._view.milestone()
        if milestone == self._milestone and now < self._due:
            return
        self._milestone, self._due = milestone, now + self._seconds
        if line := self._view.line():
            print_line(self._console, "", line)


# --- files, captures and articles that are counted ------------------------------------------


class CountView:
    """A bar for a count that grows up to a total, `None` while the total is not known."""

    seconds_between_lines: float | None = None

    def __init__(self, description: str = "", *, has_clock: bool = False) -> None:
        self._description = description
        self._completed = 0
        self._total: int | None = None
        self._bar = Progress(
            *([TextColumn("{task.description}")] if description else []),
            BarColumn(),
            MofNCompleteColumn(),
            *([TimeElapsedColumn()] if has_clock else []),
            TimeRemainingColumn(),
            auto_refresh=False,
        )
        self._task = self._bar.add_task(description, total=None)

    def set_completed(self, completed: int, total: int | None) -> None:
        """Take note of how many are done, of how many; costs next to nothing."""
        self._completed, self._total = completed, total

    def render(self) -> RenderableType:
        """Return the bar."""
        self._bar.update(
            self._task,
            description=self._description,
            completed=self._completed,
            total=self._total,
        )
        return self._bar.get_renderable()

    def line(self) -> str:
        """Return nothing: a bar is for commands of some seconds."""
        return ""

    def milestone(self) -> object:
        """Return `None`: no moment matters more than another."""
        return None


class NormaliseView(CountView):
    """The bar of `normalise`: first captures are found, then articles are done."""

    seconds_between_lines: float | None = 5.0

    def __init__(self, doing: str = "normalising") -> None:
        super().__init__("finding captures", has_clock=True)
        self._doing = doing

    def set_found(self, count: int) -> None:
        """Take note of how many captures have been found."""
        self.set_completed(count, None)

    def set_done(self, count: int, total: int) -> None:
        """Take note of how many articles are done, of how many."""
        self._description = self._doing
        self.set_completed(count, total)

    def line(self) -> str:
        """Return the count in words, "" before there is one."""
        if self._total is not None:
            return f"{self._completed:,} of {self._total:,} articles done"
        return f"{self._completed:,} captures found" if self._completed else ""


# --- a crawl --------------------------------------------------------------------------------


class CrawlView:
    """The phase or the pause of a crawl, a bar, the counts, the pace and the time left.

    The last line has the share of articles that have each field: one that falls is seen at once.
    """

    seconds_between_lines: float | None = 10.0

    def __init__(self, progress: CrawlProgress, unit: str = "pages") -> None:
        self._progress = progress
        self._unit = unit
        self._first_page_at: float | None = None

    def render(self) -> RenderableType:
        """Return the phase and, once there are articles, the bar, counts and fields."""
        progress = self._progress
        style = "yellow" if pause_line(progress.pause) else "bold"
        phase = Text(escape_controls(self._phase()), style)
        if not progress.total:
            return Group(phase)
        bar = Table.grid(padding=(0, 2))
        bar.add_column(ratio=1)
        bar.add_column(no_wrap=True)
        bar.add_row(
            ProgressBar(total=progress.total, completed=progress.done),
            Text(self._done()),
        )
        lines: list[RenderableType] = [phase]
        if progress.alarm is not None:
            lines.append(Text(escape_controls(progress.alarm), "bold red"))
        lines += [Constrain(bar, _MAX_BAR_WIDTH), Text("  ".join(self._counts()))]
        if shares := self._shares():
            lines.append(Text("  ").join(shares))
        return Group(*lines)

    def line(self) -> str:
        """Return the same in one line."""
        if not self._progress.total:
            return self._phase()
        alarm = [] if self._progress.alarm is None else [f"alarm: {self._progress.alarm}"]
        return ", ".join([self._phase(), self._done(), *self._counts(), *alarm])

    def milestone(self) -> object:
        """Return the phase, the pause and the alarm."""
        return self._progress.phase, self._progress.pause, self._progress.alarm

    def _phase(self) -> str:
        progress = self._progress
        if line := pause_line(progress.pause):
            return line
        if progress.index_pages and not progress.total:
            return f"{progress.phase}: page {progress.index_pages:,}, {progress.records:,} captures"
        return progress.phase

    def _done(self) -> str:
        return f"{self._progress.done:,} of {self._progress.total:,}"

    def _counts(self) -> list[str]:
        progress = self._progress
        counts = [
            f"{progress.statuses[status]:,} {status}"
            for status in ArticleStatus
            if progress.statuses[status]
        ]
        if progress.put_off:
            counts.append(f"{progress.put_off:,} put off")
        seconds = self._seconds_of_fetching()
        counts.append(f"{progress.pages / seconds:.1f} {self._unit}/s")
        if progress.pages and progress.done:
            left = (progress.total - progress.done) * seconds / progress.done
            counts.append(f"{duration(left)} left")
        return counts

    def _shares(self) -> list[Text]:
        """The share of each field, once there is an article; an alarming one in red."""
        return [
            Text(f"{share.field} {share.percent:.0f}%", "bold red" if share.is_alarming else "")
            for share in self._progress.field_shares()
            if share.articles
        ]

    def _seconds_of_fetching(self) -> float:
        """The time since the first page was seen, pauses included; at least one second."""
        if not self._progress.pages:
            return 1.0
        now = time.monotonic()
        if self._first_page_at is None:
            self._first_page_at = now
        return max(now - self._first_page_at, 1.0)


def pause_line(pause: Pause | None) -> str:
    """Return why everybody waits, and how long still; "" if nobody does."""
    left = pause.until - time.time() if pause else 0.0
    if pause is None or left <= 0:
        return ""
    end = dt.datetime.fromtimestamp(pause.until, dt.UTC)
    return f"paused: {pause.reason}; going on in {duration(left)} ({end:%H:%M:%S} UTC)"


def duration(seconds: float) -> str:
    """Return some seconds in words: `45 s`, `12 min`, `1 h 05 min`."""
    whole = max(0, round(seconds))
    if whole < 120:
        return f"{whole} s"
    if whole < 3600:
        return f"{round(whole / 60)} min"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"
