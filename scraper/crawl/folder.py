"""A crawl's folder: opened by one at a time, its files and its ledger made to agree first.

DIR/articles/          the files
DIR/captures/          the store
DIR/crawl.db           the ledger
DIR/report.json        what became of it all
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from filelock import FileLock, Timeout

from normalise import Capture
from scraper.crawl.ledger import Ledger
from scraper.crawl.outcomes import ArticleStatus
from scraper.errors import FolderInUse, UsageError
from scraper.models import Memento
from scraper.warc.writer import MAX_FILE_BYTES, WarcStore

_LOCK = "crawl.lock"
_ARTICLE = re.compile(r"article_([0-9]+)\.md")
# What a run leaves that is killed in the middle of writing.
_HALF_WRITTEN = ("articles/*/.article_*.md.*.part", ".report.json.*.part")


@dataclass(frozen=True, slots=True)
class CrawlFolder:
    """An open folder."""

    path: Path
    ledger: Ledger
    store: WarcStore

    def redirect_of(self, capture: Capture) -> str | None:
        """Return where a stored capture leads, "" for no redirect, `None` if it is not stored."""
        return self.ledger.redirect_of(capture)

    def add(self, page: Memento) -> None:
        """Store a page, and write down where."""
        self.ledger.add_memento(page.served, self.store.append(page), page.location)


@contextmanager
def open_folder(
    path: Path, software: str, largest_file: int = MAX_FILE_BYTES
) -> Iterator[CrawlFolder]:
    """Open a folder, made if need be, for as long as the block lasts.

    Raises `FolderInUse` where another has it open, `UsageError` where it can't be one.
    """
    if path.exists() and not path.is_dir():
        raise UsageError(f"{path} is a file: --out takes a folder")
    path.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path / _LOCK, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise FolderInUse(
            f"another crawl works in {path}: wait for its end, or stop it; "
            f"`hkcnews status --out {path}` tells how far it is"
        ) from None
    try:
        ledger = Ledger(path)
        try:
            store = WarcStore(path, largest_file, software)
            _agree(path, ledger, store)
            try:
                yield CrawlFolder(path, ledger, store)
            finally:
                store.close()
        finally:
            ledger.close()
    finally:
        lock.release()


def _agree(path: Path, ledger: Ledger, store: WarcStore) -> None:
    """Make ledger, store and files tell the same, whatever a killed run has left."""
    sizes = store.sizes()
    ends = ledger.file_ends()
    for warc, end in ends.items():
        if sizes.get(warc, 0) < end:  # the machine went down, or somebody removed a file
            ledger.forget_after(warc, sizes.get(warc, 0))
    for stored in store.repair(ledger.file_ends()):
        ledger.add_memento(stored.served, stored.location, stored.redirect)
    for part in chain.from_iterable(path.glob(pattern) for pattern in _HALF_WRITTEN):
        part.unlink(missing_ok=True)  # a worker of the killed run may just have finished it
    there = _articles_in(path)
    for article, ending in ledger.statuses().items():
        if ending is ArticleStatus.WRITTEN and article not in there:
            ledger.reopen(article)


def _articles_in(path: Path) -> set[int]:
    found = (_ARTICLE.fullmatch(file.name) for file in path.glob("articles/*/article_*.md"))
    return {int(match[1]) for match in found if match}
