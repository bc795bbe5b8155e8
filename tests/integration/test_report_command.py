"""`hkcnews report`: one page, read-only folders, running crawls; and the page in a real browser."""

from __future__ import annotations

import csv
import io
import os
import sys
from contextlib import closing
from pathlib import Path

import pytest
from fake_archive import Archive, replay
from playwright.sync_api import Browser
from support.browser import DESKTOP, PHONE, TABLET, visit
from support.command import hkcnews, on_terminal
from support.crawling import crawl
from support.crawls import mixed_captures
from support.warcs import tree

from scraper.crawl.ledger import Ledger

HOSTILE = "</style><script>document.title='run'</script><img src=//evil.example/x onerror=alert(1)>"


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A crawl of seven articles, one of them lost, two with hostile names."""
    out = tmp_path_factory.mktemp("report") / "out"
    with replay(Archive(mixed_captures())) as server:
        crawl(out, server)
    for article_id in (1, 2):  # what an editor may have made of them
        path = out / "articles" / "1-1000" / f"article_{article_id}.md"
        text = path.read_text(encoding="utf-8")
        title, same = f'title: "{HOSTILE}"', "\n# 同一篇\n\n" + "船長說，霧散了便開。" * 20 + "\n"
        lines = [title if line.startswith("title:") else line for line in text.split("\n")]
        front_matter = "\n".join(lines).split("\n---\n")[0].replace('"渡輪"', f'"{HOSTILE}"')
        path.write_text(f"{front_matter}\n---\n{same}", encoding="utf-8")
    return out


@pytest.fixture(scope="module")
def made(crawled: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    page = tmp_path_factory.mktemp("page") / "page.html"
    assert hkcnews("report", "--out", crawled, "--to", page, "--quiet").exit_code == 0
    return page


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


# --- in a browser ----------------------------------------------------------------------------


@pytest.mark.parametrize("width", [PHONE, TABLET, DESKTOP])
def test_the_page_fits_every_screen_and_asks_nobody(
    browser: Browser, made: Path, width: int
) -> None:
    with visit(browser, made.as_uri(), width=width) as visited:
        page = visited.page
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        assert visited.overflow <= 0
        shown = "narrow" if width == PHONE else "wide"
        assert {
            drawing.get_attribute("class") for drawing in page.locator("figure svg:visible").all()
        } == {shown}
        assert page.locator("svg text:visible").first.text_content()
        assert (visited.errors, visited.foreign) == ([], [])
        assert page.title() != "run"
        assert HOSTILE in page.locator("#aliases").inner_text()


def test_one_language_shows_at_a_time_and_colours_follow_the_reader(
    browser: Browser, made: Path
) -> None:
    with visit(browser, made.as_uri(), scheme="dark") as visited:
        page = visited.page
        english, chinese = page.locator("h1 .en"), page.locator("h1 .zh")
        assert (english.is_visible(), chinese.is_visible()) == (True, False)
        page.get_by_label("English").press("ArrowRight")
        assert (english.is_visible(), chinese.is_visible()) == (False, True)
        assert page.get_by_role("img", name="每月刊登與找回").is_visible()
        dark = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        bars = page.locator("#months svg.wide path").first
        in_the_dark = bars.evaluate("each => getComputedStyle(each).fill")
        page.emulate_media(color_scheme="light")
        assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") != dark
        assert bars.evaluate("each => getComputedStyle(each).fill") != in_the_dark
        page.emulate_media(media="print")
        assert not page.get_by_label("English").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_serious_hinders_a_reader(browser: Browser, made: Path, scheme: str) -> None:
    with visit(browser, made.as_uri(), scheme="dark" if scheme == "dark" else "light") as visited:
        visited.page.evaluate(
            "document.querySelectorAll('details').forEach(each => each.open = true)"
        )
        assert visited.serious_findings() == []
