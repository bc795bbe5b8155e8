"""The governor's spacing and pauses, in virtual time."""

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
class World:
    """A governor, what it has told, and when."""

    stop: StopSignal = field(default_factory=StopSignal)
    told: list[Pause | None] = field(default_factory=list)
    told_at: list[float] = field(default_factory=list)

    def governor(self, **settings: Any) -> Throttle:
        def tell(pause: Pause | None) -> None:
            self.told.append(pause)
            self.told_at.append(now())

        return Throttle(self.stop, on_pause=tell, clock=seconds, **settings)


def governor(**settings: Any) -> Throttle:
    return World().governor(**settings)


async def turns(governor: Throttle, endpoint: Endpoint, count: int) -> list[float]:
    """When so many who ask at once have their turns."""

    async def one() -> float:
        await governor.acquire(endpoint)
        return now()

    return list(await asyncio.gather(*(one() for _ in range(count))))


async def one_after_the_other(
    governor: Throttle, endpoint: Endpoint, count: int, each: float
) -> list[float]:
    """When one who takes so long over each has its turns."""
    times = []
    for _ in range(count):
        await governor.acquire(endpoint)
        times.append(now())
        await asyncio.sleep(each)
    return times


def gaps(times: Sequence[float]) -> list[float]:
    return [after - before for before, after in pairwise(sorted(times))]


def near(value: float | Sequence[float]) -> Any:
    return pytest.approx(value, abs=CLOSE)


async def refuse(governor: Throttle, retry_after: float | None = None) -> float:
    """Take a turn and have it refused; return how long everybody pauses then."""
    turn = await governor.acquire(PLAYBACK)
    before = now()
    governor.record_refusal(turn, RateLimited("the archive says: too many requests", retry_after))
    await governor.acquire(INDEX)
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
def test_turns_are_evenly_spaced(endpoint: Endpoint, settings: Any, gap: float) -> None:
    times = run(turns(governor(**settings), endpoint, 40))
    assert times[0] == near(0)
    assert gaps(times) == near([gap] * 39)


def test_turns_come_in_the_order_in_which_they_were_asked_for() -> None:
    times = run(turns(governor(), PLAYBACK, 50))
    assert times == sorted(times)


def test_nobody_waits_for_a_pace_that_is_kept_anyhow() -> None:
    times = run(one_after_the_other(governor(), PLAYBACK, 10, each=0.2))
    assert gaps(times) == near([0.2] * 9)


def test_a_part_of_the_pace_that_has_passed_is_not_waited_again() -> None:
    times = run(one_after_the_other(governor(), PLAYBACK, 10, each=0.1))
    assert gaps(times) == near([PACE] * 9)


@pytest.mark.parametrize("idle", [0.01, 0.124, 0.126, 1.0, 3600.0])
def test_an_idle_time_saves_nothing_up(idle: float) -> None:
    async def story() -> list[float]:
        one = governor()
        first = await turns(one, PLAYBACK, 3)
        await asyncio.sleep(idle)
        return first + await turns(one, PLAYBACK, 20)

    assert min(gaps(run(story()))) >= PACE - CLOSE


def test_the_two_paces_do_not_delay_each_other() -> None:
    async def story() -> tuple[list[float], list[float]]:
        one = governor()
        pages, index = await asyncio.gather(turns(one, PLAYBACK, 100), turns(one, INDEX, 5))
        return pages, index

    pages, index = run(story())
    assert gaps(pages) == near([PACE] * 99)
    assert index == near([INDEX_SECONDS * at for at in range(5)])


def test_many_workers_together_keep_the_pace() -> None:
    async def story() -> list[float]:
        one = governor()
        delays = (0.01, 0.3, 0.77, 1.0, 0.126, 0.0)
        workers = (one_after_the_other(one, PLAYBACK, 20, each) for each in delays)
        return [time for times in await asyncio.gather(*workers) for time in times]

    found = gaps(run(story()))
    assert len(found) == 119
    assert min(found) >= PACE - CLOSE


def test_a_rate_of_nothing_lifts_both_paces() -> None:
    async def story() -> list[float]:
        one = governor(rate=0)
        return await turns(one, PLAYBACK, 100) + await turns(one, INDEX, 100)

    assert run(story()) == near([0.0] * 200)


def test_a_rate_of_nothing_lifts_no_pause() -> None:
    async def story() -> list[float]:
        one = governor(rate=0)
        one.record_refusal(await one.acquire(PLAYBACK), RateLimited("no"))
        return await turns(one, PLAYBACK, 3) + await turns(one, INDEX, 3)

    assert run(story()) == near([DEFAULT_COOLDOWN] * 6)


