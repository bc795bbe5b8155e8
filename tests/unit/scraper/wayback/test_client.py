"""Requests over real sockets: what each fault of the archive comes to, and what it costs."""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
import ssl
import time
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import formatdate
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pytest
from fake_archive import (
    Archive as Captures,
)
from fake_archive import (
    FakeMemento,
    Faults,
    Replay,
    Rule,
    faults,
    on_index,
    on_playback,
    replay,
    samples,
    words,
)
from fake_archive.mementos import EMPTY_DIGEST, digest_of
from support import sockets
from support.pages import table

from normalise import Capture
from scraper.errors import (
    CertificateError,
    Paused,
    PlaybackError,
    PlaybackFailure,
    RetriesExhausted,
    ScraperError,
    Stopped,
)
from scraper.models import ArchiveRedirect, Memento, Pause
from scraper.wayback import cdx, client, playback
from scraper.wayback.cdx import CdxPage
from scraper.wayback.client import MAX_TRIES, RequestStats, WaybackClient
from scraper.wayback.stop import StopSignal
from scraper.wayback.throttle import Endpoint, Throttle

T = TypeVar("T")
ADDRESS = "https://www.hkcnews.com/article/1/x-1/one"
TIMESTAMP, OTHER_TIMESTAMP = "20200101000000", "20190101000000"
CAPTURE = Capture(TIMESTAMP, ADDRESS)
PAGE = "<html><head></head><body>渡輪停航一天</body></html>".encode() * 40
DIGEST = digest_of(PAGE)
AGENT = "tests/1 (+me@example.org)"
COOLDOWN = 0.004  # seconds


def captures() -> Captures:
    mementos = [FakeMemento(ADDRESS, timestamp, PAGE) for timestamp in (OTHER_TIMESTAMP, TIMESTAMP)]
    return Captures(mementos)


@dataclass
class Client:
    """An archive to ask, and what its governor has told."""

    client: WaybackClient
    stop: StopSignal
    told: list[Pause | None]
    has_told: asyncio.Event
    effort: RequestStats = field(default_factory=RequestStats)

    async def page(self, capture: Capture = CAPTURE, digest: str = "") -> Memento | ArchiveRedirect:
        read = partial(playback.parse_response, capture, digest)
        target = playback.request_target(capture)
        return await self.client.get(Endpoint.PLAYBACK, target, read, self.effort)

    async def list(self) -> CdxPage:
        target = cdx.query_target(cdx.ARTICLES_PREFIX)
        return await self.client.get(Endpoint.INDEX, target, cdx.parse_response, self.effort)

    @property
    def pauses(self) -> int:
        return len([pause for pause in self.told if pause])


def with_client(
    origin: str,
    story: Callable[[Client], Coroutine[Any, Any, T]],
    *,
    concurrency: int = 4,
    cooldown: float = COOLDOWN,
    kept: Pause | None = None,
    tell: Callable[[Pause | None], None] = lambda _: None,
) -> T:
    async def told_with() -> T:
        return await in_this_loop(
            origin, story, concurrency=concurrency, cooldown=cooldown, kept=kept, tell=tell
        )

    return asyncio.run(told_with())


async def in_this_loop(
    origin: str,
    story: Callable[[Client], Coroutine[Any, Any, T]],
    *,
    concurrency: int = 4,
    cooldown: float = COOLDOWN,
    kept: Pause | None = None,
    tell: Callable[[Pause | None], None] = lambda _: None,
) -> T:
    told: list[Pause | None] = []
    has_told = asyncio.Event()

    def note(pause: Pause | None) -> None:
        told.append(pause)
        has_told.set()
        tell(pause)

    stop = StopSignal()
    governor = Throttle(stop, rate=0, cooldown=cooldown, pause=kept, on_pause=note)
    async with WaybackClient(origin, governor, stop, AGENT, concurrency, wait=0.001) as asked:
        return await story(Client(asked, stop, told, has_told))


@dataclass
class Came:
    """What a request came to: an answer or an error, requests made, pauses begun."""

    answer: Any
    effort: RequestStats
    pauses: int
    log: Sequence[Any] = ()

    @property
    def requests(self) -> int:
        return self.effort.requests

    @property
    def shown(self) -> str:
        """In one word."""
        match self.answer:
            case Memento(status=200, body=body) if body == PAGE:
                return "page"
            case Memento(status=status):
                return f"captured {status}"
            case CdxPage(records=rows):
                return f"{len(rows)} rows"
            case PlaybackError(reason=reason):
                return reason
            case _:
                return type(self.answer).__name__


