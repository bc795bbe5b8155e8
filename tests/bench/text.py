"""Speed of pages to text, and of the whole command, beside other tools.

    PYTHONPATH=tests python -m bench.text [--small]

Part 1 measures the processor time of all contenders on the same pages, part 2 the wall time and
the memory of whole commands. Contenders take turns in each round. A ratio is the median of the
rounds, with the smallest and the largest in brackets. What the same contenders keep of the pages
is measured by quality.py.
"""

from __future__ import annotations

import gzip
import io
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from bench.contenders import CONTENDERS, PACKAGES, PAGES, Page
from bench.figures import is_small, machine, ratio, say, versions
from fastwarc.warc import WarcRecord, WarcRecordType


@dataclass(frozen=True)
class _Size:
    """The amount of work: rounds, pages of a set, minimum seconds of a measurement, articles.

    `site` is the number of articles of the whole site.
    """

    rounds: int
    sample: int
    seconds: float
    articles: int
    site: int


SIZE = _Size(1, 12, 0.05, 400, 800) if is_small() else _Size(5, 150, 0.5, 20_000, 49_122)
WARM_UP = 20  # pages read before the clock starts


def main() -> None:
    """Print the tables."""
    say(f"{machine()}; {SIZE.rounds} rounds")
    say(versions(PACKAGES))
    sets = [name for name, pages in PAGES.items() if next(pages(), None)]
    for name in sets:
        _bytes_to_text(name)
    pages = list(PAGES[sets[-1]]())
    in_memory = Path("/dev/shm")  # noqa: S108 - the disk is not measured here
    with tempfile.TemporaryDirectory(dir=in_memory if in_memory.is_dir() else None) as folder:
        _jobs_and_memory(pages, Path(folder))
        _whole_site(pages, Path(folder))


# --- bytes to finished text, one core ---------------------------------------------------------


def _this_tool() -> Callable[[Page], object]:
    from normalise import Capture, extract, render

    return lambda page: render(extract(page[2], Capture(*page[:2]))).encode("utf-8")


def _parsing() -> Callable[[Page], object]:
    from selectolax.lexbor import LexborHTMLParser

    return lambda page: LexborHTMLParser(page[2])


def _parsing_with_memory_kept() -> Callable[[Page], object]:
    bytes(30_000_000)  # see normalise/page/dom.py
    return _parsing()


def _markdownify() -> Callable[[Page], object]:
    from markdownify import markdownify

    return lambda page: markdownify(page[2].decode("utf-8", "replace"))


THIS_TOOL = "this tool"
LIMITS: dict[str, Callable[[], Callable[[Page], object]]] = {
    "selectolax parsing alone": _parsing,
    "the same, freed memory kept": _parsing_with_memory_kept,
}
OTHERS: dict[str, Callable[[], Callable[[Page], object]]] = {
    **CONTENDERS,
    "markdownify, the whole page": _markdownify,
}
ALL: dict[str, Callable[[], Callable[[Page], object]]] = {THIS_TOOL: _this_tool, **LIMITS, **OTHERS}


def _bytes_to_text(name: str) -> None:
    sizes = [len(html) for _, _, html in _sample(name)]
    say("\nBytes to the text of the file, one core, each contender in a process of its own:")
    say(f"{len(sizes):,} pages of {name}, {statistics.mean(sizes):,.0f} bytes each")
    rounds = [{who: _measured(who, name) for who in ALL} for _ in range(SIZE.rounds)]
    for who in ALL:
        middle = statistics.median(times[who] for times in rounds)
        say(f"  {middle * 1e6:8,.0f} microseconds a page, {1 / middle:6,.0f} pages a second: {who}")
    for who in OTHERS:
        ratio(f"times as fast as {who}", [times[who] / times[THIS_TOOL] for times in rounds])
    for who in LIMITS:
        ratio(f"times as long as {who}", [times[THIS_TOOL] / times[who] for times in rounds])


