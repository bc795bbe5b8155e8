"""Politeness by construction: every request of the process waits here until it may be made.

There are two paces, each evenly spaced, and one pause for everybody. The archive bans those who
go on asking: 429s ignored for more than a minute cost an hour without connections, then two
(docs/wayback.md 2.7). The paces are those that its staff asked for (docs/wayback.md 4).
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from enum import StrEnum

from aiolimiter import AsyncLimiter

from scraper.errors import Paused, RateLimited
from scraper.models import Pause
from scraper.wayback.policy import DEFAULT_COOLDOWN, DEFAULT_RATE
from scraper.wayback.stop import StopSignal

INDEX_SECONDS = 2.5  # between two requests: 24 a minute
MAX_PAUSE = 3600.0  # seconds, unless the archive itself asks for more
_MAX_PAUSES_IN_VAIN = 5


class Endpoint(StrEnum):
    """The two services of the archive, each with a pace of its own."""

    INDEX = "index"
    PLAYBACK = "playback"


class Throttle:
    """Decides when a request may be made.

    `rate` is playback requests a second; 0 lifts both paces, but never a pause. `cooldown` is the
    first pause in seconds. `pause` is one that an earlier run has begun. `on_pause` is called with
    each new pause, and with `None` when an answer has ended it, before anybody goes on. `clock`
    returns seconds since 1970.
    """

    def __init__(
        self,
        stop: StopSignal,
        rate: float = DEFAULT_RATE,
        cooldown: float = DEFAULT_COOLDOWN,
        pause: Pause | None = None,
        on_pause: Callable[[Pause | None], None] = lambda _: None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._stop = stop
        self._cooldown = cooldown
        self._on_pause = on_pause
        self._clock = clock
        self._limiters: dict[Endpoint, AsyncLimiter] = {}
        if rate > 0:
            self._limiters[Endpoint.PLAYBACK] = AsyncLimiter(1, 1 / rate)
            self._limiters[Endpoint.INDEX] = AsyncLimiter(1, INDEX_SECONDS)
        is_recent = pause is not None and clock() - pause.until < MAX_PAUSE
        self._pause = pause if pause and is_recent else Pause(0.0, 0)
        self._pauses_begun = 0
        self._pauses_in_vain = 0

    async def acquire(self, endpoint: Endpoint) -> int:
        """Wait until a request may be made. Return its ticket, to record the outcome with.

        A ticket says which pause the request came after. Raises `Stopped` when the run is to end.
        """
        limiter = self._limiters.get(endpoint)
        await self._wait_out_pause()
        if limiter is not None:
            await self._stop.wait_for(limiter.acquire())
            # All who waited for the pace when a pause began would go on together at its end.
            while self._is_pausing():
                await self._wait_out_pause()
                await self._stop.wait_for(limiter.acquire())
        self._stop.check()
        return self._pauses_begun

    def _is_pausing(self) -> bool:
        return self._pause.until > self._clock()

    async def _wait_out_pause(self) -> None:
        while self._is_pausing():
            await self._stop.sleep(self._pause.until - self._clock())

    def record_success(self, ticket: int) -> None:
        """Note an answer. It ends the doubling, unless its request is older than the pause."""
        if ticket == self._pauses_begun and self._pause.streak:
            self._pauses_in_vain = 0
            self._pause = Pause(0.0, 0)
            self._on_pause(None)

    def record_refusal(self, ticket: int, refusal: RateLimited) -> None:
        """Begin a pause for everybody, unless the request is older than the last pause.

        Raises `Paused` at the fifth pause without an answer in between.
        """
        if ticket != self._pauses_begun:
            return
        self._pauses_begun += 1
        self._pauses_in_vain += 1
        streak = self._pause.streak + 1
        asked_for = refusal.retry_after or 0.0
        doubled = min((asked_for or self._cooldown) * 2.0 ** (streak - 1), MAX_PAUSE)
        until = self._clock() + max(doubled, asked_for)
        self._pause = Pause(until, streak, str(refusal))
        self._on_pause(self._pause)
        if self._pauses_in_vain >= _MAX_PAUSES_IN_VAIN:
            moment = dt.datetime.fromtimestamp(until, dt.UTC)
            raise Paused(
                f"{refusal}, {self._pauses_in_vain} times in a row; everything so far is kept: "
                f"start the same command again at {moment:%Y-%m-%d %H:%M:%S} UTC or later",
                moment,
            )
