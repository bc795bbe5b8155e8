"""JSON lines: a record an article (docs/exports.md 4)."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Self


class LineSink:
    """Writes lines in a stream; those that come again replace the first ones at the end."""

    is_changed: bool | None = True

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("w", encoding="utf-8", newline="\n")
        self._last = 0
        self._again: dict[int, str] = {}

    def __enter__(self) -> Self:
        return self

    def add(self, article_id: int, record: str) -> None:
        """Take the line of an article."""
        if article_id <= self._last:
            self._again[article_id] = record
            return
        self._last = article_id
        self._file.write(f"{record}\n")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._file.close()
        if error is None and self._again:
            self._rewrite()

    def _rewrite(self) -> None:
        whole = self._path.with_suffix(".whole")
        with (
            self._path.open(encoding="utf-8", newline="\n") as old,
            whole.open("w", encoding="utf-8", newline="\n") as new,
        ):
            for line in old:
                new.write(f"{self._again.get(_id_of(line), line.rstrip(chr(10)))}\n")
        whole.replace(self._path)


def _id_of(line: str) -> int:
    """The id with which a line begins: `{"article_id":11911,...`."""
    return int(line.partition(":")[2].partition(",")[0])
