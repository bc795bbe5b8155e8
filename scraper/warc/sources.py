"""Where archived pages come from: WARC files, folders of them, saved pages, HTML files.

`find` lists what there is without keeping any page in memory; `read` gets one page. Between them
stands `Record`, the place of one capture, small enough to be passed to another process.
"""

from __future__ import annotations

import datetime as dt
import gzip
import json
import mmap
import re
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from normalise import BadCapture, Capture
from scraper.content_encoding import MAX_PAGE_BYTES, decode_body
from scraper.errors import BadBody, BadRecord, RevisitRecord, UsageError
from scraper.models import CaptureLocation, Payload

PAGE_FILE = "page.html"
CAPTURE_FILE = "capture.json"

_WARC_NAMES = ("*.warc", "*.warc.gz")
_GZIP = b"\x1f\x8b"
_MEMBER = b"\x1f\x8b\x08"  # a gzip member begins so; WARC files have one a record
_WARC_LINE = b"WARC/1."
_PASSED_OVER = (
    WarcRecordType.warcinfo
    | WarcRecordType.request
    | WarcRecordType.metadata
    | WarcRecordType.conversion
    | WarcRecordType.continuation
)
_WANTED = WarcRecordType.response | WarcRecordType.resource | WarcRecordType.revisit
_HEAD_END = _RECORD_END = b"\r\n\r\n"
_LENGTH = re.compile(
    rb"^Content-Length:[ \t]*([0-9]{1,12})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE
)
_CHUNK = re.compile(rb"[0-9a-fA-F]+[ \t]*(?:;[^\r\n]*)?\r\n")
_LAST_CHUNK = re.compile(rb"(?:\A|\r\n)0+[ \t]*(?:;[^\r\n]*)?\r\n(?:[^\r\n]+\r\n)*(?:\r\n)?\Z")
_UTC_SECONDS = re.compile(
    r"(?!0000)[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
    r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z"
)
_PLAYBACK = re.compile(r"https?://web\.archive\.org/web/\d{14}")
_READ_BYTES = 1 << 14  # most records are smaller
_MOST_HEAD_BYTES = 1 << 20
_MOST_BYTES = MAX_PAGE_BYTES + _MOST_HEAD_BYTES
_MOST_RATIO = 200  # pages come to a tenth; gzip can pack zeros to a thousandth
# Places in a row that look like the start of a record and are none: by chance one in 16 MB does.
_MOST_IN_VAIN = 200
_SOME_CAPTURE = Capture("00000000000000", "https://www.hkcnews.com/")


def find_captures(paths: Iterable[Path], spool: Path) -> Iterator[CaptureLocation | BadRecord]:
    """Yield the place of every capture in WARC files and in folders, in their order.

    A damaged record is yielded as the error that reading it would raise, and the search goes on
    behind it. `spool` is a folder for unpacked copies of files that can't be read in places.
    Raises `UsageError` for a path that is neither.
    """
    for path in paths:
        if path.is_dir():
            yield from _in_folder(path, spool)
        elif is_warc(path):
            yield from _in_warc(path, spool)
        else:
            raise UsageError(
                f"{path} is neither a WARC file nor a folder; "
                "an HTML file goes alone, with --url and the address of its capture"
            )


def is_warc(path: Path) -> bool:
    """Return whether a file is a WARC, by its name or its first bytes.

    Raises `UsageError` if it can't be read.
    """
    if path.match("*.warc") or path.match("*.warc.gz"):
        _require(path)
        return True
    try:
        with path.open("rb") as file:
            start = file.read(len(_WARC_LINE))
        if start.startswith(_GZIP):
            with gzip.open(path) as packed:
                start = packed.read(len(_WARC_LINE))
    except (EOFError, zlib.error, gzip.BadGzipFile):
        return False
    except OSError as error:
        raise UsageError(f"{path} can't be read: {error.strerror}") from error
    return start == _WARC_LINE


def read_payload(record: CaptureLocation) -> Payload:
    """Return the page of a capture. Raises `BadRecord` where it is damaged."""
    if record.offset is None:
        try:
            return Payload(read_page_file(record.path))
        except OSError as error:
            raise BadRecord(f"{record}: {error.strerror}") from error
    try:
        with record.path.open("rb") as file:
            return _page_at(file, record)
    except OSError as error:
        raise BadRecord(f"{record}: {error}") from error


