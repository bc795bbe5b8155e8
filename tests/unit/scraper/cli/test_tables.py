"""Tables at 40, 80 and 200 columns, and without a terminal: those of every command."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console
from support.article_files import TEXT, article_file, write_article
from support.compared_trees import write_trees
from support.warcs import TIMESTAMP, address, article_page
from support.wild import WILD, assert_harmless

from normalise import Capture, extract
from scraper.cli.reports.article import show_article
from scraper.cli.reports.audit import show_audit
from scraper.cli.reports.captures import ListedCapture, show_captures
from scraper.cli.reports.comparison import show_counts
from scraper.cli.tables import Column, print_table
from scraper.verify.audit import audit
from scraper.verify.trees import Trees, compare_trees

WIDTHS = (40, 80, 200)
LONG = f"https://www.hkcnews.com/article/11911/{'%E6%B8%A1%E8%BC%AA' * 20}"
Show = Callable[[Console, Path], None]


def _captures(console: Console, _: Path) -> None:
    listed = ListedCapture(
        1, TIMESTAMP, "200", "text/html", "X", LONG, "", "suspect: since 2023; newest first"
    )
    show_captures(console, [listed, listed])


def _article(console: Console, _: Path) -> None:
    page = article_page(7, title="渡輪停航" * 20, category="眾不知")
    show_article(console, extract(page, Capture(TIMESTAMP, address(7))))


def _audit(console: Console, folder: Path) -> None:
    for article_id in range(1, 9):
        text = article_file(f"{article_id}{TEXT}", article_id=article_id, date="")
        write_article(folder, article_id, text)
    show_audit(console, audit(folder, 1, lambda _, __: None), folder)


def _comparison(console: Console, folder: Path) -> None:
    show_counts(console, compare_trees(Trees.of(*write_trees(folder)), 1))


SHOWN: dict[str, Show] = {
    "captures": _captures,
    "inspect": _article,
    "audit": _audit,
    "compare": _comparison,
}


def _lines(show: Show, folder: Path, width: int | None) -> list[str]:
    """What is printed on a terminal of so many columns, without one for `None`."""
    file = io.StringIO()
    console = Console(
        file=file, width=width or 80, force_terminal=width is not None, color_system=None
    )
    show(console, folder)
    assert_harmless(file.getvalue())
    return file.getvalue().splitlines()


@pytest.mark.parametrize("show", SHOWN.values(), ids=SHOWN)
@pytest.mark.parametrize("width", WIDTHS)
def test_no_long_cell_is_folded_to_a_few_characters(tmp_path: Path, show: Show, width: int) -> None:
    tables = _lines(show, tmp_path, width)
    folded = [line for line in tables if line.startswith(" " * (width - 20))]
    assert folded == [], "nothing stands in a narrow column at the right edge"
    assert len(tables) <= 45


@pytest.mark.parametrize("show", SHOWN.values(), ids=SHOWN)
def test_a_pipe_gets_a_line_for_each_row_without_wide_padding(tmp_path: Path, show: Show) -> None:
    lines = _lines(show, tmp_path, None)
    assert not any(" " * 40 in line.strip() for line in lines)
    assert not any(line.endswith(" ") for line in lines)


def test_captures_in_a_narrow_terminal_have_their_address_below(tmp_path: Path) -> None:
    lines = _lines(_captures, tmp_path, 40)
    assert lines[0] == f"1  {TIMESTAMP}  200"
    assert lines[1].rstrip() == "    https://www.hkcnews.com/article/1191"
    assert all(cell_len(line) <= 40 for line in lines)


def test_captures_in_a_pipe_have_whole_addresses(tmp_path: Path) -> None:
    header, *rows = _lines(_captures, tmp_path, None)
    assert header.split() == ["rank", "timestamp", "status", "address", "reason"]
    assert re.split(" {2,}", rows[0])[-2:] == [LONG, "suspect: since 2023; newest first"]


def test_fields_in_a_narrow_terminal_have_value_and_rule_below(tmp_path: Path) -> None:
    lines = [line.rstrip() for line in _lines(_article, tmp_path, 40)]
    at = lines.index("date  2021-06-28")
    assert lines[at + 1] == "    found by: label"
    assert "capture" in lines, "its value does not fit beside it"


def test_counts_in_a_narrow_terminal_name_their_columns(tmp_path: Path) -> None:
    text = " ".join(" ".join(_lines(_comparison, tmp_path, 40)).split())
    assert "regression: " in text


def test_a_table_without_a_row_and_a_name_is_nothing() -> None:
    console = Console(file=io.StringIO())
    print_table(console, [Column(), Column()], [])
    assert isinstance(console.file, io.StringIO)
    assert console.file.getvalue() == ""


@pytest.mark.parametrize("width", [None, *WIDTHS])
def test_cells_are_harmless(tmp_path: Path, width: int | None) -> None:
    columns = [Column("a"), Column("b", is_long=True)]
    lines = _lines(
        lambda console, _: print_table(console, columns, [(WILD, WILD)]), tmp_path, width
    )
    assert any("\\u001b" in line for line in lines)
