"""The pure core: the bytes of an archived hkcnews page in, an `Article` and its text out.

    capture = Capture.from_url("https://web.archive.org/web/20210629183215/https://www.hkcnews...")
    article = extract(html, capture)
    text = render(article)

Nothing here knows of HTTP, and only `normalise.files` touches the disk.
"""

from normalise.capture import Capture
from normalise.editions.omissions import Completeness, LeftOut, find_left_out, omissions
from normalise.editions.seed import render
from normalise.errors import (
    BadCapture,
    NormaliseError,
    NotAnArticle,
    PageKind,
    RefusedPath,
    Unreadable,
    Unrenderable,
)
from normalise.models import Article
from normalise.page.extract import extract

__all__ = [
    "Article",
    "BadCapture",
    "Capture",
    "Completeness",
    "LeftOut",
    "NormaliseError",
    "NotAnArticle",
    "PageKind",
    "RefusedPath",
    "Unreadable",
    "Unrenderable",
    "extract",
    "find_left_out",
    "omissions",
    "render",
]
