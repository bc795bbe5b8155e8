"""An article as blocks that hold either blocks or running text, never both.

Running text is a row of leaves, each with the marks that it is under; both are tuples, which are
made in half the time of a frozen dataclass.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from normalise import tree

STRONG, EMPHASIS, LINK = "strong", "em", "a"


class Mark(NamedTuple):
    """An inline element; `address` is that of a link, `number` keeps two links apart."""

    name: str
    address: str = ""
    number: int = 0


Marks = tuple[Mark, ...]


class Leaf(NamedTuple):
    """A text, a picture, or a break (neither), under its marks."""

    marks: Marks
    text: str = ""
    image: tree.Image | None = None

    @property
    def is_break(self) -> bool:
        """Whether it is a line break."""
        return not self.text and self.image is None


Leaves = list[Leaf]


@dataclass(frozen=True, slots=True)
class Para:
    """A paragraph; `level` is that of a heading, 0 for none."""

    leaves: Leaves
    level: int = 0


@dataclass(frozen=True, slots=True)
class QuoteBlock:
    """A quote."""

    blocks: list[Block]


@dataclass(frozen=True, slots=True)
class ListBlock:
    """A list of items."""

    ordered: bool
    start: int
    items: list[list[Block]]


@dataclass(frozen=True, slots=True)
class TableBlock:
    """A table; `has_header` says that its first row is one."""

    rows: list[list[list[Block]]]
    has_header: bool


@dataclass(frozen=True, slots=True)
class FigureBlock:
    """Pictures and captions, in their order."""

    parts: list[tree.Image | list[Block]]

    @property
    def has_image(self) -> bool:
        """Whether there is a picture; captions alone are paragraphs."""
        return any(type(part) is tree.Image for part in self.parts)

    @property
    def captions(self) -> list[Block]:
        """The blocks of all captions."""
        return [block for part in self.parts if type(part) is list for block in part]


@dataclass(frozen=True, slots=True)
class VideoBlock:
    """What plays elsewhere, by the address of its frame or file."""

    address: str


@dataclass(frozen=True, slots=True)
class RuleBlock:
    """A line across."""


Block = Para | QuoteBlock | ListBlock | TableBlock | FigureBlock | VideoBlock | RuleBlock


def is_visible(block: Block) -> bool:
    """Return whether a reader sees anything of a block."""
    match block:
        case Para(leaves):
            return any(leaf.text.strip() or leaf.image for leaf in leaves)
        case QuoteBlock(blocks):
            return any(map(is_visible, blocks))
        case ListBlock(_, _, items):
            return any(is_visible(inner) for item in items for inner in item)
        case TableBlock(rows):
            return any(is_visible(inner) for row in rows for cell in row for inner in cell)
        case FigureBlock():
            return block.has_image or any(map(is_visible, block.captions))
    return True
