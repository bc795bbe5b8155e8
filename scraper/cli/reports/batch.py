"""The end of `normalise`: warnings, failures and counts."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console

from scraper.batch.outcome import NOT_AN_ARTICLE, BatchOutcome, BatchSummary
from scraper.cli.console import print_line

_MAX_WARNINGS = 20


def show_summary(console: Console, summary: BatchSummary, *, verbose: bool) -> None:
    """Print the warnings, the failures with their reasons, and the count of each status."""
    show_warnings(console, summary.warned, verbose=verbose)
    for outcome in summary.failed:
        where = f" ({outcome.where})" if outcome.where else ""
        print_line(console, "failed:", outcome.message + where, "red")
    kinds = ", ".join(f"{kind} {count:,}" for kind, count in summary.kinds.most_common())
    for word, count in summary.counts().items():
        details = f" ({kinds})" if kinds and word == NOT_AN_ARTICLE else ""
        print_line(console, f"{count:>9,}", f"{word}{details}")


def show_warnings(console: Console, warned: Iterable[BatchOutcome], *, verbose: bool) -> None:
    """Print the warnings, a line each; only the first ones unless `verbose`."""
    lines = [f"{outcome.where}: {warning}" for outcome in warned for warning in outcome.warnings]
    shown = lines if verbose else lines[:_MAX_WARNINGS]
    for line in shown:
        print_line(console, "warning:", line, "yellow")
    if len(lines) > len(shown):
        print_line(
            console, "", f"... and {len(lines) - len(shown):,} warnings more (--verbose shows all)"
        )
