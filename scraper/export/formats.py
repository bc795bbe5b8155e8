"""The formats of an export, and the folder that it may be written into."""

from __future__ import annotations

import json
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

from normalise.files import write_atomically
from scraper.crawl.layout import is_crawl
from scraper.errors import UsageError

MARKER = "export.json"
DATABASE_FILE = "archive.db"


class ExportFormat(StrEnum):
    """A format; the value is the word on the command line."""

    MARKDOWN = "markdown"
    HUGO = "hugo"
    JSONL = "jsonl"
    PARQUET = "parquet"
    SQLITE = "sqlite"


def claim_folder(out: Path, export_format: ExportFormat, sources: Sequence[Path]) -> None:
    """Make a folder for an export, or take that of an earlier one; note what it is made of.

    Raises `UsageError` for a folder that holds something else, which would be overwritten.
    """
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out} is a file: --out takes a folder")
    marker = out / MARKER
    formats: list[str] = []
    if marker.is_file():
        formats = _noted(marker, "formats")
    elif is_crawl(out) or (out.is_dir() and any(out.iterdir())):
        raise UsageError(
            f"{out} holds something else than an export (there is no {MARKER} in it): "
            "give an empty folder, or a new one"
        )
    out.mkdir(parents=True, exist_ok=True)
    note = {
        "formats": sorted({*formats, export_format}),
        "sources": [str(source.resolve()) for source in sources],
    }
    text = json.dumps(note, ensure_ascii=False, indent=1) + "\n"
    if not marker.is_file() or marker.read_bytes() != text.encode():
        write_atomically(marker, text.encode(), 0o644)


def sources_of(out: Path) -> tuple[Path, ...]:
    """Return what an export was made of. Raises `UsageError` for a folder that is none."""
    return tuple(map(Path, _noted(out / MARKER, "sources")))


def formats_of(out: Path) -> list[str]:
    """Return the formats that are in the folder of an export."""
    return _noted(out / MARKER, "formats")


def _noted(marker: Path, name: str) -> list[str]:
    """What an export has noted of itself; notes of earlier versions lack the sources."""
    try:
        note = json.loads(marker.read_bytes())
        formats = [ExportFormat(each).value for each in note["formats"]]
        return formats if name == "formats" else [str(each) for each in note.get(name, ())]
    except (ValueError, LookupError, TypeError, OSError) as error:
        raise UsageError(
            f"{marker} is not that of an export: {error!r}; give an empty folder, or a new one"
        ) from error
