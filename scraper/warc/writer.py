"""The store: every capture fetched, in WARC files that other tools read as well.

A gzip member a record (WARC 1.0 annex D); bodies without content encoding, with a digest that
fits, and the headers that were captured. A record is in its file as a whole or not at all: what a
killed run has left half-written is cut off at the next start.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

from fastwarc.warc import WarcRecord, WarcRecordType
from warcio.recordbuilder import RecordBuilder
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from normalise import BadCapture, Capture
from scraper.errors import BadRecord, StorageError
from scraper.models import CaptureLocation, Memento, WarcLocation
from scraper.warc.sources import has_whole_record_behind, whole_records

FOLDER = "captures"
MAX_FILE_BYTES = 1_000_000_000  # bytes; another file is begun behind the record that reaches it

_NAME = "hkcnews-{:05d}.warc.gz"
_NAMES = f"hkcnews-{'[0-9]' * 5}.warc.gz"  # others are none of ours
_BUILDER = RecordBuilder()
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_NUMBER = re.compile("[0-9]+")
_MOVE_IT = "move the file out of the folder; what was in it is fetched again"
_SOURCE = "WARC-Source-URI"  # the address at the archive that was asked for


@dataclass(frozen=True, slots=True)
class StoredCapture:
    """A capture as its record tells it, and where it leads if it is a redirect."""

    served: Capture
    location: WarcLocation
    redirect: str


class WarcStore:
    """The WARC files of one crawl folder; one process at a time writes into them."""

    def __init__(
        self, folder: Path, largest_file: int = MAX_FILE_BYTES, software: str = ""
    ) -> None:
        self.folder = folder / FOLDER
        self._largest_file = largest_file
        self._software = software
        self._file: int | None = None
        self._name = ""
        self._size = 0

    def append(self, page: Memento) -> WarcLocation:
        """Write a capture behind the others, and return its place.

        Raises `StorageError` where the disk refuses; nothing of the record is left then.
        """
        if self._file is None or self._size >= self._largest_file:
            self._open_next()
        member = _member(page)
        place = WarcLocation(self._name, self._size, len(member))
        self._write(member)
        return place

    def location(self, capture: Capture, place: WarcLocation) -> CaptureLocation:
        """Return the place of a capture as the sources of pages have it."""
        return CaptureLocation(capture, self.folder / place.file, place.offset)

    def repair(self, ends: Mapping[str, int]) -> Iterator[StoredCapture]:
        """Yield what is whole behind the known end of each file, and cut off what is not.

        `ends` maps the name of a file to the byte at which its last known record ends. Raises
        `StorageError` where whole records stand behind damage: nothing is cut off there.
        """
        for path in sorted(self.folder.glob(_NAMES)):
            end = ends.get(path.name, 0)
            for record, start, end in whole_records(path, ends.get(path.name, 0)):
                if record.record_type == WarcRecordType.response:
                    place = WarcLocation(path.name, start, end - start)
                    try:
                        stored = _stored(record, place)
                    except BadRecord as error:
                        raise StorageError(
                            f"{path}, record at byte {start}, is none of ours: {error}; {_MOVE_IT}"
                        ) from error
                    yield stored
            if path.stat().st_size <= end:
                continue
            if has_whole_record_behind(path, end):
                raise StorageError(
                    f"{path} is damaged at byte {end}, and there are whole records behind that: "
                    f"{_MOVE_IT}"
                )
            os.truncate(path, end)

    def sizes(self) -> dict[str, int]:
        """Return the bytes of each file, by its name."""
        return {path.name: path.stat().st_size for path in self.folder.glob(_NAMES)}

    def close(self) -> None:
        """Close the file; what was written is on its way to the disk."""
        if self._file is not None:
            os.fsync(self._file)
            os.close(self._file)
            self._file = None

    def _open_next(self) -> None:
        """Go on in the last file, or begin another where that is full."""
        self.close()
        self.folder.mkdir(parents=True, exist_ok=True)
        names = sorted(path.name for path in self.folder.glob(_NAMES))
        number = int(_NUMBER.findall(names[-1])[0]) if names else 1
        path = self.folder / _NAME.format(number)
        if path.exists() and path.stat().st_size >= self._largest_file:
            path = self.folder / _NAME.format(number + 1)
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o666)
        self._name, self._size = path.name, path.stat().st_size
        if self._size == 0:
            self._write(_warcinfo(self._name, self._software))

    def _write(self, member: bytes) -> None:
        assert self._file is not None, "_open_next() opened it"
        rest = memoryview(member)
        try:
            while rest:
                rest = rest[os.write(self._file, rest) :]
        except OSError as error:
            os.ftruncate(self._file, self._size)
            raise StorageError(
                f"{self.folder / self._name} can't be written: {error.strerror}; all that was "
                "there is kept: make room, and start the same command again"
            ) from error
        self._size += len(member)


# --- records --------------------------------------------------------------------------------


def _member(page: Memento) -> bytes:
    fields = [(name.title(), _in_ascii(value)) for name, value in page.headers]
    fields.append(("Content-Length", str(len(page.body))))
    head = StatusAndHeaders(f"{page.status} {page.reason}".rstrip(), fields, protocol="HTTP/1.1")
    record = _BUILDER.create_warc_record(
        page.served.original,
        "response",
        payload=BytesIO(page.body),
        length=len(page.body),
        http_headers=head,
        warc_headers_dict={
            "WARC-Date": _warc_date(page.served.timestamp),
            _SOURCE: page.requested.raw_url,
        },
    )
    out = BytesIO()
    WARCWriter(out, gzip=True).write_record(record)
    return out.getvalue()


def _in_ascii(value: str) -> str:
    """A header's value as it goes into a record: of others warcio encodes the colons as well."""
    if value.isascii():
        return value
    return "".join(sign if sign.isascii() else quote(sign) for sign in value)


def _warcinfo(name: str, software: str) -> bytes:
    out = BytesIO()
    writer = WARCWriter(out, gzip=True)
    about = {
        "software": software,
        "format": "WARC File Format 1.0",
        "isPartOf": "captures of hkcnews.com, played back by the Wayback Machine",
    }
    writer.write_record(writer.create_warcinfo_record(name, about))
    return out.getvalue()


def _warc_date(timestamp: str) -> str:
    """`2021-06-29T18:32:15Z` for 14 digits; `Memento-Datetime` has real months and days."""
    t = timestamp
    return f"{t[:4]}-{t[4:6]}-{t[6:8]}T{t[8:10]}:{t[10:12]}:{t[12:]}Z"


def _stored(record: WarcRecord, place: WarcLocation) -> StoredCapture:
    """What a record of a capture says. Raises `BadRecord` where this program has not written it."""
    headers = record.headers
    timestamp = re.sub("[^0-9]", "", headers.get("WARC-Date") or "")
    try:
        served = Capture.of(timestamp, headers.get("WARC-Target-URI") or "")
    except BadCapture as error:
        raise BadRecord("it names no capture") from error
    record.parse_http(auto_decode="none", quirks_mode=True)
    if record.http_headers is None:
        raise BadRecord("no HTTP answer is in it")
    is_redirect = record.http_headers.status_code in _REDIRECTS
    location = (record.http_headers.get("Location") or "") if is_redirect else ""
    return StoredCapture(served, place, location)
