"""The names of the files of pictures: safe on every file system, and they say the article."""

from __future__ import annotations

from pathlib import PurePosixPath

from normalise.files import article_path
from scraper.crawl.layout import IMAGE_FOLDER

_DIGITS = 8  # of the digest


def image_path(article_id: int, number: int, digest: str, extension: str) -> PurePosixPath:
    """Return the path of a picture below the folder of a crawl.

    `images/11001-12000/11911-02-k3pq7w2a.jpg` for the second picture of 11911; `digest` is in
    Base32. Raises `RefusedPath` as `article_path` does.
    """
    folder = article_path(article_id).parent.name
    name = f"{article_id}-{number:02d}-{digest[:_DIGITS].lower()}.{extension}"
    return PurePosixPath(IMAGE_FOLDER, folder, name)
