"""Whether the bytes of a picture end before its end."""

from __future__ import annotations

import pytest

from scraper.images.endings import is_avif_cut, is_bmp_cut, is_gif_cut

_GIF = b"GIF89a" + bytes(7)  # no table of colours
_IMAGE = b"\x2c" + bytes(9) + b"\x02"  # a descriptor without a table, and the size of codes


@pytest.mark.parametrize(
    ("body", "is_cut"),
    [
        (b"GIF89a", True),
        (_GIF, True),
        (_GIF + _IMAGE[:5], True),
        (_GIF + _IMAGE, True),
        (_GIF + _IMAGE + b"\x01\x00", True),
        (_GIF + _IMAGE + b"\x01\x00\x00", False),
        (_GIF + b"\x21\xf9\x04" + bytes(4) + b"\x00" + _IMAGE + b"\x01\x00\x00", False),
    ],
)
def test_a_gif_is_whole_with_the_last_block_of_an_image(body: bytes, *, is_cut: bool) -> None:
    assert is_gif_cut(body) is is_cut


def box(size: int, rest: bytes = b"") -> bytes:
    return size.to_bytes(4, "big") + b"mdat" + rest


@pytest.mark.parametrize(
    ("body", "is_cut"),
    [
        (box(8), False),
        (box(12), True),
        (box(12, b"1234"), False),
        (box(0, b"to the end"), False),
        (box(1, (16).to_bytes(8, "big")), False),
        (box(1, (20).to_bytes(8, "big")), True),
        (box(4), True),
    ],
)
def test_an_avif_is_whole_with_its_last_box(body: bytes, *, is_cut: bool) -> None:
    assert is_avif_cut(body) is is_cut


def test_a_bmp_with_the_oldest_header_is_measured_too() -> None:
    core = (12).to_bytes(4, "little") + b"\x02\x00\x02\x00\x01\x00\x18\x00"  # 2 x 2, 24 bits
    head = b"BM" + bytes(8) + (26).to_bytes(4, "little") + core
    assert is_bmp_cut(head + bytes(15))
    assert not is_bmp_cut(head + bytes(16))
