"""Content encodings, removed with distrust: headers lie about them (docs/wayback.md 2.4)."""

from __future__ import annotations

import zlib

import brotli

from scraper.errors import BadBody, TooLarge

MAX_PAGE_BYTES = 20_000_000  # bytes; the largest article of the site is below 200,000

_GZIP = b"\x1f\x8b"
_GZIP_WBITS = 31  # how zlib is told to expect gzip
_ZLIB = b"\x78"


def decode_body(body: bytes, encoding: str, max_bytes: int = MAX_PAGE_BYTES) -> bytes:
    """Return a body without its content encoding; `encoding` is that of the header, lower case.

    Gzip is recognised by its first bytes, whatever the header says, and removed at most twice.
    Returned as they are: bodies that are not the `br` they claim to be, and HTML that claims to
    be `deflate`. Raises `BadBody` for a damaged or cut body, `TooLarge` for one that has more
    than `max_bytes` bytes when decompressed.
    """
    if encoding == "br" and body and not body.startswith(_GZIP):
        return _decompress_brotli(body, max_bytes)
    if encoding == "deflate" and not body.startswith((_GZIP, b"<")):
        is_raw = not body.startswith(_ZLIB)  # some servers left out the zlib header
        return _decompress(body, -zlib.MAX_WBITS if is_raw else zlib.MAX_WBITS, max_bytes)
    for _ in range(2):
        if body.startswith(_GZIP):
            body = _decompress(body, _GZIP_WBITS, max_bytes)
    return body


def _decompress(body: bytes, wbits: int, max_bytes: int) -> bytes:
    plain = bytearray()
    while body:
        decompressor = zlib.decompressobj(wbits=wbits)
        try:
            plain += decompressor.decompress(body, max_bytes + 1)
        except zlib.error as error:
            raise BadBody(f"its compressed body is damaged: {error}") from error
        if len(plain) > max_bytes:
            raise TooLarge(f"unpacks to more than {max_bytes} bytes")
        if not decompressor.eof:
            raise BadBody("its compressed body is cut off")
        rest = decompressor.unused_data
        body = rest if rest.startswith(_GZIP) else b""
    return bytes(plain)


def _decompress_brotli(body: bytes, max_bytes: int) -> bytes:
    decompressor = brotli.Decompressor()
    plain: bytes
    try:
        plain = decompressor.process(body, output_buffer_limit=max_bytes + 1)
    except brotli.error:  # the header lies
        return body
    if len(plain) > max_bytes:
        raise TooLarge(f"unpacks to more than {max_bytes} bytes")
    if not decompressor.is_finished():
        raise BadBody("its compressed body is cut off")
    return plain
