"""Parquet: the records of articles in typed columns (docs/exports.md 4); needs pyarrow.

The records come `typed` from the worker processes, where that costs the run less.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from scraper.errors import UsageError
from scraper.export.record import compact_json
from scraper.export.stream import StreamSink

_ROWS_AT_ONCE = 500


class ColumnSink(StreamSink):
    """Writes rows in groups."""

    def __init__(self, path: Path, *, has_images: bool = False) -> None:
        super().__init__(path)
        try:
            import pyarrow  # noqa: PLC0415
            import pyarrow.parquet  # noqa: PLC0415
        except ImportError as error:
            raise UsageError(
                "Parquet needs the package pyarrow: pip install 'hkcnews-archive[parquet]', "
                "or take another format"
            ) from error
        self._arrow = pyarrow
        self._schema = _schema(pyarrow, has_images=has_images)
        self._writer = self._open(path)
        self._rows: list[dict[str, Any]] = []

    def _open(self, path: Path) -> Any:
        return self._arrow.parquet.ParquetWriter(path, self._schema, compression="zstd")

    def finish(self) -> None:
        """Write what is left."""
        self._flush(self._writer)
        super().finish()

    def close(self) -> None:
        """Close the file."""
        self._writer.close()

    def _write(self, record: dict[str, Any]) -> None:
        self._rows.append(record)
        if len(self._rows) == _ROWS_AT_ONCE:
            self._flush(self._writer)

    def _flush(self, writer: Any) -> None:
        if self._rows:
            writer.write_table(self._arrow.Table.from_pylist(self._rows, schema=self._schema))
            self._rows = []

    def _copy(self, whole: Path) -> None:
        old, new = self._arrow.parquet.ParquetFile(self._path), self._open(whole)
        for number in range(old.num_row_groups):
            rows = old.read_row_group(number).to_pylist()
            self._rows = [self._again.get(row["article_id"], row) for row in rows]
            self._flush(new)
        new.close()
        old.close()


def _schema(arrow: Any, *, has_images: bool) -> Any:
    text, texts = arrow.string(), arrow.list_(arrow.string())
    in_box = ("label", "name", "bio", "avatar", *(["avatar_file"] if has_images else []))
    in_figure = ("address", "alt", "caption", *(["file"] if has_images else []))
    box = arrow.struct([(name, text) for name in in_box])
    figure = arrow.struct([(name, text) for name in in_figure])
    link = arrow.struct([("address", text), ("text", text), ("article_id", arrow.int32())])
    return arrow.schema(
        [
            ("article_id", arrow.int32()),
            ("title", text),
            ("date", arrow.date32()),
            ("lastmod", arrow.timestamp("ms", tz="Asia/Hong_Kong")),
            *((name, texts) for name in ("authors", "categories", "tags")),
            *((name, text) for name in ("archive_url", "original_url")),
            ("captured", arrow.timestamp("ms", tz="UTC")),
            ("author_box", box),
            *((name, text) for name in ("text", "markdown")),
            ("figures", arrow.list_(figure)),
            ("videos", texts),
            ("links", arrow.list_(link)),
            ("rules", arrow.map_(text, text)),
            ("warnings", texts),
            ("body", text),
        ]
    )


def typed(record: dict[str, Any]) -> dict[str, Any]:
    """Return a record as the columns have it: dates and times as such, the tree as JSON."""
    date, lastmod = record["date"], record["lastmod"]
    return {
        **record,
        "date": dt.date.fromisoformat(date) if date else None,
        "lastmod": dt.datetime.fromisoformat(lastmod) if lastmod else None,
        "captured": _moment(record["captured"]),
        "rules": list(record["rules"].items()),
        "body": compact_json(record["body"]),
    }


def _moment(text: str) -> dt.datetime | None:
    """A time of UTC; months of `00` occur in the archive."""
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        return None
