"""Rules that say which request gets which fault: by number, by target, by chance."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from fake_archive.faults import Fault
from fake_archive.index import Quirks
from fake_archive.rate_limit import RateLimitSimulator

INDEX, PLAYBACK, OTHER = "index", "playback", "other"
# Queries by prefix, host or domain, which can need authorization (docs/wayback.md 1.5).
PREFIX_QUERY = r"matchType=(?:prefix|host|domain)|url=(?:\*|%2[Aa])|url=[^&]*(?:\*|%2[Aa])(?:&|$)"


@dataclass(frozen=True, slots=True)
class Rule:
    """A fault and its conditions, all of which must hold.

    `numbers` are numbers of requests to the endpoint, counted from 1. `path` is a pattern searched
    for in the target. `times` limits how often the rule applies at all, `times_each` how often to
    one target. `chance` (0 to 1) depends on the target and on how often it was requested before,
    not on the order of the requests.
    """

    fault: Fault
    endpoint: str
    numbers: frozenset[int] = frozenset()
    path: str = ""
    chance: float = 1.0
    times: int | None = None
    times_each: int | None = None


def on_index(
    fault: Fault,
    *numbers: int,
    path: str = "",
    chance: float = 1.0,
    times: int | None = None,
    times_each: int | None = None,
) -> Rule:
    """Return a rule for requests to the index."""
    return Rule(fault, INDEX, frozenset(numbers), path, chance, times, times_each)


def on_playback(
    fault: Fault,
    *numbers: int,
    path: str = "",
    chance: float = 1.0,
    times: int | None = None,
    times_each: int | None = None,
) -> Rule:
    """Return a rule for requests to playback."""
    return Rule(fault, PLAYBACK, frozenset(numbers), path, chance, times, times_each)


@dataclass(frozen=True, slots=True)
class Faults:
    """The faults of a run. The first rule whose conditions hold applies."""

    rules: Sequence[Rule] = ()
    quirks: Quirks = field(default_factory=Quirks)
    rate_limit: RateLimitSimulator | None = None
    seed: int = 0


@dataclass
class FaultInjector:
    """Counts requests, and returns the fault for each."""

    faults: Faults
    _requests: Counter[str] = field(default_factory=Counter)
    _repeats: Counter[str] = field(default_factory=Counter)
    _applied: Counter[int] = field(default_factory=Counter)
    _applied_each: Counter[tuple[int, str]] = field(default_factory=Counter)

    def next_fault(self, endpoint: str, target: str) -> Fault | None:
        """Return the fault for the next request, `None` for none."""
        self._requests[endpoint] += 1
        if self.faults.rules:
            self._repeats[target] += 1
        if self.faults.rate_limit is not None:
            fault = self.faults.rate_limit.next_fault(endpoint)
            if fault is not None:
                return fault
        for at, rule in enumerate(self.faults.rules):
            if self._holds(at, rule, endpoint, target):
                self._applied[at] += 1
                self._applied_each[at, target] += 1
                return rule.fault
        return None

    def _holds(self, at: int, rule: Rule, endpoint: str, target: str) -> bool:
        return (
            rule.endpoint == endpoint
            and (not rule.numbers or self._requests[endpoint] in rule.numbers)
            and (rule.times is None or self._applied[at] < rule.times)
            and (rule.times_each is None or self._applied_each[at, target] < rule.times_each)
            and (not rule.path or re.search(rule.path, target) is not None)
            and (rule.chance >= 1 or self._draw(at, target) < rule.chance)
        )

    def _draw(self, at: int, target: str) -> float:
        seed = f"{self.faults.seed} {at} {self._repeats[target]} {target}"
        return random.Random(seed).random()
