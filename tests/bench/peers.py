"""Other clients of the Wayback Machine, pointed at the stand-in archive: they fetch and save pages.

    PYTHONPATH=tests python -m bench.peers wayback ORIGIN ARTICLES FOLDER

Both send requests to `web.archive.org` only; each function says how its client is redirected.
Their pauses are switched off by their own settings. Each runs in as many threads as the crawl
has concurrent requests, with a client for each thread, as their documentation demands.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from support import warcs

CONCURRENCY = 4
ARCHIVE = "https://web.archive.org"

# Fetches the capture of an article and saves it in a folder.
Fetch = Callable[[int, Path], object]


class Detour:
    """A transport of `requests` that sends requests to another server."""

    def __init__(self, origin: str) -> None:
        from requests.adapters import HTTPAdapter

        self._origin = origin
        self._adapter: Any = HTTPAdapter()

    def send(self, request: Any, **settings: Any) -> Any:
        """Send a request to the server; the response keeps the address of the archive."""
        sent = request.copy()
        sent.url = self._origin + request.url.removeprefix(ARCHIVE)
        response = self._adapter.send(sent, **{**settings, "proxies": {}})
        response.url, response.request = request.url, request
        return response

    def close(self) -> None:
        """Close the connections."""
        self._adapter.close()


def wayback(origin: str) -> Fetch:
    """The client of EDGI, with rates of 0 and a transport mounted for the archive."""
    from wayback import WaybackClient, WaybackSession

    session: Any = WaybackSession(search_calls_per_second=0, memento_calls_per_second=0)
    session.mount(ARCHIVE, Detour(origin))
    client = WaybackClient(session)
    time = datetime.strptime(warcs.TIMESTAMP, "%Y%m%d%H%M%S").replace(tzinfo=UTC)

    def fetch(article: int, folder: Path) -> None:
        with client.get_memento(warcs.address(article), timestamp=time) as memento:
            (folder / f"{article}.html").write_bytes(memento.content)

    return fetch


def waybackpack(origin: str) -> Fetch:
    """Waybackpack makes all addresses from one template, which is set to the server.

    It opens a connection for each page, and saves into folders of timestamp and address.
    """
    from waybackpack import asset
    from waybackpack.pack import Pack

    asset.ARCHIVE_TEMPLATE = asset.ARCHIVE_TEMPLATE.replace(ARCHIVE, origin)

    def fetch(article: int, folder: Path) -> None:
        pack = Pack(warcs.address(article), timestamps=[warcs.TIMESTAMP])
        pack.download_to(str(folder), raw=True, delay=0)

    return fetch


PEERS: dict[str, Callable[[str], Fetch]] = {"wayback": wayback, "waybackpack": waybackpack}


def run(peer: str, origin: str, count: int, folder: Path) -> None:
    """Fetch and save `count` articles."""
    articles = iter(range(1, count + 1))

    def work() -> None:
        fetch = PEERS[peer](origin)
        for article in articles:  # next() of one iterator is one step for all threads
            fetch(article, folder)

    with ThreadPoolExecutor(CONCURRENCY) as threads:
        for done in [threads.submit(work) for _ in range(CONCURRENCY)]:
            done.result()


if __name__ == "__main__":
    run(sys.argv[1], sys.argv[2], int(sys.argv[3]), Path(sys.argv[4]))
