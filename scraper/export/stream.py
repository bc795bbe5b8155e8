"""A file of records that is written in a stream, in the order of the articles."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any


class StreamSink(ABC):
    """Writes records as they come; those that come again replace the first ones at the end."""

    is_changed: bool | None = True

    def __init__(self, path: Path) -> None:
        self._path = path
        self._last = 0
        self._again: dict[int, Any] = {}

    def add(self, article_id: int, record: Any) -> None:
        """Take the record of an article."""
        if article_id <= self._last:
            self._again[article_id] = record
            return
        self._last = article_id
        self._write(record)

    def finish(self) -> None:
        """Write what is left."""
        self.close()
        if self._again:
            whole = self._path.with_suffix(".whole")
            self._copy(whole)
            whole.replace(self._path)

    @abstractmethod
    def close(self) -> None:
        """Close the file; once more does no harm."""

    @abstractmethod
    def _write(self, record: Any) -> None:
        """Write one record."""

    @abstractmethod
    def _copy(self, whole: Path) -> None:
        """Write all records into another file, those that came again in their newer form."""
