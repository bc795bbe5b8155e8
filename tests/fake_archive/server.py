"""The server, in a thread and an event loop of its own."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, TypeVar

from fake_archive.archive import Archive
from fake_archive.connection import Connection
from fake_archive.fault_injector import Faults
from fake_archive.request_handler import Request, RequestHandler
from fake_archive.responses import Response

T = TypeVar("T")
HOST = "127.0.0.1"
TIMEOUT = 60.0  # seconds, for any task of the loop, and for requests of a process that starts


class Server:
    """Serves an archive on loopback until `stop()`.

    `away()`, `back()`, `release()`, `change()` and `log` may be used from any thread.
    """

    def __init__(self, archive: Archive, faults: Faults | None = None, port: int = 0) -> None:
        self._handler = RequestHandler(archive, faults or Faults())
        self._connections: set[Connection] = set()
        self._opened = 0
        self._held: list[Callable[[], None]] = []
        self._restart_timer: asyncio.TimerHandle | None = None
        self._restart: asyncio.Task[None] | None = None
        self._listener: asyncio.Server | None = None
        # Reserves the port while the server does not listen; connections are refused then.
        self._reserved = _bound(port)
        self.port: int = self._reserved.getsockname()[1]
        self.origin = f"http://{HOST}:{self.port}"
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run_forever, name="replay", daemon=True)
        self._thread.start()
        self.back()

    @property
    def log(self) -> list[Request]:
        """All requests so far, in the order in which they came in."""
        return self._handler.log

    def wait_for(self, count: int, timeout: float = TIMEOUT) -> None:
        """Wait until `count` requests have come in; `TimeoutError` after `timeout` seconds."""
        self._handler.wait_for(count, timeout)

    def change(self, faults: Faults) -> None:
        """Use other faults from now on; requests are counted from 1 again."""
        self._handler.change(faults)

    def away(self, seconds: float = 0.0) -> None:
        """Break all connections and refuse new ones, for some seconds or until `back()` (0)."""
        self._run(self._stop_and_wait(seconds))

    def back(self) -> None:
        """Listen again, on the same port."""
        self._run(self._listen())

    def release(self) -> int:
        """Send the responses that are held (`faults.held`); return their number."""
        return self._run(self._release())

    def stop(self) -> None:
        """Stop the server and free its port."""
        self._run(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._reserved.close()

    # `ServerEvents`, called in the thread of the loop.

    def respond(self, target: str, agent: str, connection: int) -> Response:
        """Return the response to a GET."""
        return self._handler.respond(target, agent, connection)

    def hold(self, send: Callable[[], None]) -> None:
        """Hold a response until `release()`."""
        self._held.append(send)

    def stop_listening(self, seconds: float) -> None:
        """Stop listening and break all connections."""
        self._cancel_restart()
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        for connection in self._connections:
            connection.reset()
        if seconds:
            self._restart_timer = self._loop.call_later(seconds, self._begin_restart)

    def opened(self, connection: Connection) -> int:
        """Register a connection; return its number."""
        self._connections.add(connection)
        self._opened += 1
        return self._opened

    def closed(self, connection: Connection) -> None:
        """Unregister a connection."""
        self._connections.discard(connection)

    # Called in the thread of the loop.

    def _run_forever(self) -> None:
        sys.settrace(None)  # the server has no part in what tests measure
        self._loop.run_forever()

    async def _stop_and_wait(self, seconds: float) -> None:
        self.stop_listening(seconds)
        await self._wait_until_closed()

    def _begin_restart(self) -> None:
        self._restart = self._loop.create_task(self._listen())

    async def _listen(self) -> None:
        self._cancel_restart()
        if self._listener is None:
            self._listener = await self._loop.create_server(
                lambda: Connection(self), sock=_bound(self.port), backlog=512
            )

    async def _release(self) -> int:
        held, self._held = self._held, []
        for send in held:
            send()
        return len(held)

    async def _close(self) -> None:
        self.stop_listening(0.0)
        await self._wait_until_closed()

    def _cancel_restart(self) -> None:
        """Cancel the restart that is due."""
        if self._restart_timer is not None:
            self._restart_timer.cancel()
            self._restart_timer = None

    async def _wait_until_closed(self) -> None:
        while self._connections:
            await asyncio.sleep(0)

    def _run(self, task: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(task, self._loop).result(TIMEOUT)


@contextlib.contextmanager
def serving(archive: Archive, faults: Faults | None = None, port: int = 0) -> Iterator[Server]:
    """Serve an archive for as long as the block lasts."""
    server = Server(archive, faults, port)
    try:
        yield server
    finally:
        server.stop()


def _bound(port: int) -> socket.socket:
    """Return a socket on a port, which another socket of the server may reserve."""
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
