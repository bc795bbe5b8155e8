"""Running text in Markdown, or in HTML where Markdown is not read.

Emphasis is written with asterisks where the rules of CommonMark take them for it on both
sides, which beside Chinese letters and full-width signs they often do not, and as HTML elsewhere.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby

from normalise import tree
from normalise.editions.clean.addresses import Addresses
from normalise.editions.clean.blanks import common_marks, one_line
from normalise.editions.clean.document import (
    EMPHASIS,
    LINK,
    STRONG,
    Leaf,
    Leaves,
    Mark,
)
from normalise.editions.clean.text import escape, escape_html, is_space

_SIGNS = {STRONG: "**", EMPHASIS: "*"}
_WORD = frozenset("LNM")  # first letters of the categories of Unicode
_IN_TARGET = re.compile(r"[\s<>\\()|]")
_ENTITY_LIKE = re.compile(r"&(?=\#?[0-9A-Za-z]+;)")
LOST_PICTURE = "圖片未能保存 Picture lost"
LOST_CAPTURES = "存檔 Captures"  # behind a link with a lost picture
HARD_BREAK, HTML_BREAK = "  \n", "<br>"


@dataclass(frozen=True, slots=True)
class InlineWriter:
    """Writes running text; `breaks_line` says that a break may be a line end in the source."""

    addresses: Addresses
    breaks_line: bool = True
    in_table: bool = False

    def markdown(self, leaves: Leaves) -> str:
        """Return leaves as Markdown."""
        if len(leaves) == 1 and leaves[0].text and not leaves[0].marks:
            text = leaves[0].text
            has_math = text.count("$") > 1
            text = escape(text, "", "", in_link=False, has_math=has_math)
            return text.replace("|", "\\|") if self.in_table else text
        has_math = sum(leaf.text.count("$") for leaf in leaves) > 1
        text = _MarkdownRun(self, leaves, has_math=has_math).write()
        return text.replace("|", "\\|") if self.in_table else text

    def html(self, leaves: Leaves) -> str:
        """Return leaves as HTML."""
        return "".join(self._html(leaves, 0))

    def _html(self, leaves: Leaves, depth: int) -> Iterator[str]:
        for mark, group in _groups(leaves, depth):
            if mark is None:
                yield from map(self._leaf_html, group)
                continue
            inner = "".join(self._html(group, depth + 1))
            if mark.name != LINK:
                yield f"<{mark.name}>{inner}</{mark.name}>"
            else:
                yield f'<a href="{escape_html(self.addresses.link(mark.address))}">{inner}</a>'
                for captures in _captures_of_lost(group, self.addresses):
                    yield f' <a href="{escape_html(captures)}">{LOST_CAPTURES}</a>'

    def _leaf_html(self, leaf: Leaf) -> str:
        if leaf.image is not None:
            return image_html(leaf.image, self.addresses, in_link=_is_in_link(leaf))
        return HTML_BREAK if leaf.is_break else escape_html(leaf.text)


class _MarkdownRun:
    """One row of leaves on its way into Markdown."""

    def __init__(self, writer: InlineWriter, leaves: Leaves, *, has_math: bool) -> None:
        self._writer = writer
        self._leaves = leaves
        self._has_math = has_math

    def write(self) -> str:
        """Return the whole row."""
        return self._write(0, len(self._leaves), 0, "", in_emphasis=False)

    def _write(self, start: int, end: int, depth: int, before: str, *, in_emphasis: bool) -> str:
        """Write the leaves from `start` to `end`; `before` is what the text so far ends with."""
        text = ""
        while start < end:
            mark = _mark_at(self._leaves[start], depth)
            stop = start + 1
            while stop < end and mark and _mark_at(self._leaves[stop], depth) == mark:
                stop += 1
            last = text[-1:] or before
            if mark is None:
                text += self._leaf(start, last)
            else:
                text += self._marked(mark, (start, stop), depth, last, in_emphasis=in_emphasis)
            start = stop
        return text

    def _marked(
        self, mark: Mark, span: tuple[int, int], depth: int, last: str, *, in_emphasis: bool
    ) -> str:
        start, stop = span
        if mark.name == LINK:
            inner = self._write(start, stop, depth + 1, "[", in_emphasis=in_emphasis)
            addresses = self._writer.addresses
            captures = _captures_of_lost(self._leaves[start:stop], addresses)
            behind = "".join(f" [{LOST_CAPTURES}]({_target(each)})" for each in captures)
            return f"[{inner}]({_target(addresses.link(mark.address))}){behind}"
        sign = _SIGNS.get(mark.name)
        has_inner = any(
            each.name in _SIGNS
            for leaf in self._leaves[start:stop]
            for each in leaf.marks[depth + 1 :]
        )
        if sign is not None and not in_emphasis and not has_inner and last != "*":
            inner = self._write(start, stop, depth + 1, "*", in_emphasis=True)
            if _opens(inner[:1], last) and _closes(inner[-1:], self._first_of(stop, depth)):
                return f"{sign}{inner}{sign}"
        inner = self._write(start, stop, depth + 1, ">", in_emphasis=in_emphasis or bool(sign))
        return f"<{mark.name}>{inner}</{mark.name}>"

    def _leaf(self, at: int, last: str) -> str:
        leaf = self._leaves[at]
        in_link = _is_in_link(leaf)
        if leaf.image is not None:
            return self._image(leaf.image, in_link=in_link)
        if leaf.is_break:
            return self._break(at)
        after = self._first_of(at + 1, len(leaf.marks))
        return escape(leaf.text, last, after, in_link=in_link, has_math=self._has_math)

    def _image(self, image: tree.Image, *, in_link: bool) -> str:
        addresses = self._writer.addresses
        alt = escape(one_line(image.alt), "[", "]", in_link=True, has_math=self._has_math)
        if captures := addresses.captures_of_lost(image.source):
            text = f"{LOST_PICTURE}: {alt}" if alt else LOST_PICTURE
            return text if in_link else f"[{text}]({_target(captures)})"
        return f"![{alt}]({_target(addresses.image(image.source))})"

    def _break(self, at: int) -> str:
        """One break is a line end; several must not make an empty line."""
        beside = self._leaves[max(0, at - 1) : at + 2]
        is_single = sum(leaf.is_break for leaf in beside) == 1
        return HARD_BREAK if is_single and self._writer.breaks_line else HTML_BREAK

    def _first_of(self, at: int, depth: int) -> str:
        """The character that follows in Markdown before the leaf at a place; "" at the end.

        `depth` marks are open in front of it.
        """
        if at == len(self._leaves):
            return "<" if depth else ""
        leaf, before = self._leaves[at], self._leaves[at - 1]
        common = len(common_marks(leaf.marks, before.marks))
        if common < depth:
            return "<"
        if len(leaf.marks) > common:
            return "[" if leaf.marks[common].name == LINK else "<"
        if leaf.image is not None:
            return self._image(leaf.image, in_link=_is_in_link(leaf))[0]
        return "\n" if leaf.is_break else leaf.text[0]


def image_html(image: tree.Image, addresses: Addresses, *, in_link: bool = False) -> str:
    """Return a picture as HTML; of one that is lost, a link to its captures.

    In a link it is told alone: the link to its captures stands behind that.
    """
    alt = escape_html(one_line(image.alt))
    if captures := addresses.captures_of_lost(image.source):
        text = f"{LOST_PICTURE}: {alt}" if alt else LOST_PICTURE
        return text if in_link else f'<a href="{escape_html(captures)}">{text}</a>'
    source = escape_html(addresses.image(image.source))
    return f'<img src="{source}" alt="{alt}">'


def _captures_of_lost(leaves: Leaves, addresses: Addresses) -> Iterator[str]:
    """The pages of the archive about the lost pictures of a link."""
    for leaf in leaves:
        if leaf.image is not None and (page := addresses.captures_of_lost(leaf.image.source)):
            yield page


def _is_in_link(leaf: Leaf) -> bool:
    return any(mark.name == LINK for mark in leaf.marks)


def _opens(first: str, last: str) -> bool:
    """Whether asterisks between two characters begin emphasis."""
    return _is_word(first) or (first != "" and not is_space(first) and _is_free(last))


def _closes(last: str, following: str) -> bool:
    """Whether asterisks between two characters end emphasis."""
    return _is_word(last) or (last != "" and not is_space(last) and _is_free(following))


def _is_word(character: str) -> bool:
    return character != "" and unicodedata.category(character)[0] in _WORD


def _is_free(character: str) -> bool:
    """Whether emphasis may border on a character, by older versions of the rules as well."""
    return not character or is_space(character) or unicodedata.category(character)[0] == "P"


def _target(address: str) -> str:
    """An address as the target of a link."""
    address = _IN_TARGET.sub(lambda match: _encoded(match[0]), address.strip())
    return _ENTITY_LIKE.sub("&amp;", address)


def _encoded(character: str) -> str:
    if character in "()":
        return f"\\{character}"
    return "".join(f"%{byte:02X}" for byte in character.encode())


def _mark_at(leaf: Leaf, depth: int) -> Mark | None:
    return leaf.marks[depth] if depth < len(leaf.marks) else None


def _groups(leaves: Leaves, depth: int) -> Iterator[tuple[Mark | None, Leaves]]:
    at: Callable[[Leaf], Mark | None] = lambda leaf: _mark_at(leaf, depth)  # noqa: E731
    for mark, group in groupby(leaves, at):
        yield mark, list(group)
