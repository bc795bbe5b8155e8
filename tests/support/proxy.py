"""A proxy on loopback: it forwards requests, opens tunnels, and speaks SOCKS 5."""

from __future__ import annotations

import base64
import select
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import cast
from urllib.parse import urlsplit

_SOCKS = 5
_CONNECT, _IPV4, _NAME = 1, 1, 3


class Proxy(ThreadingTCPServer):
    """A running proxy; `asked` has the first line of each request, or the SOCKS target."""

    daemon_threads = False
    block_on_close = True

    def __init__(self, password: str, refusal: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[str] = []
        self.password = password  # "user:password", "" for none
        self.refusal = refusal  # what it answers to every request

    def url(self, scheme: str = "http", user: str = "") -> str:
        return f"{scheme}://{user + '@' if user else ''}127.0.0.1:{self.server_address[1]}"


@contextmanager
def proxying(password: str = "", refusal: str = "") -> Iterator[Proxy]:
    """Run a proxy for as long as the block lasts."""
    with Proxy(password, refusal) as proxy:
        thread = threading.Thread(target=proxy.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield proxy
        finally:
            proxy.shutdown()
            thread.join()


class _Handler(StreamRequestHandler):
    rbufsize = 0  # nothing of a tunnel is read beforehand

    def handle(self) -> None:
        proxy = cast(Proxy, self.server)
        first = self.rfile.read(1)
        if first == bytes([_SOCKS]):
            self._socks(proxy)
        elif first:
            self._http(proxy, first)

    def _http(self, proxy: Proxy, head: bytes) -> None:
        while not head.endswith(b"\r\n\r\n"):
            head += self.rfile.read(1)
        line, *fields = head.decode("latin-1").split("\r\n")
        proxy.asked.append(line)
        if answer := _refusal(proxy, fields):
            self.wfile.write(f"HTTP/1.1 {answer}\r\nContent-Length: 0\r\n\r\n".encode())
            return
        method, target, _ = line.split(" ")
        if method == "CONNECT":
            host, _, port = target.rpartition(":")
            self._tunnel(host, int(port), b"HTTP/1.1 200 OK\r\n\r\n")
            return
        parts, path = urlsplit(target), target.partition("://")[2].partition("/")[2]
        kept = [field for field in fields if field and not field.lower().startswith("proxy-")]
        request = "\r\n".join([f"GET /{path} HTTP/1.1", *kept, "", ""]).encode("latin-1")
        self._tunnel(parts.hostname or "", parts.port or 80, b"", request)

    def _socks(self, proxy: Proxy) -> None:
        """SOCKS 5 without authentication (RFC 1928)."""
        self.rfile.read(self.rfile.read(1)[0])
        self.wfile.write(bytes([_SOCKS, 0]))
        _, command, _, kind = self.rfile.read(4)
        assert command == _CONNECT
        if kind == _NAME:
            host = self.rfile.read(self.rfile.read(1)[0]).decode()
        else:
            assert kind == _IPV4
            host = socket.inet_ntoa(self.rfile.read(4))
        (port,) = struct.unpack(">H", self.rfile.read(2))
        proxy.asked.append(f"SOCKS {host}:{port}")
        self._tunnel(host, port, bytes([_SOCKS, 0, 0, _IPV4]) + bytes(6))

    def _tunnel(self, host: str, port: int, answer: bytes, request: bytes = b"") -> None:
        """Copy bytes both ways between the client and a server, until one of them closes."""
        with suppress(OSError), socket.create_connection((host, port)) as far:
            self.wfile.write(answer)
            far.sendall(request)
            near = self.connection
            while True:
                ready, _, _ = select.select([near, far], [], [])
                for each in ready:
                    part = each.recv(1 << 16)
                    if not part:
                        return
                    (far if each is near else near).sendall(part)


def _refusal(proxy: Proxy, fields: list[str]) -> str:
    if proxy.refusal:
        return proxy.refusal
    wanted = base64.b64encode(proxy.password.encode()).decode()
    given = {name.lower(): value for name, _, value in (line.partition(": ") for line in fields)}
    if proxy.password and given.get("proxy-authorization") != f"Basic {wanted}":
        return "407 Proxy Authentication Required"
    return ""
