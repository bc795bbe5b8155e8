"""The captures of a WARC file, and where it is damaged.

A file is a run of records and compressed members, in any order. A gzip member that holds exactly
one record is read from where it is. Others are unpacked into a copy, until records and members end
together again: several records in a member, a record in several members, a file that is one member.
Behind damage the search goes on at the next place at which a record may begin; each stretch of
damage is reported once.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from contextlib import closing
from typing import BinaryIO

from scraper.content_encoding import ZSTD
from scraper.errors import BadRecord
from scraper.models import CaptureLocation, SourceNote
from scraper.warc.digests import can_check
from scraper.warc.fields import BLOCK_DIGEST, capture_of
from scraper.warc.framing import DAMAGE_FOLLOWS, CutOff, frame_record, has_version, one_record
from scraper.warc.header import RecordHeader
from scraper.warc.members import DamagedMember, Member, is_compressed, read_dictionary
from scraper.warc.recovery import MAX_FALSE_STARTS, next_start
from scraper.warc.texts import PlainText, Spool, Text, WarcFile

Found = CaptureLocation | BadRecord | SourceNote

_LOOK_AHEAD_BYTES = 1 << 14
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?![0-9])")
_OTHER_RECORDS = frozenset({"warcinfo", "request", "metadata", "conversion", "continuation"})
_CAPTURE_RECORDS = frozenset({"response", "resource", "revisit"})


def scan_warc(warc: WarcFile) -> Iterator[Found]:
    """Yield where each capture of a WARC file lies, an error for each stretch of damage, notes."""
    try:
        with warc.path.open("rb") as file, closing(Spool(warc)) as spool:
            scan = _Scan(warc, file, spool)
            yield from scan.found()
            if scan.is_empty:
                yield SourceNote(f"{warc.name}: no record is in it; get the file again")
    except BadRecord as error:
        yield BadRecord(f"{warc.name}: {error}")


class _Scan:
    """One reading of a WARC file."""

    def __init__(self, warc: WarcFile, file: BinaryIO, spool: Spool) -> None:
        self._warc = warc
        self._file = file
        self._plain = PlainText(warc, file)
        self._spool = spool
        self._dictionary = read_dictionary(file)
        self._false_starts = 0  # since the last record
        self._is_told = False  # whether the damage that is being passed over was reported
        self._noted: set[str] = set()
        self._doubt = ""  # why records of the member that is being read may not be right
        self._has_record = False

    @property
    def is_empty(self) -> bool:
        """Whether neither a record nor damage was found."""
        return not self._has_record and not self._is_told

    def found(self) -> Iterator[Found]:
        """Yield what is found from the start of the file to its end."""
        place, size = 0, self._plain.size
        while place < size:
            if self._false_starts >= MAX_FALSE_STARTS:
                yield BadRecord(
                    f"{self._warc.name}: the search ends at byte {place}: all behind it is damaged"
                )
                return
            self._file.seek(place)
            ahead = self._file.read(_LOOK_AHEAD_BYTES)
            if line_ends := _line_ends(ahead):
                place += line_ends
                continue
            if is_compressed(ahead):
                place = yield from self._member(place)
            else:
                place = yield from self._record(self._plain, place)

    def _record(self, text: Text, start: int) -> Generator[Found, None, int]:
        """What is at a byte of a text; returns where to go on. Raises `CutOff` if more may come."""
        try:
            frame = frame_record(text.file, start, text.size)
        except CutOff as error:
            if not text.is_whole:
                raise
            return (yield from self._damage(text, start, error))
        except BadRecord as error:
            return (yield from self._damage(text, start, error))
        self._found_record()
        doubt = self._doubt or ("" if frame.is_followed else DAMAGE_FOLLOWS)
        yield from self._capture(frame.header, text, start, frame.end, doubt)
        return frame.end

    def _damage(self, text: Text, start: int, error: BadRecord) -> Generator[Found, None, int]:
        """Report damage unless that was done, and find where the next record may begin."""
        yield from self._tell(f"{text.place(start)}: {error}")
        self._false_starts += 1
        following = next_start(text.file, start + 1)
        return text.size if following is None else following

    def _found_record(self) -> None:
        self._false_starts, self._is_told, self._has_record = 0, False, True

    def _tell(self, message: str) -> Iterator[BadRecord]:
        if not self._is_told:
            yield BadRecord(message)
        self._is_told = True

    def _capture(
        self, header: RecordHeader, text: Text, start: int, end: int, doubt: str
    ) -> Iterator[Found]:
        """The capture of a record; nothing for a record that is no page of the web."""
        if header.kind in _OTHER_RECORDS:
            return
        target_uri = header.target_uri
        if header.kind not in _CAPTURE_RECORDS or not target_uri:
            yield BadRecord(
                f"{text.place(start)}: its header is damaged: it has no "
                f"{'WARC-Target-URI' if header.kind in _CAPTURE_RECORDS else 'WARC-Type'} of a page"
            )
        elif target_uri.lower().startswith(("http://", "https://")):
            yield from self._note_digest(header, text, start)
            try:
                capture = capture_of(target_uri, header.get("WARC-Date"))
            except BadRecord as error:
                yield BadRecord(f"{text.place(start)}: {error}")
            else:
                yield text.location(capture, start, end, doubt)
        elif not _SCHEME.match(target_uri):
            yield BadRecord(
                f"{text.place(start)}: its WARC-Target-URI is no address: {target_uri[:200]!r}"
            )

    def _note_digest(self, header: RecordHeader, text: Text, start: int) -> Iterator[SourceNote]:
        """A note where a digest can't be checked, one for each algorithm in a file."""
        digest = header.get(BLOCK_DIGEST)
        algorithm = digest.partition(":")[0]
        if digest and algorithm not in self._noted and not can_check(digest):
            self._noted.add(algorithm)
            yield SourceNote(
                f"{text.place(start)}: its {BLOCK_DIGEST} can't be checked ({digest[:80]}); "
                "such digests are passed over"
            )

    # --- compressed members --------------------------------------------------------------------

    def _member(self, start: int) -> Generator[Found, None, int]:
        """The records of compressed members from a byte on; returns where to go on."""
        member = Member(self._file, start)
        if member.is_gzip:
            try:
                header = one_record(member)
            except DamagedMember:
                header = None
            if header is not None:
                self._found_record()
                yield from self._capture(header, self._plain, start, member.end, "")
                return member.end
        return (yield from self._members(start))

    def _members(self, start: int) -> Generator[Found, None, int]:
        """Unpack members until records and members end together, or no member follows."""
        self._spool.begin(start)
        read = self._spool.size
        while True:
            member, text_start = Member(self._file, start, self._dictionary), self._spool.size
            error = self._spool.add(member)
            if read < text_start and has_version(self._spool.file, text_start):
                # A record begins with this member, so the one before it is not whole.
                yield from self._tell(f"{self._spool.place(read)}: cut off; get the file again")
                read = next_start(self._spool.file, read + 1) or text_start
            if error is not None:
                return (yield from self._damaged_member(start, read, error))
            start = member.end
            self._spool.is_whole = not self._is_member(start)
            read = yield from self._unpacked(read)
            if self._spool.is_whole or read == self._spool.size:
                return start

    def _unpacked(self, start: int) -> Generator[Found, None, int]:
        """What is unpacked from a byte on; returns where a record begins that is not whole yet."""
        while start < self._spool.size and self._false_starts < MAX_FALSE_STARTS:
            self._spool.file.seek(start)
            if line_ends := _line_ends(self._spool.file.read(_LOOK_AHEAD_BYTES)):
                start += line_ends
                continue
            try:
                start = yield from self._record(self._spool, start)
            except CutOff:
                return start
        return self._spool.size

    def _damaged_member(
        self, start: int, read: int, error: DamagedMember
    ) -> Generator[Found, None, int]:
        """What came of a member before its damage; returns where the next one may begin.

        A wrong checksum may be that of any record, header or page: none is taken then. Before any
        other fault records are whole, and still doubtful.
        """
        if error.is_spoilt:
            yield from self._tell(
                f"{self._warc.name}, damaged at byte {start}: {error}; nothing of it is taken"
            )
            following = next_start(self._file, start + 1, plain_from=error.fault)
        else:
            self._spool.is_whole, self._doubt = False, DAMAGE_FOLLOWS
            yield from self._unpacked(read)
            self._doubt = ""
            yield from self._tell(f"{self._warc.name}, damaged at byte {start}: {error}")
            following = next_start(self._file, start + 1)
        self._false_starts += 1
        return self._plain.size if following is None else following

    def _is_member(self, start: int) -> bool:
        self._file.seek(start)
        return is_compressed(self._file.read(len(ZSTD)))


def _line_ends(content: bytes) -> int:
    """How many bytes of line ends a text begins with."""
    return len(content) - len(content.lstrip(b"\r\n"))