def asked(
    *rules: Rule,
    of: Captures | None = None,
    digest: str = "",
    about: str = "page",
) -> Came:
    """Ask a server with faults for the one page, or for the index."""

    async def story(client: Client) -> Came:
        try:
            answer: Any = await (client.page(digest=digest) if about == "page" else client.list())
        except ScraperError as error:
            answer = error
        return Came(answer, client.effort, client.pauses)

    with replay(captures() if of is None else of, Faults(rules)) as server:
        came = with_client(server.origin, story)
        came.log = server.log
        return came


def came(came: Came) -> tuple[str, int, int]:
    """What it came to, requests that reached the server, pauses."""
    assert len(came.log) == came.requests
    return came.shown, came.requests, came.pauses


Shorten = Callable[[faults.Fault, float], None]


@pytest.fixture
def shorten(monkeypatch: pytest.MonkeyPatch) -> Shorten:
    """Shortens the time-outs for faults that are of time; others need none."""

    def to(fault: faults.Fault, seconds: float) -> None:
        if fault.name in {"stalled", "stalled within", "dripping", "slow"}:
            monkeypatch.setattr(client, "_READ_SECONDS", seconds)
            monkeypatch.setattr(client, "_MAX_SECONDS", seconds)

    return to


# --- faults that pass -----------------------------------------------------------------------

PAUSING = {
    "429": faults.too_many(),
    "429 with a Retry-After of nothing": faults.too_many(0),
    "429 with a Retry-After long past": faults.too_many("Wed, 21 Oct 2015 07:28:00 GMT"),
    "429 with a Retry-After of nonsense": faults.too_many("soon"),
    "429 with status 200": faults.too_many(status=200),
    "outage with 503": faults.outage(503),
    "outage with 200": faults.outage(200),
}
PASSING = {
    "500": faults.says("500", 500, "Internal Server Error"),
    "502": faults.gateway(502),
    "503": faults.gateway(503),
    "504": faults.gateway(504),
    "520 of Cloudflare": faults.says("520", 520, "unknown error"),
    "hung up": faults.hung_up(),
    "reset before the answer": faults.reset(),
    "reset within": faults.reset(0.5),
    "reset before the body": faults.reset(0.0),
    "cut short": faults.cut_short(),
    "cut short at its last byte": faults.cut_short(0.999),
    "stalled": faults.stalled(),
    "stalled within": faults.stalled(0.5),
    "dripping": faults.dripping(),
    "gzip cut": faults.gzip_cut(),
    "slow the first time": faults.slow(1.0),
}
BLANK = {"blank": faults.blank(), "a page of something else": faults.says("odd", 200, "<p>?</p>")}


@pytest.mark.parametrize("fault", PAUSING.values(), ids=PAUSING)
@pytest.mark.parametrize("about", ["page", "index"])
def test_what_pauses_everybody_is_waited_out(fault: faults.Fault, about: str) -> None:
    on = on_playback if about == "page" else on_index
    answer = "page" if about == "page" else "2 rows"
    assert came(asked(on(fault, 1, 2), about=about)) == (answer, 3, 2)


@pytest.mark.parametrize("fault", PAUSING.values(), ids=PAUSING)
@pytest.mark.parametrize("about", ["page", "index"])
def test_the_fifth_pause_in_vain_ends_the_run(fault: faults.Fault, about: str) -> None:
    on = on_playback if about == "page" else on_index
    assert came(asked(on(fault), about=about)) == ("Paused", 5, 5)


@pytest.mark.parametrize("fault", [*PASSING.values(), *BLANK.values()], ids=[*PASSING, *BLANK])
def test_what_passes_is_asked_for_again_and_pauses_nobody(
    fault: faults.Fault, shorten: Shorten
) -> None:
    shorten(fault, 0.4)
    assert came(asked(on_playback(fault, 1))) == ("page", 2, 0)


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
def test_what_passes_is_asked_of_the_index_again(fault: faults.Fault, shorten: Shorten) -> None:
    shorten(fault, 0.4)
    assert came(asked(on_index(fault, 1), about="index")) == ("2 rows", 2, 0)


NEVER = {name: fault for name, fault in (PASSING | BLANK).items() if "slow" not in name}


@pytest.mark.parametrize("fault", NEVER.values(), ids=NEVER)
def test_what_never_passes_is_given_up_after_some_tries(
    fault: faults.Fault, shorten: Shorten
) -> None:
    shorten(fault, 0.05)
    found = asked(on_playback(fault))
    assert came(found) == ("RetriesExhausted", MAX_TRIES, 0)
    assert str(found.answer).endswith(f", {MAX_TRIES} times")


