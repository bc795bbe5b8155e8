"""Gzip members and zstd frames: the pieces of a compressed file, unpacked one at a time.

A `.warc.gz` should have a member for each record (WARC 1.1, annex D), and many have not.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import BinaryIO, Protocol

import zstandard

from scraper.content_encoding import GZIP, ZSTD, ZSTD_SLICE
from scraper.errors import BadRecord
from scraper.warc.file_kinds import ZSTD_DICTIONARY

_READ_BYTES = 1 << 14
_MAX_PART = 1 << 16
_MAX_DICTIONARY_BYTES = 10_000_000
_SKIPPABLE = 0x50
_BAD_CHECK = ("incorrect data check", "incorrect length check")  # zlib's words


class DamagedMember(BadRecord):
    """A member can't be unpacked to its end; what came before this error is of it.

    `is_spoilt` says that its checksum proves some of it wrong; `fault` is the byte of the file at
    which that was found.
    """

    def __init__(self, message: str, fault: int, *, is_spoilt: bool = False) -> None:
        super().__init__(message)
        self.fault = fault
        self.is_spoilt = is_spoilt


class Member:
    """One gzip member or zstd frame of a file; `end` is known when all of it was read."""

    def __init__(
        self, file: BinaryIO, start: int, dictionary: zstandard.ZstdCompressionDict | None = None
    ) -> None:
        self._file = file
        self._start = start
        self._dictionary = dictionary
        self.end = start
        file.seek(start)
        self.is_gzip = file.read(len(GZIP)) == GZIP

    @property
    def position(self) -> int:
        """Return the byte of the file up to which it was read."""
        return self._file.tell()

    def __iter__(self) -> Iterator[bytes]:
        """Yield the unpacked bytes in parts. Raises `DamagedMember` behind the last good part."""
        self._file.seek(self._start)
        return self._gzip() if self.is_gzip else self._zstd()

    def _gzip(self) -> Iterator[bytes]:
        decompressor, parts = zlib.decompressobj(wbits=31), 0
        while not decompressor.eof:
            compressed = decompressor.unconsumed_tail or self._file.read(_READ_BYTES)
            if not compressed:
                message = "its gzip member is cut off; get the file again"
                raise DamagedMember(message, self.position)
            try:
                yield decompressor.decompress(compressed, _MAX_PART)
            except zlib.error as error:
                good, count = _up_to_fault(self._once_more(parts), compressed)
                yield good
                raise DamagedMember(
                    f"its gzip member is damaged: {error}",
                    self.position - len(compressed) + count,
                    is_spoilt=any(words in str(error) for words in _BAD_CHECK),
                ) from error
            parts += 1
        self.end = self._file.tell() - len(decompressor.unused_data)

    def _once_more(self, parts: int) -> _Decompressor:
        """A decompressor that has unpacked as many parts again: an error spoils the first one."""
        place, decompressor = self.position, zlib.decompressobj(wbits=31)
        self._file.seek(self._start)
        for _ in range(parts):
            compressed = decompressor.unconsumed_tail or self._file.read(_READ_BYTES)
            decompressor.decompress(compressed, _MAX_PART)
        self._file.seek(place)
        return decompressor

    def _zstd(self) -> Iterator[bytes]:
        decompressor = zstandard.ZstdDecompressor(self._dictionary).decompressobj()
        while not decompressor.eof:
            compressed = self._file.read(ZSTD_SLICE)
            if not compressed:
                message = "its zstd frame is cut off; get the file again"
                raise DamagedMember(message, self.position)
            try:
                yield decompressor.decompress(compressed)
            except zstandard.ZstdError as error:
                is_spoilt = "checksum" in str(error)
                raise DamagedMember(
                    f"its zstd frame is damaged: {error}", self.position, is_spoilt=is_spoilt
                ) from error
        self.end = self._file.tell() - len(decompressor.unused_data)


def _up_to_fault(decompressor: _Decompressor, compressed: bytes) -> tuple[bytes, int]:
    """What unpacks before a fault, and how many bytes were read until then."""
    parts: list[bytes] = []
    for at in range(len(compressed)):
        try:
            parts.append(decompressor.decompress(compressed[at : at + 1]))
        except zlib.error:
            return b"".join(parts), at
    return b"".join(parts), len(compressed)


class _Decompressor(Protocol):
    def decompress(self, data: bytes, /) -> bytes: ...


def is_compressed(start: bytes) -> bool:
    """Return whether a gzip member or a zstd frame begins with these bytes, 4 or more.

    Skippable frames are frames too (RFC 8878, 3.1.2).
    """
    return start.startswith((GZIP, ZSTD)) or is_skippable(start)


def is_skippable(start: bytes) -> bool:
    """Return whether a skippable frame of zstd begins with these bytes."""
    return start[1:4] == ZSTD_DICTIONARY[1:] and start[0] & 0xF0 == _SKIPPABLE


def read_dictionary(file: BinaryIO) -> zstandard.ZstdCompressionDict | None:
    """Return the dictionary with which a `.warc.zst` begins, `None` where it has none.

    It stands in a skippable frame, and may itself be compressed (the IIPC's note on WARC and zstd).
    Raises `BadRecord` where it can't be read.
    """
    file.seek(0)
    if file.read(4) != ZSTD_DICTIONARY:
        return None
    size = int.from_bytes(file.read(4), "little")
    content = file.read(min(size, _MAX_DICTIONARY_BYTES))
    try:
        if content.startswith(ZSTD):
            content = zstandard.ZstdDecompressor().decompress(
                content, max_output_size=_MAX_DICTIONARY_BYTES
            )
        dictionary = zstandard.ZstdCompressionDict(content)
        zstandard.ZstdDecompressor(dictionary).decompressobj()  # it is looked at only then
    except zstandard.ZstdError as error:
        raise BadRecord(f"its zstd dictionary is damaged: {error}; get the file again") from error
    return dictionary
