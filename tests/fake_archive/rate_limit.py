"""Rate limits: too many requests give 429, then refused connections (docs/wayback.md 2.7)."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from fake_archive import faults
from fake_archive.faults import Fault


@dataclass
class RateLimitSimulator:
    """Answers 429 for `limited` seconds after too many requests within `window` seconds.

    `index` and `playback` are the limits of the two endpoints, which are counted apart. More than
    `patience` requests while the limit lasts make the server refuse connections for `refused`
    seconds (0: until the test starts it again). Each server needs a simulator of its own.
    """

    index: int = 30
    playback: int = 600
    window: float = 60.0
    limited: float = 60.0
    patience: int = 10
    refused: float = 3600.0
    retry_after: int | None = None
    clock: Callable[[], float] = time.monotonic
    _times: dict[str, deque[float]] = field(default_factory=dict, repr=False)
    _until: dict[str, float] = field(default_factory=dict, repr=False)
    _ignored: Counter[str] = field(default_factory=Counter, repr=False)

    def next_fault(self, endpoint: str) -> Fault | None:
        """Return the fault for a request that comes now, `None` for none."""
        now = self.clock()
        if now < self._until.get(endpoint, now):
            self._ignored[endpoint] += 1
            if self._ignored[endpoint] > self.patience:
                self._until.pop(endpoint)
                return faults.refused(self.refused)
            return faults.too_many(self.retry_after)
        times = self._times.setdefault(endpoint, deque())
        times.append(now)
        while times[0] <= now - self.window:
            times.popleft()
        if len(times) <= (self.index if endpoint == "index" else self.playback):
            return None
        times.clear()
        self._until[endpoint] = now + self.limited
        self._ignored[endpoint] = 0
        return faults.too_many(self.retry_after)
