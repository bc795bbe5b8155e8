"""The clean edition read back by a Markdown parser gives what the page shows, all of it, once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.clean_events import difference
from support.pages import CAPTURE, page
from support.shared_files import need
from support.soup import content, soup
from support.sources import locations

from normalise import Article, Capture, NotAnArticle, extract
from normalise.editions.clean.edition import clean_body
from scraper.warc.payload import read_payload

FIXTURES = Path(__file__).parents[4] / "fixtures" / "articles"
COUNT = 400


def assert_same(article: Article) -> None:
    assert difference(article, clean_body(article)) == ""


@pytest.mark.parametrize("folder", sorted(FIXTURES.iterdir()), ids=lambda folder: folder.name)
def test_a_fixture_comes_back(folder: Path) -> None:
    saved = json.loads((folder / "capture.json").read_bytes())
    capture = Capture(saved["timestamp"], saved["original"])
    assert_same(extract((folder / "page.html").read_bytes(), capture))


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


def test_all_pages_of_the_reference_come_back(tmp_path: Path) -> None:
    path = need("pages", "pages.warc.gz")
    differing = []
    for location in locations(path, spool=tmp_path):
        article = extract(read_payload(location).body, location.capture)
        if difference(article, clean_body(article)):
            differing.append(article.id)
    assert differing == []


def test_all_real_bodies_come_back() -> None:
    bodies = sorted(need("real").glob("*.html"))
    assert bodies
    for path in bodies:
        assert_same(extract(page(path.read_text(encoding="utf-8")).encode(), CAPTURE))
