"""When what goes wrong: by number of the request, by its target, by chance."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from fake_archive.faults import Fault
from fake_archive.gate import RateLimitSimulator
from fake_archive.index import Quirks

INDEX, PLAYBACK, OTHER = "index", "playback", "other"
# The targets of queries by prefix, host or domain (facts/wayback.md 1.9).
PREFIX_QUERY = r"matchType=(?:prefix|host|domain)|url=(?:\*|%2[Aa])|url=[^&]*(?:\*|%2[Aa])(?:&|$)"


@dataclass(frozen=True, slots=True)
class Rule:
    """A fault and its conditions, all of which must hold.

    `numbers` are those of the requests to the endpoint, from 1, as they come in; `path` is a
    pattern searched for in the target. `times` is how often the rule strikes at all,
    `times_each` how often one and the same target. `chance` is drawn for each target and the
    how many-eth time it is asked for: the order in which targets are asked for does not matter.
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
    """All that goes wrong in a run; of several rules that hold the first strikes."""

    rules: Sequence[Rule] = ()
    quirks: Quirks = field(default_factory=Quirks)
    gate: RateLimitSimulator | None = None
    seed: int = 0


@dataclass
class FaultInjector:
    """Keeps count of requests and strikes, and says which fault strikes a request."""

    faults: Faults
    _requests: Counter[str] = field(default_factory=Counter)
    _asked: Counter[str] = field(default_factory=Counter)
    _struck: Counter[int] = field(default_factory=Counter)
    _struck_each: Counter[tuple[int, str]] = field(default_factory=Counter)

    def judge(self, endpoint: str, target: str) -> Fault | None:
        """Return the fault for the next request, `None` for none."""
        self._requests[endpoint] += 1
        if self.faults.rules:
            self._asked[target] += 1
        if self.faults.gate is not None:
            fault = self.faults.gate.judge(endpoint)
            if fault is not None:
                return fault
        for at, rule in enumerate(self.faults.rules):
            if self._holds(at, rule, endpoint, target):
                self._struck[at] += 1
                self._struck_each[at, target] += 1
                return rule.fault
        return None

    def _holds(self, at: int, rule: Rule, endpoint: str, target: str) -> bool:
        return (
            rule.endpoint == endpoint
            and (not rule.numbers or self._requests[endpoint] in rule.numbers)
            and (rule.times is None or self._struck[at] < rule.times)
            and (rule.times_each is None or self._struck_each[at, target] < rule.times_each)
            and (not rule.path or re.search(rule.path, target) is not None)
            and (rule.chance >= 1 or self._draw(at, target) < rule.chance)
        )

    def _draw(self, at: int, target: str) -> float:
        seed = f"{self.faults.seed} {at} {self._asked[target]} {target}"
        return random.Random(seed).random()