def read_page_file(path: Path) -> bytes:
    """Return the bytes of a file that is a page. Raises `OSError`, and `BadRecord` for no page."""
    with path.open("rb") as file:
        body = file.read(MAX_PAGE_BYTES + 1)
    if len(body) > MAX_PAGE_BYTES:
        raise BadRecord(f"{path}: no page is larger than {MAX_PAGE_BYTES} bytes")
    return body


def whole_records(path: Path, start: int) -> Iterator[tuple[WarcRecord, int, int]]:
    """Yield the records of a WARC file that are whole, from byte `start` to the first that is not.

    With each come the bytes from the start of the file at which it begins and ends.
    """
    with path.open("rb") as file, suppress(BadRecord):
        while True:
            place = CaptureLocation(_SOME_CAPTURE, path, start)
            raw, end = _whole_record(file, place)
            try:
                record = WarcRecord.from_bytes(raw)
            except OSError as error:  # no error of the disk: fastwarc's for what is no record
                raise BadRecord(f"{place}: {error}") from error
            yield record, start, end
            start = end


def has_whole_record_behind(path: Path, start: int) -> bool:
    """Return whether a whole record begins anywhere behind byte `start` of a WARC file.

    Where there are more places to look at than any accident makes, one is taken to be there.
    """
    at = start
    with path.open("rb") as file:
        for _ in range(_MOST_IN_VAIN):
            found = _next_start(file, at + 1)
            if found is None:
                return False
            if any(True for _ in whole_records(path, found)):
                return True
            at = found
    return True


# --- folders --------------------------------------------------------------------------------


def _in_folder(folder: Path, spool: Path) -> Iterator[CaptureLocation | BadRecord]:
    warcs = {path for name in _WARC_NAMES for path in folder.rglob(name)}
    pages = set(folder.rglob(CAPTURE_FILE))
    if not warcs and not pages:
        raise UsageError(
            f"no WARC file (*.warc, *.warc.gz) and no saved page ({PAGE_FILE} beside "
            f"{CAPTURE_FILE}) anywhere below {folder}"
        )
    for path in sorted(warcs | pages):
        if path in warcs:
            yield from _in_warc(path, spool)
        else:
            yield saved_page(path.parent)


def saved_page(folder: Path) -> CaptureLocation | BadRecord:
    """Return the place of a page saved beside its capture, or what is wrong with it."""
    path = folder / CAPTURE_FILE
    try:
        saved = json.loads(path.read_bytes())
        capture = Capture(saved["timestamp"], saved["original"])
    except RecursionError:
        return BadRecord(f"{path} does not name a capture: its JSON is nested too deep")
    except (OSError, ValueError, LookupError, TypeError, AttributeError, BadCapture) as error:
        return BadRecord(f"{path} does not name a capture: {error!r}")
    return CaptureLocation(capture, folder / PAGE_FILE)


# --- WARC files -----------------------------------------------------------------------------


def _in_warc(path: Path, spool: Path) -> Iterator[CaptureLocation | BadRecord]:
    """Yield the captures of a WARC file; one error for each stretch of damage."""
    _require(path)
    try:
        warc = _Warc(path, _with_places(path, spool))
    except BadRecord as error:
        yield error
        return
    at: int | None = 0
    is_damage_told = False
    in_vain = 0
    with warc.readable.open("rb") as file:
        while at is not None:
            last: int | None = None
            damage: OSError | None = None
            try:
                for place, found in _records_from(file, warc, at):
                    last, is_damage_told = place, False
                    if found is not None:
                        yield found
            except OSError as error:
                damage = error
            in_vain = in_vain + 1 if last is None else 0
            if in_vain == _MOST_IN_VAIN:
                yield BadRecord(f"{path}: nothing is looked for behind byte {at}: all is damaged")
                return
            end = at if last is None else _end(warc, last)
            is_at_end = damage is None and end is not None and _is_blank_from(file, end)
            if is_at_end or (damage is None and last is None and not is_damage_told):
                break
            # Of a damaged record reading it will tell; of what else is damaged nothing will.
            if not is_damage_told and end is not None:
                yield BadRecord(f"{path}: damaged behind byte {end}: {damage or 'no record'}")
            is_damage_told = True
            at = _next_start(file, (at if last is None else last) + 1)
        if at == 0 and last is None and not _is_blank_from(file, 0):
            yield BadRecord(f"{path}: no record of a WARC file is in it")


