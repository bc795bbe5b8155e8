"""Every reader of foreign data, as a function of bytes that must hold for any input.

A target lets through the errors of this project only, and checks the result: files are inside the
folder and can be read back, requests go to the origin and name captures, no text moves a terminal.
`tests/fuzz/test_fuzz.py` drives the targets with hypothesis, `make fuzz` with atheris, which knows
what code an input has reached.
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
from scraper.corpus.document import ArticleDocument
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
from scraper.selection.target import parse_target
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
MAX_SECONDS = 5.0  # of processor time for any input; most take a millisecond
CAPTURE = Capture("20210629183215", "https://www.hkcnews.com/article/7/%E6%B8%A1%E8%BC%AA-7/x")
ORIGIN = httpx.URL("http://127.0.0.1:9")
BETWEEN = b"\xff\xfe"  # never in UTF-8: separates the parts of an input

_CAPTURE_TARGET = re.compile(rb"/web/[0-9]{14}id_/https?://[!-~]+", re.IGNORECASE)
_FILE = re.compile(r"articles/[0-9]+-[0-9]+/article_([1-9][0-9]{0,5})\.md")
_TERMINAL_CONTROLS = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]"
)
_OUTSIDE = b"what lies beside the folder"


# --- pages and files ------------------------------------------------------------------------


def page(data: bytes) -> None:
    """A page of any bytes: an article with a sound file, or a known refusal."""
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
    """Any texts as the values of an article: they can be read back."""
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
    """Any bytes as an article file: held by every reader of article files."""
    for finding in (examine(data, 7), examine(_article_file(), 7)):
        assert_harmless(finding.reason)
    text = data.decode("utf-8", "replace")
    assert "".join(piece for _, piece in ArticleDocument.parse(text).pieces) == text
    compare(data, _article_file(), 7)
    compare(_article_file(), data, 7)
    with _folder() as folder:
        (folder / "article_7.md").write_bytes(data)
        _list(folder)


# --- responses of the archive ---------------------------------------------------------------


def index_answer(data: bytes) -> None:
    """A response of the index: records that can be requested, or a known error."""
    head, _, body = data.partition(BETWEEN)
    for http_response in (_response(head), _response(b"200")):
        try:
            listed: CdxPage = cdx.parse_response(http_response, body)
        except (RateLimited, TryAgain, IndexUnavailable) as error:
            assert_harmless(escape_controls(str(error)))
            continue
        for cdx_record in listed.records:
            assert cdx_record.article_id is not None
            assert_requests_a_capture(playback.request_target(cdx_record.capture))
            article_path(cdx_record.article_id)
        rank(listed.records)
        if listed.resume_key is not None:
            assert_is_a_request(cdx.query_target(cdx.ARTICLES_PREFIX, listed.resume_key))


def redirects(data: bytes) -> None:
    """Responses to requests for a capture, with redirects: all requests are for captures."""
    client = _FakeClient([part.partition(b"\n\n") for part in data.split(BETWEEN)])
    store = MemoryStore()
    with suppress(RateLimited, TryAgain):
        attempt = _run(Fetcher(cast("WaybackClient", client), store).fetch(CdxRecord(CAPTURE)))
        if attempt.served is not None:
            assert attempt.served.article_id == CAPTURE.article_id
            assert attempt.served in store.mementos
    for memento in store.mementos.values():
        _assert_stored_and_found(memento)


class _FakeClient:
    """Stands in for the client: gives the responses in turn, and checks the requests."""

    host = "127.0.0.1:9"

    def __init__(self, responses: list[tuple[bytes, bytes, bytes]]) -> None:
        self._responses = responses
        self._requests = 0

    async def get(
        self,
        endpoint: Endpoint,
        target: bytes,
        read: Callable[[httpx.Response, bytes], Any],
        effort: RequestStats,
    ) -> Any:
        assert endpoint is Endpoint.PLAYBACK
        assert_requests_a_capture(target)
        head, _, body = self._responses[self._requests % len(self._responses)]
        self._requests += 1
        effort.requests += 1
        assert self._requests <= 8, "endless redirects"
        return read(_response(head), body)


def _run(coroutine: Any) -> Any:
    """Return what a coroutine returns that never waits."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        return done.value
    raise AssertionError("it waits for something")


