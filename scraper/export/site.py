"""What a Hugo site has beside its articles: configuration, layouts, style (docs/exports.md 3)."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path, PurePosixPath

from normalise.files import ArticleWriter

_FILES = "site_files"


def write_layouts(out: Path) -> None:
    """Write the files of the site into a folder, only where they differ.

    Raises `OSError` where the disk refuses.
    """
    writer = ArticleWriter(out)
    _write(files("scraper.export") / _FILES, PurePosixPath(), writer)


def _write(folder: Traversable, place: PurePosixPath, writer: ArticleWriter) -> None:
    for entry in folder.iterdir():
        if entry.is_dir():
            _write(entry, place / entry.name, writer)
        else:
            writer.write_at(place / entry.name, entry.read_text(encoding="utf-8"))
