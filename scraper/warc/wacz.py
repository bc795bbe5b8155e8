"""WACZ: a zip of WARC files, as Browsertrix and archiveweb.page make them (WACZ 1.1.1)."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from scraper.errors import BadRecord
from scraper.warc.file_kinds import warc_names
from scraper.warc.texts import WarcFile

_MAX_RATIO = 200  # as for members: a zip can compress zeros to a thousandth
_SMALL = 50_000_000  # bytes that may be of any ratio


def unpack_wacz(path: Path, spool: Path) -> Iterator[WarcFile | BadRecord]:
    """Yield each WARC file of a WACZ, unpacked into a folder; an error for one that is damaged."""
    try:
        with zipfile.ZipFile(path) as archive:
            for name in warc_names(archive):
                yield _unpack(archive, name, path, spool)
    except (zipfile.BadZipFile, OSError) as error:
        yield BadRecord(f"{path}: damaged: {error}; get the file again")


def _unpack(archive: zipfile.ZipFile, name: str, path: Path, spool: Path) -> WarcFile | BadRecord:
    info, shown = archive.getinfo(name), f"{path}, {name}"
    if info.file_size > _SMALL + _MAX_RATIO * info.compress_size:
        return BadRecord(f"{shown}: unpacks to more than {_MAX_RATIO} times as much")
    copy = Path(tempfile.mkdtemp(dir=spool), Path(name).name)
    try:
        with archive.open(info) as packed, copy.open("wb") as file:
            shutil.copyfileobj(packed, file)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError) as error:
        return BadRecord(f"{shown}: can't be unpacked: {error}; get the file again")
    return WarcFile(shown, copy, spool)