# --- pauses ---------------------------------------------------------------------------------


@table(
    "cooldown asked_for pauses",
    {
        "the cooldown, doubling": (60.0, [None] * 4, [60, 120, 240, 480]),
        "a fraction of a second, doubling": (0.25, [None] * 3, [0.25, 0.5, 1]),
        "at most an hour": (1500.0, [None] * 4, [1500, 3000, 3600, 3600]),
        "what the archive asks for": (60.0, [7.0], [7]),
        "what the archive asks for, doubling": (60.0, [100.0] * 3, [100, 200, 400]),
        "what it asks for each time, doubling by the how many-eth it is": (
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
    async def story() -> list[float]:
        one = governor(cooldown=cooldown, rate=0)
        return [await refuse(one, seconds) for seconds in asked_for]

    assert run(story()) == near(pauses)


def test_all_who_come_during_a_pause_wait_for_its_end_and_keep_the_pace_then() -> None:
    async def story() -> tuple[list[float], list[float]]:
        one = governor()
        one.record_refusal(await one.acquire(PLAYBACK), RateLimited("no"))
        await asyncio.sleep(20)
        pages, index = await asyncio.gather(turns(one, PLAYBACK, 8), turns(one, INDEX, 3))
        return pages, index

    pages, index = run(story())
    assert sorted(pages) == near([DEFAULT_COOLDOWN + PACE * at for at in range(8)])
    assert sorted(index) == near([DEFAULT_COOLDOWN + INDEX_SECONDS * at for at in range(3)])


def test_those_who_wait_for_the_pace_when_a_pause_begins_wait_and_keep_the_pace_then() -> None:
    async def story() -> tuple[list[float], list[float]]:
        one = governor()
        first = await one.acquire(PLAYBACK)
        await one.acquire(INDEX)
        pages = asyncio.create_task(turns(one, PLAYBACK, 8))
        index = asyncio.create_task(turns(one, INDEX, 3))
        await asyncio.sleep(0.05)  # in virtual time: both have begun to wait
        one.record_refusal(first, RateLimited("no"))
        return await pages, await index

    pages, index = run(story())
    assert min(pages + index) == near(0.05 + DEFAULT_COOLDOWN)
    assert gaps(pages) == near([PACE] * 7)
    assert gaps(index) == near([INDEX_SECONDS] * 2)


def test_refusals_of_requests_under_way_when_a_pause_began_do_not_count() -> None:
    async def story() -> tuple[World, float, float]:
        world = World()
        one = world.governor(rate=0)
        under_way = [await one.acquire(PLAYBACK) for _ in range(12)]
        for turn, asked_for in zip(under_way, [None, *range(600, 611)], strict=True):
            one.record_refusal(turn, RateLimited("no", asked_for))
            await asyncio.sleep(1)
        await one.acquire(PLAYBACK)
        return world, now(), await refuse(one)

    world, first, second = run(story())
    assert first == near(DEFAULT_COOLDOWN)
    assert second == near(2 * DEFAULT_COOLDOWN)
    assert [pause.streak for pause in world.told if pause] == [1, 2]


def test_a_late_refusal_of_a_request_from_before_the_pause_does_not_count_after_it() -> None:
    async def story() -> tuple[float, int]:
        world = World()
        one = world.governor(rate=0)
        slow, quick = await one.acquire(PLAYBACK), await one.acquire(INDEX)
        one.record_refusal(quick, RateLimited("no"))
        await one.acquire(PLAYBACK)
        one.record_refusal(slow, RateLimited("no"))
        await one.acquire(PLAYBACK)
        return now(), len(world.told)

    assert run(story()) == (near(DEFAULT_COOLDOWN), 1)


def test_a_good_answer_ends_the_doubling() -> None:
    async def story() -> tuple[list[float], list[Pause | None]]:
        world = World()
        one = world.governor(rate=0)
        pauses = [await refuse(one), await refuse(one)]
        one.record_success(await one.acquire(INDEX))
        return [*pauses, await refuse(one)], world.told

    pauses, told = run(story())
    assert pauses == near([60, 120, 60])
    assert [pause and pause.streak for pause in told] == [1, 2, None, 1]


def test_a_good_answer_without_a_pause_before_it_is_not_told() -> None:
    async def story() -> list[Pause | None]:
        world = World()
        one = world.governor(rate=0)
        for endpoint in (INDEX, PLAYBACK, PLAYBACK):
            one.record_success(await one.acquire(endpoint))
        return world.told

    assert run(story()) == []


def test_a_good_answer_from_before_the_pause_does_not_end_it() -> None:
    async def story() -> tuple[list[float], list[Pause | None]]:
        world = World()
        one = world.governor(rate=0)
        slow = await one.acquire(PLAYBACK)
        one.record_refusal(await one.acquire(PLAYBACK), RateLimited("no"))
        one.record_success(slow)
        first = await turns(one, INDEX, 1)
        one.record_success(slow)
        return [*first, await refuse(one)], world.told

    times, told = run(story())
    assert times == near([DEFAULT_COOLDOWN, 2 * DEFAULT_COOLDOWN])
    assert None not in told


def test_five_pauses_in_vain_end_the_run() -> None:
    async def story() -> tuple[World, float, Paused]:
        world = World()
        one = world.governor()
        for _ in range(4):
            await refuse(one)
        turn = await one.acquire(PLAYBACK)
        with pytest.raises(Paused) as caught:
            one.record_refusal(turn, RateLimited("the archive says: too many requests", 1000.0))
        return world, now(), caught.value

    world, at, paused = run(story())
    last = world.told[-1]
    assert last is not None
    assert (last.streak, last.reason) == (5, "the archive says: too many requests")
    assert last.until == near(START + at + 3600)
    assert paused.until == dt.datetime.fromtimestamp(last.until, dt.UTC)
    assert f"{paused.until:%Y-%m-%d %H:%M:%S} UTC" in str(paused)
    assert "5 times in a row" in str(paused)


def test_four_pauses_and_a_good_answer_between_never_end_the_run() -> None:
    async def story() -> list[Pause | None]:
        world = World()
        one = world.governor()
        for _ in range(5):
            for _ in range(4):
                await refuse(one)
            one.record_success(await one.acquire(PLAYBACK))
        return world.told

    assert [pause and pause.streak for pause in run(story())] == [1, 2, 3, 4, None] * 5


def test_a_pause_is_told_before_anybody_goes_on() -> None:
    async def story() -> tuple[list[float], Pause | None]:
        world = World()
        one = world.governor(cooldown=3.0, rate=0)
        await asyncio.sleep(10)
        await refuse(one)
        return world.told_at, world.told[0]

    told_at, told = run(story())
    assert told_at == near([10.0])
    assert told == Pause(near(START + 13), 1, "the archive says: too many requests")


# --- from run to run ------------------------------------------------------------------------


def test_the_rest_of_a_kept_pause_is_waited_out() -> None:
    async def story() -> list[float]:
        one = governor(pause=Pause(START + 33.5, 2, "too many"), rate=0)
        return await turns(one, INDEX, 1) + await turns(one, PLAYBACK, 3)

    assert run(story()) == near([33.5] * 4)


def test_a_kept_pause_that_is_over_is_not_waited_for() -> None:
    async def story() -> list[float]:
        return await turns(governor(pause=Pause(START - 1, 3), rate=0), PLAYBACK, 1)

    assert run(story()) == near([0.0])


def test_a_kept_pause_goes_on_doubling() -> None:
    async def story() -> list[float]:
        one = governor(pause=Pause(START + 5, 2), rate=0)
        return [await refuse(one), await refuse(one)]

    assert run(story()) == near([240, 480])


@table(
    "ended_ago pause",
    {"just so": (MAX_PAUSE - 1, 480), "too long": (MAX_PAUSE + 1, DEFAULT_COOLDOWN)},
)
def test_a_kept_pause_that_ended_long_ago_does_not_count(ended_ago: float, pause: float) -> None:
    async def story() -> float:
        return await refuse(governor(pause=Pause(seconds() - ended_ago, 3), rate=0))

    assert run(story()) == near(pause)


def test_a_kept_pause_ends_with_a_good_answer() -> None:
    async def story() -> tuple[list[Pause | None], float]:
        world = World()
        one = world.governor(pause=Pause(START + 5, 4), rate=0)
        one.record_success(await one.acquire(PLAYBACK))
        return world.told.copy(), await refuse(one)

    assert run(story()) == ([None], near(DEFAULT_COOLDOWN))


def test_pauses_of_an_earlier_run_are_not_counted_against_this_one() -> None:
    async def story() -> list[float]:
        one = governor(pause=Pause(START, 5), rate=0)
        pauses = [await refuse(one) for _ in range(4)]
        turn = await one.acquire(PLAYBACK)
        with pytest.raises(Paused):
            one.record_refusal(turn, RateLimited("no"))
        return pauses

    assert run(story()) == near([1920, 3600, 3600, 3600])


# --- the end of a run -----------------------------------------------------------------------


async def waiting_for_the_pace(one: Throttle) -> None:
    await one.acquire(PLAYBACK)
    await one.acquire(INDEX)


async def pausing(one: Throttle) -> None:
    one.record_refusal(await one.acquire(PLAYBACK), RateLimited("no"))


@pytest.mark.parametrize("before", [waiting_for_the_pace, pausing])
def test_a_stop_wakes_everybody_at_once(before: Callable[[Throttle], Awaitable[None]]) -> None:
    async def story() -> tuple[list[object], float]:
        world = World()
        one = world.governor(rate=0.001)
        await before(one)
        wanted = [turns(one, endpoint, 1) for endpoint in (PLAYBACK, INDEX) * 5]
        waiting = asyncio.gather(*wanted, return_exceptions=True)
        await asyncio.sleep(1)
        world.stop.set()
        return list(await waiting), now()

    found, at = run(story())
    assert [type(result) for result in found] == [Stopped] * 10
    assert at == near(1.0)


@pytest.mark.parametrize("rate", [0.0, 8.0])
def test_after_a_stop_there_are_no_turns(rate: float) -> None:
    async def story() -> float:
        world = World()
        one = world.governor(rate=rate)
        world.stop.set()
        for endpoint in Endpoint:
            with pytest.raises(Stopped):
                await one.acquire(endpoint)
        return now()

    assert run(story()) == near(0)


def test_turns_leave_nothing_behind() -> None:
    async def story() -> int:
        one = governor()
        await turns(one, PLAYBACK, 5)
        await asyncio.sleep(1)
        return len(asyncio.all_tasks())

    assert run(story()) == 1


def test_a_stop_leaves_nothing_behind() -> None:
    async def story() -> set[asyncio.Task[Any]]:
        world = World()
        one = world.governor(rate=0.001)
        await one.acquire(PLAYBACK)
        waiting = asyncio.gather(*(turns(one, PLAYBACK, 1) for _ in range(5)))
        await asyncio.sleep(0)
        world.stop.set()
        with pytest.raises(Stopped):
            await waiting
        await asyncio.sleep(1)
        return asyncio.all_tasks() - {asyncio.current_task()}

    assert run(story()) == set()


# --- whatever comes -------------------------------------------------------------------------


@dataclass(frozen=True)
class Request:
    """What one worker does: how long it waits, whom it asks, what it is answered, and when."""

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
    given: list[tuple[float, Endpoint]] = field(default_factory=list)
    begun: list[tuple[float, float]] = field(default_factory=list)  # pauses: from, until


async def work(one: Throttle, schedule: Sequence[Request], diary: Diary) -> None:
    for request in schedule:
        await asyncio.sleep(request.idle)
        turn = await one.acquire(request.endpoint)
        diary.given.append((now(), request.endpoint))
        await asyncio.sleep(request.takes)
        if request.answer == "good":
            one.record_success(turn)
        elif request.answer == "refused":
            one.record_refusal(turn, RateLimited("no", request.retry_after))


async def whole_run(schedules: Sequence[Sequence[Request]], rate: float) -> Diary:
    diary = Diary()

    def tell(pause: Pause | None) -> None:
        if pause is not None:
            diary.begun.append((now(), pause.until - START))

    one = Throttle(StopSignal(), rate=rate, on_pause=tell, clock=seconds)
    workers = [asyncio.create_task(work(one, schedule, diary)) for schedule in schedules]
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
def test_no_turn_is_given_in_a_pause_and_none_too_soon(
    schedules: list[list[Request]], rate: float
) -> None:
    diary = run(whole_run(schedules, rate))
    for begin, end in diary.begun:
        assert not [at for at, _ in diary.given if begin < at < end - CLOSE]
    for (_, end), (begin, _) in pairwise(diary.begun):
        assert begin >= end - CLOSE, "a pause within a pause"
    if rate:
        for endpoint, pace in ((PLAYBACK, 1 / rate), (INDEX, INDEX_SECONDS)):
            times = [at for at, whom in diary.given if whom is endpoint]
            assert min(gaps(times), default=pace) >= pace - CLOSE
