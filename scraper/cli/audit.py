"""The command that audits a finished archive: `audit`."""

from __future__ import annotations

import json as json_format
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from scraper.cli.console import escape_controls, print_line
from scraper.cli.crawl import Debug, Jobs
from scraper.cli.errors import FAILED, handle_errors, print_exactly, stderr, stdout
from scraper.errors import UsageError

# What reads an archive is imported when it is needed: the other commands would wait for it.
if TYPE_CHECKING:
    from scraper.verify.audit import AuditReport

STANDARD_OUTPUT = Path("-")
_FIRST_FEW = 5
_MOST_UNREADABLE = 20
_FILES_BETWEEN_LOOKS = 100


def audit(
    archive: Annotated[
        Path,
        typer.Argument(
            metavar="DIR", help="The folder of an archive, with files `article_ID.md` at any depth."
        ),
    ],
    json: Annotated[
        Path | None,
        typer.Option(
            "--json",
            metavar="FILE",
            help="Write the ids of each defect to this file, - for standard output.",
        ),
    ] = None,
    aliases: Annotated[
        Path | None,
        typer.Option(
            "--aliases",
            metavar="FILE",
            help="Write the newest id with the same text for each older one to this file.",
        ),
    ] = None,
    jobs: Jobs = None,
    debug: Debug = False,
) -> None:
    """Tell what is wrong with a finished archive, article by article.

    It reads every file and changes none. `--json` writes `{defect: [ids]}`, with all names of
    defects; under bad_name stand paths. `alias` is an article whose text a later one has as well,
    `gap` an id without a file between the first and the last.

    Exit codes: 0 every file holds the article that it is named for (it may have defects), 1 some
    file holds none, another one, or can't be read, 2 wrong usage.

    Example: `hkcnews audit archive --json defects.json`
    """
    with handle_errors(debug=debug):
        from scraper.verify import audit as auditing  # noqa: PLC0415

        for file in (json, aliases):
            _check(file)
        if json == aliases == STANDARD_OUTPUT:
            raise UsageError("--json and --aliases can't both go to standard output")
        with _watching() as done:
            found = auditing.audit(archive, jobs, done)
        is_taken = STANDARD_OUTPUT in (json, aliases)
        _show(stderr if is_taken else stdout(), found, archive)
        _write(json, found.as_json())
        _write(aliases, found.aliases)
    raise typer.Exit(0 if found.is_sound else FAILED)


def _check(file: Path | None) -> None:
    """Refuse a file that can't be written, before all the work is done."""
    if file is None or file == STANDARD_OUTPUT:
        return
    if file.is_dir():
        raise UsageError(f"{file} is a folder: name a file")
    if not file.parent.is_dir():
        raise UsageError(f"the folder of {file} does not exist: make it, or name another file")


def _write(file: Path | None, content: object) -> None:
    text = json_format.dumps(content) + "\n"
    if file == STANDARD_OUTPUT:
        print_exactly(text)
    elif file is not None:
        file.write_text(text, encoding="utf-8")


@contextmanager
def _watching() -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal, nothing elsewhere: the audit takes some seconds."""
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    is_hidden = not stderr.is_terminal
    with Progress(*columns, console=stderr, transient=True, disable=is_hidden) as progress:
        task = progress.add_task("", total=None)

        def done(count: int, total: int) -> None:
            if count % _FILES_BETWEEN_LOOKS == 0:
                progress.update(task, completed=count, total=total)

        yield done


# --- the summary ----------------------------------------------------------------------------


def _show(console: Console, audit: AuditReport, archive: Path) -> None:
    """Print what can't be read and why, then each defect: count, name, in words, first ids."""
    _show_unreadable(console, audit)
    lists = audit.as_json()
    table = Table.grid(padding=(0, 2))
    table.add_column(justify="right")
    for defect in audit.found:
        if listed := lists[defect.value]:
            first = escape_controls(", ".join(_first_few(audit, defect.value, listed)))
            table.add_row(f"{len(listed):,}", defect.value, defect.words, Text(first))
    console.print(table)
    print_line(
        console,
        "",
        f"{audit.files:,} files read, {audit.flawless:,} of them without a defect of their own",
    )
    if not audit.is_sound:
        again = f"`hkcnews crawl --out DIR --only-missing {archive}`"
        print_line(console, "", f"some hold no article: {again} looks for other captures of them")


def _show_unreadable(console: Console, audit: AuditReport) -> None:
    lines = [f"article {number}: {why}" for number, why in audit.unreadable.items()]
    for line in lines[:_MOST_UNREADABLE]:
        print_line(console, "unreadable:", line, "red")
    if len(lines) > _MOST_UNREADABLE:
        print_line(
            console, "", f"... and {len(lines) - _MOST_UNREADABLE:,} more (--json names them all)"
        )


def _first_few(audit: AuditReport, name: str, listed: Sequence[int | str]) -> Iterator[str]:
    """The first ids of a defect: gaps as ranges, an alias with the newer id."""
    if name == "gap":
        each = [f"{low}-{high}" if low < high else str(low) for low, high in audit.gaps]
    elif name == "alias":
        each = [f"{older} -> {newer}" for older, newer in audit.aliases.items()]
    else:
        each = [str(one) for one in listed]
    yield from each[:_FIRST_FEW]
    if len(each) > _FIRST_FEW:
        yield "..."
