"""A sample is spread evenly and is the same each time."""

from __future__ import annotations

import pytest

from scraper.crawl.plan import CrawlPlan
from scraper.crawl.selector import spread
from scraper.errors import UsageError


@pytest.mark.parametrize(
    ("count", "sample"),
    [(1, [5]), (2, [2, 7]), (5, [1, 3, 5, 7, 9]), (10, list(range(10))), (99, list(range(10)))],
)
def test_a_sample_is_spread_over_all_ids(count: int, sample: list[int]) -> None:
    assert list(spread(range(10), count)) == sample


def test_a_sample_and_a_limit_are_one_too_many() -> None:
    with pytest.raises(UsageError, match=r"--sample and --limit"):
        CrawlPlan(limit=1, sample=1)
