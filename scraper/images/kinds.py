"""What the bytes of a body are: which kind of picture, of how many pixels, and whether whole.

Names and headers count for nothing. A kind is known by its magic number, and the size in pixels is
what Pillow reads in the header; the pixels themselves are never unpacked. SVG is never a picture
here: it can run scripts.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from enum import StrEnum
from importlib.util import find_spec
from io import BytesIO

from scraper.content_encoding import MAX_IMAGE_BYTES
from scraper.errors import NoImage, UsageError
from scraper.images import endings

MAX_PIXELS = 100_000_000

_AVIF_BRANDS = frozenset({b"avif", b"avis"})
_MAX_BRANDS = 64
_WEBP = re.compile(rb"RIFF....WEBP", re.DOTALL)
_BLANK = b" \t\r\n\f\0\xef\xbb\xbf"
_SVG = re.compile(rb"(?:<\?xml.*?\?>|<!--.*?-->|<!DOCTYPE[^>]*>|\s)*<(?:\w+:)?svg\b", re.DOTALL)
_HEAD = 4096  # bytes of what a body that is no picture begins with


class ImageKind(StrEnum):
    """A kind of picture; the value is Pillow's name for it."""

    JPEG = "JPEG"
    PNG = "PNG"
    GIF = "GIF"
    WEBP = "WEBP"
    BMP = "BMP"
    AVIF = "AVIF"

    @property
    def mime(self) -> str:
        """The media type."""
        return f"image/{self.value.lower()}"

    @property
    def extension(self) -> str:
        """What the names of its files end in."""
        return "jpg" if self is ImageKind.JPEG else self.value.lower()


@dataclass(frozen=True, slots=True)
class Measured:
    """A picture's kind, and its width and height in pixels."""

    kind: ImageKind
    width: int
    height: int


def require_pillow() -> None:
    """Raise `UsageError` where Pillow is not installed."""
    if find_spec("PIL") is None:
        raise UsageError(
            "pictures need the package Pillow: pip install 'hkcnews-archive[images]', "
            "and start the same command again"
        )


def kind_of(body: bytes) -> ImageKind | None:
    """Return the kind of picture that some bytes begin as, `None` for no picture."""
    if body.startswith(b"\xff\xd8\xff"):
        return ImageKind.JPEG
    if body.startswith(b"\x89PNG\r\n\x1a\n"):
        return ImageKind.PNG
    if body.startswith((b"GIF87a", b"GIF89a")):
        return ImageKind.GIF
    if body.startswith(b"BM"):
        return ImageKind.BMP
    if _WEBP.match(body):
        return ImageKind.WEBP
    return ImageKind.AVIF if _is_avif(body) else None


def _is_avif(body: bytes) -> bool:
    """Whether a file names AVIF as its brand, or among those that it agrees with (AVIF 6)."""
    if body[4:8] != b"ftyp":
        return False
    end = min(int.from_bytes(body[:4], "big"), len(body), 16 + 4 * _MAX_BRANDS)
    brands = (body[at : at + 4] for at in (8, *range(16, end, 4)))
    return any(brand in _AVIF_BRANDS for brand in brands)


def is_cut(body: bytes) -> bool:
    """Return whether a picture ends before its end; `False` for what is no picture."""
    kind = kind_of(body)
    return kind is not None and _IS_CUT[kind](body)


_IS_CUT = {
    ImageKind.JPEG: endings.is_jpeg_cut,
    ImageKind.PNG: endings.is_png_cut,
    ImageKind.GIF: endings.is_gif_cut,
    ImageKind.BMP: endings.is_bmp_cut,
    ImageKind.WEBP: endings.is_webp_cut,
    ImageKind.AVIF: endings.is_avif_cut,
}


def measure(body: bytes) -> Measured:
    """Return what a body is. Raises `NoImage` for no picture, a broken or a too large one."""
    kind = kind_of(body)
    if kind is None:
        raise _no_kind(body)
    if len(body) >= MAX_IMAGE_BYTES:
        raise NoImage("too-large", f"a picture of {len(body):,} bytes: too large")
    width, height = _read_header(body, kind)
    if width * height >= MAX_PIXELS:
        raise NoImage("too-large", f"a picture of {width} x {height} pixels: too large")
    if is_cut(body):
        raise NoImage("cut-short", f"a picture ({kind}) of {len(body):,} bytes without its end")
    return Measured(kind, width, height)


def _read_header(body: bytes, kind: ImageKind) -> tuple[int, int]:
    """Width and height. Raises `NoImage` where Pillow can't read them."""
    from PIL import Image, PngImagePlugin  # noqa: PLC0415 - slow to import, and an extra

    Image.MAX_IMAGE_PIXELS = None  # the bounds are our own
    PngImagePlugin.MAX_TEXT_CHUNK = PngImagePlugin.MAX_TEXT_MEMORY = MAX_IMAGE_BYTES
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of odd metadata
            with Image.open(BytesIO(body), formats=[kind.value]) as image:
                width, height = image.size
    except Exception as error:  # Pillow raises many kinds for damaged bytes
        raise NoImage("broken", f"its header is that of no {kind}: {error!r}"[:300]) from error
    if width < 1 or height < 1:
        raise NoImage("broken", f"a picture ({kind}) of {width} x {height} pixels")
    return width, height


def _no_kind(body: bytes) -> NoImage:
    head = body[:_HEAD].lstrip(_BLANK)
    if not head:
        return NoImage("empty", f"a body of {len(body)} bytes with nothing in it")
    if _SVG.match(head):
        return NoImage("svg", "an SVG: it can run scripts, so it is never taken for a picture")
    if head.startswith(b"<"):
        return NoImage("html", "a page (HTML) in the place of a picture")
    return NoImage("no-image", f"bytes of no known kind of picture: {head[:16]!r}")
