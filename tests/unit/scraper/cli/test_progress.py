"""How far a command is, in every view, on a terminal and elsewhere."""

from __future__ import annotations

import io
import time

import pytest
from rich.console import Console
from support.wild import WILD, assert_harmless

from scraper.cli.progress import (
    CountView,
    CrawlView,
    LinePrinter,
    NormaliseView,
    ProgressView,
    duration,
    pause_line,
    show_progress,
)
from scraper.crawl.progress import CrawlProgress
from scraper.models import ArticleStatus, Pause

NOW = 1_600_000_000.0


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time of both clocks, in seconds: the first item, for tests to change."""
    now = [NOW]
    monkeypatch.setattr(time, "time", lambda: now[0])
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


def _shown(view: ProgressView) -> str:
    """What a terminal of 100 columns shows, without colours."""
    console = Console(file=io.StringIO(), width=100)
    console.print(view.render())
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def _console(*, is_terminal: bool) -> tuple[Console, io.StringIO]:
    file = io.StringIO()
    return Console(file=file, force_terminal=is_terminal, width=100), file


# --- counts ---------------------------------------------------------------------------------


def test_a_count_is_a_bar() -> None:
    view = CountView("comparing")
    assert "comparing" in _shown(view)
    assert "0/?" in _shown(view)
    view.set_completed(3, 12)
    assert " 3/12" in _shown(view)
    assert (view.line(), view.milestone()) == ("", None)


def test_a_count_may_have_no_description() -> None:
    assert _shown(CountView()).startswith("━")


def test_normalise_finds_captures_and_then_does_articles() -> None:
    view = NormaliseView()
    assert view.line() == ""
    view.set_found(1234)
    assert view.line() == "1,234 captures found"
    assert "finding captures" in _shown(view)
    view.set_done(1000, 2000)
    assert view.line() == "1,000 of 2,000 articles done"
    assert "normalising" in _shown(view)
    assert "1000/2000" in _shown(view)


# --- a crawl --------------------------------------------------------------------------------


def test_a_crawl_shows_its_phase_until_there_are_articles() -> None:
    state = CrawlProgress(phase="reading the index")
    view = CrawlView(state)
    assert view.line() == "reading the index"
    state.index_pages, state.records = 2, 15000
    assert view.line() == "reading the index: page 2, 15,000 captures"
    assert _shown(view) == "reading the index: page 2, 15,000 captures\n"


def test_a_crawl_shows_counts_pace_and_the_time_left(clock: list[float]) -> None:
    state = CrawlProgress(phase="fetching articles", total=1000)
    view = CrawlView(state)
    assert view.line() == "fetching articles, 0 of 1,000, 0.0 pages/s"
    state.pages = 1
    view.line()  # the pace counts from the first page that was seen
    clock[0] += 100
    state.pages, state.done, state.put_off = 250, 200, 2
    state.statuses[ArticleStatus.WRITTEN] = 190
    state.statuses[ArticleStatus.FAILED] = 10
    counts = ["190 written", "10 failed", "2 put off", "2.5 pages/s", "7 min left"]
    assert view.line() == ", ".join(["fetching articles", "200 of 1,000", *counts])
    shown = _shown(view)
    for part in ("fetching articles\n", "200 of 1,000", "  ".join(counts)):
        assert part in shown


def test_a_crawl_shows_its_pause_instead_of_its_phase(clock: list[float]) -> None:
    state = CrawlProgress(phase="fetching articles", total=3)
    view = CrawlView(state)
    before = view.milestone()
    state.record_pause(Pause(NOW + 90, 1, f"429 {WILD}"))
    assert view.milestone() != before
    assert view.line().startswith("paused: 429")
    assert "going on in 90 s (12:28:10 UTC)" in view.line()
    assert_harmless(_shown(view))
    clock[0] += 90
    assert view.line().startswith("fetching articles")


def test_the_last_line_of_a_crawl_has_the_share_of_each_field() -> None:
    state = CrawlProgress(phase="fetching articles", total=100)
    state.fields.add("眾聞", {"title": "headline", "author": "label"}, 3)
    state.fields.add("眾聞", {"title": "headline"})
    last = _shown(CrawlView(state)).splitlines()[-1]
    assert last.startswith("title 100%  author 75%  category 0%")
    assert "box" not in last  # these articles have none


def test_an_alarm_is_shown_and_printed_at_once() -> None:
    state = CrawlProgress(phase="fetching articles", total=100)
    view = CrawlView(state)
    before = view.milestone()
    state.alarm = f"no category {WILD}"
    assert view.milestone() != before
    assert "alarm: no category" in view.line()
    assert "no category" in _shown(view)
    assert_harmless(_shown(view))


@pytest.mark.parametrize("width", [40, 80, 200])
def test_a_crawl_fits_the_width(width: int) -> None:
    state = CrawlProgress(phase="fetching articles", total=30_000, done=12_345)
    console = Console(file=io.StringIO(), width=width)
    console.print(CrawlView(state).render())
    assert isinstance(console.file, io.StringIO)
    lines = console.file.getvalue().splitlines()
    assert sum("━" in line for line in lines) == 1
    assert lines[1].rstrip().endswith("12,345 of 30,000")
    assert len(lines[1].rstrip()) <= min(width, 80)


def test_a_pause_that_is_over_is_no_pause(clock: list[float]) -> None:
    assert pause_line(None) == ""
    assert pause_line(Pause(clock[0], 1, "429")) == ""


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-1, "0 s"),
        (119.4, "119 s"),
        (120, "2 min"),
        (3599, "60 min"),
        (3600, "1 h 00 min"),
        (36_300, "10 h 05 min"),
    ],
)
def test_a_duration_in_words(seconds: float, words: str) -> None:
    assert duration(seconds) == words


# --- lines ----------------------------------------------------------------------------------


def test_lines_are_printed_at_milestones_and_now_and_then_between_them() -> None:
    console, file = _console(is_terminal=False)
    state = CrawlProgress(phase="one")
    printer = LinePrinter(console, CrawlView(state), 10.0)
    for now, phase in ((0.0, "one"), (9.9, "one"), (10.0, "one"), (11.0, "two"), (20.9, "two")):
        state.phase = phase
        printer.update(now)
    assert file.getvalue().splitlines() == ["one", "one", "two"]


def test_without_milestones_the_first_line_waits_too() -> None:
    console, file = _console(is_terminal=False)
    view = NormaliseView()
    printer = LinePrinter(console, view, 5.0)
    for now, count in ((100.0, 1), (104.9, 2), (105.0, 3), (109.0, 4), (110.0, 5)):
        view.set_found(count)
        printer.update(now)
    assert file.getvalue().splitlines() == ["3 captures found", "5 captures found"]


def test_a_view_with_nothing_to_say_prints_no_line() -> None:
    console, file = _console(is_terminal=False)
    printer = LinePrinter(console, NormaliseView(), 5.0)
    printer.update(0.0)
    printer.update(5.0)
    assert file.getvalue() == ""


# --- where it is shown ----------------------------------------------------------------------


def test_a_terminal_has_a_display_that_is_gone_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    console, file = _console(is_terminal=True)
    view = CrawlView(CrawlProgress(phase="reading the index"))
    with show_progress(console, view):
        pass
    shown = file.getvalue()
    assert "reading the index" in shown
    assert shown.endswith("\x1b[2K")  # the line is erased
    assert "\x1b[?25h" in shown  # the cursor is back


@pytest.mark.parametrize(("is_terminal", "kind"), [(False, "xterm"), (True, "dumb")])
def test_elsewhere_there_are_lines(
    monkeypatch: pytest.MonkeyPatch, *, is_terminal: bool, kind: str
) -> None:
    monkeypatch.setenv("TERM", kind)
    console, file = _console(is_terminal=is_terminal)
    with show_progress(console, CrawlView(CrawlProgress(phase="reading the index"))):
        pass
    assert file.getvalue() == "reading the index\n"


@pytest.mark.parametrize("is_terminal", [False, True])
def test_quietly_nothing_is_shown(*, is_terminal: bool) -> None:
    console, file = _console(is_terminal=is_terminal)
    with show_progress(console, CrawlView(CrawlProgress(phase="reading")), is_quiet=True):
        pass
    assert file.getvalue() == ""


def test_a_quick_command_prints_no_lines() -> None:
    console, file = _console(is_terminal=False)
    view = CountView("comparing")
    with show_progress(console, view):
        view.set_completed(1, 1)
    assert file.getvalue() == ""
