"""Rows of a table of captures: TSV, CSV with commas or semicolons, or blanks between the cells.

Every row stands on one line, so that a stray quotation mark spoils that line and no other. In CSV
an address with a comma in it stands between double quotes.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass

from normalise import BadCapture, Capture
from normalise.playback_address import ARCHIVE_ORIGIN, TIMESTAMP
from scraper.selection.list_text import MAX_LINE

_TIMESTAMP = re.compile(rf"{TIMESTAMP}\Z")
_WEB_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
_PLAYBACK = re.compile(rf"(?=h){ARCHIVE_ORIGIN}(?::[0-9]+)?/web/", re.IGNORECASE)
_DELIMITERS = ("\t", ",", ";", " ")
WHAT_A_ROW_HAS = (
    "a row has a timestamp of 14 digits and a web address, or the address of a capture: "
    "https://web.archive.org/web/20210629183215/https://www.hkcnews.com/article/..."
)

csv.field_size_limit(max(csv.field_size_limit(), MAX_LINE))


@dataclass(frozen=True, slots=True)
class _Layout:
    """How the rows of a table are to be read, as the first one shows it.

    `columns` are the places of timestamp and address, `None` where no header names them.
    """

    delimiter: str
    width: int
    columns: tuple[int, int] | None


class RowReader:
    """Reads the rows of one table."""

    def __init__(self) -> None:
        self._layout: _Layout | None = None

    def capture(self, line: str) -> Capture | None:
        """Return the capture that a row names, `None` for a header.

        Raises `BadCapture` where it names none.
        """
        if self._layout is None:
            self._layout = _layout_of(line)
            if self._layout.columns is not None:
                return None
        return _capture_of_row(line, self._layout)


def _layout_of(line: str) -> _Layout:
    """The layout that the first row of a table shows."""
    for delimiter in _DELIMITERS:
        cells = [cell.strip('" ') for cell in line.split(delimiter)]
        names = [cell.lower() for cell in cells]
        if "timestamp" in names and "original" in names:
            columns = (names.index("timestamp"), names.index("original"))
            return _Layout(delimiter, len(_cells(line, delimiter)), columns)
        if len(cells) > 1 and _names_capture(cells, delimiter):
            return _Layout(delimiter, len(_cells(line, delimiter)), None)
    delimiter = "\t" if "\t" in line else ","
    return _Layout(delimiter, len(_cells(line, delimiter)), None)


def _names_capture(cells: list[str], delimiter: str) -> bool:
    """Whether cells name a capture; an address of one alone may hold blanks."""
    if delimiter != " " and any(_PLAYBACK.match(cell) for cell in cells):
        return True
    return any(map(_TIMESTAMP.match, cells)) and any(map(_WEB_ADDRESS.match, cells))


def _capture_of_row(line: str, layout: _Layout) -> Capture:
    """The capture that a row names. Raises `BadCapture` where it names none."""
    is_bare_address = layout.width == 1 and _WEB_ADDRESS.match(line.lstrip())
    cells = [line.strip()] if is_bare_address else _cells(line, layout.delimiter)
    timestamp_index, address_index = layout.columns or (
        _first_index(_TIMESTAMP, cells),
        _first_index(_WEB_ADDRESS, cells),
    )
    timestamp, address = _cell(cells, timestamp_index), _cell(cells, address_index)
    is_wider = layout.delimiter in ",;" and len(cells) > layout.width
    if is_wider and address_index < len(cells) - 1:
        raise BadCapture(
            f"{len(cells)} cells where the first row has {layout.width}: a delimiter may have cut "
            "the address; put it between double quotes"
        )
    if _PLAYBACK.match(address):
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
        if delimiter in ",;":
            raise BadCapture(f"{error}, which is no CSV on one line") from error
        cells = line.split(delimiter)  # as many tools write TSV, without quoting
    return [cell.strip() for cell in cells]


def _first_index(pattern: re.Pattern[str], cells: list[str]) -> int:
    """The index of the first cell that matches, that behind the last where none does."""
    return next((index for index, cell in enumerate(cells) if pattern.match(cell)), len(cells))


def _cell(cells: list[str], index: int) -> str:
    """The cell of an index, "" behind the last."""
    return cells[index] if index < len(cells) else ""
