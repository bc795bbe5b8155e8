"""JSON lines: a record an article (docs/exports.md 4)."""

from __future__ import annotations

from pathlib import Path

from scraper.export.stream import StreamSink


class LineSink(StreamSink):
    """Writes lines."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._file = path.open("w", encoding="utf-8", newline="\n")

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _write(self, record: str) -> None:
        self._file.write(f"{record}\n")

    def _copy(self, whole: Path) -> None:
        with (
            self._path.open(encoding="utf-8", newline="\n") as old,
            whole.open("w", encoding="utf-8", newline="\n") as new,
        ):
            for line in old:
                new.write(f"{self._again.get(_id_of(line), line.rstrip(chr(10)))}\n")


def _id_of(line: str) -> int:
    """The id with which a line begins: `{"article_id":11911,...`."""
    return int(line.partition(":")[2].partition(",")[0])
