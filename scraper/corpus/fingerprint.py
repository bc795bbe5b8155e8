"""Whether a file or a folder is as it was: by names, sizes and times, without reading a file."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path


def fingerprint(path: Path) -> str:
    """Return a value that changes when a file, or any file `*.md` below a folder, is written.

    It is "" for what may give other content each time, such as a pipe, and for what can't be read.
    """
    digest = hashlib.sha256(os.fsencode(path.resolve()))
    try:
        if path.is_dir():
            for line in _files(path):
                digest.update(line)
        elif path.is_file():
            digest.update(_state(path.name, path.stat()))
        else:
            return ""
    except OSError:
        return ""
    return digest.hexdigest()


def _files(folder: str | Path) -> Iterator[bytes]:
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            if entry.is_dir(follow_symlinks=False):
                yield os.fsencode(entry.name) + b"/"
                yield from _files(entry.path)
            elif entry.name.endswith(".md"):
                yield _state(entry.name, entry.stat())


def _state(name: str, stat: os.stat_result) -> bytes:
    return os.fsencode(f"{name}\0{stat.st_size}\0{stat.st_mtime_ns}\0{stat.st_ino}\n")
