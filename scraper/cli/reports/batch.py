"""The end of `normalise`: warnings, failures by their reason, and counts."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum, auto

from rich.console import Console

from scraper.batch.outcome import NOT_AN_ARTICLE, BatchOutcome, BatchSummary
from scraper.cli.addresses import shorten_addresses
from scraper.cli.console import print_line
from scraper.cli.reports.failures import FailureLine, name_reason, show_failures
from scraper.crawl.grouping import by_size, what_failed
from scraper.errors import UsageError

_MAX_WARNINGS = 20


class Detail(Enum):
    """How much is printed: the result, the first warnings too, or all."""

    QUIET = auto()
    USUAL = auto()
    VERBOSE = auto()

    @classmethod
    def of(cls, *, is_verbose: bool, is_quiet: bool) -> Detail:
        """Return what two options of a command mean together. Raises `UsageError` for both."""
        if is_quiet and is_verbose:
            raise UsageError("--quiet and --verbose exclude each other: leave out one of them")
        return cls.VERBOSE if is_verbose else cls.QUIET if is_quiet else cls.USUAL


def show_summary(console: Console, summary: BatchSummary, detail: Detail = Detail.USUAL) -> None:
    """Print the warnings, the failures by their reason, and the count of each status."""
    if detail is not Detail.QUIET:
        show_warnings(console, summary.warned, detail, summary.notes)
    if detail is Detail.VERBOSE:
        for outcome in summary.failed:
            _show_failure(console, outcome)
    else:
        _show_groups(console, summary.failed)
    kinds = ", ".join(f"{kind} {count:,}" for kind, count in summary.kinds.most_common())
    for word, count in summary.counts().items():
        details = f" ({kinds})" if kinds and word == NOT_AN_ARTICLE else ""
        print_line(console, f"{count:>9,}", f"{word}{details}")


def show_warnings(
    console: Console, warned: Iterable[BatchOutcome], detail: Detail, notes: Iterable[str] = ()
) -> None:
    """Print the warnings, a line each; only the first ones unless all are wanted."""
    lines = [*notes]
    lines += [f"{outcome.where}: {warning}" for outcome in warned for warning in outcome.warnings]
    shown = lines if detail is Detail.VERBOSE else lines[:_MAX_WARNINGS]
    for line in shown:
        print_line(console, "warning:", shorten_addresses(line), "yellow")
    if len(lines) > len(shown):
        print_line(
            console, "", f"... and {len(lines) - len(shown):,} warnings more (--verbose shows all)"
        )


def _show_failure(console: Console, outcome: BatchOutcome) -> None:
    where = f" ({outcome.where})" if outcome.where else ""
    print_line(console, "failed:", shorten_addresses(outcome.message) + where, "red")


def _show_groups(console: Console, failed: Iterable[BatchOutcome]) -> None:
    """Print failures that differ by nothing but the page in one line; a single one in full."""
    groups = by_size(failed, _reason)
    for _, outcomes in groups:
        if len(outcomes) == 1:
            _show_failure(console, outcomes[0])
    lines = [
        FailureLine(
            len(outcomes),
            name_reason(map(_message, outcomes), reason),
            tuple(map(_name, outcomes[:_MAX_WARNINGS])),
        )
        for reason, outcomes in groups
        if len(outcomes) > 1
    ]
    show_failures(console, lines, "--verbose shows all")


def _reason(outcome: BatchOutcome) -> str:
    """What failed, in the same words for all pages."""
    return what_failed(_message(outcome))


def _message(outcome: BatchOutcome) -> str:
    return outcome.message.removeprefix(f"{outcome.where}: ")


def _name(outcome: BatchOutcome) -> str:
    article_id = outcome.capture.article_id if outcome.capture else None
    return outcome.where if article_id is None else str(article_id)
