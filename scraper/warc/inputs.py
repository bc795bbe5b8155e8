"""What a SOURCE on the command line may be: a WARC file, or a folder of them and of saved pages.

`find_captures` lists what there is and keeps no page in memory; `payload.read_payload` reads one
page. Between them stands `CaptureLocation`, small enough to be passed to another process.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from scraper.errors import BadRecord, UsageError
from scraper.models import CaptureLocation
from scraper.warc.file_kinds import WARC_NAMES, is_warc, require_file
from scraper.warc.saved_page import CAPTURE_FILE, PAGE_FILE, saved_page
from scraper.warc.scan import scan_warc
from scraper.warc.unpacking import open_seekable


def find_captures(paths: Iterable[Path], spool: Path) -> Iterator[CaptureLocation | BadRecord]:
    """Yield where every capture in WARC files and folders lies, in their order.

    Damage that leaves no record to read is yielded as an error, and the search goes on behind it.
    `spool` is a folder for unpacked copies. Raises `UsageError` for a path that is neither.
    """
    for path in paths:
        if path.is_dir():
            yield from _in_folder(path, spool)
        elif is_warc(path):
            yield from _in_warc(path, spool)
        else:
            raise UsageError(
                f"{path} is neither a WARC file nor a folder; "
                "an HTML file goes alone, with --url and the address of its capture"
            )


def _in_folder(folder: Path, spool: Path) -> Iterator[CaptureLocation | BadRecord]:
    """Yield the captures of WARC files and saved pages below a folder, sorted by path."""
    warcs = {path for name in WARC_NAMES for path in folder.rglob(name)}
    pages = set(folder.rglob(CAPTURE_FILE))
    if not warcs and not pages:
        raise UsageError(
            f"no WARC file ({', '.join(WARC_NAMES)}) and no saved page ({PAGE_FILE} beside "
            f"{CAPTURE_FILE}) anywhere below {folder}"
        )
    for path in sorted(warcs | pages):
        if path in warcs:
            yield from _in_warc(path, spool)
        else:
            yield saved_page(path.parent)


def _in_warc(path: Path, spool: Path) -> Iterator[CaptureLocation | BadRecord]:
    require_file(path)
    try:
        warc = open_seekable(path, spool)
    except BadRecord as error:
        yield error
        return
    yield from scan_warc(warc)
