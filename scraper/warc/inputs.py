"""What a SOURCE on the command line may be: a WARC file, a WACZ, or a folder of them and of pages.

`find_captures` lists what there is and keeps no page in memory; `payload.read_payload` reads one
page. Between them stands `CaptureLocation`, small enough to be passed to another process.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from scraper.errors import BadRecord, UsageError
from scraper.warc.file_kinds import (
    FileKind,
    is_unread,
    kind_of,
    kind_to_read,
    looks_like_archive,
    may_be_archive,
    why_not_read,
)
from scraper.warc.saved_page import CAPTURE_FILE, PAGE_FILE, saved_page
from scraper.warc.scan import Found, scan_warc
from scraper.warc.texts import WarcFile
from scraper.warc.wacz import unpack_wacz


def find_captures(paths: Iterable[Path], spool: Path) -> Iterator[Found]:
    """Yield where every capture in WARC files and folders lies, in their order.

    Damage that leaves no record to read is yielded as an error, and the search goes on behind it;
    what people should know of a source comes as a note. `spool` is a folder for unpacked copies.
    Raises `UsageError` for a path that is neither.
    """
    for path in paths:
        if path.is_dir():
            yield from _in_folder(path, spool)
        elif (kind := kind_to_read(path)) is not FileKind.OTHER:
            yield from _in_file(path, kind, spool)
        else:
            raise UsageError(
                f"{path} is neither a WARC file nor a folder; "
                "an HTML file goes alone, with --url and the address of its capture"
            )


def _in_folder(folder: Path, spool: Path) -> Iterator[Found]:
    """Yield the captures of WARC files and saved pages below a folder, sorted by path."""
    is_empty = True
    for path in sorted(folder.rglob("*")):
        if path.name == CAPTURE_FILE:
            found: Iterable[Found] = (saved_page(path.parent),)
        elif path.is_symlink() and path.is_dir():
            found = (BadRecord(f"{path} is a link to a folder, which is not followed: give that"),)
        elif path.is_file() and may_be_archive(path):
            found = _maybe_in_file(path, spool)
        elif path.is_symlink() and not path.exists() and looks_like_archive(path):
            found = (BadRecord(f"{path} is a link that leads nowhere: mend it, or remove it"),)
        else:
            continue
        for each in found:
            is_empty = False
            yield each
    if is_empty:
        raise UsageError(
            f"no WARC file (*.warc, *.warc.gz, *.wacz) and no saved page ({PAGE_FILE} beside "
            f"{CAPTURE_FILE}) anywhere below {folder}"
        )


def _maybe_in_file(path: Path, spool: Path) -> Iterator[Found]:
    """Yield the captures of a file if it is an archive, an error if it is one not read."""
    try:
        kind = kind_of(path)
    except UsageError as error:
        yield BadRecord(str(error))
        return
    if is_unread(path, kind):
        yield BadRecord(why_not_read(path, kind))
    elif kind is not FileKind.OTHER:
        yield from _in_file(path, kind, spool)


def _in_file(path: Path, kind: FileKind, spool: Path) -> Iterator[Found]:
    if kind is not FileKind.WACZ:
        yield from scan_warc(WarcFile(str(path), path, spool))
        return
    for unpacked in unpack_wacz(path, spool):
        if isinstance(unpacked, BadRecord):
            yield unpacked
        else:
            yield from scan_warc(unpacked)
