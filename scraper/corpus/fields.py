"""An article file taken apart by field, and nothing lost: the pieces joined are the text again.

The layout is that of facts/format.md: front matter (2), headline and blocks (3), the appeal of the
page template and the author box (4). What belongs to no value, such as delimiters, lines of
unknown keys and the newline at the end, is of the field `layout`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from normalise.site import PROMO_OPENINGS

# A block "\n---\n" between two others (format.md 3.2): the promo begins with one.
RULE = "\n\n\n---\n\n\n"

_DELIMITER = "---\n"
_KEY_LINE = re.compile(r"([a-z_]+):")
_BOX_OPENS = "\n\n---\n\n!["
# Each part ends where it first can: tried in all places the time would grow with the cube.
_BOX = re.compile(
    r"\n\n---\n\n!\[(?>[^\n]*? \| )(?>[^\n]*?\]\()[^\n]*\)\n\n\*\*[^\n]*\*\*\n\n.*", re.DOTALL
)
_PROMO_OPENS = tuple(f"{mark}{opening}" for mark in ("", "**") for opening in PROMO_OPENINGS)


class Field(StrEnum):
    """What a difference can lie in; `title` has the headline, `url` has `original_url` as well."""

    TITLE = "title"
    DATE = "date"
    LAST_UPDATED = "last_updated"
    AUTHOR = "author"
    CATEGORY = "category"
    TAGS = "tags"
    URL = "url"
    BODY = "body"
    PROMO = "promo"
    BOX = "box"
    LAYOUT = "layout"


class Part(StrEnum):
    """The name of one piece of a file's text."""

    OPENING = "opening"
    TITLE = "title"
    DATE = "date"
    LAST_UPDATED = "last_updated"
    AUTHOR = "author"
    CATEGORY = "category"
    TAGS = "tags"
    URL = "url"
    ORIGINAL_URL = "original_url"
    UNKNOWN = "unknown"
    CLOSING = "closing"
    HEADLINE = "headline"
    BODY = "body"
    PROMO = "promo"
    BOX = "box"
    END = "end"

    @property
    def field(self) -> Field:
        """The field that a difference in this piece counts for."""
        return _FIELDS.get(self) or Field(self.value)


_LAYOUT = (Part.OPENING, Part.UNKNOWN, Part.CLOSING, Part.END)
_FIELDS = {
    **dict.fromkeys(_LAYOUT, Field.LAYOUT),
    Part.HEADLINE: Field.TITLE,
    Part.ORIGINAL_URL: Field.URL,
}
_KEYS = {
    part.value: part
    for part in (
        *(Part.TITLE, Part.DATE, Part.LAST_UPDATED, Part.AUTHOR, Part.CATEGORY, Part.TAGS),
        *(Part.URL, Part.ORIGINAL_URL),
    )
}

Piece = tuple[Part, str]


@dataclass(frozen=True)
class Fields:
    """The text of one article file in pieces, in the order of the file."""

    pieces: tuple[Piece, ...]

    @classmethod
    def of(cls, text: str) -> Fields:
        """Return the pieces of any text; where it is no article file, all of it is `opening`."""
        return cls(tuple(_pieces(text)))

    @cached_property
    def texts(self) -> dict[Part, str]:
        """The text of each part; those of unknown lines of the front matter together."""
        found: dict[Part, str] = {}
        for part, text in self.pieces:
            found[part] = found.get(part, "") + text
        return found

    def text(self, part: Part) -> str:
        """Return the text of a part, "" where the file has none."""
        return self.texts.get(part, "")

    def value(self, part: Part) -> str:
        """Return what stands between the quotes on the line of a key, escapes as they are."""
        return self.text(part).partition(': "')[2].removesuffix('"\n')

    @property
    def content(self) -> str:
        """The body, the promo and the box, as they follow one another."""
        return self.text(Part.BODY) + self.text(Part.PROMO) + self.text(Part.BOX)


def _pieces(text: str) -> Iterator[Piece]:
    end = text.find("\n---\n", 3) if text.startswith(_DELIMITER) else -1
    if end < 0:
        yield Part.OPENING, text
        return
    yield Part.OPENING, _DELIMITER
    yield from _front_matter(text[4 : end + 1])
    rest = text[end + 5 :]
    blank = rest[:1] if rest.startswith("\n") else ""
    yield Part.CLOSING, _DELIMITER + blank
    yield from _below(rest[len(blank) :])


def _front_matter(block: str) -> Iterator[Piece]:
    """The lines of each key; a key that comes again, or is none of ours, is unknown."""
    open_part, lines, seen = Part.UNKNOWN, "", set[Part]()
    for line in block.split("\n")[:-1]:
        key = _KEY_LINE.match(line)
        if key or not (open_part is Part.TAGS and line.startswith("  - ")):
            if lines:
                yield open_part, lines
            open_part, lines = _KEYS.get(key[1], Part.UNKNOWN) if key else Part.UNKNOWN, ""
            if open_part in seen:
                open_part = Part.UNKNOWN
            seen.add(open_part)
        lines += line + "\n"
    if lines:
        yield open_part, lines


def _below(text: str) -> Iterator[Piece]:
    """What follows the front matter; blocks are taken with the newlines before them."""
    end = "\n" if text.endswith("\n") else ""
    text = text.removesuffix(end)
    headline = text.partition("\n")[0] if text.startswith("# ") else ""
    if headline:
        yield Part.HEADLINE, headline
    box = text.rfind(_BOX_OPENS)
    if box < 0 or not _BOX.fullmatch(text, box):
        box = len(text)
    promo = text.rfind(RULE, 0, box)
    if promo < 0 or not text.startswith(_PROMO_OPENS, promo + len(RULE)):
        promo = box
    parts = (
        (Part.BODY, text[len(headline) : promo]),
        (Part.PROMO, text[promo:box]),
        (Part.BOX, text[box:]),
        (Part.END, end),
    )
    yield from (piece for piece in parts if piece[1])
