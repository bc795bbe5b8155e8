"""The title of an article: its headline, else what the head of the page says (docs/site.md 2.2)."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from normalise.page.cards import OUTSIDE_CARDS
from normalise.page.dom import contains
from normalise.page.found import Found
from normalise.page.text import line_text, meta_content
from normalise.site import SITE

_HEADLINE = "h1" + OUTSIDE_CARDS
_OG_TITLE = 'meta[property="og:title"]'
_HEAD_TITLE = "head title"
_SITE_BEFORE = re.compile(rf"^{SITE}\s*(?:-\s*|$)")
_SITE_BEHIND = re.compile(rf"\s\|\s{SITE}$")
_REPORTER = re.compile(r"^(?:特約|實習)?記者")


def find_title(tree: LexborHTMLParser, content: LexborNode | None, author: str) -> Found[str]:
    """Return the title on one line, "" where the page has none."""
    headline = _headline(tree, content)
    if headline.value:
        return headline
    named = _without_site(meta_content(tree, _OG_TITLE))
    if named:
        warnings = (*headline.warnings, "the page has no headline; og:title is used")
        return Found(_without_author(named, author), "og:title", warnings)
    title = _without_site(_head_title(tree))
    if title:
        warnings = (*headline.warnings, "the page has no headline; its <title> is used")
        return Found(title, "head title", warnings)
    return headline


def _headline(tree: LexborHTMLParser, content: LexborNode | None) -> Found[str]:
    """The first headline outside the content; of several the one that the head names too."""
    first = tree.css_first(_HEADLINE)
    if first is None:
        return Found("")
    title = "" if _is_in(content, first) else line_text(first)
    if _is_named_by_head(tree, title):
        return Found(title, "headline")
    elements = (element for element in tree.css(_HEADLINE) if not _is_in(content, element))
    titles = [title for title in map(line_text, elements) if _without_site(title)]
    named = (title for title in titles if _is_named_by_head(tree, title))
    title = next(named, titles[0] if titles else "")
    if len(titles) < 2:
        return Found(title, "headline")
    warning = f"the page has {len(titles)} headlines: {title!r} is taken"
    return Found(title, "headline", (warning,))


def _is_named_by_head(tree: LexborHTMLParser, title: str) -> bool:
    """Whether the head of the page names the title too, if it names any."""
    named = meta_content(tree, _OG_TITLE) or _head_title(tree)
    shown = "".join(_without_site(named).split())
    return bool(_without_site(title)) and (not shown or "".join(title.split()) in shown)


def _head_title(tree: LexborHTMLParser) -> str:
    element = tree.css_first(_HEAD_TITLE)
    return line_text(element) if element is not None else ""


def _without_site(title: str) -> str:
    """A title of the head without the name of the site before it; "" if that is all."""
    return _SITE_BEFORE.sub("", title).strip()


def _without_author(title: str, author: str) -> str:
    """An og:title without the " | AUTHOR" or " | AUTHOR | 眾新聞" that some have.

    The word for a reporter may be missing before the name there.
    """
    title = _SITE_BEHIND.sub("", title)
    for name in filter(None, (author, _REPORTER.sub("", author))):
        title = re.sub(rf"\s\|\s{re.escape(name)}$", "", title)
    return title.strip()


def _is_in(content: LexborNode | None, element: LexborNode) -> bool:
    return content is not None and contains(content, element)