def test_tries_are_bounded_in_time_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "_READ_SECONDS", 0.05)
    monkeypatch.setattr(client, "_MAX_WORKING_SECONDS", 0.09)
    assert came(asked(on_playback(faults.stalled()))) == ("RetriesExhausted", 2, 0)


@table(
    "rules shown requests pauses",
    {
        "four pauses, four passing troubles": (
            [on_playback(faults.too_many(), 1, 2, 3, 4), on_playback(faults.gateway(), 5, 6, 7, 8)],
            *("page", 9, 4),
        ),
        "by turns": (
            [
                on_playback(faults.outage(200), 2, 4),
                on_playback(faults.too_many(), 6, 8),
                on_playback(faults.cut_short(), 1, 3, 5, 7),
            ],
            *("page", 9, 4),
        ),
        "four pauses, five passing troubles": (
            [on_playback(faults.outage(503), 1, 3, 5, 7), on_playback(faults.hung_up())],
            *("RetriesExhausted", 9, 4),
        ),
        "five pauses among passing troubles": (
            [on_playback(faults.gateway(503), 1, 3, 5, 7), on_playback(faults.too_many())],
            *("Paused", 9, 5),
        ),
    },
)
def test_a_pause_costs_no_try(rules: list[Rule], shown: str, requests: int, pauses: int) -> None:
    assert came(asked(*rules)) == (shown, requests, pauses)


@table(
    "said seconds",
    {
        "seconds": (lambda: "1234", 1234.0),
        "a date": (lambda: formatdate(time.time() + 1000, usegmt=True), 1000.0),
    },
)
@pytest.mark.parametrize("status", [429, 200])
def test_retry_after_is_heeded(said: Callable[[], str], seconds: float, status: int) -> None:
    async def story(client: Client) -> float:
        waiting = asyncio.create_task(client.page())
        await client.has_told.wait()
        client.stop.set()
        with pytest.raises(Stopped):
            await waiting
        assert client.told[0] is not None
        return client.told[0].until - time.time()

    with replay(captures(), Faults([on_playback(faults.too_many(said(), status))])) as server:
        left = with_client(server.origin, story)
        assert left == pytest.approx(seconds, abs=10)
        assert len(server.log) == 1


def test_a_good_answer_is_told_after_a_pause() -> None:
    async def story(client: Client) -> list[int | None]:
        for _ in range(3):
            await client.page()
        return [pause.streak if pause else None for pause in client.told]

    rules = [on_playback(faults.too_many(), 1, 2, 4)]
    with replay(captures(), Faults(rules)) as server:
        assert with_client(server.origin, story) == [1, 2, None, 1, None]


@table(
    "fault",
    {
        "not archived": (faults.hrm(),),
        "a captured error": (None,),
        "excluded": (faults.excluded(403),),
    },
)
def test_any_answer_for_good_ends_a_pause(fault: faults.Fault | None) -> None:
    of = Captures([samples.error(ADDRESS, TIMESTAMP, 429)])

    async def story(client: Client) -> list[Pause | None]:
        with suppress(PlaybackError):
            await client.page()
        return client.told[1:]

    rules = [on_playback(faults.too_many(), 1)] + ([on_playback(fault)] if fault else [])
    with replay(of, Faults(rules)) as server:
        assert with_client(server.origin, story) == [None]


def test_refusals_of_requests_under_way_are_one_pause() -> None:
    async def story(client: Client, server: Replay) -> tuple[list[Memento | ArchiveRedirect], int]:
        waiting = asyncio.gather(*(client.page() for _ in range(4)))
        await asyncio.to_thread(server.wait_for, 4)
        release(server, 4)
        return await waiting, client.pauses

    rules = [on_playback(faults.held(faults.too_many()), 1, 2, 3, 4)]
    with replay(captures(), Faults(rules)) as server:
        pages, pauses = with_client(server.origin, partial(story, server=server))
        assert (len(pages), pauses, len(server.log)) == (4, 1, 8)


def release(server: Replay, count: int) -> None:
    """Release so many answers; those that were asked for may be about to be kept back."""
    while count > 0:
        count -= server.release()
    assert count == 0


# --- no connection --------------------------------------------------------------------------


