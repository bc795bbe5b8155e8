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

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

LEDGER_FILE = "crawl.db"
STORE_FOLDER = "captures"
IMAGE_FOLDER = "images"
LOCK_FILE = "crawl.lock"
REPORT_FILE = "report.json"
PAGE_FILE = "report.html"
ARTICLE_FILES = "articles/*/article_*.md"
# What a run leaves that is killed while it writes a file (`normalise.files.write_atomically`).
_HALF_WRITTEN = (
    *("articles/*/.article_*.md.*.part", f"{IMAGE_FOLDER}/*/.*.part"),
    *(f".{REPORT_FILE}.*.part", f".{PAGE_FILE}.*.part"),
)


def is_crawl(path: Path) -> bool:
    """Return whether a path is the folder of a crawl, whose ledger knows its captures."""
    return (path / LEDGER_FILE).is_file()


def half_written_files(path: Path) -> Iterator[Path]:
    """Yield the files in a crawl's folder that a killed run has left half written."""
    return chain.from_iterable(path.glob(pattern) for pattern in _HALF_WRITTEN)


def image_files(path: Path) -> Iterator[str]:
    """Yield the paths of the files of pictures below a folder, from that folder on."""
    for file in path.glob(f"{IMAGE_FOLDER}/*/[0-9]*-*.*"):
        yield file.relative_to(path).as_posix()
