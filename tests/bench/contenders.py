"""Alternatives to this tool, each written as its documentation suggests.

A contender is a function that returns a reader, which takes the bytes of a page and returns what
it keeps of the article. Libraries are imported inside, so that a process loads only its own.
Readers get the selectors of the site where their library takes selectors, as their users would
write them.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastwarc.warc import ArchiveIterator, WarcRecordType

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared"

# Timestamp, address and body of a capture.
Page = tuple[str, str, bytes]


@dataclass(frozen=True)
class Kept:
    """What a contender keeps of an article; "" and () for what it does not give.

    `date` is the day of publication, `figures` the addresses of the pictures in the body, `text`
    the body as Markdown or plain text.
    """

    title: str = ""
    date: str = ""
    author: str = ""
    tags: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()
    captions: tuple[str, ...] = ()
    text: str = ""


Reader = Callable[[Page], Kept]


# --- pages ------------------------------------------------------------------------------------


def bundled() -> Iterator[Page]:
    """Yield the pages of the fixtures that are articles."""
    for path in sorted((ROOT / "fixtures" / "articles").glob("*/capture.json")):
        saved = json.loads(path.read_bytes())
        yield saved["timestamp"], saved["original"], path.with_name("page.html").read_bytes()


def reconstructed() -> Iterator[Page]:
    """Yield the raw pages beside the checkout, if they are present."""
    path = SHARED / "pages" / "pages.warc.gz"
    if not path.exists():
        return
    with path.open("rb") as file:
        for record in ArchiveIterator(file, record_types=WarcRecordType.response):
            timestamp = record.record_date.strftime("%Y%m%d%H%M%S")
            yield timestamp, record.headers["WARC-Target-URI"], record.reader.read()


PAGES: dict[str, Callable[[], Iterator[Page]]] = {
    "fixtures/": bundled,
    "../shared/pages": reconstructed,
}


# --- readers that find the article by themselves ----------------------------------------------


def trafilatura() -> Reader:
    """trafilatura with everything that it can keep; it treats captions as text."""
    from trafilatura import bare_extraction

    def read(page: Page) -> Kept:
        found: Any = bare_extraction(
            page[2],
            url=page[1],
            with_metadata=True,
            include_images=True,
            include_links=True,
            include_formatting=True,
        )
        if found is None:
            return Kept()
        keywords = ",".join(found.tags or ())
        return Kept(
            title=found.title or "",
            date=found.date or "",
            author=found.author or "",
            tags=_words(keywords),
            figures=tuple(_MARKDOWN_IMAGE.findall(found.text or "")),
            text=found.text or "",
        )

    return read


def newspaper4k() -> Reader:
    """newspaper4k with its Chinese extra, without loading pictures; it has no captions."""
    import jieba
    import newspaper

    jieba.setLogLevel(logging.ERROR)

    def read(page: Page) -> Kept:
        found = newspaper.article(page[1], language="zh", input_html=page[2], fetch_images=False)
        body = [] if found.top_node is None else found.top_node.iter("img")
        return Kept(
            title=found.title,
            date=f"{found.publish_date:%Y-%m-%d}" if found.publish_date else "",
            author="; ".join(found.authors),
            tags=tuple(found.meta_keywords),
            figures=tuple(image.get("src", "") for image in body),
            text=found.text,
        )

    return read


# --- readers that get selectors ---------------------------------------------------------------


def beautifulsoup_markdownify() -> Reader:
    """BeautifulSoup on lxml for the fields, markdownify for the content."""
    from bs4 import BeautifulSoup
    from markdownify import MarkdownConverter

    converter = MarkdownConverter(heading_style="ATX")

    def read(page: Page) -> Kept:
        soup: Any = BeautifulSoup(page[2], "lxml")
        title, info = soup.find("h1"), soup.find(class_="article-info")
        keywords = soup.find("meta", attrs={"name": "keywords"})
        content = soup.find(class_="article-content") or soup
        images, captions = content.find_all("img"), content.find_all("figcaption")
        return Kept(
            title=title.get_text(strip=True) if title else "",
            date=_day(info.get_text() if info else ""),
            author=_author(info.get_text() if info else ""),
            tags=_words(keywords.get("content", "") if keywords else ""),
            figures=tuple(image.get("src", "") for image in images),
            captions=tuple(caption.get_text(strip=True) for caption in captions),
            text=converter.convert_soup(content),
        )

    return read


def selectolax_html_to_markdown() -> Reader:
    """selectolax for the fields, html-to-markdown for the content."""
    from html_to_markdown import convert
    from selectolax.lexbor import LexborHTMLParser

    def read(page: Page) -> Kept:
        tree = LexborHTMLParser(page[2])
        title, info = tree.css_first("h1"), tree.css_first(".article-info")
        keywords = tree.css_first('meta[name="keywords"]')
        content = tree.css_first(".article-content") or tree.body
        if content is None:
            return Kept()
        images, captions = content.css("img"), content.css("figcaption")
        return Kept(
            title=title.text(strip=True) if title else "",
            date=_day(info.text() if info else ""),
            author=_author(info.text() if info else ""),
            tags=_words((keywords.attributes.get("content") if keywords else "") or ""),
            figures=tuple(image.attributes.get("src") or "" for image in images),
            captions=tuple(caption.text(strip=True) for caption in captions),
            text=convert(content.html or "").content or "",
        )

    return read


_MARKDOWN_IMAGE = re.compile(r"!\[[^\]\n]*\]\(([^)\n]*)\)")
_DATE = re.compile(r"(\d\d)\.(\d\d)\.(\d\d)")
_AUTHOR = re.compile(r"(?:撰文|Author):([^|]+)")


def _day(info: str) -> str:
    match = _DATE.search(info)
    return f"20{match[3]}-{match[2]}-{match[1]}" if match else ""


def _author(info: str) -> str:
    match = _AUTHOR.search(info)
    return match[1].strip() if match else ""


def _words(keywords: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in keywords.split(",") if word.strip())


# --- all of them ------------------------------------------------------------------------------

CONTENDERS: dict[str, Callable[[], Reader]] = {
    "trafilatura": trafilatura,
    "newspaper4k": newspaper4k,
    "BeautifulSoup + markdownify": beautifulsoup_markdownify,
    "selectolax + html-to-markdown": selectolax_html_to_markdown,
}

# The packages whose versions are printed.
PACKAGES = (
    "trafilatura",
    "newspaper4k",
    "jieba",
    "beautifulsoup4",
    "lxml",
    "markdownify",
    "selectolax",
    "html-to-markdown",
)
