"""The promo of the page template under a body: a rule and paragraphs (docs/site.md 2.6)."""

from __future__ import annotations

import dataclasses

from selectolax.lexbor import LexborHTMLParser, LexborNode

from normalise.page.body import BodyReader
from normalise.page.dom import TEXT, contains
from normalise.page.found import Found
from normalise.site import PROMO_OPENINGS
from normalise.tree import (
    Emphasis,
    Flow,
    Link,
    Node,
    Other,
    Rule,
    Strong,
    plain_text,
)

# A rule is looked for in these wrappers too, and the content is cut inside them.
_Wrapper = Other | Strong | Emphasis | Link
_PROMO_TAGS = ("p", "ol", "ul", TEXT)


def split_at_promo(content: Flow) -> tuple[Flow, Found[Flow]]:
    """Return the body and the promo, () where there is none.

    The promo begins at the last rule of the content, however deep in wrappers, if the text behind
    the rule opens as a promo does.
    """
    halves = _split_at_last_rule(content)
    if halves is None or not _opens_as_promo(halves[1]):
        return content, Found(())
    return halves[0], Found(halves[1], "the last rule of the content, by its text")


def find_promo_outside(
    tree: LexborHTMLParser, content: LexborNode, reader: BodyReader, page_text: str
) -> Found[Flow]:
    """Return the promo that stands beside the content, () where there is none.

    It is a rule with the paragraphs and lists that follow it. Raises `OutOfBounds`.
    """
    if not any(opening in page_text for opening in PROMO_OPENINGS):
        return Found(())
    for rule in tree.css("hr"):
        promo = () if contains(content, rule) else _with_siblings(rule, reader)
        if _opens_as_promo(promo):
            return Found(promo, "a rule outside the content, by its text")
    return Found(())


def _with_siblings(rule: LexborNode, reader: BodyReader) -> Flow:
    nodes: list[Node] = [Rule()]
    element = rule.next
    while element is not None and element.tag in _PROMO_TAGS:
        if element.tag != TEXT:
            nodes += reader.element(element)
        element = element.next
    return tuple(nodes)


def _opens_as_promo(content: Flow) -> bool:
    return plain_text(content).lstrip().startswith(PROMO_OPENINGS)


def _split_at_last_rule(content: Flow) -> tuple[Flow, Flow] | None:
    """What stands before the last rule, and what begins with it; `None` where there is none."""
    for at in range(len(content) - 1, -1, -1):
        node = content[at]
        if type(node) is Rule:
            return content[:at], content[at:]
        if isinstance(node, _Wrapper):
            halves = _split_at_last_rule(node.content)
            if halves is not None:
                before, behind = (_wrapped(node, half) for half in halves)
                return (*content[:at], *before), (*behind, *content[at + 1 :])
    return None


def _wrapped(wrapper: _Wrapper, content: Flow) -> Flow:
    """The same wrapper round another content, nothing round none."""
    return (dataclasses.replace(wrapper, content=content),) if content else ()
