"""The clean edition read back by a Markdown parser gives what the page shows, all of it, once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.clean_events import difference
from support.pages import CAPTURE, page
from support.soup import content, soup

from normalise import Article, Capture, NotAnArticle, extract
from normalise.editions.clean.edition import clean_body

FIXTURES = Path(__file__).parents[4] / "fixtures" / "articles"
COUNT = 150


def assert_same(article: Article) -> None:
    assert difference(article, clean_body(article)) == ""


def test_every_fixture_comes_back() -> None:
    articles = {folder.name: _article_of(folder) for folder in sorted(FIXTURES.iterdir())}
    found = {name: difference(each, clean_body(each)) for name, each in articles.items()}
    assert {name: text for name, text in found.items() if text} == {}


def _article_of(folder: Path) -> Article:
    saved = json.loads((folder / "capture.json").read_bytes())
    capture = Capture(saved["timestamp"], saved["original"])
    return extract((folder / "page.html").read_bytes(), capture)


def generated(make: Callable[[int], str]) -> Iterator[tuple[str, Article]]:
    for seed in range(COUNT):
        html = make(seed)
        try:
            yield html, extract(page(html).encode(), CAPTURE)
        except NotAnArticle:
            continue


@pytest.mark.parametrize("make", [content, soup])
def test_generated_content_comes_back(make: Callable[[int], str]) -> None:
    differing = [
        html for html, article in generated(make) if difference(article, clean_body(article))
    ]
    assert min(differing, key=len, default=None) is None
