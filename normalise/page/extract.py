"""A page's bytes to an `Article`: an ordered list of rules for each field, the known way first.

Only the title, the info line and the content are required, and nothing that is merely assumed of
the pages (docs/site.md 1). The article's provenance names the rule that found each field.
"""

from __future__ import annotations

import datetime as dt
import re
from itertools import islice
from typing import TypeVar

from selectolax.lexbor import LexborHTMLParser, LexborNode

from normalise.capture import Capture
from normalise.errors import NotAnArticle, PageKind, Unreadable
from normalise.models import Article, AuthorBox, Provenance
from normalise.page.addresses import AddressReader, is_view_form, timestamp_shown
from normalise.page.author_box import find_author_box
from normalise.page.body import BodyReader
from normalise.page.classification import find_category, find_tags
from normalise.page.diagnosis import clues
from normalise.page.dom import OutOfBounds, parse
from normalise.page.encoding import REPLACEMENT, decode
from normalise.page.found import Found
from normalise.page.info_line import find_author, find_date, find_moment, info_text
from normalise.page.kinds import kind_by_address, kind_by_bytes, kind_by_structure
from normalise.page.parts import Content, find_content, find_info_line, texts_between
from normalise.page.promo import find_promo_outside, split_at_promo
from normalise.page.title import find_title
from normalise.tree import Flow

# The largest page of 1,619 reference articles has 1,700 tags. The parser takes one second for
# 30,000 tags in one another, and eleven for 100,000: the time grows with the square.
MAX_TAGS = 30_000
# The time for many attributes of one tag grows with the square too: three seconds for 50,000.
# Whatever may begin an attribute is counted, of pages that are large enough to have as many.
MAX_WORDS = 50_000
_WORD = re.compile(rb"[\s/](?=[^\s/])")
_TOOLBAR = "body #wm-ipp-base, body #wm-ipp-print, body #donato"

_T = TypeVar("_T")


def extract(html: bytes, capture: Capture) -> Article:
    """Return the article that a page shows; the raw and the view form give equal articles.

    `html` is the body of the capture as the archive gives it, without content encoding.
    Raises `NotAnArticle` for the known pages that are none, and `Unreadable`, naming the missing
    part, for a page that fits no rule.
    """
    kind = kind_by_address(capture) or kind_by_bytes(html)
    if kind is not None:
        raise NotAnArticle(kind, capture.url)
    if html.count(b"<") > MAX_TAGS:
        raise Unreadable(f"end of the page (more than {MAX_TAGS} tags)", capture.url)
    if len(html) > 2 * MAX_WORDS and _has_too_many_words(html):
        raise Unreadable(f"end of the page (more than {MAX_WORDS} words)", capture.url)
    return _Page(html, capture).article()


def _has_too_many_words(html: bytes) -> bool:
    return next(islice(_WORD.finditer(html), MAX_WORDS, None), None) is not None


