"""The stand-in archive: its index, its playback, its faults and its control by tests.

How it agrees with recordings of the real archive is tested in test_recordings.py.
"""

from __future__ import annotations

import contextlib
import gzip
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from fake_archive import (
    PREFIX_QUERY,
    Archive,
    FakeMemento,
    Faults,
    Quirks,
    RateLimitSimulator,
    Replay,
    Rule,
    demo_archive,
    demo_faults,
    error_pages,
    faults,
    from_fixtures,
    generated,
    on_index,
    on_playback,
    replay,
    samples,
)
from fake_archive.fault_injector import FaultInjector
from fake_archive.mementos import EMPTY_DIGEST, digest_of
from fake_archive.surt import urlkey
from support import warcs
from support.http_requests import (
    TIMEOUT,
    Reply,
    connect,
    get,
    get_on,
    open_socket,
    receive,
    unchunked,
)
from support.pages import table

from normalise import NotAnArticle, PageKind, extract
from normalise.capture import Capture
from scraper.testing import fixtures

CDX = "/cdx/search/cdx"
ORIGIN = "https://web.archive.org"
ONE, OTHER = "https://www.hkcnews.com/article/1/x-1/one", "https://www.hkcnews.com/article/2/x-2/b"
EARLY, MIDDLE, LATE = "20190101000000", "20200101000000", "20210101000000"
PAGE = "<html><head></head><body>渡輪停航一天</body></html>".encode() * 40
INDEX_TARGET = f"{CDX}?url=hkcnews.com/article/*&output=json&limit=2&showResumeKey=true"
OUTAGE = faults.outage()

