"""The ledger with an index of two million records: seconds of our own work, megabytes, a restart.

    PYTHONPATH=tests python -m bench.ledger [--small]

The records are of 49,122 articles under three addresses each, in the order of the index, made here
and handed over page by page as its JSON. Making them does not count.
"""

from __future__ import annotations

import base64
import hashlib
import json
import resource
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path

import httpx
from bench.figures import is_small, machine, say

from scraper.crawl.ledger import Ledger
from scraper.crawl.outcomes import CaptureSource
from scraper.wayback.cdx import FIELDS, PAGE_SIZE, parse_response

RECORDS = 100_000 if is_small() else 2_000_000
ARTICLES = sorted(range(1, 49_123), key=str)  # as urlkeys sort
ORIGINS = ("https://www.hkcnews.com", "http://www.hkcnews.com", "https://hkcnews.com")
SLUG = "%E6%B8%A1%E8%BC%AA-%E9%9B%A2%E5%B3%B6" * 3


def rows() -> Iterator[list[str]]:
    """Yield the rows of the index."""
    captures = RECORDS // len(ARTICLES) + 1
    for article in ARTICLES:
        for number in range(captures):
            digest = hashlib.sha1(f"{article} {number}".encode(), usedforsecurity=False).digest()
            yield [
                f"com,hkcnews)/article/{article}/x",
                str(20_170_101_000_000 + number * 100_000_000 + article),
                f"{ORIGINS[number % 3]}/article/{article}/{SLUG}",
                *("text/html", "200", base64.b32encode(digest).decode()),
            ]


def main() -> None:
    """Print the figures."""
    say(f"{machine()}; {RECORDS:,} records in pages of {PAGE_SIZE:,}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        seconds = _fill(folder)
        size = sum(path.stat().st_size for path in folder.iterdir()) / 1e6
        say(f"  {seconds:8.1f} s of our own time to read and keep them")
        say(f"  {size:8.0f} MB of ledger")
        say(f"  {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3:8.0f} MB of memory")
        start = time.perf_counter()
        with closing(Ledger(folder)) as ledger:
            known = len(ledger.article_ids(CaptureSource.INDEX)), len(ledger.shared_digests())
        say(f"  {time.perf_counter() - start:8.2f} s to open it again: {known[0]:,} articles")


def _fill(folder: Path) -> float:
    seconds, left = 0.0, islice(rows(), RECORDS)
    with closing(Ledger(folder)) as ledger:
        while page := list(islice(left, PAGE_SIZE)):
            body = json.dumps([FIELDS, *page]).encode()
            start = time.perf_counter()
            records = parse_response(httpx.Response(200), body).records
            ledger.add_records(CaptureSource.INDEX, records, {"index key": page[-1][0]})
            seconds += time.perf_counter() - start
        start = time.perf_counter()
        ledger.update_shared_digests()
    return seconds + time.perf_counter() - start


if __name__ == "__main__":
    main()