def _sample(name: str) -> list[Page]:
    """Return some pages of a set, read one by one: freeing a large block would change malloc."""
    count = sum(1 for _ in PAGES[name]())
    return list(islice(PAGES[name](), 0, None, max(1, count // SIZE.sample)))


def _measured(who: str, name: str) -> float:
    """Return the seconds a page of one contender, measured in a process of its own."""
    command = [sys.executable, "-m", "bench.text", *sys.argv[1:], who, name]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def _measure(who: str, name: str) -> None:
    """Print the seconds a page of a contender after a warm-up.

    All pages are read in turn, again and again for the minimum time. A page on which another tool
    fails counts as read.
    """
    pages, work = _sample(name), ALL[who]()
    failures = () if who == THIS_TOOL else (Exception,)
    for page in pages[:WARM_UP]:
        with suppress(*failures):
            work(page)
    count, start, passed = 0, time.process_time(), 0.0
    while passed < SIZE.seconds:
        for page in pages:
            with suppress(*failures):
                work(page)
        count += len(pages)
        passed = time.process_time() - start
    say(str(passed / count))


# --- worker processes and memory --------------------------------------------------------------


@dataclass(frozen=True)
class _Run:
    seconds: float
    megabytes: float


def _jobs_and_memory(pages: list[Page], folder: Path) -> None:
    say(f"\nThe command on one WARC of {SIZE.articles:,} articles, {SIZE.rounds} rounds")
    large, small = folder / "large.warc.gz", folder / "small.warc.gz"
    _write_warc(large, pages, SIZE.articles)
    _write_warc(small, pages, SIZE.articles // 10)
    ratios, memory = [], []
    for count in range(SIZE.rounds):
        one = _command(large, folder / f"one-{count}", jobs=1)
        two = _command(large, folder / f"two-{count}", jobs=2)
        less = _command(small, folder / f"less-{count}", jobs=1)
        ratios.append(one.seconds / two.seconds)
        memory.append(one.megabytes / less.megabytes)
    say(f"  one job: {one.seconds:.1f} s, at most {one.megabytes:.0f} MB")
    ratio("times faster with --jobs 2 than with --jobs 1", ratios)
    ratio("times the memory for ten times the articles", memory)


def _whole_site(pages: list[Page], folder: Path) -> None:
    path = folder / "site.warc.gz"
    _write_warc(path, pages, SIZE.site)
    runs = [_command(path, folder / f"site-{count}", jobs=2) for count in range(3)]
    times = sorted(run.seconds for run in runs)
    say(
        f"  {SIZE.site:,} articles with --jobs 2: {times[1]:.1f} s ({times[0]:.1f} to "
        f"{times[2]:.1f}), at most {max(run.megabytes for run in runs):.0f} MB in a process"
    )


def _command(warc: Path, out: Path, jobs: int) -> _Run:
    """Run the command and return its wall time and the memory of its largest process."""
    arguments = ["-m", "scraper", "normalise", str(warc), "--out", str(out), "--jobs", str(jobs)]
    start = time.perf_counter()
    child = os.posix_spawn(
        sys.executable,
        [sys.executable, *arguments],
        os.environ,
        file_actions=[(os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0)],
    )
    _, status, usage = os.wait4(child, 0)
    seconds = time.perf_counter() - start
    if status:
        raise RuntimeError(f"the command ended with {os.waitstatus_to_exitcode(status)}")
    return _Run(seconds, usage.ru_maxrss / 1024)


def _write_warc(path: Path, pages: list[Page], count: int) -> None:
    with path.open("wb") as file:
        for number in range(count):
            http = (
                b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
                + pages[number % len(pages)][2]
            )
            record = WarcRecord()
            record.init_headers(WarcRecordType.response)
            record.headers["WARC-Target-URI"] = f"https://www.hkcnews.com/article/{number + 1}/x"
            record.headers["WARC-Date"] = "2021-06-29T18:32:15Z"
            record.headers["Content-Type"] = "application/http; msgtype=response"
            record.set_bytes_content(http)
            member = io.BytesIO()
            record.write(member)
            file.write(gzip.compress(member.getvalue(), compresslevel=1))


if __name__ == "__main__":
    arguments = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    if arguments:
        _measure(*arguments)
    else:
        main()