Serve = Callable[..., Replay]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Serves an archive until the test is over."""
    with contextlib.ExitStack() as running:

        def start(archive: Archive, *rules: Rule, **settings: Any) -> Replay:
            return running.enter_context(replay(archive, Faults(rules, **settings)))

        yield start


def playback(original: str = ONE, timestamp: str = MIDDLE, modifier: str = "id_") -> str:
    return f"/web/{timestamp}{modifier}/{original}"


def small_archive() -> Archive:
    """One address captured three times, another once."""
    mementos = [FakeMemento(ONE, timestamp, PAGE) for timestamp in (EARLY, MIDDLE, LATE)]
    return Archive([*mementos, FakeMemento(OTHER, MIDDLE, PAGE)])


# --- the index ------------------------------------------------------------------------------


def mixed_archive() -> Archive:
    """Captures of several hosts, times and kinds."""
    return Archive(
        [
            FakeMemento("https://www.hkcnews.com/", EARLY, PAGE),
            FakeMemento("https://hkcnews.com/article/1/x", EARLY, PAGE),
            FakeMemento("http://www.hkcnews.com:80/article/1/x", MIDDLE, PAGE, revisit=True),
            FakeMemento("https://www.hkcnews.com/article/10/%E6%B8%AF", MIDDLE, PAGE),
            samples.redirect("https://www.hkcnews.com/article/10/y", LATE, "/article/10/z"),
            samples.error("https://www.hkcnews.com/article/2", LATE, 404),
            FakeMemento("https://blog.hkcnews.com/article/1/x", LATE, PAGE),
            FakeMemento("https://www.hkcnews.com.evil.org/article/1/x", LATE, PAGE),
            FakeMemento("https://www.hkcnews.com/fresh", LATE, PAGE, listed=False),
        ]
    )


ALL = ["/", "/article/1/x", "/article/1/x", "/article/10/港", "/article/10/y", "/article/2"]


@table(
    "query paths",
    {
        "exact, another scheme and case": (
            "url=HTTP%3A%2F%2Fwww.hkcnews.com%3A80%2FArticle%2F1%2FX%2F",
            ["/article/1/x"] * 2,
        ),
        "a bare host is its home page": ("url=hkcnews.com", ["/"]),
        "prefix": ("url=hkcnews.com/article/1&matchType=prefix", ALL[1:5]),
        "prefix with a slash": ("url=hkcnews.com/article/1/&matchType=prefix", ALL[1:3]),
        "prefix by an encoded star": ("url=www.hkcnews.com%2Farticle%2F%2A", ALL[1:]),
        "host": ("url=hkcnews.com&matchType=host", ALL),
        "domain by star": ("url=*.hkcnews.com", [*ALL, "/article/1/x"]),
        "from": ("url=hkcnews.com/*&from=2021", ALL[4:]),
        "to, the whole year": ("url=hkcnews.com/*&to=2020", ALL[:4]),
        "a filter matches at the start": ("url=hkcnews.com/*&filter=statuscode:0", []),
        "filters are combined": (
            "url=hkcnews.com/*&filter=statuscode:2&filter=urlkey:.*article",
            [ALL[1], ALL[3]],
        ),
        "negative filter": (
            "url=hkcnews.com/*&filter=!statuscode:200",
            [ALL[2], ALL[4], ALL[5]],
        ),
        "substring filter": ("url=hkcnews.com/*&filter=~original::80/", [ALL[2]]),
        "limit": ("url=hkcnews.com/*&limit=2", ALL[:2]),
        "negative limit": ("url=hkcnews.com/*&limit=-2", ALL[4:]),
        "malformed limit": ("url=hkcnews.com/*&limit=some", ALL),
        "offset and page are ignored": ("url=hkcnews.com/*&offset=2&page=3", ALL),
    },
)
def test_the_index_lists(query: str, paths: list[str], serve: Serve) -> None:
    records = json_records(get(serve(mixed_archive()), f"{CDX}?{query}&output=json&fl=urlkey"))
    keys = [key for (key,) in records]
    assert keys == sorted(keys)
    expected = [urlkey(f"http://a.b{path}").partition(")")[2] for path in paths]
    assert [key.partition(")")[2] for key in keys] == expected


def json_records(reply: Reply) -> list[list[str]]:
    """Return the records of a JSON response, without header and resume key."""
    lines = json.loads(reply.text)
    return lines[1 : lines.index([]) if [] in lines else None]  # type: ignore[no-any-return]


def test_records_of_revisits_redirects_and_errors(serve: Serve) -> None:
    server = serve(mixed_archive())
    records = get(server, f"{CDX}?url=hkcnews.com/article/*&fl=mimetype,statuscode").text
    assert records.splitlines() == [
        *("text/html 200", "warc/revisit -", "text/html 200", "unk 301", "text/html 404"),
    ]


def test_the_digest_is_that_of_the_body(serve: Serve) -> None:
    archive = Archive([FakeMemento(ONE, EARLY, lambda: PAGE), samples.redirect(ONE, LATE, "/")])
    digests = get(serve(archive), f"{CDX}?url={ONE}&fl=digest").text.split()
    assert digests == [digest_of(PAGE), EMPTY_DIGEST]


def test_no_records_are_an_empty_list(serve: Serve) -> None:
    server = serve(small_archive())
    reply = get(server, f"{CDX}?url=nowhere.org&output=json&showResumeKey=true")
    assert (reply.status, reply.body) == (200, b"[]\n")
    assert get(server, f"{CDX}?url=nowhere.org").body == b""


@pytest.mark.parametrize(
    "query", ["output=json", "url=hkcnews.com&filter=statuscode:(", "url=hkcnews.com&resumeKey=abc"]
)
def test_a_malformed_query_is_an_error(query: str, serve: Serve) -> None:
    reply = get(serve(small_archive()), f"{CDX}?{query}")
    assert reply.status == 400
    assert "x-archive-wayback-runtime-error" in reply


def test_unknown_fields_are_null(serve: Serve) -> None:
    reply = get(serve(small_archive()), f"{CDX}?url={OTHER}&output=json&fl=timestamp,offset")
    assert reply.text == f'[["timestamp","offset"],\n["{MIDDLE}",null]]\n'


def pages_of(server: Replay, limit: int) -> list[list[list[str]]]:
    """Return the records of each page, following resume keys until there is none."""
    query = f"{CDX}?url=hkcnews.com/*&output=json&fl=original,timestamp&showResumeKey=true"
    pages, key = [], ""
    while True:
        reply = get(server, f"{query}&limit={limit}" + (f"&resumeKey={key}" if key else ""))
        lines = json.loads(reply.text)
        pages.append(lines[1 : lines.index([]) if [] in lines else None])
        if [] not in lines:
            return pages
        key = lines[-1][0]


@pytest.mark.parametrize(("limit", "sizes"), [(3, [3, 3, 1]), (7, [7]), (100, [7])])
def test_pages_have_all_records_once(limit: int, sizes: list[int], serve: Serve) -> None:
    pages = pages_of(serve(generated(7)), limit)
    assert [len(page) for page in pages] == sizes
    assert len({tuple(record) for page in pages for record in page}) == 7


def test_a_key_can_lead_to_an_empty_page(serve: Serve) -> None:
    server = serve(generated(6), quirks=Quirks(key_after_last_page=True))
    assert [len(page) for page in pages_of(server, 3)] == [3, 3, 0]


def test_records_can_be_repeated(serve: Serve) -> None:
    server = serve(generated(200), quirks=Quirks(repeated_rows=0.4))
    (records,) = pages_of(server, 1000)
    assert 260 < len(records) < 340
    assert {records.count(record) for record in records} == {1, 2, 3}
    paged = {tuple(record) for page in pages_of(server, 50) for record in page}
    assert paged == set(map(tuple, records))


def test_a_page_can_repeat_the_last_record_of_the_page_before(serve: Serve) -> None:
    first, second, *_ = pages_of(serve(generated(5), quirks=Quirks(seam_repeats=True)), 3)
    assert second[0] == first[-1]


def test_the_index_sends_gzip_on_request(serve: Serve) -> None:
    server, target = serve(small_archive()), f"{CDX}?url={ONE}"
    assert "content-encoding" in get(server, target)
    for reply in (get(server, target + "&gzip=false"), get(server, target, encoding="identity")):
        assert "content-encoding" not in reply


# --- playback -------------------------------------------------------------------------------


@table(
    "target kind timestamp",
    {
        "another scheme, host and port": (
            playback("http://hkcnews.com:80/article/1/x-1/one/"),
            "capture",
            MIDDLE,
        ),
        "percent-encoded once more": (
            playback(ONE.replace(":", "%3A").replace("/", "%2F")),
            "capture",
            MIDDLE,
        ),
        "a second later": (playback(timestamp="20200101000001"), "nearest", MIDDLE),
        "long before": (playback(timestamp="19990101000000"), "nearest", EARLY),
        "a year": (playback(timestamp="2021"), "nearest", LATE),
        "never archived": (playback("https://www.hkcnews.com/article/3"), "hrm", ""),
    },
)
def test_playback_responds(target: str, kind: str, timestamp: str, serve: Serve) -> None:
    server = serve(small_archive())
    reply = get(server, target)
    assert [request.kind for request in server.log] == [kind]
    if kind == "nearest":
        assert reply["location"] == f"{ORIGIN}/web/{timestamp}id_/{ONE}"
        assert reply["x-archive-redirect-reason"] == f"found capture at {timestamp}"
    assert ("memento-datetime" in reply) is (kind == "capture")


def test_the_link_header_names_the_neighbours(serve: Serve) -> None:
    server = serve(small_archive())
    for timestamp, relations in ((EARLY, "first  next last"), (LATE, "first prev  last")):
        link = get(server, playback(timestamp=timestamp))["link"]
        found = re.findall(r'/web/(\d{14})/[^>]*>; rel="(\w*) ?memento"', link)
        assert [word for _, word in found] == relations.split(" ")
        assert [stamp for stamp, word in found if not word] == [timestamp]


def test_of_two_captures_of_a_second_the_requested_address_is_served(serve: Serve) -> None:
    bare = ONE.replace("www.", "")
    server = serve(Archive([FakeMemento(ONE, EARLY, PAGE), FakeMemento(bare, EARLY, b"other")]))
    assert get(server, playback(ONE, EARLY)).body == PAGE
    assert get(server, playback(bare, EARLY)).body == b"other"


@table(
    "location beginning",
    {
        "absolute": ("https://www.hkcnews.com/n", f"{ORIGIN}/web/{EARLY}id_/"),
        "path": ("/n", f"/web/{EARLY}id_/"),
        "relative path": ("../../../n", f"/web/{EARLY}id_/"),
        "without scheme": ("//www.hkcnews.com/n", f"//web.archive.org/web/{EARLY}id_/"),
    },
)
def test_a_captured_redirect_keeps_its_form(location: str, beginning: str, serve: Serve) -> None:
    archive = Archive([samples.redirect(ONE, EARLY, location, status=303)])
    reply = get(serve(archive), playback(ONE, EARLY))
    assert reply.status == 303
    assert "memento-datetime" in reply
    assert reply["location"] == f"{beginning}https://www.hkcnews.com/n"


def test_a_captured_error_is_a_memento(serve: Serve) -> None:
    memento = samples.error(ONE, EARLY, 429, ("Retry-After", "6"))
    reply = get(serve(Archive([memento])), playback(ONE, EARLY))
    assert (reply.status, reply["x-archive-orig-retry-after"]) == (429, "6")
    assert "memento-datetime" in reply
    assert "retry-after" not in reply


@pytest.mark.parametrize("encoding", ["identity", "gzip;q=0"])
def test_a_capture_in_gzip_is_sent_so(encoding: str, serve: Serve) -> None:
    server = serve(Archive([FakeMemento(ONE, EARLY, PAGE, gzipped=True)]))
    reply = get(server, playback(ONE, EARLY), encoding=encoding)
    assert (reply["content-encoding"], reply.body) == ("gzip", PAGE)


def test_a_month_of_zero_can_be_played_back(serve: Serve) -> None:
    archive = Archive([FakeMemento(ONE, "20200012170449")])
    reply = get(serve(archive), playback(ONE, "20200012170449"))
    assert reply["memento-datetime"] == "Sun, 12 Jan 2020 17:04:49 GMT"


# --- faults: other responses ----------------------------------------------------------------


@table(
    "fault status sentence size",
    {
        "429": (faults.too_many(), 429, error_pages.BOT_SENTENCE, 620),
        "429 with 200": (faults.too_many(status=200), 200, error_pages.BOT_SENTENCE, 620),
        "outage": (faults.outage(), 503, "Temporarily Offline", 11_832),
        "outage with 200": (faults.outage(200), 200, "Temporarily Offline", 11_832),
        "504": (faults.gateway(), 504, "504 Gateway Time-out", None),
        "blank": (faults.blank(), 200, "", 0),
        "blocked site": (faults.blocked_site(), 403, error_pages.BLOCKED_SITE, None),
        "no agent": (faults.no_agent(), 445, "", None),
        "too large": (faults.line_too_large(), 400, "Requested Line is too large", None),
        "excluded": (faults.excluded(403), 403, "has been excluded", None),
        "robots": (faults.robots(), 403, "robots.txt", None),
        "never archived": (faults.hrm(), 404, f"{ONE}</a>", None),
        "any other": (faults.says("mine", 418, "tea", ("X-Mine", "1")), 418, "tea", 3),
    },
)
def test_the_service_responds_with(
    fault: faults.Fault, status: int, sentence: str, size: int | None, serve: Serve
) -> None:
    server = serve(small_archive(), on_playback(fault, 1))
    reply = get(server, playback())
    assert reply.status == status
    assert sentence in reply.text
    assert size in {None, len(reply.body)}
    assert "memento-datetime" not in reply
    assert "retry-after" not in reply
    assert get(server, playback()).status == 200
    assert [request.fault for request in server.log] == [fault.name, ""]


def test_a_429_can_have_a_retry_after(serve: Serve) -> None:
    server = serve(small_archive(), on_playback(faults.too_many(retry_after=7)))
    assert get(server, playback())["retry-after"] == "7"


def test_queries_by_prefix_can_need_authorization(serve: Serve) -> None:
    server = serve(small_archive(), on_index(faults.needs_authorization(), path=PREFIX_QUERY))
    for query in (
        *("url=hkcnews.com/*", "output=json&url=hkcnews.com%2F%2A&limit=1", "url=*.hkcnews.com"),
        *("url=hkcnews.com&matchType=domain", "matchType=prefix&url=hkcnews.com"),
    ):
        reply = get(server, f"{CDX}?{query}")
        assert (reply.status, reply.text) == (403, error_pages.NEEDS_AUTHORIZATION)
    assert get(server, f"{CDX}?url={ONE}&filter=urlkey:.*").status == 200


@pytest.mark.parametrize("output", ["&output=json", ""])
def test_a_page_of_the_index_can_end_early_without_a_key(output: str, serve: Serve) -> None:
    server = serve(generated(10), on_index(faults.ends_early(), times_each=1))
    target = f"{CDX}?url=hkcnews.com/*&limit=8&showResumeKey=true{output}"
    early, complete = get(server, target).text, get(server, target).text
    assert complete.startswith(early.rstrip("]\n"))
    assert early.count("text/html") == 4
    assert "eJ" in complete
    assert "eJ" not in early
    assert early.endswith("\n")


def test_a_line_about_robots_can_follow_the_records(serve: Serve) -> None:
    server = serve(small_archive(), on_index(faults.robots_of_index()))
    lines = get(server, f"{CDX}?url={ONE}").text.splitlines()
    assert lines[3].endswith("RobotAccessControlException: Blocked By Robots")


def test_json_can_be_incomplete(serve: Serve) -> None:
    reply = get(serve(small_archive(), on_index(faults.shortened())), INDEX_TARGET)
    assert reply.status == 200
    with pytest.raises(json.JSONDecodeError):
        json.loads(reply.text)


@pytest.mark.parametrize("form", [f"{ORIGIN}/web/", "/web/", ""])
def test_a_listed_capture_can_redirect_to_another(form: str, serve: Serve) -> None:
    server = serve(small_archive(), on_playback(faults.nearest(LATE, form), path=MIDDLE))
    reply = get(server, playback())
    assert reply.status == 302
    assert reply["location"] == (f"{form}{LATE}id_/{ONE}" if form else ONE)
    assert "memento-datetime" not in reply
    assert MIDDLE in get(server, f"{CDX}?url={ONE}").text


# --- faults: on the wire --------------------------------------------------------------------


def test_a_response_without_faults_is_complete_on_the_wire(serve: Serve) -> None:
    server = serve(small_archive())
    packed, plain = receive(server, playback()), receive(server, playback(), "identity")
    assert gzip.decompress(unchunked(packed.body)) == unchunked(plain.body) == PAGE
    assert packed.end == plain.end == "closed"
    assert b"Content-Encoding: gzip" in packed.head
    assert b"ncoding: gzip" not in plain.head


@table(
    "fault end has_response",
    {
        "hung up": (faults.hung_up(), "closed", False),
        "reset before": (faults.reset(), "reset", False),
        "reset within": (faults.reset(0.5), "reset", True),
        "cut short": (faults.cut_short(), "closed", True),
        "refused": (faults.refused(), "reset", False),
    },
)
def test_a_connection_can_break(
    *, fault: faults.Fault, end: str, has_response: bool, serve: Serve
) -> None:
    server = serve(small_archive(), on_playback(fault))
    received = receive(server, playback())
    assert received.end == end
    assert bool(received.head) == bool(received.body) == has_response
    assert not received.body.endswith(b"0\r\n\r\n")
    assert [request.status for request in server.log] == [200 if has_response else 0]


def test_a_body_with_a_length_can_be_cut_short(serve: Serve) -> None:
    archive = Archive([FakeMemento(ONE, EARLY, PAGE, content_type="application/pdf")])
    received = receive(serve(archive, on_playback(faults.cut_short())), playback(ONE, EARLY))
    assert f"Content-Length: {len(PAGE)}".encode() in received.head
    assert received.body == PAGE[: len(PAGE) // 2]


@table(
    "fault headers body",
    {
        "shortened": (faults.shortened(0.25), [], PAGE[: len(PAGE) // 4]),
        "empty": (faults.empty(), [], b""),
        "claimed": (faults.gzip_claimed(), [b"gzip"], PAGE),
        "unasked": (faults.gzip_unasked(), [b"gzip"], warcs.gzipped(PAGE)),
        "unsaid": (faults.gzip_unsaid(), [], warcs.gzipped(PAGE)),
        "twice": (faults.gzip_twice(), [b"gzip"], warcs.gzipped(warcs.gzipped(PAGE))),
        "doubled": (faults.doubled_encoding(), [b"", b"gzip"], warcs.gzipped(PAGE)),
    },
)
def test_a_body_can_be(
    fault: faults.Fault, headers: list[bytes], body: bytes, serve: Serve
) -> None:
    received = receive(serve(small_archive(), on_playback(fault)), playback(), "identity")
    lines = received.head.lower().split(b"\r\n")
    assert [
        line.partition(b": ")[2] for line in lines if line.startswith(b"content-encoding")
    ] == headers
    sent = unchunked(received.body)
    while body.startswith(b"\x1f\x8b"):
        body, sent = gzip.decompress(body), gzip.decompress(sent)
    assert sent == body
    assert b"memento-datetime" in received.head


def test_gzip_can_end_early_in_complete_chunks(serve: Serve) -> None:
    received = receive(serve(small_archive(), on_playback(faults.gzip_cut())), playback())
    unpacker = zlib.decompressobj(wbits=31)
    assert PAGE.startswith(unpacker.decompress(unchunked(received.body)))
    assert not unpacker.eof


@pytest.mark.parametrize("sent", [None, 0.5])
def test_a_response_can_stall(sent: float | None, serve: Serve) -> None:
    server = serve(small_archive(), on_playback(faults.stalled(sent)))
    with open_socket(server) as sock:
        sock.sendall(f"GET {playback()} HTTP/1.1\r\n\r\n".encode())
        received = sock.recv(100_000) if sent else b""
        server.wait_for(1)
        get(server, f"{CDX}?url={ONE}")  # all that was to be sent before has been sent now
        sock.settimeout(0)
        with pytest.raises(BlockingIOError):
            sock.recv(1)
    assert bool(received) == bool(sent)
    assert not received.endswith(b"0\r\n\r\n")


def test_a_response_can_go_on_without_end(serve: Serve) -> None:
    connection = connect(serve(small_archive(), on_playback(faults.dripping(0.5))))
    connection.request("GET", playback(), headers={"Accept-Encoding": "gzip"})
    response, part = connection.getresponse(), PAGE[: len(PAGE) // 2]
    assert response.getheader("content-encoding") is None
    assert response.read(len(part) + 3) == part + b"..."  # in complete chunks, and no end
    connection.close()


def test_a_first_response_can_be_slow_and_the_second_quick(serve: Serve) -> None:
    server = serve(small_archive(), on_playback(faults.slow(0.02), times_each=1))
    start = time.monotonic()
    assert get(server, playback()).body == PAGE
    assert time.monotonic() - start >= 0.02
    get(server, playback())
    assert [request.fault for request in server.log] == ["slow", ""]


def test_a_response_can_be_held_until_it_is_released(serve: Serve) -> None:
    rules = [on_playback(faults.held(), 1), on_playback(faults.held(OUTAGE), 2)]
    server = serve(small_archive(), *rules)
    replies: list[Reply] = []
    threads = [
        threading.Thread(target=lambda: replies.append(get(server, playback()))) for _ in rules
    ]
    for thread in threads:
        thread.start()
    server.wait_for(2)
    assert get(server, playback()).status == 200
    assert replies == []
    assert server.release() == 2
    for thread in threads:
        thread.join(5)
    assert sorted(reply.status for reply in replies) == [200, 503]


# --- rules ----------------------------------------------------------------------------------

A, B = playback(), playback(OTHER)


def injected(targets: Sequence[str], *rules: Rule, **settings: Any) -> str:
    """Return a letter for each request: the first of its fault's name, or a dot."""
    injector = FaultInjector(Faults(rules, **settings))
    found = [
        injector.next_fault("playback" if "/web/" in target else "index", target)
        for target in targets
    ]
    return "".join(fault.name[0] if fault else "." for fault in found)


