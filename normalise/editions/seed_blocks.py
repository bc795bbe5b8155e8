"""The blocks of the seed edition and their running text (docs/seed-format.md 3, 4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from normalise.capture import Capture
from normalise.editions.archived_urls import archived_frame, archived_image, archived_link
from normalise.editions.loose_text import has_paragraph, is_noscript, with_paragraphs
from normalise.tree import (
    Break,
    Caption,
    Cell,
    Embed,
    Emphasis,
    Figure,
    Flow,
    Heading,
    Image,
    Link,
    List,
    ListItem,
    Node,
    Paragraph,
    Quote,
    Row,
    Rule,
    Strong,
    Table,
    Text,
    walk,
)

# Short rows are filled up to the longest one: 15,000 of either would make a file of 600 MB.
MAX_CELLS = 100_000
# A block is written again for each item, quote, heading or paragraph that it stands in.
MAX_REPEATS = 10

_MARKS: dict[type, str] = {Strong: "**", Emphasis: "*"}
# Headings that the edition shows as quotes where they run over several lines.
_LEVELS_SHOWN_AS_QUOTE = (2, 4)

_N = TypeVar("_N", bound=Node)


class OversizedError(Exception):
    """The file would be many times as large as the page; says because of what."""


# --- blocks -----------------------------------------------------------------------------------


def seed_blocks(content: Flow, capture: Capture) -> list[str]:
    """Return the text of each block of a content, in order. Raises `OversizedError`."""
    return _Blocks(capture).blocks(content)


class _Blocks:
    """The blocks of one content, in order."""

    def __init__(self, capture: Capture) -> None:
        self._capture = capture
        self._found: list[str] = []
        self._holds_blocks = False

    def blocks(self, content: Flow) -> list[str]:
        """Return the text of each block."""
        self._add(with_paragraphs(content), None, "", 0)
        return self._found

    def _add(self, content: Flow, parent: Node | None, mark: str, repeats: int) -> None:
        """Add the blocks of a content; `mark` stands before those in a quote."""
        for node in content:
            shown = self._readers.get(type(node))
            if shown is not None:
                shown(self, node, parent, mark, repeats)
            elif node.content:
                self._add(node.content, node, mark, repeats)

    def _add_again(self, node: Node, mark: str, repeats: int) -> None:
        """Add the blocks that stand in a block, which has shown their text already."""
        if repeats == MAX_REPEATS:
            raise OversizedError(f"blocks in more than {MAX_REPEATS} others")
        self._add(node.content, node, mark, repeats + 1)

    def _paragraph(self, node: Paragraph, _: Node | None, mark: str, repeats: int) -> None:
        text, holds_blocks = self._text(node.content)
        if text:
            self._found.append(mark + text)
        if holds_blocks:
            self._add_again(node, mark, repeats)

    def _heading(self, node: Heading, _: Node | None, mark: str, repeats: int) -> None:
        text, holds_blocks = self._text(node.content)
        if node.level in _LEVELS_SHOWN_AS_QUOTE and "\n" in text.strip():
            self._found.append("\n".join(f"> {line}" for line in text.split("\n")))
        else:
            self._found.append(f"{mark}{'#' * node.level} {text}")
        if holds_blocks:
            self._add_again(node, mark, repeats)

    def _item(self, node: ListItem, parent: Node | None, mark: str, repeats: int) -> None:
        text, holds_blocks = self._text(node.content)
        if text:
            sign = "1." if type(parent) is List and parent.ordered else "-"
            self._found.append(f"{mark}{sign} {text}")
        if holds_blocks:
            self._add_again(node, mark, repeats)

    def _quote(self, node: Quote, _: Node | None, _mark: str, repeats: int) -> None:
        holds_blocks = True
        if not has_paragraph(node):
            text, holds_blocks = self._text(node.content)
            if text:
                self._found.append(f"> {text}\n")
        if holds_blocks:
            self._add_again(node, "> ", repeats)

    def _figure(self, node: Figure, _: Node | None, _mark: str, _repeats: int) -> None:
        image = first(node, Image)
        if image is None:
            return
        source = _attribute(archived_image(image.address, self._capture))
        caption = _caption(first(node, Caption))
        shown = f"<figcaption>{caption}</figcaption>\n" if caption else ""
        alt = _attribute(image.alt)
        self._found.append(f'<figure>\n<img src="{source}" alt="{alt}">\n{shown}</figure>')

    def _embed(self, node: Embed, _: Node | None, _mark: str, _repeats: int) -> None:
        if node.address:
            source = _attribute(archived_frame(node.address, self._capture))
            self._found.append(f'\n{{{{< video src="{source}" >}}}}\n')

    def _table(self, node: Table, _: Node | None, _mark: str, _repeats: int) -> None:
        rows = [_each(row, Cell) for row in _each(node, Row)]
        rows = [row for row in rows if row]
        width = max(map(len, rows), default=0)
        if len(rows) * width > MAX_CELLS:
            raise OversizedError(f"a table of more than {MAX_CELLS} cells")
        if not rows:
            return
        cells = [[self._text(cell.content)[0] for cell in row] for row in rows]
        lines = [f"| {' | '.join(row + [''] * (width - len(row)))} |" for row in cells]
        lines.insert(1, f"| {' | '.join(['---'] * width)} |")
        self._found.append("\n" + "\n".join(lines) + "\n")

    def _rule(self, _node: Rule, _: Node | None, _mark: str, _repeats: int) -> None:
        self._found.append("\n---\n")

    _readers: ClassVar[dict[type, Callable[[Any, Any, Node | None, str, int], None]]] = {
        Paragraph: _paragraph,
        Heading: _heading,
        ListItem: _item,
        Quote: _quote,
        Figure: _figure,
        Embed: _embed,
        Table: _table,
        Rule: _rule,
    }

    # --- running text -------------------------------------------------------------------------

    def _text(self, content: Flow) -> tuple[str, bool]:
        """The running text of a content, and whether blocks stand in it."""
        if len(content) == 1 and type(content[0]) is Text:  # as in most paragraphs
            return content[0].value.strip(), False
        self._holds_blocks = False
        return self._inline(content), self._holds_blocks

    def _inline(self, content: Flow) -> str:
        parts: list[str] = []
        self._collect(content, parts)
        return " ".join(parts)

    def _collect(self, content: Flow, parts: list[str]) -> None:
        for node in content:
            kind = type(node)
            if type(node) is Text:
                if text := node.value.strip():
                    parts.append(text)
            elif kind is Break:
                parts.append("  \n")
            elif (mark := _MARKS.get(kind)) is not None:
                parts.append(f"{mark}{self._inline(node.content)}{mark}")
            elif type(node) is Link:
                if text := self._inline(node.content):
                    parts.append(f"[{text}]({archived_link(node.address, self._capture)})")
            elif type(node) is Image:
                parts.append(f"![{node.alt}]({archived_image(node.address, self._capture)})")
            elif is_noscript(node):
                self._holds_blocks = True
            else:
                self._holds_blocks = self._holds_blocks or kind in self._readers
                self._collect(node.content, parts)


def _caption(caption: Caption | None) -> str:
    """The texts of a caption, stripped and put together without blanks, on one line."""
    if caption is None:
        return ""
    texts: list[str] = []
    _collect_caption(caption.content, texts)
    return "".join(texts)


def _collect_caption(content: Flow, texts: list[str]) -> None:
    for node in content:
        if type(node) is Text:
            texts.append(node.value.replace("\r", " ").replace("\n", " ").strip())
        elif not is_noscript(node):
            _collect_caption(node.content, texts)


def _attribute(value: str) -> str:
    """A value between double quotes on one line; the site's values never held either."""
    return (
        value.replace('"', "&quot;").replace("\n", " ") if '"' in value or "\n" in value else value
    )


# --- the tree -----------------------------------------------------------------------------------


def first(node: Node, kind: type[_N]) -> _N | None:
    """Return the first node of a kind in another one."""
    return next((inner for inner in walk(node.content) if type(inner) is kind), None)


def _each(node: Node, kind: type[_N]) -> list[_N]:
    return [inner for inner in walk(node.content) if type(inner) is kind]
