"""What became of captures that were brought into a crawl."""

from __future__ import annotations

from rich.console import Console

from scraper.cli.addresses import shorten_addresses
from scraper.cli.console import print_line
from scraper.crawl.importing import ImportSummary

_MAX_LINES = 20


def show_import(
    console: Console, summary: ImportSummary, source: str = "", *, is_quiet: bool = False
) -> None:
    """Print what failed, what was passed over, and the counts; `source` goes before them."""
    lines = [("failed:", "red", message) for message in summary.failed]
    if not is_quiet:
        lines += [("warning:", "yellow", message) for message in summary.notes]
        lines += [("passed over:", "yellow", message) for message in summary.passed_over]
    for label, style, message in lines[:_MAX_LINES]:
        print_line(console, label, shorten_addresses(message), style)
    if len(lines) > _MAX_LINES:
        print_line(console, "", f"... and {len(lines) - _MAX_LINES:,} more")
    counts = {
        "imported": summary.imported,
        "known already": summary.known,
        "of other pages": summary.others,
        "passed over": len(summary.passed_over),
        "failed": len(summary.failed),
    }
    if source:
        shown = ", ".join(f"{count:,} {word}" for word, count in counts.items() if count)
        print_line(console, "", f"{source}{shown or 'no capture'}")
        return
    for word, count in counts.items():
        print_line(console, f"{count:>9,}", word)
