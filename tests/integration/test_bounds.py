"""Hostile pages, files and answers: each bound has a clear error, and none takes long."""

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
from support.pages import CAPTURE, page
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
from scraper.wayback import cdx, playback
from scraper.wayback import client as archive_module
from scraper.wayback.client import MAX_TRIES, RequestStats, WaybackClient
from scraper.wayback.stop import StopSignal
from scraper.wayback.throttle import Endpoint, Throttle

T = TypeVar("T")
SECONDS = 10.0  # of the processor; without its bound each of these takes minutes


@contextmanager
def at_once() -> Iterator[None]:
    start = time.process_time()
    yield
    assert time.process_time() - start < SECONDS


# --- pages ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("<div>" * 100_000, id="nesting of 100,000 elements"),
        pytest.param("<p>x</p>" * 1_000_000, id="a million blocks"),
        pytest.param("<b>" * MAX_TAGS, id="one tag too many"),
    ],
)
def test_a_page_of_more_tags_than_any_is_refused_unread(body: str) -> None:
    with pytest.raises(Unreadable, match=f"more than {MAX_TAGS} tags"):
        extract(article_page(7, body=body), CAPTURE)


def test_a_page_of_many_blocks_is_read_whole() -> None:
    article = extract(article_page(7, body="<p>燈</p>" * 10_000), CAPTURE)
    assert len(article.body) == 10_000


@pytest.mark.parametrize("between", [" ", "/", "\n", "\f"])
def test_a_tag_of_more_attributes_than_any_is_refused_unread(between: str) -> None:
    attributes = between.join(f"a{number}" for number in range(200_000))
    with at_once(), pytest.raises(Unreadable, match=f"more than {MAX_WORDS} words"):
        extract(article_page(7, body=f"<p {attributes}>x</p>"), CAPTURE)


def test_a_page_of_many_words_and_many_blanks_is_read() -> None:
    words = " ".join(["lamp"] * (MAX_WORDS - 1000))
    article = extract(article_page(7, body=f"<p>{words}</p>{' ' * 500_000}"), CAPTURE)
    assert words in render(article)


def test_a_text_that_would_be_written_again_and_again_is_refused() -> None:
    body = "<ul><li>" * (MAX_REPEATS + 2) + "燈" * 1000
    article = extract(article_page(7, body=body), CAPTURE)
    with pytest.raises(Unrenderable, match=f"blocks in more than {MAX_REPEATS} others"):
        render(article)


def test_lists_in_lists_are_read_to_the_bound() -> None:
    body = "<ul><li>" * (MAX_REPEATS + 1) + "燈"
    article = extract(article_page(7, body=body), CAPTURE)
    assert render(article).count("燈") == MAX_REPEATS + 1


def test_a_table_that_would_be_filled_up_to_millions_of_cells_is_refused() -> None:
    body = f"<table><tr>{'<td>' * 5000}{'<tr><td>' * 5000}</table>"
    with at_once(), pytest.raises(Unrenderable, match=f"more than {MAX_CELLS} cells"):
        render(extract(article_page(7, body=body), CAPTURE))


def test_a_large_table_is_read_whole() -> None:
    rows = f"<tr>{'<td>燈</td>' * 10}</tr>" * 900
    text = render(extract(article_page(7, body=f"<table>{rows}</table>"), CAPTURE))
    assert text.count("燈") == 9000


def test_words_of_an_info_line_in_a_deep_nest_are_not_looked_for_without_end() -> None:
    nest = f"{'<div>' * 20_000}撰文: 舟 | 發佈日期: 28.06.21{'燈' * 300_000}"
    html = f'<h1>燈</h1><div class="article-content">霧</div>{nest}'
    with at_once(), pytest.raises(Unreadable):
        extract(html.encode(), CAPTURE)


MEGABYTES = {
    "of text": "燈" * 6_000_000,
    "of entities": "&amp;" * 3_000_000,
    "of blanks": " \n" * 9_000_000,
    "of a class": f'<p class="{"a" * 19_000_000}">x</p>',
}


@pytest.mark.parametrize("body", MEGABYTES.values(), ids=MEGABYTES)
def test_a_page_just_below_the_bound_is_read_at_once(body: str) -> None:
    html = article_page(7, body=body)
    assert MAX_PAGE_BYTES * 0.7 < len(html) < MAX_PAGE_BYTES
    with at_once():
        assert isinstance(extract(html, CAPTURE), Article)


