"""The paces and pauses of the throttle, in virtual time."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.clock import START, now, run, seconds
from support.pages import table

from scraper.errors import Paused, RateLimited, Stopped
from scraper.models import Pause
from scraper.wayback.policy import DEFAULT_COOLDOWN, DEFAULT_RATE
from scraper.wayback.stop import StopSignal
from scraper.wayback.throttle import INDEX_SECONDS, MAX_PAUSE, Endpoint, Throttle

INDEX, PLAYBACK = Endpoint.INDEX, Endpoint.PLAYBACK
PACE = 1 / DEFAULT_RATE
CLOSE = 1e-6  # seconds since 1970 are not kept more exactly


@dataclass
class PauseLog:
    """A throttle's pauses as it reports them (`None` for the end of one), and when."""

    stop: StopSignal = field(default_factory=StopSignal)
    pauses: list[Pause | None] = field(default_factory=list)
    times: list[float] = field(default_factory=list)

    def throttle(self, **settings: Any) -> Throttle:
        def note(pause: Pause | None) -> None:
            self.pauses.append(pause)
            self.times.append(now())

        return Throttle(self.stop, on_pause=note, clock=seconds, **settings)


def make_throttle(**settings: Any) -> Throttle:
    return PauseLog().throttle(**settings)


async def acquire_times(throttle: Throttle, endpoint: Endpoint, count: int) -> list[float]:
    """When so many requests, wanted at once, may be made."""

    async def one() -> float:
        await throttle.acquire(endpoint)
        return now()

    return list(await asyncio.gather(*(one() for _ in range(count))))


async def acquire_in_turn(
    throttle: Throttle, endpoint: Endpoint, count: int, each: float
) -> list[float]:
    """When the requests of one worker may be made that takes so long over each."""
    times = []
    for _ in range(count):
        await throttle.acquire(endpoint)
        times.append(now())
        await asyncio.sleep(each)
    return times


def gaps(times: Sequence[float]) -> list[float]:
    return [after - before for before, after in pairwise(sorted(times))]


def near(value: float | Sequence[float]) -> Any:
    return pytest.approx(value, abs=CLOSE)


async def refuse(throttle: Throttle, retry_after: float | None = None) -> float:
    """Make a request that is refused; return how long everybody pauses then."""
    ticket = await throttle.acquire(PLAYBACK)
    before = now()
    throttle.record_refusal(ticket, RateLimited("the archive says: too many requests", retry_after))
    await throttle.acquire(INDEX)
    return now() - before


# --- paces ----------------------------------------------------------------------------------


@table(
    "endpoint settings gap",
    {
        "pages, as the archive's staff asked": (PLAYBACK, {}, 0.125),
        "the index, as they asked": (INDEX, {}, 2.5),
        "pages, a fraction of a request a second": (PLAYBACK, {"rate": 0.25}, 4.0),
        "pages, a rate of no round number": (PLAYBACK, {"rate": 3.0}, 1 / 3),
        "the index, where pages are slower than it": (INDEX, {"rate": 0.01}, 2.5),
        "the index, where pages are quicker": (INDEX, {"rate": 1000.0}, 2.5),
    },
)
def test_requests_are_evenly_spaced(endpoint: Endpoint, settings: Any, gap: float) -> None:
    times = run(acquire_times(make_throttle(**settings), endpoint, 40))
    assert times[0] == near(0)
    assert gaps(times) == near([gap] * 39)


def test_requests_are_made_in_the_order_in_which_they_were_wanted() -> None:
    times = run(acquire_times(make_throttle(), PLAYBACK, 50))
    assert times == sorted(times)


def test_nobody_waits_for_a_pace_that_is_kept_anyhow() -> None:
    times = run(acquire_in_turn(make_throttle(), PLAYBACK, 10, each=0.2))
    assert gaps(times) == near([0.2] * 9)


def test_a_part_of_the_pace_that_has_passed_is_not_waited_again() -> None:
    times = run(acquire_in_turn(make_throttle(), PLAYBACK, 10, each=0.1))
    assert gaps(times) == near([PACE] * 9)


@pytest.mark.parametrize("idle", [0.01, 0.124, 0.126, 1.0, 3600.0])
def test_an_idle_time_saves_nothing_up(idle: float) -> None:
    async def scenario() -> list[float]:
        throttle = make_throttle()
        first = await acquire_times(throttle, PLAYBACK, 3)
        await asyncio.sleep(idle)
        return first + await acquire_times(throttle, PLAYBACK, 20)

    assert min(gaps(run(scenario()))) >= PACE - CLOSE


