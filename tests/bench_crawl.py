"""The crawl against a bare loop of httpx, its memory, and what it takes to find nothing to do.

    python tests/bench_crawl.py

A replay of made-up articles serves both on loopback, from a process of its own, without a pace.
Speed is taken from the server's log, from the 501st page asked for to the last: so the start-up
of either side is left out.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import warcs
from replay import Replay, generated, replay

ROUNDS = 5
ARTICLES = 3_000
LEFT_OUT = 500
PARAGRAPHS = 15
CONCURRENCY = 4
FEW, MANY = 1_000, 50_000
HKCNEWS = Path(sys.executable).with_name("hkcnews")


def main() -> None:
    """Print the figures."""
    _say(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}, {ROUNDS} rounds")
    in_memory = Path("/dev/shm")  # noqa: S108 - a disk would be measured elsewhere
    with tempfile.TemporaryDirectory(dir=in_memory if in_memory.is_dir() else None) as folder:
        _speed(Path(folder))
        _memory(Path(folder))


def _speed(folder: Path) -> None:
    ratios, crawled, bare = [], [], []
    requests = 0
    for number in range(ROUNDS):
        with _server(ARTICLES) as server:
            asyncio.run(_bare(server.origin, ARTICLES))
            bare.append(_pages_a_second(server))
        out = folder / str(number)
        with _server(ARTICLES) as server:
            _crawl(server.origin, out)
            crawled.append(_pages_a_second(server))
            requests = sum(request.endpoint == "playback" for request in server.log)
        ratios.append(crawled[-1] / bare[-1])
        written = sum(1 for _ in out.glob("articles/*/*.md"))
        shutil.rmtree(out)
    _say(f"\nThe crawl of {ARTICLES:,} articles, {CONCURRENCY} requests at a time:")
    _say(f"  {statistics.median(bare):8,.0f} pages a second: a bare loop of httpx")
    _say(f"  {statistics.median(crawled):8,.0f} pages a second: the crawl")
    low, middle, high = min(ratios), statistics.median(ratios), max(ratios)
    _say(f"  {middle:8.2f} of the bare loop ({low:.2f} to {high:.2f})")
    _say(f"  {requests / written:8.3f} playback requests a written page")


def _memory(folder: Path) -> None:
    _say("\nMemory and the time to find that nothing is to do:")
    for count in (FEW, MANY):
        out = folder / f"memory-{count}"
        with _server(count) as server:
            megabytes, seconds = _crawl(server.origin, out)
            _say(f"  {count:8,} articles: {seconds:.0f} s, at most {megabytes:.0f} MB in a process")
            _, seconds = _crawl(server.origin, out)
            _say(f"  {'':8} again: {seconds:.1f} s")
        sizes = {name: sum(p.stat().st_size for p in out.glob(name)) for name in _KEPT}
        _say("  " + ", ".join(f"{name} {size / 1e6:.1f} MB" for name, size in sizes.items()))
        shutil.rmtree(out)


_KEPT = ("crawl.db", "captures/*.warc.gz")


def _server(count: int) -> AbstractContextManager[Replay]:
    return replay(partial(generated, count, paragraphs=PARAGRAPHS), process=True)


async def _bare(origin: str, count: int) -> None:
    """What nobody could do with less: GET every page, and forget it."""
    import httpx

    timestamp = warcs.TIMESTAMP
    addresses = (f"{origin}/web/{timestamp}id_/{warcs.address(n + 1)}" for n in range(count))
    limits = httpx.Limits(max_connections=CONCURRENCY, max_keepalive_connections=CONCURRENCY)
    async with httpx.AsyncClient(limits=limits) as client:

        async def work() -> None:
            for address in addresses:
                (await client.get(address)).raise_for_status()

        await asyncio.gather(*(work() for _ in range(CONCURRENCY)))


def _crawl(origin: str, out: Path) -> tuple[float, float]:
    """Run the command; return the memory of its largest process in MB, and seconds."""
    arguments = ["crawl", "--out", str(out), "--archive", origin, "--rate", "0", "--cooldown", "1"]
    start = time.perf_counter()
    child = os.posix_spawn(
        HKCNEWS,
        [str(HKCNEWS), *arguments, "--concurrency", str(CONCURRENCY)],
        os.environ,
        file_actions=[(os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0)],
    )
    _, status, usage = os.wait4(child, 0)
    seconds = time.perf_counter() - start
    if status:
        raise subprocess.CalledProcessError(os.waitstatus_to_exitcode(status), "hkcnews crawl")
    return usage.ru_maxrss / 1024, seconds


def _pages_a_second(server: Replay) -> float:
    times = [request.at for request in server.log if request.endpoint == "playback"]
    return (len(times) - 1 - LEFT_OUT) / (times[-1] - times[LEFT_OUT])


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
