"""Lists of captures that a user gives: a table (TSV or CSV), or the files of an archive.

Every row stands on one line, so that a stray quotation mark spoils that line and no other. In CSV
an address with a comma in it stands between double quotes.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path

from normalise import BadCapture, Capture
from normalise.playback_address import ARCHIVE, ARCHIVE_HOST, TIMESTAMP
from scraper.corpus.files import find_markdown, front_matter_values, read_front_matter
from scraper.errors import BadRecord, UsageError

_GZIP = b"\x1f\x8b"
_MAX_LINE = 1 << 20  # bytes; the longest addresses have 3,000 characters
_TIMESTAMP = re.compile(rf"{TIMESTAMP}\Z")
_WEB_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
_PLAYBACK_OPENINGS = (f"{ARCHIVE}/web/", f"http://{ARCHIVE_HOST}/web/")
_WHAT_A_ROW_HAS = (
    "a row has a timestamp of 14 digits and a web address, or the address of a capture: "
    "https://web.archive.org/web/20210629183215/https://www.hkcnews.com/article/..."
)

csv.field_size_limit(max(csv.field_size_limit(), _MAX_LINE))


def read_captures(path: Path) -> Iterator[Capture | BadRecord]:
    """Yield the captures that a list names, in its order, whatever pages they are of.

    A file is a table with the columns `timestamp` and `original`, or, without a header, rows that
    have both somewhere. A folder gives the `url` in the front matter of every `*.md` below it.
    What names no capture is yielded as an error that says where and why.

    Raises `UsageError` where the list can't be read to its end, where a table names no capture at
    all, and where a folder has no `*.md`.
    """
    try:
        is_folder = path.is_dir()
    except OSError as error:
        raise UsageError(f"{path} can't be read: {error.strerror}") from error
    yield from _in_folder(path) if is_folder else _in_table(path)


# --- files of an archive --------------------------------------------------------------------


def _in_folder(folder: Path) -> Iterator[Capture | BadRecord]:
    is_archive = False
    for path in find_markdown(folder):
        is_archive = True
        try:
            capture = _capture_of_file(path)
        except (BadCapture, OSError, ValueError) as error:
            yield BadRecord(
                f"{path} names no capture: {error}; the `url` of its front matter would, "
                "an address of the archive"
            )
        else:
            yield capture
    if not is_archive:
        raise UsageError(
            f"no file *.md lies anywhere below {folder}; "
            "give the folder of an archive of articles, or a file that lists captures"
        )


def _capture_of_file(path: Path) -> Capture:
    """The capture that an article file names. Raises `BadCapture`, `OSError`, `ValueError`."""
    front_matter = read_front_matter(path.read_bytes().decode("utf-8"))
    if front_matter is None:
        raise ValueError("no front matter")
    return Capture.from_url(front_matter_values(front_matter).get("url", ""))


# --- tables ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Layout:
    """How the rows of a table are to be read, as the first one shows it.

    `columns` are the places of timestamp and address, `None` where no header names them.
    """

    delimiter: str
    width: int
    columns: tuple[int, int] | None


def _in_table(path: Path) -> Iterator[Capture | BadRecord]:
    layout: _Layout | None = None
    has_capture = False
    for number, line in _lines(path):
        if not line.strip():
            continue
        place = f"{path}, line {number}"
        try:
            if layout is None:
                layout = _layout(line)
                if layout.columns is not None:
                    continue
            capture = _capture_of_row(line, layout)
        except BadCapture as error:
            yield BadRecord(f"{place}, names no capture: {error}; {_WHAT_A_ROW_HAS}")
        else:
            has_capture = True
            yield capture
    if not has_capture:
        raise UsageError(f"{path} names no capture in any of its lines; {_WHAT_A_ROW_HAS}")


def _layout(line: str) -> _Layout:
    """The layout that the first row of a table shows."""
    delimiter = "," if "\t" not in line or _has_tabs_in_cells(line) else "\t"
    cells = _cells(line, delimiter)
    names = [cell.lower() for cell in cells]
    columns = None
    if "timestamp" in names and "original" in names:
        columns = (names.index("timestamp"), names.index("original"))
    return _Layout(delimiter, len(cells), columns)


def _has_tabs_in_cells(line: str) -> bool:
    """Whether the tabs of a first row of CSV stand inside its cells, as in a comment."""
    cells = line.split(",")
    return any(_TIMESTAMP.match(cell.strip('" ')) for cell in cells) and not any(
        _TIMESTAMP.match(cell.strip()) for cell in line.split("\t")
    )


def _capture_of_row(line: str, layout: _Layout) -> Capture:
    """The capture that a row names. Raises `BadCapture` where it names none."""
    is_bare_address = layout.width == 1 and _WEB_ADDRESS.match(line.lstrip())
    cells = [line.strip()] if is_bare_address else _cells(line, layout.delimiter)
    timestamp_index, address_index = layout.columns or (
        _first_index(_TIMESTAMP, cells),
        _first_index(_WEB_ADDRESS, cells),
    )
    timestamp, address = _cell(cells, timestamp_index), _cell(cells, address_index)
    is_wider = layout.delimiter == "," and len(cells) > layout.width
    if is_wider and address_index < len(cells) - 1:
        raise BadCapture(
            f"{len(cells)} cells where the first row has {layout.width}: a comma may have cut the "
            "address; put it between double quotes"
        )
    if address.lower().startswith(_PLAYBACK_OPENINGS):
        return Capture.from_url(address)
    if not address:
        raise BadCapture("no web address in the row")
    if not timestamp:
        raise BadCapture(f"no timestamp in the row beside {address}")
    return Capture.of(timestamp, address)


def _cells(line: str, delimiter: str) -> list[str]:
    """The cells of a row without blanks round them. Raises `BadCapture` for unpaired quotes."""
    try:
        (cells,) = csv.reader([line], delimiter=delimiter, strict=True)
    except csv.Error as error:
        if delimiter == ",":
            raise BadCapture(f"{error}, which is no CSV on one line") from error
        cells = line.split(delimiter)  # as many tools write TSV, without quoting
    return [cell.strip() for cell in cells]


def _first_index(pattern: re.Pattern[str], cells: list[str]) -> int:
    """The index of the first cell that matches, that behind the last where none does."""
    return next((index for index, cell in enumerate(cells) if pattern.match(cell)), len(cells))


def _cell(cells: list[str], index: int) -> str:
    """The cell of an index, "" behind the last."""
    return cells[index] if index < len(cells) else ""


# --- lines of text --------------------------------------------------------------------------


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the number and the text of each line, without line end.

    Raises `UsageError` where the file can't be read or is no text, even after many lines.
    """
    number = 0
    try:
        with path.open("rb") as file, _decompressed(file) as plain:
            while line := plain.readline(_MAX_LINE):
                number += 1
                yield number, _text(line.removeprefix(codecs.BOM_UTF8) if number == 1 else line)
    except UnicodeError as error:
        raise UsageError(
            f"{path}, line {number}, is no text of a list: {error}; save the list as UTF-8"
        ) from error
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UsageError(
            f"{path} is damaged or cut off behind line {number}: {error}; get the file again"
        ) from error
    except OSError as error:
        raise UsageError(f"{path} can't be read: {error.strerror or error}") from error


def _text(line: bytes) -> str:
    """A line as text. Raises `UnicodeError` where it is none."""
    if len(line) == _MAX_LINE and not line.endswith(b"\n"):
        raise UnicodeError(f"longer than {_MAX_LINE} bytes")
    text = line.decode("utf-8").rstrip("\r\n")
    if "\0" in text or "\r" in text:
        raise UnicodeError("it holds a NUL, or a carriage return that ends no line")
    return text


@contextmanager
def _decompressed(file: BufferedReader) -> Iterator[BufferedReader | gzip.GzipFile]:
    """The file, or what is in it where it is gzip; it may be a pipe."""
    if file.peek(len(_GZIP)).startswith(_GZIP):
        with gzip.open(file) as plain:
            yield plain
    else:
        yield file
