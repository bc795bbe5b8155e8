"""The captures of a WARC file, and where it is damaged.

The file is read from the start of a record to the first damage, then from the next place at which
a record may begin. Damaged records are reported when they are read; damage between records is
reported here, once for each stretch.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from scraper.errors import BadRecord
from scraper.models import CaptureLocation
from scraper.warc.fields import capture_of
from scraper.warc.framing import read_record
from scraper.warc.recovery import MAX_FALSE_STARTS, next_start
from scraper.warc.unpacking import WarcFile

_BLANK = b"\r\n\0"
_BLANK_BYTES = 1 << 14  # of the rest of a file that are looked at
_OTHER_RECORDS = (
    WarcRecordType.warcinfo
    | WarcRecordType.request
    | WarcRecordType.metadata
    | WarcRecordType.conversion
    | WarcRecordType.continuation
)
_CAPTURE_RECORDS = WarcRecordType.response | WarcRecordType.resource | WarcRecordType.revisit


def scan_warc(warc: WarcFile) -> Iterator[CaptureLocation | BadRecord]:
    """Yield where each capture of a WARC file lies, and an error for each stretch of damage."""
    start: int | None = 0
    false_starts = 0
    is_reported = False
    with warc.readable.open("rb") as file:
        while start is not None:
            run = yield from _scan_run(file, warc, start)
            if run.last is None:
                false_starts += 1
            else:
                false_starts, is_reported = 0, False
            if false_starts == MAX_FALSE_STARTS:
                yield BadRecord(
                    f"{warc.path}: the search ends at byte {start}: all behind it is damaged"
                )
                return
            end = start if run.last is None else _record_end(file, run.last)
            if run.damage is None and end is not None and _is_blank_from(file, end):
                return
            if run.damage is None and run.last is None and start == 0:
                yield BadRecord(f"{warc.path}: no record of a WARC file is in it")
                return
            if not is_reported and end is not None:
                reason = run.damage or "no record"
                yield BadRecord(f"{warc.path}: damaged behind byte {end}: {reason}")
            is_reported = True
            start = next_start(file, (start if run.last is None else run.last) + 1)


@dataclass(frozen=True, slots=True)
class _Run:
    """Consecutive records: the byte at which the last one begins, and what ended them."""

    last: int | None
    damage: OSError | None


def _scan_run(
    file: BinaryIO, warc: WarcFile, start: int
) -> Generator[CaptureLocation | BadRecord, None, _Run]:
    """Yield the captures from byte `start` on, up to the first damage or the end."""
    last: int | None = None
    file.seek(start)
    try:
        for record in ArchiveIterator(file, record_types=WarcRecordType.any_type, parse_http=False):
            last = record.stream_pos
            found = _capture_location(record, warc)
            if found is not None:
                yield found
    except OSError as error:
        return _Run(last, error)
    return _Run(last, None)


def _capture_location(record: WarcRecord, warc: WarcFile) -> CaptureLocation | BadRecord | None:
    """Where the capture of a record lies; `None` for a record that is no page of the web."""
    if record.record_type & _OTHER_RECORDS:
        return None
    headers, offset = record.headers, record.stream_pos
    target_uri = (headers.get("WARC-Target-URI") or "").strip("<>")
    is_capture = record.record_type & _CAPTURE_RECORDS
    if not is_capture or not target_uri or "Content-Length" not in headers:
        return BadRecord(f"{warc.path}, record at byte {offset}: its header is damaged")
    if not target_uri.lower().startswith(("http://", "https://")):
        return None
    try:
        return warc.location(capture_of(target_uri, headers.get("WARC-Date") or ""), offset)
    except BadRecord as error:
        return BadRecord(f"{warc.path}, record at byte {offset}: {error}")


def _record_end(file: BinaryIO, start: int) -> int | None:
    """Where a record ends, `None` if it is damaged."""
    try:
        return read_record(file, start).end
    except BadRecord:
        return None


def _is_blank_from(file: BinaryIO, start: int) -> bool:
    file.seek(start)
    return not file.read(_BLANK_BYTES).strip(_BLANK)
