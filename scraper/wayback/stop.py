"""How a run is asked to end: whoever waits wakes up, and nothing new is begun."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from contextlib import suppress

from scraper.errors import Stopped


class StopSignal:
    """A signal that is set once and stays set."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def set(self) -> None:
        """Ask everybody to end."""
        self._event.set()

    @property
    def is_set(self) -> bool:
        """Whether the run is to end."""
        return self._event.is_set()

    def check(self) -> None:
        """Raise `Stopped` if the run is to end."""
        if self.is_set:
            raise Stopped("the run is to end")

    async def sleep(self, seconds: float) -> None:
        """Wait some seconds. Raises `Stopped` as soon as the run is to end."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._event.wait(), seconds)
        self.check()

    async def wait_for(self, awaitable: Awaitable[None]) -> None:
        """Wait for something that can be cancelled. Raises `Stopped` as `sleep()` does."""
        task = asyncio.ensure_future(awaitable)
        stopped = asyncio.ensure_future(self._event.wait())
        await asyncio.wait({task, stopped}, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if not task.done():
            task.cancel()
        self.check()
