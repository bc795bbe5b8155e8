"""The days of a month, with counts."""

from __future__ import annotations

import pytest

from scraper.browse.calendar import Day, is_month, months_of, neighbours, weeks_of


def test_a_month_begins_in_the_week_of_its_first_day() -> None:
    weeks = weeks_of("2021-06", {"2021-06-01": 3})
    assert weeks[0][1] == Day("2021-05-31", 31, 0, is_inside=False)
    assert weeks[0][2] == Day("2021-06-01", 1, 3, is_inside=True)
    assert {len(week) for week in weeks} == {7}


@pytest.mark.parametrize("month", ["2021-00", "2021-13", "21-01", "2021-1", "0001-01", "9999-12"])
def test_what_no_calendar_shows_is_no_month(month: str) -> None:
    assert not is_month(month)


def test_months_are_counted_the_newest_year_first() -> None:
    counts = {"2020-12-31": 1, "2021-01-01": 2, "2021-01-02": 3}
    assert months_of(counts) == {"2021": {"2021-01": 5}, "2020": {"2020-12": 1}}
    assert list(months_of(counts)) == ["2021", "2020"]


def test_neighbours_are_those_that_have_articles() -> None:
    assert neighbours(["2020-01", "2020-05"], "2020-03") == ("2020-01", "2020-05")
    assert neighbours(["2020-01"], "2020-01") == ("", "")
