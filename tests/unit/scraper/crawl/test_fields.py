"""The share of each field, held against the reference archive."""

from __future__ import annotations

import pytest

from normalise.site import NEWS
from scraper.crawl.fields import FieldShare, FieldTally
from scraper.models import FIELDS

WHOLE = dict.fromkeys(FIELDS, "a rule")


def shares(category: str, missing: str, count: int, of: int) -> dict[str, FieldShare]:
    """The shares of articles, some of which miss a field."""
    tally = FieldTally()
    tally.add(category, {field: rule for field, rule in WHOLE.items() if field != missing}, count)
    tally.add(category, WHOLE, of - count)
    return {share.field: share for share in tally.shares()}


@pytest.mark.parametrize(
    ("field", "count", "of", "is_alarming"),
    [
        ("category", 19, 19, False),  # too few to tell
        ("category", 4, 20, False),
        ("category", 5, 20, True),
        ("tags", 21, 100, True),
        ("date", 20, 100, False),
        ("last_updated", 99, 99, False),
        ("last_updated", 90, 100, False),
        ("last_updated", 93, 100, True),
        ("box", 21, 100, True),
        ("promo", 500, 500, False),
    ],
)
def test_a_field_is_alarming_that_is_missing_far_more_than_in_the_reference(
    field: str, count: int, of: int, is_alarming: object
) -> None:
    by_field = shares("眾說", field, count, of)
    assert (by_field[field].found, by_field[field].articles) == (of - count, of)
    assert by_field[field].is_alarming is is_alarming
    assert not any(share.is_alarming for name, share in by_field.items() if name != field)


@pytest.mark.parametrize("category", [NEWS, ""])
def test_a_box_is_expected_of_other_categories_only(category: str) -> None:
    assert shares(category, "box", 100, 100)["box"].articles == 0


def test_tags_of_the_address_are_no_sign_of_a_known_page() -> None:
    tally = FieldTally()
    tally.add(NEWS, WHOLE | {"tags": "address"}, 50)
    (tags,) = (share for share in tally.shares() if share.field == "tags")
    assert (tags.rules, tags.found, tags.is_alarming) == ({"address": 50}, 0, True)
    assert tags.warning.startswith("tags is missing on 50 of 50 articles (99.9 %")
