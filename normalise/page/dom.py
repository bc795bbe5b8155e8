"""Small questions to a parsed page that selectors of the parser can't answer of one element.

Its `css_matches` is true of an element if it is of anything below it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

TEXT = "-text"
# Elements whose text is not for readers.
UNSHOWN_TAGS = frozenset({"script", "style", "noscript", "iframe", "template"})
# Pages of the corpus nest a dozen deep; reading takes four calls an element, and Python's own limit
# is a thousand.
MAX_DEPTH = 100


class OutOfBounds(Exception):
    """A page has more of something than any page of the site; says what was not read to its end."""


TOO_DEEP = f"end of the nesting (deeper than {MAX_DEPTH} elements)"


# glibc gives the memory of a parsed page back to the system and asks for it again with the next
# page, a third of all time, until a block as large has been freed once: then it keeps what is
# below (mallopt(3), M_TRIM_THRESHOLD). Nothing touches the block, so it takes no memory; 32 MB is
# the most that glibc learns from. `make bench` shows the difference.
bytes(30_000_000)


def parse(html: bytes | str) -> LexborHTMLParser:
    """Return the tree of a page; bytes are taken for UTF-8."""
    return LexborHTMLParser(html)


_NEWLINES = re.compile(r"[ \t]*[\r\n\f]+\s*")


def one_line(text: str) -> str:
    """Return a text stripped and on one line; blanks within a line stay as they are."""
    text = text.strip()
    return _NEWLINES.sub(" ", text) if "\n" in text or "\r" in text or "\f" in text else text


def classes(node: LexborNode) -> list[str]:
    """Return the class tokens of an element."""
    return (node.attributes.get("class") or "").split()


def self_and_ancestors(node: LexborNode) -> Iterator[LexborNode]:
    """Yield an element and all that it stands in, innermost first."""
    above: LexborNode | None = node
    while above is not None:
        yield above
        above = above.parent


def contains(node: LexborNode, inner: LexborNode) -> bool:
    """Return whether an element is another one or stands round it."""
    return any(above.mem_id == node.mem_id for above in self_and_ancestors(inner))
