"""Whether the bytes of a picture end before its end, by the marks of each format.

Bytes behind the end are no matter: many programs leave some.
"""

from __future__ import annotations

from itertools import count

_JPEG_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})  # markers without a length
_JPEG_SCAN, _JPEG_FILL = 0xDA, 0xFF
_BMP_CORE = 12  # bytes of the oldest header
_BMP_PLAIN = frozenset({0, 3, 6})  # pixels that are not packed, with masks or without
_GIF_IMAGE, _GIF_EXTENSION = 0x2C, 0x21
_GIF_HEAD = 13


def is_jpeg_cut(body: bytes) -> bool:
    """Return whether no end of image follows the first scan (ITU-T T.81, B.1.1).

    Thumbnails in the segments before it have such a mark of their own.
    """
    at = 2
    while at + 4 <= len(body):
        marker = body[at + 1]
        if body[at] != _JPEG_FILL or marker == _JPEG_FILL:
            at += 1
        elif marker in _JPEG_ALONE:
            at += 2
        elif marker == _JPEG_SCAN:
            return body.rfind(b"\xff\xd9") < at
        else:
            at += 2 + int.from_bytes(body[at + 2 : at + 4], "big")
    return True


def is_png_cut(body: bytes) -> bool:
    """Return whether a chunk is not whole, or the last one is missing (RFC 2083, 3.2)."""
    at = 8
    has_pixels = False
    while at + 12 <= len(body):  # length, name, data, check value
        name = body[at + 4 : at + 8]
        at += 12 + int.from_bytes(body[at : at + 4], "big")
        has_pixels = has_pixels or name == b"IDAT"
        if name == b"IEND":
            return at > len(body) or not has_pixels
    return True


def is_gif_cut(body: bytes) -> bool:
    """Return whether a block is not whole (GIF89a, 15 to 27); a missing trailer is no matter."""
    if len(body) < _GIF_HEAD:
        return True
    at = _GIF_HEAD + _colours(body[10])
    has_image = False
    while at < len(body) and body[at] in {_GIF_IMAGE, _GIF_EXTENSION}:
        if body[at] == _GIF_EXTENSION:
            at += 2
        else:
            has_image = True
            if at + 10 > len(body):
                return True
            at += 11 + _colours(body[at + 9])
        for _ in count():  # sub-blocks, each behind its length
            if at >= len(body):
                return True
            size = body[at]
            at += 1 + size
            if not size:
                break
    return not has_image or at > len(body)


def _colours(flags: int) -> int:
    """The bytes of a table of colours."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def is_webp_cut(body: bytes) -> bool:
    """Return whether there are fewer bytes than the RIFF header says (RFC 9649, 2.4)."""
    return len(body) < 8 + int.from_bytes(body[4:8], "little")


def is_bmp_cut(body: bytes) -> bool:
    """Return whether the pixels are not whole; what the header says of the file is often wrong.

    Rows end at multiples of four bytes. Packed pixels have a size of their own in the header, or
    run to the end.
    """
    start, header = (int.from_bytes(body[at : at + 4], "little") for at in (10, 14))
    if header == _BMP_CORE:
        width, height, bits = (int.from_bytes(body[at : at + 2], "little") for at in (18, 20, 24))
        packing, size = 0, 0
    else:
        width, height = (_signed(body[at : at + 4]) for at in (18, 22))
        bits = int.from_bytes(body[28:30], "little")
        packing, size = (int.from_bytes(body[at : at + 4], "little") for at in (30, 34))
    if packing in _BMP_PLAIN:
        size = (abs(width) * bits + 31) // 32 * 4 * abs(height)
    return len(body) < start + max(size, 1)


def _signed(part: bytes) -> int:
    return int.from_bytes(part, "little", signed=True)


def is_avif_cut(body: bytes) -> bool:
    """Return whether a box of the file is not whole (ISO/IEC 14496-12, 4.2)."""
    at = 0
    while at + 8 <= len(body):
        size = int.from_bytes(body[at : at + 4], "big")
        if size == 1:
            size = int.from_bytes(body[at + 8 : at + 16], "big")
        if size == 0:  # to the end of the file
            return False
        if size < 8:
            return True
        at += size
    return at > len(body)