# --- files ----------------------------------------------------------------------------------

HUGE = MAX_PAGE_BYTES + 1
SAID = f"no page is larger than {MAX_PAGE_BYTES} bytes"


@pytest.fixture
def huge(tmp_path: Path) -> Path:
    """A page of one byte too many, which takes no room on the disk."""
    path = tmp_path / "huge" / "page.html"
    path.parent.mkdir()
    with path.open("wb") as file:
        file.truncate(HUGE)
    capture = {"timestamp": TIMESTAMP, "original": address(7)}
    (path.parent / "capture.json").write_text(json.dumps(capture), encoding="utf-8")
    return path


def test_a_page_over_20_mb_in_a_file_is_refused(huge: Path, tmp_path: Path) -> None:
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
        assert SAID in done.stderr, args
    assert not (tmp_path / "out").exists()


def test_a_page_of_20_mb_in_a_file_is_read(huge: Path) -> None:
    with huge.open("wb") as file:
        file.truncate(MAX_PAGE_BYTES)
    done = hkcnews("inspect", huge, "--url", capture_url(7))
    assert (done.exit_code, done.stdout) == (1, "")
    assert SAID not in done.stderr


def _brotlied(plain: bytes) -> bytes:
    packed: bytes = brotli.compress(plain, quality=1)
    return packed


BOMBS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": lambda plain: gzip.compress(plain, 1),
    "deflate": lambda plain: zlib.compress(plain, 1),
    "br": _brotlied,
}


@pytest.mark.parametrize("encoding", BOMBS)
def test_a_bomb_of_every_encoding_is_told_and_one_byte_less_is_read(encoding: str) -> None:
    pack = BOMBS[encoding]
    assert len(decode_body(pack(b"x" * 1000), encoding, 1000)) == 1000
    with pytest.raises(TooLarge, match="unpacks to more than 1000 bytes"):
        decode_body(pack(b"x" * 1001), encoding, 1000)
    with pytest.raises(TooLarge):
        decode_body(pack(bytes(HUGE)), encoding)


def test_a_warc_that_is_a_bomb_as_a_whole_does_not_fill_the_disk(tmp_path: Path) -> None:
    bomb = zlib.compressobj(9, wbits=31)
    parts = [bomb.compress(response(7) + response(8))]
    parts += [bomb.compress(bytes(10_000_000)) for _ in range(20)]
    path = tmp_path / "bomb.warc.gz"
    path.write_bytes(b"".join(parts) + bomb.flush())
    spool = tmp_path / "spool"
    spool.mkdir()
    with at_once():
        found = list(find_captures([path], spool))
    (bad,) = found
    assert isinstance(bad, BadRecord)
    assert str(bad) == f"{path}: unpacks to more than 200 times as much"
    assert sum(each.stat().st_size for each in spool.rglob("*")) < 80_000_000


# Each looks like the start of a record.
STARTS = {"lines": b"WARC/1.0\r\n" * 100_000, "members": b"\x1f\x8b\x08" * 300_000}


@pytest.mark.parametrize("starts", STARTS.values(), ids=STARTS)
def test_starts_of_records_without_end_are_not_all_looked_at(tmp_path: Path, starts: bytes) -> None:
    path = tmp_path / "pages.warc"
    path.write_bytes(response(7) + starts)
    with at_once():
        place, *told = find_captures([path], tmp_path)
    assert isinstance(place, CaptureLocation)
    assert read_payload(place).body == article_page(7)
    assert told
    assert all(isinstance(one, BadRecord) and str(path) in str(one) for one in told)


@pytest.mark.parametrize("starts", STARTS.values(), ids=STARTS)
def test_a_store_of_such_starts_is_not_cut(tmp_path: Path, starts: bytes) -> None:
    path = tmp_path / "captures" / "hkcnews-00001.warc.gz"
    path.parent.mkdir()
    path.write_bytes(starts)
    with at_once(), pytest.raises(StorageError, match="move the file out of the folder"):
        list(WarcStore(tmp_path).repair({}))
    assert path.read_bytes() == starts