def test_the_two_paces_do_not_delay_each_other() -> None:
    async def scenario() -> tuple[list[float], list[float]]:
        throttle = make_throttle()
        pages, index = await asyncio.gather(
            acquire_times(throttle, PLAYBACK, 100), acquire_times(throttle, INDEX, 5)
        )
        return pages, index

    pages, index = run(scenario())
    assert gaps(pages) == near([PACE] * 99)
    assert index == near([INDEX_SECONDS * at for at in range(5)])


def test_many_workers_together_keep_the_pace() -> None:
    async def scenario() -> list[float]:
        throttle = make_throttle()
        delays = (0.01, 0.3, 0.77, 1.0, 0.126, 0.0)
        workers = (acquire_in_turn(throttle, PLAYBACK, 20, each) for each in delays)
        return [time for times in await asyncio.gather(*workers) for time in times]

    found = gaps(run(scenario()))
    assert len(found) == 119
    assert min(found) >= PACE - CLOSE


def test_a_rate_of_nothing_lifts_both_paces() -> None:
    async def scenario() -> list[float]:
        throttle = make_throttle(rate=0)
        return await acquire_times(throttle, PLAYBACK, 100) + await acquire_times(
            throttle, INDEX, 100
        )

    assert run(scenario()) == near([0.0] * 200)


def test_a_rate_of_nothing_lifts_no_pause() -> None:
    async def scenario() -> list[float]:
        throttle = make_throttle(rate=0)
        throttle.record_refusal(await throttle.acquire(PLAYBACK), RateLimited("no"))
        return await acquire_times(throttle, PLAYBACK, 3) + await acquire_times(throttle, INDEX, 3)

    assert run(scenario()) == near([DEFAULT_COOLDOWN] * 6)


# --- pauses ---------------------------------------------------------------------------------


@table(
    "cooldown asked_for pauses",
    {
        "the cooldown, doubling": (60.0, [None] * 4, [60, 120, 240, 480]),
        "a fraction of a second, doubling": (0.25, [None] * 3, [0.25, 0.5, 1]),
        "at most an hour": (1500.0, [None] * 4, [1500, 3000, 3600, 3600]),
        "what the archive asks for": (60.0, [7.0], [7]),
        "what the archive asks for, doubling": (60.0, [100.0] * 3, [100, 200, 400]),
        "what it asks for each time, doubled by the pauses so far": (
            *(60.0, [None, 100.0, None, 10.0]),
            [60, 200, 240, 80],
        ),
        "what it asks for, doubled to at most an hour": (60.0, [2000.0] * 3, [2000, 3600, 3600]),
        "more than an hour if it asks for that": (60.0, [5000.0] * 2, [5000, 5000]),
        "a day if it asks for that": (60.0, [None, 86_400.0, None], [60, 86_400, 240]),
        "a cooldown of more than an hour is an hour": (9000.0, [None], [MAX_PAUSE]),
    },
)
def test_everybody_pauses(
    cooldown: float, asked_for: list[float | None], pauses: list[float]
) -> None:
    async def scenario() -> list[float]:
        throttle = make_throttle(cooldown=cooldown, rate=0)
        return [await refuse(throttle, seconds) for seconds in asked_for]

    assert run(scenario()) == near(pauses)


def test_all_who_come_during_a_pause_wait_for_its_end_and_keep_the_pace_then() -> None:
    async def scenario() -> tuple[list[float], list[float]]:
        throttle = make_throttle()
        throttle.record_refusal(await throttle.acquire(PLAYBACK), RateLimited("no"))
        await asyncio.sleep(20)
        pages, index = await asyncio.gather(
            acquire_times(throttle, PLAYBACK, 8), acquire_times(throttle, INDEX, 3)
        )
        return pages, index

    pages, index = run(scenario())
    assert sorted(pages) == near([DEFAULT_COOLDOWN + PACE * at for at in range(8)])
    assert sorted(index) == near([DEFAULT_COOLDOWN + INDEX_SECONDS * at for at in range(3)])


