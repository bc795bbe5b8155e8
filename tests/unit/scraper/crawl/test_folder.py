"""A redirect is known again from the store, whatever its address looks like."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.crawls import NEW

from normalise import Capture
from scraper.models import Memento
from scraper.warc.writer import WarcStore
from scraper.wayback.playback import resolve_redirect

FOREIGN = {
    "title": ("https://www.hkcnews.com/article/51/中", "/article/51/%E4%B8%AD"),
    "port": ("https://www.hkcnews.com:443/article/51/中", ":443/article/51/%E4%B8%AD"),
    "query": ("https://www.hkcnews.com/article/51/中?a=b:c&d=%E6#e", "%AD?a=b:c&d=%E6#e"),
    "astral": ("https://www.hkcnews.com/article/51/𠮷", "/51/%F0%A0%AE%B7"),
    "ASCII": ("https://www.hkcnews.com/article/51/a b:c%E6", "/article/51/a b:c%E6"),
}


@pytest.mark.parametrize(("location", "end"), FOREIGN.values(), ids=FOREIGN)
def test_a_location_that_is_not_ascii_comes_out_of_the_store_again(
    tmp_path: Path, location: str, end: str
) -> None:
    moved = Capture(NEW, "https://www.hkcnews.com/article/51/x")
    headers = (("content-type", "text/html"), ("x-title", "渡輪: 停航"), ("location", location))
    store = WarcStore(tmp_path)
    place = store.append(Memento(moved, moved, 302, "Found", headers, b"moved", location))
    store.close()
    (stored,) = WarcStore(tmp_path).repair({})
    assert (stored.served, stored.location) == (moved, place)
    assert stored.redirect.startswith("https://www.hkcnews.com")
    assert stored.redirect.endswith(end)
    # It leads to the same capture, whether the run was killed in between or not.
    there = resolve_redirect(moved, stored.redirect, "127.0.0.1")
    assert there == resolve_redirect(moved, location, "127.0.0.1")
    assert there.article_id == 51
