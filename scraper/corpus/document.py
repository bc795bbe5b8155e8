"""An article file taken apart: every piece of its text, and the values that stand in them.

The layout is that of docs/seed-format.md: front matter (2), headline and blocks (3, 4), the promo
of the page template and the author box (6). Nothing is lost: the pieces joined are the text again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from normalise.site import PROMO_OPENINGS
from scraper.corpus.files import find_front_matter, front_matter_values

# The promo begins with a rule, which is a block "\n---\n" (docs/seed-format.md 4).
RULE = "\n\n\n---\n\n\n"

_KEY_LINE = re.compile(r"([a-z_]+):")
_QUOTED_LINE = re.compile(r'^(\w+): "(.*)"$', re.MULTILINE)
# Blank lines before a headline belong to the closing delimiter; without a headline just one does.
_BLANK_LINES = re.compile(r"\s*(?=#(?:[ \n]|\Z))|\n?")
# It may lack its additional newlines: an editor may have taken them away.
_BARE_RULE = "\n---\n\n"
_PROMO_OPENS = re.compile(rf"\s*\**(?:{'|'.join(map(re.escape, PROMO_OPENINGS))})")
_BOX_OPENING = "\n\n---\n\n!["
# Atomic groups: with backtracking into them the time would grow with the cube of the length.
_BOX = re.compile(
    r"\n\n---\n\n!\[(?>[^\n]*? \| )(?>[^\n]*?\]\()[^\n]*\)\n\n\*\*[^\n]*\*\*(?P<bio>\n.*)?",
    re.DOTALL,
)


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


_FIELDS = {
    **dict.fromkeys((Part.OPENING, Part.UNKNOWN, Part.CLOSING, Part.END), Field.LAYOUT),
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
_IN_FRONT_MATTER = frozenset((*_KEYS.values(), Part.UNKNOWN))

Piece = tuple[Part, str]


@dataclass(frozen=True)
class ArticleDocument:
    """The text of one article file in pieces, in the order of the file.

    What belongs to no value, such as delimiters, lines of unknown keys and the newline at the end,
    is of the field `layout`.
    """

    pieces: tuple[Piece, ...]

    @classmethod
    def parse(cls, text: str) -> ArticleDocument:
        """Return the pieces of any text; without front matter all of it is `opening`.

        The text is taken as it is: one with a byte order mark has no front matter, and CRLF is no
        line end. To read such files all the same, pass `with_unix_line_ends(text)`.
        """
        return cls(tuple(_split(text)))

    @cached_property
    def by_part(self) -> dict[Part, str]:
        """The text of each part that is there; unknown lines of the front matter together."""
        texts: dict[Part, str] = {}
        for part, text in self.pieces:
            texts[part] = texts.get(part, "") + text
        return texts

    def piece(self, part: Part) -> str:
        """Return the text of a part, "" where the file has none."""
        return self.by_part.get(part, "")

    def quoted(self, part: Part) -> str:
        """Return what stands between the quotes on the line of a key, escapes as they are."""
        return self.piece(part).partition(': "')[2].removesuffix('"\n')

    @property
    def has_front_matter(self) -> bool:
        """Whether the file begins with lines of YAML between two delimiters."""
        return Part.CLOSING in self.by_part

    @cached_property
    def front_matter(self) -> str:
        """The lines of YAML."""
        return "".join(text for part, text in self.pieces if part in _IN_FRONT_MATTER)

    @property
    def values(self) -> dict[str, str]:
        """The scalars of the front matter, read line by line where it is no valid YAML."""
        return self._values[0]

    @property
    def yaml_error(self) -> str:
        """What is wrong with the YAML of the front matter, "" where nothing is."""
        return self._values[1]

    @cached_property
    def _values(self) -> tuple[dict[str, str], str]:
        try:
            return front_matter_values(self.front_matter), ""
        except ValueError as error:
            lines = _QUOTED_LINE.findall(self.front_matter)
            return {key: value.replace('\\"', '"') for key, value in lines}, str(error)

    @property
    def content(self) -> str:
        """What the article itself has between its headline and promo or author box."""
        return self.piece(Part.BODY).strip("\n")

    @property
    def below_headline(self) -> str:
        """The body, the promo and the author box, as they follow one another."""
        return self.piece(Part.BODY) + self.piece(Part.PROMO) + self.piece(Part.BOX)

    @cached_property
    def text(self) -> str:
        """All that stands below the front matter but the bio of the author box."""
        below = self.piece(Part.HEADLINE) + self.below_headline
        return below.removesuffix(self.bio)

    @property
    def bio(self) -> str:
        """What the author box says of the author."""
        box = _BOX.fullmatch(self.piece(Part.BOX))
        return (box["bio"] or "").lstrip("\n") if box else ""


def _split(text: str) -> Iterator[Piece]:
    span = find_front_matter(text)
    if span is None:
        yield Part.OPENING, text
        return
    yield Part.OPENING, text[: span.start]
    yield from _split_front_matter(text[span.start : span.end])
    blank_lines = _BLANK_LINES.match(text, span.body)
    assert blank_lines is not None, "the pattern matches nothing as well"
    yield Part.CLOSING, text[span.end : blank_lines.end()]
    yield from _split_below(text[blank_lines.end() :])


def _split_front_matter(yaml: str) -> Iterator[Piece]:
    """The lines of each key; a key that comes again, or that the format has not, is unknown."""
    part, lines, seen = Part.UNKNOWN, "", set[Part]()
    for line in yaml.split("\n")[:-1]:
        key = _KEY_LINE.match(line)
        is_item = part is Part.TAGS and not key and line.startswith("  - ")
        if not is_item:
            if lines:
                yield part, lines
            part, lines = _KEYS.get(key[1], Part.UNKNOWN) if key else Part.UNKNOWN, ""
            if part in seen:
                part = Part.UNKNOWN
            seen.add(part)
        lines += f"{line}\n"
    if lines:
        yield part, lines


def _split_below(text: str) -> Iterator[Piece]:
    """What follows the front matter; promo and box are taken with the newlines before them."""
    end = "\n" if text.endswith("\n") else ""
    text = text.removesuffix(end)
    first_line = text.partition("\n")[0]
    headline = first_line if first_line == "#" or first_line.startswith("# ") else ""
    box = text.rfind(_BOX_OPENING)
    if box < 0 or not _BOX.fullmatch(text, box):
        box = len(text)
    promo = _find_promo(text, len(headline), box)
    pieces = (
        (Part.HEADLINE, headline),
        (Part.BODY, text[len(headline) : promo]),
        (Part.PROMO, text[promo:box]),
        (Part.BOX, text[box:]),
        (Part.END, end),
    )
    yield from (piece for piece in pieces if piece[1])


def _find_promo(text: str, start: int, end: int) -> int:
    """Where the promo before `end` begins, with the newlines before it; `end` where none is."""
    rule = text.rfind(_BARE_RULE, start, end)
    while rule >= 0:
        if _PROMO_OPENS.match(text, rule + len(_BARE_RULE), end):
            own_newlines = text[max(start, rule - 2) : rule]
            return rule - (len(own_newlines) - len(own_newlines.rstrip("\n")))
        rule = text.rfind(_BARE_RULE, start, rule)
    return end
