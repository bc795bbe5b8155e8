"""The text of an author box: plain, one newline a line (docs/site.md 2.7)."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborNode

from normalise.page import cloudflare_email
from normalise.page.dom import MAX_DEPTH, TEXT, TOO_DEEP, UNSHOWN_TAGS, OutOfBounds, classes
from normalise.site import CARD_CLASSES

_FOREIGN = CARD_CLASSES | {"grid"}
_LINES = frozenset({"p", "div", "li", "ul", "ol", "section", "h1", "h2", "h3", "h4", "h5", "h6"})
# One blank behind a newline is the author's, as in article 34165; more of them indent the source.
_INDENTATION = re.compile(r"[ \t]*\n(?:[ \t]{2,}|\t)?")


def box_text(box: LexborNode, label_line: LexborNode) -> str:
    """Return the text of a box: text nodes stripped and put together without blanks.

    `<br>`, a newline of the source, both together, or the end of a block is one newline; the
    element of the label is a line of its own whatever its tag. Raises `OutOfBounds`.
    """
    parts: list[str] = []
    _collect(box, parts, label_line.mem_id, 0)
    return _INDENTATION.sub("\n", "".join(parts)).strip()


def _collect(element: LexborNode, parts: list[str], label: int, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise OutOfBounds(TOO_DEEP)
    for child in element.iter(include_text=True):
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
    element: LexborNode, tag: str, parts: list[str], label: int, depth: int
) -> None:
    if tag == "button" or not _FOREIGN.isdisjoint(classes(element)):
        return
    shown = cloudflare_email.decode_key(element.attributes.get(cloudflare_email.ATTRIBUTE))
    if shown is None and tag == "a":
        shown = _hidden_behind_placeholder(element)
    if shown:
        parts.append(cloudflare_email.address_only(shown))
        return
    is_line = tag in _LINES or element.mem_id == label
    if is_line:
        _end_line(parts)
    _collect(element, parts, label, depth + 1)
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
