"""Where archived pages come from: WARC files, folders of them, saved pages, HTML files.

`find` lists what there is without keeping any page in memory; `read` gets one page. Between them
stands `Record`, the place of one capture, small enough to be passed to another process.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import gzip
import json
import mmap
import re
import shutil
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from normalise import BadCapture, Capture
from scraper.errors import BadRecord, WrongUsage

LARGEST_PAGE = 20_000_000  # bytes; the largest article of the site is below 200,000
PAGE_FILE = "page.html"
CAPTURE_FILE = "capture.json"

_WARC_NAMES = ("*.warc", "*.warc.gz")
_GZIP = b"\x1f\x8b"
_MEMBER = b"\x1f\x8b\x08"  # a gzip member begins so; WARC files have one a record
_WARC_LINE = b"WARC/1."
_WANTED = WarcRecordType.response | WarcRecordType.resource | WarcRecordType.revisit
# fastwarc undoes these by the header; gzip is told by its first bytes instead (wayback.md 2.10).
_OTHER_ENCODINGS = frozenset({"br", "deflate", "zstd"})
_PLAYBACK = re.compile(r"https?://web\.archive\.org/web/\d{14}")
_COPY_BYTES = 1 << 20
_SOME_CAPTURE = Capture("00000000000000", "https://www.hkcnews.com/")


@dataclass(frozen=True, slots=True)
class Record:
    """Where the page of one capture lies: a record of a WARC, or a file (`offset` is `None`)."""

    capture: Capture
    path: Path
    offset: int | None = None

    def __str__(self) -> str:
        place = "" if self.offset is None else f", record at byte {self.offset}"
        return f"{self.path}{place}"


@dataclass(frozen=True, slots=True)
class Page:
    """The body of a capture without content encoding, and its HTTP status where known."""

    body: bytes
    status: int | None = None


def find(paths: Iterable[Path], spool: Path) -> Iterator[Record | BadRecord]:
    """Yield the place of every capture in WARC files and in folders, in their order.

    A damaged record is yielded as the error that reading it would raise, and the search goes on
    behind it. `spool` is a folder for unpacked copies of files that can't be read in places.
    Raises `WrongUsage` for a path that is neither.
    """
    for path in paths:
        if path.is_dir():
            yield from _in_folder(path, spool)
        elif is_warc(path):
            yield from _in_warc(path, spool)
        else:
            raise WrongUsage(
                f"{path} is neither a WARC file nor a folder; "
                "an HTML file goes alone, with --url and the address of its capture"
            )


def is_warc(path: Path) -> bool:
    """Return whether a file is a WARC, by its name or its first bytes.

    Raises `WrongUsage` if it can't be read.
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
        raise WrongUsage(f"{path} can't be read: {error.strerror}") from error
    return start == _WARC_LINE


def read(record: Record) -> Page:
    """Return the page of a capture. Raises `BadRecord` where it is damaged."""
    if record.offset is None:
        try:
            return Page(record.path.read_bytes())
        except OSError as error:
            raise BadRecord(f"{record}: {error.strerror}") from error
    try:
        with record.path.open("rb") as file:
            return _page_at(file, record)
    except OSError as error:
        raise BadRecord(f"{record}: {error}") from error


# --- folders --------------------------------------------------------------------------------


def _in_folder(folder: Path, spool: Path) -> Iterator[Record | BadRecord]:
    warcs = {path for name in _WARC_NAMES for path in folder.rglob(name)}
    pages = set(folder.rglob(CAPTURE_FILE))
    if not warcs and not pages:
        raise WrongUsage(
            f"no WARC file (*.warc, *.warc.gz) and no saved page ({PAGE_FILE} beside "
            f"{CAPTURE_FILE}) anywhere below {folder}"
        )
    for path in sorted(warcs | pages):
        if path in warcs:
            yield from _in_warc(path, spool)
        else:
            yield saved_page(path.parent)


def saved_page(folder: Path) -> Record | BadRecord:
    """Return the place of a page saved beside its capture, or what is wrong with it."""
    path = folder / CAPTURE_FILE
    try:
        saved = json.loads(path.read_bytes())
        capture = Capture(saved["timestamp"], saved["original"])
    except (OSError, ValueError, KeyError, TypeError, BadCapture) as error:
        return BadRecord(f"{path} does not name a capture: {error!r}")
    return Record(capture, folder / PAGE_FILE)


# --- WARC files -----------------------------------------------------------------------------


def _in_warc(path: Path, spool: Path) -> Iterator[Record | BadRecord]:
    """Yield the captures of a WARC file; one error for each stretch of damage."""
    _require(path)
    path = _with_places(path, spool)
    at: int | None = 0
    is_damage_told = False
    with path.open("rb") as file:
        while at is not None:
            last: int | None = None
            damage: OSError | None = None
            try:
                for place, found in _records_from(file, path, at):
                    last, is_damage_told = place, False
                    if found is not None:
                        yield found
            except OSError as error:
                damage = error
            if damage is None and (last is not None or not is_damage_told):
                return
            if not is_damage_told and (last is None or _is_whole(path, last)):
                behind = at if last is None else last
                yield BadRecord(f"{path}: damaged behind byte {behind}: {damage}")
            is_damage_told = True
            at = _next_start(file, (at if last is None else last) + 1)


def _records_from(
    file: BinaryIO, path: Path, start: int
) -> Iterator[tuple[int, Record | BadRecord | None]]:
    """Yield the place of each record, with its capture if it is a page of the web."""
    file.seek(start)
    for record in _iterate(file):
        yield record.stream_pos, _record(record, path)


