"""Speed as ratios from one run, its parts in turn: what this tool takes, and what others do.

    python tests/bench.py

Part 1 takes processor seconds, part 2 the wall time and the memory of whole commands. Each
ratio is the median of the rounds, with the smallest and the largest behind it.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

ROOT = Path(__file__).parents[1]
ROUNDS = 5
SLOW_SAMPLE = 60  # pages a round for the slow contenders
JOBS_ROUNDS = 5
JOBS_ARTICLES = 20_000

# Timestamp, address and body of a capture. What a contender needs it imports itself, so that
# its process is as one that does nothing else.
Page = tuple[str, str, bytes]


def main() -> None:
    """Print the tables."""
    _say(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}, {ROUNDS} rounds")
    sets = [name for name, pages in PAGES.items() if next(pages(), None)]
    for name in sets:
        _bytes_to_text(name)
    _jobs_and_memory(list(PAGES[sets[-1]]()))


# --- pages ------------------------------------------------------------------------------------


def _bundled() -> Iterator[Page]:
    for path in sorted((ROOT / "fixtures" / "articles").glob("*/capture.json")):
        saved = json.loads(path.read_bytes())
        yield saved["timestamp"], saved["original"], path.with_name("page.html").read_bytes()


def _reconstructed() -> Iterator[Page]:
    path = ROOT.parent / "shared" / "pages" / "pages.warc.gz"
    if not path.exists():
        return
    with path.open("rb") as file:
        for record in ArchiveIterator(file, record_types=WarcRecordType.response):
            timestamp = record.record_date.strftime("%Y%m%d%H%M%S")
            yield timestamp, record.headers["WARC-Target-URI"], record.reader.read()


PAGES: dict[str, Callable[[], Iterator[Page]]] = {
    "fixtures/": _bundled,
    "../shared/pages": _reconstructed,
}


# --- bytes to finished text, one core ---------------------------------------------------------


def _ours() -> Callable[[Page], object]:
    from normalise import Capture, extract, render

    return lambda page: render(extract(page[2], Capture(*page[:2]))).encode("utf-8")


def _parsing() -> Callable[[Page], object]:
    from selectolax.lexbor import LexborHTMLParser

    return lambda page: LexborHTMLParser(page[2])


def _parsing_with_memory_kept() -> Callable[[Page], object]:
    bytes(30_000_000)  # see normalise/tree.py
    return _parsing()


def _trafilatura() -> Callable[[Page], object]:
    from trafilatura import extract

    return lambda page: extract(page[2], output_format="markdown", with_metadata=True)


def _markdownify() -> Callable[[Page], object]:
    from markdownify import markdownify

    return lambda page: markdownify(page[2].decode("utf-8", "replace"))


def _markdownify_content() -> Callable[[Page], object]:
    """What somebody would write with the two: the fields by their selectors, the body converted."""
    from bs4 import BeautifulSoup
    from markdownify import MarkdownConverter

    converter = MarkdownConverter(heading_style="ATX")

    def work(page: Page) -> object:
        soup = BeautifulSoup(page[2], "html.parser")
        keywords = soup.find("meta", attrs={"name": "keywords"})
        fields = [soup.find("h1"), *(soup.find(class_=name) for name in ("article-info", "group"))]
        content = soup.find(class_="article-content") or soup
        text = converter.convert_soup(content)
        return keywords, [field.get_text() for field in fields if field], text

    return work


OURS = "this tool"
CONTENDERS = {
    OURS: _ours,
    "selectolax parsing alone": _parsing,
    "the same, freed memory kept": _parsing_with_memory_kept,
    "trafilatura, Markdown with metadata": _trafilatura,
    "BeautifulSoup with markdownify": _markdownify,
    "the same, just the fields and the content": _markdownify_content,
}
SLOW = list(CONTENDERS)[3:]


def _bytes_to_text(name: str) -> None:
    sizes = [len(html) for _, _, html in PAGES[name]()]
    _say("\nBytes to the text of the file, one core, each contender in a process of its own:")
    _say(f"{len(sizes):,} pages of {name}, {statistics.mean(sizes):,.0f} bytes each")
    rounds = [{who: _measured(who, name) for who in CONTENDERS} for _ in range(ROUNDS)]
    for who in CONTENDERS:
        middle = statistics.median(times[who] for times in rounds)
        _say(f"  {middle * 1e6:8,.0f} microseconds a page: {who}")
    for who in CONTENDERS:
        if who in SLOW:
            _ratio(f"times faster than {who}", [times[who] / times[OURS] for times in rounds])
        elif who != OURS:
            _ratio(f"times as long as {who}", [times[OURS] / times[who] for times in rounds])


def _measured(who: str, name: str) -> float:
    """Seconds a page of one contender, measured by a process that does nothing else."""
    command = [sys.executable, __file__, who, name]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def _measure(who: str, name: str) -> None:
    """Print the seconds a page that a contender takes, once it is warm."""
    pages, work = list(PAGES[name]()), CONTENDERS[who]()
    if who in SLOW:
        pages = pages[:: max(1, len(pages) // SLOW_SAMPLE)]
    for page in pages:
        work(page)
    start = time.process_time()
    for page in pages:
        work(page)
    _say(str((time.process_time() - start) / len(pages)))


# --- worker processes and memory --------------------------------------------------------------


@dataclass(frozen=True)
class _Run:
    seconds: float
    megabytes: float


def _jobs_and_memory(pages: list[Page]) -> None:
    _say(f"\nThe command on one WARC of {JOBS_ARTICLES:,} articles, {JOBS_ROUNDS} rounds")
    in_memory = Path("/dev/shm")  # noqa: S108 - a disk would be measured elsewhere
    with tempfile.TemporaryDirectory(dir=in_memory if in_memory.is_dir() else None) as folder:
        large, small = Path(folder, "large.warc.gz"), Path(folder, "small.warc.gz")
        _write_warc(large, pages, JOBS_ARTICLES)
        _write_warc(small, pages, JOBS_ARTICLES // 10)
        ratios, memory = [], []
        for count in range(JOBS_ROUNDS):
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


# --- output -----------------------------------------------------------------------------------


def _ratio(what: str, values: list[float]) -> None:
    low, middle, high = min(values), statistics.median(values), max(values)
    _say(f"  {middle:8.2f} {what} ({low:.2f} to {high:.2f})")


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201


if __name__ == "__main__":
    if len(sys.argv) > 1:
        _measure(*sys.argv[1:])
    else:
        main()
