"""The replay server answers as the recordings show it, and each fault does what it says."""

from __future__ import annotations

import gzip
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
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
from fake_archive.index import parse_resume_key, resume_key
from fake_archive.mementos import EMPTY_DIGEST, digest_of
from fake_archive.surt import urlkey
from support import warcs
from support.pages import table
from support.shared_files import need

from normalise import NotAnArticle, PageKind, extract
from normalise.capture import Capture
from scraper.testing import fixtures

CDX = "/cdx/search/cdx"
ORIGIN = "https://web.archive.org"
ONE, OTHER = "https://www.hkcnews.com/article/1/x-1/one", "https://www.hkcnews.com/article/2/x-2/b"
EARLY, MIDDLE, LATE = "20190101000000", "20200101000000", "20210101000000"
PAGE = "<html><head></head><body>渡輪停航一天</body></html>".encode() * 40

Headers = list[tuple[str, str]]


@dataclass(frozen=True)
class Reply:
    """An answer with its headers as they came, and its body as a careful client has it."""

    status: int
    reason: str
    headers: Headers
    body: bytes

    def __getitem__(self, name: str) -> str:
        return ", ".join(self.all(name))

    def __contains__(self, name: str) -> bool:
        return bool(self.all(name))

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name]

    @property
    def names(self) -> set[str]:
        return {name.lower() for name, _ in self.headers}

    @property
    def text(self) -> str:
        return self.body.decode()


def ask(server: Replay, target: str, *, encoding: str = "gzip", agent: str = "tests") -> Reply:
    """GET over a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    try:
        return ask_on(connection, target, encoding=encoding, agent=agent)
    finally:
        connection.close()


def ask_on(
    connection: http.client.HTTPConnection,
    target: str,
    *,
    encoding: str = "gzip",
    agent: str = "tests",
) -> Reply:
    connection.putrequest("GET", target, skip_accept_encoding=True)
    connection.putheader("Accept-Encoding", encoding)
    connection.putheader("User-Agent", agent)
    connection.endheaders()
    answer = connection.getresponse()
    body = answer.read()
    headers = answer.getheaders()
    if any(value == "gzip" for name, value in headers if name.lower() == "content-encoding"):
        body = gzip.decompress(body)
    return Reply(answer.status, answer.reason, headers, body)


@dataclass(frozen=True)
class Bytes:
    """What came over a socket, and how it ended: closed, reset or open."""

    head: bytes
    body: bytes
    end: str


def bytes_of(server: Replay, target: str, encoding: str = "gzip") -> Bytes:
    """All that is sent for a target until the connection ends."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as sock:
        request = f"GET {target} HTTP/1.1\r\nHost: x\r\nAccept-Encoding: {encoding}\r\n"
        sock.sendall(f"{request}Connection: close\r\n\r\n".encode())
        received, end = b"", "closed"
        try:
            while part := sock.recv(65_536):
                received += part
        except ConnectionResetError:
            end = "reset"
    head, _, body = received.partition(b"\r\n\r\n")
    return Bytes(head, body, end)


def unchunked(body: bytes) -> bytes:
    """The body of whole chunks; fails where they do not end."""
    parts = b""
    while True:
        size, _, body = body.partition(b"\r\n")
        if size == b"0":
            assert body == b"\r\n"
            return parts
        part, body = body[: int(size, 16)], body[int(size, 16) :]
        assert body.startswith(b"\r\n")
        parts, body = parts + part, body[2:]


def playback(original: str = ONE, timestamp: str = MIDDLE, modifier: str = "id_") -> str:
    return f"/web/{timestamp}{modifier}/{original}"


def three() -> Archive:
    """One address captured thrice, another once."""
    mementos = [FakeMemento(ONE, timestamp, PAGE) for timestamp in (EARLY, MIDDLE, LATE)]
    return Archive([*mementos, FakeMemento(OTHER, MIDDLE, PAGE)])


@pytest.fixture
def serve() -> Iterator[Callable[..., Replay]]:
    """Serves an archive until the test is over."""
    running: list[Any] = []

    def start(archive: Archive, *rules: Rule, **settings: Any) -> Replay:
        running.append(replay(archive, Faults(rules, **settings)))
        server: Replay = running[-1].__enter__()
        return server

    yield start
    for one in running:
        one.__exit__(None, None, None)


Serve = Callable[..., Replay]


# --- the recordings: playback ---------------------------------------------------------------

# Headers of 2020 that are not sent any more, and those that depend on packing.
OF_OLD = {"x-cache-key", "x-archive-screenname"}
PACKING = {"content-length", "transfer-encoding", "content-encoding"}


@dataclass(frozen=True)
class Recording:
    target: str
    reply: Reply

    @property
    def timestamp(self) -> str:
        return re.split(r"\D", self.target.removeprefix("/web/"))[0]

    @property
    def url(self) -> str:
        return re.sub(r"/web/\d+([a-z]{2}_)?/", "", self.target)

    @property
    def is_capture(self) -> bool:
        return "memento-datetime" in self.reply


def recordings(*parts: str) -> list[Recording]:
    """The exchanges of one folder of recordings with playback."""
    folder, found = need("recordings", *parts), []
    for path in sorted(folder.glob("*.meta.json")):
        meta = json.loads(path.read_bytes())
        target = meta["request"]["uri"].removeprefix(ORIGIN)
        if target.startswith("/web/"):
            answer = meta["response"]
            headers = [(k, value) for k, values in answer["headers"].items() for value in values]
            status = answer["status"]
            body = (folder / meta["body_file"]).read_bytes()
            reply = Reply(status["code"], status["message"], headers, body)
            found.append(Recording(target, reply))
    return found


def memento_of(recording: Recording) -> FakeMemento:
    """The capture behind a recorded answer; its Location as the site had sent it."""
    reply = recording.reply
    prefix = "x-archive-orig-"
    headers = [(k[len(prefix) :], v) for k, v in reply.headers if k.lower().startswith(prefix)]
    if "location" in reply:
        parts = re.fullmatch(r"((?:https:)?//[^/]+)?/web/\d+id_/(.*)", reply["location"])
        assert parts
        cut = {None: r"https?://[^/]*", "//web.archive.org": "https?:"}.get(parts[1], "$^")
        headers.append(("Location", re.sub(cut, "", parts[2], count=1)))
    original = re.match(r"<(.*?)>", reply["link"])
    assert original
    return FakeMemento(
        original[1].replace("&amp;", "&"),
        recording.timestamp,
        reply.body,
        reply.status,
        reply["content-type"],
        tuple(headers),
        reason=reply.reason,
    )


EDGI = "edgi-wayback/decoded"
FOLDERS = [
    f"{EDGI}/test_get_memento{name}"
    for name in (
        "",
        "_follows_historical_redirects",
        "_raises_for_mementos_that_redirect_in_a_loop",
        "_returns_memento_with_accurate_url",
        "_target_window",
        "_with_inexact_string_datetime",
        "_with_path_based_redirects",
        "_with_redirects",
        "_with_schemeless_redirects",
        "_works_on_archived_rate_limit_responses",
    )
]
FOLDERS += [f"{EDGI}/test_memento_rate_limits", f"{EDGI}/tutorial"]
FOLDERS += [
    f"edgi-web-monitoring/{name}"
    for name in (
        "test_format_memento",
        "test_format_memento_handles_redirects",
        "test_format_memento_pdf",
        "test_html_title_parsing",
        "test_import_skips_bad_mementos",
    )
]


