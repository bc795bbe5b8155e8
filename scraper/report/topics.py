"""The most frequent categories, authors and tags, and how often each comes in every month."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from scraper.report.articles import ArticleFacts
from scraper.report.months import year_of

MAX_TOPICS = 12
_MAX_NAME = 60  # characters: names come from pages

Names = Callable[[ArticleFacts], Iterable[str]]


@dataclass(frozen=True, slots=True)
class Topic:
    """A name, on how many articles it stands, and the same for each month that knows it."""

    name: str
    articles: int
    months: Counter[int]

    @property
    def peak(self) -> tuple[int, int] | None:
        """The month with most articles, and how many; `None` where no article has a month."""
        return max(self.months.items(), key=lambda item: (item[1], -item[0]), default=None)

    def in_year(self, year: int) -> int:
        """Return how many articles of a year have the name."""
        return sum(count for month, count in self.months.items() if year_of(month) == year)


@dataclass(frozen=True, slots=True)
class Topics:
    """The most frequent names of a kind, how many there are, and on how many articles none is."""

    kind: str
    names: int
    without: int
    shown: tuple[Topic, ...]


def topics(kind: str, facts: Sequence[ArticleFacts], months: dict[int, int], of: Names) -> Topics:
    """Return the topics of a kind; `of` gives those of an article, `months` the month of its id."""
    counts = Counter(name for each in facts for name in of(each))
    shown: dict[str, Counter[int]] = {
        name: Counter() for name, _ in sorted(counts.items(), key=_rank)[:MAX_TOPICS]
    }
    without = 0
    for each in facts:
        names = tuple(of(each))
        without += not names
        month = months.get(each.article_id)
        for name in names:
            if name in shown and month is not None:
                shown[name][month] += 1
    found = (Topic(_cut(name), counts[name], by_month) for name, by_month in shown.items())
    return Topics(kind, len(counts), without, tuple(found))


def all_topics(facts: Sequence[ArticleFacts], months: dict[int, int]) -> tuple[Topics, ...]:
    """Return categories, authors and tags."""
    return (
        topics("categories", facts, months, lambda each: filter(None, [each.category])),
        topics("authors", facts, months, lambda each: filter(None, [each.author])),
        topics("tags", facts, months, lambda each: filter(None, each.tags)),
    )


def _rank(item: tuple[str, int]) -> tuple[int, str]:
    return -item[1], item[0]


def _cut(name: str) -> str:
    return name if len(name) <= _MAX_NAME else f"{name[:_MAX_NAME]}…"
