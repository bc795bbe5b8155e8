"""The HTTP response in a record, however its program wrote it.

warcio's reader of chunks is not used: it refuses long extensions, lines that end in a line feed
alone, and a last chunk without its empty line (RFC 9112, 7.1).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from scraper.errors import BadRecord
from scraper.warc.header import HEADER_END, Fields, parse_fields

# `HTTP/2 200`, `http/1.1 200 OK`, `ICY 200 OK`; the reason may be missing.
STATUS_LINE = re.compile(
    rb"[\r\n]*(?:HTTP(?:/[0-9.]+)?|ICY)[ \t]+([0-9]{3})\b[ \t]*([^\r\n]*)", re.IGNORECASE
)
REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CHUNK = re.compile(rb"[ \t]*([0-9a-fA-F]{1,8})[ \t]*(?:;[^\r\n]*)?\r?\n")
_LINE_END = re.compile(rb"\r?\n")
_TRAILER = re.compile(rb"(?:[^\r\n:]+:[^\r\n]*\r?\n)*(?:\r?\n)?\Z")


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """A response; its body is as the record has it."""

    status: int
    reason: str
    fields: Fields
    body: bytes

    def values(self, name: str) -> list[str]:
        """Return the values of all fields of a name, whatever its case."""
        return self.fields.all(name)


def parse_response(block: bytes) -> HttpResponse:
    """Return the response in a block. Raises `BadRecord` where none is in it."""
    status_line = STATUS_LINE.match(block)
    if status_line is None:
        raise BadRecord("no HTTP response is in it")
    block = block.lstrip(b"\r\n")
    end = HEADER_END.search(block)
    head, body = (block, b"") if end is None else (block[: end.end()], block[end.end() :])
    reason = status_line[2].decode("ascii", "replace").strip()
    return HttpResponse(int(status_line[1]), reason, parse_fields(head), body)


def is_chunked(response: HttpResponse) -> bool:
    """Return whether a body is in chunks; some programs keep the header and store no chunks."""
    encodings = ",".join(response.values("Transfer-Encoding")).lower()
    return "chunked" in encodings and _CHUNK.match(response.body) is not None


def dechunk(body: bytes) -> bytes:
    """Return a body without its chunks. Raises `BadRecord` where it is cut off."""
    parts: list[bytes] = []
    place = 0
    while chunk := _CHUNK.match(body, place):
        size = int(chunk[1], 16)
        if size == 0:
            if _TRAILER.match(body, chunk.end()) is None:
                break
            return b"".join(parts)
        data_end = chunk.end() + size
        line_end = _LINE_END.match(body, data_end)
        if line_end is None:
            break
        parts.append(body[chunk.end() : data_end])
        place = line_end.end()
    raise BadRecord("its body is cut off: the last chunk is missing, or one is damaged")