def _assert_stored_and_found(memento: Memento) -> None:
    """The record of a memento in the store is complete, whatever its headers are."""
    with _folder() as folder:
        store = WarcStore(folder)
        location = store.append(memento)
        store.close()
        payload = read_payload(store.location(memento.served, location))
        assert (payload.body, payload.status) == (memento.body, memento.status)
        (stored,) = WarcStore(folder).repair({})
        assert (stored.served, stored.location) == (memento.served, location)


# --- files that others have written ---------------------------------------------------------


def warc(data: bytes) -> None:
    """Any bytes as a WARC file: article files inside the folder, or errors."""
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
    """Any bytes as a file of the store: records or an error, and the store can be continued."""
    with _folder() as folder:
        captures = folder / "captures"
        captures.mkdir()
        (captures / "hkcnews-00001.warc.gz").write_bytes(data)
        try:
            stored = list(WarcStore(captures).repair({}))
        except ScraperError:
            return
        for each in stored:
            with suppress(BadRecord):
                read_payload(WarcStore(captures).location(each.served, each.location))
        continued = WarcStore(captures)
        location = continued.append(Memento(CAPTURE, CAPTURE, 200, "OK", (), b"a page"))
        continued.close()
        assert read_payload(continued.location(CAPTURE, location)).body == b"a page"


def saved_page(data: bytes) -> None:
    """Any bytes beside a saved page: its capture, or an error."""
    with _folder() as folder:
        (folder / "capture.json").write_bytes(data)
        result = saved_pages.saved_page(folder)
        if isinstance(result, CaptureLocation):
            assert result.path.parent == folder
            assert_requests_a_capture(playback.request_target(result.capture))


def list_file(data: bytes) -> None:
    """Any bytes as a list of captures."""
    with _folder() as folder:
        path = folder / "list"
        path.write_bytes(data)
        _list(path)


def _list(path: Path) -> None:
    with suppress(UsageError):
        for record in read_captures(path):
            if isinstance(record, CdxRecord):
                assert_requests_a_capture(playback.request_target(record.capture))
                with suppress(RefusedPath):
                    article_path(record.capture.article_id or 0)


# --- the command line -----------------------------------------------------------------------


def target(data: bytes) -> None:
    """Any texts as arguments: an article, a capture of one, or wrong usage."""
    text, at, ids = (*_texts(data), "", "")[:3]
    with suppress(UsageError):
        parsed = parse_target(text, at)
        article_path(parsed.article_id)
        if parsed.capture is not None:
            assert_requests_a_capture(playback.request_target(parsed.capture))
    with suppress(UsageError):
        assert all(1 <= low <= high <= 999_999 for low, high in IdSet.parse(ids).ranges)
    with suppress(BadCapture, UnicodeEncodeError):
        assert_requests_a_capture(playback.request_target(Capture.from_url(text)))


# --- what must hold -------------------------------------------------------------------------


def assert_sound(text: str, article: Article) -> None:
    """The front matter of a file is plain YAML with the values of the article."""
    text.encode("utf-8")
    assert "\r" not in text
    front, _, _ = text.removeprefix("---\n").partition("\n---\n\n")
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]", front)
    assert all(re.match(r'[a-z_]+:(?: ".*")?\Z|  - ".*"\Z', line) for line in front.split("\n"))
    expected: dict[str, object] = {
        "title": article.title.strip(),
        "date": article.date.isoformat() if article.date else "",
        "last_updated": str(article.last_updated or ""),
        "author": article.author,
        "category": article.category,
        "tags": list(article.tags),
        "url": article.capture.url,
        "original_url": article.capture.original,
    }
    actual = frontmatter.loads(text).metadata
    assert actual == yaml.safe_load(front)
    assert {key: value for key, value in actual.items() if value} == {
        key: value for key, value in expected.items() if value
    }


def assert_harmless(text: str) -> None:
    """No character of a text moves a terminal or changes the direction of letters."""
    assert not _TERMINAL_CONTROLS.search(text), ascii(text)


def assert_inside(out: Path) -> None:
    """A folder has article files only, each at the path of its id."""
    for path in out.rglob("*") if out.exists() else ():
        assert not path.is_symlink()
        if path.is_file():
            name = path.relative_to(out).as_posix()
            match = _FILE.fullmatch(name)
            assert match, name
            assert name == str(article_path(int(match[1])))
            assert_reads_back(path.read_bytes())


def assert_reads_back(file: bytes) -> None:
    """The front matter of a written file names its capture."""
    Capture.from_url(str(frontmatter.loads(file.decode("utf-8")).metadata["url"]))