def test_those_who_wait_for_the_pace_when_a_pause_begins_wait_and_keep_the_pace_then() -> None:
    async def scenario() -> tuple[list[float], list[float]]:
        throttle = make_throttle()
        first = await throttle.acquire(PLAYBACK)
        await throttle.acquire(INDEX)
        pages = asyncio.create_task(acquire_times(throttle, PLAYBACK, 8))
        index = asyncio.create_task(acquire_times(throttle, INDEX, 3))
        await asyncio.sleep(0.05)  # in virtual time: both have begun to wait
        throttle.record_refusal(first, RateLimited("no"))
        return await pages, await index

    pages, index = run(scenario())
    assert min(pages + index) == near(0.05 + DEFAULT_COOLDOWN)
    assert gaps(pages) == near([PACE] * 7)
    assert gaps(index) == near([INDEX_SECONDS] * 2)


def test_refusals_of_requests_under_way_when_a_pause_began_do_not_count() -> None:
    async def scenario() -> tuple[PauseLog, float, float]:
        log = PauseLog()
        throttle = log.throttle(rate=0)
        under_way = [await throttle.acquire(PLAYBACK) for _ in range(12)]
        for ticket, asked_for in zip(under_way, [None, *range(600, 611)], strict=True):
            throttle.record_refusal(ticket, RateLimited("no", asked_for))
            await asyncio.sleep(1)
        await throttle.acquire(PLAYBACK)
        return log, now(), await refuse(throttle)

    log, first, second = run(scenario())
    assert first == near(DEFAULT_COOLDOWN)
    assert second == near(2 * DEFAULT_COOLDOWN)
    assert [pause.streak for pause in log.pauses if pause] == [1, 2]


def test_a_late_refusal_of_a_request_from_before_the_pause_does_not_count_after_it() -> None:
    async def scenario() -> tuple[float, int]:
        log = PauseLog()
        throttle = log.throttle(rate=0)
        slow, quick = await throttle.acquire(PLAYBACK), await throttle.acquire(INDEX)
        throttle.record_refusal(quick, RateLimited("no"))
        await throttle.acquire(PLAYBACK)
        throttle.record_refusal(slow, RateLimited("no"))
        await throttle.acquire(PLAYBACK)
        return now(), len(log.pauses)

    assert run(scenario()) == (near(DEFAULT_COOLDOWN), 1)


def test_a_good_answer_ends_the_doubling() -> None:
    async def scenario() -> tuple[list[float], list[Pause | None]]:
        log = PauseLog()
        throttle = log.throttle(rate=0)
        pauses = [await refuse(throttle), await refuse(throttle)]
        throttle.record_success(await throttle.acquire(INDEX))
        return [*pauses, await refuse(throttle)], log.pauses

    pauses, noted = run(scenario())
    assert pauses == near([60, 120, 60])
    assert [pause and pause.streak for pause in noted] == [1, 2, None, 1]


def test_a_good_answer_without_a_pause_before_it_is_not_reported() -> None:
    async def scenario() -> list[Pause | None]:
        log = PauseLog()
        throttle = log.throttle(rate=0)
        for endpoint in (INDEX, PLAYBACK, PLAYBACK):
            throttle.record_success(await throttle.acquire(endpoint))
        return log.pauses

    assert run(scenario()) == []


def test_a_good_answer_from_before_the_pause_does_not_end_it() -> None:
    async def scenario() -> tuple[list[float], list[Pause | None]]:
        log = PauseLog()
        throttle = log.throttle(rate=0)
        slow = await throttle.acquire(PLAYBACK)
        throttle.record_refusal(await throttle.acquire(PLAYBACK), RateLimited("no"))
        throttle.record_success(slow)
        first = await acquire_times(throttle, INDEX, 1)
        throttle.record_success(slow)
        return [*first, await refuse(throttle)], log.pauses

    times, noted = run(scenario())
    assert times == near([DEFAULT_COOLDOWN, 2 * DEFAULT_COOLDOWN])
    assert None not in noted


def test_five_pauses_in_vain_end_the_run() -> None:
    async def scenario() -> tuple[PauseLog, float, Paused]:
        log = PauseLog()
        throttle = log.throttle()
        for _ in range(4):
            await refuse(throttle)
        ticket = await throttle.acquire(PLAYBACK)
        with pytest.raises(Paused) as caught:
            throttle.record_refusal(
                ticket, RateLimited("the archive says: too many requests", 1000.0)
            )
        return log, now(), caught.value

    log, at, paused = run(scenario())
    last = log.pauses[-1]
    assert last is not None
    assert (last.streak, last.reason) == (5, "the archive says: too many requests")
    assert last.until == near(START + at + 3600)
    assert paused.until == dt.datetime.fromtimestamp(last.until, dt.UTC)
    assert f"{paused.until:%Y-%m-%d %H:%M:%S} UTC" in str(paused)
    assert "5 times in a row" in str(paused)


