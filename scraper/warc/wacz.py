"""WACZ: a zip of WARC files, as Browsertrix and archiveweb.page make them (WACZ 1.1.1)."""

from __future__ import annotations

import lzma
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from scraper.errors import BadRecord
from scraper.warc.file_kinds import WARC_NAME, looks_like_archive
from scraper.warc.texts import MAX_RATIO, WarcFile

_SMALL = 50_000_000  # bytes that may be of any ratio
# What zipfile and the modules below it raise for damage, passwords and methods that are not known.
_ERRORS = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, EOFError),
    *(RuntimeError, NotImplementedError, ValueError, LookupError),
)


def unpack_wacz(path: Path, spool: Path) -> Iterator[WarcFile | BadRecord]:
    """Yield each WARC file of a WACZ, unpacked into a folder; an error for one that can't be read.

    Other archives in it are not read: an error names each.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist():
                if WARC_NAME.search(info.filename):
                    yield _unpack(archive, info, path, spool)
                elif looks_like_archive(Path(info.filename)):
                    yield BadRecord(
                        f"{path}, {info.filename}: an archive in an archive is not read: "
                        "unpack it, and give what was in it"
                    )
    except _ERRORS as error:
        yield BadRecord(f"{path}: damaged: {error}; get the file again")


def _unpack(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path, spool: Path
) -> WarcFile | BadRecord:
    shown = f"{path}, {info.filename}"
    if info.file_size > _SMALL + MAX_RATIO * info.compress_size:
        return BadRecord(f"{shown}: unpacks to more than {MAX_RATIO} times as much")
    copy = Path(tempfile.mkdtemp(dir=spool), "unpacked.warc")
    with copy.open("wb") as file:
        try:
            with archive.open(info) as packed:
                shutil.copyfileobj(packed, file)
        except _ERRORS as error:
            return BadRecord(f"{shown}: can't be unpacked: {error}; get the file again")
    return WarcFile(shown, copy, spool)
