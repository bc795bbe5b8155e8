"""All that the page shows, as numbers and names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scraper.models import ArticleStatus
from scraper.report.aliases import Aliases, find_aliases
from scraper.report.articles import ArticleFacts
from scraper.report.dating import Dating, Trial
from scraper.report.fields import FieldTable, field_table
from scraper.report.ledger_facts import MAX_SHOWN, OPEN, LedgerFacts, Missing
from scraper.report.months import all_between, month_of, year_of
from scraper.report.topics import Topics, all_topics

STATUSES = (*(status.value for status in ArticleStatus), OPEN)


@dataclass(frozen=True, slots=True)
class MonthRow:
    """What is known of a month: its articles by status, and what the recovered ones hold."""

    month: int
    statuses: Counter[str]
    figures: int
    videos: int

    @property
    def published(self) -> int:
        """How many articles of the month are known to exist."""
        return self.statuses.total()


@dataclass(frozen=True, slots=True)
class MissingGroup:
    """Missing articles with the same status and reason, the oldest first.

    `rows` are the first of them, each with the month in which it is likely to have appeared.
    """

    status: str
    reason: str
    articles: int
    rows: tuple[tuple[Missing, int | None], ...]


@dataclass(frozen=True, slots=True)
class Survey:
    """All that the page shows.

    `unlisted` counts the ids between the first and the last that nobody knows of. `undated` counts
    the articles that have no month, not even by an estimate; `estimated` those whose month is one.
    `faults` are article files that could not be read, by their ids. `misdated` counts articles
    whose printed date is out of the site's life. `article_months` has the month of each article.
    """

    known: int
    unlisted: int
    statuses: Counter[str]
    months: tuple[MonthRow, ...]
    trial: Trial
    estimated: int
    undated: int
    misdated: int
    faults: tuple[tuple[int, str], ...]
    captures: Counter[tuple[int, str]]
    fields: FieldTable
    topics: tuple[Topics, ...]
    missing: tuple[MissingGroup, ...]
    aliases: Aliases
    article_months: dict[int, int]

    @property
    def is_cut(self) -> bool:
        """Whether some reason has more articles than its rows."""
        return any(group.articles > len(group.rows) for group in self.missing)


def survey(ledger: LedgerFacts, facts: Sequence[ArticleFacts]) -> Survey:
    """Return what ledger and article files tell."""
    dating = Dating({each.article_id: each.day for each in facts if each.day is not None})
    months = _months(ledger.known, facts, dating)
    statuses = dict.fromkeys(ledger.written, ArticleStatus.WRITTEN.value)
    for group in ledger.missing.values():
        statuses.update((each.article_id, each.status) for each in group)
    printed = sum(each.day is not None for each in facts)
    known = ledger.known
    return Survey(
        len(known),
        max(known) - min(known) + 1 - len(known) if known else 0,
        Counter(statuses.values()),
        _month_rows(statuses, months, facts),
        dating.trial(),
        len(months) - printed,
        len(known) - len(months),
        sum(each.is_misdated for each in facts),
        tuple((each.article_id, each.fault) for each in facts if each.fault),
        ledger.captures,
        field_table(ledger.readings, {key: year_of(month) for key, month in months.items()}),
        all_topics([each for each in facts if not each.fault], months),
        tuple(_missing_groups(ledger, months)),
        find_aliases(ledger, facts),
        months,
    )


def _months(known: Iterable[int], facts: Iterable[ArticleFacts], dating: Dating) -> dict[int, int]:
    """The month of each article: printed, else estimated, else there is none."""
    months = {each.article_id: month_of(each.day) for each in facts if each.day is not None}
    for article_id in known:
        if article_id not in months and (day := dating.estimate(article_id)) is not None:
            months[article_id] = month_of(day)
    return months


def _month_rows(
    statuses: dict[int, str], months: dict[int, int], facts: Iterable[ArticleFacts]
) -> tuple[MonthRow, ...]:
    """A row for each month from the first to the last, those without an article as well."""
    counts: dict[int, Counter[str]] = {month: Counter() for month in all_between(months.values())}
    for article_id, month in months.items():
        counts[month][statuses[article_id]] += 1
    figures, videos = Counter[int](), Counter[int]()
    for each in facts:
        if (of_article := months.get(each.article_id)) is not None:
            figures[of_article] += each.figures
            videos[of_article] += each.videos
    return tuple(
        MonthRow(month, counted, figures[month], videos[month]) for month, counted in counts.items()
    )


def _missing_groups(ledger: LedgerFacts, months: dict[int, int]) -> Iterable[MissingGroup]:
    """The largest group first; what is still open comes last."""
    groups = sorted(
        ledger.missing.items(), key=lambda item: (item[0][0] == OPEN, -len(item[1]), item[0])
    )
    for (status, reason), articles in groups:
        rows = tuple((each, months.get(each.article_id)) for each in articles[:MAX_SHOWN])
        yield MissingGroup(status, reason, len(articles), rows)
