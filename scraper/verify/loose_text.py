"""Paragraphs that the actual body has and the expected one lacks: text that stood in no block.

The published archive lost such text; this tool shows it (docs/seed-format.md 7). Whole paragraphs
are taken out of the actual body, and the rest must be the expected one: every block in its order,
with the newlines between them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from scraper.verify.allowed_differences import (
    AllowedDifference,
    ComparedCaptures,
    find_allowed_differences,
    is_of,
)

_BETWEEN_BLOCKS = re.compile(r"(\n{2,})")
_JOINING = 2  # newlines
# All blocks but paragraphs begin with one of these; in a quote each block is marked.
_NO_PARAGRAPH = re.compile(r"(?:> )?(?:#{1,6} |- |1\. |<figure>|\{\{<|\| |---(?:\n|\Z))")
_QUOTE_MARK = "> "
_PICTURE = re.compile(r"!\[(?:(?!!\[)[^\]\n])*\]\((?:(?!\]\()[^)\n])*\)")
# A paragraph that is there twice is a fault; a few words may stand in an article twice.
_MAX_LENGTH_BY_CHANCE = 20
# Nothing that is allowed makes a block this much shorter: a hidden e-mail address with its link has
# some 130 characters, and shown at least 20. So the work for each actual block is bounded by its
# own length, however often it is held against a long one.
_MAX_RATIO = 16


@dataclass(frozen=True, slots=True)
class _Block:
    """A block, and how many newlines stand before it."""

    newlines: int
    text: str


def find_loose_text(
    actual: str, expected: str, captures: ComparedCaptures
) -> frozenset[AllowedDifference] | None:
    """Return what makes two bodies differ where the actual one has additional paragraphs.

    `None` is returned where anything else differs too, and where nothing is additional.
    """
    actual_blocks, expected_blocks = _split(actual), _split(expected)
    if len(actual_blocks) <= len(expected_blocks):
        return None
    texts = {_text(block) for block in expected_blocks}
    found = {AllowedDifference.LOOSE_TEXT}
    index = newlines = breaks = 0
    for block in actual_blocks:
        newlines += block.newlines
        waiting = expected_blocks[index] if index < len(expected_blocks) else None
        differences = _compare(block, waiting, captures) if waiting else None
        if waiting and differences is not None:
            if not newlines - breaks <= waiting.newlines <= newlines:
                return None
            found |= differences
            index += 1
            newlines = breaks = 0
        elif _is_loose(block, captures) and not _is_repeated(block, texts):
            texts.add(_text(block))
            newlines -= _JOINING
            breaks += block.text.endswith(" ")  # a break at its end
        else:
            return None
    return frozenset(found) if index == len(expected_blocks) else None


def _split(body: str) -> list[_Block]:
    """The blocks of a body, and at last an empty one for the newlines at its end."""
    inner = body.strip("\n")
    before = len(body) - len(body.lstrip("\n"))
    pieces = _BETWEEN_BLOCKS.split(inner)
    newlines = [before, *map(len, pieces[1::2])]
    blocks = [_Block(count, text) for count, text in zip(newlines, pieces[::2], strict=True)]
    return [*blocks, _Block(len(body) - before - len(inner), "")]


def _compare(
    actual: _Block, expected: _Block, captures: ComparedCaptures
) -> frozenset[AllowedDifference] | None:
    if actual.text == expected.text:
        return frozenset()
    if len(expected.text) > _MAX_RATIO * (len(actual.text) + _MAX_RATIO):
        return None
    return find_allowed_differences(actual.text, expected.text, captures)


def _is_loose(block: _Block, captures: ComparedCaptures) -> bool:
    """Whether a block is a paragraph with some text, and its addresses those of its capture."""
    return (
        _NO_PARAGRAPH.match(block.text) is None
        and _PICTURE.sub("", block.text.removeprefix(_QUOTE_MARK)).strip() != ""
        and is_of(block.text, captures)
    )


def _is_repeated(block: _Block, texts: set[str]) -> bool:
    """Whether a block says what one of these does, and not by chance."""
    text = _text(block)
    return len(text) > _MAX_LENGTH_BY_CHANCE and text in texts


def _text(block: _Block) -> str:
    """What a block says, without its sign."""
    sign = _NO_PARAGRAPH.match(block.text)
    return (block.text[sign.end() :] if sign else block.text.removeprefix(_QUOTE_MARK)).strip()
