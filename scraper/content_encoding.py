"""Content encodings, removed with distrust: headers lie about them (docs/wayback.md 2.4)."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from typing import Protocol

import brotli
import zstandard

from scraper.errors import BadBody, TooLarge, UnknownEncoding

MAX_PAGE_BYTES = 20_000_000  # bytes; the largest article of the site is below 200,000
MAX_IMAGE_BYTES = 50_000_000

GZIP = b"\x1f\x8b"
_GZIP_WBITS = 31  # how zlib is told to expect gzip
_DEFLATED = b"\x08"  # the third byte of gzip
_ZLIB_METHOD = 8
ZSTD = b"\x28\xb5\x2f\xfd"
ZSTD_SLICE = 1 << 10  # a byte of zstd may unpack to 32,000, and no bound can be given
_MAX_LAYERS = 4
_MAX_UNNAMED = 2  # layers of gzip or zstd that no header names
_BY_MAGIC = frozenset({"gzip", "x-gzip", "zstd"})  # known by their first bytes, whatever is said
_NO_ENCODING = frozenset({"", "identity", "none", "utf-8", "utf8"})
_SEPARATOR = re.compile(r"[,;\s]+")
# What is no text, unless it is UTF-16: control characters.
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
_KNOWN_STARTS = (b"\xff\xfe", b"\xfe\xff", b"\x89PNG", b"\xff\xd8\xff", b"GIF8")
_SAMPLE = 512


def decode_body(
    body: bytes, encodings: str, max_bytes: int = MAX_PAGE_BYTES, *, is_cut: bool = False
) -> bytes:
    """Return a body without its content encodings.

    `encodings` is what the header says, in any case: a list, the last one removed first. Gzip and
    zstd are recognised by their first bytes, whatever the header says. What is text already is
    returned as it is; of a body that `is_cut` what there is. Raises `BadBody` for a damaged or cut
    body, `UnknownEncoding` for an encoding that can't be removed here, and `TooLarge` for a body of
    more than `max_bytes` when unpacked.
    """
    named = [name.strip("\"'") for name in _SEPARATOR.split(encodings.lower())]
    pending = [name for name in named if name not in _NO_ENCODING]
    most_unnamed = max(_MAX_UNNAMED, sum(name in _BY_MAGIC for name in pending))
    in_vain: list[str] = []
    removed = 0
    while removed < _MAX_LAYERS:
        if (found := _by_magic(body)) is not None and removed < most_unnamed:
            names, unpack = found
            body, removed = unpack(body, max_bytes, is_cut=is_cut), removed + 1
            _take_last(pending, names)
        elif not pending:
            break
        elif (name := pending.pop()) in _BY_NAME:
            unpacked = _BY_NAME[name](body, max_bytes, is_cut=is_cut) if body else None
            body, removed = (body, removed) if unpacked is None else (unpacked, removed + 1)
        else:
            in_vain.append(name)
    in_vain += pending
    if in_vain and body and not _is_plain(body):
        raise UnknownEncoding(f"its content encoding can't be unpacked: {', '.join(in_vain)}")
    return body


def _take_last(names: list[str], wanted: frozenset[str]) -> None:
    """Remove the last of some names that is wanted."""
    for at in reversed(range(len(names))):
        if names[at] in wanted:
            del names[at]
            return


def _is_plain(body: bytes) -> bool:
    """Whether a body is text or a picture, so that it is not compressed."""
    return body.startswith(_KNOWN_STARTS) or not _CONTROL.search(body[:_SAMPLE])


class _Decompressor(Protocol):
    """What zlib and zstandard have in common."""

    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...


def _by_magic(body: bytes) -> tuple[frozenset[str], Callable[..., bytes]] | None:
    """What removes the encoding that a body begins with, and under which names it goes."""
    if body.startswith(GZIP) and body[2:3] in {b"", _DEFLATED}:
        return frozenset({"gzip", "x-gzip"}), _gunzip
    return (frozenset({"zstd"}), _unpack_zstd) if body.startswith(ZSTD) else None


def _gunzip(body: bytes, max_bytes: int, *, is_cut: bool) -> bytes:
    return _decompress(body, _GZIP_WBITS, max_bytes, is_cut=is_cut)


def _decompress(body: bytes, wbits: int, max_bytes: int, *, is_cut: bool) -> bytes:
    plain = bytearray()
    while body:
        decompressor = zlib.decompressobj(wbits=wbits)
        try:
            plain += decompressor.decompress(body, max_bytes + 1)
        except zlib.error as error:
            raise BadBody(f"its compressed body is damaged: {error}") from error
        _require_size(plain, max_bytes)
        body = _rest(decompressor, GZIP, is_cut=is_cut)
    return bytes(plain)


def _unpack_zstd(body: bytes, max_bytes: int, *, is_cut: bool) -> bytes:
    plain = bytearray()
    while body:
        decompressor = zstandard.ZstdDecompressor().decompressobj()
        place = 0
        try:
            while place < len(body) and not decompressor.eof:
                plain += decompressor.decompress(body[place : place + ZSTD_SLICE])
                place += ZSTD_SLICE
                _require_size(plain, max_bytes)
        except zstandard.ZstdError as error:
            raise BadBody(f"its compressed body (zstd) is damaged: {error}") from error
        rest = _rest(decompressor, b"", is_cut=is_cut) + body[place:]
        body = rest if rest.startswith(ZSTD) else b""
    return bytes(plain)


def _rest(decompressor: _Decompressor, magic: bytes, *, is_cut: bool) -> bytes:
    """What follows behind a stream and begins with these bytes. Raises `BadBody` if it is cut."""
    if not decompressor.eof:
        if is_cut:
            return b""
        raise BadBody("its compressed body is cut off")
    rest = decompressor.unused_data
    return rest if rest.startswith(magic) else b""


def _require_size(plain: bytes | bytearray, max_bytes: int) -> None:
    if len(plain) > max_bytes:
        raise TooLarge(f"unpacks to more than {max_bytes} bytes")


def _inflate(body: bytes, max_bytes: int, *, is_cut: bool) -> bytes | None:
    """A body without `deflate`; `None` for text, and for nothing of that kind."""
    if body.startswith(b"<"):
        return None
    wbits = zlib.MAX_WBITS if _has_zlib_header(body) else -zlib.MAX_WBITS
    try:
        return _decompress(body, wbits, max_bytes, is_cut=is_cut)
    except BadBody as error:
        if isinstance(error.__cause__, zlib.error) and _is_plain(body):
            return None  # the header lies
        raise


def _has_zlib_header(body: bytes) -> bool:
    """Whether a body begins as RFC 1950 has it; some servers left that out."""
    first = int.from_bytes(body[:2], "big")
    return body[:1] == b"\x78" or (body[0] & 15 == _ZLIB_METHOD and first % 31 == 0)


def _unpack_brotli(body: bytes, max_bytes: int, *, is_cut: bool) -> bytes | None:
    """A body without `br`; `None` where the header lies."""
    decompressor = brotli.Decompressor()
    plain: bytes
    try:
        plain = decompressor.process(body, output_buffer_limit=max_bytes + 1)
    except brotli.error as error:
        if _is_plain(body):
            return None
        raise BadBody("its body is not the br that its content encoding says") from error
    _require_size(plain, max_bytes)
    if not decompressor.is_finished() and not is_cut:
        raise BadBody("its compressed body is cut off")
    return plain


_BY_NAME: dict[str, Callable[..., bytes | None]] = {
    "br": _unpack_brotli,
    "deflate": _inflate,
}
