"""The index: what it is asked, and what each of its answers is taken for.

One mistake matters more than all others: what is no list must never be taken for an empty one.
"""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.pages import table
from support.shared_files import need
from support.warcs import brotlied, gzipped

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
Row = list[str | None]


def row(
    timestamp: str | None = STAMP,
    original: str | None = ADDRESS,
    mimetype: str | None = "text/html",
    statuscode: str | None = "200",
    digest: str | None = DIGEST,
) -> Row:
    return ["com,hkcnews)/article/7/x", timestamp, original, mimetype, statuscode, digest]


RECORD = CdxRecord(Capture(STAMP, ADDRESS), "text/html", "200", DIGEST)
OTHER_RECORD = CdxRecord(
    Capture("20190304050607", "http://hkcnews.com/article/8"), "warc/revisit", "", DIGEST
)
OTHER_ROW = row("20190304050607", "http://hkcnews.com/article/8", "warc/revisit", "-")


def make_response(status: int = 200, *headers: tuple[str, str]) -> httpx.Response:
    return httpx.Response(status, headers=list(headers))


def as_sent(*rows: object) -> bytes:
    """Rows as the index has sent them since 2025: one a line, no blanks."""
    text = ",\n".join(json.dumps(each, separators=(",", ":")) for each in rows)
    return f"[{text}]\n".encode()


def page(*rows: object) -> CdxPage:
    return parse_response(make_response(), as_sent(*rows))


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


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_key_goes_back_as_it_came(key: str) -> None:
    assert asked(key)["resumeKey"] == key
    assert query_target(ARTICLES_PREFIX, key).isascii()


# --- lists ----------------------------------------------------------------------------------


@table(
    "rows records key",
    {
        "one row": ([HEADER, row()], [RECORD], None),
        "two rows": ([HEADER, row(), OTHER_ROW], [RECORD, OTHER_RECORD], None),
        "repeated": ([HEADER, row(), row(), OTHER_ROW], [RECORD, RECORD, OTHER_RECORD], None),
        "more to come": ([HEADER, row(), [], [KEY]], [RECORD], KEY),
        "an old key": ([HEADER, row(), [], ["a%29+2001:"]], [RECORD], "a%29+2001:"),
        "nothing on a page before others": ([HEADER, [], [KEY]], [], KEY),
        "not even a header there": ([[], [KEY]], [], KEY),
        "nothing": ([], [], None),
        "a header alone": ([HEADER], [], None),
    },
)
def test_lists_are_read(rows: list[object], records: list[CdxRecord], key: str | None) -> None:
    found = page(*rows)
    assert (list(found.records), found.resume_key) == (records, key)
    assert not found.passed_over


ALL = [HEADER, row(), OTHER_ROW, [], [KEY]]


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
    assert parse_response(make_response(), body) == CdxPage(
        (RECORD, OTHER_RECORD), KEY, page().passed_over
    )


@pytest.mark.parametrize("body", [b"[]\n", b"[]", b" [ ] \n"])
def test_the_answer_for_no_captures_is_that(body: bytes) -> None:
    assert parse_response(make_response(), body) == page(HEADER)


def test_unknown_values_are_empty() -> None:
    (record,) = page(HEADER, row(mimetype="-", statuscode="-", digest="-")).records
    assert (record.mimetype, record.statuscode, record.digest) == ("", "", "")
    assert page(HEADER, row(mimetype=None, statuscode=None, digest=None)).records == (record,)


@pytest.mark.parametrize("timestamp", ["20210029183215", "20210600183215", "20210000000000"])
def test_months_and_days_of_00_are_as_the_index_has_them(timestamp: str) -> None:
    (record,) = page(HEADER, row(timestamp)).records
    assert record.capture.timestamp == timestamp


def test_raw_chinese_in_an_address_is_encoded_and_what_is_encoded_stays() -> None:
    (record,) = page(
        HEADER, row(original="https://www.hkcnews.com/article/7/渡 輪/%25E6%ef")
    ).records
    assert record.capture.original == (
        "https://www.hkcnews.com/article/7/%E6%B8%A1%20%E8%BC%AA/%25E6%ef"
    )


