"""The choice of captures before any fetch: what can't be an article, and what to try first."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

import pytest
from hypothesis import given, settings
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

quick = settings(max_examples=500)


def row(
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
        "a revisit as the rows are read": ("warc/revisit", ""),
        "of unknown type": ("unk", "200"),
        "of no type": ("-", "200"),
        "of no status": ("text/html", "-"),
        "of a list": ("", ""),
        "of another good status": ("text/html", "203"),
    },
)
def test_what_may_be_an_article_is_tried(mimetype: str, statuscode: str) -> None:
    only = row(mimetype=mimetype, statuscode=statuscode)
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
    dropped = row(original=original, mimetype=mimetype, statuscode=statuscode)
    kept = row("2018")
    ranking = rank([dropped, kept])
    assert tried(ranking) == [kept]
    assert [(each.record, each.kind) for each in ranking.rejected] == [(dropped, reason)]


def test_nothing_ranks_to_nothing() -> None:
    assert rank([]) == Ranking((), ())


def test_what_is_dropped_is_listed_newest_first() -> None:
    rows = [row(year, statuscode="404") for year in ("2018", "2022", "2020")]
    dropped = rank(rows).rejected
    assert [each.record.capture.timestamp[:4] for each in dropped] == ["2022", "2020", "2018"]


@pytest.mark.parametrize(
    ("original", "article"),
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
def test_a_row_knows_its_article(original: str, article: int | None) -> None:
    assert row(original=original).article_id == article


# --- the order ------------------------------------------------------------------------------

# Each from the first to try to the last.
ORDERS = {
    "newest first": ([row("20211231"), row("20211230"), row("2017")],),
    "to the second": ([row("20211231000001"), row("20211231000000")],),
    "months and days of 00 as they sort": ([row("20210131"), row("20210100"), row("20210000")],),
    "a farewell of 2023 last": ([row("20170101"), row("20230101")],),
    "the last second of 2022 is not suspect": ([row("20221231235959"), row("20230101000000")],),
    "bytes of several articles last": ([row("2017"), row("2022", digest="SHARED")],),
    "both suspicions are one": ([row("2024"), row("2023"), row("2022", digest="SHARED")],),
    "mangled behind clean": ([row("2017"), row("2022", MANGLED)],),
    "mangled in small letters": ([row("2017"), row("2022", MANGLED.lower())],),
    "mangled in mixed letters": ([row("2017"), row("2022", f"{CLEAN}%Ef%bF%Bd")],),
    "query behind clean": ([row("2017"), row("2022", QUERY)],),
    "an empty query is one": ([row("2017"), row("2022", f"{CLEAN}?")],),
    "mangled and query alike": ([row("2022", QUERY), row("2021", MANGLED), row("2020", QUERY)],),
    "both at once is no worse": ([row("2022", f"{MANGLED}?page=2"), row("2021", MANGLED)],),
    "other escapes are clean": ([row("2022", f"{CLEAN}%3Fa%EF%BF%BE"), row("2021")],),
    "suspect behind mangled": ([row("2016"), row("2017", MANGLED), row("2018", digest="SHARED")],),
    "mangled among suspects": (
        [row("2017", QUERY), row("2023"), row("2024", MANGLED), row("2023", MANGLED)],
    ),
    "revisits like any other": (
        [
            row("2022"),
            row("2021", mimetype="warc/revisit", statuscode="-"),
            row("2020"),
            row("2023", mimetype="warc/revisit", statuscode=""),
        ],
    ),
    "addresses do not matter otherwise": ([row("2022", SHORT), row("2021"), row("2020", SHORT)],),
    "same time by address": ([row("2021", SHORT), row("2021", CLEAN)],),
}


@table("order", ORDERS)
def test_captures_are_tried_in_this_order(order: Sequence[CdxRecord]) -> None:
    for rows in permutations(order):
        assert tried(rank(rows, SHARED)) == list(order)


@table(
    "order",
    {
        "oldest first": ([row("2017"), row("2020"), row("2021")],),
        "suspects last all the same": ([row("2022"), row("2018", digest="SHARED"), row("2023")],),
        "mangled behind clean all the same": ([row("2022"), row("2017", MANGLED)],),
        "oldest of each": (
            [row("2021"), row("2022"), row("2017", QUERY), row("2018", MANGLED), row("2023")],
        ),
        "same time by address": ([row("2021", SHORT), row("2021", CLEAN)],),
    },
)
def test_the_oldest_can_be_preferred(order: Sequence[CdxRecord]) -> None:
    for rows in permutations(order):
        assert tried(rank(rows, SHARED, Prefer.OLDEST)) == list(order)


def test_all_addresses_of_an_article_are_ranked_together() -> None:
    rows = [
        row("2018", SHORT),
        row("2019", MANGLED),
        row("2020", CLEAN.replace("https", "http")),
        row("2021", QUERY),
        row("2022", CLEAN),
        row("2022", f"{SITE}/article/7/other-tags-7/renamed"),
    ]
    assert {each.article_id for each in rows} == {7}
    assert [ranked.capture for ranked in rank(rows).candidates] == [
        rows[place].capture for place in (4, 5, 2, 0, 3, 1)
    ]


# --- one capture in several rows ------------------------------------------------------------


def test_a_capture_listed_twice_is_tried_once() -> None:
    rows = [row("2021"), row("2020"), row("2021"), row("2021")]
    assert tried(rank(rows)) == [row("2021"), row("2020")]


@table(
    "other",
    {
        "a redirect": (row(statuscode="301"),),
        "an error": (row(statuscode="404"),),
        "a document": (row(mimetype="application/pdf"),),
        "a picture": (row(mimetype="image/png"),),
    },
)
def test_one_good_row_of_a_capture_is_enough(other: CdxRecord) -> None:
    for rows in permutations([other, row()]):
        assert rank(rows) == rank([row()])


def test_a_capture_dropped_in_two_ways_is_dropped_once() -> None:
    rows = [row(statuscode="404"), row(statuscode="301")]
    found = {rank(some) for some in permutations(rows)}
    assert len(found) == 1
    (ranking,) = found
    assert ranking.candidates == ()
    assert len(ranking.rejected) == 1


def test_a_capture_with_two_good_rows_has_the_same_place_and_reason_however_they_come() -> None:
    rows = [
        row("2021"),
        row("2021", mimetype="warc/revisit", statuscode="-", digest="SHARED"),
        row("2021", mimetype="unk", digest="OTHER"),
        row("2020"),
    ]
    assert len({rank(some, SHARED) for some in permutations(rows)}) == 1


# --- reasons --------------------------------------------------------------------------------


@table(
    "only words",
    {
        "nothing odd": (row(), ["newest first"]),
        "farewell": (row("2023"), ["2023", "farewell", "newest first"]),
        "shared": (row(digest="SHARED"), ["other articles have the same bytes"]),
        "both": (row("2023", digest="SHARED"), ["farewell", "same bytes"]),
        "mangled": (row(original=MANGLED.lower()), ["mangled", "newest first"]),
        "query": (row(original=QUERY), ["query", "newest first"]),
        "mangled with a query": (row(original=f"{MANGLED}?a"), ["mangled", "query"]),
        "revisit": (row(mimetype="warc/revisit", statuscode="-"), ["earlier capture"]),
    },
)
def test_each_place_has_its_reason(only: CdxRecord, words: list[str]) -> None:
    (ranked,) = rank([only], SHARED).candidates
    assert [word for word in words if word not in ranked.reason] == []
    odd = {"2023", "same bytes as", "other articles", "mangled", "query", "suspect", "farewell"}
    said = {word for word in odd if word in ranked.reason}
    assert bool(said) is (words != ["newest first"])


def test_the_reason_says_which_was_preferred() -> None:
    (ranked,) = rank([row()], prefer=Prefer.OLDEST).candidates
    assert ranked.reason == "oldest first"


# --- properties -----------------------------------------------------------------------------

rows_of_one = st.builds(
    row,
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
    """The words of the issue, as one decision after the other; `None` where they say nothing."""
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


@quick
@given(st.lists(rows_of_one, max_size=9), st.sampled_from(Prefer))
def test_no_pair_is_in_the_wrong_order(rows: list[CdxRecord], prefer: Prefer) -> None:
    ranking = rank(rows, SHARED, prefer)
    order = tried(ranking)
    good = {each.capture for each in rows if not is_out(each)}
    assert sorted(each.capture.url for each in order) == sorted(each.url for each in good)
    for place, one in enumerate(order):
        assert one in rows
        for other in order[place + 1 :]:
            assert goes_before(one, other, prefer) is not False
    dropped = [each.record.capture for each in ranking.rejected]
    assert len(dropped) == len(set(dropped))
    assert set(dropped) == {each.capture for each in rows} - good


@quick
@given(
    st.lists(rows_of_one, max_size=9).flatmap(lambda r: st.tuples(st.just(r), st.permutations(r))),
    st.sampled_from(Prefer),
)
def test_the_order_of_the_rows_does_not_matter(
    both: tuple[list[CdxRecord], list[CdxRecord]], prefer: Prefer
) -> None:
    rows, permuted = both
    assert rank(permuted, SHARED, prefer) == rank(rows, SHARED, prefer)
    assert rank([*rows, *permuted], SHARED, prefer) == rank(rows, SHARED, prefer)
