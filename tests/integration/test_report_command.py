"""`hkcnews report`: one page, read-only folders, running crawls."""

from __future__ import annotations

import csv
import io
import os
import sys
from contextlib import closing
from pathlib import Path

import pytest
from support.command import hkcnews, on_terminal
from support.reports import crawl_with_hostile_names
from support.warcs import tree

from scraper.crawl.ledger import Ledger


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("report") / "out"
    crawl_with_hostile_names(out)
    return out


def test_the_page_is_written_into_the_folder_and_the_rest_stays(crawled: Path) -> None:
    before = tree(crawled)
    done = hkcnews("report", "--out", crawled)
    assert (done.exit_code, done.stdout) == (0, "")
    assert f"look: {crawled / 'report.html'}" in done.stderr.replace("\n", "")
    after = tree(crawled)
    page = after.pop("report.html").decode()
    assert after == before
    assert "眾新聞找回了多少" in page
    assert "85.7 %" in page


def test_everything_missing_is_listed_as_csv(crawled: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    done = hkcnews("report", "--out", crawled, "--to", page, "--missing", "-", "--quiet")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [row["article_id"] for row in rows] == ["5"]
    assert rows[0]["look"].startswith("https://web.archive.org/web/*/https://www.hkcnews.com/")
    both = hkcnews("report", "--out", crawled, "--to", "-", "--missing", "-")
    assert both.exit_code == 2
    alone = hkcnews("report", "--out", crawled, "--to", "-")
    assert alone.stdout.startswith("<!doctype html>")


def test_a_report_is_made_while_a_crawl_writes(crawled: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    with closing(Ledger(crawled)) as ledger, ledger._db.transaction():
        ledger.set_note("pause of a crawl", "under way")
        assert hkcnews("report", "--out", crawled, "--to", page, "--quiet").exit_code == 0
    assert page.is_file()


def test_an_article_file_that_is_gone_is_named_and_told_by_the_exit_code(
    crawled: Path, tmp_path: Path
) -> None:
    page, path = tmp_path / "page.html", crawled / "articles" / "1-1000" / "article_3.md"
    content = path.read_bytes()
    path.unlink()
    try:
        done = hkcnews("report", "--out", crawled, "--to", page)
    finally:
        path.write_bytes(content)
    assert done.exit_code == 1
    assert "1 article file could not be read" in done.stderr
    assert "3 (it can&#39;t be opened: No such file or directory)" in page.read_text("utf-8")


def test_wrong_usage_is_told_before_any_work(
    crawled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def said(*args: object) -> str:
        done = hkcnews("report", *args)
        assert done.exit_code == 2
        return " ".join(done.stderr.split())

    assert "holds no crawl" in said("--out", tmp_path)
    assert "name a file" in said("--out", crawled, "--to", tmp_path)
    assert "does not exist" in said("--out", crawled, "--to", tmp_path / "no" / "page.html")
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert "name another file with --to" in said("--out", crawled)
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    assert "pip install 'hkcnews-archive[report]'" in said("--out", crawled, "--to", "-")


def test_a_terminal_sees_the_place_of_the_page(crawled: Path, tmp_path: Path) -> None:
    with on_terminal("report", "--out", crawled, "--to", tmp_path / "page.html") as terminal:
        assert f"look: {tmp_path}" in terminal.read_to_end()
