"""The command `inspect`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scraper.cli.console import print_exactly, stdout_console
from scraper.cli.errors import handle_errors
from scraper.cli.options import At, CaptureUrl, Debug


def inspect(
    text: Annotated[
        str,
        typer.Argument(
            metavar="TARGET",
            help="With --from an id, an address of hkcnews.com or of a capture, as messages show "
            "them. Else an HTML file with --url, the folder of a saved page or a fixture, a WARC "
            "file or a folder with pages of one article, or - for standard input.",
        ),
    ],
    source: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="DIR",
            help="Take the page from the folder of a crawl, a WARC file or a folder of them.",
        ),
    ] = None,
    at: At = "",
    url: CaptureUrl = None,
    json: Annotated[
        bool, typer.Option("--json", help="Print the whole article, body included, as JSON.")
    ] = False,
    debug: Debug = False,
) -> None:
    """Show what is read from a page: each field, its value, and the rule that found it.

    From a crawl it takes the page that was tried last, also one that fits no rule. Of such a page
    it shows where the headlines and most of the text stand.

    Exit codes: 0 done, 1 the page is no article or fits no rule, 2 wrong usage.

    Example: `hkcnews inspect 11911 --from archive`
    """
    with handle_errors(debug=debug):
        from scraper.cli.inspected_page import read_article  # noqa: PLC0415
        from scraper.cli.reports.article import article_json, show_article  # noqa: PLC0415

        article = read_article(text, source, url, at)
        if json:
            print_exactly(article_json(article))
        else:
            show_article(stdout_console(), article)
