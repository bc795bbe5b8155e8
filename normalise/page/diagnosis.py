"""Where the headlines and most of the text of a page stand that fits no rule."""

from __future__ import annotations

from selectolax.lexbor import LexborHTMLParser, LexborNode

from normalise.page.dom import TEXT, classes

_HEADLINES = "title, h1, h2"
_PROSE = "p, br"
_MAX_LINES = 6
_MAX_SHOWN = 40


def clues(tree: LexborHTMLParser) -> tuple[str, ...]:
    """Return a line for each headline, and for each element with most text right in it."""
    headlines = [f"{_name(node)}: {_start(node)}" for node in tree.css(_HEADLINES) if _start(node)]
    holders = {node.parent.mem_id: node.parent for node in tree.css(_PROSE) if node.parent}
    sizes = {key: _own_size(node) for key, node in holders.items()}
    largest = sorted(sizes, key=lambda key: sizes[key], reverse=True)[:_MAX_LINES]
    texts = [
        f"{_name(holders[key])}: {sizes[key]} characters of text, {_start(holders[key])}"
        for key in largest
        if sizes[key]
    ]
    return (*headlines[:_MAX_LINES], *texts)


def _own_size(node: LexborNode) -> int:
    """The characters of an element's own text and of its paragraphs."""
    parts = (child for child in node.iter(include_text=True) if child.tag in (TEXT, "p"))
    return sum(len((child.text() or "").strip()) for child in parts)


def _name(node: LexborNode) -> str:
    """An element as a selector would name it: `div.entry-content`."""
    identity = node.attributes.get("id")
    return "".join((node.tag or "", f"#{identity}" if identity else "", *_dotted(node)))


def _dotted(node: LexborNode) -> list[str]:
    return [f".{name}" for name in classes(node)]


def _start(node: LexborNode) -> str:
    text = " ".join((node.text() or "").split())
    return repr(text[:_MAX_SHOWN]) if text else ""
