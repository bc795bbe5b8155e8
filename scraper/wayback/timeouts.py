"""A deadline for a whole request, next to the time limits of its single reads and writes.

A server that sends one byte a second, even of the head, never reaches the limit of a single read.
The deadline shortens each step on the connection instead of cancelling the task: httpcore frees
the connection after a time-out, but loses its place in the pool when a task is cancelled while
connecting (encode/httpcore#1093, seen with 1.0.9).
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import httpcore

_SocketOption = (
    tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]
)

_deadline: ContextVar[float] = ContextVar("_deadline")


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Give all connecting, reading and writing of this task in the block some seconds together.

    A step that would take longer raises a time-out of httpcore.
    """
    token = _deadline.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _deadline.reset(token)


def has_passed() -> bool:
    """Return whether the seconds of `within` are over."""
    return time.monotonic() >= _deadline.get()


class DeadlineBackend(httpcore.AnyIOBackend):
    """Makes connections that keep to the deadline of `within`."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[_SocketOption] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect. Raises `httpcore.ConnectTimeout` when the deadline comes first."""
        limit = _limit(timeout, httpcore.ConnectTimeout)
        stream = await super().connect_tcp(host, port, limit, local_address, socket_options)
        return _DeadlineStream(stream)


class _DeadlineStream(httpcore.AsyncNetworkStream):
    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return await self._stream.read(max_bytes, _limit(timeout, httpcore.ReadTimeout))

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        await self._stream.write(buffer, _limit(timeout, httpcore.WriteTimeout))

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.AsyncNetworkStream:
        limit = _limit(timeout, httpcore.ConnectTimeout)
        return _DeadlineStream(await self._stream.start_tls(ssl_context, server_hostname, limit))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _limit(timeout: float | None, error: type[httpcore.TimeoutException]) -> float:
    """The seconds that one step may take: its own limit or what is left, whichever is less."""
    left = _deadline.get() - time.monotonic()
    if left <= 0:
        raise error("the deadline of the request has passed")
    return left if timeout is None else min(timeout, left)