def test_a_refused_connection_pauses_everybody_until_the_archive_is_back() -> None:
    async def story(client: Client) -> tuple[Memento | ArchiveRedirect, int, int]:
        return await client.page(), client.effort.requests, client.pauses

    with replay(captures()) as server:
        server.away()
        begun: list[Pause | None] = []

        def come_back(pause: Pause | None) -> None:
            begun.append(pause)
            if len(begun) == 3:
                server.back()

        page, requests, pauses = with_client(server.origin, story, tell=come_back)
        assert isinstance(page, Memento)
        assert (requests, pauses, len(server.log)) == (4, 3, 1)


def test_connections_refused_for_ever_end_the_run() -> None:
    async def story(client: Client) -> int:
        with pytest.raises(Paused, match="takes no connection"):
            await client.page()
        return client.effort.requests

    with replay(captures()) as server:
        server.away()
        assert with_client(server.origin, story) == 5


def test_a_connection_that_breaks_and_is_refused_then() -> None:
    async def story(client: Client) -> tuple[Memento | ArchiveRedirect, int]:
        return await client.page(), client.pauses

    with replay(captures(), Faults([on_playback(faults.refused(), 1)])) as server:
        page, pauses = with_client(server.origin, story, tell=lambda _: server.back())
        assert isinstance(page, Memento)
        assert (pauses, len(server.log)) == (1, 2)


