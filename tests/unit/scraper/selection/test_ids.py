"""Ids as a command line gives them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.errors import UsageError
from scraper.selection.ids import IdSet


@pytest.mark.parametrize(
    ("text", "ranges", "single"),
    [
        ("7", ((7, 7),), {7}),
        ("1-3, 7 ,9-12", ((1, 3), (7, 7), (9, 12)), {7}),
        ("5-9,1-6,7", ((1, 9),), {7}),
        ("3-3", ((3, 3),), {3}),
        ("1-999999", ((1, 999_999),), set()),
    ],
)
def test_ids_are_sorted_ranges_that_do_not_overlap(
    text: str, ranges: tuple[tuple[int, int], ...], single: set[int]
) -> None:
    ids = IdSet.parse(text)
    assert (ids.ranges, set(ids.single)) == (ranges, single)


@pytest.mark.parametrize(
    "text", ["", ",", "1,", "0", "1000000", "3-2", "-1", "1-", "1-2-3", "x", "１", "1" * 10]
)
def test_what_names_no_ids_is_wrong_usage(text: str) -> None:
    with pytest.raises(UsageError, match="--ids takes ids and ranges from 1 to 999999"):
        IdSet.parse(text)


@given(st.lists(st.tuples(st.integers(1, 60), st.integers(0, 9)), min_size=1, max_size=6))
def test_an_id_is_in_the_set_if_a_range_has_it(parts: list[tuple[int, int]]) -> None:
    ids = IdSet.parse(",".join(f"{first}-{first + more}" for first, more in parts))
    for article_id in range(1, 80):
        expected = any(first <= article_id <= first + more for first, more in parts)
        assert (article_id in ids) is expected
