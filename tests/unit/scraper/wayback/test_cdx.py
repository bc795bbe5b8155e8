"""The index: what it is asked, and what each of its answers is taken for.

One mistake matters more than all others: what is no list must never be taken for an empty one.
"""

from __future__ import annotations

import datetime as dt
import gzip
import json
import zlib
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.pages import table
from support.shared_files import need
from support.warcs import brotlied, deflated, gzipped

from normalise import Capture
from scraper.errors import IndexUnavailable, RateLimited, ScraperError, TryAgain
from scraper.models import CdxRecord
from scraper.wayback import cdx
from scraper.wayback.cdx import ARTICLES_PREFIX, FIELDS, CdxPage, parse_response, query_target

STAMP = "20210629183215"
ADDRESS = "https://www.hkcnews.com/article/7/%E6%B8%A1%E8%BC%AA-7/ferry"
KEY = "eJxLzs_VSa1IzC3ISdXUVzAyMDA3MDI0MDA2tDQ2AwB_XgeS"
DIGEST = "PZJSFDKGZ3ZYYSYPR4CPTJJ4ROWDSFXQ"
HEADER = list(FIELDS)
Line = list[str | None]

quick = settings(max_examples=500)


def line(
    timestamp: str | None = STAMP,
    original: str | None = ADDRESS,
    mimetype: str | None = "text/html",
    statuscode: str | None = "200",
    digest: str | None = DIGEST,
) -> Line:
    return ["com,hkcnews)/article/7/x", timestamp, original, mimetype, statuscode, digest]


ROW = CdxRecord(Capture(STAMP, ADDRESS), "text/html", "200", DIGEST)
OTHER = CdxRecord(
    Capture("20190304050607", "http://hkcnews.com/article/8"), "warc/revisit", "", DIGEST
)
OTHER_LINE = line("20190304050607", "http://hkcnews.com/article/8", "warc/revisit", "-")


def answered(status: int = 200, *headers: tuple[str, str]) -> httpx.Response:
    return httpx.Response(status, headers=list(headers))


def as_sent(*lines: object) -> bytes:
    """The lines as the index has sent them since 2025: one a line, no blanks."""
    rows = ",\n".join(json.dumps(each, separators=(",", ":")) for each in lines)
    return f"[{rows}]\n".encode()


def page(*lines: object) -> CdxPage:
    return parse_response(answered(), as_sent(*lines))


# --- the question ---------------------------------------------------------------------------


def asked(resume_key: str | None = None) -> dict[str, str]:
    url = urlsplit(query_target(ARTICLES_PREFIX, resume_key, 500).decode("ascii"))
    assert (url.scheme, url.netloc, url.path) == ("", "", "/cdx/search/cdx")
    pairs = parse_qsl(url.query, keep_blank_values=True, strict_parsing=True)
    assert len(pairs) == len(dict(pairs))
    return dict(pairs)


FIRST = {
    "url": "hkcnews.com/article/",
    "matchType": "prefix",
    "output": "json",
    "fl": "urlkey,timestamp,original,mimetype,statuscode,digest",
    "limit": "500",
    "showResumeKey": "true",
}


def test_the_index_is_asked_for_all_captures_below_the_articles_and_nothing_else() -> None:
    assert asked() == FIRST


@pytest.mark.parametrize(
    "key",
    [
        KEY,
        "com%2Chkcnews%29%2Farticle%2F1+2001041400593%3A",
        "com,hkcnews)/article/1 20210629183215",
        "a&page=2&collapse=digest#x",
        "a+b/c==",
        "渡輪",
        "",
    ],
)
def test_the_key_to_what_follows_goes_back_as_it_came(key: str) -> None:
    assert asked(key) == {**FIRST, "resumeKey": key}


@quick
@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_key_goes_back_as_it_came(key: str) -> None:
    assert asked(key)["resumeKey"] == key
    assert query_target(ARTICLES_PREFIX, key).isascii()


# --- lists ----------------------------------------------------------------------------------


