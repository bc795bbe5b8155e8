"""The command `compare`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scraper.cli.console import stderr_console, stdout_console, write_text
from scraper.cli.errors import FAILED, handle_errors
from scraper.cli.options import STANDARD_STREAM, Debug, Jobs
from scraper.errors import UsageError


def compare(
    actual: Annotated[
        Path, typer.Argument(metavar="MINE", help="A folder of article files, at any depth.")
    ],
    expected: Annotated[
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
        from scraper.cli.progress import CountView, show_progress  # noqa: PLC0415
        from scraper.cli.reports.comparison import (  # noqa: PLC0415
            show_counts,
            show_examples,
            show_regressions,
        )
        from scraper.verify.compare import ComparisonKind  # noqa: PLC0415
        from scraper.verify.trees import Trees, compare_trees  # noqa: PLC0415

        _check_can_be_written(json)
        trees = Trees.of(actual, expected)
        view = CountView("comparing")
        with show_progress(stderr_console, view):
            result = compare_trees(trees, jobs, view.set_completed)
        console = stderr_console if json == STANDARD_STREAM else stdout_console()
        show_counts(console, result)
        show_examples(console, result, trees, show)
        show_regressions(stderr_console, result, has_details=json is not None or show > 0)
        if json is not None:
            write_text(json, result.as_json())
    raise typer.Exit(FAILED if result.ids[ComparisonKind.REGRESSION] else 0)


def _check_can_be_written(file: Path | None) -> None:
    """Refuse a file that can't be written, before all the work is done."""
    if file is None or file == STANDARD_STREAM:
        return
    if not file.absolute().parent.is_dir():
        raise UsageError(f"--json {file}: no such folder as {file.parent}; make it first")
    if file.is_dir():
        raise UsageError(f"--json {file}: that is a folder; give a file, or - for output")
