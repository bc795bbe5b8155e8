"""The articles of a crawl, judged and rendered again from its store: after a rule has changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from normalise.files import article_path
from scraper.batch.convert import CaptureLocations, convert_many
from scraper.batch.extractor import extractor_version
from scraper.batch.outcome import BatchOutcome, BatchSummary
from scraper.batch.run import render_all
from scraper.crawl.folder import CrawlFolder
from scraper.crawl.layout import STORE_FOLDER
from scraper.crawl.ledger import Ledger
from scraper.crawl.outcomes import ArticleOutcome
from scraper.models import ArticleStatus
from scraper.warc.writer import WarcStore

# An article of such a status that turns out to be none is opened again for the next crawl.
_REOPENED = frozenset({ArticleStatus.WRITTEN, ArticleStatus.FAILED})


def render_elsewhere(
    path: Path, out: Path, jobs: int | None, done: Callable[[int, int], None]
) -> BatchSummary:
    """Write the articles of a crawl into another folder; its ledger stays as it is.

    `jobs`, `done` and what is raised are as for `convert_all`; `UsageError` where the path is no
    crawl.
    """
    ledger = Ledger.open_existing(path)
    try:
        articles = list(stored_candidates(ledger, WarcStore(path / STORE_FOLDER)))
    finally:
        ledger.close()
    summary = BatchSummary()
    for outcome in render_all(articles, partial(convert_many, out=out), jobs, done):
        summary.add(outcome)
    return summary


def render_in_place(
    folder: CrawlFolder, jobs: int | None, done: Callable[[int, int], None]
) -> BatchSummary:
    """Write the articles of a crawl again into its own folder, and record what became of them.

    The file of an article that turns out to be none is removed; the next crawl tries its other
    captures. `jobs`, `done` and what is raised are as for `convert_all`.
    """
    statuses, pinned_ids = folder.ledger.statuses(), folder.ledger.pinned_ids()
    summary = BatchSummary()
    articles = list(stored_candidates(folder.ledger, folder.store))
    for outcome in render_all(articles, partial(convert_many, out=folder.path), jobs, done):
        summary.add(outcome)
        article_id = outcome.capture.article_id if outcome.capture else None
        if article_id is None:
            continue
        if outcome.status is ArticleStatus.WRITTEN:
            _record(folder.ledger, article_id, outcome, is_pinned=article_id in pinned_ids)
        elif outcome.status is ArticleStatus.NO_CAPTURE and statuses.get(article_id) in _REOPENED:
            (folder.path / article_path(article_id)).unlink(missing_ok=True)
            folder.ledger.reopen(article_id)
    return summary


def _record(ledger: Ledger, article_id: int, outcome: BatchOutcome, *, is_pinned: bool) -> None:
    ledger.record_outcome(
        ArticleOutcome(
            article_id,
            outcome.status,
            capture=outcome.capture,
            is_pinned=is_pinned,
            warnings=outcome.warnings,
            reading=outcome.reading,
            extractor=extractor_version(),
        )
    )


def stored_candidates(ledger: Ledger, store: WarcStore) -> Iterator[CaptureLocations]:
    """Yield the stored pages of each article, in the order in which the crawl has tried them."""
    for _, mementos in groupby(ledger.stored_mementos(), key=itemgetter(0)):
        yield tuple(store.location(capture, location) for _, capture, location in mementos)
