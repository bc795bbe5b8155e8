"""A server that sends the same bytes to every request, and keeps the requests."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class Asked:
    """The origin of the server, and the head of each request as it came in."""

    origin: str = ""
    heads: list[bytes] = field(default_factory=list)
    connections: int = 0

    @property
    def targets(self) -> list[bytes]:
        """The requested targets, byte for byte."""
        return [head.split(b" ")[1] for head in self.heads]


def answer(body: bytes, *fields: str, status: str = "200 OK", length: int | None = None) -> bytes:
    """Return an HTTP response; `length` is a wrong Content-Length."""
    stated = len(body) if length is None else length
    head = [f"HTTP/1.1 {status}", f"Content-Length: {stated}", *fields, "", ""]
    return "\r\n".join(head).encode() + body


@asynccontextmanager
async def answering(
    reply: bytes = b"", *, hang_up: bool = False, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Asked]:
    """Serve on loopback, in the running loop; `hang_up` closes the connection after each reply."""
    asked = Asked()
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.connections += 1
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            while True:
                asked.heads.append(await reader.readuntil(b"\r\n\r\n"))
                writer.write(reply)
                await writer.drain()
                if hang_up:
                    break
        except asyncio.CancelledError:
            # The test is over. TLS would wait for the goodbye of a client that is no more.
            writer.transport.abort()
        except (asyncio.IncompleteReadError, OSError):
            pass  # the client has closed
        finally:
            writer.close()
            tasks.discard(task)

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    port = server.sockets[0].getsockname()[1]
    asked.origin = f"{'https' if tls else 'http'}://127.0.0.1:{port}"
    async with server:
        yield asked
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
