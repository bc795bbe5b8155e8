"""Pictures made by Pillow, and an archive of articles that show them."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO

from fake_archive import FakeMemento
from PIL import Image
from support.warcs import TIMESTAMP, address, article_page

HOST = "https://www.hkcnews.com"
AT = "20210629183216"  # when pictures were captured: a second after their page


def picture(
    seed: int = 1, kind: str = "JPEG", size: tuple[int, int] = (12, 8), **options: object
) -> bytes:
    """Return the bytes of a small picture; another seed gives others."""
    image = Image.new("RGB", size, (seed * 37 % 256, seed * 101 % 256, seed // 256 % 256))
    image.putpixel((0, 0), (seed % 256, seed // 256 % 256, 7))
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def captured(
    path: str,
    body: bytes,
    timestamp: str = AT,
    content_type: str = "image/jpeg",
    status: int = 200,
) -> FakeMemento:
    """Return a capture of a picture of the site, or of what stands in its place."""
    return FakeMemento(HOST + path, timestamp, body, status, content_type=content_type)


def shown(*paths: str, caption: str = "碼頭") -> str:
    """Return the body of an article that shows pictures, each in a figure."""
    return "".join(
        f'<figure class="image"><img src="{path}" alt="">'
        f"<figcaption>{caption}</figcaption></figure>"
        for path in paths
    )


def in_sizes(path: str, *others: str) -> str:
    """Return a figure with the same picture in other sizes."""
    sources = "".join(f'<source srcset="{other}" media="(min-width: 720px)" />' for other in others)
    return f'<figure class="image"><picture>{sources}<img src="{path}" alt=""></picture></figure>'


def article(article_id: int, body: str) -> FakeMemento:
    """Return a capture of an article with a body; every third one says when it was updated.

    About as many do on the site (docs/site.md 2.1), and a crawl has no cause for its alarm.
    """
    date = "28.06.21 | 最後更新: 2021-06-29 08:30:00" if article_id % 3 == 0 else "28.06.21"
    page = article_page(article_id, body=body, date=date)
    return FakeMemento(address(article_id), TIMESTAMP, page)


def articles(bodies: Iterable[str]) -> list[FakeMemento]:
    """Return captures of articles 1, 2, ... with these bodies."""
    return [article(number, body) for number, body in enumerate(bodies, start=1)]
