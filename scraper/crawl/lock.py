"""The lock of a crawl's folder: one process works in it at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from scraper.crawl.layout import LOCK_FILE
from scraper.errors import FolderInUse, disk_error


@contextmanager
def locked(path: Path, message: str) -> Iterator[None]:
    """Hold the lock of a crawl's folder for as long as the block lasts.

    The lock is the system's: it ends with the process that holds it, however that ends. Raises
    `FolderInUse`, with a message, where another process holds it, and `StorageError` where the
    folder can't be written.
    """
    lock = FileLock(path / LOCK_FILE, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise FolderInUse(message) from None
    except OSError as error:
        raise disk_error(error, path / LOCK_FILE) from error
    try:
        yield
    finally:
        lock.release()
