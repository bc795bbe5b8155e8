"""The two elements that every article has: the info line and the content.

Their classes are known, their tags are not (docs/site.md 2.1, 2.5).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from normalise.page.cards import OUTSIDE_CARDS, is_card
from normalise.page.dom import MAX_DEPTH, TEXT, UNSHOWN_TAGS, contains, self_and_ancestors
from normalise.page.found import Found
from normalise.page.info_line import looks_like_info_line

INFO_LINE = ".article-info"
CONTENT = ".article-content"

_KNOWN_INFO_LINE = INFO_LINE + OUTSIDE_CARDS
_KNOWN_CONTENT = CONTENT + OUTSIDE_CARDS
_LIKE_CONTENT = (
    ':is([itemprop="articleBody"], [class*="article-content"], #article-content)' + OUTSIDE_CARDS
)
_MAX_INFO_LINE = 400  # characters; the longest of 1,619 reference articles has 60


def find_info_line(tree: LexborHTMLParser) -> Found[LexborNode] | None:
    """Return the element of the info line: the one of its class, else one that reads like it."""
    known = tree.css_first(_KNOWN_INFO_LINE)
    if known is not None and not _has_text(known):
        known = next(filter(_has_text, tree.css(_KNOWN_INFO_LINE)), known)
    if known is not None:
        return Found(known, "class")
    like = _smallest_like_info_line(tree)
    if like is None:
        return None
    return Found(like, "words", (f"no element has the class of {INFO_LINE}",))


def _smallest_like_info_line(tree: LexborHTMLParser) -> LexborNode | None:
    """The smallest element with the label of the author and a date behind it."""
    found, inner = None, tree.body
    for _ in range(MAX_DEPTH):  # each step reads all the text inside the element
        if inner is None or not _is_like_info_line(inner):
            break
        found = inner
        inner = next(filter(_is_like_info_line, found.iter()), None)
    return found if found is not None and len(found.text() or "") < _MAX_INFO_LINE else None


def _is_like_info_line(element: LexborNode) -> bool:
    if element.tag in UNSHOWN_TAGS or is_card(element):
        return False
    return looks_like_info_line(element.text() or "")


def _has_text(element: LexborNode) -> bool:
    return bool((element.text() or "").strip())


@dataclass(frozen=True, slots=True)
class Content:
    """The content: its first element with anything in it, and further ones of the same class."""

    element: LexborNode
    further: tuple[LexborNode, ...] = ()


def find_content(tree: LexborHTMLParser) -> Found[Content] | None:
    """Return the content: the elements of its class, else the first that is like one."""
    known = tree.css(_KNOWN_CONTENT)
    if not known:
        like = tree.css_first(_LIKE_CONTENT)
        if like is None:
            return None
        return Found(Content(like), "similar class", (f"no element has the class of {CONTENT}",))
    filled = [element for element in known if _is_filled(element)]
    if not filled:
        return Found(Content(known[0]), "class")
    first, *others = filled
    further = tuple(other for other in others if not _is_in_any(filled, other))
    warnings = []
    if first.mem_id != known[0].mem_id:
        warnings.append(f"the first element of the class {CONTENT} is empty")
    if further:
        warnings.append(
            f"the page has {1 + len(further)} elements of the class {CONTENT}: all read"
        )
    return Found(Content(first, further), "class", tuple(warnings))


def _is_in_any(elements: list[LexborNode], inner: LexborNode) -> bool:
    return any(each.mem_id != inner.mem_id and contains(each, inner) for each in elements)


def _is_filled(element: LexborNode) -> bool:
    return element.css_first("*") is not None or _has_text(element)


def texts_between(info_line: LexborNode, content: LexborNode) -> Iterator[str]:
    """Yield the texts of the elements that follow the info line, up to the content."""
    around = {element.mem_id for element in self_and_ancestors(content)}
    element = info_line.next
    while element is not None and element.mem_id not in around:
        if element.tag != TEXT:
            yield element.text() or ""
        element = element.next
