"""The articles of a crawl, rendered again from its store: after a rule has changed, say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from normalise.files import article_path
from scraper.batch.run import BatchSummary, CaptureLocations, Status, render_all
from scraper.crawl.folder import CrawlFolder
from scraper.crawl.ledger import Ledger
from scraper.crawl.outcomes import ArticleOutcome, ArticleStatus
from scraper.warc.writer import WarcStore

# What an article was until now that turns out to be none; the crawl then tries its other captures.
_MAY_CHANGE = frozenset({ArticleStatus.WRITTEN, ArticleStatus.FAILED})


def render_elsewhere(
    path: Path, out: Path, jobs: int | None, done: Callable[[int, int], None]
) -> BatchSummary:
    """Write the articles of a crawl into another folder; its ledger stays as it is."""
    ledger = Ledger.open_existing(path)
    try:
        work = list(_stored(ledger, WarcStore(path)))
    finally:
        ledger.close()
    summary = BatchSummary()
    for outcome in render_all(work, out, jobs, done):
        summary.add(outcome)
    return summary


def render_in_place(
    folder: CrawlFolder, jobs: int | None, done: Callable[[int, int], None]
) -> BatchSummary:
    """Write the articles of a crawl again into its own folder, and what became of them.

    An article that turns out to be none is taken away; the next crawl tries its other captures.
    """
    ledger = folder.ledger
    endings, pinned = ledger.statuses(), ledger.pinned_ids()
    summary = BatchSummary()
    for outcome in render_all(list(_stored(ledger, folder.store)), folder.path, jobs, done):
        summary.add(outcome)
        article = outcome.capture.article_id if outcome.capture else None
        if article is None:
            continue
        if outcome.status in {Status.WRITTEN, Status.UNCHANGED}:
            said = "; ".join(outcome.warnings)
            is_pinned = article in pinned
            ledger.record_outcome(
                ArticleOutcome(article, ArticleStatus.WRITTEN, "", said, outcome.capture, is_pinned)
            )
        elif outcome.status is Status.NOT_ARTICLE and endings.get(article) in _MAY_CHANGE:
            (folder.path / article_path(article)).unlink(missing_ok=True)
            ledger.reopen(article)
    return summary


def _stored(ledger: Ledger, store: WarcStore) -> Iterator[CaptureLocations]:
    """The stored pages of each article, in the order in which the crawl has tried them."""
    for _, pages in groupby(ledger.stored_mementos(), key=itemgetter(0)):
        yield tuple(store.location(capture, place) for _, capture, place in pages)