LAST_CHUNKS = {"zeros": b"1\r\nx" + b"\r\n0" * 1_000_000, "trailers": b"0\r\n" * 1_000_000 + b"x"}


@pytest.mark.parametrize("body", LAST_CHUNKS.values(), ids=LAST_CHUNKS)
def test_a_last_chunk_that_never_ends_is_told(tmp_path: Path, body: bytes) -> None:
    path = warc_file(tmp_path, [response(7, body, "Transfer-Encoding: chunked")])
    (place,) = find_captures([path], tmp_path)
    assert isinstance(place, CaptureLocation)
    with at_once(), pytest.raises(BadRecord, match="the last chunk is missing"):
        read_payload(place)


def test_json_beside_a_page_that_is_nested_without_end_is_told(tmp_path: Path) -> None:
    (tmp_path / "capture.json").write_bytes(b"[" * 100_000)
    found = saved_page(tmp_path)
    assert isinstance(found, BadRecord)
    assert "nested too deep" in str(found)


# Lists of lists by name: nine lines that are a thousand million words when they are written out.
LAUGHS = "".join(
    f"a{number}: &a{number} [{','.join([f'*a{number - 1}' if number else 'x'] * 10)}]\n"
    for number in range(9)
)


def test_front_matter_of_lists_of_lists_by_name_is_not_written_out(tmp_path: Path) -> None:
    text = f"---\n{LAUGHS}title: *a8\nurl: *a8\nsaid: 告別\n---\n\n# x\n\ny\n"
    (tmp_path / "article_7.md").write_text(text, encoding="utf-8")
    with at_once():
        assert front_matter_values(text.split("---")[1]) == {"said": "告別"}
        (found,) = read_captures(tmp_path)
        assert isinstance(found, BadRecord)
        assert is_article(text)
        compare(article_file(7), text.encode(), 7)
        examine(text.encode(), 7)


LONG = {
    "pictures that begin": "![" * 20_000,
    "addresses that begin": "](" * 20_000,
    "pictures without end": "![x](y " * 20_000,
    "links of the archive": f"](https://web.archive.org/web/{TIMESTAMP}" * 20_000,
    "hidden addresses": "](/cdn-cgi/l/" * 20_000,
    "boxes without end": f"\n---\n\n![{' | ](x)' * 20_000}\n\n**x**\n",
    "blanks": " " * 200_000,
}


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_a_line_of_marks_that_lead_nowhere_is_read_at_once(text: str) -> None:
    file = article_file(7) + text.encode() + b"\n"
    no_title = file.replace(b"\n# ", b"\n")
    with at_once():
        for one in (file, no_title):
            examine(one, 7)
            compare(one, article_file(7), 7)
            compare(article_file(7), one, 7)
            is_article(one.decode())


# --- answers --------------------------------------------------------------------------------

Reply = Callable[[int], AsyncIterator[bytes]]


async def _whole(_: int) -> AsyncIterator[bytes]:
    yield answer(b"a page", "Memento-Datetime: Tue, 29 Jun 2021 18:32:15 GMT")


def _dripping(head: bytes, drop: bytes = b"a", seconds: float = 0.005) -> Reply:
    async def reply(_: int) -> AsyncIterator[bytes]:
        yield head
        while True:
            await asyncio.sleep(seconds)
            yield drop

    return reply


@asynccontextmanager
async def serving(reply: Reply) -> AsyncIterator[tuple[str, list[bytes]]]:
    """Serve on loopback what `reply` gives for the request of a number; keep what is asked."""
    asked: list[bytes] = []
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            while True:
                asked.append((await reader.readuntil(b"\r\n\r\n")).split(b" ")[1])
                async for part in reply(len(asked)):
                    writer.write(part)
                    await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.CancelledError, OSError):
            pass  # the client has gone, or the test is over
        finally:
            writer.close()
            tasks.discard(task)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", asked
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def told(
    reply: Reply, story: Callable[[WaybackClient], Coroutine[Any, Any, T]]
) -> tuple[T, list[bytes]]:
    """What a story on one connection comes to, and what it has asked for."""

    async def run() -> tuple[T, list[bytes]]:
        stop = StopSignal()
        governor = Throttle(stop, rate=0, cooldown=0.001, pause=None, on_pause=lambda _: None)
        async with (
            serving(reply) as (origin, asked),
            WaybackClient(origin, governor, stop, "tests", 1, wait=0.001) as archive,
        ):
            return await story(archive), asked

    return asyncio.run(run())


