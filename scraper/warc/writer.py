"""The store of a crawl: every capture fetched, in WARC files that other tools read as well.

Each record is a gzip member of its own (WARC 1.0, annex D). It has the captured headers, the body
without content encoding, and a digest of that. A record is in its file whole or not at all: what a
killed run left half written is cut off at the next start (docs/crawl-folder.md 3 and 4).
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

from warcio.recordbuilder import RecordBuilder
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from normalise import BadCapture, Capture
from scraper.errors import BadRecord, StorageError, disk_error
from scraper.models import CaptureLocation, Memento, WarcLocation
from scraper.warc.fields import SOURCE_URI, requested_of, timestamp_of, warc_date_of
from scraper.warc.file_kinds import looks_like_archive
from scraper.warc.framing import RawRecord
from scraper.warc.http_message import REDIRECTS, parse_response
from scraper.warc.recovery import WholeRecord, has_whole_record_behind, whole_records

MAX_FILE_BYTES = 1_000_000_000  # another file is begun behind the record that reaches it

_FILE_NAME = "hkcnews-{:05d}.warc.gz"
_FILE_NAMES = f"hkcnews-{'[0-9]' * 5}.warc.gz"  # files of other names are left alone
_NO_TOKEN = re.compile(r"[^!-9;-~]")  # no part of a header's name
_NUMBER = re.compile("[0-9]+")
_BUILDER = RecordBuilder()
_ADVICE = "move the file out of the folder; what was in it is fetched again"


@dataclass(frozen=True, slots=True)
class StoredCapture:
    """A capture as its record has it, and the one that was requested.

    `redirect` is where it leads, "" for no redirect.
    """

    served: Capture
    location: WarcLocation
    redirect: str
    requested: Capture


class WarcStore:
    """The WARC files in one folder; one process at a time writes into them."""

    def __init__(
        self, folder: Path, max_file_bytes: int = MAX_FILE_BYTES, software: str = ""
    ) -> None:
        self.folder = folder
        self._max_file_bytes = max_file_bytes
        self._software = software
        self._file: int | None = None
        self._name = ""
        self._size = 0

    def append(self, memento: Memento) -> WarcLocation:
        """Write a capture behind the others, and return where its record lies.

        Raises `StorageError` where the disk refuses; nothing of the record is left then.
        """
        if self._file is None or self._size >= self._max_file_bytes:
            try:
                self._open_next()
            except OSError as error:
                raise disk_error(error, self.folder) from error
        record = _response(memento)
        location = WarcLocation(self._name, self._size, len(record))
        self._write(record)
        return location

    def location(self, capture: Capture, location: WarcLocation) -> CaptureLocation:
        """Return where the page of a capture lies, as `read_payload` takes it."""
        return CaptureLocation(capture, self.folder / location.file, location.offset)

    def repair(self, ends: Mapping[str, int]) -> Iterator[StoredCapture]:
        """Yield the captures behind the known end of each file, and cut off what is not whole.

        `ends` maps the name of a file to the byte at which its last known record ends. Raises
        `StorageError` where whole records stand behind damage: nothing is cut off there.
        """
        for path in sorted(self.folder.glob(_FILE_NAMES)):
            end = ends.get(path.name, 0)
            for whole in whole_records(path, end):
                end = whole.end
                if whole.record.header.kind == "response":
                    yield _stored(path, whole)
            if path.stat().st_size <= end:
                continue
            if has_whole_record_behind(path, end):
                raise StorageError(
                    f"{path} is damaged at byte {end}, and there are whole records behind that: "
                    f"{_ADVICE}"
                )
            os.truncate(path, end)

    def foreign_files(self) -> list[Path]:
        """Return the archives in the folder that are not of this program's making."""
        paths = sorted(self.folder.iterdir()) if self.folder.is_dir() else []
        return [
            path
            for path in paths
            if path.is_file() and looks_like_archive(path) and not path.match(_FILE_NAMES)
        ]

    def sizes(self) -> dict[str, int]:
        """Return the bytes of each file, by its name."""
        return {path.name: path.stat().st_size for path in self.folder.glob(_FILE_NAMES)}

    def close(self) -> None:
        """Close the file; what was written is on the disk then."""
        if self._file is not None:
            os.fsync(self._file)
            os.close(self._file)
            self._file = None

    def _open_next(self) -> None:
        """Open the last file, or begin another where that is full."""
        self.close()
        self.folder.mkdir(parents=True, exist_ok=True)
        names = sorted(path.name for path in self.folder.glob(_FILE_NAMES))
        number = int(_NUMBER.findall(names[-1])[0]) if names else 1
        path = self.folder / _FILE_NAME.format(number)
        if path.exists() and path.stat().st_size >= self._max_file_bytes:
            path = self.folder / _FILE_NAME.format(number + 1)
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o666)
        self._name, self._size = path.name, path.stat().st_size
        if self._size == 0:
            self._write(_warcinfo(self._name, self._software))

    def _write(self, record: bytes) -> None:
        assert self._file is not None, "_open_next() opened it"
        rest = memoryview(record)
        try:
            while rest:
                rest = rest[os.write(self._file, rest) :]
        except OSError as error:
            os.ftruncate(self._file, self._size)
            raise disk_error(error, self.folder / self._name) from error
        self._size += len(record)


