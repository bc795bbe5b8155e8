"""Text that a page's converter wrote twice (docs/archive-defects.md 5).

The seed edition lists the blocks of a page without regard to how they are nested
(docs/seed-format.md 4). An item that holds a paragraph, a list in an item and a quote with a
heading come out whole, and then each of their parts again.
"""

from __future__ import annotations

import re

_BETWEEN_BLOCKS = re.compile(r"\n{2,}")
# What can hold other blocks: an item, a heading, or a quote of either or of plain text.
_HOLDER = re.compile(r"(?:> )?(?:#{2,6} |- |1\. )|> ")
_WORD = re.compile(r"\w")
_NO_TEXT = ("<figure>", "{{<", "| ", "---")
# The end of an English item may be the next item by chance: `- Primary School`, `- School`.
_MAX_LENGTH_BY_CHANCE = 20


def has_duplicate_text(content: str) -> bool:
    """Return whether the blocks right after an item, quote or heading repeat its text.

    They repeat all of it, or its end: what stands before that is the item's own.
    """
    blocks = _BETWEEN_BLOCKS.split(content)
    texts: list[str] | None = None
    for index, block in enumerate(blocks):
        if _HOLDER.match(block):
            texts = texts or [_words_of(each) for each in blocks]
            if _is_repeated(texts, index):
                return True
    return False


def _words_of(block: str) -> str:
    """The words of a block without its sign, one blank between them; "" where it has none."""
    if block.startswith(_NO_TEXT):
        return ""
    sign = _HOLDER.match(block)
    text = " ".join(block[sign.end() if sign else 0 :].split())
    return text if _WORD.search(text) else ""


def _is_repeated(texts: list[str], index: int) -> bool:
    """Whether the texts behind one of them, joined, are that one or its end."""
    whole, joined = texts[index], ""
    for count, text in enumerate(texts[index + 1 :], start=1):
        joined = f"{joined} {text}".lstrip()
        if not text or len(joined) > len(whole):
            return False
        if joined == whole:
            return True
        is_long = count > 1 or len(joined) > _MAX_LENGTH_BY_CHANCE
        if is_long and whole.endswith(f" {joined}"):
            return True
    return False
