"""A run for the pictures of a crawl, from its pages to the files.

Every step is in the ledger before the next one begins, so that a run may be killed at any time and
goes on where it was (docs/crawl-folder.md 4).
"""

from __future__ import annotations

from functools import partial

from scraper.batch.run import spare_cores
from scraper.crawl.folder import CrawlFolder
from scraper.crawl.layout import image_files
from scraper.crawl.progress import CrawlProgress
from scraper.crawl.session import open_session
from scraper.images.fetcher import ImageFetcher
from scraper.images.image_crawler import ImageCrawler, Pool
from scraper.images.judging import judge_images
from scraper.images.plan import ASSUMED_BYTES, ImageEstimate, ImagePlan
from scraper.wayback.policy import RequestPolicy
from scraper.workers import WorkerPool

# Pictures under way beside those that are fetched: while some are judged, others come.
_MAX_JUDGED_AT_ONCE = 20


def wanted_articles(plan: ImagePlan, folder: CrawlFolder) -> frozenset[int] | None:
    """Return the written articles that a plan is about, `None` for all."""
    if plan.ids is None:
        return None
    return frozenset(each for each in folder.ledger.written_ids() if each in plan.ids)


def not_written(plan: ImagePlan, folder: CrawlFolder) -> list[int]:
    """Return the articles that a plan names one by one, and that are not written."""
    named = plan.ids.single if plan.ids is not None else frozenset()
    return sorted(named - folder.ledger.written_ids())


def pending_images(plan: ImagePlan, folder: CrawlFolder) -> list[int]:
    """Return the pictures to fetch; those whose file is gone or of another size are among them."""
    there = dict(image_files(folder.path))
    for file, size in folder.ledger.image_files():
        if there.get(file) != size:
            folder.ledger.reopen_images(file)
    return folder.ledger.pending_images(wanted_articles(plan, folder))[: plan.limit]


async def run(
    image_ids: list[int], policy: RequestPolicy, folder: CrawlFolder, progress: CrawlProgress
) -> None:
    """Fetch pictures into a folder; its ledger then has what became of each.

    Raises as the run of a crawl does; all that was done until then is kept.
    """
    async with open_session(policy, folder.ledger, progress.record_pause) as (client, stop):
        pool: Pool = WorkerPool(partial(judge_images, out=folder.path), spare_cores())
        async with pool:
            crawler = ImageCrawler(folder, ImageFetcher(client, folder), pool, progress, stop)
            await crawler.crawl(image_ids, policy.concurrency + _MAX_JUDGED_AT_ONCE)


def estimate(image_ids: list[int], policy: RequestPolicy, folder: CrawlFolder) -> ImageEstimate:
    """Return what a run for some pictures would take."""
    files, size, _ = folder.ledger.measure_images()
    mean = size / files if files else ASSUMED_BYTES
    seconds = len(image_ids) / policy.rate if policy.rate else 0.0
    return ImageEstimate(len(image_ids), seconds, mean, files)
