"""Unpacked copies of WARC files that are compressed as a whole.

A `.warc.gz` has a gzip member for each record, so that a record can be read from its offset. What
people compress with gzip(1) is one member.
"""

from __future__ import annotations

import tempfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from fastwarc.warc import ArchiveIterator

from normalise import Capture
from scraper.errors import BadRecord
from scraper.models import CaptureLocation
from scraper.warc.file_kinds import GZIP
from scraper.warc.framing import MAX_RECORD_BYTES

_READ_BYTES = 1 << 14
_MAX_RATIO = 200  # pages are compressed to a tenth; gzip can compress zeros to a thousandth


@dataclass(frozen=True, slots=True)
class WarcFile:
    """A WARC file, and the file to read its records from: itself, or an unpacked copy."""

    path: Path
    readable: Path

    def location(self, capture: Capture, offset: int) -> CaptureLocation:
        """Return where the page of a capture lies; its record begins at byte `offset`."""
        unpacked_from = None if self.readable == self.path else self.path
        return CaptureLocation(capture, self.readable, offset, unpacked_from)


def open_seekable(path: Path, spool: Path) -> WarcFile:
    """Return a WARC file whose records can be read from their offsets.

    A copy is unpacked into the folder `spool` where that is needed. Raises `BadRecord` for a file
    that unpacks to more than any WARC file does.
    """
    if _is_seekable(path):
        return WarcFile(path, path)
    copy = Path(tempfile.mkdtemp(dir=spool), path.name.removesuffix(".gz"))
    with path.open("rb") as compressed, copy.open("wb") as plain:
        is_sound = _unpack(compressed, plain)
        is_empty = plain.tell() == 0
    return WarcFile(path, path if is_empty and not is_sound else copy)


def _is_seekable(path: Path) -> bool:
    """Whether records have offsets of their own; also for what is no WARC file."""
    with path.open("rb") as file:
        if file.read(2) != GZIP:
            return True
        file.seek(0)
        try:
            records = ArchiveIterator(file, parse_http=False)
            # No more than two: a file that is damaged behind them is unpacked as well.
            offsets = [record.stream_pos for _, record in zip(range(2), records, strict=False)]
        except OSError:
            return True
        file.seek(offsets[-1] if offsets else 0)
        return bool(offsets) and file.read(2) == GZIP and len(set(offsets)) == len(offsets)


def _unpack(compressed: BinaryIO, plain: BinaryIO) -> bool:
    """Unpack gzip as far as it is sound, and return whether it is sound to its end.

    Where it is cut off, so is the copy, and the last record is reported when it is read. Raises
    `BadRecord` for a bomb, before that fills the disk.
    """
    decompressor = zlib.decompressobj(wbits=31)
    is_between_members = True
    while part := compressed.read(_READ_BYTES):
        try:
            while part:
                plain.write(decompressor.decompress(part))
                if plain.tell() > MAX_RECORD_BYTES + _MAX_RATIO * compressed.tell():
                    raise BadRecord(
                        f"{compressed.name}: unpacks to more than {_MAX_RATIO} times as much"
                    )
                part, is_between_members = decompressor.unused_data, decompressor.eof
                if decompressor.eof:
                    decompressor = zlib.decompressobj(wbits=31)
        except zlib.error:
            return False
    return is_between_members
