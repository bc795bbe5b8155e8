"""The command `audit`."""

from __future__ import annotations

import json as json_format
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from scraper.cli.console import (
    check_can_be_written,
    stderr_console,
    stdout_console,
    write_text,
)
from scraper.cli.errors import FAILED, handle_errors
from scraper.cli.options import STANDARD_STREAM, Debug, Jobs
from scraper.errors import UsageError


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
        from scraper.cli.progress import CountView, show_progress  # noqa: PLC0415
        from scraper.cli.reports.audit import show_audit  # noqa: PLC0415
        from scraper.verify import audit as verify_audit  # noqa: PLC0415

        for file in (json, aliases):
            check_can_be_written(file)
        if json == aliases == STANDARD_STREAM:
            raise UsageError("--json and --aliases can't both go to standard output")
        view = CountView()
        with show_progress(stderr_console, view):
            incomplete = _incomplete_ids(archive)
            report = verify_audit.audit(archive, jobs, view.set_completed, incomplete)
        is_stdout_taken = STANDARD_STREAM in (json, aliases)
        show_audit(stderr_console if is_stdout_taken else stdout_console(), report, archive)
        _write_json(json, report.as_json())
        _write_json(aliases, report.aliases)
    raise typer.Exit(0 if report.is_sound else FAILED)


def _incomplete_ids(archive: Path) -> list[int]:
    """The articles whose files lack much of their page's text, where a crawl's ledger tells."""
    from scraper.crawl.layout import is_crawl  # noqa: PLC0415
    from scraper.crawl.ledger import Ledger  # noqa: PLC0415

    if not is_crawl(archive):
        return []
    with closing(Ledger.open_existing(archive)) as ledger:
        return ledger.incomplete_ids()


def _write_json(file: Path | None, content: object) -> None:
    if file is not None:
        write_text(file, json_format.dumps(content) + "\n")