@table(
    "lines rows key",
    {
        "one row": ([HEADER, line()], [ROW], None),
        "two rows": ([HEADER, line(), OTHER_LINE], [ROW, OTHER], None),
        "repeated": ([HEADER, line(), line(), OTHER_LINE], [ROW, ROW, OTHER], None),
        "more to come": ([HEADER, line(), [], [KEY]], [ROW], KEY),
        "an old key": ([HEADER, line(), [], ["a%29+2001:"]], [ROW], "a%29+2001:"),
        "nothing on a page before others": ([HEADER, [], [KEY]], [], KEY),
        "not even a header there": ([[], [KEY]], [], KEY),
        "nothing": ([], [], None),
        "a header alone": ([HEADER], [], None),
    },
)
def test_lists_are_read(lines: list[object], rows: list[CdxRecord], key: str | None) -> None:
    found = page(*lines)
    assert (list(found.records), found.resume_key) == (rows, key)
    assert not found.passed_over


ALL = [HEADER, line(), OTHER_LINE, [], [KEY]]


@table(
    "body",
    {
        "as it is now": (as_sent(*ALL),),
        "of old": (b"[" + b", \n ".join(json.dumps(each).encode() for each in ALL) + b"]",),
        "on one line": (json.dumps(ALL, separators=(",", ":")).encode(),),
        "with leading blanks": (b"\n\n  " + as_sent(*ALL) + b"\r\n\n",),
        "indented": (json.dumps(ALL, indent=4).encode(),),
        "escaped": (json.dumps(ALL).replace("/", "\\/").encode(),),
    },
)
def test_blanks_round_the_rows_do_not_matter(body: bytes) -> None:
    assert parse_response(answered(), body) == CdxPage((ROW, OTHER), KEY, page().passed_over)


@pytest.mark.parametrize("body", [b"[]\n", b"[]", b" [ ] \n"])
def test_the_answer_for_no_captures_is_that(body: bytes) -> None:
    assert parse_response(answered(), body) == page(HEADER)


def test_what_is_not_said_is_empty() -> None:
    (row,) = page(HEADER, line(mimetype="-", statuscode="-", digest="-")).records
    assert (row.mimetype, row.statuscode, row.digest) == ("", "", "")
    assert page(HEADER, line(mimetype=None, statuscode=None, digest=None)).records == (row,)


@pytest.mark.parametrize("timestamp", ["20210029183215", "20210600183215", "20210000000000"])
def test_months_and_days_of_00_are_as_the_index_has_them(timestamp: str) -> None:
    (row,) = page(HEADER, line(timestamp)).records
    assert row.capture.timestamp == timestamp


def test_raw_chinese_in_an_address_is_encoded_and_what_is_encoded_stays() -> None:
    (row,) = page(HEADER, line(original="https://www.hkcnews.com/article/7/渡 輪/%25E6%ef")).records
    assert row.capture.original == (
        "https://www.hkcnews.com/article/7/%E6%B8%A1%20%E8%BC%AA/%25E6%ef"
    )


@table(
    "other",
    {
        "mail": (line(original="mailto:editor@hkcnews.com"),),
        "data": (line(original="data:image/gif;base64,R0lGOD"),),
        "a scrap": (line(original="some/not/even/url/thing"),),
        "no host": (line(original="https:///article/7"),),
        "a broken host": (line(original="http://[x/article/7"),),
        "nothing": (line(original=""),),
        "null": (line(original=None),),
        "a short timestamp": (line("2021062918321"),),
        "a long timestamp": (line("202106291832150"),),
        "letters": (line("2021062918321x"),),
        "digits of another script": (line("２０２１０６２９１８３２１５"),),
        "no timestamp": (line(""),),
        "null for a timestamp": (line(None),),
        "half a surrogate pair": (line(original="https://www.hkcnews.com/article/7/\ud800"),),
        "all null": ([None] * 6,),
    },
)
def test_rows_that_name_no_capture_are_counted_and_stop_nothing(other: Line) -> None:
    found = page(HEADER, line(), other, OTHER_LINE, other, [], [KEY])
    assert (found.records, found.resume_key) == ((ROW, OTHER), KEY)
    assert found.passed_over == {"rows that name no capture": 2}