@pytest.mark.parametrize("folder", FOLDERS)
def test_playback_is_as_recorded(folder: str, serve: Serve) -> None:
    exchanges = recordings(folder)
    archive = archive_of(exchanges)
    server = serve(archive)
    for recorded in {exchange.target: exchange for exchange in exchanges}.values():
        answered = ask(server, recorded.target)
        assert (answered.status, answered.reason) == (recorded.reply.status, recorded.reply.reason)
        for name in ("location", "memento-datetime", "content-type", "x-archive-redirect-reason"):
            assert answered.all(name) == recorded.reply.all(name), name
        assert answered.body == recorded.reply.body
        missing = recorded.reply.names - answered.names - OF_OLD
        assert missing <= PACKING
        if "2026" in recorded.reply["date"]:
            assert answered.names - recorded.reply.names <= PACKING
        if recorded.is_capture:
            for name in ("link", *(n for n in answered.names if n.startswith("x-archive-orig"))):
                assert answered[name].partition(", ")[0] == recorded.reply[name].partition(", ")[0]
            assert links(answered) <= links(recorded.reply)


def test_a_capture_that_the_index_lists_redirects_as_recorded(serve: Serve) -> None:
    recorded = recordings(f"{EDGI}/test_get_memento_should_fail_for_non_playbackable_mementos")[0]
    archive = archive_of([recorded])
    archive.add(samples.unplayable(recorded.url, recorded.timestamp))
    server = serve(archive)
    assert ask(server, recorded.target)["location"] == recorded.reply["location"]
    assert recorded.timestamp in ask(server, f"{CDX}?url={recorded.url}").text


def archive_of(exchanges: Sequence[Recording]) -> Archive:
    """The captures of recorded answers, and what else must be there for the redirects."""
    captures = {e.target: memento_of(e) for e in exchanges if e.is_capture}
    archive = Archive(captures.values())
    for exchange in exchanges:
        if not exchange.is_capture and not archive.captures_of(urlkey(exchange.url)):
            nearest = re.fullmatch(r".*/web/(\d+)id_/(.*)", exchange.reply["location"])
            assert nearest
            archive.add(FakeMemento(nearest[2], nearest[1], PAGE))
    return archive


def links(reply: Reply) -> set[str]:
    """What the Link header has, by the words of its relations."""
    return set(re.findall(r'rel="([^"]*)"', reply["link"]))


def test_the_recorded_loop_of_four_leads_back_to_its_start(serve: Serve) -> None:
    exchanges = recordings(f"{EDGI}/test_get_memento_raises_for_mementos_that_redirect_in_a_loop")
    start = exchanges[0].target
    for archive in (
        archive_of(exchanges),
        Archive(samples.loop_of_four(exchanges[0].url, exchanges[1].url)),
    ):
        server = serve(archive)
        assert followed(server, start) == [start, *(e.target for e in exchanges[1:]), start]
        assert [request.kind for request in server.log] == ["capture", "nearest"] * 2


def followed(server: Replay, target: str, most: int = 4) -> list[str]:
    """The targets that redirects lead to, up to so many steps."""
    seen = [target]
    while len(seen) <= most and (reply := ask(server, seen[-1])).status // 100 == 3:
        seen.append(re.sub(r"^(?:https:)?//[^/]+", "", reply["location"]))
    return seen


def test_an_address_never_archived_is_as_recorded(serve: Serve) -> None:
    recorded = recordings(f"{EDGI}/test_get_memento_raises_no_memento_error")[0]
    answered = ask(serve(three()), recorded.target)
    assert (answered.status, answered.reason) == (404, recorded.reply.reason)
    assert "memento-datetime" not in answered
    assert recorded.reply.names <= answered.names
    sentence = re.search(r"<h2>Hrm\.</h2>.*?</a>", recorded.reply.text, re.DOTALL)
    assert sentence
    assert sentence[0] in answered.text


def test_an_excluded_address_is_as_recorded(serve: Serve) -> None:
    recorded = recordings(f"{EDGI}/test_get_memento_raises_blocked_error")[0]
    server = serve(three(), on_playback(faults.excluded()))
    answered = ask(server, recorded.target)
    assert answered.status == recorded.reply.status == 200
    assert "memento-datetime" not in recorded.reply
    assert "memento-datetime" not in answered
    assert recorded.reply.names - answered.names <= OF_OLD | {"x-location"}
    sentence = r"<h2>Sorry\.</h2>\s+<p>This URL has been excluded from the Wayback Machine\.</p>"
    assert re.search(sentence, recorded.reply.text)
    assert re.search(sentence, answered.text)


def test_a_redirect_in_view_mode_is_the_recorded_page(serve: Serve) -> None:
    recorded = recordings(f"{EDGI}/test_get_memento_with_redirect_in_view_mode")[0]
    to = "/ostp/about/student/faqs"
    redirect = samples.redirect(recorded.url, recorded.timestamp, to, status=301)
    answered = ask(serve(Archive([redirect])), recorded.target)
    for reply in (recorded.reply, answered):
        assert reply.status == 200
        assert "x-archive-src" in reply
        assert "memento-datetime" not in reply
        assert "link" not in reply
    lines = [line.strip() for line in answered.text.partition('<p class="code">')[2].splitlines()]
    for line in lines[: lines.index("</div>")]:
        assert line in recorded.reply.text


def test_view_mode_of_a_capture_has_the_recorded_headers(serve: Serve) -> None:
    recorded = recordings(f"{EDGI}/test_get_memento_with_mode")[0]
    memento = FakeMemento(recorded.url, recorded.timestamp, PAGE)
    answered = ask(serve(Archive([memento])), recorded.target)
    for name in ("content-type", "memento-datetime", "x-archive-guessed-charset"):
        assert answered[name] == recorded.reply[name]
    assert "cache-control" not in answered
    for text in (answered.text, recorded.reply.text):
        assert "__wm.wombat(" in text
        assert "FILE ARCHIVED ON 15:13:15 Nov 24, 2017 AND RETRIEVED" in text


# --- the recordings: index ------------------------------------------------------------------

QUERIES = [
    f"{EDGI}/{name}/00"
    for name in (
        "tutorial",
        "test_search",
        "test_search_multipage",
        "test_search_with_date",
        "test_search_does_not_repeat_results",
        "test_search_with_filter",
        "test_search_with_filter_list",
    )
] + [f"{EDGI}/test_search_with_filter/01"]


def row_memento(line: str) -> FakeMemento:
    key, timestamp, original, mimetype, status, digest, length = line.split(" ")
    revisit = status == "-"
    return FakeMemento(
        original,
        timestamp,
        status=200 if revisit else int(status),
        mimetype=mimetype,
        revisit=revisit,
        digest=digest,
        length=length,
        urlkey=key,
    )


