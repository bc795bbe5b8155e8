"""A crawl: the captures, the choice, and each article to its end.

Every step is in the ledger before the next one begins, so that a crawl may be killed at any time
and goes on where it was (docs/crawl-folder.md 4).
"""

from __future__ import annotations

from functools import partial

from scraper.batch.extractor import extractor_version
from scraper.batch.judge import write_stored
from scraper.batch.run import spare_cores
from scraper.crawl import enumeration
from scraper.crawl.alarm import PageAlarm
from scraper.crawl.crawler import Crawler
from scraper.crawl.fetcher import Fetcher
from scraper.crawl.folder import CrawlFolder
from scraper.crawl.judging import PageJudge
from scraper.crawl.plan import CrawlPlan, Estimate
from scraper.crawl.progress import CrawlProgress
from scraper.crawl.selector import CaptureSelector
from scraper.crawl.session import open_session
from scraper.wayback.client import WaybackClient
from scraper.wayback.policy import RequestPolicy

# Articles under way beside those that are fetched: while pages are judged, others come.
_MAX_JUDGED_AT_ONCE = 60


async def run(
    plan: CrawlPlan, policy: RequestPolicy, folder: CrawlFolder, progress: CrawlProgress
) -> None:
    """Crawl into a folder; its ledger then has what became of each article.

    Raises `Stopped` after Ctrl-C, when all that was under way has come to an end; `Paused` where
    the archive has refused for long; `IndexUnavailable` where the index gives no captures;
    `WorkerError` where no worker process starts; `TooManyUnreadable` where most pages fit no
    rule; `StorageError` and `OSError` where the disk refuses. All that was done until then is
    kept.
    """
    async with open_session(policy, folder.ledger, progress.record_pause) as (client, stop):
        selector, pending = await _select(plan, folder, client, progress)
        if pending:
            judge = PageJudge(partial(write_stored, out=folder.path), spare_cores())
            async with judge:
                fetcher = Fetcher(client, folder)
                alarm = PageAlarm(folder.path, plan.command)
                crawler = Crawler(
                    *(selector, folder, fetcher, judge, progress, stop, alarm),
                    keep_going=plan.keep_going,
                )
                await crawler.crawl(pending, policy.concurrency + _MAX_JUDGED_AT_ONCE)


async def estimate(
    plan: CrawlPlan, policy: RequestPolicy, folder: CrawlFolder, progress: CrawlProgress
) -> Estimate:
    """Return what `run` would take; the index is read for it where that was not done before."""
    async with open_session(policy, folder.ledger, progress.record_pause) as (client, _):
        _, pending = await _select(plan, folder, client, progress)
    seconds = len(pending) / policy.rate if policy.rate else 0.0
    return Estimate(len(pending), len(pending), seconds)


async def _select(
    plan: CrawlPlan, folder: CrawlFolder, client: WaybackClient, progress: CrawlProgress
) -> tuple[CaptureSelector, list[int]]:
    """Read the captures, and return the articles that are to be done."""
    held = enumeration.read_held_ids(plan.reference, folder.ledger) if plan.reference else set()
    if plan.capture_list is None:
        progress.phase = "reading the index"
        if plan.refresh_index:
            enumeration.refresh_index(folder.ledger)
        await enumeration.read_index(client, folder.ledger, progress)
    else:
        progress.phase = "reading the list"
        progress.passed_over = enumeration.read_list(plan.capture_list, folder.ledger)
    progress.phase = "choosing captures"
    selector = CaptureSelector(plan, folder.ledger, extractor_version())
    progress.wanted = selector.wanted(held)
    if plan.named_ids:
        listed = folder.ledger.article_ids(plan.source)
        progress.without_capture = sorted(plan.named_ids - set(listed) - held)
    return selector, selector.pending(progress.wanted)
