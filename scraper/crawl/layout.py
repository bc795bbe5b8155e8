"""The names of the files in a crawl's folder (docs/crawl-folder.md 1).

DIR/articles/      the article files, named by `normalise.files.article_path`
DIR/images/        the pictures, named by scraper/images/files.py
DIR/captures/      the store: every capture fetched, in WARC files
DIR/crawl.db       the ledger, with crawl.db-wal and crawl.db-shm while it is open
DIR/crawl.lock     held by the crawl that works in the folder
DIR/report.json    what became of it all
DIR/report.html    the same as a page for people
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from normalise.files import article_path

LEDGER_FILE = "crawl.db"
STORE_FOLDER = "captures"
IMAGE_FOLDER = "images"
LOCK_FILE = "crawl.lock"
REPORT_FILE = "report.json"
PAGE_FILE = "report.html"
ARTICLE_FILES = "articles/*/article_*.md"
_IMAGE_NAME = re.compile(
    r"([1-9][0-9]{0,5})-[0-9]{2,}-[a-z2-7]{8}\.(?:jpg|png|gif|webp|bmp|avif)", re.ASCII
)
_IMAGE_GLOB = "[1-9]*-[0-9]*-*.*"
# What a run leaves that is killed while it writes a file (`normalise.files.write_atomically`).
_HALF_WRITTEN = (
    *("articles/*/.article_*.md.*.part", f"{IMAGE_FOLDER}/*/.{_IMAGE_GLOB}.part"),
    *(f".{REPORT_FILE}.*.part", f".{PAGE_FILE}.*.part"),
)


def is_crawl(path: Path) -> bool:
    """Return whether a path is the folder of a crawl, whose ledger knows its captures."""
    return (path / LEDGER_FILE).is_file()


def half_written_files(path: Path) -> Iterator[Path]:
    """Yield the files in a crawl's folder that a killed run has left half written."""
    return chain.from_iterable(path.glob(pattern) for pattern in _HALF_WRITTEN)


def image_files(path: Path) -> Iterator[tuple[str, int]]:
    """Yield the files of pictures below a folder: the path from that folder on, and the bytes.

    Only names that `scraper/images/files.py` gives count, each in the folder of its article.
    """
    for file in path.glob(f"{IMAGE_FOLDER}/*/{_IMAGE_GLOB}"):
        if _is_image_name(file.parent.name, file.name) and file.is_file():
            yield file.relative_to(path).as_posix(), file.stat().st_size


def half_written_images(path: Path) -> Iterator[Path]:
    """Yield the files of pictures below a folder that a killed export has left half written."""
    for file in path.glob(f"{IMAGE_FOLDER}/*/.{_IMAGE_GLOB}.part"):
        if _is_image_name(file.parent.name, file.name[1:].removesuffix(".part")):
            yield file


def _is_image_name(folder: str, name: str) -> bool:
    match = _IMAGE_NAME.fullmatch(name)
    return match is not None and article_path(int(match[1])).parent.name == folder
