"""The command `status`."""

from __future__ import annotations

from contextlib import closing

from scraper.cli.console import stdout_console
from scraper.cli.errors import handle_errors
from scraper.cli.options import CrawlOut, Debug


def status(out: CrawlOut, debug: Debug = False) -> None:
    """Tell what became of a crawl so far, also while it runs; writes DIR/report.json.

    Exit codes: 0 done, 2 the folder holds no crawl.

    Example: `hkcnews status --out archive`
    """
    with handle_errors(debug=debug):
        from scraper.cli.reports.crawl import show_report, write_report  # noqa: PLC0415
        from scraper.crawl.ledger import Ledger  # noqa: PLC0415
        from scraper.crawl.report import CrawlReport  # noqa: PLC0415

        with closing(Ledger.open_existing(out)) as ledger:
            report = CrawlReport.of(ledger)
            show_report(stdout_console(), report)
            write_report(report, out)
