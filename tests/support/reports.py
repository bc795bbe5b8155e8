"""The folder of a crawl whose articles have hostile names, and the page of it."""

from __future__ import annotations

from pathlib import Path

from fake_archive import Archive, replay
from support.command import hkcnews
from support.crawling import crawl
from support.crawls import mixed_captures

HOSTILE = "</style><script>document.title='run'</script><img src=//evil.example/x onerror=alert(1)>"


def crawl_with_hostile_names(out: Path) -> None:
    """Crawl seven articles, of which one is lost; two have the same text and a hostile title."""
    with replay(Archive(mixed_captures())) as server:
        crawl(out, server)
    for article_id in (1, 2):
        path = out / "articles" / "1-1000" / f"article_{article_id}.md"
        front_matter = path.read_text(encoding="utf-8").split("\n---\n")[0]
        lines = front_matter.replace('"渡輪"', f'"{HOSTILE}"').split("\n")
        title = f'title: "{HOSTILE}"'
        lines = [title if line.startswith("title:") else line for line in lines]
        text = "# 同一篇\n\n" + "船長說，霧散了便開。" * 20
        path.write_text("\n".join([*lines, "---", "", text, ""]), encoding="utf-8")


def page_of(crawled: Path, folder: Path) -> Path:
    """Return the page of a crawl, made in another folder."""
    page = folder / "page.html"
    assert hkcnews("report", "--out", crawled, "--to", page, "--quiet").exit_code == 0
    return page
