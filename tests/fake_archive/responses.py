"""A response of the server, and its bytes on the wire; every part of it can be made wrong."""

from __future__ import annotations

import gzip
import time
from dataclasses import dataclass
from email.utils import formatdate
from enum import Enum, auto
from functools import lru_cache

from fake_archive.mementos import Header, reason_phrase

CHUNK = 16_384
LAST_CHUNK = b"0\r\n\r\n"


class Encoding(Enum):
    """How the body is packed, and what the headers say about it (docs/wayback.md 2.4)."""

    AS_REQUESTED = auto()  # gzip if the request accepts it
    UNREQUESTED = auto()  # gzip, accepted or not
    PLAIN = auto()  # never gzip
    CLAIMED = auto()  # the header says gzip, the body is plain
    DOUBLED_HEADER = auto()  # gzip, after a second header `content-encoding: ` without a value
    TWICE = auto()  # gzip in gzip, the header says it once
    UNDECLARED = auto()  # gzip without a header
    CUT = auto()  # gzip that ends in the middle, in a correct frame


class Ending(Enum):
    """What follows the part of the response that is sent."""

    COMPLETE = auto()  # nothing is missing
    CLOSED = auto()  # the connection is closed
    RESET = auto()  # the connection is reset (RST)
    STALLED = auto()  # nothing, until the client or the server ends
    DRIPPING = auto()  # one byte now and then, without end


@dataclass(frozen=True, slots=True)
class Response:
    """A response; `kind` is its name in the log.

    The fields from `head` on are for faults: whether the head is sent; which part of the body is
    sent (0 to 1) and what follows it; the delay before the first byte in seconds; whether the
    response is held until the test releases it; for how many seconds the server stops listening
    afterwards (0: until the test starts it again, `None`: it goes on listening).
    """

    kind: str
    status: int = 200
    headers: tuple[Header, ...] = ()
    body: bytes = b""
    reason: str = ""
    chunked: bool = True
    encoding: Encoding = Encoding.AS_REQUESTED
    head: bool = True
    sent: float = 1.0
    ending: Ending = Ending.COMPLETE
    delay: float = 0.0
    held: bool = False
    away: float | None = None


def encode_response(
    response: Response, *, takes_gzip: bool, keep_alive: bool = True
) -> tuple[bytes, bytes]:
    """Return the head and the framed body of a response."""
    body, encoding_headers = _encoded_body(response, takes_gzip=takes_gzip)
    lines = [
        f"HTTP/1.1 {response.status} {response.reason or reason_phrase(response.status)}",
        "Server: nginx",
        f"Date: {_now(int(time.time()))}",
        *(f"{name}: {value}" for name, value in response.headers),
        "Transfer-Encoding: chunked" if response.chunked else f"Content-Length: {len(body)}",
        f"Connection: {'keep-alive' if keep_alive else 'close'}",
        *encoding_headers,
        "\r\n",
    ]
    return to_bytes("\r\n".join(lines)), _chunks(body) if response.chunked else body


def service_response(
    kind: str, status: int, body: str, *headers: Header, html: bool = True
) -> Response:
    """Return a response of the service itself, which is no memento."""
    content_type = "text/html; charset=utf-8" if html else "text/plain"
    return Response(kind, status, (("Content-Type", content_type), *headers), to_bytes(body))


def to_bytes(text: str) -> bytes:
    """Return text as UTF-8; bytes that were not UTF-8 when they came in are restored."""
    return text.encode("utf-8", "surrogateescape")


def _encoded_body(response: Response, *, takes_gzip: bool) -> tuple[bytes, tuple[str, ...]]:
    encoding, body = response.encoding, response.body
    gzip_header = ("Content-Encoding: gzip",)
    if encoding is Encoding.CLAIMED:
        return body, gzip_header
    is_plain = not takes_gzip or not response.chunked or not body
    if encoding is Encoding.PLAIN or (encoding is Encoding.AS_REQUESTED and is_plain):
        return body, ()
    packed = gzip.compress(body, 1, mtime=0)
    match encoding:
        case Encoding.DOUBLED_HEADER:
            return packed, ("content-encoding: ", *gzip_header)
        case Encoding.TWICE:
            return gzip.compress(packed, 1, mtime=0), gzip_header
        case Encoding.UNDECLARED:
            return packed, ()
        case Encoding.CUT:
            return packed[: max(len(packed) // 2, 11)], gzip_header
    return packed, gzip_header


def _chunks(body: bytes) -> bytes:
    parts = [body[at : at + CHUNK] for at in range(0, len(body), CHUNK)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + LAST_CHUNK


@lru_cache(maxsize=1)
def _now(second: int) -> str:
    return formatdate(second, usegmt=True)
