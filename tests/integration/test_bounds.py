"""Hostile pages, files and answers: each bound gives a clear error, and none takes long."""

from __future__ import annotations

import asyncio
import gzip
import json
import time
import zlib
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import brotli
import httpx
import pytest
from fake_archive import Faults, faults, generated, on_index, replay
from support.command import hkcnews
from support.pages import CAPTURE
from support.sockets import answer
from support.warcs import (
    TIMESTAMP,
    address,
    article_file,
    article_page,
    capture_url,
    response,
    tree,
    warc_file,
)

from normalise import Article, Capture, Unreadable, Unrenderable, extract, render
from normalise.editions.seed_blocks import MAX_CELLS, MAX_REPEATS
from normalise.page.extract import MAX_TAGS, MAX_WORDS
from scraper.content_encoding import MAX_PAGE_BYTES, decode_body
from scraper.corpus.completeness import is_article
from scraper.corpus.files import front_matter_values
from scraper.crawl import enumeration, refetch
from scraper.crawl.fetcher import Fetcher
from scraper.crawl.ledger import Ledger
from scraper.crawl.progress import CrawlProgress
from scraper.crawl.refetch import MemoryStore
from scraper.errors import (
    BadRecord,
    IndexUnavailable,
    PlaybackError,
    PlaybackFailure,
    RetriesExhausted,
    StorageError,
    TooLarge,
)
from scraper.models import CaptureLocation, CdxRecord, Memento
from scraper.selection.capture_list import read_captures
from scraper.selection.target import Target
from scraper.verify.compare import compare
from scraper.verify.defects import examine
from scraper.warc.inputs import find_captures
from scraper.warc.payload import read_payload
from scraper.warc.saved_page import saved_page
from scraper.warc.writer import WarcStore
from scraper.wayback import cdx, playback, timeouts
from scraper.wayback import client as archive_module
from scraper.wayback.client import MAX_TRIES, RequestStats, WaybackClient
from scraper.wayback.stop import StopSignal
from scraper.wayback.throttle import Endpoint, Throttle

T = TypeVar("T")
MAX_SECONDS = 5.0  # of processor time; each of these takes far longer without its bound


@contextmanager
def in_time() -> Iterator[None]:
    start = time.process_time()
    yield
    assert time.process_time() - start < MAX_SECONDS


# --- pages ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("<div>" * 100_000, id="nesting of 100,000 elements"),
        pytest.param("<p>x</p>" * 1_000_000, id="a million blocks"),
        pytest.param("<b>" * MAX_TAGS, id="one tag too many"),
    ],
)
def test_a_page_of_too_many_tags_is_unreadable(body: str) -> None:
    with pytest.raises(Unreadable, match=f"more than {MAX_TAGS} tags"):
        extract(article_page(7, body=body), CAPTURE)


def test_a_page_of_many_blocks_is_read() -> None:
    article = extract(article_page(7, body="<p>燈</p>" * 10_000), CAPTURE)
    assert len(article.body) == 10_000


@pytest.mark.parametrize("between", [" ", "/", "\n", "\f"])
def test_a_tag_of_too_many_attributes_is_unreadable(between: str) -> None:
    attributes = between.join(f"a{number}" for number in range(200_000))
    with in_time(), pytest.raises(Unreadable, match=f"more than {MAX_WORDS} words"):
        extract(article_page(7, body=f"<p {attributes}>x</p>"), CAPTURE)


def test_a_page_of_many_words_and_blanks_is_read() -> None:
    words = " ".join(["lamp"] * (MAX_WORDS - 1000))
    article = extract(article_page(7, body=f"<p>{words}</p>{' ' * 500_000}"), CAPTURE)
    assert words in render(article)


def test_a_text_repeated_too_often_is_not_rendered() -> None:
    body = "<ul><li>" * (MAX_REPEATS + 2) + "燈" * 1000
    article = extract(article_page(7, body=body), CAPTURE)
    with pytest.raises(Unrenderable, match=f"blocks in more than {MAX_REPEATS} others"):
        render(article)