def test_four_pauses_and_a_good_answer_between_never_end_the_run() -> None:
    async def scenario() -> list[Pause | None]:
        log = PauseLog()
        throttle = log.throttle()
        for _ in range(5):
            for _ in range(4):
                await refuse(throttle)
            throttle.record_success(await throttle.acquire(PLAYBACK))
        return log.pauses

    assert [pause and pause.streak for pause in run(scenario())] == [1, 2, 3, 4, None] * 5


def test_a_pause_is_reported_before_anybody_goes_on() -> None:
    async def scenario() -> tuple[list[float], Pause | None]:
        log = PauseLog()
        throttle = log.throttle(cooldown=3.0, rate=0)
        await asyncio.sleep(10)
        await refuse(throttle)
        return log.times, log.pauses[0]

    times, noted = run(scenario())
    assert times == near([10.0])
    assert noted == Pause(near(START + 13), 1, "the archive says: too many requests")


# --- from run to run ------------------------------------------------------------------------


def test_the_rest_of_a_kept_pause_is_waited_out() -> None:
    async def scenario() -> list[float]:
        throttle = make_throttle(pause=Pause(START + 33.5, 2, "too many"), rate=0)
        return await acquire_times(throttle, INDEX, 1) + await acquire_times(throttle, PLAYBACK, 3)

    assert run(scenario()) == near([33.5] * 4)


def test_a_kept_pause_that_is_over_is_not_waited_for() -> None:
    async def scenario() -> list[float]:
        return await acquire_times(make_throttle(pause=Pause(START - 1, 3), rate=0), PLAYBACK, 1)

    assert run(scenario()) == near([0.0])


def test_a_kept_pause_goes_on_doubling() -> None:
    async def scenario() -> list[float]:
        throttle = make_throttle(pause=Pause(START + 5, 2), rate=0)
        return [await refuse(throttle), await refuse(throttle)]

    assert run(scenario()) == near([240, 480])


@table(
    "ended_ago pause",
    {"just so": (MAX_PAUSE - 1, 480), "too long": (MAX_PAUSE + 1, DEFAULT_COOLDOWN)},
)
def test_a_kept_pause_that_ended_long_ago_does_not_count(ended_ago: float, pause: float) -> None:
    async def scenario() -> float:
        return await refuse(make_throttle(pause=Pause(seconds() - ended_ago, 3), rate=0))

    assert run(scenario()) == near(pause)


def test_a_kept_pause_ends_with_a_good_answer() -> None:
    async def scenario() -> tuple[list[Pause | None], float]:
        log = PauseLog()
        throttle = log.throttle(pause=Pause(START + 5, 4), rate=0)
        throttle.record_success(await throttle.acquire(PLAYBACK))
        return log.pauses.copy(), await refuse(throttle)

    assert run(scenario()) == ([None], near(DEFAULT_COOLDOWN))


def test_pauses_of_an_earlier_run_are_not_counted_against_this_one() -> None:
    async def scenario() -> list[float]:
        throttle = make_throttle(pause=Pause(START, 5), rate=0)
        pauses = [await refuse(throttle) for _ in range(4)]
        ticket = await throttle.acquire(PLAYBACK)
        with pytest.raises(Paused):
            throttle.record_refusal(ticket, RateLimited("no"))
        return pauses

    assert run(scenario()) == near([1920, 3600, 3600, 3600])


# --- the end of a run -----------------------------------------------------------------------


async def waiting_for_the_pace(throttle: Throttle) -> None:
    await throttle.acquire(PLAYBACK)
    await throttle.acquire(INDEX)


async def pausing(throttle: Throttle) -> None:
    throttle.record_refusal(await throttle.acquire(PLAYBACK), RateLimited("no"))


@pytest.mark.parametrize("before", [waiting_for_the_pace, pausing])
def test_a_stop_wakes_everybody_at_once(before: Callable[[Throttle], Awaitable[None]]) -> None:
    async def scenario() -> tuple[list[object], float]:
        log = PauseLog()
        throttle = log.throttle(rate=0.001)
        await before(throttle)
        wanted = [acquire_times(throttle, endpoint, 1) for endpoint in (PLAYBACK, INDEX) * 5]
        waiting = asyncio.gather(*wanted, return_exceptions=True)
        await asyncio.sleep(1)
        log.stop.set()
        return list(await waiting), now()

    found, at = run(scenario())
    assert [type(result) for result in found] == [Stopped] * 10
    assert at == near(1.0)


