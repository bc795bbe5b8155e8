"""The fault campaign of tests/stress/torture.py in a short form; `make torture` is the long one."""

from __future__ import annotations

from pathlib import Path

from stress import pictures, torture


def test_a_disturbed_crawl_gives_the_archive_of_an_undisturbed_one(tmp_path: Path) -> None:
    result = torture.campaign(tmp_path, articles=80, kills=2, seed=4, index_faults=1)
    assert result.wrong == []
    assert result.kills == 2
    assert result.articles == 80
    assert result.injected.total() > 15
    assert result.injected["nearest"] > 0


def test_pictures_are_right_or_accounted_for_whatever_disturbs(tmp_path: Path) -> None:
    result = pictures.campaign(tmp_path, count=300, kills=2, seed=4)
    assert result.wrong == []
    assert result.kills == 2
    assert result.articles == 300
    assert result.injected.total() > 20