def test_nested_lists_are_rendered_up_to_the_bound() -> None:
    body = "<ul><li>" * (MAX_REPEATS + 1) + "燈"
    article = extract(article_page(7, body=body), CAPTURE)
    assert render(article).count("燈") == MAX_REPEATS + 1


def test_a_table_of_too_many_cells_is_not_rendered() -> None:
    body = f"<table><tr>{'<td>' * 5000}{'<tr><td>' * 5000}</table>"
    with in_time(), pytest.raises(Unrenderable, match=f"more than {MAX_CELLS} cells"):
        render(extract(article_page(7, body=body), CAPTURE))


def test_a_large_table_is_rendered() -> None:
    rows = f"<tr>{'<td>燈</td>' * 10}</tr>" * 900
    text = render(extract(article_page(7, body=f"<table>{rows}</table>"), CAPTURE))
    assert text.count("燈") == 9000


def test_an_info_line_in_a_deep_nest_is_not_searched_for_long() -> None:
    nest = f"{'<div>' * 10_000}撰文: 舟 | 發佈日期: 28.06.21{'燈' * 100_000}"
    html = f'<h1>燈</h1><div class="article-content">霧</div>{nest}'
    with in_time(), pytest.raises(Unreadable):
        extract(html.encode(), CAPTURE)


LARGE_BODIES = {
    "of text": "燈" * 6_000_000,
    "of entities": "&amp;" * 3_000_000,
    "of blanks": " \n" * 9_000_000,
    "of a class": f'<p class="{"a" * 19_000_000}">x</p>',
}


@pytest.mark.parametrize("body", LARGE_BODIES.values(), ids=LARGE_BODIES)
def test_a_page_just_below_the_bound_is_read_in_time(body: str) -> None:
    html = article_page(7, body=body)
    assert MAX_PAGE_BYTES * 0.7 < len(html) < MAX_PAGE_BYTES
    with in_time():
        assert isinstance(extract(html, CAPTURE), Article)


# --- files ----------------------------------------------------------------------------------

HUGE = MAX_PAGE_BYTES + 1
TOO_LARGE = f"no page is larger than {MAX_PAGE_BYTES} bytes"


@pytest.fixture
def huge(tmp_path: Path) -> Path:
    """A page of one byte too many, as a sparse file."""
    path = tmp_path / "huge" / "page.html"
    path.parent.mkdir()
    with path.open("wb") as file:
        file.truncate(HUGE)
    capture = {"timestamp": TIMESTAMP, "original": address(7)}
    (path.parent / "capture.json").write_text(json.dumps(capture), encoding="utf-8")
    return path


def test_a_saved_page_over_20_mb_is_refused(huge: Path, tmp_path: Path) -> None:
    url = ("--url", capture_url(7))
    fixture = ("--name", "huge", "--why", "too large", "--fixtures", tmp_path)
    for args in (
        ("normalise", huge, *url),
        ("normalise", huge.parent, "--out", tmp_path / "out"),
        ("inspect", huge, *url),
        ("inspect", huge.parent),
        ("record", capture_url(7), "--from", huge, *fixture),
    ):
        done = hkcnews(*args)
        assert (done.exit_code, done.stdout) == (1, ""), args
        assert TOO_LARGE in done.stderr, args
    assert not (tmp_path / "out").exists()


def test_a_saved_page_of_20_mb_is_read(huge: Path) -> None:
    with huge.open("wb") as file:
        file.truncate(MAX_PAGE_BYTES)
    done = hkcnews("inspect", huge, "--url", capture_url(7))
    assert (done.exit_code, done.stdout) == (1, "")
    assert TOO_LARGE not in done.stderr


def _brotlied(plain: bytes) -> bytes:
    packed: bytes = brotli.compress(plain, quality=1)
    return packed


BOMBS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": lambda plain: gzip.compress(plain, 1),
    "deflate": lambda plain: zlib.compress(plain, 1),
    "br": _brotlied,
}


