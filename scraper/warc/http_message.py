"""The HTTP response in a record, however its program wrote it.

warcio's reader of chunks is not used: it refuses long extensions, lines that end in a line feed
alone, and a last chunk without its empty line (RFC 9112, 7.1).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from scraper.errors import BadRecord
from scraper.warc.header import HEADER_END, MAX_HEADER_BYTES, Fields, parse_fields

# `HTTP/2 200`, `http/1.1 200 OK`, `ICY 200 OK`; the reason may be missing.
STATUS_LINE = re.compile(
    rb"[\r\n]*(?:HTTP(?:/[0-9.]+)?|ICY)[ \t]+([0-9]{3})\b[ \t]*([^\r\n]*)", re.IGNORECASE
)
REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CHUNK = re.compile(rb"[ \t]*0*([0-9a-fA-F]{1,8})[ \t]*(?:;[^\r\n]*)?\r?\n")
_ODD_CHUNK = re.compile(rb"\s*(?:0x)?[0-9a-fA-F]{1,16}(?:[ \t;][^\r\n]{0,200})?\r?\n")
_INTERIM = range(100, 200)
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
    """Return the response in a block, behind interim ones. Raises `BadRecord` for none."""
    while True:
        status_line = STATUS_LINE.match(block)
        if status_line is None:
            raise BadRecord("no HTTP response is in it")
        block = block.lstrip(b"\r\n")
        end = HEADER_END.search(block, 0, MAX_HEADER_BYTES)
        if end is None and len(block) > MAX_HEADER_BYTES:
            raise BadRecord("its HTTP header does not end")
        head, body = (block, b"") if end is None else (block[: end.end()], block[end.end() :])
        status = int(status_line[1])
        if status not in _INTERIM or STATUS_LINE.match(body) is None:
            reason = status_line[2].decode("ascii", "replace").strip()
            return HttpResponse(status, reason, parse_fields(head), body)
        block = body


def is_chunked(response: HttpResponse) -> bool:
    """Return whether a body is in chunks; some programs keep the header and store no chunks.

    Raises `BadRecord` for what begins like a chunk and is none.
    """
    encodings = ",".join(response.values("Transfer-Encoding")).lower()
    if "chunked" not in encodings:
        return False
    if _CHUNK.match(response.body):
        return True
    if _ODD_CHUNK.match(response.body):
        raise BadRecord("its chunks can't be read: their first line is damaged")
    return False


def dechunk(body: bytes, *, is_cut: bool = False) -> bytes:
    """Return a body without its chunks.

    Raises `BadRecord` where it is cut off, unless that is known: then what there is comes back.
    """
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
            parts.append(body[chunk.end() : data_end])
            break
        parts.append(body[chunk.end() : data_end])
        place = line_end.end()
    if is_cut:
        return b"".join(parts)
    raise BadRecord("its body is cut off: the last chunk is missing, or one is damaged")
