"""One article of an export: chosen, described, and written if it is a file of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from normalise import Article
from normalise.editions.clean.edition import render_clean
from normalise.files import ArticleWriter, article_path
from scraper.batch.convert import CaptureLocations, convert
from scraper.batch.judge import Judgement
from scraper.batch.outcome import BatchOutcome
from scraper.export.columns import typed
from scraper.export.formats import ExportFormat
from scraper.export.record import compact_json, describe

SITE_FOLDER = "content/article"


@dataclass(frozen=True, slots=True)
class Product:
    """What was made of an article: its record, and the articles that it links to."""

    article_id: int
    links: frozenset[int]
    record: Any = None


@dataclass(frozen=True, slots=True)
class ExportJob:
    """How articles are exported; `held` are those that the export holds."""

    export_format: ExportFormat
    out: Path
    held: frozenset[int]

    def __call__(self, articles: list[CaptureLocations]) -> list[BatchOutcome]:
        """Return what became of some articles."""
        accept = partial(_accept, job=self, writer=ArticleWriter(self.out))
        return [convert(candidates, accept, renders=False) for candidates in articles]

    def links_of(self, article_id: int) -> _Links:
        """Return what finds the path from one article to each other one that is held."""
        make = _path_in_site if self.export_format is ExportFormat.HUGO else _path_in_folders
        return _Links(partial(make, article_id), self.held)


class _Links:
    """The path to each article that one article links to, `None` where it is not held.

    `met` are the articles that were asked for.
    """

    def __init__(self, path_to: Callable[[int], str], held: frozenset[int]) -> None:
        self._path_to = path_to
        self._held = held
        self.met: set[int] = set()

    def __call__(self, article_id: int) -> str | None:
        self.met.add(article_id)
        return self._path_to(article_id) if article_id in self._held else None


def _accept(judgement: Judgement, job: ExportJob, writer: ArticleWriter) -> Judgement:
    article = judgement.article
    if article is None:
        return judgement
    links = job.links_of(article.id)
    is_changed = False
    record: Any = None
    match job.export_format:
        case ExportFormat.MARKDOWN:
            is_changed = writer.write(article.id, render_clean(article, links))
        case ExportFormat.HUGO:
            path = f"{SITE_FOLDER}/{article.id}.md"
            is_changed = writer.write_at(Path(path), _page(article, links))
        case ExportFormat.JSONL:
            record = compact_json(describe(article, judgement.warnings, links)).encode()
        case ExportFormat.PARQUET:
            record = typed(describe(article, judgement.warnings, links))
        case ExportFormat.SQLITE:
            record = describe(article, judgement.warnings, links, has_tree=False)
    product = Product(article.id, frozenset(links.met), record)
    return replace(judgement, article=None, text="", is_changed=is_changed, product=product)


def _page(article: Article, links: _Links) -> str:
    """A page of a site, which also knows its month."""
    month = article.date.isoformat()[:7] if article.date else ""
    return render_clean(article, links, {"months": [month]} if month else None)


def _path_in_folders(article_id: int, other: int) -> str:
    """The path from one Markdown file to another."""
    here, there = article_path(article_id), article_path(other)
    return there.name if here.parent == there.parent else f"../{there.parent.name}/{there.name}"


def _path_in_site(_: int, other: int) -> str:
    return f"../{other}/"
