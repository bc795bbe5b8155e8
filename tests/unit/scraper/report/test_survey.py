"""Ledger and article files together: months, what is missing, aliases."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import pytest
from support.warcs import address

from normalise import Capture
from scraper.crawl.ledger import Ledger
from scraper.crawl.outcomes import ArticleOutcome, Attempt, CaptureSource
from scraper.errors import UsageError
from scraper.models import ArticleStatus, AttemptResult, CdxRecord, PageReading
from scraper.report import ledger_facts
from scraper.report.articles import ArticleFacts
from scraper.report.ledger_facts import NOT_TRIED, LedgerFacts, read_ledger
from scraper.report.missing import as_csv, look_at
from scraper.report.months import month_of, name_of
from scraper.report.survey import Survey, survey

OLD, NEW = "20190101000000", "20230115101010"
JUNE = dt.date(2021, 6, 28)


def _record(article_id: int, timestamp: str = OLD, tail: str = "") -> CdxRecord:
    return CdxRecord(Capture(timestamp, address(article_id) + tail))


def _crawl(folder: Path) -> LedgerFacts:
    """Articles 1, 2 and 9 are written, 3 and 4 are lost, 5 has failed, 6 is open."""
    ledger = Ledger(folder)
    records = [
        _record(number, timestamp) for number in (1, 2, 3, 4, 5, 6, 9) for timestamp in (OLD, NEW)
    ]
    ledger.add_records(CaptureSource.INDEX, [*records, _record(3, NEW, "%E7%94%B2")], {})
    ledger.add_records(CaptureSource.LIST, [_record(1), _record(3, "20180101000000")], {})
    rules = {"title": "headline"}
    for number in (1, 2, 9):
        capture = Capture(OLD, address(number))
        ledger.record_outcome(
            ArticleOutcome(
                number, ArticleStatus.WRITTEN, capture=capture, reading=PageReading("眾聞", rules)
            ),
            Attempt(capture, AttemptResult.ARTICLE, served=capture),
        )
    ledger.record_attempt(Attempt(Capture("20170101000000", address(1)), AttemptResult.NO_ANSWER))
    for number in (3, 4):
        ledger.record_outcome(ArticleOutcome(number, ArticleStatus.NO_CAPTURE, "farewell", "gone"))
    ledger.record_outcome(ArticleOutcome(5, ArticleStatus.FAILED, "unreadable", "no rule"))
    ledger.close()
    return read_ledger(folder)


FACTS = [
    ArticleFacts(1, JUNE, "甲", "葉知秋", "眾聞", ("渡輪", "離島"), 2, 0, b"same"),
    ArticleFacts(2, dt.date(2021, 8, 1), "乙", "", "眾聞", ("渡輪",), 0, 1, b"same"),
    ArticleFacts(9, fault="it can't be opened"),
]


@pytest.fixture
def found(tmp_path: Path) -> Survey:
    return survey(_crawl(tmp_path), FACTS)


def test_every_known_article_has_a_month_and_a_status(found: Survey) -> None:
    assert (found.known, found.unlisted, found.undated, found.estimated) == (7, 2, 0, 5)
    rows = {name_of(row.month): dict(row.statuses) for row in found.months}
    assert rows["2021-07"] == {}  # a month without an article is a row as well
    assert sum(row.published for row in found.months) == 7
    assert found.statuses == {"written": 3, "no usable capture": 2, "failed": 1, "open": 1}
    june = found.months[0]
    assert (june.month, june.figures, found.months[-1].videos) == (month_of(JUNE), 2, 1)
    assert found.faults == ((9, "it can't be opened"),)


def test_captures_are_counted_once_and_by_what_came_of_them(found: Survey) -> None:
    assert found.captures == {
        (2017, "no-answer"): 1,  # one that no list has
        (2018, NOT_TRIED): 1,
        (2019, "article"): 3,
        (2019, NOT_TRIED): 4,
        (2023, NOT_TRIED): 8,
    }


def test_missing_articles_stand_under_their_reason_with_a_link(found: Survey) -> None:
    groups = [(group.status, group.reason, group.articles) for group in found.missing]
    assert groups == [
        ("no usable capture", "farewell", 2),
        ("failed", "unreadable", 1),
        ("open", "", 1),
    ]
    (first, month), _ = found.missing[0].rows
    assert (first.article_id, month) == (3, month_of(JUNE))
    assert look_at(first) == f"https://web.archive.org/web/*/{address(3)}"  # with most captures
    assert first.captures == 4
    assert not found.is_cut


def test_what_is_shown_has_a_bound_and_the_list_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger_facts, "MAX_SHOWN", 1)
    monkeypatch.setattr("scraper.report.survey.MAX_SHOWN", 1)
    cut = survey(_crawl(tmp_path), FACTS)
    assert [len(group.rows) for group in cut.missing] == [1, 1, 1]
    assert cut.is_cut
    ledger = read_ledger(tmp_path, all_addresses=True)
    rows = list(csv.DictReader(as_csv(ledger.missing.values(), cut.article_months).splitlines()))
    assert [row["article_id"] for row in rows] == ["3", "4", "5", "6"]
    assert rows[1]["look"].endswith(address(4))
    assert (rows[3]["status"], rows[3]["month_estimate"], rows[3]["captures"]) == (
        "open",
        "2021-06",
        "2",
    )


def test_an_address_of_absurd_length_is_led_to_by_its_id() -> None:
    long = ledger_facts.Missing(7, "failed", "", "", ((address(7) + "a" * 9_000, 1),))
    assert look_at(long) == "https://web.archive.org/web/*/www.hkcnews.com/article/7/*"


def test_topics_come_by_month_and_aliases_by_text_and_address(found: Survey) -> None:
    categories, authors, tags = found.topics
    assert [(topic.name, topic.articles) for topic in tags.shown] == [("渡輪", 2), ("離島", 1)]
    assert tags.shown[0].peak == (month_of(JUNE), 1)
    assert tags.shown[0].in_year(2021) == 2
    assert (categories.names, authors.without) == (1, 1)
    aliases = found.aliases
    assert (aliases.texts, aliases.aliases, aliases.same_texts[0].article_ids) == (1, 1, (1, 2))
    assert aliases.same_texts[0].title == "乙"
    assert aliases.histogram == [("1", 6), ("2", 1)]
    assert [each.article_id for each in aliases.examples] == [3]


def test_nothing_known_is_no_error(tmp_path: Path) -> None:
    Ledger(tmp_path).close()
    empty = survey(read_ledger(tmp_path), [])
    assert (empty.known, empty.months, empty.missing, empty.unlisted) == (0, (), (), 0)
    with pytest.raises(UsageError, match="holds no crawl"):
        read_ledger(tmp_path / "elsewhere")
