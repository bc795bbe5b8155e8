"""The reading room: milliseconds of its pages and searches, its start, its memory.

    PYTHONPATH=tests python -m bench.browse [--small] [ARCHIVE.DB]

Without a database one of 49,122 articles is made of the pages of the fixtures, again and again
under other ids. Every kind of page is asked for many times by one reader; words of one to four
characters are taken from the texts.
"""

from __future__ import annotations

import random
import re
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import httpx
from bench.export import HKCNEWS, make_source, memory_of
from bench.figures import is_small, machine, say

TIMES = 20 if is_small() else 200
SEED = 7


def main() -> None:
    """Print the table."""
    given = [Path(each) for each in sys.argv[1:] if each.endswith(".db")]
    with tempfile.TemporaryDirectory() as name:
        database = given[0] if given else _made(Path(name))
        with closing(sqlite3.connect(database)) as db:
            (count,) = db.execute("SELECT count(*) FROM articles").fetchone()
            say(f"{machine()}; {count:,} articles")
            asked = _addresses(db, random.Random(SEED))
        _measure(database, asked)


def _made(folder: Path) -> Path:
    source = make_source(folder)
    command = [HKCNEWS, "export", source, "--format", "sqlite", "--out", folder / "data", "--quiet"]
    subprocess.run([str(each) for each in command], check=True)
    return folder / "data" / "archive.db"


def _addresses(db: sqlite3.Connection, dice: random.Random) -> dict[str, list[str]]:
    """Addresses of each kind of page."""
    ids = [row[0] for row in db.execute("SELECT id FROM articles")]
    dates = [row[0] for row in db.execute("SELECT DISTINCT date FROM articles WHERE date > ''")]
    months = sorted({date[:7] for date in dates})
    words = _words(db, ids, dice)
    found = {
        "front page": [f"/?page={dice.randint(1, 900)}" for _ in range(TIMES)],
        "calendar": ["/calendar"] * TIMES,
        "month": [f"/month/{dice.choice(months)}" for _ in range(TIMES)],
        "day": [f"/day/{dice.choice(dates)}" for _ in range(TIMES)],
        "article": [f"/article/{dice.choice(ids)}" for _ in range(TIMES)],
        "search, newest first": [f"/search?q={quote(word)}" for word in words],
        "search, best first": [f"/search?q={quote(word)}&order=rank" for word in words],
        "search as one types": [f"/search?q={quote(word)}&part=1" for word in words],
    }
    for kind, table in (("category", "categories"), ("author", "authors"), ("tag", "tags")):
        names = [row[0] for row in db.execute(f"SELECT name FROM {table}")]  # noqa: S608
        found[kind] = [f"/{kind}?name={quote(dice.choice(names))}" for _ in range(TIMES)]
        found[f"all of {table}"] = [f"/{kind}"] * TIMES
    return found


def _words(db: sqlite3.Connection, ids: list[int], dice: random.Random) -> list[str]:
    """Words of one to four Han characters, as texts have them."""
    words: list[str] = []
    while len(words) < TIMES:
        query = "SELECT text FROM articles WHERE id = ?"
        (text,) = db.execute(query, (dice.choice(ids),)).fetchone()
        runs = re.findall(r"[\u4e00-\u9fff]{4,}", text)
        if runs:
            run = dice.choice(runs)
            start = dice.randrange(len(run))
            words.append(run[start : start + dice.randint(1, 4)])
    return words


def _measure(database: Path, asked: dict[str, list[str]]) -> None:
    command = [str(HKCNEWS), "browse", str(database), "--no-open", "--port", "0"]
    begun = time.monotonic()
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        line = next(each for each in process.stderr if "http" in each)
        address = re.search(r"http://[^ ]+", line)
        assert address is not None
        with httpx.Client(base_url=address[0], timeout=60) as client:
            client.get("/").raise_for_status()
            say(f"  {time.monotonic() - begun:.1f} s from the command to the first page")
            for name, addresses in asked.items():
                say(f"  {_percentiles(_milliseconds(client, addresses))}  {name}")
        say(f"  {memory_of(process.pid) / 1e3:.0f} MB of memory after that")
        process.terminate()


def _milliseconds(client: httpx.Client, addresses: Iterable[str]) -> list[float]:
    took = []
    for each in addresses:
        begun = time.perf_counter()
        client.get(each).raise_for_status()
        took.append(1000 * (time.perf_counter() - begun))
    return took


def _percentiles(took: list[float]) -> str:
    cuts = statistics.quantiles(took, n=20)
    return f"{statistics.median(took):7.1f} ms, 95 % below {cuts[-1]:7.1f}"


if __name__ == "__main__":
    main()
