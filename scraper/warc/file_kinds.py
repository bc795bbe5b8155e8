"""What a file is that may hold captures: by its first bytes, else by its name."""

from __future__ import annotations

import re
import zipfile
import zlib
from enum import Enum, auto
from pathlib import Path
from typing import BinaryIO

import zstandard

from scraper.content_encoding import GZIP, ZSTD
from scraper.errors import UsageError

ZSTD_DICTIONARY = b"\x5d\x2a\x4d\x18"  # the frame that holds the dictionary of a .warc.zst
_ZIP = b"PK\x03\x04"
# Files of a folder that are never looked into.
_NO_ARCHIVE = re.compile(
    r"\.(html?|jsonl?|md|txt|css|js|png|jpe?g|gif|webp|svg|pdf|mp[34]|cdxj?|[ct]sv|xml|db|log|ya?ml)$",
    re.IGNORECASE,
)
_WARC_START = re.compile(rb"(?:[\r\n]*)WARC/[0-9]", re.IGNORECASE)
_ARC_START = b"filedesc:"  # the first record of an ARC file
_START_BYTES = 512

# `.open` and the like are behind the names of files that a program had not finished.
WARC_NAME = re.compile(r"\.warc(?![a-z])[^/]*$", re.IGNORECASE)
_PLAIN_NAME = re.compile(r"\.warc(\.gz)?(\.(open|part|tmp|[0-9]+))?$", re.IGNORECASE)
_ARCHIVE_NAME = re.compile(
    r"\.(warc(?![a-z])[^/]*|warcgz|arc(\.gz)?(\.[a-z]+)?|wacz(\.[a-z]+)?"
    r"|zip|7z|rar|tar|tgz|tar\.[a-z0-9]+)$",
    re.IGNORECASE,
)


class FileKind(Enum):
    """What a file is."""

    WARC = auto()  # not compressed, or with gzip
    WARC_ZSTD = auto()
    WACZ = auto()  # a zip of WARC files
    ARC = auto()
    OTHER = auto()


def kind_of(path: Path) -> FileKind:
    """Return what a file is. Raises `UsageError` if it can't be read."""
    if path.exists():
        require_file(path)
    try:
        with path.open("rb") as file:
            kind = _kind_by_content(file)
    except OSError as error:
        raise UsageError(f"{path} can't be read: {error.strerror}") from error
    return FileKind.WARC if kind is FileKind.OTHER and _is_named_warc(path) else kind


def kind_to_read(path: Path) -> FileKind:
    """Return what a file is, as `kind_of` does.

    Raises `UsageError` also for an archive of a kind that is not read.
    """
    kind = kind_of(path)
    if is_unread(path, kind):
        raise UsageError(why_not_read(path, kind))
    return kind


def is_unread(path: Path, kind: FileKind) -> bool:
    """Return whether a file is an archive of a kind that is not read."""
    return kind is FileKind.ARC or (kind is FileKind.OTHER and looks_like_archive(path))


def is_warc(path: Path) -> bool:
    """Return whether a file holds WARC records, in whatever wrapping.

    Raises `UsageError` as `kind_to_read` does.
    """
    return kind_to_read(path) is not FileKind.OTHER


def looks_like_archive(path: Path) -> bool:
    """Return whether a file's name is that of an archive in which captures may be."""
    return _ARCHIVE_NAME.search(path.name) is not None


def may_be_archive(path: Path) -> bool:
    """Return whether a file of a folder is to be looked into."""
    return _NO_ARCHIVE.search(path.name) is None


def why_not_read(path: Path, kind: FileKind) -> str:
    """Return what to tell people of an archive that is not read."""
    if kind is FileKind.ARC:
        return (
            f"{path} is an ARC file, which is not read: make a WARC file of it with "
            f"`warcio recompress {path.name} new.warc.gz`, and give that"
        )
    return f"{path} holds no WARC file that can be read: unpack it, and give what was in it"


def require_file(path: Path) -> None:
    """Raise `UsageError` for what is no file."""
    if not path.is_file():
        raise UsageError(f"{path} is no file")


def _is_named_warc(path: Path) -> bool:
    """Whether a damaged file was a WARC file, by its name."""
    return _PLAIN_NAME.search(path.name) is not None


def _kind_by_content(file: BinaryIO) -> FileKind:
    start = file.read(_START_BYTES)
    if start.startswith(GZIP):
        return _kind_by_text(_start_of_gzip(start))
    if start[1:4] == ZSTD_DICTIONARY[1:]:  # a skippable frame, the dictionary's or another
        return FileKind.WARC_ZSTD
    if start.startswith(ZSTD):
        file.seek(0)
        is_warc = _kind_by_text(_start_of_zstd(file)) is FileKind.WARC
        return FileKind.WARC_ZSTD if is_warc else FileKind.OTHER
    if start.startswith(_ZIP):
        return _kind_of_zip(file)
    return _kind_by_text(start)


def _kind_by_text(text: bytes) -> FileKind:
    if text.startswith(_ARC_START):
        return FileKind.ARC
    return FileKind.WARC if _WARC_START.match(text) else FileKind.OTHER


def _kind_of_zip(file: BinaryIO) -> FileKind:
    try:
        with zipfile.ZipFile(file) as archive:
            has_warc = any(map(WARC_NAME.search, archive.namelist()))
            return FileKind.WACZ if has_warc else FileKind.OTHER
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return FileKind.OTHER


def _start_of_gzip(start: bytes) -> bytes:
    """The text with which gzip begins; members may be empty."""
    text = b""
    try:
        while start.startswith(GZIP) and not text:
            decompressor = zlib.decompressobj(wbits=31)
            text, start = decompressor.decompress(start, _START_BYTES), decompressor.unused_data
    except zlib.error:
        return text
    return text


def _start_of_zstd(file: BinaryIO) -> bytes:
    """The text with which zstd begins, however much it would unpack to."""
    try:
        reader = zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True)
        return reader.read(_START_BYTES)
    except (zstandard.ZstdError, MemoryError):
        return b""