@pytest.mark.parametrize("name", QUERIES)
def test_the_index_gives_the_recorded_rows(name: str, serve: Serve) -> None:
    meta = json.loads(need("recordings", f"{name}.meta.json").read_bytes())
    recorded = need("recordings", f"{name}.body.txt").read_text(encoding="utf-8")
    rows, gap, key = recorded.partition("\n\n")
    lines = rows.splitlines()
    archive = Archive([row_memento(line) for line in lines])
    assert [urlkey(memento.original) for memento in archive] == [m.urlkey for m in archive]
    archive.add(row_memento("com,other)/ 20220120000000 http://other.com/ text/html 301 X 1"))
    if gap:  # a key came: there was more
        archive.add(row_memento(following(lines[-1])))
    answered = ask(serve(archive), meta["request"]["uri"].removeprefix(ORIGIN))
    assert answered.text.splitlines()[: len(lines)] == lines
    assert ("\n\n" in answered.text) is bool(gap)
    if key.startswith("eJ"):
        assert answered.text == recorded
        names = {name.lower() for name in meta["response"]["headers"]}
        assert answered.names == names


def following(line: str) -> str:
    """The row of a capture a second later."""
    key, timestamp, *rest = line.split(" ")
    return " ".join([key, str(int(timestamp) + 1), *rest])


def cdx_toolkit(name: str) -> dict[str, Any]:
    text = need("recordings", "cdx_toolkit", f"{name}.jsonl").read_text(encoding="utf-8")
    first: dict[str, Any] = json.loads(text.splitlines()[0])
    return first


@pytest.mark.parametrize("name", ["test_capture_object", "test_multi_ia", "test_warc_prefix_2"])
def test_json_is_byte_for_byte_as_recorded(name: str, serve: Serve) -> None:
    recorded = cdx_toolkit(name)
    rows = [" ".join(row) for row in json.loads(recorded["response_text"])[1:]]
    archive = Archive(row_memento(row) for row in [*rows, following(rows[-1])])
    asked = recorded["request_params"]
    answered = ask(serve(archive), f"{CDX}?url={asked['url']}&limit={asked['limit']}&output=json")
    assert answered.text == recorded["response_text"]
    assert answered["content-type"] == recorded["response_headers"]["Content-Type"]
    assert {name.lower() for name in recorded["response_headers"]} <= answered.names


@pytest.mark.parametrize("name", ["cdx.example.com.200.json", "cdx.example.com.small.200.json"])
def test_fields_come_in_the_order_asked_for(name: str, serve: Serve) -> None:
    fields, *rows = json.loads(need("recordings", "pywaybackup-cdx", name).read_bytes())
    archive = Archive(
        FakeMemento(
            row["original"], row["timestamp"], digest=row["digest"], mimetype=row["mimetype"]
        )
        for row in (dict(zip(fields, row, strict=True)) for row in rows)
        if row["statuscode"] == "200"
    )
    target = f"{CDX}?url=example.com/*&output=json&fl={','.join(fields)}"
    head, *answered = json.loads(ask(serve(archive), target).text)
    assert head == fields
    assert sorted(answered) == sorted(row for row in rows if row[3] == "200")


def test_a_blocked_site_is_as_recorded(serve: Serve) -> None:
    folder = need("recordings", EDGI, "test_search_raises_for_blocked_urls")
    meta = json.loads((folder / "00.meta.json").read_bytes())
    error = (folder / "00.body.txt").read_text(encoding="utf-8").strip()
    assert error == error_pages.BLOCKED_SITE_2020
    server = serve(three(), on_index(faults.blocked_site(error)))
    answered = ask(server, meta["request"]["uri"].removeprefix(ORIGIN))
    assert (answered.status, answered.text) == (403, error)
    assert answered["x-archive-wayback-runtime-error"] == error


def test_transcribed_sentences_are_in_our_pages() -> None:
    for file, page in (
        ("429-bot-2026.txt", error_pages.BOT_SENTENCE),
        ("cdx-403-authorization.txt", error_pages.NEEDS_AUTHORIZATION),
        ("cdx-errors.txt", error_pages.BLOCKED_SITE),
        ("503-temporarily-offline.txt", "<title>Internet Archive: Temporarily Offline</title>"),
    ):
        assert page in need("recordings", "transcribed", file).read_text(encoding="utf-8")


def test_a_429_has_the_headers_transcribed(serve: Serve) -> None:
    path = need("recordings", "transcribed", "429-headers-2022.txt")
    lines = path.read_text(encoding="utf-8").splitlines()[1:]
    names = {line.partition(":")[0] for line in lines if line}
    answered = ask(serve(three(), on_playback(faults.too_many())), playback())
    assert names <= answered.names


# Of 2026 (facts/wayback.md 1.5, transcribed/cdx-json-2026.txt).
KEYS = {
    "eJxLzy_TyUssTtTUVzAyMDAxsDQwNTA3NTe0BABfMwZl": ("gov,nasa)/", "20040905075719"),
    "eJxLzs_VSa1IzC3ISdXUVzAyMDA3MDI0MDA2tDQ2AwB_XgeS": ("com,example)/", "20070210031936"),
    "eJxLK9LJSc3Nz0tJ1dRXMLS0NDcwMzIyNDE0MTABAHR-BzM": ("fr,lemonde)/", "19970622141404"),
}


@pytest.mark.parametrize("key", KEYS)
def test_resume_keys_are_the_recorded_ones(key: str) -> None:
    assert parse_resume_key(key) == KEYS[key]
    assert resume_key(KEYS[key]) == key


def test_urlkeys_are_those_of_all_captures_known() -> None:
    path = need("recordings", "hkcnews-archivist-samples", "hkcnews_captures.tsv.gz")
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = [line.split("\t") for line in file][1::7]
    assert len(rows) > 7000
    assert [row for row in rows if urlkey(row[2]) != row[0]] == []


# --- the index ------------------------------------------------------------------------------


