"""The targets of `tests/fuzz/targets.py`, driven by hypothesis.

Random bytes seldom pass the first line of a reader. So each strategy damages a sound input, or puts
the right words together in any order. `make fuzz` searches for longer.
"""

from __future__ import annotations

import gzip
import json
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from fuzz import targets
from fuzz.targets import BETWEEN, CAPTURE, MEMENTO, RECORDS, TARGETS, seeds
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.warcs import article_page, http, plain, record

from scraper.errors import StorageError
from scraper.warc.writer import WarcStore

pytestmark = pytest.mark.unmeasured  # a branch that these alone go through is not tested

Bytes = st.SearchStrategy[bytes]

search = settings(
    derandomize="FUZZ_EXAMPLES" not in os.environ,  # the long form searches anew each time
    deadline=None,
    max_examples=int(os.environ.get("FUZZ_EXAMPLES", "25")),
    suppress_health_check=[HealthCheck.too_slow],
)

# Odd characters: controls, C1, marks of direction, half of a character.
ODD = "\x00\x07\x08\t\n\r\x1b\x7f\x85\x9b\xa0\u200e\u2028\u202e\u2066\u3000\ufeff\ufffe\U000e0001"
texts = st.text(
    st.sampled_from(f"{ODD}渡輪 a0'\"\\:#-|%&<>[](){{}}/?@,;=") | st.characters(), max_size=20
)
texts = texts.map(lambda text: text.encode("utf-8", "replace").decode())


def mutated(inputs: list[bytes], pieces: Bytes, most: int = 5) -> Bytes:
    """Return an input with some stretches left out or replaced."""

    def edit(data: bytes, edits: list[tuple[float, int, bytes]]) -> bytes:
        for where, length, instead in edits:
            start = int(where * len(data))
            data = data[:start] + instead + data[start + length :]
        return data

    edits = st.tuples(st.floats(0, 1), st.integers(0, 40), pieces)
    return st.builds(edit, st.sampled_from(inputs), st.lists(edits, max_size=most))


bits = st.binary(max_size=3)


@pytest.mark.parametrize("name", TARGETS)
def test_seeds_hold(name: str) -> None:
    assert seeds(name)
    for seed in seeds(name):
        TARGETS[name](seed)


@pytest.mark.parametrize("name", TARGETS)
@search
@given(data=st.data())
def test_damaged_seeds_and_random_bytes_hold(name: str, data: st.DataObject) -> None:
    TARGETS[name](data.draw(mutated(seeds(name), bits) | st.binary(max_size=200)))


# --- pages ----------------------------------------------------------------------------------

TAGS = (
    *("div", "p", "span", "b", "em", "a", "img", "figure", "figcaption", "iframe", "br", "hr"),
    *("h1", "h2", "h4", "ul", "ol", "li", "blockquote", "table", "tr", "td", "section", "script"),
    *("style", "template", "noscript", "svg", "math", "title", "meta", "form", "button", "option"),
    *("plaintext", "textarea", "select", "frameset", "body", "head", "html"),
)
ATTRIBUTES = (
    *('class="article-info"', 'class="article-content"', 'class="article-block"', "class=group"),
    *("class=hidden", "class", 'href="/x"', 'href="//["', "href=mailto:a@b", 'src="http://[::1"'),
    *("src", "alt='\"'", 'href="/cdn-cgi/l/email-protection#5c"', "data-cfemail=5c3d", "start=-9"),
    *("colspan=99999999", 'style="background:url(/uploads/avatars/x)"', "property=og:title"),
    *("name=keywords", "content=',,'", "charset=utf-7", "charset=utf-16", "id=wm-ipp-base"),
)
WORDS = (
    "撰文: 舟",
    "發佈日期: 31.02.19",
    "更新日期: 2019-02-13 25:61:00",
    "博客 | 舟",
    "| ",
    "眾說",
    "&#13;",
)

opened = st.builds(
    lambda tag, attributes: f"<{' '.join([tag, *attributes])}>",
    st.sampled_from(TAGS),
    st.lists(st.sampled_from(ATTRIBUTES), max_size=3),
)
closed = st.sampled_from(TAGS).map(lambda tag: f"</{tag}>")
tags = st.lists(opened | closed | texts | st.sampled_from(WORDS), max_size=40).map("".join)