@table(
    "rules expected",
    {
        "always": ([on_playback(OUTAGE)], "ooo.ooo."),
        "by number": ([on_playback(OUTAGE, 1, 4)], "o...o..."),
        "by number of the index": ([on_index(OUTAGE, 2)], ".......o"),
        "by path": ([on_playback(OUTAGE, path="/article/2/")], "..o..o.."),
        "a number of times": ([on_playback(OUTAGE, times=2)], "oo......"),
        "a number of times each": ([on_playback(OUTAGE, times_each=1)], "o.o....."),
        "the first rule that holds": (
            [on_playback(OUTAGE, 1), on_playback(faults.reset(), times=2)],
            "orr.....",
        ),
        "never": ([on_playback(OUTAGE, chance=0)], "........"),
    },
)
def test_rules(rules: list[Rule], expected: str) -> None:
    assert injected([A, A, B, INDEX_TARGET, A, B, A, INDEX_TARGET], *rules) == expected


def test_chance_does_not_depend_on_the_order() -> None:
    targets = [playback(f"https://www.hkcnews.com/article/{number}") for number in range(400)]
    rule = on_playback(OUTAGE, chance=0.25)
    first = injected(targets, rule, seed=1)
    assert 60 < first.count("o") < 140
    assert injected(targets[::-1], rule, seed=1) == first[::-1]
    assert injected(targets, rule, seed=2) != first
    twice = injected(targets * 2, rule, seed=1)
    assert twice[:400] == first != twice[400:]


