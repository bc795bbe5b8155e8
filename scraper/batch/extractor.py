"""Which extractor this is: pages that another one could not read are judged again."""

from __future__ import annotations

import hashlib
import importlib.metadata
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

_DIGITS = 10  # of the digest


@cache
def extractor_version() -> str:
    """Return the version of the package and a digest of the source of its rules.

    A rule that is mended changes it, so nobody needs to remember to raise a number.
    """
    digest = hashlib.sha256()
    for path, content in sorted(_sources(resources.files("normalise"))):
        digest.update(f"{path}\0{len(content)}\0".encode() + content)
    release = importlib.metadata.version("hkcnews-archive")
    return f"{release}+{digest.hexdigest()[:_DIGITS]}"


def _sources(folder: Traversable, prefix: str = "") -> list[tuple[str, bytes]]:
    """The Python files in a folder of the package: their paths in it and their bytes."""
    sources = []
    for entry in folder.iterdir():
        path = f"{prefix}{entry.name}"
        if entry.is_dir():
            sources += _sources(entry, f"{path}/")
        elif path.endswith(".py"):
            sources.append((path, entry.read_bytes()))
    return sources