@pytest.mark.parametrize(
    "original",
    [
        "https://www.hkcnews.com/article/",
        "https://www.hkcnews.com/article/x/7",
        "https://www.hkcnews.com/article/7x",
        "https://www.hkcnews.com/article/0",
        "https://www.hkcnews.com/article/1000000",
        "https://www.hkcnews.com/article/?id=7",
        "https://example.hk/article/7",
    ],
)
def test_rows_of_other_pages_are_counted(original: str) -> None:
    found = page(HEADER, line(original=original), line())
    assert found.records == (ROW,)
    assert found.passed_over == {"rows of other pages than articles": 1}


@pytest.mark.parametrize(
    "original",
    [
        "http://www.hkcnews.com:80/article/7",
        "HTTPS://WWW.HKCNEWS.COM/article/7",
        "https://hkcnews.com/article/7?page=2",
        f"https://www.hkcnews.com/article/7/{'%EF%BF%BD' * 600}",
        "https://www.hkcnews.com/article/7/images/HKCNEWS-text-white.svg",
    ],
)
def test_every_spelling_of_an_article_s_address_is_kept_as_captured(original: str) -> None:
    (row,) = page(HEADER, line(original=original)).records
    assert (row.capture.original, row.article_id) == (original, 7)


def test_a_page_as_large_as_is_asked_for_is_read() -> None:
    lines = [line(f"2021{number:010}") for number in range(cdx.PAGE_SIZE)]
    found = page(HEADER, *lines, [], [KEY])
    assert [row.capture.timestamp for row in found.records] == [each[1] for each in lines]


# --- packed answers -------------------------------------------------------------------------

BODY = as_sent(*ALL)


@table(
    "body encoding",
    {
        "gzip": (gzipped(BODY), ["gzip"]),
        "gzip in capitals": (gzipped(BODY), [" GZIP "]),
        "gzip not told": (gzipped(BODY), []),
        "gzip twice": (gzipped(gzipped(BODY)), ["gzip"]),
        "gzip of two members": (gzipped(BODY[:60]) + gzipped(BODY[60:]), ["gzip"]),
        "a lie": (BODY, ["gzip"]),
        "two headers": (gzipped(BODY), ["", "gzip"]),
        "deflate": (deflated(BODY), ["deflate"]),
        "brotli": (brotlied(BODY), ["br"]),
        "a lie of brotli": (BODY, ["br"]),
        "gzip that says brotli": (gzipped(BODY), ["br"]),
    },
)
def test_packed_answers_are_unpacked(body: bytes, encoding: list[str]) -> None:
    headers = [("Content-Encoding", value) for value in encoding]
    assert parse_response(answered(200, *headers), body) == parse_response(answered(), BODY)


@pytest.mark.parametrize("headers", [[("content-encoding", "gzip")], []], ids=["told", "not-told"])
def test_gzip_that_breaks_off_is_asked_for_again(headers: list[tuple[str, str]]) -> None:
    for length in range(len(gzipped(BODY))):
        with pytest.raises(TryAgain):
            parse_response(answered(200, *headers), gzipped(BODY)[:length])


def test_gzip_of_an_empty_list_that_breaks_off_is_not_an_empty_list() -> None:
    for length in range(len(gzipped(b"[]\n"))):
        with pytest.raises(TryAgain):
            parse_response(answered(), gzipped(b"[]\n")[:length])


def test_damaged_gzip_is_asked_for_again() -> None:
    body = bytearray(gzipped(BODY))
    body[-6] ^= 1
    with pytest.raises(TryAgain, match="damaged"):
        parse_response(answered(), bytes(body))


@pytest.mark.parametrize("times", [1, 2])
def test_a_bomb_is_refused_before_it_fills_the_memory(
    times: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cdx, "MAX_BYTES", 100_000)
    body = b"[" + b" " * 99_998 + b"]"
    assert parse_response(answered(), gzip.compress(body)).records == ()
    for _ in range(times):
        body = zlib.compress(body + b" ", wbits=31)
    with pytest.raises(IndexUnavailable, match="too large"):
        parse_response(answered(), body)


# --- what is no list ------------------------------------------------------------------------

OUTAGE = b"\n<!DOCTYPE html>\n<title>Internet Archive: Temporarily Offline</title>\n<p>Soon.</p>\n"
BAN = b"Your request is being blocked ... as suspected abusive bot traffic that is degrading ..."


