"""Virtual time for asyncio: a loop that jumps to its next timer instead of waiting."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
START = 1_600_000_000.0  # seconds since 1970 when a loop begins

# Seconds that a round of the loop takes at least; otherwise rounding can keep a timer from ending.
_STEP = 1e-9


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


class VirtualLoop(asyncio.SelectorEventLoop):
    """A loop whose time starts at 0, and passes only while all tasks wait."""

    def __init__(self) -> None:
        self._jump = _Jump()
        super().__init__(self._jump)

    def time(self) -> float:
        """Return the seconds that have passed."""
        return self._jump.passed


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine in a loop of its own with virtual time, and return its result."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(coroutine)


def now() -> float:
    """Return the seconds since the running loop started."""
    return asyncio.get_running_loop().time()


def seconds() -> float:
    """Return the seconds since 1970 in the time of the running loop."""
    return START + now()
