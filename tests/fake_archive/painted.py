"""Pictures for the fixtures, painted here: no photograph of the site is in the project."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from functools import partial
from html import unescape
from io import BytesIO
from urllib.parse import urljoin

from PIL import Image, ImageDraw, ImageOps

from fake_archive.archive import Archive
from fake_archive.mementos import FakeMemento
from fake_archive.samples import demo_archive

SIZE = (480, 320)
_SOURCE = re.compile(r'<img[^>]*?\ssrc="([^"]+)"')
_PLAYBACK = re.compile(r"^(?:https://web\.archive\.org)?/web/[0-9]{14}(?:[a-z]{2}_)?/")
_EVERY_LOST = 20  # one picture of so many is not there, as at the archive
_SKIES = (("#20304f", "#e8b07a"), ("#3c6e8f", "#f2dfb8"), ("#51406b", "#e58f7b"))


def illustrated_demo() -> Archive:
    """Return the archive of the demonstration with the pictures that its pages show."""
    archive = demo_archive()
    shown = {
        address: memento.timestamp
        for memento in archive
        for address in _addresses(memento)
        if memento.content_type == "text/html"
    }
    archive.add(
        *(
            FakeMemento(address, at, partial(painting, number), content_type="image/jpeg")
            for number, (address, at) in enumerate(sorted(shown.items()), start=1)
            if number % _EVERY_LOST
        )
    )
    return archive


def _addresses(memento: FakeMemento) -> Iterator[str]:
    """The addresses of the pictures of a page, as they were captured."""
    for source in _SOURCE.findall(memento.body.decode("utf-8", "replace")):
        whole = urljoin(memento.original, _PLAYBACK.sub("", unescape(source)))
        if whole.startswith("http") and not any(sign in whole for sign in " <>#"):
            yield whole


def painting(number: int) -> bytes:
    """Return a ferry at sea as JPEG; another number gives another one."""
    dice = random.Random(number)
    top, bottom = dice.choice(_SKIES)
    sky = ImageOps.colorize(Image.linear_gradient("L").resize(SIZE), top, bottom)
    draw = ImageDraw.Draw(sky)
    x, y, radius = dice.randint(40, 440), dice.randint(40, 160), dice.randint(14, 34)
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill="#fbe6c0")
    sea = dice.randint(190, 240)
    draw.rectangle((0, sea, *SIZE), fill="#1f3b4d")
    left = dice.randint(40, 300)
    draw.polygon(
        [(left, sea), (left + 120, sea), (left + 100, sea + 26), (left + 20, sea + 26)],
        fill="#7a1f1f",
    )
    draw.rectangle((left + 25, sea - 22, left + 90, sea), fill="#f3efe6")
    file = BytesIO()
    sky.save(file, "JPEG", quality=80)
    return file.getvalue()