@pytest.mark.parametrize("status", [200, 503, 500, 403, 404])
@pytest.mark.parametrize("is_packed", [False, True], ids=["plain", "gzip"])
def test_the_outage_page_pauses_everybody_whatever_its_status(
    status: int, *, is_packed: bool
) -> None:
    with pytest.raises(RateLimited, match="outage page") as caught:
        parse_response(answered(status), gzipped(OUTAGE) if is_packed else OUTAGE)
    assert caught.value.retry_after is None


def test_the_outage_page_may_say_how_long() -> None:
    with pytest.raises(RateLimited) as caught:
        parse_response(answered(503, ("Retry-After", "300")), OUTAGE)
    assert caught.value.retry_after == 300


def test_words_of_an_outage_in_a_row_are_a_row() -> None:
    original = "https://www.hkcnews.com/article/7/<title>Temporarily%20Offline"
    assert len(page(HEADER, line(original=original)).records) == 1
    original = "https://www.hkcnews.com/article/7/suspected abusive bot traffic"
    assert len(page(HEADER, line(original=original)).records) == 1


@pytest.mark.parametrize("status", [200, 403, 429, 503])
def test_the_page_of_a_ban_pauses_everybody_whatever_its_status(status: int) -> None:
    with pytest.raises(RateLimited, match="too many requests"):
        parse_response(answered(status), b"<html><body>" + BAN + b"</body></html>")


@pytest.mark.parametrize("body", [b"", b"slow down", b"[]", BODY, gzipped(BAN)[:-5]])
def test_429_pauses_everybody_whatever_its_body(body: bytes) -> None:
    with pytest.raises(RateLimited) as caught:
        parse_response(answered(429, ("retry-after", "17")), body)
    assert caught.value.retry_after == 17


def seconds_asked_for(value: str) -> float | None:
    with pytest.raises(RateLimited) as caught:
        parse_response(answered(429, ("Retry-After", value)), b"")
    return caught.value.retry_after


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("1", 1),
        ("60", 60),
        (" 60 ", 60),
        ("007", 7),
        ("86400", 86_400),
        ("86401", 86_400),
        ("999999999", 86_400),
        ("9" * 5000, 86_400),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400),
    ],
)
def test_the_wait_that_is_asked_for_is_at_most_a_day(value: str, seconds: float) -> None:
    assert seconds_asked_for(value) == seconds


@pytest.mark.parametrize("zone", [dt.UTC, dt.timezone(dt.timedelta(hours=8))])
def test_a_wait_may_be_asked_for_by_a_date(zone: dt.timezone) -> None:
    moment = dt.datetime.now(zone) + dt.timedelta(seconds=500)
    seconds = seconds_asked_for(format_datetime(moment))
    assert seconds is not None
    assert 490 < seconds <= 500


def test_a_date_without_a_zone_is_taken_for_utc() -> None:
    moment = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=500)
    seconds = seconds_asked_for(f"{moment:%a, %d %b %Y %H:%M:%S} -0000")
    assert seconds is not None
    assert 490 < seconds <= 500


@pytest.mark.parametrize(
    "value",
    [
        "",
        " ",
        "0",
        "000",
        "-5",
        "+5",
        "1.5",
        "1e3",
        "nan",
        "inf",
        "soon",
        "60, 120",
        "Tue, 29 Jun 2021 18:32:15 GMT",
        "Tue, 99 Jun 2021 18:32:15 GMT",
        "Wed, 01 Jan 99999999999 00:00:00 GMT",
        "Wed, 01 Jan 2021 00:00:00 +999999999999999999",
    ],
)
def test_a_wait_that_is_none_is_as_if_nothing_was_said(value: str) -> None:
    assert seconds_asked_for(value) is None


@quick
@given(
    st.one_of(
        st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=40),
        st.from_regex(
            r"(Mon, )?[0-9]{1,11} (Jan|x) [0-9]{1,12} [0-9]{1,3}:[0-9]{1,9}( [+-]?[0-9]{0,20})?",
            fullmatch=True,
        ),
    )
)
def test_whatever_stands_in_retry_after_is_a_wait_or_nothing(value: str) -> None:
    seconds = seconds_asked_for(value)
    assert seconds is None or 0 < seconds <= 86_400