def _record(record: WarcRecord, path: Path) -> Record | BadRecord | None:
    headers = record.headers
    address = (headers.get("WARC-Target-URI") or "").strip("<>")
    if not address or "Content-Length" not in headers:
        return BadRecord(f"{path}, record at byte {record.stream_pos}: its head is cut off")
    if not address.startswith(("http://", "https://")):
        return None
    try:
        if _PLAYBACK.match(address):  # somebody recorded the archive's answers themselves
            capture = Capture.from_url(address)
        else:
            capture = Capture(_timestamp(headers.get("WARC-Date") or ""), address)
    except (BadCapture, ValueError) as error:
        return BadRecord(f"{path}, record at byte {record.stream_pos}: {error}")
    return Record(capture, path, record.stream_pos)


def _timestamp(warc_date: str) -> str:
    """The archive's 14 digits for a date such as `2021-06-29T18:32:15Z`."""
    moment = dt.datetime.fromisoformat(warc_date)
    if moment.tzinfo is not None:
        moment = moment.astimezone(dt.UTC)
    return moment.strftime("%Y%m%d%H%M%S")


def _page_at(file: BinaryIO, record: Record) -> Page:
    found = _fresh(file, record)
    _check_whole(found, record)
    if found.record_type == WarcRecordType.revisit:
        other = found.headers.get("WARC-Refers-To-Date") or "an earlier date"
        raise BadRecord(f"{record}: a revisit record; the page itself is in that of {other}")
    if not found.is_http:
        return Page(found.reader.read())
    try:
        found.parse_http(auto_decode="transfer")
        body = found.reader.read()
    except OSError:  # says that it is chunked and is not
        found = _fresh(file, record)
        found.parse_http(auto_decode="none")
        body = found.reader.read()
    headers = found.http_headers
    if headers is None:
        raise BadRecord(f"{record}: no HTTP answer in it")
    if (headers.get("Content-Encoding") or "").strip().lower() in _OTHER_ENCODINGS:
        body = _decoded(_fresh(file, record)) or body
    return Page(_unpacked(body, record), headers.status_code)


def _iterate(file: BinaryIO) -> Iterator[WarcRecord]:
    return iter(ArchiveIterator(file, record_types=_WANTED, parse_http=False))


def _fresh(file: BinaryIO, record: Record) -> WarcRecord:
    """The record at its place, read into memory."""
    file.seek(record.offset or 0)
    found = next(_iterate(file), None)
    if found is None:
        raise BadRecord(f"{record}: there is no record here")
    found.freeze()
    return found


def _check_whole(found: WarcRecord, record: Record) -> None:
    size = len(found.reader.read())
    found.reader.seek(0)
    if size < found.content_length:
        raise BadRecord(
            f"{record}: cut off after {size} of {found.content_length} bytes; "
            "get the file again, or the page from the archive"
        )
    if "WARC-Block-Digest" in found.headers and not found.verify_block_digest():
        raise BadRecord(f"{record}: its bytes do not match its WARC-Block-Digest")


def _decoded(found: WarcRecord) -> bytes | None:
    """The body without its content encoding, `None` where its header lies."""
    try:
        found.parse_http(auto_decode="all")
        return found.reader.read()
    except OSError:
        return None


def _unpacked(body: bytes, record: Record) -> bytes:
    """The body out of gzip, told by its first bytes and packed at most twice."""
    for _ in range(2):
        if not body.startswith(_GZIP):
            break
        unpacker = zlib.decompressobj(wbits=31)
        try:
            plain = unpacker.decompress(body, LARGEST_PAGE + 1)
        except zlib.error as error:
            raise BadRecord(f"{record}: its gzip is damaged: {error}") from error
        if len(plain) > LARGEST_PAGE:
            raise BadRecord(f"{record}: unpacks to more than {LARGEST_PAGE} bytes")
        if not unpacker.eof:
            raise BadRecord(f"{record}: its gzip is cut off")
        body = plain
    return body


def _next_start(file: BinaryIO, start: int) -> int | None:
    """The next place at which a record may begin, `None` where there is none."""
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        is_packed = content[:2] == _GZIP
        at = content.find(_MEMBER if is_packed else b"\n" + _WARC_LINE, start)
    if at < 0:
        return None
    return at if is_packed else at + 1


def _is_whole(path: Path, offset: int) -> bool:
    """Whether a record is readable: if not, reading it will tell of the damage."""
    try:
        with path.open("rb") as file:
            place = Record(_SOME_CAPTURE, path, offset)
            _check_whole(_fresh(file, place), place)
    except (OSError, BadRecord):
        return False
    return True


def _with_places(path: Path, spool: Path) -> Path:
    """The file, or an unpacked copy where it is packed as a whole and has no places to go to."""
    with path.open("rb") as file:
        if file.read(2) != _GZIP:
            return path
        file.seek(0)
        try:
            places = [r.stream_pos for r, _ in zip(_iterate(file), range(2), strict=False)]
        except OSError:
            return path
        file.seek(places[-1] if places else 0)
        if file.read(2) == _GZIP and len(set(places)) == len(places):
            return path
    copy = spool / path.name.removesuffix(".gz")
    with gzip.open(path) as packed, copy.open("wb") as plain:
        # Where it breaks off, so does the copy, and its last record is found to be cut off.
        with contextlib.suppress(EOFError, zlib.error, gzip.BadGzipFile):
            shutil.copyfileobj(packed, plain, _COPY_BYTES)
        is_empty = plain.tell() == 0
    return path if is_empty else copy


def _require(path: Path) -> None:
    if not path.is_file():
        raise WrongUsage(f"{path} is no file")
