"""Failures by their reason: a line for each, however many articles have failed for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.console import Console

from scraper.cli.addresses import drop_addresses, shorten_addresses
from scraper.cli.console import print_line

_MAX_REASONS = 20
_MAX_NAMES = 5


@dataclass(frozen=True, slots=True)
class FailureLine:
    """How many articles have failed for one reason; `names` are the first of them."""

    count: int
    reason: str
    names: tuple[str, ...]


def show_failures(
    console: Console, lines: Sequence[FailureLine], where_all_are: str, unit: str = "article"
) -> None:
    """Print a line for each reason; `where_all_are` says how to see what is left out."""
    for line in lines[:_MAX_REASONS]:
        count = f"{line.count:,} {unit}{'' if line.count == 1 else 's'}"
        names = listed(line.names, line.count)
        print_line(console, "failed:", f"{count}: {shorten_addresses(line.reason)}: {names}", "red")
    more = len(lines) - _MAX_REASONS
    if more > 0:
        print_line(console, "", f"... and {more:,} more reasons ({where_all_are})")


def name_reason(messages: Iterable[str], general: str) -> str:
    """Return what failed in all of these messages; `general` says it where they differ.

    A number such as the status of an answer is thus shown where it is that of all.
    """
    reasons = {drop_addresses(message).split("; ")[0] for message in messages}
    return reasons.pop() if len(reasons) == 1 else general


def listed(names: Sequence[object], count: int | None = None) -> str:
    """Return the first names in words, and how many more there are; `count` is that of all."""
    first = ", ".join(map(str, names[:_MAX_NAMES]))
    more = (len(names) if count is None else count) - _MAX_NAMES
    return f"{first} ... and {more:,} more" if more > 0 else first