@pytest.mark.parametrize("status", [408, 413, 500, 502, 503, 504, 520, 524, 599])
@pytest.mark.parametrize("body", [b"", b"<h1>504 Gateway Time-out</h1>", b"[]", BODY])
def test_troubles_of_the_server_are_asked_again(status: int, body: bytes) -> None:
    with pytest.raises(TryAgain, match=str(status)):
        parse_response(answered(status), body)


# In the words of facts/wayback.md 1.9.
AUTHORIZATION = b"This type of CDX query requires authorization."
BLOCKED = "org.archive.wayback.exception.AdministrativeAccessControlException: Blocked Site Error"
ROBOTS = "org.archive.wayback.exception.RobotAccessControlException: Blocked By Robots"
RUNTIME = "x-archive-wayback-runtime-error"


@table(
    "status headers body said",
    {
        "authorization": (403, [], AUTHORIZATION, "refuses this kind of query"),
        "authorization in gzip": (403, [], gzipped(AUTHORIZATION), "refuses this kind of query"),
        "authorization in a header": (403, [(RUNTIME, AUTHORIZATION.decode())], b"", "refuses"),
        "blocked site": (403, [(RUNTIME, BLOCKED)], BLOCKED.encode(), "excluded the site"),
        "blocked site in the body": (403, [], BLOCKED.encode(), "excluded the site"),
        "blocked site in the header": (403, [(RUNTIME, BLOCKED)], b"", "excluded the site"),
        "blocked site with 200": (200, [], BLOCKED.encode(), "excluded the site"),
        "robots": (403, [], ROBOTS.encode(), "excluded the site"),
        "a bad query": (400, [(RUNTIME, "url must be specified")], b"bad", "answers 400 'bad'"),
        "no user agent": (445, [], b"", "answers 445"),
        "not found": (404, [], b"<h1>Not  Found</h1>", "answers 404 '<h1>Not Found</h1>'"),
        "another 403": (403, [], b"Forbidden", "answers 403"),
        "somewhere else": (302, [("location", "https://x.hk/")], b"", "answers 302"),
        "no content": (204, [], b"", "answers 204"),
        "an empty list that is none": (400, [], b"[]", "answers 400"),
        "a list that is none": (404, [], BODY, "answers 404"),
    },
)
def test_what_does_not_pass_ends_the_run(
    status: int, headers: list[tuple[str, str]], body: bytes, said: str
) -> None:
    with pytest.raises(IndexUnavailable) as caught:
        parse_response(answered(status, *headers), body)
    assert said in str(caught.value)
    assert len(str(caught.value)) < 500


def test_a_long_answer_is_told_in_few_words() -> None:
    with pytest.raises(IndexUnavailable) as caught:
        parse_response(answered(400), "錯".encode() * 100_000)
    assert len(str(caught.value)) < 500


@table(
    "body",
    {
        "nothing": (b"",),
        "blanks": (b" \n",),
        "HTML": (b"<html><body>Hello</body></html>",),
        "text of the index": (f"com,hkcnews)/article/7 {STAMP} {ADDRESS} text/html\n".encode(),),
        "an object": (b'{"rows": []}',),
        "an empty object": (b"{}",),
        "null": (b"null",),
        "false": (b"false",),
        "zero": (b"0",),
        "an empty string": (b'""',),
        "a string": (b'"[]"',),
        "a list of objects": (b'[{"timestamp": "20210629183215"}]',),
        "a list of strings": (as_sent("urlkey", "timestamp"),),
        "a list of nulls": (b"[null]",),
        "rows with numbers": (as_sent(HEADER, [*line()[:4], 200, DIGEST]),),
        "rows in rows": (as_sent([HEADER, line()]),),
        "an empty list in a list": (b"[[]]",),
        "no end": (b"[" * 200_000,),
        "no end of lists": (b"[" * 100_000 + b"]" * 100_000,),
        "two lists": (b"[]\n[]\n",),
        "rubbish behind": (b"[] and more",),
        "no UTF-8": (b'[["\xff\xfe"]]',),
        "a huge number": (b"[" + b"9" * 5000 + b"]",),
        "an error behind a list": (b"[]\njava.lang.NullPointerException",),
    },
)
def test_what_is_not_the_json_asked_for_is_asked_for_again(body: bytes) -> None:
    with pytest.raises(TryAgain):
        parse_response(answered(), body)