def test_the_rate_limit_counts_a_minute() -> None:
    now = [0.0]
    limit = RateLimitSimulator(playback=3, index=2, patience=2, limited=60, clock=lambda: now[0])
    letters = partial(injected, rate_limit=limit)
    assert letters([A, A, A]) == "..."
    assert letters([INDEX_TARGET] * 2) == ".."
    now[0] = 61.0
    assert letters([A] * 6) == "...444"
    assert letters([INDEX_TARGET]) == "."
    now[0] = 62.0
    assert letters([A]) == "r"  # refused: too many requests in spite of the 429
    now[0] = 130.0
    assert letters([A]) == "."


def test_ignoring_a_429_ends_in_refused_connections(serve: Serve) -> None:
    limit = RateLimitSimulator(playback=1, patience=1, refused=0)
    server = serve(small_archive(), rate_limit=limit)
    assert [get(server, playback()).status for _ in range(3)] == [200, 429, 429]
    with pytest.raises(ConnectionResetError):
        get(server, playback())
    with pytest.raises(ConnectionRefusedError):
        get(server, playback())


# --- the server -----------------------------------------------------------------------------


def test_a_connection_serves_many_requests(serve: Serve) -> None:
    server = serve(small_archive())
    connection = connect(server)
    for target in (playback(), INDEX_TARGET, playback(timestamp="2019"), "/", playback()):
        get_on(connection, target)
    connection.close()
    assert {request.connection for request in server.log} == {1}
    assert [request.kind for request in server.log] == [
        *("capture", "rows", "nearest", "not found", "capture"),
    ]


