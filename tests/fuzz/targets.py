"""Whatever reads what others have written, as functions of bytes that must hold for any.

Each lets through the errors of our own tree and nothing else, and looks at what comes out: files
lie inside the folder and read back, requests go to the origin and name captures, nothing moves a
terminal. `tests/fuzz/test_fuzz.py` drives them with hypothesis, `make fuzz` with atheris, which
knows what code an input has reached.
"""

from __future__ import annotations

import dataclasses
import json
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any, cast

import frontmatter
import h11
import httpx
import yaml
from support.warcs import (
    article_file,
    article_page,
    gzipped,
    packed,
    plain,
    record,
    response,
    warcinfo,
)

from normalise import (
    Article,
    BadCapture,
    Capture,
    NormaliseError,
    RefusedPath,
    extract,
    render,
)
from normalise.editions.json import as_json
from normalise.files import article_path
from scraper.batch import run as batch
from scraper.cli.console import escape_controls
from scraper.cli.reports.article import article_json
from scraper.corpus.article_text import parse_article
from scraper.corpus.fields import Fields
from scraper.crawl.fetcher import Fetcher
from scraper.crawl.refetch import MemoryStore
from scraper.errors import (
    BadRecord,
    IndexUnavailable,
    RateLimited,
    ScraperError,
    TryAgain,
    UsageError,
)
from scraper.models import CaptureLocation, CdxRecord, Memento
from scraper.selection.capture_list import read_captures
from scraper.selection.ids import IdSet
from scraper.selection.ranking import rank
from scraper.selection.target import parse_target as meant
from scraper.verify.compare import compare
from scraper.verify.defects import examine
from scraper.warc import saved_page as saved_pages
from scraper.warc.payload import read_payload
from scraper.warc.writer import WarcStore
from scraper.wayback import cdx, playback
from scraper.wayback.cdx import CdxPage
from scraper.wayback.client import RequestStats, WaybackClient
from scraper.wayback.throttle import Endpoint

FIXTURES = Path(__file__).parents[2] / "fixtures"
MOST_SECONDS = 5.0  # of the processor, for any input that a fuzzer makes; most take a millisecond
CAPTURE = Capture("20210629183215", "https://www.hkcnews.com/article/7/%E6%B8%A1%E8%BC%AA-7/x")
ORIGIN = httpx.URL("http://127.0.0.1:9")
BETWEEN = b"\xff\xfe"  # in no UTF-8: what stands between the parts of an input

_ASKED = re.compile(rb"/web/[0-9]{14}id_/https?://[!-~]+", re.IGNORECASE)
_FILE = re.compile(r"articles/[0-9]+-[0-9]+/article_([1-9][0-9]{0,5})\.md")
_RAW = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_OUTSIDE = b"what lies beside the folder"


# --- pages and files ------------------------------------------------------------------------


def page(data: bytes) -> None:
    """A page of any bytes: an article whose file is sound, or a known refusal."""
    try:
        article = extract(data, CAPTURE)
    except NormaliseError as error:
        assert_harmless(str(error))
        return
    text = render(article)
    assert_sound(text, article)
    shown = article_json(article)
    assert json.loads(shown) == json.loads(json.dumps(as_json(article)))
    assert_harmless(shown.replace("\xa0", " ").replace("\u3000", " "))


def front_matter(data: bytes) -> None:
    """Any texts as the values of an article: they read back, whatever is in them."""
    title, author, category, *tags = (*_texts(data), "", "", "")[: max(3, data.count(BETWEEN) + 1)]
    article = dataclasses.replace(
        _article(),
        title=title,
        author=author,
        category=category,
        tags=tuple(tag for tag in tags if tag),
    )
    assert_sound(render(article), article)


def article_files(data: bytes) -> None:
    """An article file by anybody: read by everything that reads those of an archive."""
    for finding in (examine(data, 7), examine(_ours(), 7)):
        assert_harmless(finding.reason)
    text = data.decode("utf-8", "replace")
    assert "".join(piece for _, piece in Fields.of(text).pieces) == text
    parse_article(text)
    compare(data, _ours(), 7)
    compare(_ours(), data, 7)
    with _folder() as folder:
        (folder / "article_7.md").write_bytes(data)
        _list(folder)


# --- answers of the archive -----------------------------------------------------------------


def index_answer(data: bytes) -> None:
    """An answer to a query of the index: rows that can be asked for, or a known error."""
    head, _, body = data.partition(BETWEEN)
    for answer in (_response(head), _response(b"200")):
        try:
            found: CdxPage = cdx.parse_response(answer, body)
        except (RateLimited, TryAgain, IndexUnavailable) as error:
            assert_harmless(escape_controls(str(error)))
            continue
        for row in found.records:
            assert row.article_id is not None
            assert_asks_for_a_capture(playback.request_target(row.capture))
            article_path(row.article_id)
        rank(found.records)
        if found.resume_key is not None:
            assert_is_a_request(cdx.query_target(cdx.ARTICLES_PREFIX, found.resume_key))