@pytest.mark.parametrize("encoding", BOMBS)
def test_a_bomb_is_refused_and_one_byte_less_is_decoded(encoding: str) -> None:
    pack = BOMBS[encoding]
    assert len(decode_body(pack(b"x" * 1000), encoding, 1000)) == 1000
    with pytest.raises(TooLarge, match="unpacks to more than 1000 bytes"):
        decode_body(pack(b"x" * 1001), encoding, 1000)
    with pytest.raises(TooLarge):
        decode_body(pack(bytes(HUGE)), encoding)


def test_a_warc_that_is_one_bomb_does_not_fill_the_disk(tmp_path: Path) -> None:
    bomb = zlib.compressobj(9, wbits=31)
    parts = [bomb.compress(response(7) + response(8))]
    parts += [bomb.compress(bytes(10_000_000)) for _ in range(10)]
    path = tmp_path / "bomb.warc.gz"
    path.write_bytes(b"".join(parts) + bomb.flush())
    spool = tmp_path / "spool"
    spool.mkdir()
    with in_time():
        (error,) = find_captures([path], spool)
    assert isinstance(error, BadRecord)
    assert str(error) == f"{path}: unpacks to more than 200 times as much"
    assert sum(each.stat().st_size for each in spool.rglob("*")) < 50_000_000


# Each looks like the start of a record.
STARTS = {"lines": b"WARC/1.0\r\n" * 30_000, "members": b"\x1f\x8b\x08" * 60_000}


@pytest.mark.parametrize("starts", STARTS.values(), ids=STARTS)
def test_endless_starts_of_records_are_given_up(tmp_path: Path, starts: bytes) -> None:
    path = tmp_path / "pages.warc"
    path.write_bytes(response(7) + starts)
    with in_time():
        location, *errors = find_captures([path], tmp_path)
    assert isinstance(location, CaptureLocation)
    assert read_payload(location).body == article_page(7)
    assert errors
    assert all(isinstance(error, BadRecord) and str(path) in str(error) for error in errors)


@pytest.mark.parametrize("starts", STARTS.values(), ids=STARTS)
def test_a_store_of_endless_starts_is_not_truncated(tmp_path: Path, starts: bytes) -> None:
    path = tmp_path / "captures" / "hkcnews-00001.warc.gz"
    path.parent.mkdir()
    path.write_bytes(starts)
    with in_time(), pytest.raises(StorageError, match="move the file out of the folder"):
        list(WarcStore(path.parent).repair({}))
    assert path.read_bytes() == starts


LAST_CHUNKS = {"zeros": b"1\r\nx" + b"\r\n0" * 150_000, "trailers": b"0\r\n" * 150_000 + b"x"}


@pytest.mark.parametrize("body", LAST_CHUNKS.values(), ids=LAST_CHUNKS)
def test_a_last_chunk_that_never_ends_is_an_error(tmp_path: Path, body: bytes) -> None:
    path = warc_file(tmp_path, [response(7, body, "Transfer-Encoding: chunked")])
    (location,) = find_captures([path], tmp_path)
    assert isinstance(location, CaptureLocation)
    with in_time(), pytest.raises(BadRecord, match="the last chunk is missing"):
        read_payload(location)


def test_deeply_nested_json_beside_a_page_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "capture.json").write_bytes(b"[" * 100_000)
    error = saved_page(tmp_path)
    assert isinstance(error, BadRecord)
    assert "nested too deep" in str(error)


# YAML aliases of lists of lists: nine lines that expand to a thousand million words.
ALIASES = "".join(
    f"a{number}: &a{number} [{','.join([f'*a{number - 1}' if number else 'x'] * 10)}]\n"
    for number in range(9)
)


def test_yaml_aliases_in_front_matter_are_not_expanded(tmp_path: Path) -> None:
    text = f"---\n{ALIASES}title: *a8\nurl: *a8\nnote: 告別\n---\n\n# x\n\ny\n"
    (tmp_path / "article_7.md").write_text(text, encoding="utf-8")
    with in_time():
        assert front_matter_values(text.split("---")[1]) == {"note": "告別"}
        (error,) = read_captures(tmp_path)
        assert isinstance(error, BadRecord)
        assert is_article(text)
        compare(article_file(7), text.encode(), 7)
        examine(text.encode(), 7)


