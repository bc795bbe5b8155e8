"""Text that a page's converter wrote twice (facts/format.md 3.5, 6.9).

It went through the blocks of a page without following how they are nested: an item that holds a
paragraph, a list in an item and a quote with a heading came out whole, and then each part again.
"""

from __future__ import annotations

import re

_BETWEEN_BLOCKS = re.compile(r"\n{2,}")
# What can hold other blocks: an item, a heading, or a quote of either or of plain text.
_HOLDER = re.compile(r"(?:> )?(?:#{2,6} |- |1\. )|> ")
_WORD = re.compile(r"\w")
_NO_TEXT = ("<figure>", "{{<", "| ", "---")
# The end of an English item may be the next item by chance: `- Primary School`, `- School`.
_LONGEST_BY_CHANCE = 20


def has_duplicate_text(content: str) -> bool:
    """Return whether the blocks right after an item, quote or heading repeat its text.

    They repeat all of it, or its end: what stands before that is the item's own.
    """
    blocks = _BETWEEN_BLOCKS.split(content)
    texts: list[str] | None = None
    for at, block in enumerate(blocks):
        if _HOLDER.match(block):
            texts = texts or [_text(each) for each in blocks]
            if _is_repeated(texts, at):
                return True
    return False


def _text(block: str) -> str:
    """The words of a block without its sign, one blank between them; "" where it has none."""
    if block.startswith(_NO_TEXT):
        return ""
    sign = _HOLDER.match(block)
    text = " ".join(block[sign.end() if sign else 0 :].split())
    return text if _WORD.search(text) else ""


def _is_repeated(texts: list[str], at: int) -> bool:
    whole, again = texts[at], ""
    for count, text in enumerate(texts[at + 1 :], start=1):
        again = f"{again} {text}".lstrip()
        if not text or len(again) > len(whole):
            return False
        if again == whole:
            return True
        if whole.endswith(f" {again}") and (count > 1 or len(again) > _LONGEST_BY_CHANCE):
            return True
    return False
