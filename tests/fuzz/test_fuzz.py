"""The targets of `tests/fuzz/targets.py` driven by hypothesis: what is nearly right comes furthest.

Raw bytes seldom get past the first line of a reader, so that each strategy begins with something
sound and damages it, or builds it of the right words in any order. `make fuzz` searches for longer.
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
from fuzz.targets import BETWEEN, CAPTURE, MEMENTO, ROWS, TARGETS, seeds
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.warcs import article_page, http, plain, record

from scraper.errors import StorageError
from scraper.warc.writer import WarcStore

Bytes = st.SearchStrategy[bytes]

search = settings(
    derandomize="FUZZ_EXAMPLES" not in os.environ,  # each longer search is another one
    deadline=None,
    max_examples=int(os.environ.get("FUZZ_EXAMPLES", "75")),
    suppress_health_check=[HealthCheck.too_slow],
)

# What is odd wherever text comes from: controls, C1, marks of direction, half of a character.
ODD = "\x00\x07\x08\t\n\r\x1b\x7f\x85\x9b\xa0\u200e\u2028\u202e\u2066\u3000\ufeff\ufffe\U000e0001"
texts = st.text(
    st.sampled_from(f"{ODD}渡輪 a0'\"\\:#-|%&<>[](){{}}/?@,;=") | st.characters(), max_size=20
)
texts = texts.map(lambda text: text.encode("utf-8", "replace").decode())


def mutated(of: list[bytes], pieces: Bytes, most: int = 5) -> Bytes:
    """One of some inputs with stretches of it left out, put elsewhere, or replaced."""

    def edit(data: bytes, edits: list[tuple[float, int, bytes]]) -> bytes:
        for where, length, instead in edits:
            start = int(where * len(data))
            data = data[:start] + instead + data[start + length :]
        return data

    edits = st.tuples(st.floats(0, 1), st.integers(0, 40), pieces)
    return st.builds(edit, st.sampled_from(of), st.lists(edits, max_size=most))


bits = st.binary(max_size=3)


@pytest.mark.parametrize("name", TARGETS)
def test_what_a_search_begins_with_holds(name: str) -> None:
    assert seeds(name)
    for seed in seeds(name):
        TARGETS[name](seed)


@pytest.mark.parametrize("name", TARGETS)
@search
@given(data=st.data())
def test_damaged_seeds_and_any_bytes_hold(name: str, data: st.DataObject) -> None:
    found = data.draw(mutated(seeds(name), bits) | st.binary(max_size=200))
    TARGETS[name](found)


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
def test_pages_of_the_site_s_tags_in_any_order_hold(
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


# --- answers --------------------------------------------------------------------------------

values = st.none() | texts | st.sampled_from([value for row in ROWS for value in row])
rows = st.lists(values, max_size=8) | st.sampled_from(ROWS)
heads = st.sampled_from(
    [b"200", b"200\nContent-Encoding: gzip", b"403", b"429\nRetry-After: 9", b"503"]
)


@search
@given(
    head=heads,
    lines=st.lists(rows, max_size=6),
    has_header=st.booleans(),
    is_packed=st.booleans(),
)
def test_answers_of_odd_rows_hold(
    *, head: bytes, lines: list[list[str | None]], has_header: bool, is_packed: bool
) -> None:
    body = json.dumps([list(ROWS[0]), *lines] if has_header else lines).encode()
    TARGETS["index_answer"](head + BETWEEN + (gzip.compress(body) if is_packed else body))


places = st.sampled_from(
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
addresses = st.lists(places | texts, max_size=4).map(lambda some: "".join(some).replace("\n", ""))
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
answers = st.builds(
    lambda status, is_dated, some, body: (
        b"\n".join([status, *([MEMENTO] if is_dated else []), *some]) + b"\n\n" + body
    ),
    st.sampled_from([b"200", b"302", b"301", b"307", b"404", b"429", b"503"]),
    st.booleans(),
    st.lists(fields, max_size=4),
    st.sampled_from([b"", article_page(7), gzip.compress(article_page(7)), b"\x1f\x8b\x08cut"]),
)


@search
@given(st.lists(answers, min_size=1, max_size=9).map(BETWEEN.join))
def test_headers_of_any_kind_ask_the_archive_for_captures(data: bytes) -> None:
    TARGETS["redirects"](data)


@search
@given(addresses)
def test_an_index_key_is_never_more_than_a_value(key: str) -> None:
    body = json.dumps([ROWS[0], [], [key]]).encode()
    TARGETS["index_answer"](b"200" + BETWEEN + body)


# --- files ----------------------------------------------------------------------------------

lies = st.sampled_from(
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
coded = st.sampled_from(
    [
        *("Content-Encoding: gzip", "Content-Encoding: br", "Content-Encoding: deflate"),
        *("Transfer-Encoding: chunked", "Content-Length: 1", "Location: ../../..", "X: \x00"),
    ]
)


def _record(
    body: bytes, said: list[str], lying: list[str], kind: str, status: str, length: int | None
) -> bytes:
    block = http(body, *said, status=status)
    return record(block, *lying, kind=kind, uri=CAPTURE.original, length=length)


records = st.builds(
    _record,
    st.sampled_from([article_page(7), b"", b"5\r\n<html\r\n0\r\n\r\n", gzip.compress(b"<p>")])
    | bits,
    st.lists(coded, max_size=2),
    st.lists(lies, max_size=3),
    st.sampled_from(["response", "response", "resource", "revisit", "request", "x"]),
    st.sampled_from(["200 OK", "302 Found", "404", "", "x", "99999"]),
    st.none() | st.integers(-1, 2000),
)
parts = st.lists(records | bits, min_size=1, max_size=4)


def _together(some: list[bytes]) -> bytes:
    return plain(some).content


def _each_packed(some: list[bytes]) -> bytes:
    return b"".join(map(gzip.compress, some))


def _packed_whole(some: list[bytes]) -> bytes:
    return gzip.compress(b"".join(some))


@pytest.mark.parametrize("target", ["warc", "store"])
@search
@given(
    data=parts,
    layout=st.sampled_from([_together, _each_packed, _packed_whole]),
    cut=st.floats(0.5, 1),
)
def test_records_that_lie_hold(
    target: str, data: list[bytes], layout: Callable[[list[bytes]], bytes], cut: float
) -> None:
    content = layout(data)
    TARGETS[target](content)
    TARGETS[target](content[: int(cut * len(content))])


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda some: st.lists(some, max_size=3) | st.dictionaries(texts, some, max_size=3),
    max_leaves=5,
)


@search
@given(timestamp=json_values | st.just(CAPTURE.timestamp), original=json_values)
def test_any_json_beside_a_page_holds(timestamp: object, original: object) -> None:
    saved = {"timestamp": timestamp, "original": original}
    TARGETS["saved_page"](json.dumps(saved).encode())


@pytest.mark.parametrize("data", [b"[" * 100_000, b'{"a":' * 100_000], ids=["lists", "objects"])
def test_json_nested_without_end_holds(data: bytes) -> None:
    for target in ("saved_page", "index_answer"):
        TARGETS[target](data)


cells = st.sampled_from([CAPTURE.timestamp, CAPTURE.original, CAPTURE.url, "timestamp", "original"])
table_rows = st.lists(cells | texts, max_size=4)


@search
@given(
    some=st.lists(table_rows, max_size=5),
    delimiter=st.sampled_from("\t,"),
    is_packed=st.booleans(),
)
def test_tables_of_any_cells_hold(
    *, some: list[list[str]], delimiter: str, is_packed: bool
) -> None:
    data = "\n".join(delimiter.join(row) for row in some).encode()
    TARGETS["list_file"](gzip.compress(data) if is_packed else data)


@search
@given(addresses, texts, st.lists(st.integers() | texts).map(lambda some: ",".join(map(str, some))))
def test_targets_of_any_words_hold(text: str, at: str, ids: str) -> None:
    TARGETS["target"](BETWEEN.join(part.encode() for part in (text, at, ids)))
    prefixed = f"https://web.archive.org/web/{CAPTURE.timestamp}/{text}"
    TARGETS["target"](prefixed.encode())


# --- what has broken them -------------------------------------------------------------------

_RECORD = record(http(b"x"), uri=CAPTURE.original)
BROKE = {
    "a record of the store without a date": ("store", _RECORD.replace(b"WARC-Date", b"X")),
    "a record of the store without an address": ("store", _RECORD.replace(b"-URI", b"-X")),
    "a record of the store with half an address": ("store", _RECORD.replace(b"https", b"mailto")),
    "a record of the store without an answer": ("store", record(b"", uri=CAPTURE.original)),
    "what has a length and is no record": ("store", b"X: y\r\nContent-Length: 0\r\n\r\n\r\n\r\n"),
}


@pytest.mark.parametrize(("target", "data"), BROKE.values(), ids=BROKE)
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "packed"])
def test_what_has_broken_a_target_holds(
    target: str, data: bytes, pack: Callable[[bytes], bytes]
) -> None:
    TARGETS[target](pack(data))


@pytest.mark.parametrize("missing", [b"WARC-Date", b"WARC-Target-URI"])
def test_a_record_that_the_store_has_not_written_is_told(tmp_path: Path, missing: bytes) -> None:
    captures = tmp_path / "captures"
    captures.mkdir()
    path = captures / "hkcnews-00001.warc.gz"
    path.write_bytes(gzip.compress(_RECORD) + gzip.compress(_RECORD.replace(missing, b"X")))
    at = len(gzip.compress(_RECORD))
    said = rf"{re.escape(str(path))}, record at byte {at}, is none of ours: .*capture; move the"
    found = WarcStore(captures).repair({})
    assert next(found).served == CAPTURE
    with pytest.raises(StorageError, match=said):
        next(found)


# --- the targets themselves -----------------------------------------------------------------


def test_a_target_that_takes_long_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(targets, "MOST_SECONDS", 0.0)
    with pytest.raises(AssertionError, match="seconds for"):
        TARGETS["target"](b"1")


@pytest.mark.parametrize("text", ["\x1b[2J", "\x9b", "\u202e", "\r", "\x85", "\u2028"])
def test_what_moves_a_terminal_is_found(text: str) -> None:
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
def test_a_request_for_anything_else_is_found(target: bytes) -> None:
    with pytest.raises(AssertionError):
        targets.assert_asks_for_a_capture(target)
