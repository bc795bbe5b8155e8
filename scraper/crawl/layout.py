"""The files of a crawl's folder, and how such a folder is told."""

from __future__ import annotations

from pathlib import Path

LEDGER_FILE = "crawl.db"


def is_crawl(path: Path) -> bool:
    """Return whether a path is the folder of a crawl, whose ledger knows its captures."""
    return (path / LEDGER_FILE).is_file()
