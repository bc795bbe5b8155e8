"""One article of an export: chosen, described, and written if it is a file of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from normalise import Article, tree
from normalise.editions.clean.addresses import Addresses
from normalise.editions.clean.edition import not_held, render_clean
from normalise.files import ArticleWriter, article_path
from scraper.batch.convert import CaptureLocations, convert
from scraper.batch.judge import Judgement
from scraper.batch.outcome import BatchOutcome
from scraper.export.columns import typed
from scraper.export.formats import ExportFormat
from scraper.export.images import ImageSnapshot
from scraper.export.record import compact_json, describe

SITE_FOLDER = "content/article"
_IN_FOLDERS = frozenset({ExportFormat.MARKDOWN, ExportFormat.HUGO})


@dataclass(frozen=True, slots=True)
class Product:
    """What was made of an article: its record, the articles that it links to, files of pictures."""

    article_id: int
    links: frozenset[int]
    record: Any = None
    files: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ExportJob:
    """How articles are exported; `held` are those that the export holds.

    `images` tells where pictures are, `None` where they were never asked for.
    """

    export_format: ExportFormat
    out: Path
    held: frozenset[int]
    images: ImageSnapshot | None = None

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
    links, images = job.links_of(article.id), _Images(job, article)
    is_changed = False
    record: Any = None
    match job.export_format:
        case ExportFormat.MARKDOWN:
            is_changed = writer.write(article.id, render_clean(article, links, images=images.paths))
        case ExportFormat.HUGO:
            path = f"{SITE_FOLDER}/{article.id}.md"
            is_changed = writer.write_at(Path(path), _page(article, links, images.paths))
        case ExportFormat.JSONL:
            values = describe(article, judgement.warnings, links, images=images.paths)
            record = compact_json(values).encode()
        case ExportFormat.PARQUET:
            record = typed(describe(article, judgement.warnings, links, images=images.paths))
        case ExportFormat.SQLITE:
            record = describe(
                *(article, judgement.warnings, links), has_tree=False, images=images.paths
            )
            if images.paths is not None:
                record["images"] = images.rows()
    product = Product(article.id, frozenset(links.met), record, images.files)
    return replace(judgement, article=None, text="", is_changed=is_changed, product=product)


class _Images:
    """The pictures of an article, as its export has them."""

    def __init__(self, job: ExportJob, article: Article) -> None:
        known = None if job.images is None else job.images.of_article(article.id)
        before = "../../" if job.export_format in _IN_FOLDERS else ""
        self._known = known or {}
        self._article = article
        self.files = frozenset(each.file for each in self._known.values() if each.file)
        self.paths: dict[str, str] | None = None
        if known is not None:
            self.paths = {
                original: f"{before}{image.file}" if image.file else ""
                for original, image in known.items()
                if image.file or image.is_lost
            }

    def rows(self) -> list[tuple[object, ...]]:
        """The rows of the table of pictures, each with its address at the archive."""
        addresses = Addresses(self._article.capture, not_held)
        nodes = tree.walk(self._article.body)
        shown = [node.source for node in nodes if type(node) is tree.Image and node.address]
        if self._article.box is not None and self._article.box.avatar:
            shown.append(self._article.box.avatar)
        return [
            (addresses.archived_image(address), *image.row)
            for address in dict.fromkeys(shown)
            if (image := self._known.get(addresses.original(address) or ""))
        ]


def _page(article: Article, links: _Links, images: dict[str, str] | None) -> str:
    """A page of a site, which also knows its month."""
    month = article.date.isoformat()[:7] if article.date else ""
    return render_clean(article, links, {"months": [month]} if month else None, images)


def _path_in_folders(article_id: int, other: int) -> str:
    """The path from one Markdown file to another."""
    here, there = article_path(article_id), article_path(other)
    return there.name if here.parent == there.parent else f"../{there.parent.name}/{there.name}"


def _path_in_site(_: int, other: int) -> str:
    return f"../{other}/"
