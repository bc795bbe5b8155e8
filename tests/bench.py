"""Speed as ratios from one run, its parts in turn: what this tool takes, and what others do.

    python tests/bench.py

Part 1 takes processor seconds, part 2 the wall time and the memory of whole commands. Each
ratio is the median of the rounds, with the smallest and the largest behind it.
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
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType
from selectolax.lexbor import LexborHTMLParser

from normalise import Capture, extract, render
from scraper import fixtures

SHARED = Path(__file__).parents[2] / "shared"
ROUNDS = 7
SLOW_SAMPLE = 60  # pages a round for the slow contenders
JOBS_ARTICLES = 12_000

Pages = list[tuple[Capture, bytes]]


def main() -> None:
    """Print the tables."""
    _say(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}, {ROUNDS} rounds")
    sets = [name for name, pages in PAGES.items() if pages()]
    for name in sets:
        _bytes_to_text(name)
    _jobs_and_memory(PAGES[sets[-1]]())


# --- bytes to finished text, one core ---------------------------------------------------------


def _ours(capture: Capture, html: bytes) -> None:
    render(extract(html, capture)).encode("utf-8")


def _parse(_: Capture, html: bytes) -> None:
    LexborHTMLParser(html)


def _trafilatura(_: Capture, html: bytes) -> None:
    import trafilatura

    trafilatura.extract(html, output_format="markdown", with_metadata=True, include_links=True)


def _markdownify(_: Capture, html: bytes) -> None:
    from bs4 import BeautifulSoup
    from markdownify import MarkdownConverter

    soup = BeautifulSoup(html, "html.parser")
    content = soup.select_one(".article-content")
    MarkdownConverter(heading_style="ATX").convert_soup(content or soup)


CONTENDERS = {
    "this tool": _ours,
    "parsing alone": _parse,
    "trafilatura": _trafilatura,
    "markdownify": _markdownify,
}
SLOW = ("trafilatura", "markdownify")


def _bytes_to_text(name: str) -> None:
    pages = PAGES[name]()
    size = statistics.mean(len(html) for _, html in pages)
    _say("\nBytes to the text of the file, one core, each contender in a process of its own")
    _say(f"{len(pages):,} pages of {name}, {size:,.0f} bytes each")
    rounds = [{who: _measured(who, name) for who in CONTENDERS} for _ in range(ROUNDS)]
    for who in CONTENDERS:
        middle = statistics.median(times[who] for times in rounds)
        _say(f"  {middle * 1e6:8,.0f} microseconds a page: {who}")
    ours = "this tool"
    _ratio(
        "times as long as selectolax parsing alone",
        [times[ours] / times["parsing alone"] for times in rounds],
    )
    for who in SLOW:
        _ratio(f"times faster than {who}", [times[who] / times[ours] for times in rounds])


def _measured(who: str, name: str) -> float:
    """Seconds a page of one contender, measured by a process that does nothing else."""
    command = [sys.executable, __file__, who, name]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def _measure(who: str, name: str) -> None:
    """Print the seconds a page that a contender takes, once it is warm."""
    pages, work = PAGES[name](), CONTENDERS[who]
    if who in SLOW:
        pages = pages[:: max(1, len(pages) // SLOW_SAMPLE)]
    for capture, html in pages:
        work(capture, html)
    start = time.process_time()
    for capture, html in pages:
        work(capture, html)
    _say(str((time.process_time() - start) / len(pages)))


# --- worker processes and memory --------------------------------------------------------------


@dataclass(frozen=True)
class _Run:
    seconds: float
    megabytes: float


def _jobs_and_memory(pages: Pages) -> None:
    _say(f"\nThe command on one WARC of {JOBS_ARTICLES:,} articles")
    with tempfile.TemporaryDirectory() as folder:
        large, small = Path(folder, "large.warc.gz"), Path(folder, "small.warc.gz")
        _write_warc(large, pages, JOBS_ARTICLES)
        _write_warc(small, pages, JOBS_ARTICLES // 10)
        ratios, memory = [], []
        for count in range(ROUNDS):
            one = _command(large, Path(folder, f"one-{count}"), jobs=1)
            two = _command(large, Path(folder, f"two-{count}"), jobs=2)
            less = _command(small, Path(folder, f"less-{count}"), jobs=1)
            ratios.append(one.seconds / two.seconds)
            memory.append(one.megabytes / less.megabytes)
    _say(f"  one job: {one.seconds:.1f} s, at most {one.megabytes:.0f} MB")
    _ratio("times faster with --jobs 2 than with --jobs 1", ratios)
    _ratio("times the memory for ten times the articles", memory)


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


def _write_warc(path: Path, pages: Pages, count: int) -> None:
    with path.open("wb") as file:
        for number in range(count):
            _, html = pages[number % len(pages)]
            record = WarcRecord()
            http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + html
            record.init_headers(WarcRecordType.response)
            record.headers["WARC-Target-URI"] = f"https://www.hkcnews.com/article/{number + 1}/x"
            record.headers["WARC-Date"] = "2021-06-29T18:32:15Z"
            record.headers["Content-Type"] = "application/http; msgtype=response"
            record.set_bytes_content(http)
            member = io.BytesIO()
            record.write(member)
            file.write(gzip.compress(member.getvalue(), compresslevel=1))


def _bundled() -> Pages:
    return [(f.capture, f.page) for f in fixtures.every() if f.name.startswith("articles/")]


def _reconstructed() -> Pages:
    path = SHARED / "pages" / "pages.warc.gz"
    if not path.exists():
        return []
    return list(_pages_of(path))


def _pages_of(path: Path) -> Iterable[tuple[Capture, bytes]]:
    with path.open("rb") as file:
        for record in ArchiveIterator(file, record_types=WarcRecordType.response):
            timestamp = record.record_date.strftime("%Y%m%d%H%M%S")
            yield Capture(timestamp, record.headers["WARC-Target-URI"]), record.reader.read()


PAGES: dict[str, Callable[[], Pages]] = {
    "fixtures/": _bundled,
    "../shared/pages": _reconstructed,
}


# --- output -----------------------------------------------------------------------------------


def _ratio(what: str, values: list[float]) -> None:
    low, middle, high = min(values), statistics.median(values), max(values)
    _say(f"  {middle:6.2f} {what} ({low:.2f} to {high:.2f})")


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201


if __name__ == "__main__":
    if len(sys.argv) > 1:
        _measure(*sys.argv[1:])
    else:
        main()
