"""A crawl whose rules don't fit the site notices it early, loses nothing, and can go on."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from fake_archive import Archive, FakeMemento, Faults, faults, on_playback, replay
from support.crawling import requests_to
from support.crawls import (
    FAILED,
    NEWEST,
    OLD,
    WRITTEN,
    crawl,
    farewell,
    page,
    unreadable,
)
from support.warcs import address, article_page, articles, files

from normalise import extract
from scraper.batch import judge
from scraper.crawl import crawler, judging, run
from scraper.crawl.folder import open_folder
from scraper.crawl.plan import CrawlPlan
from scraper.crawl.progress import CrawlProgress
from scraper.crawl.report import CrawlReport
from scraper.errors import Paused, StorageError, TooManyUnreadable

TIMESTAMPS = [f"20{year}0101000000" for year in range(17, 22)]


def unknown_template(count: int, timestamps: list[str] = TIMESTAMPS) -> Archive:
    """Articles with several captures, none of which any rule fits."""
    return Archive(
        [unreadable(article, at) for article in range(1, count + 1) for at in timestamps]
    )


def another_extractor(monkeypatch: pytest.MonkeyPatch, version: str) -> None:
    for module in (crawler, judging, run):
        monkeypatch.setattr(module, "extractor_version", lambda: version)


@pytest.mark.usefixtures("worker_processes")
def test_a_crawl_of_an_unknown_template_stops_early(out: Path) -> None:
    with replay(unknown_template(200)) as server:
        with pytest.raises(TooManyUnreadable, match="fit no rule"):
            crawl(out, server)
        requests = requests_to(server)
        assert 20 <= len(requests) <= 120
        assert {request.timestamp for request in requests} == {TIMESTAMPS[-1]}


def test_it_stops_again_however_often_it_is_resumed(out: Path) -> None:
    with replay(unknown_template(30, TIMESTAMPS[:2])) as server:
        for _ in range(4):
            with pytest.raises(TooManyUnreadable):
                crawl(out, server)
        assert len(requests_to(server)) == 30
        plan = CrawlPlan(keep_going=True)
        assert crawl(out, server, plan).statuses == {FAILED: 30}
        assert len(requests_to(server)) == 60


def test_what_another_extractor_could_not_read_is_judged_again_without_a_request(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    captures = [unreadable(1, OLD), unreadable(2), farewell(2, OLD), page(3)]
    with replay(Archive([*captures, unreadable(1)])) as server:
        another_extractor(monkeypatch, "old")
        assert crawl(out, server).statuses == {FAILED: 2, WRITTEN: 1}
        before = len(server.log)
        another_extractor(monkeypatch, "new")
        with monkeypatch.context() as patch:
            patch.setattr(judge, "extract", lambda html, capture: extract(_mended(html), capture))
            assert crawl(out, server, CrawlPlan(limit=2)).statuses == {WRITTEN: 3}
        assert len(server.log) == before
    assert len(articles(out)) == 3


def _mended(html: bytes) -> bytes:
    """A page as a rule that knows the other template would see it."""
    return article_page(1) if "碼頭的燈".encode() in html else html


def test_what_is_judged_again_in_vain_stays_failed_and_is_not_judged_a_third_time(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with replay(Archive([unreadable(1), farewell(2), page(2, OLD)])) as server:
        another_extractor(monkeypatch, "old")
        crawl(out, server)
        another_extractor(monkeypatch, "new")
        before = len(server.log)
        assert crawl(out, server).statuses == {FAILED: 1, WRITTEN: 1}
        progress = CrawlProgress()
        crawl(out, server, progress=progress)
        assert (progress.total, len(server.log)) == (0, before)


def test_good_crawls_end_in_spite_of_articles_without_a_readable_capture(out: Path) -> None:
    bad = [unreadable(article, at) for article in range(3, 73, 3) for at in TIMESTAMPS[:3]]
    good = [page(article) for article in range(1, 73) if article % 3]
    with replay(Archive([*bad, *good])) as server:
        report = crawl(out, server)
        assert len(requests_to(server)) == len(bad) + len(good)
    assert report.statuses == {FAILED: 24, WRITTEN: 48}


def test_a_field_that_no_page_gives_is_told_while_crawling(out: Path) -> None:
    pages = [
        FakeMemento(address(article), NEWEST, article_page(article, category=""))
        for article in range(1, 61)
    ]
    progress = CrawlProgress()
    with replay(Archive(pages)) as server:
        report = crawl(out, server, progress=progress)
    assert progress.alarm == (
        "category is missing on 50 of 50 articles (100 % of the reference archive's have it)"
    )
    assert [share.field for share in report.fields if share.is_alarming] == ["category"]
    assert report.warnings == {"no category found": 60}
    with open_folder(out, "tests/1") as folder:
        assert CrawlReport.of(folder.ledger).fields == report.fields


def test_a_sample_is_the_same_each_time(out: Path) -> None:
    with replay(Archive([page(article) for article in range(1, 101)])) as server:
        for _ in range(2):
            crawl(out, server, CrawlPlan(sample=4))
    assert articles(out) == files(13, 38, 63, 88)


def test_requests_that_get_no_page_are_counted(out: Path) -> None:
    refusals = Faults([on_playback(faults.too_many(), 1, 2, 3, 4, 5)])
    with replay(Archive([page(1)]), refusals) as server:
        with pytest.raises(Paused):
            crawl(out, server)
        with open_folder(out, "tests/1") as folder:
            assert CrawlReport.of(folder.ledger).requests == 5
        assert crawl(out, server).requests == len(requests_to(server)) == 6
    assert articles(out) == files(1)


@pytest.mark.parametrize(
    ("code", "advice"),
    [(errno.ENOSPC, "the disk is full: make room"), (errno.EROFS, "it may not be written")],
)
def test_a_disk_that_refuses_an_article_file_is_told_with_what_to_do(
    out: Path, monkeypatch: pytest.MonkeyPatch, code: int, advice: str
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    with replay(Archive([page(1)])) as server:
        with monkeypatch.context() as patch:
            patch.setattr(os, "fchmod", refuse)
            message = rf"article_1\.md can't be used: {advice}.*start the same command again"
            with pytest.raises(StorageError, match=message):
                crawl(out, server)
        crawl(out, server)
        assert len(requests_to(server)) == 1
    assert articles(out) == files(1)
