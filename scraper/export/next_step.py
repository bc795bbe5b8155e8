"""What to do with an export: a line for people."""

from __future__ import annotations

import shlex
from importlib.util import find_spec
from pathlib import Path

from scraper.export.formats import ExportFormat


def next_step(export_format: ExportFormat, out: Path) -> str:
    """Return the command that shows an export."""
    folder = shlex.quote(str(out))
    match export_format:
        case ExportFormat.MARKDOWN:
            return f"read: {folder}/articles"
        case ExportFormat.HUGO:
            return f"look: hugo server --source {folder}{_needing('hugo', 'site')}"
        case ExportFormat.JSONL:
            return f"look: head -n 1 {folder}/articles.jsonl"
        case ExportFormat.PARQUET:
            return f"read: {folder}/articles.parquet"
        case ExportFormat.SQLITE:
            return f"look: hkcnews browse {folder}{_needing('datasette', 'browse')}"


def _needing(package: str, extra: str) -> str:
    """What is to be installed first, "" where it is there."""
    return "" if find_spec(package) else f" (first: pip install 'hkcnews-archive[{extra}]')"
