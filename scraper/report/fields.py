"""Which rule found each field, by year: a rule that finds nothing any more is seen at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from normalise.site import NEWS
from scraper.crawl.fields import STAND_INS, FieldShare, FieldTally

_HALF = 50.0  # percent
_WITHOUT_BOX = frozenset({NEWS, ""})  # categories
_FEW = 20  # articles of a year; of fewer a share says little


class Mark(StrEnum):
    """How a share is to be taken.

    A field on less than half of the pages is `MISSING`, but `RARE` where the reference archive
    has no more, or where nothing is expected of it, as of the promo.
    """

    FOUND = "found"
    RARE = "rare"
    MISSING = "missing"
    UNKNOWN = "unknown"  # there is no article that could have it


@dataclass(frozen=True, slots=True)
class Cell:
    """How many of some articles have a field, or have it by one rule."""

    articles: int
    found: int
    mark: Mark

    @property
    def missing(self) -> int:
        """How many articles lack it."""
        return self.articles - self.found

    @property
    def tenth(self) -> int:
        """The share in tenths, for its colour; 0 only for nothing."""
        return min(10, -(-10 * self.found // self.articles)) if self.articles else 0


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule, with its share of all articles and of those of each year.

    What a stand-in finds does not count as found: it is taken from elsewhere than the page.
    """

    rule: str
    is_stand_in: bool
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A field, with its share of all articles and of those of each year, and its rules."""

    field: str
    reference_percent: float | None
    cells: tuple[Cell, ...]
    rules: tuple[RuleRow, ...]

    @property
    def mark(self) -> Mark:
        """The mark of its share of all articles."""
        return self.cells[0].mark


@dataclass(frozen=True, slots=True)
class Lack:
    """A field that is missing on more than half of the pages: of a year, or of all (`None`)."""

    field: str
    year: int | None
    cell: Cell


@dataclass(frozen=True, slots=True)
class FieldTable:
    """All fields. The first cell of each row is of all articles, then one follows for each year.

    `articles` counts those whose rules the ledger knows.
    """

    articles: int
    years: tuple[int, ...]
    rows: tuple[FieldRow, ...]

    @property
    def missing(self) -> tuple[Lack, ...]:
        """What no rule finds on half of the pages, of all or else of a year with some articles."""
        return tuple(lack for row in self.rows for lack in self._lacks(row))

    def _lacks(self, row: FieldRow) -> list[Lack]:
        lacks = [
            Lack(row.field, year, cell)
            for year, cell in zip((None, *self.years), row.cells, strict=True)
            if cell.mark is Mark.MISSING and (year is None or cell.articles >= _FEW)
        ]
        return lacks[:1] if row.mark is Mark.MISSING else lacks


def field_table(
    readings: Iterable[tuple[int, str, dict[str, str]]], years: Mapping[int, int]
) -> FieldTable:
    """Return the table of some articles: their ids, categories and rules, and the year of each.

    An article without a year counts among all only. A box counts where one is due: not under 眾聞.
    """
    total, by_year = FieldTally(), dict[int, FieldTally]()
    for article_id, category, found in readings:
        rules = (
            found
            if category not in _WITHOUT_BOX
            else {key: found[key] for key in found if key != "box"}
        )
        total.add(category, rules)
        if (year := years.get(article_id)) is not None:
            by_year.setdefault(year, FieldTally()).add(category, rules)
    tallies = [total, *(by_year[year] for year in sorted(by_year))]
    columns = zip(*(tally.shares() for tally in tallies), strict=True)
    return FieldTable(total.articles, tuple(sorted(by_year)), tuple(map(_row, columns)))


def _row(shares: tuple[FieldShare, ...]) -> FieldRow:
    total = shares[0]
    cells = tuple(Cell(share.articles, share.found, _mark(share)) for share in shares)
    rules = tuple(
        RuleRow(
            rule,
            (total.field, rule) in STAND_INS,
            tuple(Cell(share.articles, share.rules[rule], Mark.FOUND) for share in shares),
        )
        for rule, _ in total.rules.most_common()
    )
    return FieldRow(total.field, total.reference_percent, cells, rules)


def _mark(share: FieldShare) -> Mark:
    if not share.articles:
        return Mark.UNKNOWN
    if share.percent >= _HALF:
        return Mark.FOUND
    reference = share.reference_percent
    is_expected = reference is None or (reference < _HALF and not share.is_alarming)
    return Mark.RARE if is_expected else Mark.MISSING
