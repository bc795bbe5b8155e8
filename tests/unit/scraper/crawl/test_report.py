"""The report counts each article once, and tells what many have in common."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from pathlib import Path

from support.crawls import FAILED, NEW, WRITTEN
from support.warcs import address

from normalise import Capture, Completeness
from scraper.crawl.ledger import Ledger
from scraper.crawl.outcomes import ArticleOutcome, CaptureSource
from scraper.crawl.report import CrawlReport, FailureGroup, FieldShare
from scraper.models import CdxRecord, PageReading


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


def _written(article: int, left_out: int, *warnings: str) -> ArticleOutcome:
    reading = PageReading("眾聞", {"title": "headline"}, Completeness(1000, left_out))
    return ArticleOutcome(article, WRITTEN, warnings=warnings, reading=reading)


def test_what_many_articles_have_in_common_is_told_once(tmp_path: Path) -> None:
    with closing(Ledger(tmp_path)) as ledger:
        for article in range(1, 8):
            message = f"no rule finds the title of this page: https://a.org/{article}; look at it"
            ledger.record_outcome(ArticleOutcome(article, FAILED, "unreadable", message))
        ledger.record_outcome(ArticleOutcome(8, FAILED, "no-answer", "no answer, 5 times"))
        ledger.record_outcome(_written(11, 0, "no such day: 31.02.18", "no such day: 30.02.18"))
        ledger.record_outcome(_written(12, 300, "no such day: 29.02.18", "odd"))
        report, part = CrawlReport.of(ledger), CrawlReport.of(ledger, {8, 11})
    assert report.failure_groups == (
        FailureGroup("unreadable", "no rule finds the title of this page", 7, (1, 2, 3, 4, 5)),
        FailureGroup("no-answer", "no answer, N times", 1, (8,)),
    )
    assert report.warnings == {"no such day: N": 2, "odd": 1}
    assert report.incomplete == (12,)
    assert report.written == {11, 12}
    assert report.fields[0] == FieldShare("title", 2, 2, Counter({"headline": 2}))
    assert report.as_json()["fields"][0]["rules"] == {"headline": 2}
    assert (part.articles, part.statuses, part.incomplete) == (2, {FAILED: 1, WRITTEN: 1}, ())
    assert part.fields[0].articles == 1


def test_a_page_with_very_many_warnings_does_not_fill_the_ledger(tmp_path: Path) -> None:
    with closing(Ledger(tmp_path)) as ledger:
        ledger.record_outcome(_written(1, 0, *["x" * 1000] * 500))
        ((_, warnings),) = ledger.warnings()
    assert len("".join(warnings)) < 3000
    assert warnings[-1] == "and 480 more warnings"
