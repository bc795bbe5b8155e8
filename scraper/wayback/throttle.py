"""Politeness by construction: every request of the process waits here for its turn.

Two paces, evenly spaced, and one pause for all. The archive bans those who go on asking: 429s
ignored for more than a minute are answered with an hour without a connection, then with two
(facts/wayback.md 2.7 to 2.9 and 4.1; the paces are what its staff asked for in June 2026).
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
_MOST_PAUSES = 5


class Endpoint(StrEnum):
    """The two services of the archive, each with a pace of its own."""

    INDEX = "index"
    PLAYBACK = "playback"


class Throttle:
    """Gives out turns.

    `rate` is playback requests a second; 0 lifts both paces, never a pause. `pause` is one that
    an earlier run has begun. `tell` is told of each new pause, and with `None` of its good end,
    before anybody goes on. `clock` gives seconds since 1970.
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
        self._tell = on_pause
        self._clock = clock
        self._limiters: dict[Endpoint, AsyncLimiter] = {}
        if rate > 0:
            self._limiters[Endpoint.PLAYBACK] = AsyncLimiter(1, 1 / rate)
            self._limiters[Endpoint.INDEX] = AsyncLimiter(1, INDEX_SECONDS)
        is_recent = pause is not None and clock() - pause.until < MAX_PAUSE
        self._pause = pause if pause and is_recent else Pause(0.0, 0)
        self._begun = 0
        self._in_vain = 0

    async def acquire(self, endpoint: Endpoint) -> int:
        """Wait until a request may be made, and return the turn's number for what it comes to.

        Raises `Stopped` when the run is to end.
        """
        limiter = self._limiters.get(endpoint)
        await self._until_allowed()
        if limiter is not None:
            await self._stop.wait_for(limiter.acquire())
            while self._is_pausing():  # then all who have come so far would go on at once
                await self._until_allowed()
                await self._stop.wait_for(limiter.acquire())
        self._stop.check()
        return self._begun

    def _is_pausing(self) -> bool:
        return self._pause.until > self._clock()

    async def _until_allowed(self) -> None:
        while self._is_pausing():
            await self._stop.sleep(self._pause.until - self._clock())

    def record_success(self, turn: int) -> None:
        """Take note of a good answer: the archive is there again."""
        if turn == self._begun and self._pause.streak:
            self._in_vain = 0
            self._pause = Pause(0.0, 0)
            self._tell(None)

    def record_refusal(self, turn: int, refusal: RateLimited) -> None:
        """Let everybody pause, unless the request was under way when the last pause began.

        Raises `Paused` at the fifth pause without a good answer between them.
        """
        if turn != self._begun:
            return
        self._begun += 1
        self._in_vain += 1
        streak = self._pause.streak + 1
        asked_for = refusal.retry_after or 0.0
        doubled = min((asked_for or self._cooldown) * 2.0 ** (streak - 1), MAX_PAUSE)
        until = self._clock() + max(doubled, asked_for)
        self._pause = Pause(until, streak, str(refusal))
        self._tell(self._pause)
        if self._in_vain >= _MOST_PAUSES:
            moment = dt.datetime.fromtimestamp(until, dt.UTC)
            raise Paused(
                f"{refusal}, {self._in_vain} times in a row; everything so far is kept: "
                f"start the same command again at {moment:%Y-%m-%d %H:%M:%S} UTC or later",
                moment,
            )
