"""A session with an archive: one governor, one client, and what Ctrl-C does to them."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

from scraper.crawl.ledger import Ledger
from scraper.wayback.client import Archive
from scraper.wayback.policy import Polite
from scraper.wayback.stop import Stop
from scraper.wayback.throttle import Governor, Pause

# Waits between the tries of one page begin at two seconds where everybody's pause is a minute.
_TRY_WAITS_A_COOLDOWN = 30


@asynccontextmanager
async def asking(
    polite: Polite, ledger: Ledger | None, told: Callable[[Pause | None], None]
) -> AsyncIterator[tuple[Archive, Stop]]:
    """Open a session for as long as the block lasts; `told` hears of pauses, also of a kept one.

    Ctrl-C asks for the end: what waits raises `Stopped`, what is under way comes to its end. The
    second one does not wait for that.
    """
    stop = Stop()
    pause = ledger.kept_pause(polite.asked) if ledger else None
    told(pause)

    def tell(pause: Pause | None) -> None:
        if ledger is not None:
            ledger.keep_pause(polite.asked, pause)
        told(pause)

    governor = Governor(stop, polite.rate, polite.cooldown, pause, tell)
    wait = polite.cooldown / _TRY_WAITS_A_COOLDOWN
    archive = Archive(polite.archive, governor, stop, polite.agent, polite.concurrency, wait)
    with _interrupting(stop):
        async with archive:
            yield archive, stop


@contextmanager
def _interrupting(stop: Stop) -> Iterator[None]:
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
