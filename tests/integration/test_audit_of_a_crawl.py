"""The audit of a crawl's folder: the ledger knows what no file shows."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

from fake_archive import Archive, FakeMemento, replay
from support.command import hkcnews
from support.warcs import TIMESTAMP, address, article_page

from scraper.crawl.ledger import Ledger

LOST = f"<p>{'霧' * 100}</p><noscript>{'燈' * 40}</noscript>"


def test_an_article_whose_file_lacks_much_of_its_text_is_named(tmp_path: Path) -> None:
    out, found = tmp_path / "out", tmp_path / "found.json"
    mementos = [
        FakeMemento(address(1), TIMESTAMP, article_page(1, body=LOST)),
        FakeMemento(address(2), TIMESTAMP, article_page(2)),
    ]
    with replay(Archive(mementos)) as server:
        pace = ("--archive", server.origin, "--rate", "0", "--cooldown", "0.001")
        assert hkcnews("crawl", "--out", out, *pace).exit_code == 0
    with closing(Ledger.open_existing(out)) as ledger:
        assert list(ledger.incomplete_ids()) == [1]
    assert hkcnews("audit", out, "--json", found).exit_code == 0
    assert json.loads(found.read_text(encoding="utf-8"))["text_left_out"] == [1]