@table(
    "other",
    {
        "mail": (row(original="mailto:editor@hkcnews.com"),),
        "data": (row(original="data:image/gif;base64,R0lGOD"),),
        "a scrap": (row(original="some/not/even/url/thing"),),
        "no host": (row(original="https:///article/7"),),
        "a broken host": (row(original="http://[x/article/7"),),
        "nothing": (row(original=""),),
        "null": (row(original=None),),
        "a short timestamp": (row("2021062918321"),),
        "a long timestamp": (row("202106291832150"),),
        "letters": (row("2021062918321x"),),
        "digits of another script": (row("２０２１０６２９１８３２１５"),),
        "no timestamp": (row(""),),
        "null for a timestamp": (row(None),),
        "half a surrogate pair": (row(original="https://www.hkcnews.com/article/7/\ud800"),),
        "all null": ([None] * 6,),
    },
)
def test_rows_that_name_no_capture_are_counted_and_stop_nothing(other: Row) -> None:
    found = page(HEADER, row(), other, OTHER_ROW, other, [], [KEY])
    assert (found.records, found.resume_key) == ((RECORD, OTHER_RECORD), KEY)
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
    found = page(HEADER, row(original=original), row())
    assert found.records == (RECORD,)
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
    (record,) = page(HEADER, row(original=original)).records
    assert (record.capture.original, record.article_id) == (original, 7)


def test_a_page_as_large_as_is_asked_for_is_read() -> None:
    rows = [row(f"2021{number:010}") for number in range(cdx.PAGE_SIZE)]
    found = page(HEADER, *rows, [], [KEY])
    assert [record.capture.timestamp for record in found.records] == [each[1] for each in rows]


# --- compressed answers ---------------------------------------------------------------------

BODY = as_sent(*ALL)


@pytest.mark.parametrize("encoding", ["gzip", " GZIP ", ""])
def test_a_compressed_answer_is_read(encoding: str) -> None:
    response = make_response(200, ("Content-Encoding", encoding))
    assert parse_response(response, gzipped(BODY)) == parse_response(make_response(), BODY)


def test_another_encoding_is_taken_from_the_header() -> None:
    response = make_response(200, ("Content-Encoding", "BR"))
    assert parse_response(response, brotlied(BODY)) == parse_response(make_response(), BODY)


@pytest.mark.parametrize("body", [gzipped(BODY), gzipped(b"[]\n")])
def test_a_compressed_answer_cut_at_any_byte_is_no_list(body: bytes) -> None:
    for length in range(len(body)):
        with pytest.raises(TryAgain):
            parse_response(make_response(), body[:length])


def test_an_answer_that_is_too_large_is_no_list(monkeypatch: pytest.MonkeyPatch) -> None:
    body = b"[" + b" " * 998 + b"]"
    monkeypatch.setattr(cdx, "MAX_BYTES", 1000)
    assert parse_response(make_response(), gzipped(body)).records == ()
    with pytest.raises(IndexUnavailable, match="too large"):
        parse_response(make_response(), gzipped(body + b" "))


@pytest.mark.parametrize("value", [b"[]", b"1"])
def test_an_answer_of_too_many_values_is_not_taken_into_memory(
    value: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cdx, "MAX_VALUES", 1000)
    with pytest.raises(IndexUnavailable, match="too large: more than 1000 values"):
        parse_response(make_response(), b"[" + b",".join([value] * 1002) + b"]")
    assert page(HEADER, row()).records == (RECORD,)


# --- what is no list ------------------------------------------------------------------------

OUTAGE = b"\n<!DOCTYPE html>\n<title>Internet Archive: Temporarily Offline</title>\n<p>Soon.</p>\n"
BAN = b"Your request is being blocked ... as suspected abusive bot traffic that is degrading ..."


