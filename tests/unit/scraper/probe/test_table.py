"""The table that the package carries: what it asks for, and that it holds no text."""

from __future__ import annotations

import re

from support.article_files import complete_file

from normalise import Capture
from normalise.site import AUTHOR_BOX_LABELS, CATEGORIES
from scraper.probe.fingerprint import NAMES, fingerprint
from scraper.probe.table import ARTICLE, ProbeCapture, format_table, load_table, parse_table

TABLE = load_table()


def test_a_table_is_read_as_it_was_written() -> None:
    address = "https://www.hkcnews.com/article/7/x"
    table = (
        ProbeCapture(
            Capture("20210629183215", address),
            fingerprint=fingerprint(complete_file(), ("date",)),
            shows=("table",),
        ),
        ProbeCapture(Capture("20230629183215", address), "farewell"),
    )
    assert parse_table(format_table(table)) == table
    assert [each.omitted for each in table] == [{"date"}, set()]


def test_the_captures_are_of_all_years_and_kinds() -> None:
    assert 55 <= len(TABLE) <= 70
    assert len({each.article_id for each in TABLE}) == len(TABLE)
    assert {each.capture.timestamp[:4] for each in TABLE} == set(map(str, range(2017, 2024)))
    assert sorted(each.kind for each in TABLE if each.kind != ARTICLE) == ["farewell", "farewell"]
    shown = {word for each in TABLE for word in each.shows}
    expected = [f"category {category}" for category in CATEGORIES]
    expected += [f"author box {label}" for label in AUTHOR_BOX_LABELS]
    expected += [f"promo standard, {year}" for year in range(2018, 2022)]
    expected += ["promo none, 2017", "promo crowdfunding", "promo crowdfunding ended"]
    assert shown.issuperset((*expected, "promo none, 2022", "outage in the reference"))


def test_it_holds_digests_and_no_text() -> None:
    for each in TABLE:
        for name, digest in each.fingerprint.digests.items():
            assert name in NAMES
            assert re.fullmatch("[0-9a-f]{64}|", digest)
        assert all(re.fullmatch("[0-9a-f]{8}", block) for block in each.fingerprint.blocks)
