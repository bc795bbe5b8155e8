"""Bytes that are pictures, and bytes that are not, whatever their name and header say."""

from __future__ import annotations

import random
import zlib
from contextlib import suppress
from io import BytesIO

import pytest
from PIL import Image
from support.pictures import picture

from scraper.errors import NoImage
from scraper.images import kinds
from scraper.images.kinds import ImageKind, is_cut, kind_of, measure

NOISE = random.Random(7)


def photograph(kind: str) -> bytes:
    """A picture whose bytes don't compress, so that a part of it is no other whole one."""
    image = Image.frombytes("RGB", (40, 30), NOISE.randbytes(40 * 30 * 3))
    file = BytesIO()
    image.save(file, kind)
    return file.getvalue()


@pytest.mark.parametrize("kind", list(ImageKind))
def test_every_kind_is_measured(kind: ImageKind) -> None:
    measured = measure(picture(3, kind, (31, 17)))
    assert (measured.kind, measured.width, measured.height) == (kind, 31, 17)


@pytest.mark.parametrize("kind", list(ImageKind))
@pytest.mark.parametrize("part", [0.3, 0.6, 0.9, 0.999])
def test_a_picture_without_its_end_is_cut(kind: ImageKind, part: float) -> None:
    whole = photograph(kind)
    assert not is_cut(whole)
    assert is_cut(whole[: int(len(whole) * part)])


@pytest.mark.parametrize("kind", list(ImageKind))
def test_bytes_behind_the_end_are_no_matter(kind: ImageKind) -> None:
    assert not is_cut(photograph(kind) + b"\0" * 100)


@pytest.mark.parametrize("kind", list(ImageKind))
def test_no_bytes_make_the_search_for_the_end_fail(kind: ImageKind) -> None:
    whole = photograph(kind)
    for size in range(60):
        is_cut(whole[:size])
    for _ in range(60):
        damaged = bytearray(whole)
        for _ in range(20):
            damaged[NOISE.randrange(2, len(damaged))] = NOISE.randrange(256)
        is_cut(bytes(damaged))
        with suppress(NoImage):
            measure(bytes(damaged))


def chunk(name: bytes, data: bytes) -> bytes:
    """A chunk of a PNG."""
    check = zlib.crc32(name + data).to_bytes(4, "big")
    return len(data).to_bytes(4, "big") + name + data + check


LARGE = zlib.compress(bytes(2_000_000))


@pytest.mark.parametrize(
    "large",
    [
        chunk(b"zTXt", b"Comment\0\0" + LARGE),
        chunk(b"iTXt", b"XML\0\1\0\0\0" + LARGE),
        chunk(b"iCCP", b"profile\0\0" + LARGE),
    ],
)
def test_a_png_may_have_much_text(large: bytes) -> None:
    body = picture(1, "PNG")
    assert measure(body[:33] + large + body[33:]).width == 12


def test_an_end_elsewhere_does_not_make_a_cut_png_whole() -> None:
    end = chunk(b"IEND", b"")
    whole = photograph("PNG")
    assert is_cut(whole[:100] + end)
    assert is_cut(whole[:33] + end), "no pixels"
    in_text = whole[:33] + chunk(b"tEXt", b"Comment\0" + end) + whole[33:]
    assert not is_cut(in_text)
    assert is_cut(in_text[:-30])


@pytest.mark.parametrize("size", [0, 2, 0xFFFFFFFF])
@pytest.mark.parametrize("mode", ["RGB", "L", "1"])
def test_what_a_bmp_says_of_its_size_is_no_matter(mode: str, size: int) -> None:
    file = BytesIO()
    Image.open(BytesIO(photograph("PNG"))).convert(mode).save(file, "BMP")
    body = file.getvalue()
    body = body[:2] + size.to_bytes(4, "little") + body[6:]
    assert measure(body).height == 30
    assert is_cut(body[:-1])
    assert is_cut(body[:300])


def test_an_avif_may_have_another_major_brand() -> None:
    body = photograph("AVIF")
    other = body[:8] + b"mif1" + body[12:]
    assert b"avif" in body[16:32]
    assert measure(other).kind is ImageKind.AVIF
    heic = other[:16] + body[16 : int.from_bytes(body[:4], "big")].replace(b"avif", b"heic")
    assert kind_of(heic) is None


def test_a_thumbnail_in_front_does_not_make_a_cut_picture_whole() -> None:
    thumbnail = photograph("JPEG")
    whole = photograph("JPEG")
    segment = b"\xff\xe1" + (len(thumbnail) + 2).to_bytes(2, "big") + thumbnail
    with_thumbnail = whole[:2] + segment + whole[2:]
    assert not is_cut(with_thumbnail)
    assert is_cut(with_thumbnail[:-40])


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "svg"),
        (b"\xef\xbb\xbf\n<?xml version='1.0'?><!-- x --><!DOCTYPE svg>\n<svg:svg/>", "svg"),
        (b"<html><svg></svg></html>", "html"),
        (b"II*\0 a TIFF", "no-image"),
        (b"\0\0\1\0 an icon", "no-image"),
        (b"BM no bitmap at all", "broken"),
        (b"", "empty"),
    ],
)
def test_other_bodies_are_none_with_the_reason(body: bytes, reason: str) -> None:
    with pytest.raises(NoImage) as refusal:
        measure(body)
    assert refusal.value.reason == reason


def test_a_picture_of_too_many_bytes_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    body = picture(1)
    monkeypatch.setattr(kinds, "MAX_IMAGE_BYTES", len(body) + 1)
    assert measure(body).kind is ImageKind.JPEG
    monkeypatch.setattr(kinds, "MAX_IMAGE_BYTES", len(body))
    with pytest.raises(NoImage, match="too large"):
        measure(body)


def test_an_odd_header_gives_no_warning() -> None:
    # A PNG with a chunk of text that can't be read.
    body = picture(1, "PNG")
    assert kind_of(body) is ImageKind.PNG
    chunk = b"\0\0\0\4tEXt\xff\xff\xff\xff\0\0\0\0"
    with pytest.raises(NoImage) as refusal:
        measure(body[:33] + chunk + body[33:-12])
    assert refusal.value.reason in {"broken", "cut-short"}