@table(
    "status body",
    {
        "an outage with 200": (200, OUTAGE),
        "an outage in gzip": (503, gzipped(OUTAGE)),
        "a ban with 200": (200, BAN),
        "429": (429, b""),
        "429 with a list": (429, b"[]"),
        "429 with broken gzip": (429, gzipped(BAN)[:-5]),
    },
)
def test_refusals_pause_everybody(status: int, body: bytes) -> None:
    with pytest.raises(RateLimited) as caught:
        parse_response(make_response(status, ("Retry-After", "17")), body)
    assert caught.value.retry_after == 17


def test_a_record_may_have_the_words_of_a_refusal() -> None:
    for words in ("<title>Temporarily%20Offline", "suspected abusive bot traffic"):
        found = page(HEADER, row(original=f"https://www.hkcnews.com/article/7/{words}"))
        assert len(found.records) == 1


@pytest.mark.parametrize("body", [b"", b"[]", BODY, gzipped(BODY)[:-5]])
def test_errors_of_the_server_may_pass(body: bytes) -> None:
    with pytest.raises(TryAgain, match="503"):
        parse_response(make_response(503), body)


# docs/wayback.md 1.5
AUTHORIZATION = b"This type of CDX query requires authorization."
BLOCKED = "org.archive.wayback.exception.AdministrativeAccessControlException: Blocked Site Error"
ROBOTS = "org.archive.wayback.exception.RobotAccessControlException: Blocked By Robots"
RUNTIME = "x-archive-wayback-runtime-error"


@table(
    "status headers body message",
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
    status: int, headers: list[tuple[str, str]], body: bytes, message: str
) -> None:
    with pytest.raises(IndexUnavailable) as caught:
        parse_response(make_response(status, *headers), body)
    assert message in str(caught.value)
    assert len(str(caught.value)) < 500


def test_a_long_answer_is_quoted_in_few_words() -> None:
    with pytest.raises(IndexUnavailable) as caught:
        parse_response(make_response(400), "錯".encode() * 100_000)
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
        "rows with numbers": (as_sent(HEADER, [*row()[:4], 200, DIGEST]),),
        "rows in rows": (as_sent([HEADER, row()]),),
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
        parse_response(make_response(), body)


@table(
    "rows",
    {
        "other names": ([["timestamp", "original"], [STAMP, ADDRESS]],),
        "other names and no row": ([["urlkey", "timestamp", "original"]],),
        "another order": ([HEADER[::-1], row()],),
        "one more": ([[*HEADER, "length"], [*row(), "9"]],),
        "names in capitals": ([[name.upper() for name in HEADER], row()],),
        "no header": ([row(), OTHER_ROW],),
        "no header but a key": ([row(), [], [KEY]],),
        "an error alone": ([["org.archive.wayback.exception.RobotAccessControlException"]],),
        "a row too short": ([HEADER, row(), row()[:5]],),
        "a row too long": ([HEADER, [*row(), "9"], row()],),
        "a row of one": ([HEADER, row(), ["RobotAccessControlException: Blocked"]],),
        "an empty row": ([HEADER, row(), [], OTHER_ROW],),
        "an empty row at the end": ([HEADER, row(), []],),
        "a key without its gap": ([HEADER, row(), [KEY]],),
        "a key of two": ([HEADER, row(), [], [KEY, KEY]],),
        "rows behind a key": ([HEADER, row(), [], [KEY], OTHER_ROW],),
        "two gaps": ([HEADER, row(), [], [], [KEY]],),
        "an empty key": ([HEADER, row(), [], [""]],),
        "a key of null": ([HEADER, row(), [], [None]],),
        "a key of null and nothing else": ([[], [None]],),
    },
)
def test_a_list_of_another_form_is_asked_for_again(rows: list[object]) -> None:
    with pytest.raises(TryAgain):
        page(*rows)


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


def sent(records: list[CdxRecord], key: str | None, *, is_ascii: bool = False) -> bytes:
    """Rows as the index would send them, by code of its own."""
    rows: list[Row] = [
        [
            "com,hkcnews)/",
            record.capture.timestamp,
            record.capture.original,
            record.mimetype or "-",
            record.statuscode or "-",
            record.digest or "-",
        ]
        for record in records
    ]
    end: list[Row] = [] if key is None else [[], [key]]
    return json.dumps([HEADER, *rows, *end], ensure_ascii=is_ascii).encode() + b"\n"


