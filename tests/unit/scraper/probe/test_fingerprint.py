"""A change in one field changes the digests of that field and of the whole file, and no other."""

from __future__ import annotations

import pytest
from support.article_files import article_file, complete_file, complete_segments

from scraper.corpus.document import Field
from scraper.probe.fingerprint import (
    FIELDS,
    NAMES,
    WHOLE_FILE,
    body_blocks,
    compare_blocks,
    fingerprint,
)

DATES = (Field.DATE.value, Field.LAST_UPDATED.value)


@pytest.mark.parametrize("field", FIELDS)
def test_a_change_is_seen_in_its_field_and_in_the_whole(field: Field) -> None:
    before = fingerprint(complete_file()).digests
    changed = "".join(
        text.replace("末班船", "頭班船")
        .replace("2021", "2020")
        .replace("顧晴川", "陳微塵")
        .replace("眾說", "眾聞")
        .replace("渡輪", "小輪")
        .replace("所有訂戶", "各位訂戶")
        if each is field
        else text
        for each, text in complete_segments()
    )
    after = fingerprint(changed).digests
    assert {name for name in NAMES if before[name] != after[name]} == {field, WHOLE_FILE}


def test_what_a_file_has_not_is_empty() -> None:
    digests = fingerprint(article_file("纜車停了。")).digests
    assert {name for name, digest in digests.items() if not digest} == {
        "last_updated",
        "promo",
        "box",
    }


def test_fields_that_are_left_out_do_not_count() -> None:
    dated, undated = complete_file(), complete_file().replace("2021-04-2", "2020-04-2")
    assert fingerprint(dated) != fingerprint(undated)
    left_out = fingerprint(dated, DATES)
    assert left_out == fingerprint(undated, DATES)
    assert left_out.digests.keys() == set(NAMES) - set(DATES)


@pytest.mark.parametrize(
    ("blocks", "unknown", "missing"),
    [
        (["一", "二", "三"], [], 0),
        (["一", "三"], [], 1),
        (["一", "二", "貳", "三"], ["貳"], 0),
        (["一", "貳", "三"], ["貳"], 1),
        ([], [], 3),
    ],
)
def test_blocks_tell_where_a_body_differs(
    blocks: list[str], unknown: list[str], missing: int
) -> None:
    expected = fingerprint(article_file("一", "二", "三")).blocks
    difference = compare_blocks(article_file(*blocks), expected)
    assert list(difference.unknown) == unknown
    assert (difference.missing, difference.expected) == (missing, 3)


def test_blocks_are_those_of_the_body_alone() -> None:
    blocks = body_blocks(complete_file())
    assert len(blocks) == len(fingerprint(complete_file()).blocks) == 4
    assert not any("訂戶" in block or "# " in block for block in blocks)