async def body_of(archive: WaybackClient) -> bytes:
    return await archive.get(Endpoint.PLAYBACK, b"/", lambda _, body: body, RequestStats())


@pytest.fixture
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive_module, "_MAX_SECONDS", 0.1)


ENDLESS = {
    "a head that drips": _dripping(b"HTTP/1.1 200 OK\r\nX-Drip: "),
    "a first line that drips": _dripping(b"HTTP/1.1 200 "),
    "headers without end": _dripping(b"HTTP/1.1 200 OK\r\n", b"A: a\r\n"),
    "answers before the answer": _dripping(b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0.0),
    "a body that drips": _dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n"),
    "chunks that drip": _dripping(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n.\r\n"
    ),
}


@pytest.mark.usefixtures("_short")
@pytest.mark.parametrize("reply", ENDLESS.values(), ids=ENDLESS)
def test_an_answer_that_does_not_end_is_given_up(reply: Reply) -> None:
    async def story(archive: WaybackClient) -> str:
        with pytest.raises(RetriesExhausted) as caught:
            await body_of(archive)
        return str(caught.value)

    with at_once():
        said, asked = told(reply, story)
    assert said == f"an answer that does not end in 0 seconds, {MAX_TRIES} times"
    assert len(asked) == MAX_TRIES


@pytest.mark.usefixtures("_short")
def test_a_connection_that_was_given_up_leaves_its_place_to_others() -> None:
    drips = ENDLESS["a head that drips"]

    async def story(archive: WaybackClient) -> list[bytes]:
        return [await body_of(archive) for _ in range(3)]

    bodies, asked = told(lambda n: drips(n) if n in (1, 3) else _whole(n), story)
    assert bodies == [b"a page"] * 3
    assert len(asked) == 5


def test_a_head_of_more_bytes_than_any_is_given_up() -> None:
    async def story(archive: WaybackClient) -> None:
        with pytest.raises(RetriesExhausted):
            await body_of(archive)

    with at_once():
        told(_dripping(b"HTTP/1.1 200 OK\r\nX: ", b"a" * 50_000, 0.0), story)


@pytest.mark.parametrize("link", ["<" * 90_000, "<http://" * 11_000, "<a>; rel=" * 10_000])
def test_a_link_of_many_addresses_that_do_not_end_is_read_at_once(link: str) -> None:
    fields = [("memento-datetime", "Tue, 29 Jun 2021 18:32:15 GMT"), ("link", link)]
    with at_once():
        found = playback.parse_response(CAPTURE, "", httpx.Response(200, headers=fields), b"x")
    assert isinstance(found, Memento)
    assert found.served.original == CAPTURE.original


def test_redirects_to_ever_new_captures_end() -> None:
    moments = count(20210101000000)

    async def onward(_: int) -> AsyncIterator[bytes]:
        to = f"Location: /web/{next(moments)}id_/{address(7)}"
        yield answer(b"", to, status="302 Found")

    async def story(archive: WaybackClient) -> str:
        attempt = await Fetcher(archive, MemoryStore()).fetch(
            CdxRecord(Capture(TIMESTAMP, address(7)))
        )
        return attempt.reason

    reason, asked = told(onward, story)
    assert reason == PlaybackFailure.LOOP
    assert len(asked) == 8


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
        async with serving(_whole) as (other, asked_of_other):

            async def onward(_: int) -> AsyncIterator[bytes]:
                yield answer(b"", f"Location: {to.format(other)}", *fields, status="302 Found")

            async with serving(onward) as (origin, asked):
                stop = StopSignal()
                governor = Throttle(stop, 0, 0.001, None, lambda _: None)
                async with WaybackClient(origin, governor, stop, "tests", 1, wait=0.001) as archive:
                    await Fetcher(archive, MemoryStore()).fetch(
                        CdxRecord(Capture(TIMESTAMP, address(7)))
                    )
                return asked, asked_of_other

    asked, asked_of_other = asyncio.run(run())
    assert asked
    assert all(target.startswith(b"/web/") for target in asked)
    assert asked_of_other == []