def some() -> Archive:
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
    "query found",
    {
        "exact": ("url=hkcnews.com/article/1/x", ["/article/1/x"] * 2),
        "exact, another scheme and case": (
            "url=HTTP%3A%2F%2Fwww.hkcnews.com%3A80%2FArticle%2F1%2FX%2F",
            ["/article/1/x"] * 2,
        ),
        "a bare host is its home page": ("url=hkcnews.com", ["/"]),
        "nothing": ("url=hkcnews.com/article/3", []),
        "prefix": ("url=hkcnews.com/article/1&matchType=prefix", ALL[1:5]),
        "prefix with a slash": ("url=hkcnews.com/article/1/&matchType=prefix", ALL[1:3]),
        "prefix by star": ("url=www.hkcnews.com/article/*", ALL[1:]),
        "prefix by an encoded star": ("url=www.hkcnews.com%2Farticle%2F%2A", ALL[1:]),
        "host": ("url=hkcnews.com&matchType=host", ALL),
        "domain": ("url=hkcnews.com&matchType=domain", [*ALL, "/article/1/x"]),
        "domain by star": ("url=*.hkcnews.com", [*ALL, "/article/1/x"]),
        "from": ("url=hkcnews.com/*&from=2021", ALL[4:]),
        "to, the whole year": ("url=hkcnews.com/*&to=2020", ALL[:4]),
        "filter": ("url=hkcnews.com/*&filter=statuscode:4..", ["/article/2"]),
        "a filter begins at the start": ("url=hkcnews.com/*&filter=statuscode:0", []),
        "a filter need not match to the end": ("url=hkcnews.com/*&filter=statuscode:4", ALL[5:]),
        "filters add up": (
            "url=hkcnews.com/*&filter=statuscode:2&filter=urlkey:.*article",
            [ALL[1], ALL[3]],
        ),
        "filter for what is not so": (
            "url=hkcnews.com/*&filter=!statuscode:200",
            [ALL[2], ALL[4], ALL[5]],
        ),
        "filter for a part": ("url=hkcnews.com/*&filter=~original::80/", [ALL[2]]),
        "limit": ("url=hkcnews.com/*&limit=2", ALL[:2]),
        "the last ones": ("url=hkcnews.com/*&limit=-2", ALL[4:]),
        "a bad limit is no limit": ("url=hkcnews.com/*&limit=some", ALL),
        "offset and page are ignored": ("url=hkcnews.com/*&offset=2&page=3", ALL),
    },
)
def test_the_index_finds(query: str, found: list[str], serve: Serve) -> None:
    rows = json_rows(ask(serve(some()), f"{CDX}?{query}&output=json&fl=urlkey"))
    assert [key for (key,) in rows] == sorted(key for (key,) in rows)
    paths = [urlkey(f"http://a.b{path}").partition(")")[2] for path in found]
    assert [key.partition(")")[2] for (key,) in rows] == paths


def json_rows(reply: Reply) -> list[list[str]]:
    """The rows of an answer in JSON, without its head and its key."""
    lines = json.loads(reply.text)
    return lines[1 : lines.index([]) if [] in lines else None]  # type: ignore[no-any-return]


def test_rows_of_revisits_redirects_and_errors(serve: Serve) -> None:
    server = serve(some())
    rows = ask(server, f"{CDX}?url=hkcnews.com/article/*&fl=mimetype,statuscode").text
    assert rows.splitlines() == [
        *("text/html 200", "warc/revisit -", "text/html 200", "unk 301", "text/html 404"),
    ]


def test_the_digest_is_that_of_the_body(serve: Serve) -> None:
    archive = Archive([FakeMemento(ONE, EARLY, lambda: PAGE), samples.redirect(ONE, LATE, "/")])
    digests = ask(serve(archive), f"{CDX}?url={ONE}&fl=digest").text.split()
    assert digests == [digest_of(PAGE), EMPTY_DIGEST]


def test_nothing_found_is_an_empty_list(serve: Serve) -> None:
    server = serve(three())
    reply = ask(server, f"{CDX}?url=nowhere.org&output=json&showResumeKey=true")
    assert (reply.status, reply.body) == (200, b"[]\n")
    assert ask(server, f"{CDX}?url=nowhere.org").body == b""


@table(
    "query",
    {
        "no url": ("output=json",),
        "a filter that is none": ("url=hkcnews.com&filter=statuscode",),
        "a filter that is no pattern": ("url=hkcnews.com&filter=statuscode:(",),
        "a key that is none": ("url=hkcnews.com&resumeKey=abc",),
    },
)
def test_bad_queries(query: str, serve: Serve) -> None:
    reply = ask(serve(three()), f"{CDX}?{query}")
    assert reply.status == 400
    assert "x-archive-wayback-runtime-error" in reply


def test_unknown_fields_are_null(serve: Serve) -> None:
    reply = ask(serve(three()), f"{CDX}?url={OTHER}&output=json&fl=timestamp,offset")
    assert reply.text == f'[["timestamp","offset"],\n["{MIDDLE}",null]]\n'


def pages_of(server: Replay, limit: int) -> list[list[list[str]]]:
    """The pages of a query, as a client reads them: on and on until there is no key."""
    query = f"{CDX}?url=hkcnews.com/*&output=json&fl=original,timestamp&showResumeKey=true"
    pages, key = [], ""
    while True:
        reply = ask(server, f"{query}&limit={limit}" + (f"&resumeKey={key}" if key else ""))
        lines = json.loads(reply.text)
        pages.append(lines[1 : lines.index([]) if [] in lines else None])
        if [] not in lines:
            return pages
        key = lines[-1][0]


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 7, 100])
def test_pages_are_all_rows_once(limit: int, serve: Serve) -> None:
    pages = pages_of(serve(generated(7)), limit)
    assert [len(page) for page in pages[:-1]] == [limit] * (len(pages) - 1)
    rows = [tuple(row) for page in pages for row in page]
    assert len(rows) == len(set(rows)) == 7


def test_a_key_can_lead_to_an_empty_page(serve: Serve) -> None:
    server = serve(generated(6), quirks=Quirks(key_after_last_page=True))
    assert [len(page) for page in pages_of(server, 3)] == [3, 3, 0]


def test_rows_can_come_twice_and_count_for_the_limit(serve: Serve) -> None:
    server = serve(generated(200), quirks=Quirks(repeated_rows=0.4))
    rows = [tuple(row) for page in pages_of(server, 1000) for row in page]
    assert len(set(rows)) == 200
    assert 260 < len(rows) < 340
    assert {rows.count(row) for row in rows} == {1, 2, 3}
    paged = {tuple(row) for page in pages_of(server, 20) for row in page}
    assert paged == set(rows)


def test_a_page_can_repeat_the_seam(serve: Serve) -> None:
    server = serve(generated(5), quirks=Quirks(seam_repeats=True))
    first, second, *_ = pages_of(server, 3)
    assert second[0] == first[-1]


def test_the_index_packs_if_asked(serve: Serve) -> None:
    server, target = serve(three()), f"{CDX}?url={ONE}"
    assert "content-encoding" in ask(server, target)
    for packed in (ask(server, target + "&gzip=false"), ask(server, target, encoding="identity")):
        assert "content-encoding" not in packed


# --- playback -------------------------------------------------------------------------------


@table(
    "target kind timestamp",
    {
        "its second": (playback(), "capture", MIDDLE),
        "another scheme, host and port": (
            playback("http://hkcnews.com:80/article/1/x-1/one/"),
            "capture",
            MIDDLE,
        ),
        "encoded once more": (playback(ONE.replace(":", "%3A")), "capture", MIDDLE),
        "encoded wholly": (
            playback(ONE.replace(":", "%3A").replace("/", "%2F")),
            "capture",
            MIDDLE,
        ),
        "a second later": (playback(timestamp="20200101000001"), "nearest", MIDDLE),
        "long before": (playback(timestamp="19990101000000"), "nearest", EARLY),
        "a year": (playback(timestamp="2021"), "nearest", LATE),
        "never": (playback("https://www.hkcnews.com/article/3"), "hrm", ""),
    },
)
def test_playback_answers(target: str, kind: str, timestamp: str, serve: Serve) -> None:
    server = serve(three())
    reply = ask(server, target)
    assert [request.kind for request in server.log] == [kind]
    if kind == "nearest":
        assert reply["location"] == f"{ORIGIN}/web/{timestamp}id_/{ONE}"
        assert reply["x-archive-redirect-reason"] == f"found capture at {timestamp}"
    assert ("memento-datetime" in reply) is (kind == "capture")


