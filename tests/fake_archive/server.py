"""The server in its own thread with its own loop."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, TypeVar

from fake_archive.answers import Answer
from fake_archive.archive import Archive
from fake_archive.connection import Connection
from fake_archive.desk import Request, RequestHandler
from fake_archive.rules import Faults

T = TypeVar("T")
HOST = "127.0.0.1"
SECONDS = 10.0  # for anything that the loop is told to do


class Server:
    """Serves an archive on loopback from when it is made until `stop()`.

    `away()` and `back()`, `release()`, `change()` and the log may be used from any thread.
    """

    def __init__(self, archive: Archive, faults: Faults | None = None, port: int = 0) -> None:
        self._desk = RequestHandler(archive, faults or Faults())
        self._connections: set[Connection] = set()
        self._opened = 0
        self._kept_back: list[Callable[[], None]] = []
        self._return: asyncio.TimerHandle | None = None
        self._coming_back: asyncio.Task[None] | None = None
        self._listener: asyncio.Server | None = None
        # Holds the port while nobody listens on it; connections to it are refused.
        self._place = _bound(port)
        self.port: int = self._place.getsockname()[1]
        self.origin = f"http://{HOST}:{self.port}"
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="replay", daemon=True)
        self._thread.start()
        self.back()

    @property
    def log(self) -> list[Request]:
        """Everything that was asked so far, in the order it came in."""
        return self._desk.log

    def wait_for(self, count: int, timeout: float = SECONDS) -> None:
        """Wait until so many requests have come in since the start; raises `TimeoutError`."""
        self._desk.wait_for(count, timeout)

    def change(self, faults: Faults) -> None:
        """Go on with other faults, counting from 1 again."""
        self._desk.change(faults)

    def away(self, seconds: float = 0.0) -> None:
        """Break all connections and refuse new ones, for a time or until `back()`."""
        self._do(self._leave(seconds))

    def back(self) -> None:
        """Listen again, on the same port."""
        self._do(self._listen())

    def release(self) -> int:
        """Send the answers that were kept back (`faults.held`); return their number."""
        return self._do(self._release())

    def stop(self) -> None:
        """End everything; the port is free then."""
        self._do(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._place.close()

    # What a connection needs: called in the loop's thread.

    def answer(self, target: str, agent: str, connection: int) -> Answer:
        """Return the answer to a GET."""
        return self._desk.answer(target, agent, connection)

    def keep_back(self, send: Callable[[], None]) -> None:
        """Keep an answer until `release()`."""
        self._kept_back.append(send)

    def go_away(self, seconds: float) -> None:
        """Stop listening and break all connections."""
        self._stay()
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        for connection in self._connections:
            connection.break_off()
        if seconds:
            self._return = self._loop.call_later(seconds, self._come_back)

    def opened(self, connection: Connection) -> int:
        """Take note of a connection; return its number."""
        self._connections.add(connection)
        self._opened += 1
        return self._opened

    def closed(self, connection: Connection) -> None:
        """Take note that it is gone."""
        self._connections.discard(connection)

    # In the loop's thread.

    async def _leave(self, seconds: float) -> None:
        self.go_away(seconds)
        await self._until_all_gone()

    def _come_back(self) -> None:
        self._coming_back = self._loop.create_task(self._listen())

    async def _listen(self) -> None:
        self._stay()
        if self._listener is None:
            self._listener = await self._loop.create_server(
                lambda: Connection(self), sock=_bound(self.port), backlog=512
            )

    async def _release(self) -> int:
        kept, self._kept_back = self._kept_back, []
        for send in kept:
            send()
        return len(kept)

    async def _close(self) -> None:
        self.go_away(0.0)
        await self._until_all_gone()

    def _stay(self) -> None:
        """Forget the hour of the return."""
        if self._return is not None:
            self._return.cancel()
            self._return = None

    async def _until_all_gone(self) -> None:
        while self._connections:
            await asyncio.sleep(0)

    def _do(self, task: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(task, self._loop).result(SECONDS)


@contextlib.contextmanager
def serving(archive: Archive, faults: Faults | None = None, port: int = 0) -> Iterator[Server]:
    """Serve an archive for as long as the block lasts."""
    server = Server(archive, faults, port)
    try:
        yield server
    finally:
        server.stop()


def _bound(port: int) -> socket.socket:
    """Return a socket on a port that another of ours may hold without listening."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if sys.platform != "linux":  # elsewhere the address may not be bound twice without
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        sock.bind((HOST, port))
    except OSError:
        sock.close()
        raise
    return sock
