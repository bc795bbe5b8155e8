"""Speed of reading the index: records a second, from bytes to values, on one core.

    PYTHONPATH=tests python -m bench.index [--small]

The response is a page of the index as the crawl requests it, made by the stand-in archive. This
tool and the limit, `json.loads` alone, read JSON with the six fields that the crawl requests;
waybackpack reads JSON with all seven fields, `wayback` (EDGI) lines of seven fields. Both
clients run their own `search()`, which gets the same records from memory: it makes and sends one
request for all records. The results differ: a checked capture with its article id here, a record
with a parsed time in `wayback`, a `dict` of texts in waybackpack.
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

from bench.figures import is_small, machine, ratio, say, versions
from fake_archive import Quirks, generated
from fake_archive.index import respond

from scraper.wayback.cdx import ARTICLES_PREFIX, PAGE_SIZE, query_target

ROUNDS = 1 if is_small() else 5
SECONDS = 0.1 if is_small() else 1.0  # at least, of one measurement
CAPTURES = 2  # of each article

# Returns the number of records read.
Work = Callable[[], int]


def main() -> None:
    """Print the table."""
    say(f"{machine()}; {ROUNDS} rounds")
    say(versions(("httpx", "wayback", "waybackpack")))
    rounds = [{who: _measured(who) for who in CONTENDERS} for _ in range(ROUNDS)]
    say(f"\nOne answer of the index with {PAGE_SIZE:,} records:")
    for who in CONTENDERS:
        middle = statistics.median(speeds[who] for speeds in rounds)
        say(f"  {middle:10,.0f} records a second: {who}")
    for who in list(CONTENDERS)[1:]:
        ratio(f"times as fast as {who}", [speeds[THIS_TOOL] / speeds[who] for speeds in rounds])


def _response_body(query: str) -> bytes:
    archive = generated(PAGE_SIZE // CAPTURES, captures=CAPTURES)
    return respond(archive, query, Quirks()).body


def _page_of_the_crawl() -> bytes:
    return _response_body(query_target(ARTICLES_PREFIX).decode().partition("?")[2])


def _this_tool() -> Work:
    import httpx

    from scraper.wayback.cdx import parse_response

    body, response = _page_of_the_crawl(), httpx.Response(200)
    return lambda: len(parse_response(response, body).records)


def _json_alone() -> Work:
    body = _page_of_the_crawl()
    return lambda: len(json.loads(body)) - 1


def _wayback() -> Work:
    import requests
    from wayback import WaybackClient, WaybackSession

    body = _response_body(f"url={ARTICLES_PREFIX}&matchType=prefix&limit={PAGE_SIZE}")

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

    body = _response_body(f"url={ARTICLES_PREFIX}&matchType=prefix&limit={PAGE_SIZE}&output=json")

    def get(_url: str, **_: object) -> Any:
        response = requests.Response()
        response.status_code, response.raw = 200, io.BytesIO(body)
        return response

    session = SimpleNamespace(get=get)
    return lambda: len(search(ARTICLES_PREFIX + "*", session=session))


THIS_TOOL = "this tool"
CONTENDERS: dict[str, Callable[[], Work]] = {
    THIS_TOOL: _this_tool,
    "json.loads alone": _json_alone,
    "wayback (EDGI)": _wayback,
    "waybackpack": _waybackpack,
}


def _measured(who: str) -> float:
    """Return the records a second of one contender, measured in a process of its own."""
    command = [sys.executable, "-m", "bench.index", *sys.argv[1:], who]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def _measure(who: str) -> None:
    """Print the records a second of processor time of a contender, after a warm-up."""
    work = CONTENDERS[who]()
    if work() != PAGE_SIZE:
        raise RuntimeError(f"{who} reads {work()} of {PAGE_SIZE} records")
    records, start, passed = 0, time.process_time(), 0.0
    while passed < SECONDS:
        records += work()
        passed = time.process_time() - start
    say(str(records / passed))


if __name__ == "__main__":
    if sys.argv[-1] in CONTENDERS:
        _measure(sys.argv[-1])
    else:
        main()