LONG_LINES = {
    "pictures that begin": "![" * 20_000,
    "addresses that begin": "](" * 20_000,
    "pictures without end": "![x](y " * 20_000,
    "links of the archive": f"](https://web.archive.org/web/{TIMESTAMP}" * 8_000,
    "hidden addresses": "](/cdn-cgi/l/" * 20_000,
    "boxes without end": f"\n---\n\n![{' | ](x)' * 20_000}\n\n**x**\n",
    "blanks": " " * 200_000,
}


@pytest.mark.parametrize("text", LONG_LINES.values(), ids=LONG_LINES)
def test_a_long_line_of_unfinished_marks_is_read_in_time(text: str) -> None:
    file = article_file(7) + text.encode() + b"\n"
    without_title = file.replace(b"\n# ", b"\n")
    with in_time():
        for data in (file, without_title):
            examine(data, 7)
            compare(data, article_file(7), 7)
            compare(article_file(7), data, 7)
            is_article(data.decode())


# --- answers --------------------------------------------------------------------------------

Reply = Callable[[int], AsyncIterator[bytes]]


async def _whole(_: int) -> AsyncIterator[bytes]:
    yield answer(b"a page", "Memento-Datetime: Tue, 29 Jun 2021 18:32:15 GMT")


class _DripTime:
    """A clock that only drops move on: no machine is too slow for it, and nobody waits."""

    seconds = 0.0

    @classmethod
    def monotonic(cls) -> float:
        return cls.seconds


def _dripping(head: bytes, drop: bytes = b"a", seconds: float = 10.0) -> Reply:
    """Until more than the seconds of an answer have passed; then nothing comes any more."""

    async def reply(_: int) -> AsyncIterator[bytes]:
        yield head
        for _ in range(int(archive_module._MAX_SECONDS / seconds) + 1):
            await asyncio.sleep(0)
            _DripTime.seconds += seconds
            yield drop

    return reply


@asynccontextmanager
async def serving(reply: Reply) -> AsyncIterator[tuple[str, list[bytes]]]:
    """Serve on loopback what `reply` gives for the n-th request; yield origin and targets."""
    targets: list[bytes] = []
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            while True:
                targets.append((await reader.readuntil(b"\r\n\r\n")).split(b" ")[1])
                async for part in reply(len(targets)):
                    writer.write(part)
                    await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.CancelledError, OSError):
            pass  # the client has gone, or the test is over
        finally:
            writer.close()
            tasks.discard(task)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", targets
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def run_client(
    reply: Reply, use: Callable[[WaybackClient], Coroutine[Any, Any, T]]
) -> tuple[T, list[bytes]]:
    """Return what `use` returns, with a client of one connection, and the targets requested."""

    async def run() -> tuple[T, list[bytes]]:
        stop = StopSignal()
        throttle = Throttle(stop, rate=0, cooldown=0.001, pause=None, on_pause=lambda _: None)
        async with (
            serving(reply) as (origin, targets),
            WaybackClient(origin, throttle, stop, "tests", 1, wait=0.001) as client,
        ):
            return await use(client), targets

    return asyncio.run(run())


async def get_body(client: WaybackClient) -> bytes:
    return await client.get(Endpoint.PLAYBACK, b"/", lambda _, body: body, RequestStats())


@pytest.fixture
def _time_of_drops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timeouts, "time", _DripTime)


