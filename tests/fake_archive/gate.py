"""The limits: so many requests a minute, then 429, then no connection (facts/wayback.md 4.1)."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from fake_archive import faults
from fake_archive.faults import Fault


@dataclass
class RateLimitSimulator:
    """More than so many requests within `window` seconds, and the answer is 429 for `limited`.

    Who makes `patience` more requests while it lasts finds connections refused for `refused`
    seconds (0: until the test brings the server back). Index and playback count apart. A gate
    remembers: each server needs one of its own.
    """

    index: int = 30
    playback: int = 600
    window: float = 60.0
    limited: float = 60.0
    patience: int = 10
    refused: float = 3600.0
    retry_after: int | None = None
    clock: Callable[[], float] = time.monotonic
    _seen: dict[str, deque[float]] = field(default_factory=dict, repr=False)
    _until: dict[str, float] = field(default_factory=dict, repr=False)
    _pressed: Counter[str] = field(default_factory=Counter, repr=False)

    def judge(self, endpoint: str) -> Fault | None:
        """Return what to do to a request that comes now, `None` for nothing."""
        now = self.clock()
        if now < self._until.get(endpoint, now):
            self._pressed[endpoint] += 1
            if self._pressed[endpoint] > self.patience:
                self._until.pop(endpoint)
                return faults.refused(self.refused)
            return faults.too_many(self.retry_after)
        seen = self._seen.setdefault(endpoint, deque())
        seen.append(now)
        while seen[0] <= now - self.window:
            seen.popleft()
        if len(seen) <= (self.index if endpoint == "index" else self.playback):
            return None
        seen.clear()
        self._until[endpoint] = now + self.limited
        self._pressed[endpoint] = 0
        return faults.too_many(self.retry_after)
