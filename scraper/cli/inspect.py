"""The command `inspect`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from normalise import extract
from scraper.cli.console import print_exactly, stdout_console
from scraper.cli.errors import handle_errors
from scraper.cli.options import CaptureUrl, Debug


def inspect(
    page: Annotated[
        Path,
        typer.Argument(
            metavar="PAGE",
            help="An HTML file with --url, a folder with a saved page, or - for standard input.",
        ),
    ],
    url: CaptureUrl = None,
    json: Annotated[
        bool, typer.Option("--json", help="Print the whole article, body included, as JSON.")
    ] = False,
    debug: Debug = False,
) -> None:
    """Show what is read from a page: each field, its value, and the rule that found it.

    Of a page that fits no rule it shows where the headlines and most of the text stand.

    Exit codes: 0 done, 1 the page is no article or fits no rule, 2 wrong usage.

    Example: `hkcnews inspect page.html --url https://web.archive.org/web/2021...`
    """
    with handle_errors(debug=debug):
        from scraper.cli.reports.article import article_json, show_article  # noqa: PLC0415
        from scraper.cli.sources import locate_page, open_sources, read_page  # noqa: PLC0415

        with open_sources([page]) as paths:
            path, capture = locate_page(paths[0], url)
            article = extract(read_page(path), capture)
        if json:
            print_exactly(article_json(article))
        else:
            show_article(stdout_console(), article)
