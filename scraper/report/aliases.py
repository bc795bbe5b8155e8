"""Articles with several addresses, and texts that stand under several ids."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from scraper.report.articles import ArticleFacts
from scraper.report.ledger_facts import LedgerFacts, Readdressed

_MAX_SHOWN = 40
_MANY = 6  # addresses of an article


@dataclass(frozen=True, slots=True)
class SameText:
    """Ids with the same text, the newest last, and its title."""

    article_ids: tuple[int, ...]
    title: str


@dataclass(frozen=True, slots=True)
class Aliases:
    """`addresses` counts articles by how many addresses each has; `examples` have most.

    `aliases` counts the ids whose text a later one has as well, as `hkcnews audit` does, `texts`
    how many texts that concerns; `same_texts` are the newest of these.
    """

    addresses: Counter[int]
    examples: tuple[Readdressed, ...]
    texts: int
    aliases: int
    same_texts: tuple[SameText, ...]

    @property
    def histogram(self) -> list[tuple[str, int]]:
        """How many articles have how many addresses; what few have is put together."""
        many = sum(count for addresses, count in self.addresses.items() if addresses >= _MANY)
        exact = [(str(number), self.addresses[number]) for number in range(1, _MANY)]
        rows = [*exact, (f"{_MANY}+", many)]
        return [row for row in rows if row[1]]

    @property
    def several_addresses(self) -> int:
        """How many articles have more than one address."""
        return sum(count for addresses, count in self.addresses.items() if addresses > 1)


def find_aliases(ledger: LedgerFacts, facts: Iterable[ArticleFacts]) -> Aliases:
    """Return the aliases of a crawl."""
    by_text: dict[bytes, list[ArticleFacts]] = defaultdict(list)
    for each in facts:
        if each.digest is not None:
            by_text[each.digest].append(each)
    groups = sorted(
        (group for group in by_text.values() if len(group) > 1),
        key=lambda group: -group[-1].article_id,
    )
    return Aliases(
        ledger.address_counts,
        ledger.many_addresses,
        len(groups),
        sum(len(group) - 1 for group in groups),
        tuple(_same_text(group) for group in groups[:_MAX_SHOWN]),
    )


def _same_text(group: list[ArticleFacts]) -> SameText:
    return SameText(tuple(each.article_id for each in group), group[-1].title)