@search
@given(inside=tags, title=texts, category=st.sampled_from(["眾聞", "眾說"]) | texts, before=tags)
def test_pages_of_the_tags_of_the_site_hold(
    inside: str, title: str, category: str, before: str
) -> None:
    html = article_page(7, body=inside, title=title, category=category)
    TARGETS["page"](html)
    TARGETS["page"](html.replace(b"<body", before.encode() + b"<body"))


@search
@given(parts=st.lists(texts, min_size=3, max_size=8))
def test_any_texts_as_front_matter_hold(parts: list[str]) -> None:
    data = BETWEEN.join(part.encode() for part in parts)
    TARGETS["front_matter"](data)
    TARGETS["page"](article_page(7, title=parts[0], author=parts[1], category=parts[2]))


lines_of_files = st.sampled_from(
    [
        *("---", "", 'title: "甲"', "title: [a", "title: *a", "a: &a [*a]", "tags:", '  - "甲"'),
        *(
            f'url: "{CAPTURE.url}"',
            "url: {}",
            "# 甲",
            "## ",
            "![a | b](x)",
            "**a | b**",
            "![a](/b)",
        ),
        *("[a](mailto:b)", "| a |", "> b", "\r", "\x85", "\u2028", "? a", "!!python/object:os.x"),
    ]
)


@search
@given(st.lists(lines_of_files | texts, max_size=20).map("\n".join))
def test_files_of_any_lines_hold(text: str) -> None:
    TARGETS["article_files"](f"---\n{text}".encode())


# --- responses ------------------------------------------------------------------------------

values = st.none() | texts | st.sampled_from([value for record in RECORDS for value in record])
records_of_any_values = st.lists(values, max_size=8) | st.sampled_from(RECORDS)
heads = st.sampled_from(
    [b"200", b"200\nContent-Encoding: gzip", b"403", b"429\nRetry-After: 9", b"503"]
)


@search
@given(
    head=heads,
    lines=st.lists(records_of_any_values, max_size=6),
    has_header=st.booleans(),
    is_packed=st.booleans(),
)
def test_responses_with_odd_records_hold(
    *, head: bytes, lines: list[list[str | None]], has_header: bool, is_packed: bool
) -> None:
    body = json.dumps([list(RECORDS[0]), *lines] if has_header else lines).encode()
    TARGETS["index_answer"](head + BETWEEN + (gzip.compress(body) if is_packed else body))


locations = st.sampled_from(
    [
        *("/web/20190304050607id_/", "//web.archive.org/web/20190304050607/", "http://127.0.0.1:9"),
        *(
            "https://web.archive.org/web/20190304050607if_/",
            "//evil.example",
            "https://evil.example",
        ),
        *(
            CAPTURE.original,
            "http://hkcnews.com/article/7",
            "/article/7",
            "//@",
            "..",
            "#",
            "?",
            "%",
        ),
        *(
            "\\\\evil.example",
            "javascript:",
            "http://[",
            "file:///etc/passwd",
            "http:///",
            "/429.html",
        ),
    ]
)
addresses = st.lists(locations | texts, max_size=4).map(
    lambda parts: "".join(parts).replace("\n", "")
)
names = st.sampled_from(
    [
        *("Location", "Link", "Memento-Datetime", "Content-Encoding", "X-Archive-Orig-Location"),
        *("X-Archive-Orig-Content-Length", "X-Archive-Orig-Server", "Retry-After", "Content-Type"),
    ]
)
fields = st.builds(
    lambda name, value: f"{name}: {value}".encode(),
    names,
    addresses
    | st.sampled_from(["gzip", "br", "9" * 13, "Tue, 29 Jun 2021 18:32:15 GMT", "Tue, 0 Foo"])
    | addresses.map(lambda address: f'<{address}>; rel="original"'),
)
responses = st.builds(
    lambda status, is_dated, parts, body: (
        b"\n".join([status, *([MEMENTO] if is_dated else []), *parts]) + b"\n\n" + body
    ),
    st.sampled_from([b"200", b"302", b"301", b"307", b"404", b"429", b"503"]),
    st.booleans(),
    st.lists(fields, max_size=4),
    st.sampled_from([b"", article_page(7), gzip.compress(article_page(7)), b"\x1f\x8b\x08cut"]),
)


