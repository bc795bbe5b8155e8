"""The server in a process of its own: for measuring, where it must not share an interpreter."""

from __future__ import annotations

import contextlib
import multiprocessing
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from typing import Any, Protocol

from fake_archive.archive import Archive
from fake_archive.desk import Request
from fake_archive.rules import Faults
from fake_archive.server import SECONDS, serving

# An archive, or a function that makes it: 50,000 captures are made quicker than they are sent.
Source = Archive | Callable[[], Archive]


class Replay(Protocol):
    """What a test may do with a running server, in a thread or in a process."""

    port: int
    origin: str

    @property
    def log(self) -> list[Request]:
        """Everything that was asked so far, in the order it came in."""

    def wait_for(self, count: int, timeout: float = SECONDS) -> None:
        """Wait until so many requests have come in since the start; raises `TimeoutError`."""

    def change(self, faults: Faults) -> None:
        """Go on with other faults, counting from 1 again."""

    def away(self, seconds: float = 0.0) -> None:
        """Break all connections and refuse new ones, for a time or until `back()`."""

    def back(self) -> None:
        """Listen again, on the same port."""

    def release(self) -> int:
        """Send the answers that were kept back (`faults.held`); return their number."""


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
    """A server in another process, told what to do through a pipe."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self.port: int = self._get("port")
        self.origin: str = self._get("origin")

    @property
    def log(self) -> list[Request]:
        log: list[Request] = self._get("log")
        return log

    def wait_for(self, count: int, timeout: float = SECONDS) -> None:
        self._get("wait_for", count, timeout)

    def change(self, faults: Faults) -> None:
        self._get("change", faults)

    def away(self, seconds: float = 0.0) -> None:
        self._get("away", seconds)

    def back(self) -> None:
        self._get("back")

    def release(self) -> int:
        released: int = self._get("release")
        return released

    def _get(self, name: str, *arguments: object) -> Any:
        self._pipe.send((name, arguments))
        result = self._pipe.recv()
        if isinstance(result, Exception):
            raise result
        return result


@contextlib.contextmanager
def _in_a_process(archive: Source, faults: Faults | None, port: int) -> Iterator[_Remote]:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, archive, faults, port), daemon=True)
    process.start()
    theirs.close()
    try:
        yield _Remote(ours)
    finally:
        ours.close()
        process.join(SECONDS)
        process.close()


def _serve(pipe: Connection, archive: Source, faults: Faults | None, port: int) -> None:
    """Serve until the other end of the pipe is closed, be it by the parent's death."""
    with replay(archive, faults, port=port) as server, contextlib.suppress(EOFError, OSError):
        while True:
            name, arguments = pipe.recv()
            try:
                wanted = getattr(server, name)
                pipe.send(wanted(*arguments) if callable(wanted) else wanted)
            except (TimeoutError, ValueError) as error:
                pipe.send(error)
