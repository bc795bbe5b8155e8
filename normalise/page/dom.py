"""Questions to a parsed page that the parser's selectors can't answer of one element.

`css_matches` of the parser is true of an element if it is true of anything below it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

TEXT = "-text"
# Elements whose text is not for readers.
UNSHOWN_TAGS = frozenset({"script", "style", "noscript", "iframe", "template"})
# Pages of the reference archive nest a dozen deep. Reading takes four calls an element, and
# Python's own limit is a thousand.
MAX_DEPTH = 100
TOO_DEEP = f"end of the nesting (deeper than {MAX_DEPTH} elements)"

_LINE_BREAK = re.compile(r"[ \t]*[\r\n\f]+\s*")

# glibc gives the memory of a parsed page back to the system and asks for it again with the next
# page, which takes a third of all time. Once a block as large as this one has been freed, glibc
# keeps what is smaller (mallopt(3), M_TRIM_THRESHOLD; 32 MB is the most that it learns from).
# Nothing touches the block, so it takes no memory. docs/benchmarks.md shows the difference.
bytes(30_000_000)


class OutOfBounds(Exception):
    """A page has more of something than any page of the site; says what was not read."""


def parse(html: bytes | str) -> LexborHTMLParser:
    """Return the tree of a page; bytes are taken for UTF-8."""
    return LexborHTMLParser(html)


def one_line(text: str) -> str:
    """Return a text stripped and on one line; blanks within a line stay as they are."""
    text = text.strip()
    has_break = "\n" in text or "\r" in text or "\f" in text
    return _LINE_BREAK.sub(" ", text) if has_break else text


def classes(element: LexborNode) -> list[str]:
    """Return the class tokens of an element."""
    return (element.attributes.get("class") or "").split()


def self_and_ancestors(element: LexborNode) -> Iterator[LexborNode]:
    """Yield an element and all that it stands in, innermost first."""
    above: LexborNode | None = element
    while above is not None:
        yield above
        above = above.parent


def contains(element: LexborNode, inner: LexborNode) -> bool:
    """Return whether an element is another one or stands round it."""
    return any(above.mem_id == element.mem_id for above in self_and_ancestors(inner))