@search
@given(st.lists(responses, min_size=1, max_size=9).map(BETWEEN.join))
def test_redirects_request_captures_only(data: bytes) -> None:
    TARGETS["redirects"](data)


@search
@given(addresses)
def test_a_resume_key_is_sent_as_a_value(key: str) -> None:
    body = json.dumps([RECORDS[0], [], [key]]).encode()
    TARGETS["index_answer"](b"200" + BETWEEN + body)


# --- files ----------------------------------------------------------------------------------

wrong_fields = st.sampled_from(
    [
        *(
            "Content-Length: 5",
            "Content-Length: 99999999999",
            "Content-Length: -1",
            "Content-Length:",
        ),
        *("WARC-Date: 2021", "WARC-Date: 99999-01-01T00:00:00Z", "WARC-Type: x", "WARC-Date:"),
        *(
            "WARC-Target-URI: file:///etc/passwd",
            "WARC-Target-URI: <http://[>",
            "WARC-Block-Digest: x",
        ),
        *(f"WARC-Target-URI: {CAPTURE.original}", "WARC-Segment-Number: 2", "Content-Type: x/y"),
        *("WARC-Target-URI: https://hkcnews.com/article/../../x", "\x1b[2J: \x9b", "no colon", ""),
        *("WARC-Target-URI: https://hkcnews.com/article/0/", "WARC-Target-URI: mailto:a", ":"),
    ]
)
encodings = st.sampled_from(
    [
        *("Content-Encoding: gzip", "Content-Encoding: br", "Content-Encoding: deflate"),
        *("Transfer-Encoding: chunked", "Content-Length: 1", "Location: ../../..", "X: \x00"),
    ]
)


def _record(
    body: bytes,
    http_fields: list[str],
    warc_fields: list[str],
    kind: str,
    status: str,
    length: int | None,
) -> bytes:
    block = http(body, *http_fields, status=status)
    return record(block, *warc_fields, kind=kind, uri=CAPTURE.original, length=length)


records = st.builds(
    _record,
    st.sampled_from([article_page(7), b"", b"5\r\n<html\r\n0\r\n\r\n", gzip.compress(b"<p>")])
    | bits,
    st.lists(encodings, max_size=2),
    st.lists(wrong_fields, max_size=3),
    st.sampled_from(["response", "response", "resource", "revisit", "request", "x"]),
    st.sampled_from(["200 OK", "302 Found", "404", "", "x", "99999"]),
    st.none() | st.integers(-1, 2000),
)
parts = st.lists(records | bits, min_size=1, max_size=4)


def _plain(parts: list[bytes]) -> bytes:
    return plain(parts).content


def _each_packed(parts: list[bytes]) -> bytes:
    return b"".join(map(gzip.compress, parts))


def _packed_whole(parts: list[bytes]) -> bytes:
    return gzip.compress(b"".join(parts))


@pytest.mark.parametrize("target", ["warc", "store"])
@search
@given(
    data=parts,
    layout=st.sampled_from([_plain, _each_packed, _packed_whole]),
    cut=st.floats(0.5, 1),
)
def test_records_with_wrong_fields_hold(
    target: str, data: list[bytes], layout: Callable[[list[bytes]], bytes], cut: float
) -> None:
    content = layout(data)
    TARGETS[target](content)
    TARGETS[target](content[: int(cut * len(content))])


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda parts: st.lists(parts, max_size=3) | st.dictionaries(texts, parts, max_size=3),
    max_leaves=5,
)


@search
@given(timestamp=json_values | st.just(CAPTURE.timestamp), original=json_values)
def test_any_json_beside_a_page_holds(timestamp: object, original: object) -> None:
    saved = {"timestamp": timestamp, "original": original}
    TARGETS["saved_page"](json.dumps(saved).encode())


