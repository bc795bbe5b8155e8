"""The command `status`."""

from __future__ import annotations

import json as json_format
from contextlib import closing
from typing import Annotated

import typer

from scraper.cli.console import print_exactly, stdout_console
from scraper.cli.errors import handle_errors
from scraper.cli.options import CrawlOut, Debug


def status(
    out: CrawlOut,
    json: Annotated[bool, typer.Option("--json", help="Print report.json instead.")] = False,
    debug: Debug = False,
) -> None:
    """Tell what became of a crawl so far, also while it runs; writes DIR/report.json.

    Exit codes: 0 done, 2 the folder holds no crawl.

    Example: `hkcnews status --out archive`
    """
    with handle_errors(debug=debug):
        from scraper.cli.reports.crawl import show_report, write_report  # noqa: PLC0415
        from scraper.cli.reports.images import show_images  # noqa: PLC0415
        from scraper.crawl.ledger import Ledger  # noqa: PLC0415
        from scraper.crawl.report import CrawlReport  # noqa: PLC0415

        with closing(Ledger.open_existing(out)) as ledger:
            report = CrawlReport.of(ledger)
        write_report(report, out)
        if json:
            text = json_format.dumps(report.as_json(), ensure_ascii=False, indent=1)
            print_exactly(text + "\n")
        else:
            show_report(stdout_console(), report, out)
            if report.images is not None:
                show_images(stdout_console(), report.images)
