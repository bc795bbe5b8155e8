"""The page's content as a tree that mirrors it: nothing of it is lost, and nothing stands twice.

Everything here is frozen and holds no markup of any output format. Addresses are those of the
site's own page (`/path`, `https://host/`, `//host/x`), without the archive's prefix.

Text and blocks are mixed as on the page, because a block may stand in an inline element
(`strong > iframe` occurs). What an edition shows of it, and how often, is the edition's to say.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Text:
    """A run of text as the page has it, blanks and newlines at its ends included."""

    value: str
    content: ClassVar[Flow] = ()


@dataclass(frozen=True, slots=True)
class Break:
    """`<br>`."""

    content: ClassVar[Flow] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """`<hr>`."""

    content: ClassVar[Flow] = ()


@dataclass(frozen=True, slots=True)
class Image:
    """A picture, in a figure or outside; `address` is "" where the page has none.

    `sizes` are the addresses under which the page names the same picture in other sizes. `late` is
    that of them which a script puts in the place of `address`, "" where there is none.
    """

    address: str
    alt: str
    sizes: tuple[str, ...] = ()
    late: str = ""
    content: ClassVar[Flow] = ()

    @property
    def source(self) -> str:
        """The address of what a reader saw in a browser that runs scripts."""
        return self.late or self.address


@dataclass(frozen=True, slots=True)
class Embed:
    """`<iframe>`; it may stand in running text. `address` is "" where the page has none."""

    address: str
    content: ClassVar[Flow] = ()


@dataclass(frozen=True, slots=True)
class Media:
    """`<video>`, `<audio>`, `<object>` or `<embed>`, and what it holds for browsers without it.

    `address` is "" where the page has none.
    """

    tag: str
    address: str
    content: Flow


@dataclass(frozen=True, slots=True)
class Strong:
    """`<strong>` or `<b>`; may be empty."""

    content: Flow


@dataclass(frozen=True, slots=True)
class Emphasis:
    """`<em>` or `<i>`; may be empty."""

    content: Flow


@dataclass(frozen=True, slots=True)
class Link:
    """A link with an address; may be empty."""

    address: str
    content: Flow


@dataclass(frozen=True, slots=True)
class Paragraph:
    """`<p>`; may be blank."""

    content: Flow


@dataclass(frozen=True, slots=True)
class Heading:
    """`<h1>` to `<h6>`; may be empty."""

    level: int
    content: Flow


@dataclass(frozen=True, slots=True)
class Quote:
    """`<blockquote>`."""

    content: Flow


@dataclass(frozen=True, slots=True)
class List:
    """`<ol>` or `<ul>`; `start` is the number of the first item of an ordered one."""

    ordered: bool
    start: int
    content: Flow


@dataclass(frozen=True, slots=True)
class ListItem:
    """`<li>`."""

    content: Flow


@dataclass(frozen=True, slots=True)
class Figure:
    """`<figure>`: pictures and captions, wherever they stand in it."""

    content: Flow


@dataclass(frozen=True, slots=True)
class Caption:
    """`<figcaption>`; the caption of a table is an `Other`."""

    content: Flow


@dataclass(frozen=True, slots=True)
class Table:
    """`<table>`; its `tbody` and the like are `Other`."""

    content: Flow


@dataclass(frozen=True, slots=True)
class Row:
    """`<tr>`."""

    content: Flow


@dataclass(frozen=True, slots=True)
class Cell:
    """`<td>`, or `<th>` where it is a `header`."""

    content: Flow
    header: bool


@dataclass(frozen=True, slots=True)
class Other:
    """Any other element: `span`, `u`, `sub`, `div`, `noscript`, `a` without an address, ..."""

    tag: str
    content: Flow


Node = (
    Text
    | Break
    | Rule
    | Image
    | Embed
    | Media
    | Strong
    | Emphasis
    | Link
    | Paragraph
    | Heading
    | Quote
    | List
    | ListItem
    | Figure
    | Caption
    | Table
    | Row
    | Cell
    | Other
)
Flow = tuple[Node, ...]

# Elements that the model has no type for and that begin a line of their own.
_BLOCK_TAGS = frozenset(
    (
        *("address", "article", "aside", "center", "details", "dialog", "div", "dl", "dt", "dd"),
        *("fieldset", "figure", "footer", "form", "header", "hgroup", "legend", "main", "menu"),
        *("nav", "ol", "pre", "search", "section", "summary", "ul"),
        *("caption", "colgroup", "tbody", "tfoot", "thead"),
    )
)
_BLOCKS = frozenset(
    (
        *(Rule, Embed, Paragraph, Heading, Quote, List, ListItem),
        *(Figure, Caption, Table, Row, Cell),
    )
)


def is_block(node: Node) -> bool:
    """Return whether a node stands on lines of its own, as browsers show it."""
    return node.tag in _BLOCK_TAGS if type(node) is Other else type(node) in _BLOCKS


def walk(content: Flow) -> Iterator[Node]:
    """Yield every node of a content in the order of the page, each before what it holds."""
    waiting = list(reversed(content))
    while waiting:
        node = waiting.pop()
        yield node
        if node.content:
            waiting.extend(reversed(node.content))


def plain_text(content: Flow) -> str:
    """Return the text of a content without its structure, breaks as newlines."""
    parts: list[str] = []
    _collect_text(content, parts)
    return "".join(parts)


def _collect_text(content: Flow, parts: list[str]) -> None:
    for node in content:
        if type(node) is Text:
            parts.append(node.value)
        elif type(node) is Break:
            parts.append("\n")
        elif node.content:
            _collect_text(node.content, parts)
