"""What people are told of the pages and articles whose pictures were not looked for."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from scraper.batch.outcome import BatchOutcome
from scraper.cli.reports.images import show_not_written, show_unsearched
from scraper.models import ArticleStatus


@pytest.fixture
def console() -> Console:
    return Console(file=io.StringIO(), width=200)


def text_of(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_pages_that_can_not_be_read_are_named_and_counted(console: Console) -> None:
    pages = [
        BatchOutcome(ArticleStatus.FAILED, f"record {number}", message=f"damaged: {number}")
        for number in range(30)
    ]
    show_unsearched(console, pages)
    text = text_of(console)
    assert "failed: damaged: 0" in text
    assert "pages more" in text
    assert "hkcnews normalise DIR" in text


def test_nothing_is_said_where_all_was_read(console: Console) -> None:
    show_unsearched(console, [])
    show_not_written(console, [])
    assert text_of(console) == ""


def test_articles_that_are_not_written_are_named(console: Console) -> None:
    show_not_written(console, list(range(1, 40)))
    assert "no article is written of 1, 2, 3" in text_of(console)
    assert " more" in text_of(console)