def test_a_redirect_s_host_is_not_asked_for_by_its_capture_either() -> None:
    found = playback.resolve_redirect(
        CAPTURE, f"https://evil.example/web/{TIMESTAMP}/{address(7)}", "a:1"
    )
    assert found.article_id is None  # it is an address of that host: another page


# --- the index ------------------------------------------------------------------------------


async def _ever_more(number: int) -> AsyncIterator[bytes]:
    """A page of the index with a row, and a key to another one."""
    row = [f"k{number}", TIMESTAMP, address(7), "text/html", "200", f"D{number}"]
    yield answer(json.dumps([list(cdx.FIELDS), row, [], [f"key{number}"]]).encode())


def test_an_index_that_does_not_end_is_given_up_by_a_crawl(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(enumeration, "_MOST_PAGES", 7)
    ledger = Ledger(tmp_path)

    async def story(archive: WaybackClient) -> None:
        with pytest.raises(
            IndexUnavailable, match="does not end after 7 pages; give --captures FILE"
        ):
            await enumeration.read_index(archive, ledger, CrawlProgress())

    _, asked = told(_ever_more, story)
    ledger.close()
    assert len(asked) == 7


def test_an_index_that_does_not_end_is_given_up_by_fetch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refetch, "_MOST_PAGES", 7)

    async def story(archive: WaybackClient) -> None:
        with pytest.raises(
            IndexUnavailable, match=r"article 7 .* does not end after 7 pages; .*address"
        ):
            await refetch.rank_captures(Target(7), archive, None)

    _, asked = told(_ever_more, story)
    assert len(asked) == 7


def test_an_index_larger_than_any_is_no_index(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(archive_module._MAX_BYTES, Endpoint.INDEX, 100)

    async def story(archive: WaybackClient) -> None:
        with pytest.raises(IndexUnavailable, match=r"article 7 .* larger than 100 bytes"):
            await refetch.rank_captures(Target(7), archive, None)

    told(_ever_more, story)


@pytest.mark.parametrize("value", [b"[]", b"{}", b'"ab"', b"1"])
def test_an_index_of_more_values_than_any_is_not_taken_into_memory(
    value: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cdx, "MAX_VALUES", 1000)
    response = httpx.Response(200)
    with pytest.raises(IndexUnavailable, match="too large: more than 1000 values"):
        cdx.parse_response(response, b"[" + b",".join([value] * 1002) + b"]")
    assert cdx.parse_response(response, json.dumps([cdx.FIELDS]).encode()).records == ()


def test_what_the_index_lists_is_never_a_path(tmp_path: Path) -> None:
    paths = ["../../../x", "7/../../x", "0/x", "1000000/x", "-1/x", "7%2f..%2fx", "\u0667/x", "7/"]
    rows = [
        ["k", TIMESTAMP, f"https://www.hkcnews.com/article/{path}", "text/html", "200", "D"]
        for path in [*paths, "../" * 50, "/etc/passwd", "7/" + "a" * 5000]
    ]
    rows += [["../../k", "../../../../x", "file:///etc/passwd", "../x", "../x", "../x"]]
    body = json.dumps([list(cdx.FIELDS), *rows])
    wild = on_index(faults.says("wild", 200, body, html=False))
    with replay(generated(0), Faults([wild])) as server:
        gentle = ("--archive", server.origin, "--rate", "0", "--cooldown", "0.001")
        said = hkcnews("crawl", "--out", tmp_path / "out", *gentle).stderr
    assert "articles known" in said
    assert {one.split("/")[1] for one in tree(tmp_path)} <= {
        *("crawl.db", "crawl.lock", "report.json", "captures"),
    }
    assert {request.endpoint for request in server.log} == {"index", "playback"}


def test_a_body_over_the_bound_is_unplayable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(archive_module._MAX_BYTES, Endpoint.PLAYBACK, 5)

    async def story(archive: WaybackClient) -> PlaybackFailure:
        with pytest.raises(PlaybackError, match="larger than 5 bytes") as caught:
            await body_of(archive)
        return caught.value.reason

    assert told(_whole, story)[0] == PlaybackFailure.TOO_LARGE


def test_the_pages_above_are_articles_otherwise() -> None:
    assert extract(page("<p>燈</p>").encode(), CAPTURE).body
