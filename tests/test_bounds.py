"""Hostile pages: each bound has a clear error, and none takes long."""

from __future__ import annotations

import pytest
from pages import CAPTURE
from warcs import article_page

from normalise import Unreadable, extract
from normalise.extraction import MOST_TAGS


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("<div>" * 100_000, id="nesting of 100,000 elements"),
        pytest.param("<p>x</p>" * 1_000_000, id="a million blocks"),
        pytest.param("<b>" * MOST_TAGS, id="one tag too many"),
    ],
)
def test_a_page_of_more_tags_than_any_is_refused_unread(body: str) -> None:
    with pytest.raises(Unreadable, match=f"more than {MOST_TAGS} tags"):
        extract(article_page(7, body=body), CAPTURE)


def test_a_page_of_many_blocks_is_read_whole() -> None:
    article = extract(article_page(7, body="<p>燈</p>" * 10_000), CAPTURE)
    assert len(article.body) == 10_000
