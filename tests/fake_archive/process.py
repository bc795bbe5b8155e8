"""The server in a process of its own, which shares no interpreter with what is measured."""

from __future__ import annotations

import contextlib
import multiprocessing
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from typing import Any, Protocol

from fake_archive.archive import Archive
from fake_archive.fault_injector import Faults
from fake_archive.request_handler import Request
from fake_archive.server import TIMEOUT, serving

# A function that makes an archive is quicker to send to a process than 50,000 captures.
Source = Archive | Callable[[], Archive]


class Replay(Protocol):
    """A running server, in a thread or in a process."""

    port: int
    origin: str

    @property
    def log(self) -> list[Request]:
        """All requests so far, in the order in which they came in."""

    def wait_for(self, count: int, timeout: float = TIMEOUT) -> None:
        """Wait until `count` requests have come in; `TimeoutError` after `timeout` seconds."""

    def change(self, faults: Faults) -> None:
        """Use other faults from now on; requests are counted from 1 again."""

    def away(self, seconds: float = 0.0) -> None:
        """Break all connections and refuse new ones, for some seconds or until `back()` (0)."""

    def back(self) -> None:
        """Listen again, on the same port."""

    def release(self) -> int:
        """Send the responses that are held (`faults.held`); return their number."""


@contextlib.contextmanager
def replay(
    archive: Source, faults: Faults | None = None, *, port: int = 0, process: bool = False
) -> Iterator[Replay]:
    """Serve an archive on loopback for as long as the block lasts."""
    if process:
        with _in_a_process(archive, faults, port) as remote:
            yield remote
    else:
        with serving(archive if isinstance(archive, Archive) else archive(), faults, port) as own:
            yield own


class _Remote:
    """A server in another process, controlled through a pipe."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self.port: int = self._call("port")
        self.origin: str = self._call("origin")

    @property
    def log(self) -> list[Request]:
        log: list[Request] = self._call("log")
        return log

    def wait_for(self, count: int, timeout: float = TIMEOUT) -> None:
        self._call("wait_for", count, timeout)

    def change(self, faults: Faults) -> None:
        self._call("change", faults)

    def away(self, seconds: float = 0.0) -> None:
        self._call("away", seconds)

    def back(self) -> None:
        self._call("back")

    def release(self) -> int:
        released: int = self._call("release")
        return released

    def _call(self, name: str, *arguments: object) -> Any:
        self._pipe.send((name, arguments))
        result = self._pipe.recv()
        if isinstance(result, Exception):
            raise result
        return result


@contextlib.contextmanager
def _in_a_process(archive: Source, faults: Faults | None, port: int) -> Iterator[_Remote]:
    context = multiprocessing.get_context("spawn")
    own_end, child_end = context.Pipe()
    process = context.Process(target=_serve, args=(child_end, archive, faults, port), daemon=True)
    process.start()
    child_end.close()
    try:
        yield _Remote(own_end)
    finally:
        own_end.close()
        process.join(TIMEOUT)
        process.close()


def _serve(pipe: Connection, archive: Source, faults: Faults | None, port: int) -> None:
    """Serve until the other end of the pipe is closed, also by the death of the parent."""
    with replay(archive, faults, port=port) as server, contextlib.suppress(EOFError, OSError):
        while True:
            name, arguments = pipe.recv()
            try:
                attribute = getattr(server, name)
                pipe.send(attribute(*arguments) if callable(attribute) else attribute)
            except (TimeoutError, ValueError) as error:
                pipe.send(error)