def redirects(data: bytes) -> None:
    """Answers to requests for a capture, redirects among them: all ask the archive for captures."""
    archive = _Answering([part.partition(b"\n\n") for part in data.split(BETWEEN)])
    basket = MemoryStore()
    with suppress(RateLimited, TryAgain):
        attempt = _run(Fetcher(cast("WaybackClient", archive), basket).fetch(CdxRecord(CAPTURE)))
        if attempt.served is not None:
            assert attempt.served.article_id == CAPTURE.article_id
            assert attempt.served in basket.mementos
    for kept in basket.mementos.values():
        _stored_and_found_again(kept)


class _Answering:
    """Stands in for the archive: gives the answers in turn, and looks at what it is asked."""

    host = "127.0.0.1:9"

    def __init__(self, answers: list[tuple[bytes, bytes, bytes]]) -> None:
        self._answers = answers
        self._asked = 0

    async def get(
        self,
        endpoint: Endpoint,
        target: bytes,
        read: Callable[[httpx.Response, bytes], Any],
        effort: RequestStats,
    ) -> Any:
        assert endpoint is Endpoint.PLAYBACK
        assert_asks_for_a_capture(target)
        head, _, body = self._answers[self._asked % len(self._answers)]
        self._asked += 1
        effort.requests += 1
        assert self._asked <= 8, "redirects without end"
        return read(_response(head), body)


def _run(coroutine: Any) -> Any:
    """What a coroutine returns that never waits."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        return done.value
    raise AssertionError("it waits for something")


def _stored_and_found_again(page: Memento) -> None:
    """A record of the store is whole, and says what was kept, whatever the headers were."""
    with _folder() as folder:
        store = WarcStore(folder)
        place = store.append(page)
        store.close()
        read = read_payload(store.location(page.served, place))
        assert (read.body, read.status) == (page.body, page.status)
        (stored,) = WarcStore(folder).repair({})
        assert (stored.served, stored.location) == (page.served, place)


# --- files that others have written ---------------------------------------------------------


def warc(data: bytes) -> None:
    """A WARC by anybody: files of its articles inside the folder, and errors that say where."""
    with _folder() as root:
        beside = root / "beside"
        beside.write_bytes(_OUTSIDE)
        path = root / ("pages.warc.gz" if data.startswith(b"\x1f\x8b") else "pages.warc")
        path.write_bytes(data)
        summary = batch.convert_all([path], root / "out", 1)
        for outcome in (*summary.failed, *summary.warned):
            assert "a fault of this program" not in outcome.message, outcome.message
        assert_inside(root / "out")
        assert {each.name for each in root.iterdir()} <= {"beside", path.name, "out"}
        assert beside.read_bytes() == _OUTSIDE


def store(data: bytes) -> None:
    """A file of the crawl's own store, damaged: its records, or an error; it goes on behind it."""
    with _folder() as folder:
        captures = folder / "captures"
        captures.mkdir()
        (captures / "hkcnews-00001.warc.gz").write_bytes(data)
        try:
            stored = list(WarcStore(folder).repair({}))
        except ScraperError:
            return
        for one in stored:
            with suppress(BadRecord):
                read_payload(WarcStore(folder).location(one.served, one.location))
        opened = WarcStore(folder)
        place = opened.append(Memento(CAPTURE, CAPTURE, 200, "OK", (), b"a page"))
        opened.close()
        assert read_payload(opened.location(CAPTURE, place)).body == b"a page"


def saved_page(data: bytes) -> None:
    """A page saved beside its capture: the capture, or what is wrong with it."""
    with _folder() as folder:
        (folder / "capture.json").write_bytes(data)
        found = saved_pages.saved_page(folder)
        if isinstance(found, CaptureLocation):
            assert found.path.parent == folder
            assert_asks_for_a_capture(playback.request_target(found.capture))


def list_file(data: bytes) -> None:
    """A list of captures that a user gives."""
    with _folder() as folder:
        path = folder / "list"
        path.write_bytes(data)
        _list(path)


def _list(path: Path) -> None:
    with suppress(UsageError):
        for found in read_captures(path):
            if isinstance(found, Capture):
                assert_asks_for_a_capture(playback.request_target(found))
                with suppress(RefusedPath):
                    article_path(found.article_id or 0)


# --- the command line -----------------------------------------------------------------------


