"""A crawl through all faults at once, killed again and again; then everything is counted.

    PYTHONPATH=tests python -m stress.torture [ARTICLES] [KILLS] [SEED]

The stand-in archive serves made-up articles from a process of its own, with every known fault at
random, and goes away for seconds at a time. The crawl is killed at random moments and started
again. At the end its articles must be those of an undisturbed crawl, byte for byte. The log of
the server shows whether requests came too fast, during a pause, or again for the same capture
without need.
"""

from __future__ import annotations

import contextlib
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from fake_archive import (
    Archive,
    FakeMemento,
    Faults,
    Quirks,
    Replay,
    Request,
    Rule,
    faults,
    generated,
    on_index,
    on_playback,
    replay,
    samples,
)
from support import warcs

HKCNEWS = Path(sys.executable).with_name("hkcnews")
CONCURRENCY = 4
RATE = 150.0  # requests a second
COOLDOWN = 0.4  # seconds
RETRY_AFTER = 1  # seconds, where a 429 says so
_LATENCY = 0.15  # seconds in which requests sent before a refusal may still arrive
# Two captures that redirect to each other, newer than the good ones.
CIRCLE = ("20220108101010", "20220109101010")
_EVERY = 41  # one article in so many has an odd capture besides
_PAUSED, _DONE = 3, 0
_MAX_RUNS = 60
_SECONDS_A_RUN = 600.0
_START_SECONDS = 5.0


@dataclass
class Result:
    """The counts of a campaign; `wrong` must be empty."""

    articles: int = 0
    unit: str = "articles"
    requests: int = 0
    kills: int = 0
    aways: int = 0
    paused_runs: int = 0
    pauses: int = 0
    max_a_second: int | None = None  # of a run with a pace
    fetched_again: int = 0
    injected: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        injected = ", ".join(f"{name} {count}" for name, count in sorted(self.injected.items()))
        lines = [
            f"{self.articles:,} {self.unit}, {self.requests:,} requests; faults: {injected}",
            f"{self.kills} kills, {self.aways} times the server was away",
            f"{self.pauses} pauses, {self.paused_runs} runs ended by one",
            f"{self.fetched_again} captures fetched again (at most {CONCURRENCY} a kill may be)",
        ]
        if self.max_a_second is not None:
            most = f"{self.max_a_second} requests at most in a second"
            lines.append(f"{most} (the pace is {RATE:.0f})")
        return "\n".join(lines + [f"WRONG: {line}" for line in self.wrong])


def campaign(
    folder: Path, articles: int, kills: int, seed: int, *, index_faults: int = 4
) -> Result:
    """Crawl undisturbed, then through all faults; return the counts.

    Each of the `index_faults` costs 2.5 seconds, the pace of the index.
    """
    result = Result()
    chance = random.Random(seed)
    with replay(partial(archive, articles), Faults(circles()), process=True) as server:
        if _start(server.origin, folder / "undisturbed").wait(_SECONDS_A_RUN) != _DONE:
            result.wrong.append("the undisturbed run did not end well")
    with replay(partial(archive, articles), everything(seed, index_faults), process=True) as server:
        start = partial(_start, server.origin, folder / "disturbed")
        killed_at = disturbed(server, start, kills, chance, result)
        _judge(server.log, killed_at, result)
    _compare(folder / "undisturbed", folder / "disturbed", result)
    return result


def archive(articles: int) -> Archive:
    """Return articles, every seventh with a farewell besides, and odd captures of some."""
    found = generated(articles, paragraphs=3, captures=2, farewell_every=7, is_updated=True)
    odd: list[FakeMemento] = []
    for number in range(5, articles, _EVERY):
        # Each article has bytes of its own: a digest that articles share is tried last.
        lost, turning = b"lost %d" % number, b"turning %d" % number
        odd += [
            FakeMemento(warcs.address(number), "20220105101010", lost, playable=False),
            # Newer than the good capture and useless: the crawl must fall back.
            FakeMemento(warcs.address(number + 1), "20220106101010", warcs.farewell_page),
            samples.error(warcs.address(number + 2), "20220107101010"),
            *(FakeMemento(warcs.address(number + 3), at, turning) for at in CIRCLE),
        ]
    found.add(*odd)
    return found


def circles() -> list[Rule]:
    """Return the rules by which two captures redirect to each other."""
    first, second = CIRCLE
    return [
        on_playback(faults.nearest(second), path=f"/web/{first}"),
        on_playback(faults.nearest(first), path=f"/web/{second}"),
    ]


def everything(seed: int, index_faults: int) -> Faults:
    """Return every fault that leaves the captures intact (docs/wayback.md 1.5, 2.4 to 2.9).

    No fault is injected more than twice for a target, so that five attempts succeed.
    """
    on_pages = {
        faults.too_many(RETRY_AFTER): 0.002,
        faults.too_many(): 0.002,
        faults.too_many(status=200): 0.001,
        faults.outage(503): 0.001,
        faults.outage(200): 0.001,
        faults.refused(0.3): 0.001,
        faults.gateway(502): 0.01,
        faults.gateway(503): 0.01,
        faults.gateway(504): 0.01,
        faults.hung_up(): 0.005,
        faults.reset(): 0.005,
        faults.reset(0.5): 0.005,
        faults.cut_short(): 0.01,
        faults.shortened(): 0.01,
        faults.empty(): 0.01,
        faults.blank(): 0.005,
        faults.gzip_cut(): 0.01,
        faults.gzip_claimed(): 0.02,
        faults.gzip_unasked(): 0.02,
        faults.gzip_unsaid(): 0.02,
        faults.gzip_twice(): 0.02,
        faults.doubled_encoding(): 0.02,
        faults.slow(0.3): 0.01,
    }
    of_index = (faults.outage(200), faults.too_many(), faults.gateway(504), faults.shortened(0.7))
    rules = [on_playback(fault, chance=part, times_each=2) for fault, part in on_pages.items()]
    rules += [on_index(fault, number) for number, fault in enumerate(of_index[:index_faults], 1)]
    rules += circles()
    return Faults(rules, quirks=Quirks(repeated_rows=0.4, seam_repeats=True), seed=seed)


