"""Where the records of an export go: nowhere, into lines, into Parquet or into a database.

A file is written beside its place and put there when it is whole. One with the same bytes as before
stays as it was.
"""

from __future__ import annotations

import filecmp
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Protocol

from scraper.export.columns import ColumnSink
from scraper.export.formats import DATABASE_FILE, ExportFormat
from scraper.export.lines import LineSink
from scraper.export.site import write_layouts
from scraper.export.source import CrawlSource
from scraper.export.tables import TableSink

_FILES = {
    ExportFormat.JSONL: "articles.jsonl",
    ExportFormat.PARQUET: "articles.parquet",
    ExportFormat.SQLITE: DATABASE_FILE,
}


class Sink(Protocol):
    """Takes records in the order of their articles; one that comes again replaces the first."""

    is_changed: bool | None  # of the whole file, when it is closed; `None` for files of articles

    def add(self, article_id: int, record: Any) -> None:
        """Take the record of an article."""

    def finish(self) -> None:
        """Write what is left, when all records are in."""

    def close(self) -> None:
        """Close the file; it is thrown away unless it was finished."""


class NoSink:
    """For formats whose articles are files."""

    is_changed: bool | None = None

    def add(self, article_id: int, record: Any) -> None:
        """Do nothing: the file is there."""

    def finish(self) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""


@contextmanager
def open_sink(export_format: ExportFormat, out: Path, crawl: CrawlSource | None) -> Iterator[Sink]:
    """Open the sink of a format for as long as the block lasts; `crawl` is what is exported."""
    name = _FILES.get(export_format)
    if name is None:
        if export_format is ExportFormat.HUGO:
            write_layouts(out)
        yield NoSink()
        return
    with replacing(out / name) as place, closing(_sink(export_format, place.part, crawl)) as sink:
        yield sink
        sink.finish()
    sink.is_changed = place.is_changed


def _sink(export_format: ExportFormat, path: Path, crawl: CrawlSource | None) -> Sink:
    if export_format is ExportFormat.SQLITE:
        return TableSink(path, crawl)
    if export_format is ExportFormat.PARQUET:
        return ColumnSink(path, has_images=crawl is not None and crawl.images is not None)
    return LineSink(path)


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