def test_requests_can_come_in_pieces_and_together(serve: Serve) -> None:
    server = serve(small_archive())
    request = f"GET {playback()} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    with open_socket(server) as sock:
        sock.sendall(request[:30])
        sock.sendall(request[30:] + request * 2)
        received = b""
        while received.count(b"\r\n0\r\n\r\n") < 3:
            received += sock.recv(65_536)
    assert received.count(b"HTTP/1.1 200 OK") == 3


def test_only_get_is_served(serve: Serve) -> None:
    server = serve(small_archive())
    with open_socket(server) as sock:
        sock.sendall(b"POST /web/ HTTP/1.1\r\n\r\n")
        assert sock.recv(1000).startswith(b"HTTP/1.1 405 ")
    with open_socket(server) as sock:
        sock.sendall(b"x" * 70_000)
        with pytest.raises(ConnectionResetError):
            sock.recv(1000)


def test_the_log_has_requests_and_responses(serve: Serve) -> None:
    server = serve(small_archive(), on_playback(OUTAGE, 2))
    start = time.monotonic()
    get(server, playback(), agent="hkcnews/1 (me)")
    get(server, INDEX_TARGET)
    get(server, playback(OTHER))
    first, second, third = server.log
    assert (first.number, first.agent, first.endpoint) == (1, "hkcnews/1 (me)", "playback")
    assert (first.timestamp, first.original) == (MIDDLE, ONE)
    assert (second.endpoint, second.timestamp, second.original) == ("index", "", "")
    assert (third.status, third.kind, third.fault) == (503, "capture", "outage with 503")
    assert start < first.at < second.at < third.at < time.monotonic()


