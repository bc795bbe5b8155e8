"""Requests to a server of the tests, and what came back, down to the bytes of the connection."""

from __future__ import annotations

import gzip
import http.client
import socket
from dataclasses import dataclass

from fake_archive import Replay

TIMEOUT = 60.0  # seconds; an answer takes a thousandth


@dataclass(frozen=True)
class Reply:
    """A response: headers in their order, the body without its gzip encoding."""

    status: int
    reason: str
    headers: list[tuple[str, str]]
    body: bytes

    def __getitem__(self, name: str) -> str:
        return ", ".join(self.all(name))

    def __contains__(self, name: str) -> bool:
        return bool(self.all(name))

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name]

    @property
    def names(self) -> set[str]:
        return {name.lower() for name, _ in self.headers}

    @property
    def text(self) -> str:
        return self.body.decode()


def connect(server: Replay) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", server.port, timeout=TIMEOUT)


def get(server: Replay, target: str, *, encoding: str = "gzip", agent: str = "tests") -> Reply:
    """Send a GET over a connection of its own."""
    connection = connect(server)
    try:
        return get_on(connection, target, encoding=encoding, agent=agent)
    finally:
        connection.close()


def get_on(
    connection: http.client.HTTPConnection,
    target: str,
    *,
    encoding: str = "gzip",
    agent: str = "tests",
) -> Reply:
    """Send a GET over an open connection."""
    connection.putrequest("GET", target, skip_accept_encoding=True)
    connection.putheader("Accept-Encoding", encoding)
    connection.putheader("User-Agent", agent)
    connection.endheaders()
    response = connection.getresponse()
    body, headers = response.read(), response.getheaders()
    if any(value == "gzip" for name, value in headers if name.lower() == "content-encoding"):
        body = gzip.decompress(body)
    return Reply(response.status, response.reason, headers, body)


@dataclass(frozen=True)
class Received:
    """The bytes that came over a connection, and how it ended: closed or reset."""

    head: bytes
    body: bytes
    end: str


def receive(server: Replay, target: str, encoding: str = "gzip") -> Received:
    """Send a GET and return all bytes until the connection ends."""
    with open_socket(server) as sock:
        request = f"GET {target} HTTP/1.1\r\nHost: x\r\nAccept-Encoding: {encoding}\r\n"
        sock.sendall(f"{request}Connection: close\r\n\r\n".encode())
        received, end = b"", "closed"
        try:
            while part := sock.recv(65_536):
                received += part
        except ConnectionResetError:
            end = "reset"
    head, _, body = received.partition(b"\r\n\r\n")
    return Received(head, body, end)


def open_socket(server: Replay) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout=TIMEOUT)


def unchunked(body: bytes) -> bytes:
    """Return the body of complete chunks; fails if they are not complete."""
    parts = b""
    while True:
        size, _, body = body.partition(b"\r\n")
        if size == b"0":
            assert body == b"\r\n"
            return parts
        part, body = body[: int(size, 16)], body[int(size, 16) :]
        assert body.startswith(b"\r\n")
        parts, body = parts + part, body[2:]
