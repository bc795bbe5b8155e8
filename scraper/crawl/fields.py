"""How many articles have each field, held against the reference archive.

A field that the rules find no more leaves no error behind: its share tells.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from normalise.site import NEWS
from scraper.models import FIELDS

# The share of the reference's articles that have a field: docs/site.md 2.1 (author, date, moment),
# 2.2, 2.3, 2.4 (tags) and 2.7 (every article outside 眾聞 has a box). Whether there is a promo
# depends on the time of the capture: nothing is expected of it.
REFERENCE_SHARES: Mapping[str, float] = {
    "title": 1.0,
    "author": 1.0,
    "category": 1.0,
    "tags": 0.999,
    "date": 0.997,
    "last_updated": 0.28,
    "box": 1.0,
}
_MAX_SHORTFALL = 0.2  # so much below the reference is alarming
# The fewest articles that tell: of a field that nearly all have, and of another.
_FEW, _MANY = 20, 100
_NEARLY_ALL = 0.99
# Rules that stand in for what the page does not give: what they find is no sign of a known page.
STAND_INS = frozenset({("tags", "address")})


@dataclass(frozen=True, slots=True)
class FieldShare:
    """How many of some articles have a field.

    `articles` counts those that could have it: of the box, those of other categories than 眾聞.
    `found` counts those that have it, `rules` the same by the rule that found it.
    """

    field: str
    articles: int
    found: int
    rules: Counter[str]
    is_alarming: bool = False

    @property
    def percent(self) -> float:
        """How many percent of the articles have it."""
        return 100 * self.found / self.articles if self.articles else 0.0

    @property
    def reference_percent(self) -> float | None:
        """How many percent of the reference's have it, `None` where nothing is expected."""
        share = REFERENCE_SHARES.get(self.field)
        return None if share is None else 100 * share

    @property
    def warning(self) -> str:
        """A sentence for a share that is alarming."""
        missing = self.articles - self.found
        return (
            f"{self.field} is missing on {missing:,} of {self.articles:,} articles "
            f"({self.reference_percent:g} % of the reference archive's have it)"
        )

    def as_json(self) -> dict[str, object]:
        """Return it as plain values."""
        return {
            "field": self.field,
            "articles": self.articles,
            "found": self.found,
            "percent": round(self.percent, 2),
            "reference_percent": self.reference_percent,
            "rules": dict(self.rules.most_common()),
            "is_alarming": self.is_alarming,
        }


class FieldTally:
    """Counts fields, article by article."""

    def __init__(self) -> None:
        self._articles = 0
        self._articles_with_box = 0
        self._rules: dict[str, Counter[str]] = {field: Counter() for field in FIELDS}

    @property
    def articles(self) -> int:
        """How many articles are counted."""
        return self._articles

    def add(self, category: str, rules: Mapping[str, str], count: int = 1) -> None:
        """Count articles of a category, with the rules that have found their fields."""
        self._articles += count
        self._articles_with_box += count if category and category != NEWS else 0
        for field, rule in rules.items():
            if field in self._rules:
                self._rules[field][rule] += count

    def shares(self) -> tuple[FieldShare, ...]:
        """Return the share of each field, in the order of `FIELDS`."""
        return tuple(self._share(field) for field in FIELDS)

    def _share(self, field: str) -> FieldShare:
        rules = Counter(self._rules[field])
        articles = self._articles_with_box if field == "box" else self._articles
        found = sum(n for rule, n in rules.items() if (field, rule) not in STAND_INS)
        return FieldShare(field, articles, found, rules, _is_alarming(field, articles, found))


def _is_alarming(field: str, articles: int, found: int) -> bool:
    expected = REFERENCE_SHARES.get(field)
    if expected is None or articles < (_FEW if expected >= _NEARLY_ALL else _MANY):
        return False
    return found / articles < expected - _MAX_SHORTFALL
