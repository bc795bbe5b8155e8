"""What is exported: the captures of each article, and of a crawl what else its ledger tells."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from scraper.batch.convert import CaptureLocations, group_by_article
from scraper.batch.outcome import BatchSummary
from scraper.batch.run import of_articles
from scraper.crawl.layout import STORE_FOLDER, image_files, is_crawl
from scraper.crawl.ledger import Ledger
from scraper.crawl.rerender import stored_candidates
from scraper.export.images import ImageSnapshot, take_snapshot
from scraper.warc.inputs import find_captures
from scraper.warc.writer import WarcStore


@dataclass(frozen=True, slots=True)
class CrawlSource:
    """The folder of a crawl; `state` is its ledger's when the export began.

    `images` tells where pictures are, `None` where they were never asked for.
    """

    folder: Path
    state: str
    images: ImageSnapshot | None


def crawl_of(paths: Sequence[Path], spool: Path) -> CrawlSource | None:
    """Return the crawl that is exported, `None` for other sources; `spool` is for what it keeps."""
    if len(paths) != 1 or not is_crawl(paths[0]):
        return None
    with closing(Ledger.open_existing(paths[0])) as ledger:
        state = ledger.state()
    return CrawlSource(paths[0], state, take_snapshot(paths[0], spool))


def notes_on_pictures(paths: Sequence[Path], crawl: CrawlSource | None) -> list[str]:
    """Return which crawls have pictures that are left out, as those of several sources are."""
    if crawl is not None:
        return []
    wholes = [path.resolve() for path in paths]  # a crawl, or what lies in its store
    folders = dict.fromkeys(each for path in wholes for each in (path, *path.parents[:2]))
    return [
        f"the pictures of {folder} are left out: only an export of {folder} alone has them"
        for folder in folders
        if _has_pictures(folder)
    ]


def _has_pictures(folder: Path) -> bool:
    return is_crawl(folder) and next(image_files(folder), None) is not None


def find_articles(
    paths: Sequence[Path],
    crawl: CrawlSource | None,
    spool: Path,
    summary: BatchSummary,
    listed: Callable[[int], None],
) -> list[CaptureLocations]:
    """Return the captures of each article, in the order of their ids.

    Raises `UsageError` for a source that can't be one.
    """
    if crawl is not None:
        with closing(Ledger.open_existing(crawl.folder)) as ledger:
            store = WarcStore(crawl.folder / STORE_FOLDER)
            articles = list(stored_candidates(ledger, store))
        listed(len(articles))
    else:
        captures = of_articles(find_captures(paths, spool), summary, listed)
        articles = group_by_article(captures)
    return sorted(articles, key=lambda candidates: candidates[0].capture.article_id or 0)
