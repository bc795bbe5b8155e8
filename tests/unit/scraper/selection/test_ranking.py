"""The choice of captures before any fetch: what can't be an article, and what to try first."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.pages import table

from normalise import Capture, PageKind
from scraper.models import CdxRecord
from scraper.selection.ranking import Prefer, Ranking, rank

SITE = "https://www.hkcnews.com"
CLEAN = f"{SITE}/article/7/%E6%B8%A1%E8%BC%AA-7/ferry"
SHORT = "http://hkcnews.com/article/7"
MANGLED = f"{SITE}/article/7/%EF%BF%BD%EF%BF%BD%EF%BF%BD-7/ferry"
QUERY = f"{CLEAN}?fbclid=IwAR0"
SHARED = frozenset({"SHARED"})


def record(
    timestamp: str = "20210629",
    original: str = CLEAN,
    mimetype: str = "text/html",
    statuscode: str = "200",
    digest: str = "OWN",
) -> CdxRecord:
    return CdxRecord(Capture(timestamp.ljust(14, "0"), original), mimetype, statuscode, digest)


def tried(ranking: Ranking) -> list[CdxRecord]:
    return [ranked.record for ranked in ranking.candidates]


# --- what can't be an article ---------------------------------------------------------------


@table(
    "mimetype statuscode",
    {
        "a page": ("text/html", "200"),
        "in capitals": ("Text/HTML", "200"),
        "XHTML": ("application/xhtml+xml", "200"),
        "a revisit": ("warc/revisit", "-"),
        "a revisit as the records are read": ("warc/revisit", ""),
        "of unknown type": ("unk", "200"),
        "of no type": ("-", "200"),
        "of no status": ("text/html", "-"),
        "of a list": ("", ""),
        "of another good status": ("text/html", "203"),
    },
)
def test_what_may_be_an_article_is_tried(mimetype: str, statuscode: str) -> None:
    only = record(mimetype=mimetype, statuscode=statuscode)
    ranking = rank([only])
    assert tried(ranking) == [only]
    assert ranking.rejected == ()


PICTURE = f"{SITE}/article/7/images/HKCNEWS-text-white.svg"


@table(
    "original mimetype statuscode reason",
    {
        "moved for good": (CLEAN, "text/html", "301", PageKind.REDIRECT),
        "moved": (CLEAN, "text/html", "302", PageKind.REDIRECT),
        "moved, of unknown type": (CLEAN, "unk", "301", PageKind.REDIRECT),
        "moved, 308": (CLEAN, "text/html", "308", PageKind.REDIRECT),
        "forbidden": (CLEAN, "text/html", "403", PageKind.ERROR_PAGE),
        "not found": (CLEAN, "text/html", "404", PageKind.ERROR_PAGE),
        "too many requests": (CLEAN, "text/html", "429", PageKind.ERROR_PAGE),
        "an error": (CLEAN, "text/html", "500", PageKind.ERROR_PAGE),
        "an error of the proxy": (CLEAN, "text/html", "522", PageKind.ERROR_PAGE),
        "an error that is no page": (CLEAN, "text/plain", "503", PageKind.ERROR_PAGE),
        "a picture": (CLEAN, "image/png", "200", PageKind.IMAGE),
        "a picture in capitals": (CLEAN, "IMAGE/SVG+XML", "200", PageKind.IMAGE),
        "a document": (CLEAN, "application/pdf", "200", PageKind.NOT_HTML),
        "data": (CLEAN, "application/json", "200", PageKind.NOT_HTML),
        "text": (CLEAN, "text/plain", "200", PageKind.NOT_HTML),
        "the address of a picture": (PICTURE, "text/html", "200", PageKind.IMAGE),
        "a revisit of a picture": (PICTURE, "warc/revisit", "-", PageKind.IMAGE),
        "a picture that was not found": (PICTURE, "text/html", "404", PageKind.IMAGE),
        "another page": (f"{SITE}/news/7", "text/html", "200", PageKind.LISTING),
        "the front page": (f"{SITE}/", "text/html", "200", PageKind.FRONT_PAGE),
        "another site": ("https://example.hk/article/7", "text/html", "200", PageKind.LISTING),
    },
)
def test_what_is_no_article_is_dropped_with_its_reason(
    original: str, mimetype: str, statuscode: str, reason: PageKind
) -> None:
    dropped = record(original=original, mimetype=mimetype, statuscode=statuscode)
    kept = record("2018")
    ranking = rank([dropped, kept])
    assert tried(ranking) == [kept]
    assert [(each.record, each.kind) for each in ranking.rejected] == [(dropped, reason)]


def test_nothing_ranks_to_nothing() -> None:
    assert rank([]) == Ranking((), ())


def test_what_is_dropped_is_listed_newest_first() -> None:
    records = [record(year, statuscode="404") for year in ("2018", "2022", "2020")]
    dropped = rank(records).rejected
    assert [each.record.capture.timestamp[:4] for each in dropped] == ["2022", "2020", "2018"]


@pytest.mark.parametrize(
    ("original", "article_id"),
    [
        (CLEAN, 7),
        (SHORT, 7),
        (f"{SITE}/article/007/x", 7),
        (f"{SITE}/article/999999", 999_999),
        (f"{SITE}/article/1000000", None),
        (f"{SITE}/article/0/x", None),
        (f"{SITE}/article/7x", None),
        (f"{SITE}/news/7", None),
        ("https://example.hk/article/7", None),
    ],
)
def test_a_record_knows_its_article(original: str, article_id: int | None) -> None:
    assert record(original=original).article_id == article_id


# --- the order ------------------------------------------------------------------------------

# Each from the first to try to the last.
ORDERS = {
    "newest first": ([record("20211231"), record("20211230"), record("2017")],),
    "to the second": ([record("20211231000001"), record("20211231000000")],),
    "months and days of 00 as they sort": (
        [record("20210131"), record("20210100"), record("20210000")],
    ),
    "a farewell of 2023 last": ([record("20170101"), record("20230101")],),
    "the last second of 2022 is not suspect": (
        [record("20221231235959"), record("20230101000000")],
    ),
    "bytes of several articles last": ([record("2017"), record("2022", digest="SHARED")],),
    "both suspicions are one": ([record("2024"), record("2023"), record("2022", digest="SHARED")],),
    "mangled behind clean": ([record("2017"), record("2022", MANGLED)],),
    "mangled in small letters": ([record("2017"), record("2022", MANGLED.lower())],),
    "mangled in mixed letters": ([record("2017"), record("2022", f"{CLEAN}%Ef%bF%Bd")],),
    "query behind clean": ([record("2017"), record("2022", QUERY)],),
    "an empty query is one": ([record("2017"), record("2022", f"{CLEAN}?")],),
    "mangled and query alike": (
        [record("2022", QUERY), record("2021", MANGLED), record("2020", QUERY)],
    ),
    "both at once is no worse": ([record("2022", f"{MANGLED}?page=2"), record("2021", MANGLED)],),
    "other escapes are clean": ([record("2022", f"{CLEAN}%3Fa%EF%BF%BE"), record("2021")],),
    "suspect behind mangled": (
        [record("2016"), record("2017", MANGLED), record("2018", digest="SHARED")],
    ),
    "mangled among suspects": (
        [record("2017", QUERY), record("2023"), record("2024", MANGLED), record("2023", MANGLED)],
    ),
    "revisits like any other": (
        [
            record("2022"),
            record("2021", mimetype="warc/revisit", statuscode="-"),
            record("2020"),
            record("2023", mimetype="warc/revisit", statuscode=""),
        ],
    ),
    "addresses do not matter otherwise": (
        [record("2022", SHORT), record("2021"), record("2020", SHORT)],
    ),
    "same time by address": ([record("2021", SHORT), record("2021", CLEAN)],),
}


@table("order", ORDERS)
def test_captures_are_tried_in_this_order(order: Sequence[CdxRecord]) -> None:
    for records in permutations(order):
        assert tried(rank(records, SHARED)) == list(order)


@table(
    "order",
    {
        "oldest first": ([record("2017"), record("2020"), record("2021")],),
        "suspects last all the same": (
            [record("2022"), record("2018", digest="SHARED"), record("2023")],
        ),
        "mangled behind clean all the same": ([record("2022"), record("2017", MANGLED)],),
        "oldest of each": (
            [
                record("2021"),
                record("2022"),
                record("2017", QUERY),
                record("2018", MANGLED),
                record("2023"),
            ],
        ),
        "same time by address": ([record("2021", SHORT), record("2021", CLEAN)],),
    },
)
def test_the_oldest_can_be_preferred(order: Sequence[CdxRecord]) -> None:
    for records in permutations(order):
        assert tried(rank(records, SHARED, Prefer.OLDEST)) == list(order)


def test_all_addresses_of_an_article_are_ranked_together() -> None:
    records = [
        record("2018", SHORT),
        record("2019", MANGLED),
        record("2020", CLEAN.replace("https", "http")),
        record("2021", QUERY),
        record("2022", CLEAN),
        record("2022", f"{SITE}/article/7/other-tags-7/renamed"),
    ]
    assert {each.article_id for each in records} == {7}
    assert [ranked.capture for ranked in rank(records).candidates] == [
        records[place].capture for place in (4, 5, 2, 0, 3, 1)
    ]


# --- one capture in several records ------------------------------------------------------------


def test_a_capture_listed_twice_is_tried_once() -> None:
    records = [record("2021"), record("2020"), record("2021"), record("2021")]
    assert tried(rank(records)) == [record("2021"), record("2020")]


@table(
    "other",
    {
        "a redirect": (record(statuscode="301"),),
        "an error": (record(statuscode="404"),),
        "a document": (record(mimetype="application/pdf"),),
        "a picture": (record(mimetype="image/png"),),
    },
)
def test_one_good_record_of_a_capture_is_enough(other: CdxRecord) -> None:
    for records in permutations([other, record()]):
        assert rank(records) == rank([record()])


def test_a_capture_dropped_in_two_ways_is_dropped_once() -> None:
    records = [record(statuscode="404"), record(statuscode="301")]
    found = {rank(some) for some in permutations(records)}
    assert len(found) == 1
    (ranking,) = found
    assert ranking.candidates == ()
    assert len(ranking.rejected) == 1


def test_a_capture_with_two_good_records_has_the_same_place_and_reason_however_they_come() -> None:
    records = [
        record("2021"),
        record("2021", mimetype="warc/revisit", statuscode="-", digest="SHARED"),
        record("2021", mimetype="unk", digest="OTHER"),
        record("2020"),
    ]
    assert len({rank(some, SHARED) for some in permutations(records)}) == 1


# --- reasons --------------------------------------------------------------------------------


@table(
    "only words",
    {
        "nothing odd": (record(), ["newest first"]),
        "farewell": (record("2023"), ["2023", "farewell", "newest first"]),
        "shared": (record(digest="SHARED"), ["other articles have the same bytes"]),
        "both": (record("2023", digest="SHARED"), ["farewell", "same bytes"]),
        "mangled": (record(original=MANGLED.lower()), ["mangled", "newest first"]),
        "query": (record(original=QUERY), ["query", "newest first"]),
        "mangled with a query": (record(original=f"{MANGLED}?a"), ["mangled", "query"]),
        "revisit": (record(mimetype="warc/revisit", statuscode="-"), ["earlier capture"]),
    },
)
def test_each_place_has_its_reason(only: CdxRecord, words: list[str]) -> None:
    (ranked,) = rank([only], SHARED).candidates
    assert [word for word in words if word not in ranked.reason] == []
    odd = {"2023", "same bytes as", "other articles", "mangled", "query", "suspect", "farewell"}
    named = {word for word in odd if word in ranked.reason}
    assert bool(named) is (words != ["newest first"])


def test_the_reason_says_which_was_preferred() -> None:
    (ranked,) = rank([record()], prefer=Prefer.OLDEST).candidates
    assert ranked.reason == "oldest first"


# --- properties -----------------------------------------------------------------------------

records_of_one = st.builds(
    record,
    st.sampled_from(["2017", "20220101", "20221231235959", "2023", "20230101000001"]),
    st.sampled_from([CLEAN, SHORT, MANGLED, MANGLED.lower(), QUERY, f"{MANGLED}?a", PICTURE]),
    st.sampled_from(["text/html", "warc/revisit", "unk", "", "image/png", "application/pdf"]),
    st.sampled_from(["200", "-", "", "301", "404", "503"]),
    st.sampled_from(["OWN", "SHARED", "OTHER", ""]),
)


def is_out(each: CdxRecord) -> bool:
    return (
        each.capture.original == PICTURE
        or each.mimetype in {"image/png", "application/pdf"}
        or each.statuscode in {"301", "404", "503"}
    )


def goes_before(one: CdxRecord, other: CdxRecord, prefer: Prefer) -> bool | None:
    """The rules as one decision after the other; `None` where they leave it open."""
    suspect_one = one.capture.timestamp[:4] == "2023" or one.digest == "SHARED"
    suspect_other = other.capture.timestamp[:4] == "2023" or other.digest == "SHARED"
    if suspect_one is not suspect_other:
        return suspect_other
    clean_one = one.capture.original in {CLEAN, SHORT}
    clean_other = other.capture.original in {CLEAN, SHORT}
    if clean_one is not clean_other:
        return clean_one
    if one.capture.timestamp == other.capture.timestamp:
        return None
    is_newer = int(one.capture.timestamp) > int(other.capture.timestamp)
    return is_newer if prefer is Prefer.NEWEST else not is_newer


@given(st.lists(records_of_one, max_size=9), st.sampled_from(Prefer))
def test_no_pair_is_in_the_wrong_order(records: list[CdxRecord], prefer: Prefer) -> None:
    ranking = rank(records, SHARED, prefer)
    order = tried(ranking)
    good = {each.capture for each in records if not is_out(each)}
    assert sorted(each.capture.url for each in order) == sorted(each.url for each in good)
    for place, one in enumerate(order):
        assert one in records
        for other in order[place + 1 :]:
            assert goes_before(one, other, prefer) is not False
    dropped = [each.record.capture for each in ranking.rejected]
    assert len(dropped) == len(set(dropped))
    assert set(dropped) == {each.capture for each in records} - good


@given(
    st.lists(records_of_one, max_size=9).flatmap(
        lambda r: st.tuples(st.just(r), st.permutations(r))
    ),
    st.sampled_from(Prefer),
)
def test_the_order_of_the_records_does_not_matter(
    both: tuple[list[CdxRecord], list[CdxRecord]], prefer: Prefer
) -> None:
    records, permuted = both
    assert rank(permuted, SHARED, prefer) == rank(records, SHARED, prefer)
    assert rank([*records, *permuted], SHARED, prefer) == rank(records, SHARED, prefer)
