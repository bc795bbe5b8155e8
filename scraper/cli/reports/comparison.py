"""What `compare` prints: counts of each kind of difference, regressions, and examples as diffs."""

from __future__ import annotations

import difflib

from rich.console import Console
from rich.text import Text

from scraper.cli.console import escape_controls, print_line
from scraper.cli.tables import Column, print_table
from scraper.verify.compare import Comparison, ComparisonKind, compare
from scraper.verify.trees import TreeComparison, Trees, read

_MAX_IDS = 20
# Blanks that a terminal shows as blanks, though one of them in another's place is a difference.
_VISIBLE_BLANKS = str.maketrans({"\xa0": "\\u00a0", "\t": "\\u0009"})
_DIFF_STYLES = {"+": "green", "-": "red", "@": "cyan"}


def show_counts(console: Console, result: TreeComparison) -> None:
    """Print how many files are of each kind, and in how many each field differs."""
    repairs = ", ".join(
        f"{difference} {count:,}" for difference, count in result.allowed_differences.most_common()
    )
    for count, description, details in (
        (result.identical, "identical", ""),
        (len(result.ids[ComparisonKind.REPAIRED]), "repaired", repairs),
        (len(result.ids[ComparisonKind.OTHER_CAPTURE]), "another capture of the same text", ""),
        (len(result.ids[ComparisonKind.REGRESSION]), "regressions", ""),
        (len(result.only_actual), "only in MINE", ""),
        (len(result.only_expected), "only in REFERENCE", ""),
        (len(result.ids[ComparisonKind.NOT_AN_ARTICLE]), "no article in REFERENCE", ""),
    ):
        print_line(
            console, f"{count:>9,}", f"{description} ({details})" if details else description
        )
    if result.fields:
        console.print()
        _show_fields(console, result)


def _show_fields(console: Console, result: TreeComparison) -> None:
    kinds = (ComparisonKind.REPAIRED, ComparisonKind.OTHER_CAPTURE, ComparisonKind.REGRESSION)
    columns = [
        Column("files that differ in"),
        *(Column(kind.value, is_number=True, label=f"{kind.value}:") for kind in kinds),
    ]
    rows = [
        (field.value, *(f"{result.fields[field, kind]:,}" for kind in kinds))
        for field, total in result.differing().items()
        if total
    ]
    print_table(console, columns, rows)


def show_regressions(console: Console, result: TreeComparison, *, has_details: bool) -> None:
    """Print the first ids of the regressions, and without details how to get them."""
    ids = result.ids[ComparisonKind.REGRESSION]
    if not ids:
        return
    articles = "article" if len(ids) == 1 else "articles"
    listed = ", ".join(map(str, ids[:_MAX_IDS]))
    more = f" and {len(ids) - _MAX_IDS:,} more" if len(ids) > _MAX_IDS else ""
    hint = "" if has_details else "; --show 3 shows what differs, --json FILE names all"
    print_line(console, "regressions:", f"{articles} {listed}{more}{hint}", "red")


def show_examples(console: Console, result: TreeComparison, trees: Trees, limit: int) -> None:
    """Print the differences of so many articles, regressions first."""
    kinds = (ComparisonKind.REGRESSION, ComparisonKind.REPAIRED, ComparisonKind.OTHER_CAPTURE)
    ids = [article_id for kind in kinds for article_id in result.ids[kind]]
    for article_id in ids[:limit]:
        _show_difference(console, trees, article_id)


def _show_difference(console: Console, trees: Trees, article_id: int) -> None:
    """Print what differs in one article, as a unified diff from the expected to the actual file."""
    pair = trees.pair(article_id)
    assert pair.actual is not None, "only files that both have differ"
    assert pair.expected is not None
    actual, expected = read(pair.actual), read(pair.expected)
    fields = _describe_fields(compare(actual, expected, article_id))
    console.print()
    print_line(console, f"article {article_id}:", fields, "bold")
    for line in difflib.unified_diff(
        _lines(expected), _lines(actual), pair.expected, pair.actual, lineterm="", n=1
    ):
        escaped = escape_controls(line.translate(_VISIBLE_BLANKS))
        console.print(Text(escaped, _DIFF_STYLES.get(escaped[:1], "")), soft_wrap=True)


def _describe_fields(comparison: Comparison) -> str:
    return ", ".join(f"{field} {kind}" for field, kind in comparison.fields)


def _lines(data: bytes) -> list[str]:
    return data.decode("utf-8", "surrogateescape").split("\n")
