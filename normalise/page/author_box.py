"""The box about the author, found by what it says: its classes are not known (facts/page.md 3.7).

It holds a label line such as "博客 | NAME", an avatar from /uploads/avatars/ as a picture or a
background, and a text about the author. The cards of other articles have avatars and lines too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from normalise.models import AuthorBox
from normalise.page import cloudflare_email
from normalise.page.addresses import AddressReader
from normalise.page.dom import (
    MAX_DEPTH,
    TEXT,
    TOO_DEEP,
    UNSHOWN_TAGS,
    OutOfBounds,
    classes,
    contains,
    self_and_ancestors,
)
from normalise.site import AUTHOR_BOX_LABELS, CARD_CLASSES

CARDS = ", ".join(f".{name}, .{name} *" for name in sorted(CARD_CLASSES))
AVATAR = ", ".join(f'[{name}*="/uploads/avatars/"]' for name in ("src", "data-src", "style"))
AVATAR_OUTSIDE_CARDS = f":is({AVATAR}):not({CARDS})"

_NO_BOX = UNSHOWN_TAGS | {TEXT, "footer", "head"}
_FOREIGN = CARD_CLASSES | {"grid"}
_BEGINNING = re.compile(rf"\s*({'|'.join(AUTHOR_BOX_LABELS)})\s*[|｜]\s*\S")
_LABEL = re.compile(rf"({'|'.join(AUTHOR_BOX_LABELS)})\s*[|｜]\s*(\S[^\n]*?)\s*(?:\n|$)")
_CSS_URL = re.compile(r"""url\(\s*["']?(.*?)["']?\s*\)""", re.DOTALL)
_LINES = frozenset({"p", "div", "li", "ul", "ol", "section", "h1", "h2", "h3", "h4", "h5", "h6"})
# One blank behind a newline is the author's, as in article 34165; more indent the source.
_INDENTATION = re.compile(r"[ \t]*\n(?:[ \t]{2,}|\t)?")
# No template nests a box deeper than this around its avatar.
_LEVELS_UP = 5


def is_card(node: LexborNode) -> bool:
    """Return whether an element is the card of another article."""
    return not CARD_CLASSES.isdisjoint(classes(node))


def find_boxes(
    tree: LexborHTMLParser, content: LexborNode, *, everywhere: bool
) -> Iterator[tuple[LexborNode, str]]:
    """Yield the elements that may be the author box, the best first, with the rule's name.

    Unless it is to be looked for `everywhere`, only those behind the content are.
    """
    for node in _behind(content):
        if _is_box(node):
            yield _innermost(node), "label line and avatar behind the content"
    if not everywhere:
        return
    for avatar in tree.css(AVATAR_OUTSIDE_CARDS):
        box = _box_around(avatar, content)
        if box is not None:
            yield box, "avatar and label line"
    root = tree.body
    if root is not None:
        for line in _label_lines(root, content):
            parent = line.parent
            is_alone = parent is None or parent.tag == "body" or contains(parent, content)
            yield (line if parent is None or is_alone else parent), "label line"


def _behind(content: LexborNode) -> Iterator[LexborNode]:
    """The elements that follow the content, and what it stands in, on the page."""
    for above in self_and_ancestors(content):
        node = above.next
        while node is not None:
            if node.tag not in _NO_BOX and not is_card(node):
                yield node
            node = node.next


def read_box(box: LexborNode, addresses: AddressReader) -> AuthorBox | None:
    """Return what the box says; `bio` is plain text, one newline a line.

    It says nothing (`None`) where the label is no text for readers. Raises `OutOfBounds`.
    """
    text = _lines(box, label_line=_label_line(box))
    match = _LABEL.search(text)
    if match is None:
        return None
    avatar = box.css_first(AVATAR)
    return AuthorBox(
        label=match[1],
        name=match[2],
        avatar=addresses.resource(_avatar_address(avatar)) if avatar is not None else "",
        bio=text[match.end() :].strip(),
    )


def _is_box(node: LexborNode) -> bool:
    return _begins_with_label(node) and node.css_first(AVATAR) is not None


def _innermost(box: LexborNode) -> LexborNode:
    """The smallest box inside a box that still has a text about the author.

    The outer one may be a wrapper that holds more of the page.
    """
    for child in box.iter():
        if _is_box(child) and "\n" in _lines(child, _label_line(child)):
            return _innermost(child)
    return box


def _label_line(box: LexborNode) -> LexborNode:
    """The smallest element that begins with the label and has the name."""
    line, inner = box, [box]
    while inner:
        line = inner[0]
        inner = [child for child in line.iter() if _begins_with_label(child)]
    return line


def _begins_with_label(node: LexborNode) -> bool:
    return _BEGINNING.match(node.text() or "") is not None


def _avatar_address(avatar: LexborNode) -> str:
    attributes = avatar.attributes
    for name in ("src", "data-src"):
        value = attributes.get(name)
        if value and "/uploads/avatars/" in value:
            return value
    addresses = _CSS_URL.findall(attributes.get("style") or "")
    return next((address for address in addresses if "/uploads/avatars/" in address), "")


def _box_around(avatar: LexborNode, content: LexborNode) -> LexborNode | None:
    node = avatar.parent
    for _ in range(_LEVELS_UP):
        if node is None or node.tag == "body" or contains(node, content):
            return None
        if _begins_with_label(node):
            return node
        node = node.parent
    return None


def _label_lines(root: LexborNode, content: LexborNode, depth: int = 0) -> Iterator[LexborNode]:
    """The smallest elements outside the content and the cards that begin with a label line."""
    for node in root.iter() if depth < MAX_DEPTH else ():
        if is_card(node) or node.tag in UNSHOWN_TAGS or node.mem_id == content.mem_id:
            continue
        if any(label in (node.text() or "") for label in AUTHOR_BOX_LABELS):
            below = list(_label_lines(node, content, depth + 1))
            if below:
                yield from below
            elif _begins_with_label(node):
                yield node


def _lines(node: LexborNode, label_line: LexborNode | None = None) -> str:
    """The text of an element: text nodes stripped and put together without blanks.

    `<br>`, a newline of the source, both together, or the end of a block is one newline; the
    element of the label is a line of its own whatever its tag.
    """
    parts: list[str] = []
    _collect(node, parts, label_line.mem_id if label_line is not None else None, 0)
    return _INDENTATION.sub("\n", "".join(parts)).strip()


def _collect(node: LexborNode, parts: list[str], label: int | None, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise OutOfBounds(TOO_DEEP)
    for child in node.iter(include_text=True):
        tag = child.tag
        if tag == TEXT:
            parts.append(_stripped(child.text_content or "", parts))
        elif tag == "br":
            parts.append("\n")
        elif tag is not None and tag not in UNSHOWN_TAGS:
            _collect_element(child, tag, parts, label, depth)


def _stripped(text: str, parts: list[str]) -> str:
    """A text node without blanks at its ends, but for those behind a `<br>` and its newline."""
    is_line = parts[-1:] == ["\n"] and text.startswith("\n")
    return text.removeprefix("\n").rstrip() if is_line else text.strip()


def _collect_element(
    node: LexborNode, tag: str, parts: list[str], label: int | None, depth: int
) -> None:
    if tag == "button" or not _FOREIGN.isdisjoint(classes(node)):
        return
    shown = cloudflare_email.decode_key(node.attributes.get(cloudflare_email.ATTRIBUTE))
    if shown is None and tag == "a":
        shown = _hidden_behind_placeholder(node)
    if shown:
        parts.append(cloudflare_email.address_only(shown))
        return
    is_line = tag in _LINES or node.mem_id == label
    if is_line:
        _end_line(parts)
    _collect(node, parts, label, depth + 1)
    if is_line:
        _end_line(parts)


def _end_line(parts: list[str]) -> None:
    text = next((part for part in reversed(parts) if part), "\n")
    if not text.endswith("\n"):
        parts.append("\n")


def _hidden_behind_placeholder(link: LexborNode) -> str | None:
    if not cloudflare_email.is_placeholder(link.text() or ""):
        return None
    return cloudflare_email.decode_link(link.attributes.get("href") or "")
