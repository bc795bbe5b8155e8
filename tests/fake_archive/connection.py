"""One connection: reads requests, writes responses, and ends as the faults demand."""

from __future__ import annotations

import asyncio
import re
import socket
import struct
from collections.abc import Callable
from typing import Protocol

from fake_archive.responses import (
    LAST_CHUNK,
    Ending,
    Response,
    encode_response,
    service_response,
)

MAX_HEAD_BYTES = 65_536
DRIP_SECONDS = 0.02

_LINE = re.compile(r"(?P<method>[A-Z]+) (?P<target>\S+) HTTP/1\.(?P<minor>\d)")
_AGENT = re.compile(r"\r\nuser-agent:[ \t]*([^\r\n]*)", re.IGNORECASE)
_ENCODINGS = re.compile(r"\r\naccept-encoding:[ \t]*([^\r\n]*)", re.IGNORECASE)
_CLOSE = re.compile(r"\r\nconnection:[ \t]*close", re.IGNORECASE)
_NO_GZIP = re.compile(r"gzip\s*;\s*q=0(?:\.0*)?\s*(?:,|$)")


class ServerEvents(Protocol):
    """What a connection needs of its server."""

    def respond(self, target: str, agent: str, connection: int) -> Response:
        """Return the response to a GET."""

    def hold(self, send: Callable[[], None]) -> None:
        """Hold a response until the test releases it."""

    def stop_listening(self, seconds: float) -> None:
        """Stop listening and break all connections."""

    def opened(self, connection: Connection) -> int:
        """Register a connection; return its number."""

    def closed(self, connection: Connection) -> None:
        """Unregister a connection."""


class Connection(asyncio.Protocol):
    """Serves the requests of one client, one after the other."""

    def __init__(self, server: ServerEvents) -> None:
        self._server = server
        self._loop = asyncio.get_running_loop()
        self._buffer = bytearray()
        self._busy = False
        self._number = 0
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Register the connection."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._number = self._server.opened(self)

    def connection_lost(self, _: Exception | None) -> None:
        """Unregister a connection."""
        self._server.closed(self)

    def data_received(self, data: bytes) -> None:
        """Answer the requests that are complete."""
        self._buffer += data
        self._serve()

    def reset(self) -> None:
        """Reset the connection: the client sees ECONNRESET instead of an end."""
        sock = self._transport.get_extra_info("socket")
        if sock is not None and not self._transport.is_closing():
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._transport.abort()

    def _serve(self) -> None:
        while not self._busy and not self._transport.is_closing():
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                if len(self._buffer) > MAX_HEAD_BYTES:
                    self.reset()
                return
            head = self._buffer[:end].decode("utf-8", "surrogateescape")
            del self._buffer[: end + 4]
            self._busy = True
            self._begin(head)

    def _begin(self, head: str) -> None:
        line = _LINE.match(head)
        if line is None or line["method"] != "GET":
            self._send(
                service_response("refused", 405, "only GET is served"), takes_gzip=False, last=True
            )
            return
        agent, encodings = _AGENT.search(head), _ENCODINGS.search(head)
        response = self._server.respond(line["target"], agent[1] if agent else "", self._number)
        accepted = encodings[1] if encodings else ""
        takes_gzip = "gzip" in accepted and _NO_GZIP.search(accepted) is None
        last = line["minor"] == "0" or _CLOSE.search(head) is not None

        def send() -> None:
            self._send(response, takes_gzip=takes_gzip, last=last)
            self._serve()

        if response.held:
            self._server.hold(send)
        elif response.delay:
            self._loop.call_later(response.delay, send)
        else:
            self._send(response, takes_gzip=takes_gzip, last=last)

    def _send(self, response: Response, *, takes_gzip: bool, last: bool) -> None:
        if self._transport.is_closing():
            return
        head, body = encode_response(response, takes_gzip=takes_gzip, keep_alive=not last)
        if response.ending is Ending.DRIPPING:
            body = body.removesuffix(LAST_CHUNK)
        elif response.ending is not Ending.COMPLETE:
            body = body[: int(len(body) * response.sent)]
        if response.head:
            self._transport.write(head + body)
        if response.away is not None:
            self._server.stop_listening(response.away)
        elif response.ending is Ending.COMPLETE:
            self._busy = False
            if last:
                self._transport.close()
        else:
            self._end(response.ending)

    def _end(self, ending: Ending) -> None:
        if ending is Ending.CLOSED:
            self._transport.close()
        elif ending is Ending.RESET:
            self.reset()
        elif ending is Ending.DRIPPING:
            self._drip()

    def _drip(self) -> None:
        """Send a chunk of one byte now and then, until the connection ends."""
        if not self._transport.is_closing():
            self._transport.write(b"1\r\n.\r\n")
            self._loop.call_later(DRIP_SECONDS, self._drip)