def target(data: bytes) -> None:
    """What a command is pointed at: an article, a capture of one, or wrong usage."""
    text, at, ids = (*_texts(data), "", "")[:3]
    with suppress(UsageError):
        found = meant(text, at)
        article_path(found.article_id)
        if found.capture is not None:
            assert_asks_for_a_capture(playback.request_target(found.capture))
    with suppress(UsageError):
        assert all(1 <= low <= high <= 999_999 for low, high in IdSet.parse(ids).ranges)
    with suppress(BadCapture, UnicodeEncodeError):
        assert_asks_for_a_capture(playback.request_target(Capture.from_url(text)))


# --- what must hold -------------------------------------------------------------------------


def assert_sound(text: str, article: Article) -> None:
    """A file's front matter is plain YAML of the article's values, on lines that end in LF."""
    text.encode("utf-8")
    assert "\r" not in text
    front, _, _ = text.removeprefix("---\n").partition("\n---\n\n")
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]", front)
    assert all(re.match(r'[a-z_]+:(?: ".*")?\Z|  - ".*"\Z', line) for line in front.split("\n"))
    said: dict[str, object] = {
        "title": article.title.strip(),
        "date": article.date.isoformat() if article.date else "",
        "last_updated": str(article.last_updated or ""),
        "author": article.author,
        "category": article.category,
        "tags": list(article.tags),
        "url": article.capture.url,
        "original_url": article.capture.original,
    }
    read = frontmatter.loads(text).metadata
    assert read == yaml.safe_load(front)
    assert {key: value for key, value in read.items() if value} == {
        key: value for key, value in said.items() if value
    }


def assert_harmless(text: str) -> None:
    """Nothing in it moves a terminal or turns its letters round."""
    assert not _RAW.search(text), ascii(text)


def assert_inside(out: Path) -> None:
    """Below a folder are article files only, each where its id belongs."""
    for path in out.rglob("*") if out.exists() else ():
        assert not path.is_symlink()
        if path.is_file():
            name = path.relative_to(out).as_posix()
            match = _FILE.fullmatch(name)
            assert match, name
            assert name == str(article_path(int(match[1])))
            assert_reads_back(path.read_bytes())


def assert_reads_back(file: bytes) -> None:
    """The bytes of a file that was written have front matter that names its capture."""
    Capture.from_url(str(frontmatter.loads(file.decode("utf-8")).metadata["url"]))


def assert_asks_for_a_capture(target: bytes) -> None:
    """A request is for a capture of some web address."""
    assert _ASKED.fullmatch(target), target
    assert b"#" not in target
    assert_is_a_request(target)


def assert_is_a_request(target: bytes) -> None:
    """A path goes to the origin, in one line of one request."""
    request = httpx.Request("GET", ORIGIN, extensions={"target": target})
    assert (request.url.host, request.url.port) == ("127.0.0.1", 9)
    h11.Request(method="GET", target=target, headers=[("Host", "127.0.0.1:9")])
    assert target.startswith(b"/")
    assert re.fullmatch(rb"[!-~]+", target), target


# --- inputs ---------------------------------------------------------------------------------


def _texts(data: bytes) -> list[str]:
    return [part.decode("utf-8", "replace") for part in data.split(BETWEEN)]


def _response(head: bytes) -> httpx.Response:
    """An answer: a line with its status, and lines of headers."""
    first, *lines = head.split(b"\n")
    digits = re.sub(rb"[^0-9]", b"", first)[:3]
    status = int(digits) if len(digits) == 3 and digits >= b"200" else 302
    headers = [
        (name.strip(), value.strip())
        for name, colon, value in (line.partition(b":") for line in lines)
        if colon and re.fullmatch(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name.strip())
    ]
    return httpx.Response(status, headers=headers, request=httpx.Request("GET", ORIGIN))


@contextmanager
def _folder() -> Iterator[Path]:
    """A folder of its own, in memory where the machine has such a place: it is made often."""
    shared = Path("/dev/shm")  # noqa: S108 - mkdtemp makes a folder of its own in it
    path = Path(tempfile.mkdtemp(prefix="fuzz-", dir=shared if shared.is_dir() else None))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@cache
def _article() -> Article:
    return extract(article_page(7), CAPTURE)


@cache
def _ours() -> bytes:
    return article_file(7)


# --- the table ------------------------------------------------------------------------------

Target = Callable[[bytes], None]


def _in_time(function: Target) -> Target:
    def run(data: bytes) -> None:
        start = time.process_time()
        function(data)
        seconds = time.process_time() - start
        assert seconds < MOST_SECONDS, f"{seconds:.1f} seconds for {len(data)} bytes"

    return run


