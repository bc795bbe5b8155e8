"""Where a record ends, and a record read whole.

The libraries return what there is of a record that is cut off, and take the bytes behind a wrong
length for the next record. Here a record is whole or an error.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

from scraper.content_encoding import GZIP, MAX_IMAGE_BYTES, MAX_PAGE_BYTES, ZSTD
from scraper.errors import BadRecord
from scraper.warc.header import (
    HEADER_END,
    LONGEST_VERSION,
    MAX_HEADER_BYTES,
    VERSION,
    RecordHeader,
    parse_header,
)
from scraper.warc.members import Member

_READ_BYTES = 1 << 14  # most records are smaller
_TAIL_BYTES = 64
# Two stand behind a block; some programs write one, none or more.
_LINE_ENDS = re.compile(rb"(?:\r\n)+|\n*")
_CUT_VERSION = re.compile(rb"W(A(R(C(/([0-9](\.([0-9]{1,2}[ \t]*\r?)?)?)?)?)?)?)?", re.IGNORECASE)
DAMAGE_FOLLOWS = "damage follows its record"
MAX_RECORD_BYTES = MAX_PAGE_BYTES + MAX_HEADER_BYTES
MAX_IMAGE_BLOCK = MAX_IMAGE_BYTES + MAX_HEADER_BYTES  # the header of HTTP is part of the block


class CutOff(BadRecord):
    """A record needs more bytes than there are."""


@dataclass(frozen=True, slots=True)
class RecordFrame:
    """Where a whole record lies: its block, and the end of the line ends behind it.

    `is_followed` says that another record or the end of the file is there.
    """

    header: RecordHeader
    block_start: int
    block_end: int
    end: int
    is_followed: bool


@dataclass(frozen=True, slots=True)
class RawRecord:
    """A whole record, not compressed, and the byte of the file at which it ends."""

    header: RecordHeader
    block: bytes
    end: int


def frame_record(file: BinaryIO, start: int, size: int | None = None) -> RecordFrame:
    """Return where the record at byte `start` of a file that is not compressed lies.

    `size` is where the file is taken to end. Raises `CutOff` where the file ends before it,
    `BadRecord` where none is there or its length can't be right. The block is not read.
    """
    header, block_start = _read_header(file, start)
    block_end = block_start + header.length
    size = file.seek(0, 2) if size is None else size
    if size < block_end:
        raise CutOff(
            f"cut off after {size - block_start} of {header.length} bytes; "
            "get the file again, or the page from the archive"
        )
    file.seek(block_end)
    tail = file.read(min(_TAIL_BYTES, size - block_end))
    line_ends = _LINE_ENDS.match(tail)
    assert line_ends is not None, "it matches nothing as well"
    rest = tail[line_ends.end() :]
    is_at_end = block_end + len(tail) == size
    is_followed = _is_boundary(rest)
    if not is_followed and line_ends[0].count(b"\n") != 2:
        if is_at_end and _CUT_VERSION.fullmatch(rest):
            raise CutOff("cut off behind its block; get the file again")
        raise BadRecord(f"its Content-Length of {header.length} does not fit")
    return RecordFrame(header, block_start, block_end, block_end + line_ends.end(), is_followed)


def _is_boundary(rest: bytes) -> bool:
    """Whether a record may end before some bytes: a record, a member or the end of the file."""
    return rest in {b"", b"\r"} or rest.startswith((GZIP, ZSTD)) or VERSION.match(rest) is not None


def one_record(member: Member) -> RecordHeader | None:
    """Return the header of the record that fills a gzip member, `None` where none does exactly.

    Raises `DamagedMember`. The block is not kept, however long it is.
    """
    head, size, tail = bytearray(), 0, b""
    for part in member:
        if len(head) < MAX_HEADER_BYTES:
            head += part
        size += len(part)
        tail = part[-_TAIL_BYTES:] if len(part) >= _TAIL_BYTES else (tail + part)[-_TAIL_BYTES:]
    end = HEADER_END.search(head)
    if end is None:
        return None
    try:
        header = parse_header(bytes(head[: end.end()]))
    except BadRecord:
        return None
    blank = size - end.end() - header.length
    is_exact = 0 <= blank <= len(tail) and _LINE_ENDS.fullmatch(tail[len(tail) - blank :])
    return header if is_exact else None


def has_version(file: BinaryIO, start: int) -> bool:
    """Return whether the first line of a record is at a byte."""
    file.seek(start)
    return VERSION.match(file.read(LONGEST_VERSION)) is not None


def read_record(
    file: BinaryIO, start: int, end: int | None = None, max_bytes: int = MAX_PAGE_BYTES
) -> RawRecord:
    """Return the record at byte `start` of a WARC file, alone in a gzip member or not compressed.

    `end` is where it must have ended. Raises `BadRecord` unless all of it is there, or if its block
    is larger than `max_bytes`: no page is.
    """
    file.seek(start)
    is_packed = file.read(len(GZIP)) == GZIP
    text, text_start, member_end = file, start, None
    if is_packed:
        content, member_end = _read_member(file, start, max_bytes)
        text, text_start = BytesIO(content), 0
    frame = frame_record(text, text_start, None if is_packed else end)
    if frame.header.length > max_bytes:
        raise BadRecord(f"of {frame.header.length} bytes; no page is larger than {max_bytes}")
    if is_packed and frame.end != len(content):
        raise BadRecord("its gzip member holds more than one record")
    text.seek(frame.block_start)
    block = text.read(frame.header.length)
    return RawRecord(frame.header, block, member_end or frame.end)


def _read_header(file: BinaryIO, start: int) -> tuple[RecordHeader, int]:
    """The header at a byte, and where the block behind it begins."""
    file.seek(start)
    head = file.read(_READ_BYTES)
    begins = VERSION.match(head) is not None
    if not begins and len(head) >= LONGEST_VERSION:
        raise BadRecord("no record begins there")
    end = HEADER_END.search(head)
    if end is None and begins:
        head += file.read(MAX_HEADER_BYTES)
        end = HEADER_END.search(head)
    if end is None:
        if len(head) > MAX_HEADER_BYTES:
            raise BadRecord("its header is damaged: it does not end")
        raise CutOff("its header is damaged or cut off")
    return parse_header(head[: end.end()]), start + end.end()


def _read_member(file: BinaryIO, start: int, max_bytes: int) -> tuple[bytes, int]:
    """What is in a gzip member, and where it ends."""
    member, content = Member(file, start), bytearray()
    for part in member:
        content += part
        if len(content) >= max_bytes + MAX_HEADER_BYTES:
            raise BadRecord(f"no page is larger than {max_bytes} bytes")
    return bytes(content), member.end