def test_addresses_may_be_asked_for_in_raw_bytes(serve: Serve) -> None:
    server = serve(
        Archive([FakeMemento("https://www.hkcnews.com/article/1/%E6%B8%AF", EARLY, PAGE)])
    )
    place = b"/web/%sid_/https://www.hkcnews.com/article/1/" % EARLY.encode()
    for name, status in (("港".encode(), b"200 OK"), (b"\xff", b"404 NOT FOUND")):
        with socket.create_connection(("127.0.0.1", server.port), timeout=5) as sock:
            sock.sendall(b"GET " + place + name + b" HTTP/1.1\r\n\r\n")
            assert sock.recv(1000).startswith(b"HTTP/1.1 " + status)


def test_a_redirect_to_the_nearest_keeps_the_modifier(serve: Serve) -> None:
    server = serve(three())
    for modifier in ("", "id_", "im_"):
        reply = ask(server, playback(timestamp="2020", modifier=modifier))
        assert reply["location"] == f"{ORIGIN}/web/{MIDDLE}{modifier}/{ONE}"


def test_the_link_header_names_the_captures_round_it(serve: Serve) -> None:
    server = serve(three())
    for timestamp, relations in ((EARLY, "first  next last"), (LATE, "first prev  last")):
        link = ask(server, playback(timestamp=timestamp))["link"]
        found = re.findall(r'/web/(\d{14})/[^>]*>; rel="(\w*) ?memento"', link)
        assert [word for _, word in found] == relations.split(" ")
        assert [stamp for stamp, word in found if not word] == [timestamp]


def test_of_two_captures_of_a_second_the_one_asked_for_is_served(serve: Serve) -> None:
    bare = ONE.replace("www.", "")
    server = serve(Archive([FakeMemento(ONE, EARLY, PAGE), FakeMemento(bare, EARLY, b"other")]))
    assert ask(server, playback(ONE, EARLY)).body == PAGE
    assert ask(server, playback(bare, EARLY)).body == b"other"


@table(
    "location form",
    {
        "absolute": ("https://www.hkcnews.com/n", f"{ORIGIN}/web/{EARLY}id_/"),
        "path": ("/n", f"/web/{EARLY}id_/"),
        "relative path": ("../../../n", f"/web/{EARLY}id_/"),
        "without scheme": ("//www.hkcnews.com/n", f"//web.archive.org/web/{EARLY}id_/"),
    },
)
@pytest.mark.parametrize("status", [301, 302, 303])
def test_captured_redirects(location: str, form: str, status: int, serve: Serve) -> None:
    reply = ask(
        serve(Archive([samples.redirect(ONE, EARLY, location, status)])), playback(ONE, EARLY)
    )
    assert reply.status == status
    assert "memento-datetime" in reply
    assert reply["location"] == f"{form}https://www.hkcnews.com/n"


def test_loops_of_captured_redirects(serve: Serve) -> None:
    itself = samples.redirect(ONE, EARLY, ONE.replace("https", "http"))
    start = playback(ONE, EARLY)
    assert followed(serve(Archive([itself])), start, most=2)[2].endswith("/article/1/x-1/one")
    pair = [samples.redirect(ONE, EARLY, OTHER), samples.redirect(OTHER, EARLY, ONE)]
    assert followed(serve(Archive(pair)), start) == [start, playback(OTHER, EARLY)] * 2 + [start]


@pytest.mark.parametrize("status", [403, 404, 429, 500, 503])
def test_captured_errors_are_captures(status: int, serve: Serve) -> None:
    memento = samples.error(ONE, EARLY, status, ("Retry-After", "6"))
    reply = ask(serve(Archive([memento])), playback(ONE, EARLY))
    assert (reply.status, reply["x-archive-orig-retry-after"]) == (status, "6")
    assert "memento-datetime" in reply
    assert "retry-after" not in reply


def test_a_capture_taken_in_gzip_comes_so_unasked(serve: Serve) -> None:
    server = serve(Archive([FakeMemento(ONE, EARLY, PAGE, gzipped=True)]))
    for encoding in ("identity", "gzip;q=0"):
        reply = ask(server, playback(ONE, EARLY), encoding=encoding)
        assert (reply["content-encoding"], reply.body) == ("gzip", PAGE)


def test_a_month_or_day_of_zero_can_be_played_back(serve: Serve) -> None:
    reply = ask(
        serve(Archive([FakeMemento(ONE, "20200012170449")])), playback(ONE, "20200012170449")
    )
    assert reply["memento-datetime"] == "Sun, 12 Jan 2020 17:04:49 GMT"


# --- faults: what they say ------------------------------------------------------------------

INDEX_TARGET = f"{CDX}?url=hkcnews.com/article/*&output=json&limit=2&showResumeKey=true"
BOTH = [(on_index, INDEX_TARGET), (on_playback, playback())]
SERVICE = {
    "429": (faults.too_many(), 429, error_pages.BOT_SENTENCE, 620),
    "429 with 200": (faults.too_many(status=200), 200, error_pages.BOT_SENTENCE, 620),
    "outage": (faults.outage(), 503, "Temporarily Offline", 11_832),
    "outage with 200": (faults.outage(200), 200, "Temporarily Offline", 11_832),
    "502": (faults.gateway(502), 502, "502 Bad Gateway", None),
    "503": (faults.gateway(503), 503, "503 Service", None),
    "504": (faults.gateway(), 504, "504 Gateway Time-out", None),
    "blank": (faults.blank(), 200, "", 0),
    "blocked site": (faults.blocked_site(), 403, error_pages.BLOCKED_SITE, None),
    "no agent": (faults.no_agent(), 445, "", None),
    "too large": (faults.line_too_large(), 400, "Requested Line is too large", None),
    "excluded": (faults.excluded(403), 403, "has been excluded", None),
    "robots": (faults.robots(), 403, "robots.txt", None),
    "anything": (faults.says("mine", 418, "tea", ("X-Mine", "1")), 418, "tea", 3),
}


@table("fault status sentence size", SERVICE)
@pytest.mark.parametrize(("rule", "target"), BOTH, ids=["index", "playback"])
def test_the_service_can_answer_with(
    rule: Callable[..., Rule],
    target: str,
    fault: faults.Fault,
    status: int,
    sentence: str,
    size: int | None,
    serve: Serve,
) -> None:
    server = serve(three(), rule(fault, 1))
    reply = ask(server, target)
    assert reply.status == status
    assert sentence in reply.text
    assert size in {None, len(reply.body)}
    assert "memento-datetime" not in reply
    assert "retry-after" not in reply
    after = ask(server, target)
    assert after.status == 200
    assert [request.fault for request in server.log] == [fault.name, ""]