TARGETS: dict[str, Target] = {
    function.__name__: _in_time(function)
    for function in (
        *(page, front_matter, article_files, index_answer, redirects),
        *(warc, store, saved_page, list_file, target),
    )
}


# --- where a search begins ------------------------------------------------------------------

MEMENTO = b"Memento-Datetime: Tue, 29 Jun 2021 18:32:15 GMT"
_MOVED = b"Location: /web/20190304050607id_/" + CAPTURE.original.encode()
ROWS = [
    list(cdx.FIELDS),
    ["k)/7", CAPTURE.timestamp, CAPTURE.original, "text/html", "200", "A" * 32],
    ["k)/8", "20190000000000", "http://hkcnews.com/article/8", "warc/revisit", "-", "B" * 32],
    ["k)/9", "20190101000000", "mailto:a@b.example", "unk", "302", "C" * 32],
]


def _pages() -> list[bytes]:
    return [path.read_bytes() for path in sorted(FIXTURES.glob("*/*/page.html"))]


def _index_seeds() -> list[bytes]:
    whole = json.dumps([*ROWS, [], ["com,hkcnews)/article/9 2019"]]).encode()
    bodies = [whole, json.dumps(ROWS).encode(), b"[]", b"[[", gzipped(whole), b"<title>Offline"]
    heads = [b"200", b"429\nRetry-After: 60", b"403\nX-Archive-Wayback-Runtime-Error: Robot"]
    return [head + BETWEEN + body for head in heads for body in bodies]


def _redirect_seeds() -> list[bytes]:
    body = article_page(7)
    link = b'Link: <%s>; rel="original", <x>; rel="timegate"' % CAPTURE.original.encode()
    return [
        b"200\n" + MEMENTO + b"\n" + link + b"\nX-Archive-Orig-Server: a\n\n" + body,
        b"200\n" + MEMENTO + b"\nContent-Encoding: gzip\n\n" + gzipped(body),
        b"302\n" + _MOVED + b"\n\n" + BETWEEN + b"200\n" + MEMENTO + b"\n\n" + body,
        b"302\n" + MEMENTO + b"\nLocation: https://example.org/\n\n",
        b"302\nLocation: //example.org/web/20190304050607/http://hkcnews.com/article/7\n\n",
        b"404\nX-Archive-Wayback-Runtime-Error: ResourceNotInArchive\n\nnot archived",
        b"429\nRetry-After: Tue, 29 Jun 2021 18:32:15 GMT\n\n",
    ]


def _warcs() -> list[bytes]:
    page = article_page(7)
    records = [
        warcinfo(),
        response(7),
        response(8, gzipped(page), "Content-Encoding: gzip"),
        response(9, b"5\r\n<html\r\n0\r\n\r\n", "Transfer-Encoding: chunked"),
        record(b"", kind="revisit", uri=CAPTURE.original),
        record(page, kind="resource", uri=CAPTURE.original, content_type="text/html"),
    ]
    alone = [plain([one]).content for one in records] + [packed([one]).content for one in records]
    return [plain(records).content, packed(records).content, gzipped(b"".join(records)), *alone]


def _list_seeds() -> list[bytes]:
    row = f"{CAPTURE.timestamp}\t{CAPTURE.original}\n".encode()
    return [
        row,
        b"timestamp\toriginal\n" + row,
        row.replace(b"\t", b","),
        b'timestamp,original\n"20190101000000","http://hkcnews.com/article/8,x"\n',
        f"{CAPTURE.url}\n".encode(),
        gzipped(row),
    ]


def _text_seeds() -> list[bytes]:
    texts = ["11911", CAPTURE.original, CAPTURE.url, "web.archive.org/web/2021*/hkcnews.com/%e6"]
    return [BETWEEN.join((text.encode(), b"2021", b"1-9,11911")) for text in texts]


_SEEDS: dict[str, Callable[[], list[bytes]]] = {
    "page": _pages,
    "front_matter": lambda: [
        BETWEEN.join(('渡輪"\\\x1b[2J'.encode(), b"a: b", b"- x", b"# y", "\u2028".encode()))
    ],
    "article_files": lambda: [
        _ours(),
        *(path.read_bytes() for path in sorted(FIXTURES.glob("articles/*/article.md"))),
    ],
    "index_answer": _index_seeds,
    "redirects": _redirect_seeds,
    "warc": _warcs,
    "store": _warcs,
    "saved_page": lambda: [
        json.dumps({"timestamp": CAPTURE.timestamp, "original": CAPTURE.original}).encode()
    ],
    "list_file": _list_seeds,
    "target": _text_seeds,
}


def seeds(name: str) -> list[bytes]:
    """Return inputs of a target that come far into it."""
    return _SEEDS[name]()
