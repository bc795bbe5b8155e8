"""Virtual time for asyncio: a loop that jumps to its next timer instead of waiting."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, TypeVar

T = TypeVar("T")
START = 1_600_000_000.0  # seconds since 1970 when a loop begins

# Seconds that a round of the loop takes at least; otherwise rounding can keep a timer from ending.
_STEP = 1e-9
_SHORT = 1.0  # seconds: pauses of tests are shorter, time limits of requests are longer
_POLL_SECONDS = 0.01


class _Jump(selectors.SelectSelector):
    """Advances the time of the loop by what the loop would wait."""

    passed = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready:
            if timeout is None:
                raise RuntimeError("every task waits, and no timer is left")
            self.passed += max(timeout, _STEP)
        return ready


class _JumpUnlessServed(_Jump):
    """Leaves long waits to the real clock while a server in another thread is about to answer."""

    def __init__(self, hangs: Callable[[], bool]) -> None:
        super().__init__()
        self._hangs = hangs

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None or (timeout > _SHORT and not self._hangs()):
            return selectors.SelectSelector.select(self, _POLL_SECONDS)
        return super().select(timeout)


class VirtualLoop(asyncio.SelectorEventLoop):
    """A loop whose time starts at 0, and passes only while all tasks wait.

    `hangs` is for a loop that asks a server in another thread: whether the answer to the last
    request will not come. Until it says so, no wait of more than a second ends.
    """

    def __init__(self, hangs: Callable[[], bool] | None = None) -> None:
        self._jump = _Jump() if hangs is None else _JumpUnlessServed(hangs)
        super().__init__(self._jump)

    def time(self) -> float:
        """Return the seconds that have passed."""
        return self._jump.passed


def run(coroutine: Coroutine[Any, Any, T], hangs: Callable[[], bool] | None = None) -> T:
    """Run a coroutine in a loop of its own with virtual time, and return its result."""
    with asyncio.Runner(loop_factory=partial(VirtualLoop, hangs)) as runner:
        return runner.run(coroutine)


class LoopTime:
    """Takes the place of the module `time`: the time of the running loop."""

    @staticmethod
    def monotonic() -> float:
        """Return the seconds since the running loop started."""
        return now()


def now() -> float:
    """Return the seconds since the running loop started."""
    return asyncio.get_running_loop().time()


def seconds() -> float:
    """Return the seconds since 1970 in the time of the running loop."""
    return START + now()
