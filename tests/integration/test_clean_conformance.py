"""The clean edition of all pages at hand, read back by a Markdown parser."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.clean_events import difference
from support.pages import CAPTURE, page
from support.shared_files import need
from support.sources import locations

from normalise import extract
from normalise.editions.clean.edition import clean_body
from scraper.warc.payload import read_payload

pytestmark = pytest.mark.unmeasured  # thousands of pages, no branch of which is tested here only


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
        article = extract(page(path.read_text(encoding="utf-8")).encode(), CAPTURE)
        assert difference(article, clean_body(article)) == ""
