"""The command `compare`: two archives side by side, for people and for programs."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from scraper.cli.console import escape_controls, print_line
from scraper.cli.crawl import Debug, Jobs
from scraper.cli.errors import FAILED, handle_errors, print_exactly, stderr, stdout
from scraper.errors import UsageError

# What compares is imported when it is needed: the other commands would wait for it.
if TYPE_CHECKING:
    from collections.abc import Callable

    from scraper.verify.compare import Comparison
    from scraper.verify.trees import TreeComparison, Trees

_STANDARD_OUTPUT = Path("-")
_MOST_IDS = 20
# Blanks that a terminal shows as blanks, though one of them in another's place is a difference.
_SHOWN = str.maketrans({"\xa0": "\\u00a0", "\t": "\\u0009"})
_STYLES = {"+": "green", "-": "red", "@": "cyan"}


def compare(
    mine: Annotated[
        Path, typer.Argument(metavar="MINE", help="A folder of article files, at any depth.")
    ],
    reference: Annotated[
        Path, typer.Argument(metavar="REFERENCE", help="Another one, to hold the first against.")
    ],
    json: Annotated[
        Path | None,
        typer.Option(
            "--json", metavar="FILE", help="Write ids and counts to this file; - is for output."
        ),
    ] = None,
    show: Annotated[
        int,
        typer.Option(
            "--show", min=0, metavar="N", help="Show so many examples, regressions first."
        ),
    ] = 0,
    jobs: Jobs = None,
    debug: Debug = False,
) -> None:
    """Hold an archive's article files against another's, and tell faults from other differences.

    A file is *repaired* if it differs by nothing but the repairs that the README lists, *another
    capture* if by nothing but the marks of the capture that it was made from, else a *regression*.
    One that is both repaired and of another capture counts as repaired.

    Exit codes: 0 no regression, 1 a regression, 2 wrong usage.

    Example: `hkcnews compare archive ../hkcnews-article-archive --show 3`
    """
    with handle_errors(debug=debug):
        from scraper.verify.compare import ComparisonKind  # noqa: PLC0415
        from scraper.verify.trees import Trees, compare_trees  # noqa: PLC0415

        if json is not None and json != _STANDARD_OUTPUT and not json.absolute().parent.is_dir():
            raise UsageError(f"--json {json}: no such folder as {json.parent}; make it first")
        if json is not None and json.is_dir():
            raise UsageError(f"--json {json}: that is a folder; give a file, or - for output")
        trees = Trees.of(mine, reference)
        with _watching() as done:
            result = compare_trees(trees, jobs, done)
        console = stderr if json == _STANDARD_OUTPUT else stdout()
        _show_counts(console, result)
        _show_examples(console, result, trees, show)
        _say_where(result, is_told=json is not None or show > 0)
        if json == _STANDARD_OUTPUT:
            print_exactly(result.as_json())
        elif json is not None:
            json.write_text(result.as_json(), encoding="utf-8")
        failed = bool(result.ids[ComparisonKind.REGRESSION])
    raise typer.Exit(FAILED if failed else 0)


@contextmanager
def _watching() -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal; elsewhere nothing, since it takes less than a minute."""
    columns = (
        TextColumn("comparing"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    off = not stderr.is_terminal
    with Progress(*columns, console=stderr, transient=True, disable=off) as progress:
        task = progress.add_task("comparing", total=None)
        yield lambda count, total: progress.update(task, completed=count, total=total)


# --- what people see ------------------------------------------------------------------------


def _show_counts(console: Console, result: TreeComparison) -> None:
    from scraper.verify.compare import ComparisonKind  # noqa: PLC0415

    departures = ", ".join(
        f"{why} {count:,}" for why, count in result.allowed_differences.most_common()
    )
    for count, what, more in (
        (result.identical, "identical", ""),
        (len(result.ids[ComparisonKind.REPAIRED]), "repaired", departures),
        (len(result.ids[ComparisonKind.OTHER_CAPTURE]), "another capture of the same text", ""),
        (len(result.ids[ComparisonKind.REGRESSION]), "regressions", ""),
        (len(result.only_actual), "only in MINE", ""),
        (len(result.only_expected), "only in REFERENCE", ""),
        (len(result.ids[ComparisonKind.NOT_AN_ARTICLE]), "no article in REFERENCE", ""),
    ):
        print_line(console, f"{count:>9,}", what + (f" ({more})" if more else ""))
    if not result.fields:
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("files that differ in")
    kinds = (ComparisonKind.REPAIRED, ComparisonKind.OTHER_CAPTURE, ComparisonKind.REGRESSION)
    for kind in kinds:
        table.add_column(kind.value, justify="right")
    for field, total in result.differing().items():
        if total:
            table.add_row(field.value, *(f"{result.fields[field, kind]:,}" for kind in kinds))
    console.print()
    console.print(table)


def _say_where(result: TreeComparison, *, is_told: bool) -> None:
    """Name the regressions, as far as they fit."""
    from scraper.verify.compare import ComparisonKind  # noqa: PLC0415

    ids = result.ids[ComparisonKind.REGRESSION]
    if not ids:
        return
    named = ", ".join(map(str, ids[:_MOST_IDS]))
    more = f" and {len(ids) - _MOST_IDS:,} more" if len(ids) > _MOST_IDS else ""
    hint = "" if is_told else "; --show 3 shows what differs, --json FILE names all"
    print_line(
        stderr,
        "regressions:",
        f"{'article' if len(ids) == 1 else 'articles'} {named}{more}{hint}",
        "red",
    )


def _show_examples(console: Console, result: TreeComparison, trees: Trees, most: int) -> None:
    from scraper.verify.compare import ComparisonKind  # noqa: PLC0415

    kinds = (ComparisonKind.REGRESSION, ComparisonKind.REPAIRED, ComparisonKind.OTHER_CAPTURE)
    for article in [article for kind in kinds for article in result.ids[kind]][:most]:
        _show_difference(console, trees, article)


def _show_difference(console: Console, trees: Trees, article: int) -> None:
    """Print what differs in one article, as a unified diff from the reference to mine."""
    from scraper.verify.compare import compare  # noqa: PLC0415
    from scraper.verify.trees import read  # noqa: PLC0415

    pair = trees.pair(article)
    assert pair.actual is not None, "only files that both have differ"
    assert pair.expected is not None
    mine, reference = read(pair.actual), read(pair.expected)
    console.print()
    print_line(console, f"article {article}:", _words(compare(mine, reference, article)), "bold")
    lines = difflib.unified_diff(
        _lines(reference), _lines(mine), pair.expected, pair.actual, lineterm="", n=1
    )
    for line in lines:
        shown = escape_controls(line.translate(_SHOWN))
        console.print(Text(shown, _STYLES.get(shown[:1], "")), soft_wrap=True)


def _words(comparison: Comparison) -> str:
    return ", ".join(f"{field} {kind}" for field, kind in comparison.fields)


def _lines(data: bytes) -> list[str]:
    return data.decode("utf-8", "surrogateescape").split("\n")