def test_the_outage_page_begins_with_a_newline(serve: Serve) -> None:
    assert ask(serve(three(), on_playback(faults.outage())), playback()).body[:2] == b"\n<"


def test_retry_after(serve: Serve) -> None:
    server = serve(three(), on_playback(faults.too_many(retry_after=7)))
    assert ask(server, playback())["retry-after"] == "7"


def test_queries_by_prefix_can_need_authorization(serve: Serve) -> None:
    server = serve(three(), on_index(faults.needs_authorization(), path=PREFIX_QUERY))
    for query in (
        *("url=hkcnews.com/*", "output=json&url=hkcnews.com%2F%2A&limit=1", "url=*.hkcnews.com"),
        *("url=hkcnews.com&matchType=domain", "matchType=prefix&url=hkcnews.com"),
    ):
        reply = ask(server, f"{CDX}?{query}")
        assert (reply.status, reply.text) == (403, error_pages.NEEDS_AUTHORIZATION)
    assert ask(server, f"{CDX}?url={ONE}&filter=urlkey:.*").status == 200


def test_a_page_of_the_index_can_end_early_without_a_key(serve: Serve) -> None:
    server = serve(generated(10), on_index(faults.ends_early(), times_each=1))
    for form in ("&output=json", ""):
        target = f"{CDX}?url=hkcnews.com/*&limit=8&showResumeKey=true{form}"
        early, whole = ask(server, target).text, ask(server, target).text
        assert whole.startswith(early.rstrip("]\n"))
        assert early.count("text/html") == 4
        assert "eJ" in whole
        assert "eJ" not in early
    assert early.endswith("\n")


def test_a_line_about_robots_can_stand_among_the_rows(serve: Serve) -> None:
    lines = ask(serve(three(), on_index(faults.robots_of_index())), f"{CDX}?url={ONE}").text
    assert lines.splitlines()[3].endswith("RobotAccessControlException: Blocked By Robots")


def test_json_can_be_cut(serve: Serve) -> None:
    server = serve(three(), on_index(faults.shortened()))
    reply = ask(server, INDEX_TARGET)
    assert reply.status == 200
    with pytest.raises(json.JSONDecodeError):
        json.loads(reply.text)


def test_a_capture_can_lead_to_another_time_of_its_address(serve: Serve) -> None:
    server = serve(three(), on_playback(faults.nearest(LATE), path=MIDDLE))
    reply = ask(server, playback())
    assert reply.status == 302
    assert reply["location"] == f"{ORIGIN}{playback(timestamp=LATE)}"
    assert "memento-datetime" not in reply
    assert MIDDLE in ask(server, f"{CDX}?url={ONE}").text


@pytest.mark.parametrize("form", [f"{ORIGIN}/web/", "/web/", ""])
def test_a_redirect_to_the_nearest_has_several_forms(form: str, serve: Serve) -> None:
    reply = ask(serve(three(), on_playback(faults.nearest(LATE, form))), playback())
    assert reply["location"] == (f"{form}{LATE}id_/{ONE}" if form else ONE)


def test_redirects_to_the_nearest_can_go_round(serve: Serve) -> None:
    rules = [on_playback(faults.nearest(LATE), path=MIDDLE)]
    rules += [on_playback(faults.nearest(MIDDLE), path=LATE)]
    there, back = playback(timestamp=LATE), playback()
    assert followed(serve(three(), *rules), back) == [back, there, back, there, back]


def test_any_address_can_be_unknown(serve: Serve) -> None:
    reply = ask(serve(three(), on_playback(faults.hrm())), playback())
    assert reply.status == 404
    assert f"{ONE}</a>" in reply.text


# --- faults: on the wire --------------------------------------------------------------------


def test_an_answer_without_faults_is_whole_on_the_wire(serve: Serve) -> None:
    server = serve(three())
    packed, unpacked = bytes_of(server, playback()), bytes_of(server, playback(), "identity")
    assert gzip.decompress(unchunked(packed.body)) == unchunked(unpacked.body) == PAGE
    assert packed.end == unpacked.end == "closed"
    assert b"Content-Encoding: gzip" in packed.head
    assert b"ncoding: gzip" not in unpacked.head


@table(
    "fault end some",
    {
        "hung up": (faults.hung_up(), "closed", 0),
        "reset before": (faults.reset(), "reset", 0),
        "reset within": (faults.reset(0.5), "reset", 1),
        "cut short": (faults.cut_short(), "closed", 1),
        "refused": (faults.refused(), "reset", 0),
    },
)
@pytest.mark.parametrize(("rule", "target"), BOTH, ids=["index", "playback"])
def test_a_connection_can_break(
    rule: Callable[..., Rule],
    target: str,
    fault: faults.Fault,
    end: str,
    some: int,
    serve: Serve,
) -> None:
    server = serve(three(), rule(fault))
    received = bytes_of(server, target)
    assert received.end == end
    assert bool(received.head) == bool(received.body) == some
    assert not received.body.endswith(b"0\r\n\r\n")
    assert [request.status for request in server.log] == [200 if some else 0]


