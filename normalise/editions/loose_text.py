"""Text of the page that stands in no block: it becomes paragraphs (docs/seed-format.md 7).

The editors wrote paragraphs. Where a page has text right in its content, in a `div` or between
blocks, it is a paragraph of the article all the same.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from normalise.tree import (
    Break,
    Embed,
    Emphasis,
    Figure,
    Flow,
    Heading,
    Link,
    List,
    ListItem,
    Media,
    Node,
    Other,
    Paragraph,
    Quote,
    Rule,
    Strong,
    Table,
    Text,
    is_block,
    plain_text,
    walk,
)

# In these no text is loose.
_CLOSED = frozenset({Paragraph, Heading, ListItem, Figure, Table, Embed, Rule})
_Wrapper = Other | Media | Strong | Emphasis | Link | List | Quote


def with_paragraphs(content: Flow) -> Flow:
    """Return the content with its loose text in paragraphs, all else as it is.

    A run of inline nodes with any text in it is one paragraph, without breaks at its ends. A run
    without text, such as a single picture, stays as it is.
    """
    if all(type(node) in _CLOSED for node in content):  # as in most articles
        return content
    nodes: list[Node] = []
    run: list[Node] = []
    for node in content:
        if _is_inline(node):
            run.append(node)
            continue
        nodes += _paragraphs(run)
        run = []
        nodes.append(_with_paragraphs_inside(node))
    nodes += _paragraphs(run)
    return tuple(nodes)


def _is_inline(node: Node) -> bool:
    """Whether a node can be part of a paragraph; text for browsers without scripts can't."""
    if type(node) is Text:
        return True
    if is_block(node) or is_noscript(node):
        return False
    return not any(is_block(inner) or is_noscript(inner) for inner in walk(node.content))


def _with_paragraphs_inside(node: Node) -> Node:
    """A node whose content is no running text, with the loose text in it in paragraphs."""
    if not isinstance(node, _Wrapper) or is_noscript(node):
        return node
    if type(node) is Quote and not has_paragraph(node):
        return node
    content = with_paragraphs(node.content)
    return node if content == node.content else dataclasses.replace(node, content=content)


def _paragraphs(run: list[Node]) -> Iterator[Node]:
    if not plain_text(tuple(run)).strip():
        yield from run
        return
    while _is_blank(run[0]):
        del run[0]
    while _is_blank(run[-1]):
        del run[-1]
    yield Paragraph(tuple(run))


def _is_blank(node: Node) -> bool:
    return type(node) is Break or (type(node) is Text and not node.value.strip())


def is_noscript(node: Node) -> bool:
    """Return whether a node is for browsers without scripts: its text is no running text."""
    return type(node) is Other and node.tag == "noscript"


def has_paragraph(quote: Quote) -> bool:
    """Return whether a paragraph stands anywhere in a quote: then just its blocks are shown."""
    return any(type(node) is Paragraph for node in walk(quote.content))
