"""The text of an article without any markup, a paragraph each: for searching and counting."""

from __future__ import annotations

from normalise.editions.clean.document import (
    Block,
    FigureBlock,
    Leaves,
    ListBlock,
    Para,
    QuoteBlock,
    TableBlock,
)


def paragraphs(blocks: list[Block]) -> list[str]:
    """Return the text of blocks: paragraphs, items, cells and captions, in their order."""
    found: list[str] = []
    _add_all(blocks, found)
    return found


def _add(block: Block, found: list[str]) -> None:
    match block:
        case Para(leaves):
            if text := _text(leaves):
                found.append(text)
        case QuoteBlock(blocks):
            _add_all(blocks, found)
        case ListBlock(_, _, items):
            for item in items:
                _add_all(item, found)
        case TableBlock(rows):
            for row in rows:
                for cell in row:
                    _add_all(cell, found)
        case FigureBlock():
            _add_all(block.captions, found)


def _add_all(blocks: list[Block], found: list[str]) -> None:
    for block in blocks:
        _add(block, found)


def _text(leaves: Leaves) -> str:
    return "".join("\n" if leaf.is_break else leaf.text for leaf in leaves)
