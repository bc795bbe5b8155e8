"""A session with an archive: one throttle, one client, and what Ctrl-C does to them."""

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

# The waits between the tries of one page begin at 2 s where the pause of everybody is 60 s.
_RETRY_WAITS_PER_COOLDOWN = 30


@asynccontextmanager
async def open_session(
    policy: RequestPolicy, ledger: Ledger | None, on_pause: Callable[[Pause | None], None]
) -> AsyncIterator[tuple[WaybackClient, StopSignal]]:
    """Open a session for as long as the block lasts.

    The ledger keeps the archive's pause for the next run. `on_pause` is called with each pause, a
    kept one included, and with `None` at its good end.

    Ctrl-C asks for the end: what waits raises `Stopped`, what is under way comes to its end. A
    second Ctrl-C does not wait for that.
    """
    stop = StopSignal()
    kept_pause = ledger.load_pause(policy.pause_key) if ledger else None
    on_pause(kept_pause)

    def keep_pause(pause: Pause | None) -> None:
        if ledger is not None:
            ledger.save_pause(policy.pause_key, pause)
        on_pause(pause)

    throttle = Throttle(stop, policy.rate, policy.cooldown, kept_pause, keep_pause)
    retry_wait = policy.cooldown / _RETRY_WAITS_PER_COOLDOWN
    client = WaybackClient(
        policy.archive, throttle, stop, policy.user_agent, policy.concurrency, retry_wait
    )
    with _interrupting(stop):
        async with client:
            yield client, stop


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
