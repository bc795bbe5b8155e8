"""The formats of an export, and the folder that it may be written into."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path

from scraper.crawl.layout import is_crawl
from scraper.errors import UsageError

MARKER = "export.json"


class ExportFormat(StrEnum):
    """A format; the value is the word on the command line."""

    MARKDOWN = "markdown"
    HUGO = "hugo"
    JSONL = "jsonl"
    PARQUET = "parquet"
    SQLITE = "sqlite"


def claim_folder(out: Path, export_format: ExportFormat) -> None:
    """Make a folder for an export, or take that of an earlier one.

    Raises `UsageError` for a folder that holds something else, which would be overwritten.
    """
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out} is a file: --out takes a folder")
    marker = out / MARKER
    formats: list[str] = []
    if marker.is_file():
        formats = _formats(marker)
    elif is_crawl(out) or (out.is_dir() and any(out.iterdir())):
        raise UsageError(
            f"{out} holds something else than an export (there is no {MARKER} in it): "
            "give an empty folder, or a new one"
        )
    out.mkdir(parents=True, exist_ok=True)
    if export_format not in formats:
        text = json.dumps({"formats": sorted([*formats, export_format])}, indent=1)
        marker.write_text(text + "\n", encoding="utf-8")


def formats_of(out: Path) -> list[str]:
    """Return the formats that are in the folder of an export."""
    return _formats(out / MARKER)


def _formats(marker: Path) -> list[str]:
    try:
        return [str(each) for each in json.loads(marker.read_bytes())["formats"]]
    except (ValueError, LookupError, TypeError, OSError) as error:
        raise UsageError(
            f"{marker} is not that of an export: {error!r}; give an empty folder, or a new one"
        ) from error