ENDLESS = {
    "a head that drips": _dripping(b"HTTP/1.1 200 OK\r\nX-Drip: "),
    "a first line that drips": _dripping(b"HTTP/1.1 200 "),
    "headers without end": _dripping(b"HTTP/1.1 200 OK\r\n", b"A: a\r\n"),
    "answers before the answer": _dripping(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "a body that drips": _dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n"),
    "chunks that drip": _dripping(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n.\r\n"
    ),
}


@pytest.mark.usefixtures("_time_of_drops")
@pytest.mark.parametrize("reply", ENDLESS.values(), ids=ENDLESS)
def test_an_endless_answer_is_given_up(reply: Reply) -> None:
    async def use(client: WaybackClient) -> str:
        with pytest.raises(RetriesExhausted) as caught:
            await get_body(client)
        return str(caught.value)

    with in_time():
        message, targets = run_client(reply, use)
    assert message == f"an answer that does not end in 300 seconds, {MAX_TRIES} times"
    assert len(targets) == MAX_TRIES


@pytest.mark.usefixtures("_time_of_drops")
def test_an_abandoned_connection_frees_its_place() -> None:
    drips = ENDLESS["a head that drips"]

    async def use(client: WaybackClient) -> list[bytes]:
        return [await get_body(client) for _ in range(3)]

    bodies, targets = run_client(lambda n: drips(n) if n in (1, 3) else _whole(n), use)
    assert bodies == [b"a page"] * 3
    assert len(targets) == 5


def test_a_head_of_too_many_bytes_is_given_up() -> None:
    async def use(client: WaybackClient) -> None:
        with pytest.raises(RetriesExhausted):
            await get_body(client)

    with in_time():
        run_client(_dripping(b"HTTP/1.1 200 OK\r\nX: ", b"a" * 50_000), use)


@pytest.mark.parametrize("link", ["<" * 90_000, "<http://" * 11_000, "<a>; rel=" * 10_000])
def test_a_link_header_of_unfinished_addresses_is_read_in_time(link: str) -> None:
    fields = [("memento-datetime", "Tue, 29 Jun 2021 18:32:15 GMT"), ("link", link)]
    with in_time():
        memento = playback.parse_response(CAPTURE, "", httpx.Response(200, headers=fields), b"x")
    assert isinstance(memento, Memento)
    assert memento.served.original == CAPTURE.original


def test_endless_redirects_are_given_up() -> None:
    moments = count(20210101000000)

    async def onward(_: int) -> AsyncIterator[bytes]:
        to = f"Location: /web/{next(moments)}id_/{address(7)}"
        yield answer(b"", to, status="302 Found")

    async def use(client: WaybackClient) -> str:
        attempt = await Fetcher(client, MemoryStore()).fetch(
            CdxRecord(Capture(TIMESTAMP, address(7)))
        )
        return attempt.reason

    reason, targets = run_client(onward, use)
    assert reason == PlaybackFailure.LOOP
    assert len(targets) == 8


ELSEWHERE = {
    "an archived redirect": ("Memento-Datetime: Tue, 29 Jun 2021 18:32:15 GMT",),
    "a redirect of the archive": (),
}


@pytest.mark.parametrize("fields", ELSEWHERE.values(), ids=ELSEWHERE)
@pytest.mark.parametrize(
    "to", ["{0}/x", "{0}/web/20210101000000/https://www.hkcnews.com/article/7"]
)
def test_no_redirect_asks_another_host(fields: tuple[str, ...], to: str) -> None:
    async def run() -> tuple[list[bytes], list[bytes]]:
        async with serving(_whole) as (other, targets_of_other):

            async def onward(_: int) -> AsyncIterator[bytes]:
                yield answer(b"", f"Location: {to.format(other)}", *fields, status="302 Found")

            async with serving(onward) as (origin, targets):
                stop = StopSignal()
                throttle = Throttle(stop, 0, 0.001, None, lambda _: None)
                async with WaybackClient(origin, throttle, stop, "tests", 1, wait=0.001) as client:
                    await Fetcher(client, MemoryStore()).fetch(
                        CdxRecord(Capture(TIMESTAMP, address(7)))
                    )
                return targets, targets_of_other

    targets, targets_of_other = asyncio.run(run())
    assert targets
    assert all(target.startswith(b"/web/") for target in targets)
    assert targets_of_other == []


def test_a_playback_address_of_another_host_is_an_address_of_that_host() -> None:
    resolved = playback.resolve_redirect(
        CAPTURE, f"https://evil.example/web/{TIMESTAMP}/{address(7)}", "a:1"
    )
    assert resolved.article_id is None


# --- the index ------------------------------------------------------------------------------


async def _ever_more(number: int) -> AsyncIterator[bytes]:
    """A page of the index with one record, and a key that leads on."""
    record = [f"k{number}", TIMESTAMP, address(7), "text/html", "200", f"D{number}"]
    yield answer(json.dumps([list(cdx.FIELDS), record, [], [f"key{number}"]]).encode())


def test_an_endless_index_is_given_up_by_crawl(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(enumeration, "_MAX_PAGES", 7)
    ledger = Ledger(tmp_path)

    async def use(client: WaybackClient) -> None:
        with pytest.raises(
            IndexUnavailable, match="does not end after 7 pages; give --captures FILE"
        ):
            await enumeration.read_index(client, ledger, CrawlProgress())

    _, targets = run_client(_ever_more, use)
    ledger.close()
    assert len(targets) == 7


def test_an_endless_index_is_given_up_by_fetch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refetch, "_MAX_PAGES", 7)

    async def use(client: WaybackClient) -> None:
        with pytest.raises(
            IndexUnavailable, match=r"article 7 .* does not end after 7 pages; .*address"
        ):
            await refetch.rank_captures(Target(7), client, None)

    _, targets = run_client(_ever_more, use)
    assert len(targets) == 7


def test_an_index_of_too_many_bytes_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(archive_module._MAX_BYTES, Endpoint.INDEX, 100)

    async def use(client: WaybackClient) -> None:
        with pytest.raises(IndexUnavailable, match=r"article 7 .* larger than 100 bytes"):
            await refetch.rank_captures(Target(7), client, None)

    run_client(_ever_more, use)


@pytest.mark.parametrize("value", [b"[]", b"{}", b'"ab"', b"1"])
def test_an_index_of_too_many_values_is_unavailable(
    value: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cdx, "MAX_VALUES", 1000)
    response = httpx.Response(200)
    with pytest.raises(IndexUnavailable, match="too large: more than 1000 values"):
        cdx.parse_response(response, b"[" + b",".join([value] * 1002) + b"]")
    assert cdx.parse_response(response, json.dumps([cdx.FIELDS]).encode()).records == ()


def test_addresses_in_the_index_never_become_paths(tmp_path: Path) -> None:
    paths = ["../../../x", "7/../../x", "0/x", "1000000/x", "-1/x", "7%2f..%2fx", "\u0667/x", "7/"]
    records = [
        ["k", TIMESTAMP, f"https://www.hkcnews.com/article/{path}", "text/html", "200", "D"]
        for path in [*paths, "../" * 50, "/etc/passwd", "7/" + "a" * 5000]
    ]
    records += [["../../k", "../../../../x", "file:///etc/passwd", "../x", "../x", "../x"]]
    body = json.dumps([list(cdx.FIELDS), *records])
    wild = on_index(faults.says("wild", 200, body, html=False))
    with replay(generated(0), Faults([wild])) as server:
        pace = ("--archive", server.origin, "--rate", "0", "--cooldown", "0.001")
        output = hkcnews("crawl", "--out", tmp_path / "out", *pace).stderr
    assert "articles asked for" in output
    assert {name.split("/")[1] for name in tree(tmp_path)} <= {
        *("crawl.db", "crawl.lock", "report.json", "captures"),
    }
    assert {request.endpoint for request in server.log} == {"index", "playback"}


def test_a_body_over_the_bound_is_a_playback_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(archive_module._MAX_BYTES, Endpoint.PLAYBACK, 5)

    async def use(client: WaybackClient) -> PlaybackFailure:
        with pytest.raises(PlaybackError, match="larger than 5 bytes") as caught:
            await get_body(client)
        return caught.value.reason

    assert run_client(_whole, use)[0] == PlaybackFailure.TOO_LARGE
