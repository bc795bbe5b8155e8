"""Which capture of an article is written, and what decides where none can be."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.batches import NEW, NEWEST, OLD, convert_records, counts, path_of
from support.warcs import (
    address,
    article_file,
    article_page,
    farewell_page,
    gzipped,
    http,
    record,
    response,
    saved,
    tree,
    unreadable_page,
    warc_date,
    warc_file,
)

from normalise import Capture, PageKind
from scraper.batch.convert import group_by_article
from scraper.batch.run import convert_all
from scraper.models import CaptureLocation

UNUSABLE = {
    "farewell": response(7, farewell_page(), timestamp=NEWEST),
    "unreadable": response(7, unreadable_page(), timestamp=NEWEST),
    "empty": response(7, b"", timestamp=NEWEST),
    "not found": response(7, timestamp=NEWEST, status="404 Not Found"),
    "redirect": response(7, timestamp=NEWEST, status="302 Found"),
    "revisit": record(http(b""), kind="revisit", uri=address(7), date=warc_date(NEWEST)),
}


@pytest.mark.parametrize("order", [1, -1])
def test_the_newest_capture_wins(tmp_path: Path, out: Path, order: int) -> None:
    pages = [
        response(7, article_page(7, body=f"<p>{timestamp}</p>"), timestamp=timestamp)
        for timestamp in (OLD, NEWEST, NEW)
    ]
    summary = convert_records(tmp_path, pages[::order], out)
    assert tree(out) == {path_of(7): article_file(7, NEWEST, NEWEST)}
    assert counts(summary) == {"written": 1}
    assert summary.warned == []


@pytest.mark.parametrize("newest", UNUSABLE.values(), ids=UNUSABLE)
def test_the_newest_usable_capture_wins_with_a_warning(
    tmp_path: Path, out: Path, newest: bytes
) -> None:
    records = [response(7, timestamp=OLD), response(7, timestamp=NEW), newest]
    summary = convert_records(tmp_path, records, out)
    assert tree(out) == {path_of(7): article_file(7, NEW)}
    assert counts(summary) == {"written": 1}
    assert (summary.kinds, summary.failed) == ({}, [])
    (outcome,) = summary.warned
    (warning,) = outcome.warnings
    assert warning.startswith("passed over: ")
    assert "article 7 " in outcome.where


def test_damage_is_a_failure_though_another_capture_is_written(tmp_path: Path, out: Path) -> None:
    cut = response(7, gzipped(article_page(7))[:-20], timestamp=NEWEST)
    summary = convert_records(tmp_path, [response(7, timestamp=OLD), cut], out)
    assert tree(out) == {path_of(7): article_file(7, OLD)}
    assert counts(summary) == {"written": 1, "failed": 1}
    (failure,) = summary.failed
    assert "record at byte" in failure.message
    assert "cut off" in failure.message


TRUNCATED = {
    "marked": record(
        http(article_page(7)),
        "WARC-Truncated: length",
        uri=address(7),
        date=warc_date(NEWEST),
    ),
    "segment": record(
        http(article_page(7)), "WARC-Segment-Number: 1", uri=address(7), date=warc_date(NEWEST)
    ),
    "short": response(7, article_page(7), "Content-Length: 9999", timestamp=NEWEST),
}


@pytest.mark.parametrize("newest", TRUNCATED.values(), ids=TRUNCATED)
def test_a_page_that_may_not_be_whole_is_tried_last(
    tmp_path: Path, out: Path, newest: bytes
) -> None:
    summary = convert_records(tmp_path, [response(7, timestamp=OLD), newest], out)
    assert tree(out) == {path_of(7): article_file(7, OLD)}
    assert (counts(summary), summary.warned) == ({"written": 1}, [])


@pytest.mark.parametrize("only", TRUNCATED.values(), ids=TRUNCATED)
def test_a_page_that_may_not_be_whole_is_written_with_a_warning(
    tmp_path: Path, out: Path, only: bytes
) -> None:
    farewell = response(7, farewell_page(), timestamp=OLD)
    (outcome,) = convert_records(tmp_path, [only, farewell], out).warned
    assert tree(out) == {path_of(7): article_file(7, NEWEST)}
    assert any("may not be whole" in warning for warning in outcome.warnings)


def test_every_capture_passed_over_is_warned_of(tmp_path: Path, out: Path) -> None:
    records = [response(7, timestamp=OLD), *UNUSABLE.values()]
    (outcome,) = convert_records(tmp_path, records, out).warned
    assert len(outcome.warnings) == len(UNUSABLE)
    assert tree(out) == {path_of(7): article_file(7, OLD)}


@pytest.mark.parametrize("order", [1, -1])
def test_the_newest_usable_capture_wins_over_several_sources(
    tmp_path: Path, out: Path, order: int
) -> None:
    sources = []
    for name, records in (
        ("a.warc.gz", [response(7, timestamp=OLD), response(8, timestamp=NEW)]),
        ("b.warc", [response(7, timestamp=NEW), response(8, timestamp=OLD)]),
        ("c.warc.gz", [response(7, farewell_page(), timestamp=NEWEST), response(9)]),
    ):
        sources.append(warc_file(tmp_path, records, name))
    sources.append(saved(tmp_path / "saved", 10))
    summary = convert_all(sources[::order], out, 1)
    assert tree(out) == {
        path_of(7): article_file(7, NEW),
        path_of(8): article_file(8, NEW),
        path_of(9): article_file(9),
        path_of(10): article_file(10),
    }
    assert counts(summary) == {"written": 4}


def test_captures_under_other_addresses_of_an_article_are_its_captures(
    tmp_path: Path, out: Path
) -> None:
    other = "http://hkcnews.com/article/7"
    newer = record(http(article_page(7)), uri=other, date=warc_date(NEW))
    summary = convert_records(tmp_path, [response(7, timestamp=OLD), newer], out)
    assert counts(summary) == {"written": 1}
    assert f'original_url: "{other}"\n'.encode() in tree(out)[path_of(7)]


def test_grouping_keeps_the_order_of_the_sources_and_puts_the_newest_first() -> None:
    places = [
        CaptureLocation(Capture(timestamp, address(number)), Path("x.warc"), at)
        for at, (timestamp, number) in enumerate([(OLD, 5), (NEW, 3), (NEWEST, 5), (NEW, 5)])
    ]
    assert group_by_article(places) == [(places[2], places[3], places[0]), (places[1],)]


def test_of_captures_that_are_all_no_articles_the_newest_is_counted(
    tmp_path: Path, out: Path
) -> None:
    records = [response(7, b"", timestamp=OLD), response(7, farewell_page(), timestamp=NEW)]
    summary = convert_records(tmp_path, records, out)
    assert counts(summary) == {"not an article": 1}
    assert summary.kinds == {PageKind.FAREWELL: 1}


@pytest.mark.parametrize("order", [1, -1])
def test_an_article_fails_if_any_of_its_captures_might_have_been_one(
    tmp_path: Path, out: Path, order: int
) -> None:
    times = [OLD, NEW][::order]
    records = [
        response(7, farewell_page(), timestamp=times[0]),
        response(7, unreadable_page(), timestamp=times[1]),
    ]
    summary = convert_records(tmp_path, records, out)
    assert counts(summary) == {"failed": 1}
    (failure,) = summary.failed
    assert "info line" in failure.message


def test_warnings_of_a_page_are_kept_with_its_name(tmp_path: Path, out: Path) -> None:
    summary = convert_records(
        tmp_path,
        [response(1, article_page(1, body="<p>霧</p><figure></figure>")), response(2)],
        out,
    )
    (outcome,) = summary.warned
    assert "article 1 " in outcome.where
    assert outcome.warnings
