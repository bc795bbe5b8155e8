"""A crawl's folder: opened by one process at a time, its files and its ledger made to agree first.

What a killed run has left is put right here (docs/crawl-folder.md 4).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from normalise import Capture
from normalise.files import article_id_of
from scraper.corpus.fingerprint import fingerprint
from scraper.crawl.importing import ImportSummary, import_captures, record_request
from scraper.crawl.layout import ARTICLE_FILES, STORE_FOLDER, half_written_files
from scraper.crawl.ledger import Ledger
from scraper.crawl.lock import locked
from scraper.errors import UsageError, disk_error
from scraper.models import ArticleStatus, Memento
from scraper.warc.writer import MAX_FILE_BYTES, WarcStore


@dataclass(frozen=True, slots=True)
class CrawlFolder:
    """An open folder; `imported` tells of files that were found in its store when it was opened."""

    path: Path
    ledger: Ledger
    store: WarcStore
    imported: list[tuple[Path, ImportSummary]] = field(default_factory=list)

    def redirect_of(self, capture: Capture) -> str | None:
        """Return where a stored capture leads, "" for no redirect, `None` if it is not stored."""
        return self.ledger.redirect_of(capture)

    def add(self, memento: Memento) -> None:
        """Store a page, and record where."""
        self.ledger.add_memento(memento.served, self.store.append(memento), memento.location)


@contextmanager
def open_folder(
    path: Path, software: str, max_file_bytes: int = MAX_FILE_BYTES
) -> Iterator[CrawlFolder]:
    """Open a folder, made if need be, for as long as the block lasts.

    `software` is the program's name and version, for the store. Raises `FolderInUse` where another
    process has it open, `UsageError` where it can't be one, and `StorageError` where its ledger or
    store can't be used.
    """
    if path.exists() and not path.is_dir():
        raise UsageError(f"{path} is a file: --out takes a folder")
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise disk_error(error, path) from error
    message = (
        f"another crawl works in {path}: wait for its end, or stop it; "
        f"`hkcnews status --out {path}` tells how far it is"
    )
    with (
        locked(path, message),
        closing(Ledger(path)) as ledger,
        closing(WarcStore(path / STORE_FOLDER, max_file_bytes, software)) as store,
    ):
        folder = CrawlFolder(path, ledger, store)
        _reconcile(folder)
        yield folder


def _import_foreign(folder: CrawlFolder) -> None:
    """Bring in the captures of files that somebody has put into the store, once for each file."""
    for path in folder.store.foreign_files():
        note, now = f"imported {path.name}", fingerprint(path)
        if folder.ledger.get_note(note) == now:
            continue
        try:
            summary = import_captures([path], folder)
        except UsageError as error:
            summary = ImportSummary(failed=[str(error)])
        folder.imported.append((path, summary))
        folder.ledger.set_note(note, now)


def _reconcile(folder: CrawlFolder) -> None:
    """Make ledger, store and files agree, whatever a killed run has left."""
    ledger, store = folder.ledger, folder.store
    sizes = store.sizes()
    for file, end in ledger.file_ends().items():
        if sizes.get(file, 0) < end:  # the machine went down, or somebody removed a file
            ledger.forget_after(file, sizes.get(file, 0))
    for stored in store.repair(ledger.file_ends()):
        ledger.add_memento(stored.served, stored.location, stored.redirect)
        record_request(stored.requested, stored.served, stored.redirect, ledger)
    _import_foreign(folder)
    for part in half_written_files(folder.path):
        part.unlink(missing_ok=True)  # a worker of the killed run may just have finished it
    article_ids = {article_id_of(path.name) for path in folder.path.glob(ARTICLE_FILES)}
    for article_id, status in ledger.statuses().items():
        if status is ArticleStatus.WRITTEN and article_id not in article_ids:
            ledger.reopen(article_id)
