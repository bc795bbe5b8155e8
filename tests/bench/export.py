"""Exports of 49,122 articles: seconds, and megabytes of all processes together.

    PYTHONPATH=tests python -m bench.export [--small] [FORMAT...]

The pages are those of the fixtures, again and again under other ids; `normalise` is measured too.
"""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path

from bench.figures import is_small, machine, say
from support.warcs import address, http, record, warc_date

ARTICLES = 500 if is_small() else 49_122
FIXTURES = Path(__file__).parents[2] / "fixtures" / "articles"
FORMATS = ("markdown", "hugo", "jsonl", "parquet", "sqlite")
HKCNEWS = Path(sys.executable).with_name("hkcnews")


def main() -> None:
    """Print the table."""
    say(f"{machine()}; {ARTICLES:,} articles")
    wanted = [each for each in sys.argv[1:] if each in FORMATS] or list(FORMATS)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = make_source(folder)
        _measure("normalise", ["normalise", source, "--out", folder / "seed"])
        for each in wanted:
            _measure(each, ["export", source, "--format", each, "--out", folder / each])


def make_source(folder: Path) -> Path:
    """A WARC file with every article once."""
    path = folder / "pages.warc.gz"
    pages = [
        (json.loads((each / "capture.json").read_bytes())["timestamp"], each / "page.html")
        for each in sorted(FIXTURES.iterdir())
    ]
    contents = [(timestamp, page.read_bytes()) for timestamp, page in pages]
    with path.open("wb") as file:
        for number, (timestamp, page) in enumerate(islice(cycle(contents), ARTICLES), start=1):
            part = record(http(page), uri=address(number), date=warc_date(timestamp))
            file.write(gzip.compress(part, 1))
    return path


def _measure(name: str, arguments: list[object]) -> None:
    start, peak = time.monotonic(), 0
    command = [str(each) for each in (HKCNEWS, *arguments, "--quiet")]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None:
            peak = max(peak, memory_of(process.pid))
            time.sleep(0.2)
    say(f"  {time.monotonic() - start:7.1f} s {peak / 1e3:6.0f} MB  {name}")


def memory_of(pid: int) -> int:
    """The resident memory of a process and of all that it has started, in kilobytes."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    try:
        pids = list(map(int, children.read_text().split()))
    except OSError:
        pids = []
    return _resident(pid) + sum(map(memory_of, pids))


def _resident(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS")), 0)


if __name__ == "__main__":
    main()