@dataclass(frozen=True, slots=True)
class _Warc:
    """A WARC file, and the file to read its records from: itself, or an unpacked copy."""

    path: Path
    readable: Path

    def place(self, capture: Capture, offset: int) -> CaptureLocation:
        unpacked_from = None if self.readable == self.path else self.path
        return CaptureLocation(capture, self.readable, offset, unpacked_from)


def _records_from(
    file: BinaryIO, warc: _Warc, start: int
) -> Iterator[tuple[int, CaptureLocation | BadRecord | None]]:
    """Yield the place of each record, with its capture if it is a page of the web."""
    file.seek(start)
    for record in ArchiveIterator(file, record_types=WarcRecordType.any_type, parse_http=False):
        is_other = record.record_type & _PASSED_OVER
        yield record.stream_pos, None if is_other else _record(record, warc)


def _record(record: WarcRecord, warc: _Warc) -> CaptureLocation | BadRecord | None:
    headers = record.headers
    address = (headers.get("WARC-Target-URI") or "").strip("<>")
    is_known = record.record_type & _WANTED
    if not is_known or not address or "Content-Length" not in headers:
        return BadRecord(f"{warc.path}, record at byte {record.stream_pos}: its head is damaged")
    if not address.lower().startswith(("http://", "https://")):
        return None
    try:
        if _PLAYBACK.match(address):  # somebody recorded the archive's answers themselves
            capture = Capture.from_url(address)
        else:
            capture = Capture.of(_timestamp(headers.get("WARC-Date") or ""), address)
    except (BadCapture, ValueError, OverflowError) as error:
        return BadRecord(f"{warc.path}, record at byte {record.stream_pos}: {error}")
    return warc.place(capture, record.stream_pos)


def _timestamp(warc_date: str) -> str:
    """The archive's 14 digits for a date such as `2021-06-29T18:32:15Z`."""
    if _UTC_SECONDS.fullmatch(warc_date):
        return re.sub("[^0-9]", "", warc_date)
    moment = dt.datetime.fromisoformat(warc_date)
    if moment.tzinfo is not None:
        moment = moment.astimezone(dt.UTC)
    return moment.strftime("%Y%m%d%H%M%S")


def _page_at(file: BinaryIO, place: CaptureLocation) -> Payload:
    raw, _ = _whole_record(file, place)
    record = WarcRecord.from_bytes(raw)
    if "WARC-Block-Digest" in record.headers and not record.verify_block_digest():
        raise BadRecord(f"{place}: its bytes do not match its WARC-Block-Digest")
    if record.record_type == WarcRecordType.revisit:
        other = record.headers.get("WARC-Refers-To-Date") or "an earlier date"
        raise RevisitRecord(f"{place}: a revisit record; the page itself is in that of {other}")
    if not record.is_http:
        return Payload(record.reader.read())
    record.parse_http(auto_decode="none", quirks_mode=True)
    headers = record.http_headers
    if headers is None or headers.status_code is None:
        raise BadRecord(f"{place}: no HTTP answer is in it")
    body = record.reader.read()
    if "chunked" in (headers.get("Transfer-Encoding") or "").lower() and _CHUNK.match(body):
        body = _out_of_chunks(raw, body, place)
    encoding = (headers.get("Content-Encoding") or "").strip().lower()
    try:
        return Payload(decode_body(body, encoding), headers.status_code)
    except BadBody as error:
        raise BadRecord(f"{place}: {error}") from error


def _whole_record(file: BinaryIO, place: CaptureLocation) -> tuple[bytes, int]:
    """The bytes of the record at its place, and where it ends in the file.

    Raises `BadRecord` unless they are all there: fastwarc takes what there is of a record that
    is cut off, so its length is looked at here.
    """
    start = place.offset or 0
    file.seek(start)
    raw = file.read(_READ_BYTES)
    end = None
    if raw.startswith(_GZIP):
        raw, end = _member(file, raw, place)
    elif _HEAD_END not in raw:
        raw += file.read(_MOST_HEAD_BYTES)
    head, _, block = raw.partition(_HEAD_END)
    match = _LENGTH.search(head)
    if match is None or _HEAD_END not in raw:
        raise BadRecord(f"{place}: its head is damaged or cut off")
    length = int(match[1])
    if length > MAX_PAGE_BYTES:
        raise BadRecord(f"{place}: of {length} bytes; no page is larger than {MAX_PAGE_BYTES}")
    if end is None:
        block += file.read(max(0, length + len(_RECORD_END) - len(block)))
    if len(block) < length:
        raise BadRecord(
            f"{place}: cut off after {len(block)} of {length} bytes; "
            "get the file again, or the page from the archive"
        )
    behind = block[length : length + len(_RECORD_END)]
    if behind not in (_RECORD_END, b"\r\n", b""):
        raise BadRecord(f"{place}: its Content-Length of {length} does not fit")
    whole = b"".join((head, _HEAD_END, block[:length], _RECORD_END))
    return whole, end or start + len(whole) - len(_RECORD_END) + len(behind)