def test_a_body_with_a_length_can_be_cut_short(serve: Serve) -> None:
    archive = Archive([FakeMemento(ONE, EARLY, PAGE, content_type="application/pdf")])
    received = bytes_of(serve(archive, on_playback(faults.cut_short())), playback(ONE, EARLY))
    assert f"Content-Length: {len(PAGE)}".encode() in received.head
    assert received.body == PAGE[: len(PAGE) // 2]


@table(
    "fault says body",
    {
        "shortened": (faults.shortened(0.25), b"", PAGE[: len(PAGE) // 4]),
        "empty": (faults.empty(), b"", b""),
        "claimed": (faults.gzip_claimed(), b"gzip", PAGE),
        "unasked": (faults.gzip_unasked(), b"gzip", warcs.gzipped(PAGE)),
        "unsaid": (faults.gzip_unsaid(), b"", warcs.gzipped(PAGE)),
        "twice": (faults.gzip_twice(), b"gzip", warcs.gzipped(warcs.gzipped(PAGE))),
        "doubled": (faults.doubled_encoding(), b"gzip", warcs.gzipped(PAGE)),
    },
)
def test_a_body_can_be(fault: faults.Fault, says: bytes, body: bytes, serve: Serve) -> None:
    received = bytes_of(serve(three(), on_playback(fault)), playback(), "identity")
    lines = received.head.lower().split(b"\r\n")
    encodings = [line.partition(b": ")[2] for line in lines if line.startswith(b"content-encoding")]
    assert encodings == (
        [b"", b"gzip"] if fault.name == "doubled encoding" else [says] * bool(says)
    )
    sent = unchunked(received.body)
    while body.startswith(b"\x1f\x8b"):
        body, sent = gzip.decompress(body), gzip.decompress(sent)
    assert sent == body
    assert b"memento-datetime" in received.head


def test_gzip_can_be_cut_in_whole_chunks(serve: Serve) -> None:
    received = bytes_of(serve(three(), on_playback(faults.gzip_cut())), playback())
    unpacker = zlib.decompressobj(wbits=31)
    assert PAGE.startswith(unpacker.decompress(unchunked(received.body)))
    assert not unpacker.eof


def test_an_answer_can_stall(serve: Serve) -> None:
    rules = [on_playback(faults.stalled(), 1), on_playback(faults.stalled(0.5), 2)]
    server = serve(three(), *rules)
    for some in (0, 1):
        with socket.create_connection(("127.0.0.1", server.port), timeout=5) as sock:
            sock.sendall(f"GET {playback()} HTTP/1.1\r\n\r\n".encode())
            first = sock.recv(100_000) if some else b""
            server.wait_for(1)
            ask(server, f"{CDX}?url={ONE}")  # whatever was to be sent before is sent now
            sock.settimeout(0)
            with pytest.raises(BlockingIOError):
                sock.recv(1)
        assert bool(first) == some
        assert not first.endswith(b"0\r\n\r\n")


@pytest.mark.parametrize("sent", [0.0, 0.5])
def test_an_answer_can_go_on_for_ever(sent: float, serve: Serve) -> None:
    server = serve(three(), on_playback(faults.dripping(sent)))
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    connection.request("GET", playback(), headers={"Accept-Encoding": "gzip"})
    answer, part = connection.getresponse(), PAGE[: int(len(PAGE) * sent)]
    assert answer.getheader("content-encoding") is None
    assert answer.read(len(part) + 3) == part + b"..."  # in whole chunks: no error, no end
    connection.close()


def test_the_first_answer_can_be_slow_and_the_second_quick(serve: Serve) -> None:
    server = serve(three(), on_playback(faults.slow(0.05), times_each=1))
    start = time.monotonic()
    assert ask(server, playback()).body == PAGE
    assert time.monotonic() - start >= 0.05
    ask(server, playback())
    assert [request.fault for request in server.log] == ["slow", ""]


def test_an_answer_can_be_held_until_it_is_released(serve: Serve) -> None:
    server = serve(three(), on_playback(faults.held(), 1), on_playback(faults.held(OUTAGE), 2))
    replies: list[Reply] = []
    waiting = [threading.Thread(target=lambda: replies.append(ask(server, playback())))]
    waiting += [threading.Thread(target=lambda: replies.append(ask(server, playback())))]
    for thread in waiting:
        thread.start()
    server.wait_for(2)
    assert ask(server, playback()).status == 200
    assert replies == []
    assert server.release() == 2
    for thread in waiting:
        thread.join(5)
    assert sorted(reply.status for reply in replies) == [200, 503]


OUTAGE = faults.outage()

# --- when -----------------------------------------------------------------------------------

A, B = playback(), playback(OTHER)


def struck(asked: Sequence[str], *rules: Rule, **settings: Any) -> str:
    """A letter for each request: the first of the fault's name, or a dot."""
    referee = FaultInjector(Faults(rules, **settings))
    faults_ = [
        referee.next_fault("playback" if "/web/" in target else "index", target) for target in asked
    ]
    return "".join(fault.name[0] if fault else "." for fault in faults_)


@table(
    "rules found",
    {
        "always": ([on_playback(OUTAGE)], "ooo.ooo."),
        "by number": ([on_playback(OUTAGE, 1, 4)], "o...o..."),
        "by number of the index": ([on_index(OUTAGE, 2)], ".......o"),
        "by path": ([on_playback(OUTAGE, path="/article/2/")], "..o..o.."),
        "so often": ([on_playback(OUTAGE, times=2)], "oo......"),
        "so often each": ([on_playback(OUTAGE, times_each=1)], "o.o....."),
        "the first that holds": (
            [on_playback(OUTAGE, 1), on_playback(faults.reset(), times=2)],
            "orr.....",
        ),
        "never": ([on_playback(OUTAGE, chance=0)], "........"),
    },
)
def test_rules_hold(rules: list[Rule], found: str) -> None:
    assert struck([A, A, B, INDEX_TARGET, A, B, A, INDEX_TARGET], *rules) == found


def test_chance_does_not_depend_on_the_order() -> None:
    targets = [playback(f"https://www.hkcnews.com/article/{number}") for number in range(400)]
    rule = on_playback(OUTAGE, chance=0.25)
    found = struck(targets, rule, seed=1)
    assert 60 < found.count("o") < 140
    assert struck(targets[::-1], rule, seed=1) == found[::-1]
    assert struck(targets, rule, seed=2) != found
    again = struck(targets * 2, rule, seed=1)
    assert again[:400] == found != again[400:]


def test_the_gate_lets_so_many_through_a_minute() -> None:
    now = [0.0]
    gate = RateLimitSimulator(playback=3, index=2, patience=2, limited=60, clock=lambda: now[0])
    letters = partial(struck, rate_limit=gate)
    assert letters([A, A, A]) == "..."
    assert letters([INDEX_TARGET] * 2) == ".."
    now[0] = 61.0
    assert letters([A] * 6) == "...444"
    assert letters([INDEX_TARGET]) == "."
    now[0] = 62.0
    assert letters([A]) == "r"  # the patience is at an end: refused
    now[0] = 130.0
    assert letters([A]) == "."


def test_going_on_in_spite_of_429_ends_in_refused_connections(serve: Serve) -> None:
    server = serve(three(), rate_limit=RateLimitSimulator(playback=1, patience=1, refused=0))
    assert [ask(server, playback()).status for _ in range(3)] == [200, 429, 429]
    with pytest.raises(ConnectionResetError):
        ask(server, playback())
    with pytest.raises(ConnectionRefusedError):
        ask(server, playback())


# --- the server -----------------------------------------------------------------------------


def test_a_connection_serves_many_requests(serve: Serve) -> None:
    server = serve(three())
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    for target in (playback(), INDEX_TARGET, playback(timestamp="2019"), "/", playback()):
        ask_on(connection, target)
    connection.close()
    assert {request.connection for request in server.log} == {1}
    assert [request.kind for request in server.log] == [
        *("capture", "rows", "nearest", "not found", "capture"),
    ]


def test_requests_that_come_in_pieces_and_all_at_once(serve: Serve) -> None:
    server = serve(three())
    request = f"GET {playback()} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as sock:
        sock.sendall(request[:30])
        sock.sendall(request[30:] + request * 2)
        received = b""
        while received.count(b"\r\n0\r\n\r\n") < 3:
            received += sock.recv(65_536)
    assert received.count(b"HTTP/1.1 200 OK") == 3


def test_only_get_is_served(serve: Serve) -> None:
    server = serve(three())
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as sock:
        sock.sendall(b"POST /web/ HTTP/1.1\r\n\r\n")
        assert sock.recv(1000).startswith(b"HTTP/1.1 405 ")
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as sock:
        sock.sendall(b"x" * 70_000)
        with pytest.raises(ConnectionResetError):
            sock.recv(1000)


def test_the_log_says_what_was_asked_and_answered(serve: Serve) -> None:
    server = serve(three(), on_playback(OUTAGE, 2))
    start = time.monotonic()
    ask(server, playback(), agent="hkcnews/1 (me)")
    ask(server, INDEX_TARGET)
    ask(server, playback(OTHER))
    first, second, third = server.log
    assert (first.number, first.agent, first.endpoint) == (1, "hkcnews/1 (me)", "playback")
    assert (first.timestamp, first.original) == (MIDDLE, ONE)
    assert (second.endpoint, second.timestamp, second.original) == ("index", "", "")
    assert (third.status, third.kind, third.fault) == (503, "capture", "outage with 503")
    assert start < first.at < second.at < third.at < time.monotonic()


def test_waiting_for_requests_that_do_not_come(serve: Serve) -> None:
    with pytest.raises(TimeoutError, match="0 requests of 1 came"):
        serve(three()).wait_for(1, timeout=0.01)


def test_faults_can_change(serve: Serve) -> None:
    server = serve(three(), on_playback(OUTAGE, 1))
    statuses = [ask(server, playback()).status for _ in range(2)]
    server.change(Faults([on_playback(OUTAGE, 1)]))
    assert [*statuses, ask(server, playback()).status] == [503, 200, 503]


def test_the_server_can_go_away_and_come_back(serve: Serve) -> None:
    server = serve(three())
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    ask_on(connection, playback())
    server.away()
    with pytest.raises(ConnectionResetError):
        ask_on(connection, playback())
    connection.close()
    for _ in range(2):
        with pytest.raises(ConnectionRefusedError):
            ask(server, playback())
    server.back()
    server.back()
    assert ask(server, playback()).status == 200
    assert len(server.log) == 2


@pytest.mark.parametrize("cause", ["fault", "test"])
def test_the_server_can_come_back_by_itself(cause: str, serve: Serve) -> None:
    server = serve(three(), on_playback(faults.refused(0.02), 1))
    if cause == "fault":
        with pytest.raises(ConnectionResetError):
            ask(server, playback())
    else:
        server.away(0.02)
        server.change(Faults())
    refused, end = 0, time.monotonic() + 5
    while time.monotonic() < end:
        try:
            assert ask(server, playback()).status == 200
            break
        except ConnectionRefusedError:
            refused += 1
    assert refused


def test_a_port_is_not_shared(serve: Serve) -> None:
    server = serve(three())
    with pytest.raises(OSError, match="in use"), replay(three(), port=server.port):
        pass


def test_a_stopped_server_leaves_its_port() -> None:
    with replay(three()) as server:
        port = server.port
    with replay(three(), port=port) as server:
        assert server.port == port
        assert ask(server, playback()).status == 200


def test_a_server_in_its_own_process_can_do_the_same() -> None:
    rules = [on_playback(faults.held(), 1), on_playback(OUTAGE, 2)]
    with replay(partial(generated, 3), Faults(rules), process=True) as server:
        target = playback(warcs.address(1), warcs.TIMESTAMP)
        replies: list[Reply] = []
        thread = threading.Thread(target=lambda: replies.append(ask(server, target)))
        thread.start()
        server.wait_for(1)
        assert server.release() == 1
        thread.join(5)
        replies.append(ask(server, target))
        server.change(Faults())
        server.away()
        with pytest.raises(ConnectionRefusedError):
            ask(server, target)
        server.back()
        replies.append(ask(server, target))
        assert [reply.status for reply in replies] == [200, 503, 200]
        assert replies[0].body == warcs.article_page(1)
        assert [request.fault for request in server.log] == ["held", "outage with 503", ""]
        with pytest.raises(TimeoutError):
            server.wait_for(9, timeout=0.01)


# --- what is served -------------------------------------------------------------------------


def test_the_bundled_pages_are_served_as_they_are(serve: Serve) -> None:
    server = serve(from_fixtures())
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    shown = [f for f in fixtures.load_all() if f.name.startswith("articles/")]
    raw = {f.capture: f for f in reversed(shown)}
    assert len(raw) > 140
    for capture, fixture in raw.items():
        reply = ask_on(connection, playback(capture.original, capture.timestamp))
        assert (reply.status, reply.body) == (200, fixture.page), fixture.name
        assert "memento-datetime" in reply
    connection.close()


def test_generated_articles_are_made_when_asked_for(serve: Serve) -> None:
    archive = generated(4, captures=2, farewell_every=4)
    assert len(archive) == 9
    assert all(callable(memento.content) for memento in archive)
    server = serve(archive)
    page = ask(server, playback(warcs.address(3), warcs.TIMESTAMP)).body
    assert page == warcs.article_page(3)
    assert len(ask(server, f"{CDX}?url=hkcnews.com/article/4/*").text.splitlines()) == 3


def test_the_demonstration_shows_what_it_should(serve: Serve) -> None:
    archive = demo_archive()
    server = serve(archive, *demo_faults().rules)
    listed = [ask(server, f"{CDX}?url=hkcnews.com/*&output=json") for _ in range(2)]
    assert ["Temporarily Offline" in reply.text for reply in listed] == [True, False]
    kinds = {memento: kind_of(server, memento) for memento in archive}
    farewells = [m for m, kind in kinds.items() if kind == "farewell" and is_article(m)]
    older = [
        [m for m in archive.captures_of(f.urlkey) if m.timestamp < f.timestamp] for f in farewells
    ]
    assert sum(any(kinds[m] == "article" for m in before) for before in older) == 3
    assert sorted(kinds.values()).count("nearest") == 1
    assert [r.fault for r in server.log if r.fault] == ["outage with 200", "429 with 429"]


def is_article(memento: FakeMemento) -> bool:
    return "/article/" in memento.original


def kind_of(server: Replay, memento: FakeMemento) -> str:
    """What a capture turns out to be, a 429 waited out."""
    target = playback(memento.original, memento.timestamp)
    reply = ask(server, target)
    if reply.status == 429:
        assert reply["retry-after"] == "1"
        reply = ask(server, target)
    if reply.status == 302:
        return "nearest"
    try:
        extract(reply.body, Capture(memento.timestamp, memento.original))
    except NotAnArticle as error:
        return "farewell" if error.kind is PageKind.FAREWELL else "refused"
    return "article"


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_the_command_says_where_it_serves_and_stops_when_told(stop: signal.Signals) -> None:
    command = [sys.executable, str(Path(__file__).parents[1] / "fake_archive"), "--port", "0"]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    with subprocess.Popen(
        [*command, "--faults", "demo"], stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        origin = process.stdout.readline().strip()
        match = re.fullmatch(r"http://127\.0\.0\.1:(\d+)", origin)
        assert match
        connection = http.client.HTTPConnection("127.0.0.1", int(match[1]), timeout=5)
        assert "Temporarily Offline" in ask_on(connection, INDEX_TARGET).text
        assert json_rows(ask_on(connection, INDEX_TARGET))
        connection.close()
        process.send_signal(stop)
        assert process.wait(5) == 0