@pytest.mark.parametrize("data", [b"[" * 100_000, b'{"a":' * 100_000], ids=["lists", "objects"])
def test_deeply_nested_json_holds(data: bytes) -> None:
    for target in ("saved_page", "index_answer"):
        TARGETS[target](data)


cells = st.sampled_from([CAPTURE.timestamp, CAPTURE.original, CAPTURE.url, "timestamp", "original"])
table_rows = st.lists(cells | texts, max_size=4)


@search
@given(
    parts=st.lists(table_rows, max_size=5),
    delimiter=st.sampled_from("\t,"),
    is_packed=st.booleans(),
)
def test_tables_of_any_cells_hold(
    *, parts: list[list[str]], delimiter: str, is_packed: bool
) -> None:
    data = "\n".join(delimiter.join(row) for row in parts).encode()
    TARGETS["list_file"](gzip.compress(data) if is_packed else data)


@search
@given(
    addresses, texts, st.lists(st.integers() | texts).map(lambda parts: ",".join(map(str, parts)))
)
def test_targets_of_any_words_hold(text: str, at: str, ids: str) -> None:
    TARGETS["target"](BETWEEN.join(part.encode() for part in (text, at, ids)))
    prefixed = f"https://web.archive.org/web/{CAPTURE.timestamp}/{text}"
    TARGETS["target"](prefixed.encode())


# --- inputs that once broke a target --------------------------------------------------------

_RECORD = record(http(b"x"), uri=CAPTURE.original)
ONCE_BROKEN = {
    "a record of the store without a date": ("store", _RECORD.replace(b"WARC-Date", b"X")),
    "a record of the store without an address": ("store", _RECORD.replace(b"-URI", b"-X")),
    "a record of the store with half an address": ("store", _RECORD.replace(b"https", b"mailto")),
    "a record of the store without an answer": ("store", record(b"", uri=CAPTURE.original)),
    "what has a length and is no record": ("store", b"X: y\r\nContent-Length: 0\r\n\r\n\r\n\r\n"),
}


@pytest.mark.parametrize(("target", "data"), ONCE_BROKEN.values(), ids=ONCE_BROKEN)
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "packed"])
def test_inputs_that_once_broke_a_target_hold(
    target: str, data: bytes, pack: Callable[[bytes], bytes]
) -> None:
    TARGETS[target](pack(data))


@pytest.mark.parametrize("missing", [b"WARC-Date", b"WARC-Target-URI"])
def test_a_record_that_the_store_has_not_written_is_an_error(
    tmp_path: Path, missing: bytes
) -> None:
    captures = tmp_path / "captures"
    captures.mkdir()
    path = captures / "hkcnews-00001.warc.gz"
    path.write_bytes(gzip.compress(_RECORD) + gzip.compress(_RECORD.replace(missing, b"X")))
    at = len(gzip.compress(_RECORD))
    message = rf"{re.escape(str(path))}, record at byte {at}, is none of ours: .*capture; move the"
    records = WarcStore(captures).repair({})
    assert next(records).served == CAPTURE
    with pytest.raises(StorageError, match=message):
        next(records)


# --- the targets themselves -----------------------------------------------------------------


def test_a_slow_target_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(targets, "MAX_SECONDS", 0.0)
    with pytest.raises(AssertionError, match="seconds for"):
        TARGETS["target"](b"1")


@pytest.mark.parametrize("text", ["\x1b[2J", "\x9b", "\u202e", "\r", "\x85", "\u2028"])
def test_terminal_controls_are_found(text: str) -> None:
    with pytest.raises(AssertionError):
        targets.assert_harmless(f"a{text}b")


@pytest.mark.parametrize(
    "target",
    [
        *(b"https://evil.example/web/20210629183215id_/http://a", b"/web/2021id_/http://a"),
        *(b"/web/20210629183215id_/http://a b", b"/web/20210629183215id_/http://a\r\nHost: b"),
        *(b"/web/20210629183215id_/http://a#b", b"/web/20210629183215id_/file:///a"),
    ],
)
def test_a_request_for_something_else_is_found(target: bytes) -> None:
    with pytest.raises(AssertionError):
        targets.assert_requests_a_capture(target)
