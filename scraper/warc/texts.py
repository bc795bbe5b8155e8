"""What records are read from: a WARC file itself, or an unpacked copy of some of its members."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from normalise import Capture
from scraper.errors import BadRecord
from scraper.models import CaptureLocation
from scraper.warc.framing import MAX_RECORD_BYTES
from scraper.warc.members import DamagedMember, Member

MAX_RATIO = 200  # pages are compressed to a tenth; gzip can compress zeros to a thousandth


@dataclass(frozen=True, slots=True)
class WarcFile:
    """A WARC file: its name to people, the file to read, and a folder for unpacked copies."""

    name: str
    path: Path
    spool: Path


class Text(Protocol):
    """Records that are not compressed, or alone in their members."""

    @property
    def file(self) -> BinaryIO:
        """What to read."""

    @property
    def size(self) -> int:
        """How many bytes there are."""

    @property
    def is_whole(self) -> bool:
        """Whether nothing will be added."""

    def place(self, offset: int) -> str:
        """Return what to call the record at a byte before people."""

    def location(self, capture: Capture, offset: int, end: int, doubt: str) -> CaptureLocation:
        """Return where the page of a capture lies; its record stands between those bytes."""


class PlainText:
    """A WARC file as it is."""

    is_whole = True

    def __init__(self, warc: WarcFile, file: BinaryIO) -> None:
        self._warc = warc
        self.file = file
        self.size = file.seek(0, 2)

    def place(self, offset: int) -> str:
        """Return what to call the record at a byte before people."""
        return f"{self._warc.name}, record at byte {offset}"

    def location(self, capture: Capture, offset: int, _: int, doubt: str) -> CaptureLocation:
        """Return where the page of a capture lies."""
        return CaptureLocation(capture, self._warc.path, offset, self._named(offset), doubt=doubt)

    def _named(self, offset: int) -> str:
        is_itself = self._warc.name == str(self._warc.path)
        return "" if is_itself else self.place(offset)


class Spool:
    """Unpacked members of a WARC file, one run of them behind the other.

    `is_whole` says that no member will be added to this run.
    """

    def __init__(self, warc: WarcFile) -> None:
        self._warc = warc
        self._file: BinaryIO | None = None
        self._path = Path()
        self._run_start = 0  # in the copy
        self._first_member = 0  # in the file
        self.size = 0
        self.is_whole = False

    def close(self) -> None:
        """Close the copy."""
        if self._file is not None:
            self._file.close()

    @property
    def file(self) -> BinaryIO:
        """What to read. It is made when it is first asked for."""
        if self._file is None:
            folder = tempfile.mkdtemp(dir=self._warc.spool)
            self._path = Path(folder, "unpacked.warc")
            self._file = self._path.open("w+b", buffering=0)
        return self._file

    def begin(self, first_member: int) -> None:
        """Begin a run of members; the first one is at that byte of the file."""
        self._run_start, self._first_member = self.size, first_member
        self.is_whole = False

    def add(self, member: Member) -> DamagedMember | None:
        """Unpack a member behind the others; return the damage that ended it, if any.

        Raises `BadRecord` for a bomb, before that fills the disk.
        """
        try:
            for part in member:
                self._write(part)
                packed = member.position - self._first_member
                if self.size - self._run_start > MAX_RECORD_BYTES + MAX_RATIO * packed:
                    raise BadRecord(f"unpacks to more than {MAX_RATIO} times as much")
        except DamagedMember as error:
            return error
        return None

    def place(self, offset: int) -> str:
        """Return what to call the record at a byte of the copy before people."""
        member = f", member at byte {self._first_member}" if self._first_member else ""
        return f"{self._warc.name}{member}, record at byte {offset - self._run_start} unpacked"

    def location(self, capture: Capture, offset: int, end: int, doubt: str) -> CaptureLocation:
        """Return where the page of a capture lies."""
        return CaptureLocation(capture, self._path, offset, self.place(offset), end, doubt)

    def _write(self, part: bytes) -> None:
        self.file.seek(self.size)
        rest = memoryview(part)
        while rest:
            rest = rest[self.file.write(rest) :]
        self.size += len(part)
