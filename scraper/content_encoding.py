"""Content encodings, taken off with distrust: headers lie about them (facts/wayback.md 2.10)."""

from __future__ import annotations

import zlib

import brotli

from scraper.errors import BadBody, TooLarge

MAX_PAGE_BYTES = 20_000_000  # bytes; the largest article of the site is below 200,000

_GZIP = b"\x1f\x8b"
_ZLIB = b"\x78"


def decode_body(body: bytes, encoding: str, most: int = MAX_PAGE_BYTES) -> bytes:
    """Return a body without its content encoding.

    Gzip is told by its first bytes, and packed at most twice. What is said to be `br` or
    `deflate` and is not is kept as it is. Raises `BadBody` for what is damaged or cut off, and
    `TooLarge` for what unpacks to more than `most` bytes.
    """
    if encoding == "br" and body and not body.startswith(_GZIP):
        return _unbrotlied(body, most)
    if encoding == "deflate" and not body.startswith((_GZIP, b"<")):
        is_raw = not body.startswith(_ZLIB)  # as some servers sent it
        return _inflated(body, -zlib.MAX_WBITS if is_raw else zlib.MAX_WBITS, most)
    for _ in range(2):
        if body.startswith(_GZIP):
            body = _inflated(body, 31, most)
    return body


def _inflated(body: bytes, wbits: int, most: int) -> bytes:
    plain = bytearray()
    while body:
        unpacker = zlib.decompressobj(wbits=wbits)
        try:
            plain += unpacker.decompress(body, most + 1)
        except zlib.error as error:
            raise BadBody(f"its compressed body is damaged: {error}") from error
        if len(plain) > most:
            raise TooLarge(f"unpacks to more than {most} bytes")
        if not unpacker.eof:
            raise BadBody("its compressed body is cut off")
        rest = unpacker.unused_data
        body = rest if rest.startswith(_GZIP) else b""
    return bytes(plain)


def _unbrotlied(body: bytes, most: int) -> bytes:
    unpacker = brotli.Decompressor()
    plain: bytes
    try:
        plain = unpacker.process(body, output_buffer_limit=most + 1)
    except brotli.error:  # the header lies
        return body
    if len(plain) > most:
        raise TooLarge(f"unpacks to more than {most} bytes")
    if not unpacker.is_finished():
        raise BadBody("its compressed body is cut off")
    return plain
