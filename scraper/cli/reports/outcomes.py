"""The count of each end that articles or pictures came to, for people."""

from __future__ import annotations

from collections import Counter
from typing import Protocol

from rich.console import Console

from scraper.cli.console import print_line
from scraper.models import ArticleStatus


class Counted(Protocol):
    """A report that counts by status and reason."""

    @property
    def open(self) -> int:
        """How many are not done yet."""

    @property
    def statuses(self) -> Counter[ArticleStatus]:
        """How many came to each end."""

    @property
    def reasons(self) -> dict[ArticleStatus, Counter[str]]:
        """The same by reason."""

    def percent(self, count: int) -> float:
        """Return how many percent of all a count is."""


def show_outcomes(console: Console, report: Counted) -> None:
    """Print a line for each status with its reasons, and one for what is not done yet."""
    for status in ArticleStatus:
        reasons = ", ".join(
            f"{reason} {count:,}"
            for reason, count in report.reasons[status].most_common()
            if reason
        )
        description = f"{status} ({reasons})" if reasons else status
        _show_count(console, report, report.statuses[status], description)
    if report.open:
        _show_count(console, report, report.open, "not done yet")


def _show_count(console: Console, report: Counted, count: int, description: str) -> None:
    percent = f"{report.percent(count):.1f} %"
    print_line(console, f"{count:>9,}", f"{percent:>7}  {description}")
