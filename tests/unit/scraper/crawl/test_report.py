"""The report counts each article once."""

from __future__ import annotations

from pathlib import Path

from support.crawls import NEW, WRITTEN
from support.warcs import address

from normalise import Capture
from scraper.crawl.ledger import Ledger
from scraper.crawl.outcomes import ArticleOutcome, CaptureSource
from scraper.crawl.report import CrawlReport
from scraper.models import CdxRecord


def test_a_report_counts_no_article_twice_or_less_than_none(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    ledger.add_records(CaptureSource.LIST, [CdxRecord(Capture(NEW, address(1)))], {})
    ledger.add_records(
        CaptureSource.INDEX,
        [CdxRecord(Capture(NEW, address(1))), CdxRecord(Capture(NEW, address(2)))],
        {},
    )
    for article in (1, 2, 3):
        ledger.record_outcome(ArticleOutcome(article, WRITTEN))
    ledger.add_records(CaptureSource.INDEX, [CdxRecord(Capture(NEW, address(4)))], {})
    report = CrawlReport.of(ledger)
    ledger.close()
    assert (report.articles, report.open, report.statuses) == (4, 1, {WRITTEN: 3})
