"""What `audit` prints: files that can't be read, and the defects with their first articles."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from scraper.cli.console import print_line
from scraper.cli.tables import Column, print_table
from scraper.verify.audit import AuditReport
from scraper.verify.defects import Defect

_COLUMNS = (
    Column(is_number=True),
    Column(),
    Column(is_long=True),
    Column(is_long=True),
)
_MAX_EXAMPLES = 5
_MAX_UNREADABLE = 20


def show_audit(console: Console, report: AuditReport, archive: Path) -> None:
    """Print the unreadable files, then of each defect the count, name, meaning and first ids."""
    _show_unreadable(console, report)
    print_table(console, _COLUMNS, _defect_rows(report))
    print_line(
        console,
        "",
        f"{report.files:,} files read, {report.flawless:,} of them without a defect of their own",
    )
    if not report.is_sound:
        command = f"`hkcnews crawl --out DIR --only-missing {archive}`"
        print_line(console, "", f"some hold no article: {command} looks for other captures of them")


def _show_unreadable(console: Console, report: AuditReport) -> None:
    lines = [f"article {article_id}: {reason}" for article_id, reason in report.unreadable.items()]
    for line in lines[:_MAX_UNREADABLE]:
        print_line(console, "unreadable:", line, "red")
    more = len(lines) - _MAX_UNREADABLE
    if more > 0:
        print_line(console, "", f"... and {more:,} more (--json names them all)")


def _defect_rows(report: AuditReport) -> list[tuple[str, ...]]:
    """The count, the name and the meaning of each defect that was found, and its first ids."""
    lists = report.as_json()
    return [
        (
            f"{len(listed):,}",
            defect.value,
            defect.words,
            ", ".join(_examples(report, defect, listed)),
        )
        for defect in report.found
        if (listed := lists[defect.value])
    ]


def _examples(report: AuditReport, defect: Defect, listed: Sequence[int | str]) -> list[str]:
    """The first ids of a defect: gaps as ranges, an alias with the newer id."""
    if defect is Defect.GAP:
        examples = [f"{low}-{high}" if low < high else str(low) for low, high in report.gaps]
    elif defect is Defect.ALIAS:
        examples = [f"{older} -> {newer}" for older, newer in report.aliases.items()]
    else:
        examples = [str(each) for each in listed]
    return examples[:_MAX_EXAMPLES] + ["..."] * (len(examples) > _MAX_EXAMPLES)
