"""Virtual time for asyncio: a loop that jumps to the next timer instead of waiting for it."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
START = 1_600_000_000.0  # seconds since 1970 when a loop begins


_STEP = 1e-9  # seconds that a round of the loop takes at least: without, fractions never run out


class _Jump(selectors.SelectSelector):
    """Has the loop's time go on by whatever the loop would wait."""

    passed = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready:
            if timeout is None:
                raise RuntimeError("everybody waits, and nothing is to come")
            self.passed += max(timeout, _STEP)
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """A loop whose time begins at 0, and hardly passes where something is to be done."""

    def __init__(self) -> None:
        self._jump = _Jump()
        super().__init__(self._jump)

    def time(self) -> float:
        """Return the seconds that have passed."""
        return self._jump.passed


def run(story: Coroutine[Any, Any, T]) -> T:
    """Return what a coroutine returns, in a loop of its own with virtual time."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(story)


def now() -> float:
    """Return the seconds since the running loop began."""
    return asyncio.get_running_loop().time()


def seconds() -> float:
    """Return the seconds since 1970, as the running loop has them."""
    return START + now()
