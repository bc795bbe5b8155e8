"""Which files are WARC files: by their names, or by their first bytes."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

from scraper.errors import UsageError

GZIP = b"\x1f\x8b"
WARC_VERSION = b"WARC/1."  # the first line of a record begins so
WARC_NAMES = ("*.warc", "*.warc.gz")


def is_warc(path: Path) -> bool:
    """Return whether a file is a WARC file, by its name or its first bytes.

    Raises `UsageError` if it can't be read.
    """
    if any(path.match(name) for name in WARC_NAMES):
        require_file(path)
        return True
    try:
        with path.open("rb") as file:
            start = file.read(len(WARC_VERSION))
        if start.startswith(GZIP):
            with gzip.open(path) as compressed:
                start = compressed.read(len(WARC_VERSION))
    except (EOFError, zlib.error, gzip.BadGzipFile):
        return False
    except OSError as error:
        raise UsageError(f"{path} can't be read: {error.strerror}") from error
    return start == WARC_VERSION


def require_file(path: Path) -> None:
    """Raise `UsageError` for what is no file."""
    if not path.is_file():
        raise UsageError(f"{path} is no file")
