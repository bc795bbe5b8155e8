"""Which pictures the written articles show: read from their stored pages, in worker processes.

A page is searched once by each version of the rules, or when its article is written from another
capture.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from normalise import Article, Capture, tree
from normalise.editions.clean.addresses import Addresses
from normalise.editions.clean.edition import not_held
from scraper.batch.convert import CaptureLocations, convert
from scraper.batch.extractor import extractor_version
from scraper.batch.judge import Judgement
from scraper.batch.outcome import BatchOutcome
from scraper.batch.run import render_all
from scraper.crawl.folder import CrawlFolder
from scraper.crawl.image_values import ShownImage
from scraper.selection.ids import IdSet

Done = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Found:
    """The pictures of an article."""

    article_id: int
    capture: Capture
    shown: tuple[ShownImage, ...]


def search_pages(
    folder: CrawlFolder, ids: IdSet | None, jobs: int | None, done: Done
) -> list[BatchOutcome]:
    """Find the pictures of articles that were not searched yet, and record them in the ledger.

    `ids` are the articles wanted, `None` for all. Returns the pages that can't be read any more.
    `jobs`, `done` and what is raised are as for `convert_all`.
    """
    version = extractor_version()
    pages: list[CaptureLocations] = [
        (folder.store.location(capture, location),)
        for article_id, capture, location in folder.ledger.unsearched_pages(version)
        if ids is None or article_id in ids
    ]
    unreadable: list[BatchOutcome] = []
    for outcome in render_all(pages, find_many, _workers(pages, jobs), done):
        found = outcome.product
        if isinstance(found, Found):
            folder.ledger.record_page(found.article_id, found.capture, version, found.shown)
        else:
            unreadable.append(outcome)
    return unreadable


def _workers(pages: list[CaptureLocations], jobs: int | None) -> int | None:
    """Just this process where there is nothing to do: starting others takes a second."""
    return jobs if pages else 1


def find_many(pages: list[CaptureLocations]) -> list[BatchOutcome]:
    """Find the pictures of some articles: the job of a worker process."""
    return [convert(page, _accept, renders=False) for page in pages]


def _accept(judgement: Judgement) -> Judgement:
    article = judgement.article
    if article is None:
        return judgement
    found = Found(article.id, article.capture, tuple(shown_images(article)))
    return replace(judgement, article=None, text="", warnings=(), product=found)


def shown_images(article: Article) -> Iterator[ShownImage]:
    """Yield the pictures of an article that have an address of the web, in their order.

    The avatar of its author is the last one.
    """
    addresses = Addresses(article.capture, not_held)
    for node in tree.walk(article.body):
        if type(node) is tree.Image and node.address:
            found = _shown(addresses, (node.source, *node.sizes))
            if found is not None:
                yield found
    if article.box is not None and article.box.avatar:
        avatar = _shown(addresses, (article.box.avatar,))
        if avatar is not None:
            yield replace(avatar, is_avatar=True)


def _shown(addresses: Addresses, named: tuple[str, ...]) -> ShownImage | None:
    """The picture that a page names by some addresses; the first that is one of the web counts."""
    originals = dict.fromkeys(filter(None, map(addresses.original, named)))
    if not originals:
        return None
    first, *others = originals
    return ShownImage(first, tuple(others))
