"""What decides the status of an article of which no capture is usable."""

from __future__ import annotations

import pytest

from scraper.batch.outcome import decide_without_article
from scraper.models import ArticleStatus, AttemptResult

ARTICLE, UNREADABLE, CRASHED, NO_ANSWER, NOT_ARTICLE, UNPLAYABLE = (
    AttemptResult.ARTICLE,
    AttemptResult.UNREADABLE,
    AttemptResult.CRASHED,
    AttemptResult.NO_ANSWER,
    AttemptResult.NOT_ARTICLE,
    AttemptResult.UNPLAYABLE,
)
FAILED, NO_CAPTURE = ArticleStatus.FAILED, ArticleStatus.NO_CAPTURE


@pytest.mark.parametrize(
    ("results", "status", "index"),
    [
        ([NOT_ARTICLE, UNPLAYABLE, UNREADABLE], FAILED, 2),
        ([UNPLAYABLE, CRASHED, UNREADABLE], FAILED, 1),
        ([NOT_ARTICLE, NO_ANSWER], FAILED, 1),
        ([UNPLAYABLE, NOT_ARTICLE, NOT_ARTICLE], NO_CAPTURE, 1),
        ([UNPLAYABLE, UNPLAYABLE], NO_CAPTURE, 0),
    ],
)
def test_a_capture_that_may_have_been_an_article_decides_then_one_that_is_something_else(
    results: list[AttemptResult], status: ArticleStatus, index: int
) -> None:
    assert decide_without_article(results) == (status, index)


@pytest.mark.parametrize("results", [[], [ARTICLE]])
def test_without_a_refused_capture_there_is_nothing_to_decide(
    results: list[AttemptResult],
) -> None:
    with pytest.raises(ValueError, match="no capture decides"):
        decide_without_article(results)
