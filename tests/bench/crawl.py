"""Speed of the crawl, beside a bare loop of httpx and other clients.

    PYTHONPATH=tests python -m bench.crawl [--small]

The stand-in archive serves made-up articles on loopback, from a process of its own, without a
rate limit. Speed is taken from its log, from the 501st requested page to the last, so that
start-up does not count. The other clients (tests/bench/peers.py) fetch the same pages with the
same concurrency and save only their bytes: no index, no extraction, no WARC, no ledger.
"""

from __future__ import annotations

import asyncio
import shutil
import statistics
import subprocess
import sys
import tempfile
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

from bench.figures import is_small, machine, ratio, say, versions
from bench.peers import CONCURRENCY, PEERS
from fake_archive import Replay, generated, replay
from support import warcs

ROUNDS = 1 if is_small() else 5
ARTICLES = 300 if is_small() else 3_000
LEFT_OUT = ARTICLES // 6
PARAGRAPHS = 15
HKCNEWS = Path(sys.executable).with_name("hkcnews")
BARE, CRAWL = "a bare loop of httpx", "the crawl"


def main() -> None:
    """Print the figures."""
    say(f"{machine()}; {ROUNDS} rounds")
    say(versions(("httpx", "requests", "urllib3", *PEERS)))
    in_memory = Path("/dev/shm")  # noqa: S108 - the disk is not measured here
    with tempfile.TemporaryDirectory(dir=in_memory if in_memory.is_dir() else None) as folder:
        _speed(Path(folder))


def _speed(folder: Path) -> None:
    rounds = []
    for _ in range(ROUNDS):
        speeds = {BARE: _speed_of_bare()}
        speeds[CRAWL], requests = _speed_of_crawl(folder / "crawl")
        speeds |= {peer: _speed_of_peer(peer, folder / peer) for peer in PEERS}
        rounds.append(speeds)
    say(f"\n{ARTICLES:,} articles, {CONCURRENCY} requests at a time:")
    for who in rounds[0]:
        say(f"  {statistics.median(speeds[who] for speeds in rounds):8,.0f} pages a second: {who}")
    ratio(f"of {BARE}", [speeds[CRAWL] / speeds[BARE] for speeds in rounds])
    for peer in PEERS:
        ratio(f"times as fast as {peer}", [speeds[CRAWL] / speeds[peer] for speeds in rounds])
    fastest = [speeds[CRAWL] / max(speeds[peer] for peer in PEERS) for speeds in rounds]
    ratio("times as fast as the faster of them", fastest)
    say(f"  {requests:8.3f} playback requests a written page")


def _speed_of_bare() -> float:
    with _server(ARTICLES) as server:
        asyncio.run(_bare(server.origin, ARTICLES))
        return _pages_a_second(server)


def _speed_of_crawl(out: Path) -> tuple[float, float]:
    """Return pages a second, and playback requests for each written page."""
    with _server(ARTICLES) as server:
        _crawl(server.origin, out)
        speed = _pages_a_second(server)
        requests = sum(request.endpoint == "playback" for request in server.log)
    written = sum(1 for _ in out.glob("articles/*/*.md"))
    shutil.rmtree(out)
    return speed, requests / written


def _speed_of_peer(peer: str, out: Path) -> float:
    out.mkdir()
    with _server(ARTICLES) as server:
        arguments = [peer, server.origin, str(ARTICLES), str(out)]
        command = [sys.executable, "-m", "bench.peers", *arguments]
        subprocess.run(command, check=True)
        speed = _pages_a_second(server)
    written = sum(path.is_file() for path in out.rglob("*"))
    shutil.rmtree(out)
    if written != ARTICLES:
        raise RuntimeError(f"{peer} has saved {written} of {ARTICLES} pages")
    return speed


def _server(count: int) -> AbstractContextManager[Replay]:
    return replay(partial(generated, count, paragraphs=PARAGRAPHS, is_updated=True), process=True)


async def _bare(origin: str, count: int) -> None:
    """GET every page and drop it: the least that a client can do."""
    import httpx

    timestamp = warcs.TIMESTAMP
    addresses = (f"{origin}/web/{timestamp}id_/{warcs.address(n + 1)}" for n in range(count))
    limits = httpx.Limits(max_connections=CONCURRENCY, max_keepalive_connections=CONCURRENCY)
    async with httpx.AsyncClient(limits=limits) as client:

        async def work() -> None:
            for address in addresses:
                (await client.get(address)).raise_for_status()

        await asyncio.gather(*(work() for _ in range(CONCURRENCY)))


def _crawl(origin: str, out: Path) -> None:
    pace = ["--rate", "0", "--cooldown", "1", "--concurrency", str(CONCURRENCY)]
    command = [str(HKCNEWS), "crawl", "--out", str(out), "--archive", origin, *pace]
    subprocess.run(command, check=True, capture_output=True)


def _pages_a_second(server: Replay) -> float:
    times = [request.at for request in server.log if request.endpoint == "playback"]
    return (len(times) - 1 - LEFT_OUT) / (times[-1] - times[LEFT_OUT])


if __name__ == "__main__":
    main()
