"""JSON lines: a record an article (docs/exports.md 4)."""

from __future__ import annotations

from pathlib import Path

from scraper.export.stream import StreamSink


class LineSink(StreamSink):
    """Writes lines, which come as bytes from the worker processes."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._file = path.open("wb")

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _write(self, record: bytes) -> None:
        self._file.write(record + b"\n")

    def _copy(self, whole: Path) -> None:
        with self._path.open("rb") as old, whole.open("wb") as new:
            for line in old:
                new.write(self._again.get(_id_of(line), line.removesuffix(b"\n")) + b"\n")


def _id_of(line: bytes) -> int:
    """The id with which a line begins: `{"article_id":11911,...`."""
    return int(line.partition(b":")[2].partition(b",")[0])
