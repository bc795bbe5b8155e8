"""An answer of the server, and its bytes on the wire; it can be told to lie about anything."""

from __future__ import annotations

import gzip
import time
from dataclasses import dataclass
from email.utils import formatdate
from enum import Enum, auto
from functools import lru_cache

from fake_archive.mementos import Header, reason_of

CHUNK = 16_384
LAST_CHUNK = b"0\r\n\r\n"


class Coding(Enum):
    """How the body is packed, and what the headers say about it (facts/wayback.md 2.10)."""

    AS_ASKED = auto()  # gzip if the request allows it
    UNASKED = auto()  # gzip, asked for or not
    PLAIN = auto()  # never gzip
    CLAIMED = auto()  # the header says gzip, the body is plain
    DOUBLED_HEADER = auto()  # gzip, after a second header `content-encoding: ` without a value
    TWICE = auto()  # gzip in gzip, the header says it once
    UNSAID = auto()  # gzip without a header
    CUT = auto()  # gzip that stops in the middle, well framed


class Ending(Enum):
    """What comes after the part of the answer that is sent (2.9)."""

    WHOLE = auto()  # nothing is missing
    CLOSED = auto()  # the connection is closed
    RESET = auto()  # the connection is reset (RST)
    STALLED = auto()  # nothing, until the client or the server goes away
    DRIPPING = auto()  # a byte now and then, for ever


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered; `kind` is the word for it in the log.

    The fields from `head` on are for faults: whether the head is sent, which part of the body
    is (0 to 1), what comes then; seconds to wait before the first byte; whether the answer is
    kept back until the test releases it; whether the listener goes away with it, and for how
    many seconds (0: until the test brings it back).
    """

    kind: str
    status: int = 200
    headers: tuple[Header, ...] = ()
    body: bytes = b""
    reason: str = ""
    chunked: bool = True
    coding: Coding = Coding.AS_ASKED
    head: bool = True
    sent: float = 1.0
    ending: Ending = Ending.WHOLE
    delay: float = 0.0
    held: bool = False
    away: float | None = None


def wire(answer: Answer, *, takes_gzip: bool, keep_alive: bool = True) -> tuple[bytes, bytes]:
    """Return the head and the framed body of an answer."""
    body, coding_headers = _coded(answer, takes_gzip=takes_gzip)
    lines = [
        f"HTTP/1.1 {answer.status} {answer.reason or reason_of(answer.status)}",
        "Server: nginx",
        f"Date: {_now(int(time.time()))}",
        *(f"{name}: {value}" for name, value in answer.headers),
        "Transfer-Encoding: chunked" if answer.chunked else f"Content-Length: {len(body)}",
        f"Connection: {'keep-alive' if keep_alive else 'close'}",
        *coding_headers,
        "\r\n",
    ]
    return encoded("\r\n".join(lines)), _chunks(body) if answer.chunked else body


def plain(kind: str, status: int, body: str, *headers: Header, html: bool = True) -> Answer:
    """Return an answer of the service itself: no capture."""
    content_type = "text/html; charset=utf-8" if html else "text/plain"
    return Answer(kind, status, (("Content-Type", content_type), *headers), encoded(body))


def encoded(text: str) -> bytes:
    """Return text as bytes; what came in as no UTF-8 goes out as it came."""
    return text.encode("utf-8", "surrogateescape")


def _coded(answer: Answer, *, takes_gzip: bool) -> tuple[bytes, tuple[str, ...]]:
    coding, body = answer.coding, answer.body
    says_gzip = ("Content-Encoding: gzip",)
    if coding is Coding.CLAIMED:
        return body, says_gzip
    is_plain = not takes_gzip or not answer.chunked or not body
    if coding is Coding.PLAIN or (coding is Coding.AS_ASKED and is_plain):
        return body, ()
    packed = gzip.compress(body, 1, mtime=0)
    match coding:
        case Coding.DOUBLED_HEADER:
            return packed, ("content-encoding: ", *says_gzip)
        case Coding.TWICE:
            return gzip.compress(packed, 1, mtime=0), says_gzip
        case Coding.UNSAID:
            return packed, ()
        case Coding.CUT:
            return packed[: max(len(packed) // 2, 11)], says_gzip
    return packed, says_gzip


def _chunks(body: bytes) -> bytes:
    parts = [body[at : at + CHUNK] for at in range(0, len(body), CHUNK)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + LAST_CHUNK


@lru_cache(maxsize=1)
def _now(second: int) -> str:
    return formatdate(second, usegmt=True)
