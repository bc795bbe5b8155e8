"""The day of an article that was not recovered is that of its neighbours."""

from __future__ import annotations

import datetime as dt

from scraper.report.dating import Dating, Trial

JUNE, JULY = dt.date(2019, 6, 28), dt.date(2019, 7, 2)


def test_the_median_of_the_nearest_ids_is_taken() -> None:
    put_back = dt.date(2017, 1, 1)
    days = {10: JUNE, 11: put_back, 12: JUNE, 14: JULY, 15: JULY, 900: dt.date(2021, 1, 1)}
    assert Dating(days).estimate(13) == JUNE
    assert Dating(days).estimate(899) == JULY  # of five: 11, 12, 14, 15, 900


def test_an_end_of_the_ids_has_neighbours_on_one_side() -> None:
    assert Dating({5: JUNE}).estimate(1) == JUNE
    assert Dating({5: JUNE}).estimate(999) == JUNE


def test_nobody_knows_without_neighbours() -> None:
    assert Dating({}).estimate(1) is None
    assert Dating({5: JUNE}).estimate(5) is None  # its own day is left out
    assert Dating({}).trial() == Trial(0, 0, 0)


def test_the_trial_leaves_each_day_out() -> None:
    days = dict.fromkeys(range(1, 8), JUNE) | {8: JULY, 9: dt.date(2021, 1, 1)}
    assert Dating(days).trial() == Trial(9, 7, 8)