@given(records=lists, key=keys, is_packed=st.booleans(), is_ascii=st.booleans())
def test_any_rows_come_back(
    records: list[CdxRecord], key: str | None, *, is_packed: bool, is_ascii: bool
) -> None:
    body = sent(records, key, is_ascii=is_ascii)
    found = parse_response(make_response(), gzipped(body) if is_packed else body)
    assert (list(found.records), found.resume_key, found.passed_over) == (records, key, {})


@pytest.mark.parametrize("body", [BODY.rstrip(), b"[]"])
def test_a_list_cut_at_any_byte_is_no_list(body: bytes) -> None:
    for length in range(len(body)):
        with pytest.raises(TryAgain):
            parse_response(make_response(), body[:length])


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts | st.sampled_from(HEADER),
    lambda some: st.lists(some, max_size=6) | st.dictionaries(texts, some, max_size=3),
)


@given(
    st.one_of(
        st.binary(max_size=60),
        json_values.map(lambda value: json.dumps(value).encode()),
        st.lists(
            st.just(HEADER) | st.just(row()) | st.lists(st.none() | texts, max_size=7), max_size=4
        ).map(lambda rows: as_sent(*rows)),
    ),
    st.sampled_from([200, 200, 204, 301, 400, 403, 404, 429, 500, 503]),
    st.sampled_from(["", "gzip", "br", "deflate", ", gzip", "zstd"]),
)
def test_whatever_comes_is_a_list_or_an_error_that_says_what_to_do(
    body: bytes, status: int, encoding: str
) -> None:
    try:
        found = parse_response(make_response(status, ("content-encoding", encoding)), body)
    except (RateLimited, TryAgain, IndexUnavailable):
        return
    assert status == 200
    rows = [each for each in json.loads(body) if each]
    count = len(rows[1:] if found.resume_key is None else rows[1:-1])
    assert len(found.records) + found.passed_over.total() == count
    assert not rows or rows[0] == HEADER or rows == [[found.resume_key]]


# --- the material ---------------------------------------------------------------------------


def test_recorded_lists_of_other_fields_are_not_taken_for_ours() -> None:
    path = need("recordings", "cdx_toolkit", "test_capture_object.jsonl")
    recorded = json.loads(path.read_text(encoding="utf-8").splitlines()[0])
    body = recorded["response_text"].encode()
    with pytest.raises(TryAgain, match="other fields"):
        parse_response(make_response(), body)
    cut = json.loads(body)
    found = page(*(each[:6] for each in cut))
    assert len(found.records) + found.passed_over.total() == len(cut) - 1 > 0


ERRORS = Path("edgi-wayback", "decoded", "test_search_raises_for_blocked_urls")


def test_the_recorded_answer_for_an_excluded_site_is_one() -> None:
    folder = need("recordings", *ERRORS.parts)
    meta = json.loads((folder / "00.meta.json").read_bytes())["response"]
    headers = [(name, value) for name, values in meta["headers"].items() for value in values]
    response = make_response(meta["status"]["code"], *headers)
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
def test_transcribed_errors_are_recognised(
    file: str, status: int, error: type[ScraperError]
) -> None:
    with pytest.raises(error):
        parse_response(make_response(status), need("recordings", "transcribed", file).read_bytes())


def test_recorded_odd_rows_stop_nothing() -> None:
    folder = need("recordings", "edgi-wayback", "test_files")
    rows = [
        each.split(" ")[:6]
        for name in ("bad_timestamp_cdx.txt", "malformed_cdx.txt", "zero_length_cdx.txt")
        for each in (folder / name).read_text(encoding="utf-8").splitlines()
        if each.strip()
    ]
    assert len(rows) >= 3
    found = page(HEADER, *rows, row())
    assert found.records == (RECORD,)
    assert found.passed_over.total() == len(rows)