# --- records --------------------------------------------------------------------------------


def _response(memento: Memento) -> bytes:
    """The response record of a capture, in a gzip member."""
    named = ((_NO_TOKEN.sub("", name).title(), value) for name, value in memento.headers)
    fields = [(name, _in_ascii(value)) for name, value in named if name]
    fields.append(("Content-Length", str(len(memento.body))))
    status_line = f"{memento.status} {_in_ascii(memento.reason)}".rstrip()
    record = _BUILDER.create_warc_record(
        memento.served.original,
        "response",
        payload=BytesIO(memento.body),
        length=len(memento.body),
        http_headers=StatusAndHeaders(status_line, fields, protocol="HTTP/1.1"),
        warc_headers_dict={
            "WARC-Date": warc_date_of(memento.served.timestamp),
            SOURCE_URI: memento.requested.url_in_form(memento.modifier),
        },
    )
    out = BytesIO()
    WARCWriter(out, gzip=True).write_record(record)
    return out.getvalue()


def _in_ascii(value: str) -> str:
    """A header's value with non-ASCII percent-encoded; warcio would encode its colons as well."""
    if value.isascii():
        return value
    return "".join(character if character.isascii() else quote(character) for character in value)


def _warcinfo(name: str, software: str) -> bytes:
    """The record that a file begins with, in a gzip member."""
    out = BytesIO()
    writer = WARCWriter(out, gzip=True)
    fields = {
        "software": software,
        "format": "WARC File Format 1.0",
        "isPartOf": "captures of hkcnews.com, played back by the Wayback Machine",
    }
    writer.write_record(writer.create_warcinfo_record(name, fields))
    return out.getvalue()


def _stored(path: Path, whole: WholeRecord) -> StoredCapture:
    """The capture of a response record. Raises `StorageError` if it is not of this program."""
    try:
        served, redirect = _read_response(whole.record)
    except BadRecord as error:
        raise StorageError(
            f"{path}, record at byte {whole.start}, is none of ours: {error}; {_ADVICE}"
        ) from error
    location = WarcLocation(path.name, whole.start, whole.end - whole.start)
    return StoredCapture(served, location, redirect, requested_of(whole.record.header, served))


def _read_response(record: RawRecord) -> tuple[Capture, str]:
    """The capture that a record names, and where it leads if it is a redirect."""
    warc_date = record.header.get("WARC-Date")
    try:
        served = Capture.of(timestamp_of(warc_date), record.header.target_uri)
    except (BadCapture, BadRecord) as error:
        raise BadRecord("it names no capture") from error
    if warc_date != warc_date_of(served.timestamp):
        raise BadRecord(f"its WARC-Date is {warc_date}")
    response = parse_response(record.block)
    locations = response.values("Location") if response.status in REDIRECTS else []
    return served, locations[0] if locations else ""
