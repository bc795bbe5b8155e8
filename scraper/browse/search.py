"""Searching: which articles have all words asked for, in which order, with hits marked."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from markupsafe import Markup, escape

from scraper.browse.catalogue import Catalogue
from scraper.browse.library import Library
from scraper.browse.models import Entry, TermKind
from scraper.export.search_text import Term, match_of, pattern, terms

PAGE_SIZE = 20
_MAX_QUERY = 200  # characters
_MAX_TERMS = 10
_MAX_FILTERS = 50  # of one kind that are offered
# A word that more articles have tells little; ranking 45,000 took 0.13 s.
_MAX_RANKED = 5_000
_BEFORE, _AFTER = 30, 110  # characters round the first hit


Counts = tuple[tuple[str, int], ...]  # a name, and how many hits have it


class Order(StrEnum):
    """In which order hits come; the value is the word in addresses."""

    DATE = "date"
    RANK = "rank"


@dataclass(frozen=True, slots=True)
class Question:
    """What a reader asks for; "" for what is not narrowed."""

    query: str
    order: Order = Order.DATE
    year: str = ""
    category: str = ""
    author: str = ""
    number: int = 1


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that was found, with its title and an excerpt in which the words are marked."""

    entry: Entry
    title: Markup
    excerpt: Markup


@dataclass(frozen=True, slots=True)
class Found:
    """A page of hits, how many there are, and by what they can be narrowed, with counts."""

    question: Question
    hits: tuple[Hit, ...]
    total: int
    years: Counts = ()
    categories: Counts = ()
    authors: Counts = ()

    @property
    def start(self) -> int:
        """The number of the first hit of the page."""
        return (self.question.number - 1) * PAGE_SIZE + 1

    @property
    def last(self) -> int:
        """The number of the last page."""
        return max(1, -(-self.total // PAGE_SIZE))


def search(db: sqlite3.Connection, catalogue: Catalogue, question: Question) -> Found:
    """Return what a database has for a question."""
    wanted = terms(question.query[:_MAX_QUERY].replace("\0", ""))[:_MAX_TERMS]
    if not wanted:
        return Found(question, (), 0)
    rows = db.execute("SELECT rowid FROM search WHERE search MATCH ?", (match_of(wanted),))
    ids = [article_id for (article_id,) in rows]
    if question.order is Order.RANK:
        ids = _ranked(db, wanted, ids)
    else:
        ids.sort(key=catalogue.places.__getitem__, reverse=True)
    filters = _filters(catalogue, question)
    kept = _kept(ids, filters.values())
    start = (question.number - 1) * PAGE_SIZE
    return Found(
        question,
        _hits(Library(db, catalogue), kept[start : start + PAGE_SIZE], pattern(wanted)),
        len(kept),
        *_narrowings(catalogue, ids, question, filters),
    )


def _ranked(db: sqlite3.Connection, wanted: list[Term], ids: list[int]) -> list[int]:
    """Ids in the order of their rank; those beyond the newest ones follow as they are."""
    first = ids[-_MAX_RANKED] if len(ids) > _MAX_RANKED else 0
    rows = db.execute(
        "SELECT rowid FROM search WHERE search MATCH ? AND rowid >= ? ORDER BY rank",
        (match_of(wanted), first),
    )
    return [*(article_id for (article_id,) in rows), *reversed(ids[:-_MAX_RANKED])]


Keeps = Callable[[int], bool]


def _filters(catalogue: Catalogue, question: Question) -> Mapping[str, Keeps]:
    """What an article must fulfil, by what it narrows."""
    filters: dict[str, Keeps] = {}
    if question.year:
        filters["year"] = lambda each: catalogue.dates[each][:4] == question.year
    if question.category:
        category = _id(catalogue, TermKind.CATEGORY, question.category)
        filters["category"] = lambda each: catalogue.categories.get(each) == category
    if question.author:
        author = _id(catalogue, TermKind.AUTHOR, question.author)
        filters["author"] = lambda each: author in catalogue.authors.get(each, ())
    return filters


def _kept(ids: list[int], filters: Iterable[Keeps]) -> list[int]:
    for keeps in filters:
        ids = list(filter(keeps, ids))
    return ids


def _id(catalogue: Catalogue, kind: TermKind, name: str) -> int:
    term = catalogue.term(kind, name)
    return term.id if term else 0


def _narrowings(
    catalogue: Catalogue, ids: list[int], question: Question, filters: Mapping[str, Keeps]
) -> tuple[Counts, Counts, Counts]:
    """Years, categories and authors, each counted as the other filters leave them."""

    def left(narrowed: str) -> list[int]:
        return _kept(ids, [keeps for name, keeps in filters.items() if name != narrowed])

    dates, categories, authors = catalogue.dates, catalogue.categories, catalogue.authors
    years = Counter(dates[each][:4] for each in left("year"))
    by_category = Counter(categories.get(each, 0) for each in left("category"))
    by_author = Counter(author for each in left("author") for author in authors.get(each, ()))
    return (
        _with(question.year, sorted(((y, n) for y, n in years.items() if y), reverse=True)),
        _with(question.category, _counted(catalogue, TermKind.CATEGORY, by_category)),
        _with(question.author, _counted(catalogue, TermKind.AUTHOR, by_author)),
    )


def _counted(catalogue: Catalogue, kind: TermKind, counts: Counter[int]) -> list[tuple[str, int]]:
    """The terms with most hits."""
    names = {term.id: term.name for term in catalogue.terms[kind]}
    return [(names[each], n) for each, n in counts.most_common(_MAX_FILTERS) if each in names]


def _with(chosen: str, counts: list[tuple[str, int]]) -> Counts:
    """Counts with the one that is chosen, although it may have no hit."""
    is_missing = chosen and chosen not in dict(counts)
    return (*counts, (chosen, 0)) if is_missing else tuple(counts)


def _hits(library: Library, ids: list[int], words: re.Pattern[str]) -> tuple[Hit, ...]:
    entries = library.entries(ids)
    return tuple(
        Hit(
            entries[each],
            marked(entries[each].title, words),
            marked(excerpt(library.text(each), words), words),
        )
        for each in ids
    )


def excerpt(text: str, words: re.Pattern[str]) -> str:
    """Return the surroundings of the first hit in a text, on one line; its beginning without."""
    found = words.search(text)
    start = max(0, found.start() - _BEFORE) if found else 0
    end = (found.end() if found else 0) + _AFTER
    line = " ".join(text[start:end].split())
    return f"{'…' if start else ''}{line}{'…' if end < len(text) else ''}"


def marked(text: str, words: re.Pattern[str]) -> Markup:
    """Return a text as HTML in which the hits are marked."""
    pieces: list[str] = []
    end = 0
    for found in words.finditer(text):
        pieces += [escape(text[end : found.start()]), f"<mark>{escape(found[0])}</mark>"]
        end = found.end()
    return Markup("".join([*pieces, escape(text[end:])]))  # noqa: S704 - every piece is escaped
