"""The pages that the table of the probe asks for, from ../shared."""

from __future__ import annotations

import html
import importlib
import re
import sys
from pathlib import Path
from types import ModuleType

from support.pages import page
from support.shared_files import SHARED
from support.warcs import article_page, farewell_page

from normalise import Capture
from normalise.files import article_path
from scraper.corpus.document import ArticleDocument, Part
from scraper.models import CaptureLocation
from scraper.probe.table import ARTICLE, ProbeCapture
from scraper.warc.inputs import find_captures
from scraper.warc.payload import read_payload

# The archive's part of an address; of a path on the page also the host.
_PREFIX = re.compile(
    r"https://web\.archive\.org/web/\d{14}(?:[a-z]{2}_)?/"
    r'|(?<=")/web/\d{14}(?:[a-z]{2}_)?/(?:https?://(?:www\.)?hkcnews\.com(?=/))?'
)


def probe_pages(table: tuple[ProbeCapture, ...], spool: Path) -> dict[Capture, bytes]:
    """Return the page of each capture of the table.

    Most are those of ../shared/pages. A page is made for the others: of the reference file for
    those with digests, a farewell page or any article where only the kind is known.
    """
    asked = {each.capture: each for each in table}
    pages: dict[Capture, bytes] = {}
    for location in find_captures([SHARED / "pages" / "pages.warc.gz"], spool):
        if isinstance(location, CaptureLocation) and location.capture in asked:
            pages[location.capture] = read_payload(location).body
    for capture in asked.keys() - pages.keys():
        pages[capture] = _made_page(asked[capture])
    return pages


def _made_page(asked: ProbeCapture) -> bytes:
    if asked.kind != ARTICLE:
        return farewell_page()
    if not asked.fingerprint.digests:
        return article_page(asked.article_id)
    text = (SHARED / "reference" / article_path(asked.article_id)).read_bytes().decode()
    document = ArticleDocument.parse(text)
    title = document.quoted(Part.TITLE)
    blocks = _oracle().parse(f"\n{document.text}{document.bio}\n", title)
    content, box = _oracle().page(blocks)
    tail = ""
    if box:
        label, avatar, _, bio = (html.escape(_PREFIX.sub("", part)) for part in box)
        tail = f'<div><img src="{avatar}"><p>{label}</p><p>{bio}</p></div>'
    tags = re.findall(r'^  - "(.*)"$', document.piece(Part.TAGS), re.MULTILINE)
    return page(
        _PREFIX.sub("", content),
        title=html.escape(title),
        info=html.escape(_info_line(document)),
        category=document.quoted(Part.CATEGORY),
        keywords=html.escape(", ".join(("眾新聞", "hkcnews", *tags))),
        tail=tail,
    ).encode()


def _info_line(document: ArticleDocument) -> str:
    year, month, day = document.quoted(Part.DATE).split("-")
    line = f"撰文: {document.quoted(Part.AUTHOR)} | 發佈日期: {day}.{month}.{year[2:]}"
    return " | ".join(filter(None, (line, document.quoted(Part.LAST_UPDATED))))


def _oracle() -> ModuleType:
    folder = str(SHARED / "oracle")
    if folder not in sys.path:
        sys.path.append(folder)
    return importlib.import_module("roundtrip")
