"""What the ledger tells for the page, all of one moment: a crawl may go on meanwhile."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from scraper.crawl.ledger import Ledger
from scraper.models import ArticleStatus, AttemptResult

OPEN = "open"  # the status of an article that has not come to an end
NOT_TRIED = "not tried"  # of a capture that is listed and was not asked for
MAX_SHOWN = 40  # of the missing articles with one reason
_MAX_ADDRESSES = 10  # articles with several addresses that are named

Reason = tuple[str, str]  # status and reason
Addresses = tuple[tuple[str, int], ...]  # each with its captures, most captures first


@dataclass(frozen=True, slots=True)
class Missing:
    """An article that was not recovered; `addresses` with their captures where they are shown."""

    article_id: int
    status: str
    reason: str
    message: str
    addresses: Addresses = ()

    @property
    def captures(self) -> int:
        """How many captures its addresses have."""
        return sum(count for _, count in self.addresses)


@dataclass(frozen=True, slots=True)
class Readdressed:
    """An article that was captured under several addresses."""

    article_id: int
    addresses: Addresses


@dataclass(frozen=True, slots=True)
class LedgerFacts:
    """What the ledger tells.

    `missing` has all articles that are not recovered, by status and reason, in the order of their
    ids; the first `MAX_SHOWN` of each have their addresses, or all where they were asked for.
    `captures` counts those known by year and by what came of them.
    """

    known: frozenset[int]
    written: frozenset[int]
    missing: Mapping[Reason, list[Missing]]
    captures: Counter[tuple[int, str]]
    address_counts: Counter[int]
    many_addresses: tuple[Readdressed, ...]
    readings: list[tuple[int, str, dict[str, str]]] = field(default_factory=list)


def read_ledger(folder: Path, *, all_addresses: bool = False) -> LedgerFacts:
    """Return what the ledger of a crawl tells.

    Raises `UsageError` where the folder holds no crawl, and `StorageError` where it can't be read.
    """
    with closing(Ledger.open_existing(folder)) as ledger, ledger.snapshot():
        known = frozenset(ledger.known_ids())
        return LedgerFacts(
            known,
            ledger.written_ids(),
            _missing(ledger, known, all_addresses=all_addresses),
            _captures(ledger),
            ledger.count_addresses(),
            tuple(
                Readdressed(article_id, tuple(ledger.addresses(article_id)))
                for article_id, _ in ledger.many_addresses(_MAX_ADDRESSES)
            ),
            list(ledger.readings()),
        )


def _missing(
    ledger: Ledger, known: frozenset[int], *, all_addresses: bool
) -> dict[Reason, list[Missing]]:
    found: dict[Reason, list[Missing]] = defaultdict(list)
    for article_id, status, reason, message in _unwritten(ledger, known):
        group = found[status, reason]
        is_shown = all_addresses or len(group) < MAX_SHOWN
        addresses = tuple(ledger.addresses(article_id)) if is_shown else ()
        group.append(Missing(article_id, status, reason, message, addresses))
    return dict(found)


def _unwritten(ledger: Ledger, known: frozenset[int]) -> Iterable[tuple[int, str, str, str]]:
    """Every known article that is not written, by its id."""
    outcomes = {article_id: rest for article_id, *rest in ledger.all_outcomes()}
    for article_id in sorted(known):
        status, reason, message = outcomes.get(article_id, (OPEN, "", ""))
        if status != ArticleStatus.WRITTEN:
            yield article_id, status, reason, message


def _captures(ledger: Ledger) -> Counter[tuple[int, str]]:
    """How many captures are known by year and result, `NOT_TRIED` where there was no attempt."""
    counts: Counter[tuple[int, str]] = Counter()
    not_tried = ledger.listed_captures()
    for (year, result, is_listed), count in ledger.attempted_captures().items():
        counts[year, AttemptResult(result).value] += count
        if is_listed:
            not_tried[year] -= count
    for year, count in not_tried.items():
        if count > 0:
            counts[year, NOT_TRIED] = count
    return counts
