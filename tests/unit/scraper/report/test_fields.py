"""A field that no rule finds leaps to the eye, and one that is rare by nature does not."""

from __future__ import annotations

import pytest

from scraper.report.fields import FieldRow, FieldTable, Lack, Mark, field_table

FOUND = {"title": "headline", "author": "label", "category": "group", "tags": "keywords"}


def _row(table: FieldTable, field: str) -> FieldRow:
    return next(row for row in table.rows if row.field == field)


def _table(*readings: tuple[int, str, dict[str, str]]) -> FieldTable:
    return field_table(readings, {each[0]: 2018 + each[0] % 2 for each in readings})


def test_shares_are_by_rule_and_year() -> None:
    table = _table((1, "眾聞", FOUND), (2, "眾聞", FOUND | {"title": "og:title"}), (3, "眾聞", {}))
    title = _row(table, "title")
    assert (table.articles, table.years) == (3, (2018, 2019))
    assert [(cell.found, cell.articles) for cell in title.cells] == [(2, 3), (1, 1), (1, 2)]
    by_rule = {rule.rule: [cell.found for cell in rule.cells] for rule in title.rules}
    assert by_rule == {"headline": [1, 0, 1], "og:title": [1, 1, 0]}


@pytest.mark.parametrize(
    ("field", "with_it", "mark"),
    [
        ("title", 49, Mark.MISSING),
        ("title", 50, Mark.FOUND),
        ("last_updated", 28, Mark.RARE),  # as in the reference archive
        ("last_updated", 2, Mark.MISSING),  # far below it
        ("promo", 10, Mark.RARE),  # nothing is expected of it
        ("box", 0, Mark.UNKNOWN),  # news have none
    ],
)
def test_a_field_on_less_than_half_of_the_pages_is_marked(
    field: str, with_it: int, mark: Mark
) -> None:
    readings = [
        (number, "眾聞", {field: "a rule"} if number < with_it else {}) for number in range(100)
    ]
    table = field_table(readings, {})
    assert _row(table, field).mark is mark
    lacking = {lack.field for lack in table.missing}
    assert (field in lacking) == (mark is Mark.MISSING)


def test_a_year_without_a_field_is_told_though_all_years_together_have_it() -> None:
    readings = [
        (number, "眾聞", {"date": "label"} if number < 300 else {}) for number in range(330)
    ]
    years = {number: 2019 if number < 300 else 2021 for number in range(330)}
    table = field_table(readings, years)
    assert _row(table, "date").mark is Mark.FOUND
    (lack,) = (lack for lack in table.missing if lack.field == "date")
    assert lack == Lack("date", 2021, _row(table, "date").cells[2])
    assert (lack.cell.missing, lack.cell.articles) == (30, 30)
    few = field_table(readings[:305], years)
    assert "date" not in {lack.field for lack in few.missing}


def test_tags_of_the_address_are_a_stand_in_and_no_find() -> None:
    tags = _row(_table((1, "眾聞", {"tags": "address"})), "tags")
    assert (tags.mark, tags.cells[0].found) == (Mark.MISSING, 0)
    assert [(rule.rule, rule.is_stand_in) for rule in tags.rules] == [("address", True)]


def test_a_box_counts_only_where_one_is_due() -> None:
    box = {"box": "class"}
    table = _table((1, "眾聞", box), (2, "眾說", box), (3, "眾說", {}))
    assert (_row(table, "box").cells[0].found, _row(table, "box").cells[0].articles) == (1, 2)


def test_colours_have_eleven_steps() -> None:
    readings = [(number, "眾聞", {"title": "headline"} if number else {}) for number in range(100)]
    cells = {row.field: row.cells[0].tenth for row in field_table(readings, {}).rows}
    assert (cells["title"], cells["date"], cells["box"]) == (10, 0, 0)