def test_waiting_for_requests_can_time_out(serve: Serve) -> None:
    with pytest.raises(TimeoutError, match="0 requests of 1 came"):
        serve(small_archive()).wait_for(1, timeout=0.01)


def test_faults_can_change(serve: Serve) -> None:
    server = serve(small_archive(), on_playback(OUTAGE, 1))
    statuses = [get(server, playback()).status for _ in range(2)]
    server.change(Faults([on_playback(OUTAGE, 1)]))
    assert [*statuses, get(server, playback()).status] == [503, 200, 503]


def test_the_server_can_go_away_and_come_back(serve: Serve) -> None:
    server = serve(small_archive())
    connection = connect(server)
    get_on(connection, playback())
    server.away()
    with pytest.raises(ConnectionResetError):
        get_on(connection, playback())
    connection.close()
    for _ in range(2):
        with pytest.raises(ConnectionRefusedError):
            get(server, playback())
    server.back()
    server.back()
    assert get(server, playback()).status == 200
    assert len(server.log) == 2


@pytest.mark.parametrize("cause", ["fault", "test"])
def test_the_server_can_come_back_by_itself(cause: str, serve: Serve) -> None:
    server = serve(small_archive())
    for seconds in (0.02, 0.5, 10.0):  # the machine may be slower than the first
        if cause == "fault":
            server.change(Faults([on_playback(faults.refused(seconds), 1)]))
            with pytest.raises(ConnectionResetError):
                get(server, playback())
        else:
            server.away(seconds)
        if refusals_until_back(server):
            return
    pytest.fail("it was never away")


