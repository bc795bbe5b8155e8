"""What people see of a crawl: a live display on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from scraper.cli.console import escape_controls, print_line
from scraper.crawl.plan import Estimate
from scraper.crawl.progress import CrawlProgress
from scraper.crawl.report import CostlyAttempt, CrawlReport
from scraper.models import ArticleStatus, Pause

_SECONDS_BETWEEN_LINES = 10.0
_SECONDS_BETWEEN_LOOKS = 0.2
_MOST_FAILURES = 20


@contextmanager
def watching(console: Console, tally: CrawlProgress) -> Iterator[None]:
    """Show how far a crawl is for as long as the block lasts."""
    if console.is_terminal and not console.is_dumb_terminal:
        look = _Look(tally)
        with Live(get_renderable=look.now, console=console, transient=True, refresh_per_second=5):
            yield
        return
    ended = threading.Event()
    thread = threading.Thread(target=_print_lines, args=(console, tally, ended), daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


class _Look:
    """The live display: made anew several times a second."""

    def __init__(self, tally: CrawlProgress) -> None:
        self._tally = tally
        self._pace = _Pace(tally)

    def now(self) -> Group:
        """What to show at this moment: the phase or the pause, a bar, and the counts."""
        tally = self._tally
        phase = Text(
            escape_controls(_phase(tally)), "yellow" if pause_line(tally.pause) else "bold"
        )
        if not tally.total:
            return Group(phase)
        bar = Table.grid(padding=(0, 2))
        count = Text(f"{tally.done:,} of {tally.total:,}")
        bar.add_row(ProgressBar(total=tally.total, completed=tally.done, width=50), count)
        return Group(phase, bar, Text("  ".join(_counts(tally, self._pace)), overflow="ellipsis"))


class _Pace:
    """Pages a second since the first one, pauses included: what the ETA goes by."""

    def __init__(self, tally: CrawlProgress) -> None:
        self._tally = tally
        self._start: float | None = None

    @property
    def pages_a_second(self) -> float:
        if not self._tally.pages:
            return 0.0
        self._start = self._start or time.monotonic()
        return self._tally.pages / max(time.monotonic() - self._start, 1.0)

    @property
    def left(self) -> str:
        """The time that is left, in words; "" where it can't be told."""
        articles = self._tally.done / max(time.monotonic() - (self._start or 0.0), 1.0)
        if not self._start or not articles:
            return ""
        return duration((self._tally.total - self._tally.done) / articles)


def _phase(tally: CrawlProgress) -> str:
    if line := pause_line(tally.pause):
        return line
    is_listing = tally.records and not tally.total
    return f"{tally.phase}: {tally.records:,} captures" if is_listing else tally.phase


def pause_line(pause: Pause | None) -> str:
    """Return why everybody waits, and how long still; "" if nobody does."""
    left = pause.until - time.time() if pause else 0.0
    if pause is None or left <= 0:
        return ""
    when = dt.datetime.fromtimestamp(pause.until, dt.UTC)
    return f"paused: {pause.reason}; going on in {duration(left)} ({when:%H:%M:%S} UTC)"


def _counts(tally: CrawlProgress, pace: _Pace) -> list[str]:
    """The outcomes so far, the pace, and the time that is left."""
    parts = [f"{count:,} {ending}" for ending, count in _endings(tally)]
    if tally.put_off:
        parts.append(f"{tally.put_off:,} put off")
    parts.append(f"{pace.pages_a_second:.1f} pages/s")
    return [*parts, f"{pace.left} left"] if pace.left else parts


def _endings(tally: CrawlProgress) -> list[tuple[ArticleStatus, int]]:
    return [(ending, tally.statuses[ending]) for ending in ArticleStatus if tally.statuses[ending]]


def _print_lines(console: Console, tally: CrawlProgress, ended: threading.Event) -> None:
    """A line for each phase and each pause, and one now and then between them."""
    pace = _Pace(tally)
    told: tuple[str, Pause | None] | None = None
    due = 0.0
    while True:
        state = (tally.phase, tally.pause)
        if state != told or time.monotonic() >= due:
            told, due = state, time.monotonic() + _SECONDS_BETWEEN_LINES
            print_line(console, "", _line(tally, pace))
        if ended.wait(_SECONDS_BETWEEN_LOOKS):
            return


def _line(tally: CrawlProgress, pace: _Pace) -> str:
    if not tally.total:
        return _phase(tally)
    done = f"{tally.done:,} of {tally.total:,}"
    return ", ".join([_phase(tally), done, *_counts(tally, pace)])


def duration(seconds: float) -> str:
    """Return some seconds in words: `45 s`, `12 min`, `1 h 05 min`."""
    whole = max(0, round(seconds))
    if whole < 120:
        return f"{whole} s"
    if whole < 3600:
        return f"{round(whole / 60)} min"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


# --- the end --------------------------------------------------------------------------------


def show_passed_over(console: Console, tally: CrawlProgress) -> None:
    """Print what a list names and was not taken, and why."""
    for what, count in tally.passed_over.most_common(_MOST_FAILURES):
        print_line(console, "passed over:", f"{what} ({count:,})" if count > 1 else what, "yellow")
    if tally.without_capture:
        some = ", ".join(map(str, tally.without_capture[:_MOST_FAILURES]))
        print_line(console, "not to be had:", f"there is no capture of {some}", "red")
    more = len(tally.passed_over) - _MOST_FAILURES
    if more > 0:
        print_line(console, "", f"... and {more:,} more rows that were passed over")


def show_estimate(console: Console, estimate: Estimate, rate: float) -> None:
    """Print what a crawl would take."""
    pace = f"at {rate:g} a second" if rate else "without a pace"
    print_line(console, f"{estimate.articles:>9,}", "articles to fetch")
    print_line(console, f"{estimate.requests:>9,}", "requests at least, one for each article")
    print_line(console, f"{estimate.seconds / 3600:>9.1f}", f"hours {pace}, pauses not counted")


def show_report(console: Console, report: CrawlReport) -> None:
    """Print what became of all articles, and what was hard."""
    for ended in report.failed[:_MOST_FAILURES]:
        print_line(console, "failed:", f"article {ended.article_id}: {ended.message}", "red")
    if len(report.failed) > _MOST_FAILURES:
        more = len(report.failed) - _MOST_FAILURES
        print_line(console, "", f"... and {more:,} more that failed (report.json names them all)")
    for ending in ArticleStatus:
        reasons = ", ".join(
            f"{reason} {count:,}"
            for reason, count in report.reasons[ending].most_common()
            if reason
        )
        _count(console, report, report.statuses[ending], ending, reasons)
    if report.open:
        _count(console, report, report.open, "not done yet")
    print_line(
        console, f"{report.articles:>9,}", f"articles known, {report.requests:,} requests for pages"
    )
    if report.paused_until:
        print_line(
            console, "paused:", f"the archive wants no requests until {report.paused_until}", "red"
        )
    _show_hard(console, "slowest:", report.slowest, 1.0)
    _show_hard(console, "most retried:", report.most_retried)


def _count(console: Console, report: CrawlReport, count: int, what: str, more: str = "") -> None:
    percent = f"{report.percent(count):.1f} %"
    print_line(console, f"{count:>9,}", f"{percent:>7}  {what}{f' ({more})' if more else ''}")


def _show_hard(
    console: Console, title: str, hard: tuple[CostlyAttempt, ...], seconds: float = 0.0
) -> None:
    for one in hard:
        if one.seconds >= seconds:
            what = f"article {one.article_id}: {one.requests} requests in {one.seconds:.1f} s"
            print_line(console, title, f"{what}, {one.capture.url}")
