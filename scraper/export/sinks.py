"""Where the records of an export go: nowhere, into lines, into Parquet or into a database.

A file is written beside its place and put there when it is whole. One with the same bytes as before
stays as it was.
"""

from __future__ import annotations

import filecmp
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from scraper.export.formats import ExportFormat


class Sink(Protocol):
    """Takes records in the order of their articles; one that comes again replaces the first."""

    is_changed: bool | None  # of the whole file, when it is closed; `None` for files of articles

    def add(self, article_id: int, record: Any) -> None:
        """Take the record of an article."""


class NoSink:
    """For formats whose articles are files."""

    is_changed: bool | None = None

    def add(self, article_id: int, record: Any) -> None:
        """Do nothing: the file is there."""


@contextmanager
def open_sink(export_format: ExportFormat, out: Path, crawl: Path | None) -> Iterator[Sink]:
    """Open the sink of a format for as long as the block lasts; `crawl` is a folder of one."""
    match export_format:
        case ExportFormat.JSONL:
            from scraper.export.lines import LineSink  # noqa: PLC0415

            with replacing(out / "articles.jsonl") as place, LineSink(place.part) as lines:
                yield lines
            lines.is_changed = place.is_changed
        case ExportFormat.PARQUET:
            from scraper.export.columns import ColumnSink  # noqa: PLC0415

            with replacing(out / "articles.parquet") as place, ColumnSink(place.part) as columns:
                yield columns
            columns.is_changed = place.is_changed
        case ExportFormat.SQLITE:
            from scraper.export.tables import TableSink  # noqa: PLC0415

            with replacing(out / "archive.db") as place, TableSink(place.part, crawl) as tables:
                yield tables
            tables.is_changed = place.is_changed
        case ExportFormat.HUGO:
            from scraper.export.site import write_layouts  # noqa: PLC0415

            write_layouts(out)
            yield NoSink()
        case _:
            yield NoSink()


class Replacement:
    """A file on its way to its place."""

    def __init__(self, part: Path) -> None:
        self.part = part
        self.is_changed = True


@contextmanager
def replacing(path: Path) -> Iterator[Replacement]:
    """Give a path to write to; what is written there is put into its place at the end."""
    with tempfile.TemporaryDirectory(prefix=".export-", dir=path.parent) as folder:
        place = Replacement(Path(folder, path.name))
        yield place
        if path.is_file() and filecmp.cmp(path, place.part, shallow=False):
            place.is_changed = False
        else:
            place.part.replace(path)