@pytest.mark.parametrize("rate", [0.0, 8.0])
def test_after_a_stop_no_request_may_be_made(rate: float) -> None:
    async def scenario() -> float:
        log = PauseLog()
        throttle = log.throttle(rate=rate)
        log.stop.set()
        for endpoint in Endpoint:
            with pytest.raises(Stopped):
                await throttle.acquire(endpoint)
        return now()

    assert run(scenario()) == near(0)


def test_waiting_leaves_nothing_behind() -> None:
    async def scenario() -> int:
        throttle = make_throttle()
        await acquire_times(throttle, PLAYBACK, 5)
        await asyncio.sleep(1)
        return len(asyncio.all_tasks())

    assert run(scenario()) == 1


def test_a_stop_leaves_nothing_behind() -> None:
    async def scenario() -> set[asyncio.Task[Any]]:
        log = PauseLog()
        throttle = log.throttle(rate=0.001)
        await throttle.acquire(PLAYBACK)
        waiting = asyncio.gather(*(acquire_times(throttle, PLAYBACK, 1) for _ in range(5)))
        await asyncio.sleep(0)
        log.stop.set()
        with pytest.raises(Stopped):
            await waiting
        await asyncio.sleep(1)
        return asyncio.all_tasks() - {asyncio.current_task()}

    assert run(scenario()) == set()


# --- whatever comes -------------------------------------------------------------------------


@dataclass(frozen=True)
class Request:
    """What one worker does: how long it waits, what it asks, what it is answered, and when."""

    idle: float
    endpoint: Endpoint
    takes: float
    answer: str
    retry_after: float | None


requests = st.builds(
    Request,
    idle=st.sampled_from([0.0, 0.0, 0.01, 0.3, 70.0]),
    endpoint=st.sampled_from([PLAYBACK, PLAYBACK, PLAYBACK, INDEX]),
    takes=st.sampled_from([0.0, 0.05, 0.2, 3.0, 61.0, 500.0]),
    answer=st.sampled_from(["good", "good", "refused", "passing"]),
    retry_after=st.sampled_from([None, None, 0.5, 90.0, 4000.0]),
)


@dataclass
class Diary:
    requests: list[tuple[float, Endpoint]] = field(default_factory=list)
    pauses: list[tuple[float, float]] = field(default_factory=list)  # from, until


async def work(throttle: Throttle, schedule: Sequence[Request], diary: Diary) -> None:
    for request in schedule:
        await asyncio.sleep(request.idle)
        ticket = await throttle.acquire(request.endpoint)
        diary.requests.append((now(), request.endpoint))
        await asyncio.sleep(request.takes)
        if request.answer == "good":
            throttle.record_success(ticket)
        elif request.answer == "refused":
            throttle.record_refusal(ticket, RateLimited("no", request.retry_after))


async def whole_run(schedules: Sequence[Sequence[Request]], rate: float) -> Diary:
    diary = Diary()

    def note(pause: Pause | None) -> None:
        if pause is not None:
            diary.pauses.append((now(), pause.until - START))

    throttle = Throttle(StopSignal(), rate=rate, on_pause=note, clock=seconds)
    workers = [asyncio.create_task(work(throttle, schedule, diary)) for schedule in schedules]
    done, pending = await asyncio.wait(workers, return_when=asyncio.FIRST_EXCEPTION)
    for worker in pending:
        worker.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    for worker in done:
        assert worker.exception() is None or isinstance(worker.exception(), Paused)
    return diary


@given(
    schedules=st.lists(st.lists(requests, max_size=12), min_size=1, max_size=6),
    rate=st.sampled_from([0.0, 0.3, 8.0]),
)
def test_no_request_is_made_in_a_pause_and_none_too_soon(
    schedules: list[list[Request]], rate: float
) -> None:
    diary = run(whole_run(schedules, rate))
    for begin, end in diary.pauses:
        assert not [at for at, _ in diary.requests if begin < at < end - CLOSE]
    for (_, end), (begin, _) in pairwise(diary.pauses):
        assert begin >= end - CLOSE, "a pause within a pause"
    if rate:
        for endpoint, pace in ((PLAYBACK, 1 / rate), (INDEX, INDEX_SECONDS)):
            times = [at for at, asked in diary.requests if asked is endpoint]
            assert min(gaps(times), default=pace) >= pace - CLOSE
