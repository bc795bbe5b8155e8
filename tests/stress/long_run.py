"""A long crawl and a long rendering from its store: memory, open files, and slowing down.

    PYTHONPATH=tests python -m stress.long_run [ARTICLES]

The stand-in archive serves made-up articles on loopback without a rate limit. While a command
runs, the memory and the open files of its processes are read ten times a second. Growth is the
time of an article late in the run, divided by that of one early in the run.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bench.figures import machine, say
from fake_archive import Replay, generated, replay

HKCNEWS = Path(sys.executable).with_name("hkcnews")
PARAGRAPHS = 15
KEPT = {"ledger": "crawl.db", "WARC": "captures/*.warc.gz"}


@dataclass
class Run:
    """The time of a command, and the largest memory and number of files of one process."""

    seconds: float = 0.0
    megabytes: float = 0.0
    open_files: int = 0

    def __str__(self) -> str:
        return (
            f"{self.seconds:.1f} s; at most {self.megabytes:.0f} MB and {self.open_files} open "
            "files in a process"
        )


def main(articles: str = "50000") -> None:
    """Print the figures."""
    few, some, many = int(articles) // 10, int(articles) // 2, int(articles)
    say(machine())
    in_memory = Path("/dev/shm")  # noqa: S108 - the disk is not measured here
    with tempfile.TemporaryDirectory(dir=in_memory if in_memory.is_dir() else None) as folder:
        rendered = {count: _all_of(count, Path(folder, str(count))) for count in (few, some, many)}
    early = (rendered[some].seconds - rendered[few].seconds) / (some - few)
    late = (rendered[many].seconds - rendered[some].seconds) / (many - some)
    say(f"\nAn article rendered late: {late / early:.2f} times the time of an early one")


def _all_of(count: int, out: Path) -> Run:
    """Crawl, crawl again, and render from the store; return what rendering took."""
    say(f"\n{count:,} articles")
    with replay(
        partial(generated, count, paragraphs=PARAGRAPHS, is_updated=True), process=True
    ) as server:
        crawl = ["crawl", "--out", str(out), "--archive", server.origin, "--rate", "0"]
        crawl += ["--cooldown", "1"]
        say(f"  crawl: {run(*crawl)}")
        say(f"  a page crawled late: {_growth(server):.2f} times the time of an early one")
        sizes = {name: sum(p.stat().st_size for p in out.glob(at)) for name, at in KEPT.items()}
        shown = ", ".join(f"{name} {size / 1e6:.1f} MB" for name, size in sizes.items())
        say(f"  {shown}, {sum(sizes.values()) / count:,.0f} bytes an article")
        say(f"  crawl again: {run(*crawl)}")
    anew = out.with_name(f"{count}-anew")
    rendered = run("normalise", str(out), "--out", str(anew))
    say(f"  normalise, all from the store: {rendered}; {count / rendered.seconds:,.0f} a second")
    if _files(anew) != _files(out) or len(_files(out)) != count:
        raise SystemExit("WRONG: what is rendered from the store is not what was crawled")
    return rendered


def run(*arguments: str) -> Run:
    """Run the command and look at its processes all the time."""
    taken = Run()
    start = time.perf_counter()
    process = subprocess.Popen([HKCNEWS, *arguments], stdout=subprocess.DEVNULL, stderr=-3)
    while process.poll() is None:
        for pid in _with_descendants(process.pid):
            with contextlib.suppress(OSError):  # it has just ended
                _measure(pid, taken)
        time.sleep(0.1)
    taken.seconds = time.perf_counter() - start
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, "hkcnews")
    return taken


def _measure(pid: int, run: Run) -> None:
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    peaks = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")]
    run.megabytes = max([run.megabytes, *(int(kilobytes) / 1000 for kilobytes in peaks)])
    run.open_files = max(run.open_files, len(os.listdir(f"/proc/{pid}/fd")))  # noqa: PTH208


def _with_descendants(pid: int) -> list[int]:
    found = [pid]
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text(encoding="ascii").split():
                found += _with_descendants(int(child))
    return found


def _growth(server: Replay) -> float:
    """The time of a page in the last fifth of the crawl against the second fifth."""
    times = [request.at for request in server.log if request.endpoint == "playback"]
    fifth = len(times) // 5
    return (times[-1] - times[-fifth]) / (times[2 * fifth] - times[fifth + 1])


def _files(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in out.glob("articles/*/*.md")}


if __name__ == "__main__":
    main(*sys.argv[1:])
