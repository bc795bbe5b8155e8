"""Tables that stay readable at any width.

A wide terminal shows a grid. A narrow one shows each row as a line of its short cells, with the
long ones indented below, so that no address is folded to a few characters. Without a terminal
every row is one line: long cells are neither folded nor padded.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from scraper.cli.console import escape_controls

_GAP = "  "
_MIN_FOLDED_WIDTH = 24  # of a column that is folded: less is no longer readable
_MAX_PADDED_WIDTH = 24  # of a column without a terminal: longer cells are not padded for
_INDENT = 4


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `is_long` says that its cells may be folded, `is_number` aligns to the right.

    `label` stands before the cell where a narrow terminal shows it on a line of its own.
    """

    name: str = ""
    is_long: bool = False
    is_number: bool = False
    label: str = ""


def print_table(console: Console, columns: Sequence[Column], rows: Iterable[Sequence[str]]) -> None:
    """Print a table; the header is left out where no column has a name.

    Control characters in cells are escaped.
    """
    cells = [[escape_controls(cell) for cell in row] for row in rows]
    if any(column.name for column in columns):
        cells.insert(0, [column.name for column in columns])
        has_header = True
    else:
        has_header = False
    if not cells:
        return
    widths = [max(map(cell_len, column)) for column in zip(*cells, strict=True)]
    if not console.is_terminal:
        _print_lines(console, columns, cells, widths)
    elif _least_width(columns, widths) <= console.width:
        console.print(_grid(columns, cells, has_header=has_header))
    else:
        _print_stacked(console, columns, cells[has_header:])


def _least_width(columns: Sequence[Column], widths: Sequence[int]) -> int:
    """How wide a terminal has to be for a grid."""
    least = (
        min(width, _MIN_FOLDED_WIDTH) if column.is_long else width
        for column, width in zip(columns, widths, strict=True)
    )
    return sum(least) + len(_GAP) * (len(columns) - 1)


def _print_lines(
    console: Console,
    columns: Sequence[Column],
    rows: Iterable[Sequence[str]],
    widths: Sequence[int],
) -> None:
    for row in rows:
        padded = [
            _pad(cell, width, column) if width <= _MAX_PADDED_WIDTH else cell
            for column, cell, width in zip(columns, row, widths, strict=True)
        ]
        console.print(Text(_GAP.join(padded).rstrip()), soft_wrap=True)


def _pad(cell: str, width: int, column: Column) -> str:
    blanks = " " * (width - cell_len(cell))
    return blanks + cell if column.is_number else cell + blanks


def _grid(columns: Sequence[Column], rows: Sequence[Sequence[str]], *, has_header: bool) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, len(_GAP), 0, 0), show_header=has_header)
    for column in columns:
        table.add_column(
            column.name,
            overflow="fold",
            no_wrap=not column.is_long,
            justify="right" if column.is_number else "left",
        )
    for row in rows[has_header:]:
        table.add_row(*map(Text, row))
    return table


def _print_stacked(
    console: Console, columns: Sequence[Column], rows: Iterable[Sequence[str]]
) -> None:
    """Print the short cells of a row in one line, with the first long one if it fits there."""
    for row in rows:
        pairs = [(column, cell) for column, cell in zip(columns, row, strict=True) if cell]
        short = [_labelled(column, cell) for column, cell in pairs if not column.is_long]
        long = [_labelled(column, cell) for column, cell in pairs if column.is_long]
        if long and cell_len(_GAP.join([*short, long[0]])) <= console.width:
            short.append(long.pop(0))
        console.print(Text(_GAP.join(short), overflow="fold"))
        for cell in long:
            console.print(Padding(Text(cell, overflow="fold"), (0, 0, 0, _INDENT)))


def _labelled(column: Column, cell: str) -> str:
    return f"{column.label} {cell}" if column.label else cell
