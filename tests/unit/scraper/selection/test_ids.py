"""Ids of articles as a command line names them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from normalise.files import MAX_ID
from scraper.errors import UsageError
from scraper.selection.ids import IdSet


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("7", [7], [6, 8, 77, 0, -7]),
        ("1-3", [1, 2, 3], [0, 4]),
        ("5-5", [5], [4, 6]),
        ("1-1000,11911", [1, 500, 1000, 11911], [1001, 11910, 11912]),
        ("1-5,3-9", [*range(1, 10)], [10]),
        ("3-9,1-20,4", [1, 3, 10, 20], [0, 21]),
        ("7,7", [7], [6, 8]),
        ("1-2,3-4", [1, 2, 3, 4], [5]),
        (" 1 , 3-4 ", [1, 3, 4], [2, 5]),
        ("007-0010", [7, 10], [6, 11]),
        (f"1-{MAX_ID}", [1, 50_000, MAX_ID], [0, MAX_ID + 1]),
        (f"2,{MAX_ID}", [2, MAX_ID], [1, 3, MAX_ID - 1]),
    ],
)
def test_ids_and_ranges_name_articles(text: str, inside: list[int], outside: list[int]) -> None:
    ids = IdSet.parse(text)
    assert [number for number in inside if number not in ids] == []
    assert [number for number in outside if number in ids] == []


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", ""),
        ("1,", ""),
        ("1,,2", ""),
        ("1,0-5", "0-5"),
        ("5-1", "5-1"),
        ("1000000", "1000000"),
        ("1-1000000", "1-1000000"),
        ("9" * 5000, "9" * 5000),
        ("-5", "-5"),
        ("5-", "5-"),
        ("1--5", "1--5"),
        ("1-2-3", "1-2-3"),
        ("1 - 5", "1 - 5"),
        ("1 5", "1 5"),
        ("1_000", "1_000"),
        ("0x10", "0x10"),
        ("all", "all"),
        ("７", "７"),
        ("1–5", "1–5"),
    ],
)
def test_what_names_no_id_is_wrong_usage(text: str, part: str) -> None:
    with pytest.raises(UsageError, match="--ids takes ids and ranges") as caught:
        IdSet.parse(text)
    assert str(caught.value).endswith(f"this is none: {part!r}")


ranges = st.tuples(st.integers(1, 60), st.integers(0, 9)).map(lambda pair: (pair[0], sum(pair)))


@settings(max_examples=100)
@given(st.lists(ranges, min_size=1, max_size=8), st.sampled_from([",", " , ", ",\n"]))
def test_ids_are_those_named_and_no_others(named: list[tuple[int, int]], comma: str) -> None:
    text = comma.join(f"{first}" if first == last else f"{first}-{last}" for first, last in named)
    ids = IdSet.parse(text)
    expected = {number for first, last in named for number in range(first, last + 1)}
    assert {number for number in range(-1, 80) if number in ids} == expected
