"""The text of an article as HTML that can do no harm: nothing of it runs, nothing is loaded.

The Markdown of the database is shown by markdown-it-py, and what comes out is cleaned by nh3: an
article may say anything.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from functools import cache

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup, escape

from normalise.playback_address import ARCHIVE

_TAGS = {
    *("a", "b", "blockquote", "br", "em", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5"),
    *("h6", "hr", "i", "img", "li", "ol", "p", "strong", "sub", "sup", "table", "tbody", "td"),
    *("th", "thead", "tr", "ul", "code", "pre"),
}
_ATTRIBUTES = {
    "a": {"href"},
    "img": {"src", "alt"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
_SCHEMES = {"http", "https", "mailto", "tel"}
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_OF_ARTICLE = re.compile(r"(?:\.\./[0-9-]+/)?article_([0-9]+)\.md")
_LOCAL = re.compile(r"images/[0-9-]+/[0-9a-z-]+\.[a-z0-9]+")  # scraper/images/files.py
# From 0.3.7 on nh3 writes no `<`, `>` or `"` within a value, so that a tag ends where this ends.
_IMAGE = re.compile(r'<img((?: [a-z]+="[^"<>]*")*)>')
_ATTRIBUTE = re.compile(r' ([a-z]+)="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Body:
    """The text of an article as HTML, and how many pictures at the archive are not shown."""

    html: Markup
    hidden_pictures: int


def body_of(markdown: str, hidden: str, *, shows_pictures: bool) -> Body:
    """Return the Markdown of an article as HTML.

    Pictures that are beside the database are shown, those of the archive only if `shows_pictures`;
    in the place of others stands the text `hidden`.
    """
    cleaned = nh3.clean(
        _markdown().render(markdown),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer",
        attribute_filter=_address,
    )
    count = 0

    def picture(found: re.Match[str]) -> str:
        nonlocal count
        values = {name: html.unescape(value) for name, value in _ATTRIBUTE.findall(found[1])}
        source, alt = values.get("src", ""), values.get("alt", "")
        if source and (shows_pictures or not is_at_archive(source)):
            return picture_tag(source, alt or hidden)
        count += bool(source)
        return f'<span class="picture">{escape(hidden)}{": " if alt else ""}{escape(alt)}</span>'

    return Body(Markup(_IMAGE.sub(picture, cleaned)), count)  # noqa: S704 - nh3 has cleaned it


def picture_tag(source: str, alt: str) -> Markup:
    """Return the tag of a picture that is loaded when it comes into sight."""
    tag = Markup('<img src="{}" alt="{}" loading="lazy" referrerpolicy="no-referrer">')
    return tag.format(source, alt)


def shown_source(address: str) -> str:
    """Return the address of a picture in the reading room, "" for one that is never loaded."""
    if is_at_archive(address):
        return address
    return f"/{address}" if _LOCAL.fullmatch(address) else ""


def is_at_archive(address: str) -> bool:
    """Return whether an address is one of the archive's playback."""
    return address.startswith(f"{ARCHIVE}/")


def _address(_: str, attribute: str, value: str) -> str | None:
    """An address of an article as the reading room has it; `None` drops what leads nowhere."""
    if attribute == "src":
        return shown_source(value) or None
    if attribute != "href" or _SCHEME.match(value):
        return value
    found = _OF_ARTICLE.fullmatch(value)
    return f"/article/{found[1]}" if found else None


@cache
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark").enable("table")