def test_a_host_without_an_address_is_named_by_its_cause(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(host: object, *_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, f"no address for {host!r}")

    async def story(client: Client) -> str:
        with pytest.raises(Paused) as caught:
            await client.page()
        return str(caught.value)

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    said = with_client("http://nowhere.invalid", story)
    assert "takes no connection" in said
    assert "nowhere.invalid" in said


# Made for these tests, of nobody's trust.
CERTIFICATE = """\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgKf/juDApCEi8ZxXo
WGk6MxX47vB7OUwCWtUvdBayl8KhRANCAAT99qmLiHSuVH1ndP29Dt61C/pRZ5dW
Rd708s2DZ0pr/WKnlh3Ch0yB8p4lTf9Ox766ZLrTMmfrCHL2c0WQgC7F
-----END PRIVATE KEY-----
-----BEGIN CERTIFICATE-----
MIIBkTCCATagAwIBAgIUZsY5rXgYIT5oI+edpBSnC6J1GjEwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJMTI3LjAuMC4xMCAXDTI2MTEyMjE5MjYyNVoYDzIxMjYxMDI5
MTkyNjI1WjAUMRIwEAYDVQQDDAkxMjcuMC4wLjEwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAT99qmLiHSuVH1ndP29Dt61C/pRZ5dWRd708s2DZ0pr/WKnlh3Ch0yB
8p4lTf9Ox766ZLrTMmfrCHL2c0WQgC7Fo2QwYjAdBgNVHQ4EFgQUz/bhLnSrR+40
BqmhGw5pgScEbDswHwYDVR0jBBgwFoAUz/bhLnSrR+40BqmhGw5pgScEbDswDwYD
VR0TAQH/BAUwAwEB/zAPBgNVHREECDAGhwR/AAABMAoGCCqGSM49BAMCA0kAMEYC
IQCmEManP4pFJPOvfSR76FBD9WiyHGkDfMXxBmA4aqNvGwIhAMLRa+AlsTYQWPGc
DxfWulxTAl85t9JE6KF/1sGC1tLA
-----END CERTIFICATE-----
"""


def test_a_certificate_that_does_not_hold_ends_the_run_and_no_pause(tmp_path: Path) -> None:
    file = tmp_path / "server.pem"
    file.write_text(CERTIFICATE)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(file)

    async def story(client: Client) -> tuple[int, list[Pause | None]]:
        with pytest.raises(CertificateError, match=r"certificate does not hold.*self.signed"):
            await client.page()
        return client.effort.requests, client.told

    async def run() -> tuple[tuple[int, list[Pause | None]], list[bytes]]:
        async with sockets.answering(tls=tls) as server:
            kept = Pause(time.time() - 1, 2)
            return await in_this_loop(server.origin, story, kept=kept), server.heads

    assert asyncio.run(run()) == ((1, []), [])


# --- answers for good -----------------------------------------------------------------------


@table(
    "fault shown",
    {
        "hrm": (faults.hrm(), PlaybackFailure.NOT_ARCHIVED),
        "excluded with 200": (faults.excluded(200), PlaybackFailure.EXCLUDED),
        "excluded with 403": (faults.excluded(403), PlaybackFailure.EXCLUDED),
        "robots": (faults.robots(), PlaybackFailure.ROBOTS),
        "robots with 200": (faults.robots(200), PlaybackFailure.ROBOTS),
        "robots of 2016": (faults.robots(403, with_header=True), PlaybackFailure.ROBOTS),
        "nearest": (faults.nearest(OTHER_TIMESTAMP), "ArchiveRedirect"),
    },
)
def test_an_answer_for_good_is_not_asked_for_again(fault: faults.Fault, shown: str) -> None:
    assert came(asked(on_playback(fault))) == (shown, 1, 0)


@pytest.mark.parametrize("fault", [faults.says("403", 403, "Forbidden"), faults.no_agent()])
def test_an_error_without_a_word_of_the_archive_is_believed_of_nobody(fault: faults.Fault) -> None:
    assert came(asked(on_playback(fault))) == ("RetriesExhausted", MAX_TRIES, 0)


@pytest.mark.parametrize("status", [403, 404, 410, 429, 500, 502, 503, 504])
@pytest.mark.parametrize("text", ["", words.outage(), words.bot_traffic(), words.excluded()])
def test_a_captured_error_is_a_capture_whatever_it_says(status: int, text: str) -> None:
    headers = (("retry-after", "6"),)
    of = [FakeMemento(ADDRESS, TIMESTAMP, text.encode(), status, headers=headers)]
    found = asked(of=Captures(of))
    assert came(found) == (f"captured {status}", 1, 0)
    assert found.answer.body == text.encode()
    assert ("retry-after", "6") in found.answer.headers


@pytest.mark.parametrize("text", [words.outage(), words.bot_traffic(), words.excluded()])
def test_a_captured_page_may_say_what_the_archive_says(text: str) -> None:
    found = asked(of=Captures([FakeMemento(ADDRESS, TIMESTAMP, text.encode())]))
    assert came(found) == ("captured 200", 1, 0)


@table(
    "fault",
    {
        "claimed": (faults.gzip_claimed(),),
        "unasked": (faults.gzip_unasked(),),
        "unsaid": (faults.gzip_unsaid(),),
        "twice": (faults.gzip_twice(),),
        "with a doubled header": (faults.doubled_encoding(),),
    },
)
@pytest.mark.parametrize("about", ["page", "index"])
def test_gzip_that_lies_is_read_all_the_same(fault: faults.Fault, about: str) -> None:
    on = on_playback if about == "page" else on_index
    answer = "page" if about == "page" else "2 rows"
    assert came(asked(on(fault), about=about)) == (answer, 1, 0)


LENGTH = ("content-length", str(len(PAGE)))


@table(
    "fault headers digest shown requests",
    {
        "empty, and nothing known": (faults.empty(), (), "", "page", 2),
        "empty, and its digest is another": (faults.empty(), (), DIGEST, "page", 2),
        "empty, as the index says": (faults.empty(), (), EMPTY_DIGEST, "captured 200", 1),
        "shorter than captured": (faults.shortened(), (LENGTH,), "", "page", 2),
        "shorter than captured by a byte": (faults.shortened(0.9999), (LENGTH,), "", "page", 2),
        "a length that was captured as -1": (None, (("content-length", "-1"),), "", "page", 1),
        "a length that was captured as less": (None, (("content-length", "7"),), "", "page", 1),
        "a length that was captured wrong, and the right digest": (
            *(None, (("content-length", "999999"),), DIGEST),
            *("page", 1),
        ),
        "another digest proves nothing": (None, (), EMPTY_DIGEST, "page", 1),
    },
)
def test_a_body_that_is_less_than_was_captured_is_asked_for_again(
    fault: faults.Fault | None, headers: Any, digest: str, shown: str, requests: int
) -> None:
    of = Captures([FakeMemento(ADDRESS, TIMESTAMP, PAGE, headers=headers)])
    rules = [on_playback(fault, 1)] if fault else []
    assert came(asked(*rules, of=of, digest=digest)) == (shown, requests, 0)


def test_the_length_of_a_packed_capture_says_nothing_of_its_body() -> None:
    packed = ("x-archive-orig-content-length: 999999", "x-archive-orig-content-encoding: gzip")
    found, server, _ = asked_bytes(sockets.answer(PAGE, *memento(*packed)))
    assert isinstance(found[0], Memento)
    assert len(server.heads) == 1


def test_what_is_really_served_is_said() -> None:
    address = "https://www.hkcnews.com/article/1/x-1/one?fbclid=a&utm_source=b;c=d"
    capture = Capture(TIMESTAMP, address)

    async def story(client: Client) -> Memento | ArchiveRedirect:
        return await client.page(capture)

    of = Captures([FakeMemento(address.replace("https", "http"), TIMESTAMP, PAGE)])
    with replay(of) as server:
        page = with_client(server.origin, story)
    assert isinstance(page, Memento)
    assert page.requested == capture
    assert page.served == Capture(TIMESTAMP, address.replace("https", "http"))


# --- the index ------------------------------------------------------------------------------


@table(
    "fault shown said",
    {
        "authorization": (
            faults.needs_authorization(),
            "IndexUnavailable",
            "refuses this kind of query",
        ),
        "blocked": (faults.blocked_site(), "IndexUnavailable", "excluded"),
        "blocked, as in 2020": (
            faults.blocked_site(words.BLOCKED_SITE_2020),
            "IndexUnavailable",
            "excluded",
        ),
        "robots as a line": (faults.robots_of_index(), "IndexUnavailable", "excluded"),
        "no agent": (faults.no_agent(), "IndexUnavailable", "445"),
        "line too large": (
            faults.line_too_large(),
            "IndexUnavailable",
            "Requested Line is too large",
        ),
        "404": (faults.says("404", 404, "nothing"), "IndexUnavailable", "404"),
    },
)
def test_an_index_that_refuses_is_no_empty_index(
    fault: faults.Fault, shown: str, said: str
) -> None:
    found = asked(on_index(fault), about="index")
    assert came(found) == (shown, 1, 0)
    assert said in str(found.answer)


@table(
    "fault",
    {
        "cut JSON": (faults.shortened(),),
        "no body": (faults.empty(),),
        "HTML with 200": (faults.says("odd", 200, "<html><body>?</body></html>"),),
        "other JSON": (faults.says("odd", 200, '{"captures": []}'),),
        "rows of other fields": (faults.says("odd", 200, '[["urlkey"],["com"]]'),),
        "no strings": (faults.says("odd", 200, "[[1,2,3,4,5,6]]"),),
        "JSON deeper than anybody reads": (faults.says("odd", 200, "[" * 100_000),),
    },
)
def test_an_answer_that_is_not_the_json_asked_for_is_no_empty_index(fault: faults.Fault) -> None:
    assert came(asked(on_index(fault, 1), about="index")) == ("2 rows", 2, 0)
    assert came(asked(on_index(fault), about="index")) == ("RetriesExhausted", MAX_TRIES, 0)


def test_an_empty_index_is_one() -> None:
    assert came(asked(of=Captures([]), about="index")) == ("0 rows", 1, 0)


# --- manners --------------------------------------------------------------------------------


def test_every_request_says_who_asks() -> None:
    rules = [on_playback(faults.too_many(), 1), on_playback(faults.hung_up(), 2)]
    found = asked(*rules)
    assert came(found) == ("page", 3, 1)
    assert {request.agent for request in found.log} == {AGENT}


def test_one_after_the_other_need_one_connection() -> None:
    async def story(client: Client) -> None:
        for _ in range(20):
            await client.page()
            await client.list()

    rules = [on_playback(faults.gateway(), 3, 9), on_playback(faults.too_many(), 5)]
    with replay(captures(), Faults(rules)) as server:
        with_client(server.origin, story)
        assert len(server.log) == 43
        assert {request.connection for request in server.log} == {1}


def test_a_connection_is_kept_over_a_long_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    later = [0.0]

    class Clock:
        @staticmethod
        def monotonic() -> float:
            return time.monotonic() + later[0]

    async def story(client: Client) -> None:
        for _ in range(3):
            await client.page()
            later[0] += 120.0

    monkeypatch.setattr("httpcore._async.http11.time", Clock)
    with replay(captures()) as server:
        with_client(server.origin, story)
        assert [request.connection for request in server.log] == [1, 1, 1]


def test_a_connection_that_the_archive_has_closed_meanwhile_is_not_used() -> None:
    async def story(client: Client, server: Replay) -> int:
        await client.page()
        server.away()
        server.back()
        await client.page()
        return client.effort.requests

    with replay(captures()) as server:
        assert with_client(server.origin, partial(story, server=server)) == 2
        assert [request.connection for request in server.log] == [1, 2]


@pytest.mark.parametrize("concurrency", [1, 3, 4])
def test_many_at_once_share_few_connections(concurrency: int) -> None:
    async def story(client: Client) -> None:
        await asyncio.gather(*(client.page() for _ in range(60)))

    with replay(captures()) as server:
        with_client(server.origin, story, concurrency=concurrency)
        assert len(server.log) == 60
        assert {request.connection for request in server.log} <= set(range(1, concurrency + 1))


def test_no_more_requests_are_under_way_than_allowed() -> None:
    async def story(client: Client, server: Replay) -> None:
        waiting = asyncio.gather(*(client.page() for _ in range(10)))
        before = 0
        for count in (3, 6, 9, 10):
            await asyncio.to_thread(server.wait_for, count)
            assert len(server.log) == count
            release(server, count - before)
            before = count
        await waiting

    with replay(captures(), Faults([on_playback(faults.held())])) as server:
        with_client(server.origin, partial(story, server=server), concurrency=3)
        assert {request.connection for request in server.log} == {1, 2, 3}


def test_a_stop_ends_those_who_wait_and_none_who_are_asking() -> None:
    async def story(client: Client, server: Replay) -> list[object]:
        waiting = asyncio.gather(*(client.page() for _ in range(5)), return_exceptions=True)
        await asyncio.to_thread(server.wait_for, 2)
        client.stop.set()
        release(server, 2)
        return list(await waiting)

    with replay(captures(), Faults([on_playback(faults.held())])) as server:
        found = with_client(server.origin, partial(story, server=server), concurrency=2)
        kinds = [type(one) for one in found]
        assert (kinds.count(Memento), kinds.count(Stopped), len(server.log)) == (2, 3, 2)


def test_a_stop_ends_the_wait_between_tries() -> None:
    async def story(server: Replay) -> None:
        stop = StopSignal()
        governor = Throttle(stop, rate=0)
        async with WaybackClient(server.origin, governor, stop, AGENT, wait=1000.0) as slow:
            client = Client(slow, stop, [], asyncio.Event())
            waiting = asyncio.create_task(client.page())
            await asyncio.to_thread(server.wait_for, 1)
            stop.set()
            with pytest.raises(Stopped):
                await waiting

    with replay(captures(), Faults([on_playback(faults.gateway())])) as server:
        asyncio.run(asyncio.wait_for(story(server), 10))
        assert len(server.log) == 1


def memento(*fields: str) -> tuple[str, ...]:
    return ("Memento-Datetime: Wed, 01 Jan 2020 00:00:00 GMT", *fields)


def asked_bytes(
    reply: bytes, *wanted: Capture, hang_up: bool = False
) -> tuple[list[object], sockets.Asked, int]:
    """What pages come to, one after the other, of a server that answers these bytes."""

    async def story(client: Client) -> tuple[list[object], int]:
        found: list[object] = []
        for capture in wanted or (CAPTURE,):
            try:
                found.append(await client.page(capture))
            except ScraperError as error:
                found.append(error)
        return found, client.pauses

    async def run() -> tuple[list[object], sockets.Asked, int]:
        async with sockets.answering(reply, hang_up=hang_up) as server:
            found, pauses = await in_this_loop(server.origin, story)
            return found, server, pauses

    return asyncio.run(run())


def test_no_proxy_of_the_environment_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> tuple[list[object], int]:
        async with sockets.answering(sockets.answer(PAGE, *memento())) as proxy:
            for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
                monkeypatch.setenv(name, proxy.origin)
            async with sockets.answering(sockets.answer(PAGE, *memento())) as server:
                page = await in_this_loop(server.origin, lambda client: client.page())
            return [page], proxy.connections

    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    (page,), connections = asyncio.run(run())
    assert isinstance(page, Memento)
    assert connections == 0


def test_cookies_are_not_sent_back() -> None:
    cookie = "Set-Cookie: wb-p-SERVER=wwwb-app204; path=/"
    _, server, _ = asked_bytes(sockets.answer(PAGE, *memento(cookie)), *[CAPTURE] * 3)
    assert len(server.heads) == 3
    assert server.connections == 1
    assert not [head for head in server.heads if b"cookie" in head.lower()]


def test_a_request_has_these_headers_and_no_others() -> None:
    _, server, _ = asked_bytes(sockets.answer(PAGE, *memento()))
    first, *fields = server.heads[0].decode().strip().split("\r\n")
    assert first == f"GET /web/{TIMESTAMP}id_/{ADDRESS} HTTP/1.1"
    assert sorted(field.lower() for field in fields) == sorted(
        [
            f"host: {server.origin.removeprefix('http://')}",
            f"user-agent: {AGENT.lower()}",
            "accept: */*",
            "accept-encoding: gzip",
            "connection: keep-alive",
        ]
    )


@pytest.mark.parametrize(
    "tail",
    [
        *("%E6%B8%A1", "%e6%b8%a1", "%EF%BF%BD", "%25E6", "%", "%zz", "a'b", 'a"b', "a|b", "a\\b"),
        *(
            "[a]",
            "{a}",
            "<a>",
            "a^b",
            "a`b",
            "~a",
            "a;b=c",
            "a//b",
            "http://a/b",
            "?",
            "??",
            "?a=b",
        ),
        *("?a=b&c=d", "?a=[b]", "?a='b'", "../2", "./2", "a/..", "a/.", "../../../../save/x"),
    ],
)
def test_an_address_is_asked_for_exactly_as_captured(tail: str) -> None:
    capture = Capture(TIMESTAMP, f"https://www.hkcnews.com/article/1/{tail}")
    _, server, _ = asked_bytes(sockets.answer(PAGE, *memento()), capture)
    assert server.targets == [f"/web/{TIMESTAMP}id_/{capture.original}".encode()]


def test_a_fragment_is_encoded() -> None:
    _, server, _ = asked_bytes(sockets.answer(PAGE, *memento()), Capture(TIMESTAMP, ADDRESS + "#a"))
    assert server.targets == [f"/web/{TIMESTAMP}id_/{ADDRESS}%23a".encode()]


@table(
    "status body pauses",
    {
        "429": ("429 Too Many Requests", b"", 5),
        "429 with a part of its body": ("429 Too Many Requests", b"<html>", 5),
        "503 with a part of its body": ("503 Service Unavailable", b"<html>", 0),
        "200 with a part of its body": ("200 OK", b"<html>", 0),
    },
)
def test_a_429_is_one_though_its_body_is_cut(status: str, body: bytes, pauses: int) -> None:
    reply = sockets.answer(body, status=status, length=620)
    found, server, begun = asked_bytes(reply, hang_up=True)
    assert (len(server.heads), begun) == (5, pauses)
    assert isinstance(found[0], Paused if pauses else RetriesExhausted)


def test_a_captured_429_is_none_though_its_body_is_cut() -> None:
    reply = sockets.answer(b"<html>", *memento(), status="429 Too Many", length=620)
    found, server, begun = asked_bytes(reply, hang_up=True)
    assert isinstance(found[0], RetriesExhausted)
    assert (len(server.heads), begun) == (MAX_TRIES, 0)


def test_a_body_larger_than_any_page_is_not_read_to_its_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(client._MAX_BYTES, Endpoint.PLAYBACK, 1000)
    reply = sockets.answer(b"x" * 1001, *memento(), length=10**12)  # that never comes
    found, server, pauses = asked_bytes(reply, CAPTURE, CAPTURE)
    assert [getattr(one, "reason", None) for one in found] == [PlaybackFailure.TOO_LARGE] * 2
    assert (len(server.heads), server.connections, pauses) == (2, 2, 0)


def test_a_body_as_large_as_may_be_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(client._MAX_BYTES, Endpoint.PLAYBACK, 1000)
    found, _, _ = asked_bytes(sockets.answer(b"x" * 1000, *memento()))
    assert isinstance(found[0], Memento)
    assert len(found[0].body) == 1000


def test_a_body_that_unpacks_to_more_than_any_page_is_given_up() -> None:
    bomb = gzip.compress(b"\0" * 20_000_001, 1)
    found, server, _ = asked_bytes(sockets.answer(bomb, *memento("Content-Encoding: gzip")))
    assert [getattr(one, "reason", None) for one in found] == [PlaybackFailure.TOO_LARGE]
    assert len(server.heads) == 1


@table(
    "fields",
    {
        "no month": ("Memento-Datetime: Wed, 01 Foo 2020 00:00:00 GMT",),
        "a year that no date has": ("Memento-Datetime: Wed, 01 Jan 99999 00:00:00 GMT",),
        "nothing": ("Memento-Datetime: ",),
    },
)
def test_a_capture_that_does_not_say_which_it_is_is_none(fields: str) -> None:
    found, server, _ = asked_bytes(sockets.answer(PAGE, fields))
    assert isinstance(found[0], RetriesExhausted)
    assert len(server.heads) == MAX_TRIES


def test_the_index_is_asked_exactly_what_was_meant() -> None:
    async def run() -> sockets.Asked:
        body = json.dumps([list(cdx.FIELDS)]).encode()
        async with sockets.answering(sockets.answer(body)) as server:
            await in_this_loop(server.origin, lambda client: client.list())
            return server

    assert asyncio.run(run()).targets == [cdx.query_target(cdx.ARTICLES_PREFIX)]
