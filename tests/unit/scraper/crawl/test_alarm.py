"""The alarm for pages fires where most of them are unreadable, and at no other time."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from scraper.crawl.alarm import PageAlarm
from scraper.models import AttemptResult

ARTICLE, UNREADABLE = AttemptResult.ARTICLE, AttemptResult.UNREADABLE
NO_INFO_LINE = "no rule finds the info line of this page: https://a.org/web/2021/x; look at it"


def alarm_after(results: list[AttemptResult], folder: Path = Path("out")) -> PageAlarm:
    alarm = PageAlarm(folder)
    for article_id, result in enumerate(results, 1):
        alarm.add(article_id, result, NO_INFO_LINE)
    return alarm


@pytest.mark.parametrize(
    ("results", "has_fired"),
    [
        ([UNREADABLE] * 19, False),
        ([UNREADABLE] * 20, True),
        ([ARTICLE, UNREADABLE] * 100, False),
        ([ARTICLE] * 10 + [UNREADABLE] * 11, True),
        ([ARTICLE] * 1000 + [UNREADABLE] * 25, False),
        ([ARTICLE] * 1000 + [UNREADABLE] * 26, True),
        ([AttemptResult.NOT_ARTICLE] * 50 + [UNREADABLE] * 20, True),
    ],
)
def test_it_fires_for_more_than_half_of_the_last_50(
    results: list[AttemptResult], has_fired: object
) -> None:
    assert alarm_after(results).has_fired is has_fired


def test_its_message_has_the_commands_that_follow() -> None:
    folder = Path("my folder")
    alarm = alarm_after([ARTICLE] * 2 + [UNREADABLE] * 20, folder)
    first, reason, *_, inspect, record, crawl, _ = str(alarm.error()).split("\n")
    assert first.startswith("20 of 22 pages judged fit no rule")
    assert reason == "20 times: no rule finds the info line of this page"
    assert shlex.split(inspect) == ["hkcnews", "inspect", "22", "--from", "my folder"]
    assert shlex.split(record)[-1] == "no rule finds the info line of this page"
    assert shlex.split(crawl) == ["hkcnews", "crawl", "--out", "my folder"]


@pytest.mark.parametrize(("written", "has_fired"), [(19, True), (20, False)])
def test_it_takes_what_earlier_runs_have_judged(written: int, has_fired: object) -> None:
    alarm = alarm_after([UNREADABLE])
    alarm.add_earlier(dict.fromkeys(range(20), NO_INFO_LINE), written)
    assert alarm.has_fired is has_fired
    assert str(alarm.error()).startswith(f"20 of {20 + written} pages")
