"""Requests over real sockets: what each fault of the archive comes to, and what it costs."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
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
    error_pages,
    faults,
    on_index,
    on_playback,
    replay,
    samples,
)
from support import clock, sockets
from support.certificate import CERTIFICATE
from support.clock import seconds
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
from scraper.wayback import cdx, client, playback, timeouts
from scraper.wayback.cdx import CdxPage
from scraper.wayback.client import MAX_TRIES, RequestStats, WaybackClient
from scraper.wayback.stop import StopSignal
from scraper.wayback.throttle import Endpoint, Throttle

T = TypeVar("T")
INDEX, PLAYBACK = Endpoint.INDEX, Endpoint.PLAYBACK
ADDRESS = "https://www.hkcnews.com/article/1/x-1/one"
TIMESTAMP, OTHER_TIMESTAMP = "20200101000000", "20190101000000"
CAPTURE = Capture(TIMESTAMP, ADDRESS)
PAGE = "<html><head></head><body>渡輪停航一天</body></html>".encode() * 40
AGENT = "tests/1 (+me@example.org)"
COOLDOWN = 0.004  # seconds


def captures() -> Captures:
    mementos = [FakeMemento(ADDRESS, timestamp, PAGE) for timestamp in (OTHER_TIMESTAMP, TIMESTAMP)]
    return Captures(mementos)


@dataclass
class Session:
    """A client, and the pauses that its throttle has reported."""

    client: WaybackClient
    stop: StopSignal
    reported: list[Pause | None] = field(default_factory=list)
    has_reported: asyncio.Event = field(default_factory=asyncio.Event)
    stats: RequestStats = field(default_factory=RequestStats)

    async def page(self, capture: Capture = CAPTURE, digest: str = "") -> Memento | ArchiveRedirect:
        read = partial(playback.parse_response, capture, digest)
        target = playback.request_target(capture)
        return await self.client.get(Endpoint.PLAYBACK, target, read, self.stats)

    async def list(self) -> CdxPage:
        target = cdx.query_target(cdx.ARTICLES_PREFIX)
        return await self.client.get(Endpoint.INDEX, target, cdx.parse_response, self.stats)

    @property
    def pauses(self) -> int:
        return len([pause for pause in self.reported if pause])


Scenario = Callable[[Session], Coroutine[Any, Any, T]]


async def in_session(
    origin: str,
    scenario: Scenario[T],
    *,
    concurrency: int = 4,
    kept: Pause | None = None,
    on_pause: Callable[[Pause | None], None] = lambda _: None,
) -> T:
    reported: list[Pause | None] = []
    has_reported = asyncio.Event()

    def note(pause: Pause | None) -> None:
        reported.append(pause)
        has_reported.set()
        on_pause(pause)

    stop = StopSignal()
    throttle = Throttle(stop, rate=0, cooldown=COOLDOWN, pause=kept, on_pause=note, clock=seconds)
    async with WaybackClient(origin, throttle, stop, AGENT, concurrency, wait=0.001) as opened:
        return await scenario(Session(opened, stop, reported, has_reported))


def run(origin: str, scenario: Scenario[T], **settings: Any) -> T:
    return asyncio.run(in_session(origin, scenario, **settings))


@dataclass
class Outcome:
    """What a request has come to: an answer or an error, requests made, pauses begun."""

    result: Any
    requests: int
    pauses: int

    @property
    def summary(self) -> tuple[str, int, int]:
        return self._word, self.requests, self.pauses

    @property
    def _word(self) -> str:
        match self.result:
            case Memento(status=200, body=body) if body == PAGE:
                return "page"
            case Memento(status=status):
                return f"captured {status}"
            case CdxPage(records=records):
                return f"{len(records)} records"
            case PlaybackError(reason=reason):
                return reason
            case _:
                return type(self.result).__name__


def request(*rules: Rule, of: Captures | None = None, endpoint: Endpoint = PLAYBACK) -> Outcome:
    """Ask a server with faults for the one page, or for the index."""
    stats = RequestStats()

    async def scenario(session: Session) -> Outcome:
        session.stats = stats
        try:
            result: Any = await (session.page() if endpoint is PLAYBACK else session.list())
        except ScraperError as error:
            result = error
        return Outcome(result, stats.requests, session.pauses)

    with replay(captures() if of is None else of, Faults(rules)) as server:

        def hangs() -> bool:
            log = server.log
            return len(log) == stats.requests > 0 and log[-1].fault in HANGING

        outcome = clock.run(in_session(server.origin, scenario), hangs)
        assert len(server.log) == outcome.requests
        assert {entry.agent for entry in server.log} == {AGENT}
        return outcome


@pytest.fixture(autouse=True)
def _time_of_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (client, timeouts):
        monkeypatch.setattr(module, "time", clock.LoopTime)


# --- faults that pass -----------------------------------------------------------------------

PAUSING = {"429": faults.too_many(), "an outage with 200": faults.outage(200)}
PASSING = {
    "503": faults.gateway(503),
    "hung up": faults.hung_up(),
    "reset before the answer": faults.reset(),
    "reset within": faults.reset(0.5),
    "reset before the body": faults.reset(0.0),
    "cut short": faults.cut_short(),
    "cut short at its last byte": faults.cut_short(0.999),
    "shorter than captured": faults.shortened(),
    "gzip cut": faults.gzip_cut(),
    "stalled": faults.stalled(),
    "stalled within": faults.stalled(0.5),
    "slow the first time": faults.slow(120.0),
    "blank": faults.blank(),
}
HANGING = {"stalled", "stalled within", "slow"}  # the names of faults that let a request wait


@pytest.mark.parametrize("fault", PAUSING.values(), ids=PAUSING)
def test_a_refusal_pauses_everybody_and_is_waited_out(fault: faults.Fault) -> None:
    assert request(on_playback(fault, 1, 2)).summary == ("page", 3, 2)
    assert request(on_index(fault, 1, 2), endpoint=INDEX).summary == ("2 records", 3, 2)


@pytest.mark.parametrize("fault", PAUSING.values(), ids=PAUSING)
def test_the_fifth_pause_in_vain_ends_the_run(fault: faults.Fault) -> None:
    assert request(on_playback(fault)).summary == ("Paused", 5, 5)


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
def test_a_passing_error_is_tried_again_and_pauses_nobody(fault: faults.Fault) -> None:
    length = ("content-length", str(len(PAGE)))
    of = Captures([FakeMemento(ADDRESS, TIMESTAMP, PAGE, headers=(length,))])
    assert request(on_playback(fault, 1), of=of).summary == ("page", 2, 0)


@table(
    "fault",
    {
        "503": (faults.gateway(503),),
        "cut short": (faults.cut_short(),),
        "HTML with 200": (faults.says("odd", 200, "<html><body>?</body></html>"),),
    },
)
def test_a_passing_error_of_the_index_is_no_empty_index(fault: faults.Fault) -> None:
    assert request(on_index(fault, 1), endpoint=INDEX).summary == ("2 records", 2, 0)
    outcome = request(on_index(fault), endpoint=INDEX)
    assert outcome.summary == ("RetriesExhausted", MAX_TRIES, 0)


@pytest.mark.parametrize("name", ["503", "hung up", "stalled", "blank"])
def test_an_error_that_never_passes_is_given_up_after_some_tries(name: str) -> None:
    outcome = request(on_playback(PASSING[name]))
    assert outcome.summary == ("RetriesExhausted", MAX_TRIES, 0)
    assert str(outcome.result).endswith(f", {MAX_TRIES} times")


def test_tries_are_bounded_in_time_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "_MAX_WORKING_SECONDS", 1.5 * client._READ_SECONDS)
    assert request(on_playback(faults.stalled())).summary == ("RetriesExhausted", 2, 0)


@table(
    "rules word requests pauses",
    {
        "four pauses, four passing errors": (
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
        "four pauses, five passing errors": (
            [on_playback(faults.outage(503), 1, 3, 5, 7), on_playback(faults.hung_up())],
            *("RetriesExhausted", 9, 4),
        ),
        "five pauses among passing errors": (
            [on_playback(faults.gateway(503), 1, 3, 5, 7), on_playback(faults.too_many())],
            *("Paused", 9, 5),
        ),
    },
)
def test_a_pause_costs_no_try(rules: list[Rule], word: str, requests: int, pauses: int) -> None:
    assert request(*rules).summary == (word, requests, pauses)


def test_retry_after_is_heeded() -> None:
    async def scenario(session: Session) -> float:
        waiting = asyncio.create_task(session.page())
        await session.has_reported.wait()
        session.stop.set()
        with pytest.raises(Stopped):
            await waiting
        assert session.reported[0] is not None
        return session.reported[0].until - seconds()

    with replay(captures(), Faults([on_playback(faults.too_many(1234))])) as server:
        assert run(server.origin, scenario) == pytest.approx(1234, abs=10)
        assert len(server.log) == 1


def test_a_good_answer_is_reported_after_a_pause() -> None:
    async def scenario(session: Session) -> list[int | None]:
        for _ in range(3):
            await session.page()
        return [pause.streak if pause else None for pause in session.reported]

    rules = [on_playback(faults.too_many(), 1, 2, 4)]
    with replay(captures(), Faults(rules)) as server:
        assert run(server.origin, scenario) == [1, 2, None, 1, None]


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

    async def scenario(session: Session) -> list[Pause | None]:
        with suppress(PlaybackError):
            await session.page()
        return session.reported[1:]

    rules = [on_playback(faults.too_many(), 1)] + ([on_playback(fault)] if fault else [])
    with replay(of, Faults(rules)) as server:
        assert run(server.origin, scenario) == [None]


def test_refusals_of_requests_under_way_are_one_pause() -> None:
    async def scenario(session: Session, server: Replay) -> tuple[int, int]:
        waiting = asyncio.gather(*(session.page() for _ in range(4)))
        await asyncio.to_thread(server.wait_for, 4)
        release(server, 4)
        return len(await waiting), session.pauses

    rules = [on_playback(faults.held(faults.too_many()), 1, 2, 3, 4)]
    with replay(captures(), Faults(rules)) as server:
        outcome = run(server.origin, partial(scenario, server=server))
        assert (outcome, len(server.log)) == ((4, 1), 8)


def release(server: Replay, count: int) -> None:
    """Release so many answers, also those that the server is just about to hold."""
    while count > 0:
        count -= server.release()
    assert count == 0


# --- no connection --------------------------------------------------------------------------


def test_a_refused_connection_pauses_everybody_until_the_archive_is_back() -> None:
    async def scenario(session: Session) -> tuple[Memento | ArchiveRedirect, int, int]:
        return await session.page(), session.stats.requests, session.pauses

    with replay(captures()) as server:
        server.away()
        begun: list[Pause | None] = []

        def come_back(pause: Pause | None) -> None:
            begun.append(pause)
            if len(begun) == 3:
                server.back()

        page, requests, pauses = run(server.origin, scenario, on_pause=come_back)
        assert isinstance(page, Memento)
        assert (requests, pauses, len(server.log)) == (4, 3, 1)


def test_connections_refused_for_ever_end_the_run() -> None:
    async def scenario(session: Session) -> int:
        with pytest.raises(Paused, match="takes no connection"):
            await session.page()
        return session.stats.requests

    with replay(captures()) as server:
        server.away()
        assert run(server.origin, scenario) == 5


def test_a_connection_that_breaks_and_is_refused_then() -> None:
    async def scenario(session: Session) -> tuple[Memento | ArchiveRedirect, int]:
        return await session.page(), session.pauses

    with replay(captures(), Faults([on_playback(faults.refused(), 1)])) as server:
        page, pauses = run(server.origin, scenario, on_pause=lambda _: server.back())
        assert isinstance(page, Memento)
        assert (pauses, len(server.log)) == (1, 2)


def test_a_host_without_an_address_is_named_by_its_cause(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(host: object, *_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, f"no address for {host!r}")

    async def scenario(session: Session) -> str:
        with pytest.raises(Paused) as caught:
            await session.page()
        return str(caught.value)

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    message = run("http://nowhere.invalid", scenario)
    assert "takes no connection" in message
    assert "nowhere.invalid" in message


def test_a_certificate_that_does_not_hold_ends_the_run_and_no_pause(tmp_path: Path) -> None:
    file = tmp_path / "server.pem"
    file.write_text(CERTIFICATE)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(file)

    async def scenario(session: Session) -> tuple[int, list[Pause | None]]:
        with pytest.raises(CertificateError, match=r"certificate does not hold.*self.signed"):
            await session.page()
        return session.stats.requests, session.reported

    async def run() -> tuple[tuple[int, list[Pause | None]], list[bytes]]:
        async with sockets.answering(tls=tls) as server:
            kept = Pause(seconds() - 1, 2)
            return await in_session(server.origin, scenario, kept=kept), server.heads

    assert asyncio.run(run()) == ((1, []), [])


# --- answers for good -----------------------------------------------------------------------


@table(
    "rules of word",
    {
        "not archived": ([on_playback(faults.hrm())], None, PlaybackFailure.NOT_ARCHIVED),
        "the nearest": ([on_playback(faults.nearest(OTHER_TIMESTAMP))], None, "ArchiveRedirect"),
        "a captured error with the words of an outage": (
            [],
            Captures([FakeMemento(ADDRESS, TIMESTAMP, error_pages.outage().encode(), 503)]),
            "captured 503",
        ),
        "gzip that was not asked for": ([on_playback(faults.gzip_unasked())], None, "page"),
        "two headers of its encoding": ([on_playback(faults.doubled_encoding())], None, "page"),
    },
)
def test_an_answer_for_good_is_not_asked_for_again(
    rules: list[Rule], of: Captures | None, word: str
) -> None:
    assert request(*rules, of=of).summary == (word, 1, 0)


def test_an_index_that_refuses_or_is_empty_is_not_asked_again() -> None:
    refusal = request(on_index(faults.needs_authorization()), endpoint=INDEX)
    assert refusal.summary == ("IndexUnavailable", 1, 0)
    assert request(of=Captures([]), endpoint=INDEX).summary == ("0 records", 1, 0)


# --- manners --------------------------------------------------------------------------------


def test_requests_one_after_another_share_one_connection() -> None:
    async def scenario(session: Session) -> None:
        for _ in range(20):
            await session.page()
            await session.list()

    rules = [on_playback(faults.gateway(), 3, 9), on_playback(faults.too_many(), 5)]
    with replay(captures(), Faults(rules)) as server:
        run(server.origin, scenario)
        assert len(server.log) == 43
        assert {entry.connection for entry in server.log} == {1}


def test_a_connection_is_kept_over_a_long_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    later = [0.0]

    class Clock:
        @staticmethod
        def monotonic() -> float:
            return time.monotonic() + later[0]

    async def scenario(session: Session) -> None:
        for _ in range(3):
            await session.page()
            later[0] += 120.0

    monkeypatch.setattr("httpcore._async.http11.time", Clock)
    with replay(captures()) as server:
        run(server.origin, scenario)
        assert [entry.connection for entry in server.log] == [1, 1, 1]


def test_a_connection_that_the_archive_has_closed_meanwhile_is_not_used() -> None:
    async def scenario(session: Session, server: Replay) -> int:
        await session.page()
        server.away()
        server.back()
        await session.page()
        return session.stats.requests

    with replay(captures()) as server:
        assert run(server.origin, partial(scenario, server=server)) == 2
        assert [entry.connection for entry in server.log] == [1, 2]


@pytest.mark.parametrize("concurrency", [1, 4])
def test_many_at_once_share_few_connections(concurrency: int) -> None:
    async def scenario(session: Session) -> None:
        await asyncio.gather(*(session.page() for _ in range(60)))

    with replay(captures()) as server:
        run(server.origin, scenario, concurrency=concurrency)
        assert len(server.log) == 60
        assert {entry.connection for entry in server.log} <= set(range(1, concurrency + 1))


def test_no_more_requests_are_under_way_than_allowed() -> None:
    async def scenario(session: Session, server: Replay) -> None:
        waiting = asyncio.gather(*(session.page() for _ in range(10)))
        before = 0
        for count in (3, 6, 9, 10):
            await asyncio.to_thread(server.wait_for, count)
            assert len(server.log) == count
            release(server, count - before)
            before = count
        await waiting

    with replay(captures(), Faults([on_playback(faults.held())])) as server:
        run(server.origin, partial(scenario, server=server), concurrency=3)
        assert {entry.connection for entry in server.log} == {1, 2, 3}


def test_a_stop_ends_those_who_wait_and_none_who_are_asking() -> None:
    async def scenario(session: Session, server: Replay) -> list[object]:
        waiting = asyncio.gather(*(session.page() for _ in range(5)), return_exceptions=True)
        await asyncio.to_thread(server.wait_for, 2)
        session.stop.set()
        release(server, 2)
        return list(await waiting)

    with replay(captures(), Faults([on_playback(faults.held())])) as server:
        found = run(server.origin, partial(scenario, server=server), concurrency=2)
        kinds = [type(one) for one in found]
        assert (kinds.count(Memento), kinds.count(Stopped), len(server.log)) == (2, 3, 2)


def test_a_stop_ends_the_wait_between_tries() -> None:
    async def scenario(server: Replay) -> None:
        stop = StopSignal()
        throttle = Throttle(stop, rate=0)
        async with WaybackClient(server.origin, throttle, stop, AGENT, wait=1000.0) as slow:
            session = Session(slow, stop)
            waiting = asyncio.create_task(session.page())
            await asyncio.to_thread(server.wait_for, 1)
            stop.set()
            with pytest.raises(Stopped):
                await waiting

    with replay(captures(), Faults([on_playback(faults.gateway())])) as server:
        asyncio.run(asyncio.wait_for(scenario(server), 60))
        assert len(server.log) == 1


def memento(*fields: str) -> tuple[str, ...]:
    return ("Memento-Datetime: Wed, 01 Jan 2020 00:00:00 GMT", *fields)


def request_bytes(
    reply: bytes, *wanted: Capture, hang_up: bool = False
) -> tuple[list[object], sockets.Asked, int]:
    """What requests come to, one after another, at a server that answers these bytes."""

    async def scenario(session: Session) -> tuple[list[object], int]:
        found: list[object] = []
        for capture in wanted or (CAPTURE,):
            try:
                found.append(await session.page(capture))
            except ScraperError as error:
                found.append(error)
        return found, session.pauses

    async def run() -> tuple[list[object], sockets.Asked, int]:
        async with sockets.answering(reply, hang_up=hang_up) as server:
            found, pauses = await in_session(server.origin, scenario)
            return found, server, pauses

    return asyncio.run(run())


def test_cookies_are_not_sent_back() -> None:
    cookie = "Set-Cookie: wb-p-SERVER=wwwb-app204; path=/"
    _, server, _ = request_bytes(sockets.answer(PAGE, *memento(cookie)), *[CAPTURE] * 3)
    assert len(server.heads) == 3
    assert server.connections == 1
    assert not [head for head in server.heads if b"cookie" in head.lower()]


def test_a_request_has_these_headers_and_no_others() -> None:
    _, server, _ = request_bytes(sockets.answer(PAGE, *memento()))
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


def test_addresses_are_asked_for_exactly_as_captured() -> None:
    tails = [
        *("%E6%B8%A1", "%e6%b8%a1", "%EF%BF%BD", "%25E6", "%", "%zz", "a'b", 'a"b', "a|b", "a\\b"),
        *("[a]", "{a}", "<a>", "a^b", "a`b", "~a", "a;b=c", "a//b", "http://a/b", "?", "??"),
        *("?a=b&c=d", "?a=[b]", "../2", "./2", "a/..", "a/.", "../../../../save/x"),
    ]
    wanted = [Capture(TIMESTAMP, f"https://www.hkcnews.com/article/1/{tail}") for tail in tails]
    _, server, _ = request_bytes(sockets.answer(PAGE, *memento()), *wanted)
    assert server.targets == [f"/web/{TIMESTAMP}id_/{each.original}".encode() for each in wanted]


def test_a_fragment_is_encoded() -> None:
    capture = Capture(TIMESTAMP, ADDRESS + "#a")
    _, server, _ = request_bytes(sockets.answer(PAGE, *memento()), capture)
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
    found, server, begun = request_bytes(reply, hang_up=True)
    assert (len(server.heads), begun) == (5, pauses)
    assert isinstance(found[0], Paused if pauses else RetriesExhausted)


def test_a_captured_429_is_none_though_its_body_is_cut() -> None:
    reply = sockets.answer(b"<html>", *memento(), status="429 Too Many", length=620)
    found, server, begun = request_bytes(reply, hang_up=True)
    assert isinstance(found[0], RetriesExhausted)
    assert (len(server.heads), begun) == (MAX_TRIES, 0)


def test_a_body_larger_than_any_page_is_not_read_to_its_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(client._MAX_BYTES, Endpoint.PLAYBACK, 1000)
    reply = sockets.answer(b"x" * 1001, *memento(), length=10**12)  # that never comes
    found, server, pauses = request_bytes(reply, CAPTURE, CAPTURE)
    assert [getattr(one, "reason", None) for one in found] == [PlaybackFailure.TOO_LARGE] * 2
    assert (len(server.heads), server.connections, pauses) == (2, 2, 0)


def test_a_body_as_large_as_may_be_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(client._MAX_BYTES, Endpoint.PLAYBACK, 1000)
    found, _, _ = request_bytes(sockets.answer(b"x" * 1000, *memento()))
    assert isinstance(found[0], Memento)
    assert len(found[0].body) == 1000


def test_the_index_is_asked_exactly_what_was_meant() -> None:
    async def run() -> sockets.Asked:
        body = json.dumps([list(cdx.FIELDS)]).encode()
        async with sockets.answering(sockets.answer(body)) as server:
            await in_session(server.origin, lambda session: session.list())
            return server

    assert asyncio.run(run()).targets == [cdx.query_target(cdx.ARTICLES_PREFIX)]