@table(
    "lines",
    {
        "other names": ([["timestamp", "original"], [STAMP, ADDRESS]],),
        "other names and no row": ([["urlkey", "timestamp", "original"]],),
        "another order": ([HEADER[::-1], line()],),
        "one more": ([[*HEADER, "length"], [*line(), "9"]],),
        "names in capitals": ([[name.upper() for name in HEADER], line()],),
        "no header": ([line(), OTHER_LINE],),
        "no header but a key": ([line(), [], [KEY]],),
        "an error alone": ([["org.archive.wayback.exception.RobotAccessControlException"]],),
        "a row too short": ([HEADER, line(), line()[:5]],),
        "a row too long": ([HEADER, [*line(), "9"], line()],),
        "a row of one": ([HEADER, line(), ["RobotAccessControlException: Blocked"]],),
        "an empty row": ([HEADER, line(), [], OTHER_LINE],),
        "an empty row at the end": ([HEADER, line(), []],),
        "a key without its gap": ([HEADER, line(), [KEY]],),
        "a key of two": ([HEADER, line(), [], [KEY, KEY]],),
        "rows behind a key": ([HEADER, line(), [], [KEY], OTHER_LINE],),
        "two gaps": ([HEADER, line(), [], [], [KEY]],),
        "an empty key": ([HEADER, line(), [], [""]],),
        "a key of null": ([HEADER, line(), [], [None]],),
        "a key of null and nothing else": ([[], [None]],),
    },
)
def test_a_list_of_another_form_is_asked_for_again(lines: list[object]) -> None:
    with pytest.raises(TryAgain):
        page(*lines)


# --- properties -----------------------------------------------------------------------------

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
well_formed = st.builds(
    CdxRecord,
    st.builds(
        Capture,
        st.from_regex(r"[0-9]{14}", fullmatch=True),
        st.builds(
            "{}/article/{}{}".format,
            st.sampled_from(
                ["https://www.hkcnews.com", "http://hkcnews.com", "HTTP://hkcnews.com:80"]
            ),
            st.integers(1, 999_999),
            st.from_regex(r"(/[!-~]{0,30})?", fullmatch=True),
        ),
    ),
    texts.map(lambda text: text.replace("-", "")),
    st.sampled_from(["200", "301", "404", ""]),
    st.sampled_from([DIGEST, "3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ", ""]),
)
lists = st.lists(well_formed, max_size=6)
keys = st.none() | texts.filter(bool)


def sent(rows: list[CdxRecord], key: str | None, *, is_ascii: bool = False) -> bytes:
    """Rows as the index would send them, by code of its own."""
    lines: list[Line] = [
        [
            "com,hkcnews)/",
            row.capture.timestamp,
            row.capture.original,
            row.mimetype or "-",
            row.statuscode or "-",
            row.digest or "-",
        ]
        for row in rows
    ]
    end: list[Line] = [] if key is None else [[], [key]]
    return json.dumps([HEADER, *lines, *end], ensure_ascii=is_ascii).encode() + b"\n"


@quick
@given(rows=lists, key=keys, is_packed=st.booleans(), is_ascii=st.booleans())
def test_any_rows_come_back(
    rows: list[CdxRecord], key: str | None, *, is_packed: bool, is_ascii: bool
) -> None:
    body = sent(rows, key, is_ascii=is_ascii)
    found = parse_response(answered(), gzipped(body) if is_packed else body)
    assert (list(found.records), found.resume_key, found.passed_over) == (rows, key, {})


@quick
@given(lists, keys, st.floats(0, 1, exclude_max=True))
def test_a_list_cut_anywhere_is_no_list(
    rows: list[CdxRecord], key: str | None, where: float
) -> None:
    body = sent(rows, key).rstrip()
    with pytest.raises(TryAgain):
        parse_response(answered(), body[: int(len(body) * where)])