# --- the crawl --------------------------------------------------------------------------------


def _start(origin: str, out: Path) -> subprocess.Popen[bytes]:
    pace = ["--rate", str(RATE), "--cooldown", str(COOLDOWN), "--concurrency", str(CONCURRENCY)]
    command = [str(HKCNEWS), "crawl", "--out", str(out), "--archive", origin, *pace]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def disturbed(
    server: Replay,
    start: Callable[[], subprocess.Popen[bytes]],
    kills: int,
    chance: random.Random,
    result: Result,
) -> list[float]:
    """Run to the end with `kills` kills on the way; return the times of the kills."""
    killed_at = []
    for _ in range(_MAX_RUNS):
        process = start()
        seconds = _SECONDS_A_RUN
        if result.kills < kills:
            # The random time starts with a request, not with the start of the interpreter.
            with contextlib.suppress(TimeoutError):
                server.wait_for(len(server.log) + 1, _START_SECONDS)
            seconds = chance.uniform(0.1, 2.5)
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            killed_at.append(time.monotonic())
            result.kills += 1
            if chance.random() < 0.4:
                server.away(chance.uniform(0.5, 2.0))
                result.aways += 1
            continue
        if code == _DONE:
            return killed_at
        if code != _PAUSED:
            result.wrong.append(f"a run ended with {code}")
        result.paused_runs += 1
    result.wrong.append(f"not done after {_MAX_RUNS} runs")
    return killed_at


# --- the judgement --------------------------------------------------------------------------


def _judge(log: list[Request], killed_at: list[float], result: Result) -> None:
    result.requests = len(log)
    result.injected = Counter(request.fault for request in log if request.fault)
    pages = [request for request in log if request.endpoint == "playback"]
    result.max_a_second = _max_in_a_second([request.at for request in pages])
    if result.max_a_second > RATE + CONCURRENCY:  # which may come in together, if it was busy
        result.wrong.append(f"{result.max_a_second} requests in a second")
    look_for_pauses(log, killed_at, result)
    good = Counter(r.target for r in pages if r.kind == "capture" and r.fault in HARMLESS)
    result.fetched_again = sum(count - 1 for count in good.values())
    if result.fetched_again > CONCURRENCY * (result.kills + result.aways):
        result.wrong.append(f"{result.fetched_again} captures fetched again")


# The response is complete, only oddly encoded, or late.
HARMLESS = frozenset(
    {"", "slow", "gzip claimed", "gzip unasked", "gzip unsaid", "gzip twice", "doubled encoding"}
)


def _max_in_a_second(times: list[float]) -> int:
    most, first = 0, 0
    for last, at in enumerate(times):
        while times[first] <= at - 1.0:
            first += 1
        most = max(most, last - first + 1)
    return most


def look_for_pauses(log: list[Request], killed_at: list[float], result: Result) -> None:
    """Check that no request came between a refusal and the end of its pause.

    A crawl that was killed before it read the refusal does not know of the pause. On a busy machine
    those that were under way may be late.
    """
    for number, request in enumerate(log):
        seconds = _pause(request)
        start, end = request.at + _LATENCY, request.at + seconds
        if not seconds or any(request.at <= kill <= start for kill in killed_at):
            continue
        result.pauses += 1
        early = [later for later in log[number + 1 :] if start < later.at < end]
        if len(early) >= CONCURRENCY:
            result.wrong.append(
                f"{len(early)} requests within {seconds} s after {request.fault}, "
                f"the first after {early[0].at - request.at:.2f} s"
            )


def _pause(request: Request) -> float:
    """Return the pause after a response, in seconds."""
    if request.fault.startswith("429"):
        return COOLDOWN
    return COOLDOWN if request.fault.startswith("outage") else 0.0


def _compare(undisturbed: Path, disturbed: Path, result: Result) -> None:
    """Check that both crawls have the same articles, and no partial files."""
    expected, actual = _files(undisturbed), _files(disturbed)
    result.articles = len(expected)
    for name in sorted(expected.keys() | actual.keys()):
        if expected.get(name) != actual.get(name):
            result.wrong.append(f"{name} is not as in the undisturbed run")
    result.wrong += [f"{path} was left half-written" for path in disturbed.rglob("*.part")]


def _files(out: Path) -> dict[str, bytes]:
    return {str(p.relative_to(out)): p.read_bytes() for p in out.glob("articles/*/*.md")}


def main(articles: str = "3000", kills: str = "25", seed: str = "1") -> int:
    """Run the campaign; return the exit code."""
    with tempfile.TemporaryDirectory(prefix="hkcnews-") as folder:
        result = campaign(Path(folder), int(articles), int(kills), int(seed))
    print(result)  # noqa: T201
    return 1 if result.wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
