"""The box about the author, found by what it says: its classes are not known (docs/site.md 2.7).

It holds a label line such as "博客 | NAME", an avatar from /uploads/avatars/ as a picture or as a
background, and a text about the author, the bio. The cards of other articles have avatars too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from normalise.models import AuthorBox
from normalise.page.addresses import AddressReader
from normalise.page.author_box_text import box_text
from normalise.page.cards import OUTSIDE_CARDS, is_card
from normalise.page.dom import MAX_DEPTH, TEXT, UNSHOWN_TAGS, contains, self_and_ancestors
from normalise.page.found import Found
from normalise.site import AUTHOR_BOX_LABELS, NEWS

AVATARS = "/uploads/avatars/"
_AVATAR = ", ".join(f'[{name}*="{AVATARS}"]' for name in ("src", "data-src", "style"))
_AVATAR_OUTSIDE_CARDS = f":is({_AVATAR})" + OUTSIDE_CARDS
_NO_BOX = UNSHOWN_TAGS | {TEXT, "footer", "head"}
_LABELS = "|".join(AUTHOR_BOX_LABELS)
_LABEL_FIRST = re.compile(rf"\s*({_LABELS})\s*[|｜]\s*\S")
_LABEL_LINE = re.compile(rf"({_LABELS})\s*[|｜]\s*(\S[^\n]*?)\s*(?:\n|$)")
_CSS_URL = re.compile(r"""url\(\s*["']?(.*?)["']?\s*\)""", re.DOTALL)
_MAX_LEVELS_UP = 5  # from an avatar to the box round it


@dataclass(frozen=True, slots=True)
class BoxOnPage:
    """A box and the element that it was read from."""

    element: LexborNode
    box: AuthorBox


def find_author_box(
    tree: LexborHTMLParser,
    content: LexborNode,
    addresses: AddressReader,
    author: str,
    category: str,
) -> Found[BoxOnPage | None]:
    """Return the box of the author; a box of somebody else only outside the news.

    Raises `OutOfBounds`.
    """
    boxes: list[Found[BoxOnPage | None]] = []
    for element, rule in _candidates(tree, content, everywhere=category != NEWS):
        box = _read_box(element, addresses)
        if box is None:
            continue
        boxes.append(Found(BoxOnPage(element, box), rule, _oddities(box, author, category)))
        if box.name == author:
            return boxes[-1]
    if category in {"", NEWS}:
        return Found(None)
    if not boxes:
        return Found(None, "", (f"no author box, though the category is {category}",))
    return boxes[0]


def _oddities(box: AuthorBox, author: str, category: str) -> tuple[str, ...]:
    found = []
    if author and box.name != author:
        found.append(f"the box is of {box.name!r}, the info line of {author!r}")
    if category == NEWS:
        found.append(f"an author box, though the category is {NEWS}")
    if not box.avatar:
        found.append("the author box has no avatar")
    return tuple(found)


# --- where a box may be -------------------------------------------------------------------------


def _candidates(
    tree: LexborHTMLParser, content: LexborNode, *, everywhere: bool
) -> Iterator[tuple[LexborNode, str]]:
    """Yield the elements that may be the box, the best first, with the rule's name.

    Unless it is looked for `everywhere`, only those behind the content count.
    """
    for element in _behind(content):
        if _is_box(element):
            yield _innermost(element), "label line and avatar behind the content"
    root = tree.body
    if not everywhere or root is None or not _has_label(root):
        return
    for avatar in tree.css(_AVATAR_OUTSIDE_CARDS):
        box = _box_around(avatar, content)
        if box is not None:
            yield box, "avatar and label line"
    for line in _label_lines(root, content):
        parent = line.parent
        is_alone = parent is None or parent.tag == "body" or contains(parent, content)
        yield (line if parent is None or is_alone else parent), "label line"


def _behind(content: LexborNode) -> Iterator[LexborNode]:
    """The elements that follow the content, and what it stands in, on the page."""
    for above in self_and_ancestors(content):
        element = above.next
        while element is not None:
            if element.tag not in _NO_BOX and not is_card(element):
                yield element
            element = element.next


def _is_box(element: LexborNode) -> bool:
    return _begins_with_label(element) and element.css_first(_AVATAR) is not None


def _innermost(box: LexborNode) -> LexborNode:
    """The smallest box inside a box that still has a bio.

    The outer one may be a wrapper that holds more of the page.
    """
    for child in box.iter():
        if _is_box(child) and "\n" in box_text(child, _label_line(child)):
            return _innermost(child)
    return box


def _box_around(avatar: LexborNode, content: LexborNode) -> LexborNode | None:
    element = avatar.parent
    for _ in range(_MAX_LEVELS_UP):
        if element is None or element.tag == "body" or contains(element, content):
            return None
        if _begins_with_label(element):
            return element
        element = element.parent
    return None


def _label_lines(root: LexborNode, content: LexborNode, depth: int = 0) -> Iterator[LexborNode]:
    """The smallest elements outside the content and the cards that begin with a label line."""
    for element in root.iter() if depth < MAX_DEPTH else ():
        is_elsewhere = is_card(element) or element.mem_id == content.mem_id
        if is_elsewhere or element.tag in UNSHOWN_TAGS or not _has_label(element):
            continue
        below = list(_label_lines(element, content, depth + 1))
        if below:
            yield from below
        elif _begins_with_label(element):
            yield element


def _has_label(element: LexborNode) -> bool:
    text = element.text() or ""
    return any(label in text for label in AUTHOR_BOX_LABELS)


def _begins_with_label(element: LexborNode) -> bool:
    return _LABEL_FIRST.match(element.text() or "") is not None


# --- what a box says ----------------------------------------------------------------------------


def _read_box(element: LexborNode, addresses: AddressReader) -> AuthorBox | None:
    """What an element says as a box, `None` where its label is no text for readers."""
    text = box_text(element, _label_line(element))
    match = _LABEL_LINE.search(text)
    if match is None:
        return None
    avatar = element.css_first(_AVATAR)
    return AuthorBox(
        label=match[1],
        name=match[2],
        avatar=addresses.resource(_avatar_address(avatar)) if avatar is not None else "",
        bio=text[match.end() :].strip(),
    )


def _label_line(box: LexborNode) -> LexborNode:
    """The smallest element that begins with the label and has the name."""
    line, inner = box, [box]
    while inner:
        line = inner[0]
        inner = [child for child in line.iter() if _begins_with_label(child)]
    return line


def _avatar_address(avatar: LexborNode) -> str:
    attributes = avatar.attributes
    for name in ("src", "data-src"):
        value = attributes.get(name)
        if value and AVATARS in value:
            return value
    addresses = _CSS_URL.findall(attributes.get("style") or "")
    return next((address for address in addresses if AVATARS in address), "")