@pytest.mark.parametrize("body", [BODY.rstrip(), as_sent(HEADER, line()).rstrip(), b"[]"])
def test_a_list_cut_at_any_byte_is_no_list(body: bytes) -> None:
    for length in range(len(body)):
        with pytest.raises(TryAgain):
            parse_response(answered(), body[:length])


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts | st.sampled_from(HEADER),
    lambda some: st.lists(some, max_size=6) | st.dictionaries(texts, some, max_size=3),
)


@quick
@given(
    st.one_of(
        st.binary(max_size=60),
        json_values.map(lambda value: json.dumps(value).encode()),
        st.lists(
            st.just(HEADER) | st.just(line()) | st.lists(st.none() | texts, max_size=7), max_size=4
        ).map(lambda lines: as_sent(*lines)),
    ),
    st.sampled_from([200, 200, 204, 301, 400, 403, 404, 429, 500, 503]),
    st.sampled_from(["", "gzip", "br", "deflate", ", gzip", "zstd"]),
)
def test_whatever_comes_is_a_list_or_an_error_that_says_what_to_do(
    body: bytes, status: int, encoding: str
) -> None:
    try:
        found = parse_response(answered(status, ("content-encoding", encoding)), body)
    except (RateLimited, TryAgain, IndexUnavailable):
        return
    assert status == 200
    lines = [each for each in json.loads(body) if each]
    rows = lines[1:] if found.resume_key is None else lines[1:-1]
    assert len(found.records) + found.passed_over.total() == len(rows)
    assert not lines or lines[0] == HEADER or lines == [[found.resume_key]]


# --- the material ---------------------------------------------------------------------------


def test_recorded_lists_of_other_fields_are_not_taken_for_ours() -> None:
    path = need("recordings", "cdx_toolkit", "test_capture_object.jsonl")
    recorded = json.loads(path.read_text(encoding="utf-8").splitlines()[0])
    body = recorded["response_text"].encode()
    with pytest.raises(TryAgain, match="other fields"):
        parse_response(answered(), body)
    cut = json.loads(body)
    found = page(*(each[:6] for each in cut))
    assert len(found.records) + found.passed_over.total() == len(cut) - 1 > 0


ERRORS = Path("edgi-wayback", "decoded", "test_search_raises_for_blocked_urls")


def test_the_recorded_answer_for_an_excluded_site_is_one() -> None:
    folder = need("recordings", *ERRORS.parts)
    meta = json.loads((folder / "00.meta.json").read_bytes())["response"]
    headers = [(name, value) for name, values in meta["headers"].items() for value in values]
    response = answered(meta["status"]["code"], *headers)
    with pytest.raises(IndexUnavailable, match="excluded the site"):
        parse_response(response, (folder / meta_body(folder)).read_bytes())


def meta_body(folder: Path) -> str:
    name = json.loads((folder / "00.meta.json").read_bytes())["body_file"]
    assert isinstance(name, str)
    return name


@pytest.mark.parametrize(
    ("file", "status", "error"),
    [
        ("cdx-403-authorization.txt", 403, IndexUnavailable),
        ("429-bot-2026.txt", 200, RateLimited),
        ("503-temporarily-offline.txt", 200, RateLimited),
        ("504-gateway-timeout.html", 504, TryAgain),
        ("504-gateway-timeout.html", 200, TryAgain),
    ],
)
def test_transcribed_errors_are_told(file: str, status: int, error: type[ScraperError]) -> None:
    with pytest.raises(error):
        parse_response(answered(status), need("recordings", "transcribed", file).read_bytes())


def test_recorded_odd_rows_stop_nothing() -> None:
    folder = need("recordings", "edgi-wayback", "test_files")
    lines = [
        each.split(" ")[:6]
        for name in ("bad_timestamp_cdx.txt", "malformed_cdx.txt", "zero_length_cdx.txt")
        for each in (folder / name).read_text(encoding="utf-8").splitlines()
        if each.strip()
    ]
    assert len(lines) >= 3
    found = page(HEADER, *lines, line())
    assert found.records == (ROW,)
    assert found.passed_over.total() == len(lines)