def refusals_until_back(server: Replay) -> int:
    refusals = 0
    while True:
        try:
            assert get(server, playback()).status == 200
        except ConnectionRefusedError:
            refusals += 1
        else:
            return refusals


def test_a_port_is_not_shared_and_is_free_afterwards() -> None:
    with replay(small_archive()) as server:
        port = server.port
        with pytest.raises(OSError, match="in use"), replay(small_archive(), port=port):
            pass
    with replay(small_archive(), port=port) as server:
        assert get(server, playback()).status == 200


def test_a_server_in_a_process_can_do_the_same() -> None:
    rules = [on_playback(faults.held(), 1), on_playback(OUTAGE, 2)]
    with replay(partial(generated, 3), Faults(rules), process=True) as server:
        target = playback(warcs.address(1), warcs.TIMESTAMP)
        replies: list[Reply] = []
        thread = threading.Thread(target=lambda: replies.append(get(server, target)))
        thread.start()
        server.wait_for(1)
        assert server.release() == 1
        thread.join(5)
        replies.append(get(server, target))
        server.change(Faults())
        server.away()
        with pytest.raises(ConnectionRefusedError):
            get(server, target)
        server.back()
        replies.append(get(server, target))
        assert [reply.status for reply in replies] == [200, 503, 200]
        assert replies[0].body == warcs.article_page(1)
        assert [request.fault for request in server.log] == ["held", "outage with 503", ""]
        with pytest.raises(TimeoutError):
            server.wait_for(9, timeout=0.01)