class _Page:
    """One parsed page and what is known of it so far; lives as long as one call of extract()."""

    def __init__(self, html: bytes, capture: Capture) -> None:
        self._capture = capture
        self._decoded = decode(html)
        self._warnings = list(self._decoded.warnings)
        self._rules: dict[str, str] = {}
        self._tree = parse(self._decoded.parsed)
        self._is_view = is_view_form(html, capture)
        if self._is_view:
            _remove_toolbar(self._tree)
            self._warn_of_other_capture(html)
        self._addresses = AddressReader(capture, view=self._is_view)

    def _warn_of_other_capture(self, html: bytes) -> None:
        shown, given = timestamp_shown(html), self._capture.timestamp
        if shown is not None and shown != given:
            self._warnings.append(f"the page shows the capture of {shown}, it was given as {given}")

    def article(self) -> Article:
        """Return the article. Raises `NotAnArticle`, `Unreadable`."""
        info_line, content = self._parts()
        try:
            return self._article(info_line, content)
        except OutOfBounds as error:
            raise self._unreadable(str(error)) from None

    def _parts(self) -> tuple[LexborNode, Content]:
        """The two elements that every article has."""
        info_line, content = find_info_line(self._tree), find_content(self._tree)
        if info_line is not None and content is not None:
            return self._take("info line", info_line), self._take("content", content)
        kind = kind_by_structure(self._tree)
        if kind is not None and (content is None or kind is PageKind.FAREWELL):
            raise NotAnArticle(kind, self._capture.url)
        element = content.value.element if content else None
        title = find_title(self._tree, element, "").value
        found = (("info line", info_line), ("content", content), ("title", title))
        raise self._unreadable(" and ".join(name for name, part in found if not part))

    def _unreadable(self, missing: str) -> Unreadable:
        return Unreadable(missing, self._capture.url, clues(self._tree))

    def _article(self, info_line: LexborNode, content: Content) -> Article:
        element = content.element
        line = info_text(info_line)
        category = self._take("category", find_category(self._tree))
        author = self._take("author", find_author(line))
        box_element, box = self._box(element, author, category)
        author = author or self._author_of(box)
        title = self._take("title", find_title(self._tree, element, author))
        if not title:
            raise self._unreadable("title")
        body, promo = self._body(content, box_element)
        return Article(
            capture=self._capture,
            title=title,
            date=self._take("date", find_date(line)),
            last_updated=self._last_updated(line, info_line, element),
            author=author,
            category=category,
            tags=self._take("tags", find_tags(self._tree, self._capture.path)),
            body=body,
            promo=promo,
            box=box,
            provenance=Provenance(
                form="view" if self._is_view else "raw",
                charset=self._decoded.charset,
                rules=self._rules,
                warnings=tuple(self._warnings),
            ),
        )

    def _take(self, field: str, found: Found[_T]) -> _T:
        """The value that a rule found; its name and its warnings are kept."""
        self._warnings.extend(found.warnings)
        if found.rule and found.value is not None:
            self._rules[field] = found.rule
        return found.value

    def _author_of(self, box: AuthorBox | None) -> str:
        if box is None:
            self._warnings.append("no author is named")
            return ""
        warning = "the info line names no author; the box does"
        return self._take("author", Found(box.name, "author box", (warning,)))

    def _last_updated(
        self, line: str, info_line: LexborNode, content: LexborNode
    ) -> dt.datetime | None:
        found = find_moment(line, "any moment in the info line")
        if found is None:
            below = " ".join(texts_between(info_line, content))
            found = find_moment(below, "a moment below the info line")
        return self._take("last_updated", found) if found is not None else None

    def _box(
        self, content: LexborNode, author: str, category: str
    ) -> tuple[LexborNode | None, AuthorBox | None]:
        found = find_author_box(self._tree, content, self._addresses, author, category)
        box = self._take("box", found)
        return (box.element, box.box) if box is not None else (None, None)

    def _body(self, content: Content, box: LexborNode | None) -> tuple[Flow, Flow]:
        reader = BodyReader(self._addresses, skip=box)
        nodes = reader.content(content.element)
        for element in content.further:
            nodes += reader.content(element)
        body, found = split_at_promo(nodes)
        if not found.value:
            found = find_promo_outside(self._tree, content.element, reader, self._decoded.text)
        promo = self._take("promo", found)
        if self._shows_loss(content.element):
            self._warnings.append("the page itself shows U+FFFD: characters were lost before")
        return body, promo

    def _shows_loss(self, content: LexborNode) -> bool:
        """Whether the content has U+FFFD that does not come of our own decoding."""
        if REPLACEMENT not in self._decoded.text or self._decoded.warnings:
            return False
        return REPLACEMENT in (content.text() or "")


def _remove_toolbar(tree: LexborHTMLParser) -> None:
    for element in reversed(tree.css(_TOOLBAR)):  # what stands inside another one first
        element.decompose()
