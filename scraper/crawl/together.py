"""Several coroutines at once, of which the first error ends all."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from scraper.errors import Stopped
from scraper.wayback.stop import StopSignal


async def run_together(works: list[Coroutine[Any, Any, None]], stop: StopSignal) -> None:
    """Wait for all; the first error asks the others to end what they have begun."""

    async def watched(work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except BaseException:
            stop.set()
            raise

    results = await asyncio.gather(*map(watched, works), return_exceptions=True)
    errors = [error for error in results if error is not None]
    errors.sort(key=lambda error: isinstance(error, Stopped))  # those are but a consequence
    if errors:
        raise errors[0]