# --- samples --------------------------------------------------------------------------------


def test_the_bundled_pages_are_served_unchanged(serve: Serve) -> None:
    connection = connect(serve(from_fixtures()))
    articles = [f for f in fixtures.load_all() if f.name.startswith("articles/")]
    raw = {fixture.capture: fixture for fixture in reversed(articles)}
    assert len(raw) > 140
    for capture, fixture in raw.items():
        reply = get_on(connection, playback(capture.original, capture.timestamp))
        assert (reply.status, reply.body) == (200, fixture.page), fixture.name
        assert "memento-datetime" in reply
    connection.close()


def test_generated_articles_are_made_on_request(serve: Serve) -> None:
    archive = generated(4, captures=2, farewell_every=4)
    assert len(archive) == 9
    assert all(callable(memento.content) for memento in archive)
    server = serve(archive)
    page = get(server, playback(warcs.address(3), warcs.TIMESTAMP)).body
    assert page == warcs.article_page(3)
    assert len(get(server, f"{CDX}?url=hkcnews.com/article/4/*").text.splitlines()) == 3


def test_the_demonstration_has_its_odd_captures(serve: Serve) -> None:
    archive = demo_archive()
    server = serve(archive, *demo_faults().rules)
    listed = [get(server, f"{CDX}?url=hkcnews.com/*&output=json") for _ in range(2)]
    assert ["Temporarily Offline" in reply.text for reply in listed] == [True, False]
    connection = connect(server)
    kinds = {memento: kind_of(connection, memento) for memento in archive}
    connection.close()
    farewells = [m for m, kind in kinds.items() if kind == "farewell" and "/article/" in m.original]
    older = [
        [m for m in archive.captures_of(f.urlkey) if m.timestamp < f.timestamp] for f in farewells
    ]
    assert sum(any(kinds[m] == "article" for m in before) for before in older) == 3
    assert list(kinds.values()).count("nearest") == 1
    assert [r.fault for r in server.log if r.fault] == ["outage with 200", "429 with 429"]


def kind_of(connection: http.client.HTTPConnection, memento: FakeMemento) -> str:
    """Return what a capture turns out to be; a 429 is followed by a second request."""
    target = playback(memento.original, memento.timestamp)
    reply = get_on(connection, target)
    if reply.status == 429:
        assert reply["retry-after"] == "1"
        reply = get_on(connection, target)
    if reply.status == 302:
        return "nearest"
    try:
        extract(reply.body, Capture(memento.timestamp, memento.original))
    except NotAnArticle as error:
        return "farewell" if error.kind is PageKind.FAREWELL else "refused"
    return "article"


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_the_command_prints_its_origin_and_ends_on_a_signal(stop: signal.Signals) -> None:
    command = [sys.executable, str(Path(__file__).parents[1] / "fake_archive"), "--port", "0"]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    with subprocess.Popen(
        [*command, "--faults", "demo"], stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        origin = process.stdout.readline().strip()
        match = re.fullmatch(r"http://127\.0\.0\.1:(\d+)", origin)
        assert match
        connection = http.client.HTTPConnection("127.0.0.1", int(match[1]), timeout=TIMEOUT)
        assert "Temporarily Offline" in get_on(connection, INDEX_TARGET).text
        assert json_records(get_on(connection, INDEX_TARGET))
        connection.close()
        process.send_signal(stop)
        assert process.wait(TIMEOUT) == 0