def _member(file: BinaryIO, packed: bytes, place: CaptureLocation) -> tuple[bytes, int]:
    """What is in a gzip member, of which `packed` has been read, and where it ends."""
    unpacker = zlib.decompressobj(wbits=31)
    plain = bytearray()
    while True:
        try:
            plain += unpacker.decompress(packed, _MOST_BYTES)
        except zlib.error as error:
            raise BadRecord(f"{place}: its gzip member is damaged: {error}") from error
        if len(plain) >= _MOST_BYTES:
            raise BadRecord(f"{place}: no page is larger than {MAX_PAGE_BYTES} bytes")
        if unpacker.eof:
            return bytes(plain), file.tell() - len(unpacker.unused_data)
        packed = file.read(_READ_BYTES)
        if not packed:
            raise BadRecord(f"{place}: its gzip member is cut off; get the file again")


def _out_of_chunks(raw: bytes, body: bytes, place: CaptureLocation) -> bytes:
    if not _LAST_CHUNK.search(body, max(0, len(body) - _READ_BYTES // 2)):
        raise BadRecord(f"{place}: its body is cut off: the last chunk is missing")
    record = WarcRecord.from_bytes(raw)
    record.parse_http(auto_decode="transfer", quirks_mode=True)
    return record.reader.read()


def _next_start(file: BinaryIO, start: int) -> int | None:
    """The next place at which a record may begin, `None` where there is none."""
    if file.seek(0, 2) == 0:
        return None
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        member, line = content.find(_MEMBER, start), content.find(b"\n" + _WARC_LINE, start)
    return min((at for at in (member, line + 1 if line >= 0 else -1) if at >= 0), default=None)


def _end(warc: _Warc, offset: int) -> int | None:
    """Where a record ends, `None` if it is damaged: then reading it will tell."""
    try:
        with warc.readable.open("rb") as file:
            return _whole_record(file, warc.place(_SOME_CAPTURE, offset))[1]
    except BadRecord:
        return None


def _is_blank_from(file: BinaryIO, start: int) -> bool:
    file.seek(start)
    return not file.read(_READ_BYTES).strip(b"\r\n\0")


def _with_places(path: Path, spool: Path) -> Path:
    """The file, or an unpacked copy where it is packed as a whole and has no places to go to."""
    with path.open("rb") as file:
        if file.read(2) != _GZIP:
            return path
        file.seek(0)
        try:
            records = ArchiveIterator(file, parse_http=False)
            # Two and no more: what is damaged behind them is no reason not to unpack.
            places = [record.stream_pos for _, record in zip(range(2), records, strict=False)]
        except OSError:
            return path
        file.seek(places[-1] if places else 0)
        if places and file.read(2) == _GZIP and len(set(places)) == len(places):
            return path
    copy = Path(tempfile.mkdtemp(dir=spool), path.name.removesuffix(".gz"))
    with path.open("rb") as packed, copy.open("wb") as plain:
        is_sound = _unpack(packed, plain)
        is_empty = plain.tell() == 0
    return path if is_empty and not is_sound else copy


def _unpack(packed: BinaryIO, plain: BinaryIO) -> bool:
    """Unpack gzip as far as it is sound, and return whether it is to the end.

    Where it breaks off, so does the copy, and its last record is found to be cut off. Raises
    `BadRecord` for a bomb, before that fills the disk.
    """
    unpacker = zlib.decompressobj(wbits=31)
    is_between_members = True
    while part := packed.read(_READ_BYTES):
        try:
            while part:
                plain.write(unpacker.decompress(part))
                if plain.tell() > _MOST_BYTES + _MOST_RATIO * packed.tell():
                    raise BadRecord(
                        f"{packed.name}: unpacks to more than {_MOST_RATIO} times as much"
                    )
                part, is_between_members = unpacker.unused_data, unpacker.eof
                if unpacker.eof:
                    unpacker = zlib.decompressobj(wbits=31)
        except zlib.error:
            return False
    return is_between_members


def _require(path: Path) -> None:
    if not path.is_file():
        raise UsageError(f"{path} is no file")
