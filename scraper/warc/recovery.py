"""Whole records of a file that may be damaged, and places at which one may begin."""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from fastwarc.warc import WarcRecord

from scraper.errors import BadRecord
from scraper.warc.file_kinds import GZIP, WARC_VERSION
from scraper.warc.framing import read_record

# Consecutive places that look like the start of a record and are none. By chance one place in
# 16 MB does.
MAX_FALSE_STARTS = 200

_MEMBER = GZIP + b"\x08"  # a gzip member begins so; WARC files have one for each record


@dataclass(frozen=True, slots=True)
class WholeRecord:
    """A record that is whole, and the bytes of the file at which it begins and ends."""

    record: WarcRecord
    start: int
    end: int


def whole_records(path: Path, start: int) -> Iterator[WholeRecord]:
    """Yield the records of a WARC file from byte `start` to the first that is not whole."""
    with path.open("rb") as file, suppress(BadRecord):
        while True:
            raw = read_record(file, start)
            try:
                record = WarcRecord.from_bytes(raw.content)
            except OSError:  # no error of the disk: fastwarc's for what is no record
                return
            yield WholeRecord(record, start, raw.end)
            start = raw.end


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


def next_start(file: BinaryIO, start: int) -> int | None:
    """Return the first byte from `start` on at which a record may begin, `None` for none."""
    if file.seek(0, 2) == 0:
        return None
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        member = content.find(_MEMBER, start)
        line_end = content.find(b"\n" + WARC_VERSION, start)
    starts = [member, line_end + 1 if line_end >= 0 else -1]
    return min((found for found in starts if found >= 0), default=None)
