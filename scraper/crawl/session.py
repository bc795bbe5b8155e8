"""A session with an archive: one governor, one client, and what Ctrl-C does to them."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

from scraper.crawl.ledger import Ledger
from scraper.models import Pause
from scraper.wayback.client import WaybackClient
from scraper.wayback.policy import RequestPolicy
from scraper.wayback.stop import StopSignal
from scraper.wayback.throttle import Throttle

# Waits between the tries of one page begin at two seconds where everybody's pause is a minute.
_TRY_WAITS_A_COOLDOWN = 30


@asynccontextmanager
async def open_session(
    polite: RequestPolicy, ledger: Ledger | None, told: Callable[[Pause | None], None]
) -> AsyncIterator[tuple[WaybackClient, StopSignal]]:
    """Open a session for as long as the block lasts; `told` hears of pauses, also of a kept one.

    Ctrl-C asks for the end: what waits raises `Stopped`, what is under way comes to its end. The
    second one does not wait for that.
    """
    stop = StopSignal()
    pause = ledger.load_pause(polite.pause_key) if ledger else None
    told(pause)

    def tell(pause: Pause | None) -> None:
        if ledger is not None:
            ledger.save_pause(polite.pause_key, pause)
        told(pause)

    governor = Throttle(stop, polite.rate, polite.cooldown, pause, tell)
    wait = polite.cooldown / _TRY_WAITS_A_COOLDOWN
    archive = WaybackClient(
        polite.archive, governor, stop, polite.user_agent, polite.concurrency, wait
    )
    with _interrupting(stop):
        async with archive:
            yield archive, stop


@contextmanager
def _interrupting(stop: StopSignal) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    task = asyncio.current_task()
    assert task is not None, "called in one"

    def interrupt() -> None:
        if stop.is_set:
            task.cancel()
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, interrupt)
    try:
        yield
    except asyncio.CancelledError:
        stop.check()  # it was the second Ctrl-C
        raise
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
