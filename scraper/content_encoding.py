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

_GZIP = b"\x1f\x8b"
_GZIP_WBITS = 31  # how zlib is told to expect gzip
_ZLIB = b"\x78"
_ZSTD = b"\x28\xb5\x2f\xfd"
_ZSTD_SLICE = 1 << 10  # a byte of zstd may unpack to 32,000, and no bound can be given
_MAX_LAYERS = 4
_MAX_UNNAMED = 2  # layers of gzip or zstd that no header names
_BY_MAGIC = frozenset({"gzip", "x-gzip", "zstd"})  # known by their first bytes, whatever is said
_NO_ENCODING = frozenset({"", "identity", "none", "utf-8", "utf8"})
_SEPARATOR = re.compile(r"[,;\s]+")
# What is no text, unless it is UTF-16: control characters.
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
_KNOWN_STARTS = (b"\xff\xfe", b"\xfe\xff", b"\x89PNG", b"\xff\xd8\xff", b"GIF8")
_SAMPLE = 512


def decode_body(body: bytes, encodings: str, max_bytes: int = MAX_PAGE_BYTES) -> bytes:
    """Return a body without its content encodings.

    `encodings` is what the header says, in any case: a list, the last one removed first. Gzip and
    zstd are recognised by their first bytes, whatever the header says. What is text already is
    returned as it is. Raises `BadBody` for a damaged or cut body, `UnknownEncoding` for an encoding
    that can't be removed here, and `TooLarge` for a body of more than `max_bytes` when unpacked.
    """
    named = [name.strip("\"'") for name in _SEPARATOR.split(encodings.lower())]
    pending = [name for name in named if name not in _NO_ENCODING]
    most_unnamed = max(_MAX_UNNAMED, sum(name in _BY_MAGIC for name in pending))
    in_vain, removed = [], 0
    while removed < _MAX_LAYERS:
        if (unpack := _by_magic(body)) is not None and removed < most_unnamed:
            body, removed = unpack(body, max_bytes), removed + 1
        elif not pending:
            break
        elif (name := pending.pop()) in _BY_NAME:
            unpacked = _BY_NAME[name](body, max_bytes) if body else None
            body, removed = unpacked or body, removed + (unpacked is not None)
        else:
            in_vain.append(name)
    if in_vain and not removed and body and not _is_plain(body):
        raise UnknownEncoding(f"its content encoding can't be unpacked: {', '.join(in_vain)}")
    return body


def _is_plain(body: bytes) -> bool:
    """Whether a body is text or a picture, so that it is not compressed."""
    return body.startswith(_KNOWN_STARTS) or not _CONTROL.search(body[:_SAMPLE])


class _Decompressor(Protocol):
    """What zlib and zstandard have in common."""

    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...


def _by_magic(body: bytes) -> Callable[[bytes, int], bytes] | None:
    if body.startswith(_GZIP):
        return _gunzip
    return _unpack_zstd if body.startswith(_ZSTD) else None


def _gunzip(body: bytes, max_bytes: int) -> bytes:
    return _decompress(body, _GZIP_WBITS, max_bytes)


def _decompress(body: bytes, wbits: int, max_bytes: int) -> bytes:
    plain = bytearray()
    while body:
        decompressor = zlib.decompressobj(wbits=wbits)
        try:
            plain += decompressor.decompress(body, max_bytes + 1)
        except zlib.error as error:
            raise BadBody(f"its compressed body is damaged: {error}") from error
        _require_size(plain, max_bytes)
        body = _rest(decompressor, _GZIP)
    return bytes(plain)


def _unpack_zstd(body: bytes, max_bytes: int) -> bytes:
    plain = bytearray()
    while body:
        decompressor = zstandard.ZstdDecompressor().decompressobj()
        place = 0
        try:
            while place < len(body) and not decompressor.eof:
                plain += decompressor.decompress(body[place : place + _ZSTD_SLICE])
                place += _ZSTD_SLICE
                _require_size(plain, max_bytes)
        except zstandard.ZstdError as error:
            raise BadBody(f"its compressed body (zstd) is damaged: {error}") from error
        rest = _rest(decompressor, b"") + body[place:]
        body = rest if rest.startswith(_ZSTD) else b""
    return bytes(plain)


def _rest(decompressor: _Decompressor, magic: bytes) -> bytes:
    """What follows behind a stream and begins with these bytes. Raises `BadBody` if it is cut."""
    if not decompressor.eof:
        raise BadBody("its compressed body is cut off")
    rest = decompressor.unused_data
    return rest if rest.startswith(magic) else b""


def _require_size(plain: bytes | bytearray, max_bytes: int) -> None:
    if len(plain) > max_bytes:
        raise TooLarge(f"unpacks to more than {max_bytes} bytes")


def _inflate(body: bytes, max_bytes: int) -> bytes | None:
    """A body without `deflate`; `None` for text, and for nothing of that kind."""
    if body.startswith(b"<"):
        return None
    is_raw = not body.startswith(_ZLIB)  # some servers left out the zlib header
    try:
        return _decompress(body, -zlib.MAX_WBITS if is_raw else zlib.MAX_WBITS, max_bytes)
    except BadBody as error:
        if isinstance(error.__cause__, zlib.error) and _is_plain(body):
            return None  # the header lies
        raise


def _unpack_brotli(body: bytes, max_bytes: int) -> bytes | None:
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
    if not decompressor.is_finished():
        raise BadBody("its compressed body is cut off")
    return plain


_BY_NAME: dict[str, Callable[[bytes, int], bytes | None]] = {
    "br": _unpack_brotli,
    "deflate": _inflate,
}
