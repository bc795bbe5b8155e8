"""Whole records of a file that may be damaged, and places at which one may begin."""

from __future__ import annotations

import mmap
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from scraper.content_encoding import GZIP, ZSTD
from scraper.errors import BadRecord
from scraper.warc.framing import MAX_IMAGE_BLOCK, RawRecord, read_record
from scraper.warc.header import VERSION

# Consecutive places that look like the start of a record and are none. By chance one place in
# 16 MB does.
MAX_FALSE_STARTS = 200
_LONGEST = 32  # bytes of what a record begins with

_MEMBER = re.compile(re.escape(GZIP) + rb"\x08|" + re.escape(ZSTD))


@dataclass(frozen=True, slots=True)
class WholeRecord:
    """A record that is whole, and the bytes of the file at which it begins and ends."""

    record: RawRecord
    start: int

    @property
    def end(self) -> int:
        """Return the byte at which it ends."""
        return self.record.end


def whole_records(path: Path, start: int) -> Iterator[WholeRecord]:
    """Yield the records of a WARC file from byte `start` to the first that is not whole."""
    with path.open("rb") as file, suppress(BadRecord):
        while True:
            record = read_record(file, start, max_bytes=MAX_IMAGE_BLOCK)
            yield WholeRecord(record, start)
            start = record.end


def has_whole_record_behind(path: Path, start: int) -> bool:
    """Return whether a whole record begins anywhere behind byte `start` of a WARC file.

    Where more places look like one than an accident makes, one is taken to be there.
    """
    with path.open("rb") as file:
        for _ in range(MAX_FALSE_STARTS):
            candidate = next_start(file, start + 1)
            if candidate is None:
                return False
            if any(True for _ in whole_records(path, candidate)):
                return True
            start = candidate
    return True


def next_start(file: BinaryIO, start: int, plain_from: int = 0) -> int | None:
    """Return the first byte from `start` on at which a record may begin, `None` for none.

    Before `plain_from` only compressed members count.
    """
    if file.seek(0, 2) == 0:
        return None
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        member = _MEMBER.search(content, start)
        end = len(content) if member is None else member.start()
        plain = VERSION.search(content, max(start, plain_from), end + _LONGEST)
        found = [match.start() for match in (member, plain) if match is not None]
    return min(found, default=None)