def assert_requests_a_capture(target: bytes) -> None:
    """A request is for a capture of a web address."""
    assert _CAPTURE_TARGET.fullmatch(target), target
    assert b"#" not in target
    assert_is_a_request(target)


def assert_is_a_request(target: bytes) -> None:
    """A target goes to the origin, in one line of one request."""
    request = httpx.Request("GET", ORIGIN, extensions={"target": target})
    assert (request.url.host, request.url.port) == ("127.0.0.1", 9)
    h11.Request(method="GET", target=target, headers=[("Host", "127.0.0.1:9")])
    assert target.startswith(b"/")
    assert re.fullmatch(rb"[!-~]+", target), target


# --- inputs ---------------------------------------------------------------------------------


def _texts(data: bytes) -> list[str]:
    return [part.decode("utf-8", "replace") for part in data.split(BETWEEN)]


def _response(head: bytes) -> httpx.Response:
    """Return a response: a line with its status, then lines of headers."""
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
    """Make a folder, in memory where possible, because it is made often."""
    shared = Path("/dev/shm")  # noqa: S108 - mkdtemp makes a folder of its own there
    path = Path(tempfile.mkdtemp(prefix="fuzz-", dir=shared if shared.is_dir() else None))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@cache
def _article() -> Article:
    return extract(article_page(7), CAPTURE)


@cache
def _article_file() -> bytes:
    return article_file(7)


# --- the table ------------------------------------------------------------------------------

Target = Callable[[bytes], None]


def _in_time(function: Target) -> Target:
    def run(data: bytes) -> None:
        start = time.process_time()
        function(data)
        seconds = time.process_time() - start
        assert seconds < MAX_SECONDS, f"{seconds:.1f} seconds for {len(data)} bytes"

    return run


TARGETS: dict[str, Target] = {
    function.__name__: _in_time(function)
    for function in (
        *(page, front_matter, article_files, index_answer, redirects),
        *(warc, store, saved_page, list_file, target),
    )
}


# --- seeds ----------------------------------------------------------------------------------

MEMENTO = b"Memento-Datetime: Tue, 29 Jun 2021 18:32:15 GMT"
_LOCATION = b"Location: /web/20190304050607id_/" + CAPTURE.original.encode()
RECORDS = [
    list(cdx.FIELDS),
    ["k)/7", CAPTURE.timestamp, CAPTURE.original, "text/html", "200", "A" * 32],
    ["k)/8", "20190000000000", "http://hkcnews.com/article/8", "warc/revisit", "-", "B" * 32],
    ["k)/9", "20190101000000", "mailto:a@b.example", "unk", "302", "C" * 32],
]


def _pages() -> list[bytes]:
    return [path.read_bytes() for path in sorted(FIXTURES.glob("*/*/page.html"))]


def _index_seeds() -> list[bytes]:
    whole = json.dumps([*RECORDS, [], ["com,hkcnews)/article/9 2019"]]).encode()
    bodies = [whole, json.dumps(RECORDS).encode(), b"[]", b"[[", gzipped(whole), b"<title>Offline"]
    heads = [b"200", b"429\nRetry-After: 60", b"403\nX-Archive-Wayback-Runtime-Error: Robot"]
    return [head + BETWEEN + body for head in heads for body in bodies]


def _redirect_seeds() -> list[bytes]:
    body = article_page(7)
    link = b'Link: <%s>; rel="original", <x>; rel="timegate"' % CAPTURE.original.encode()
    return [
        b"200\n" + MEMENTO + b"\n" + link + b"\nX-Archive-Orig-Server: a\n\n" + body,
        b"200\n" + MEMENTO + b"\nContent-Encoding: gzip\n\n" + gzipped(body),
        b"302\n" + _LOCATION + b"\n\n" + BETWEEN + b"200\n" + MEMENTO + b"\n\n" + body,
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
    line = f"{CAPTURE.timestamp}\t{CAPTURE.original}\n".encode()
    return [
        line,
        b"timestamp\toriginal\n" + line,
        line.replace(b"\t", b","),
        b'timestamp,original\n"20190101000000","http://hkcnews.com/article/8,x"\n',
        f"{CAPTURE.url}\n".encode(),
        gzipped(line),
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
        _article_file(),
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


@cache
def seeds(name: str) -> list[bytes]:
    """Return sound inputs of a target, which reach far into it."""
    return _SEEDS[name]()
