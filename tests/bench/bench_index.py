"""Rows a second of an answer of the index, from its bytes to values, one core.

    PYTHONPATH=tests python -m bench.bench_index [--small]

The rows are a page of the index as the crawl asks for it, made by the replay. Ours and the limit,
`json.loads` alone, read it as JSON with the six fields that we ask for; so does waybackpack, with
all seven; `wayback` (EDGI) asks for lines of seven fields. Both peers run their own `search()`,
answered with the same rows out of memory: their request is made and sent, once for all rows.
What comes of a row differs: ours is a checked capture with its article's id, that of `wayback` a
record with a parsed time, that of waybackpack a `dict` of texts.
"""

from __future__ import annotations

import io
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from bench.measuring import is_small, machine, ratio, say, versions
from fake_archive import Quirks, generated
from fake_archive.index import respond

from scraper.wayback.cdx import ARTICLES_PREFIX, PAGE_SIZE, query_target

ROUNDS = 1 if is_small() else 5
SECONDS = 0.1 if is_small() else 1.0  # at least, of one measurement
CAPTURES = 2  # of each article

# The number of rows read.
Work = Callable[[], int]


def main() -> None:
    """Print the table."""
    say(f"{machine()}; {ROUNDS} rounds")
    say(versions(("httpx", "wayback", "waybackpack")))
    rounds = [{who: _measured(who) for who in CONTENDERS} for _ in range(ROUNDS)]
    say(f"\nOne answer of the index with {PAGE_SIZE:,} rows:")
    for who in CONTENDERS:
        middle = statistics.median(speeds[who] for speeds in rounds)
        say(f"  {middle:10,.0f} rows a second: {who}")
    for who in list(CONTENDERS)[1:]:
        ratio(f"times as fast as {who}", [speeds[OURS] / speeds[who] for speeds in rounds])


def _rows(query: str) -> bytes:
    archive = generated(PAGE_SIZE // CAPTURES, captures=CAPTURES)
    return respond(archive, query, Quirks()).body


def _as_we_ask() -> bytes:
    return _rows(query_target(ARTICLES_PREFIX).decode().partition("?")[2])


def _ours() -> Work:
    import httpx

    from scraper.wayback.cdx import parse_response

    body, response = _as_we_ask(), httpx.Response(200)
    return lambda: len(parse_response(response, body).records)


def _json_alone() -> Work:
    body = _as_we_ask()
    return lambda: len(json.loads(body)) - 1


def _wayback() -> Work:
    import requests
    from wayback import WaybackClient, WaybackSession

    body = _rows(f"url={ARTICLES_PREFIX}&matchType=prefix&limit={PAGE_SIZE}")

    def send(request: Any, **_: object) -> Any:
        response = requests.Response()
        response.status_code, response.url, response.request = 200, request.url, request
        response.raw = io.BytesIO(body)
        return response

    session: Any = WaybackSession(search_calls_per_second=0)
    session.mount("https://web.archive.org", SimpleNamespace(send=send, close=lambda: None))
    client = WaybackClient(session)
    return lambda: sum(
        1 for _ in client.search(ARTICLES_PREFIX, match_type="prefix", limit=PAGE_SIZE)
    )


def _waybackpack() -> Work:
    import requests
    from waybackpack.cdx import search

    body = _rows(f"url={ARTICLES_PREFIX}&matchType=prefix&limit={PAGE_SIZE}&output=json")

    def get(_url: str, **_: object) -> Any:
        response = requests.Response()
        response.status_code, response.raw = 200, io.BytesIO(body)
        return response

    session = SimpleNamespace(get=get)
    return lambda: len(search(ARTICLES_PREFIX + "*", session=session))


OURS = "this tool"
CONTENDERS: dict[str, Callable[[], Work]] = {
    OURS: _ours,
    "json.loads alone": _json_alone,
    "wayback (EDGI)": _wayback,
    "waybackpack": _waybackpack,
}


def _measured(who: str) -> float:
    """Rows a second of one contender, measured by a process that does nothing else."""
    command = [sys.executable, __file__, *sys.argv[1:], who]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def _measure(who: str) -> None:
    """Print the rows a second of processor time that a contender reads, once it is warm."""
    work = CONTENDERS[who]()
    if work() != PAGE_SIZE:
        raise RuntimeError(f"{who} reads {work()} of {PAGE_SIZE} rows")
    rows, start, passed = 0, time.process_time(), 0.0
    while passed < SECONDS:
        rows += work()
        passed = time.process_time() - start
    say(str(rows / passed))


if __name__ == "__main__":
    if sys.argv[-1] in CONTENDERS:
        _measure(sys.argv[-1])
    else:
        main()
