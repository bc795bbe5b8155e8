"""One record of a WARC file, read whole: its header, its block, and where it ends.

The libraries return what there is of a record that is cut off. Here its length is checked.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from typing import BinaryIO

from scraper.content_encoding import MAX_PAGE_BYTES
from scraper.errors import BadRecord
from scraper.warc.file_kinds import GZIP

_HEADER_END = _RECORD_END = b"\r\n\r\n"
_CONTENT_LENGTH = re.compile(
    rb"^Content-Length:[ \t]*([0-9]{1,12})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE
)
_READ_BYTES = 1 << 14  # most records are smaller
_MAX_HEADER_BYTES = 1 << 20
MAX_RECORD_BYTES = MAX_PAGE_BYTES + _MAX_HEADER_BYTES


@dataclass(frozen=True, slots=True)
class RawRecord:
    """The bytes of a whole record, not compressed, and the byte of the file at which it ends."""

    content: bytes
    end: int


def read_record(file: BinaryIO, start: int) -> RawRecord:
    """Return the record at byte `start` of a WARC file, alone in a gzip member or not compressed.

    Raises `BadRecord` unless all of it is there.
    """
    file.seek(start)
    content = file.read(_READ_BYTES)
    member_end = None
    if content.startswith(GZIP):
        content, member_end = _read_member(file, content)
    elif _HEADER_END not in content:
        content += file.read(_MAX_HEADER_BYTES)
    header, separator, block = content.partition(_HEADER_END)
    length = _content_length(header if separator else b"")
    if member_end is None:
        block += file.read(max(0, length + len(_RECORD_END) - len(block)))
    if len(block) < length:
        raise BadRecord(
            f"cut off after {len(block)} of {length} bytes; "
            "get the file again, or the page from the archive"
        )
    line_ends = block[length : length + len(_RECORD_END)]
    if line_ends not in (_RECORD_END, b"\r\n", b""):
        raise BadRecord(f"its Content-Length of {length} does not fit")
    plain_end = start + len(header) + len(_HEADER_END) + length + len(line_ends)
    return RawRecord(
        b"".join((header, _HEADER_END, block[:length], _RECORD_END)), member_end or plain_end
    )


def _content_length(header: bytes) -> int:
    match = _CONTENT_LENGTH.search(header)
    if match is None:
        raise BadRecord("its header is damaged or cut off")
    length = int(match[1])
    if length > MAX_PAGE_BYTES:
        raise BadRecord(f"of {length} bytes; no page is larger than {MAX_PAGE_BYTES}")
    return length


def _read_member(file: BinaryIO, compressed: bytes) -> tuple[bytes, int]:
    """What is in a gzip member, and where it ends; `compressed` has been read of it."""
    decompressor = zlib.decompressobj(wbits=31)
    content = bytearray()
    while True:
        try:
            content += decompressor.decompress(compressed, MAX_RECORD_BYTES)
        except zlib.error as error:
            raise BadRecord(f"its gzip member is damaged: {error}") from error
        if len(content) >= MAX_RECORD_BYTES:
            raise BadRecord(f"no page is larger than {MAX_PAGE_BYTES} bytes")
        if decompressor.eof:
            return bytes(content), file.tell() - len(decompressor.unused_data)
        compressed = file.read(_READ_BYTES)
        if not compressed:
            raise BadRecord("its gzip member is cut off; get the file again")
