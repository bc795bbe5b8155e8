"""The content element of a page, read into blocks (facts/format.md 3.2 to 3.9).

Blocks are taken flat and in document order: what stands in an item, a quote or a heading comes
again as a block of its own, marked by `inside`; nothing inside a table or a figure does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import ClassVar

from selectolax.lexbor import LexborNode

from normalise import mail
from normalise.addresses import AddressReader
from normalise.models import (
    Block,
    Break,
    Emphasis,
    Figure,
    Heading,
    Image,
    Inline,
    Inlines,
    Inside,
    Link,
    ListItem,
    Paragraph,
    Quote,
    Rule,
    Strong,
    Table,
    Text,
    Video,
)
from normalise.tree import (
    DEEPEST,
    MOST_CELLS,
    MOST_INSIDE,
    SILENT,
    TEXT,
    TOO_DEEP,
    TOO_OFTEN,
    TOO_WIDE,
    OutOfBounds,
    classes,
)

HEADINGS = {f"h{level}": level for level in range(1, 7)}

# The text of a noscript is left out, but paragraphs in it are shown where scripts are not.
_NO_BLOCKS = SILENT - {"noscript"}
_NUMBER = re.compile(r"[0-9]{1,9}")
_BREAK = Break()
_Read = tuple[Block | None, str]


class BlockReader:
    """Reads the blocks of one page; `warnings` collects what was lost on the way."""

    def __init__(self, addresses: AddressReader, skip: LexborNode | None = None) -> None:
        self._addresses = addresses
        self._skip = skip.mem_id if skip is not None else None
        self._nested = False
        self._next_number: dict[int, int] = {}
        self.warnings: list[str] = []

    def blocks(self, root: LexborNode) -> list[Block]:
        """Return the blocks below an element. Raises `OutOfBounds`."""
        found: list[Block] = []
        self._walk(root, (), found, 0)
        return found

    def block(self, node: LexborNode) -> list[Block]:
        """Return the block that an element is, with those inside it. Raises `OutOfBounds`."""
        found: list[Block] = []
        self._element(node, node.tag or "", (), found, 0)
        return found

    def inlines(self, node: LexborNode) -> Inlines:
        """Return the inline content of an element. Raises `OutOfBounds`."""
        first = node.child
        if first is not None and first.tag == TEXT and first.next is None:  # as most paragraphs
            return (Text(first.text_content or ""),)
        parts: list[Inline] = []
        self._inlines(node, parts, 0)
        return tuple(parts)

    def _walk(self, node: LexborNode, inside: Inside, found: list[Block], depth: int) -> None:
        if depth > DEEPEST:
            raise OutOfBounds(TOO_DEEP)
        for child in node.iter(include_text=True, skip_empty=True):
            tag = child.tag
            if tag == TEXT:
                if not inside:
                    self._warn_of_loose(child)
            elif tag is not None:
                self._element(child, tag, inside, found, depth + 1)

    def _element(
        self, node: LexborNode, tag: str, inside: Inside, found: list[Block], depth: int
    ) -> None:
        """Add what an element is, and then what stands in it."""
        read = self._readers.get(tag)
        if read is not None:
            block, nested = read(self, node, tag, inside)
            if block is not None:
                found.append(block)
            if nested:
                if len(inside) == MOST_INSIDE:
                    raise OutOfBounds(TOO_OFTEN)
                self._walk(node, (*inside, nested), found, depth)
        elif node.mem_id != self._skip and tag not in _NO_BLOCKS and not _is_advert(node, tag):
            self._walk(node, inside, found, depth)

    # Each reader returns the block, if there is one, and what the blocks in it stand in, if any.

    def _paragraph(self, node: LexborNode, _: str, inside: Inside) -> _Read:
        content, has_blocks = self._content(node)
        block = None if is_blank(content) else Paragraph(content, inside)
        return block, "paragraph" if has_blocks else ""

    def _heading(self, node: LexborNode, tag: str, inside: Inside) -> _Read:
        if tag == "h2" and "hidden" in classes(node):
            return None, ""  # the tags, for search engines (facts/page.md 1.1)
        content, has_blocks = self._content(node)
        return Heading(HEADINGS[tag], content, inside), "heading" if has_blocks else ""

    def _item(self, node: LexborNode, _: str, inside: Inside) -> _Read:
        number = self._number(node)
        content, has_blocks = self._content(node)
        block = None if is_blank(content) else ListItem(content, number, inside)
        return block, "item" if has_blocks else ""

    def _quote(self, node: LexborNode, _: str, inside: Inside) -> _Read:
        if node.css_first("p") is not None:
            for child in node.iter(include_text=True):
                self._warn_of_loose(child)
            return None, "quote"
        content, has_blocks = self._content(node)
        block = None if is_blank(content) else Quote(content, inside)
        return block, "quote" if has_blocks else ""

    def _rule(self, _node: LexborNode, _tag: str, inside: Inside) -> _Read:
        return Rule(inside), ""

    def _video(self, node: LexborNode, _: str, inside: Inside) -> _Read:
        source = node.attributes.get("src")
        return Video(self._addresses.resource(source), inside) if source else None, ""

    def _content(self, node: LexborNode) -> tuple[Inlines, bool]:
        """The inline content of a block, and whether blocks of their own stand in it."""
        self._nested = False
        return self.inlines(node), self._nested

    def _figure(self, node: LexborNode, _: str, inside: Inside) -> _Read:
        image = next(node.iter(), None)
        if image is None or image.tag != "img":
            image = node.css_first("img")
        if image is None:
            self.warnings.append("a figure without a picture is left out")
            return None, ""
        caption = node.css_first("figcaption")
        said = self.inlines(caption) if caption is not None else ()
        return Figure(*self._picture(image), said, inside), ""

    def _table(self, node: LexborNode, _: str, inside: Inside) -> _Read:
        rows = (tuple(map(self.inlines, row.css("td, th"))) for row in node.css("tr"))
        filled = tuple(row for row in rows if row)
        if len(filled) * max(map(len, filled), default=0) > MOST_CELLS:
            raise OutOfBounds(TOO_WIDE)
        return Table(filled, inside) if filled else None, ""

    def _picture(self, image: LexborNode) -> tuple[str, str]:
        """Address and alternative text; scripts that load late keep the address elsewhere."""
        attributes = image.attributes
        source = attributes.get("src") or attributes.get("data-src")
        if not source:
            candidates = attributes.get("data-srcset") or attributes.get("srcset") or ""
            source = next(iter(candidates.split()), "").rstrip(",")
        return self._addresses.resource(source), attributes.get("alt") or ""

    def _inlines(self, node: LexborNode, parts: list[Inline], depth: int) -> None:
        if depth > DEEPEST:
            raise OutOfBounds(TOO_DEEP)
        for child in node.iter(include_text=True):
            tag = child.tag
            if tag == TEXT:
                parts.append(Text(child.text_content or ""))
            elif tag == "br":
                parts.append(_BREAK)
            elif tag == "strong" or tag == "b":
                parts.append(Strong(self._inner(child, depth)))
            elif tag == "a":
                parts.extend(self._link(child, depth))
            elif tag == "em" or tag == "i":
                parts.append(Emphasis(self._inner(child, depth)))
            elif tag == "img":
                parts.append(Image(*self._picture(child)))
            elif tag is not None:
                self._other(child, tag, parts, depth)

    def _inner(self, node: LexborNode, depth: int) -> Inlines:
        parts: list[Inline] = []
        self._inlines(node, parts, depth + 1)
        return tuple(parts)

    def _other(self, node: LexborNode, tag: str, parts: list[Inline], depth: int) -> None:
        if tag in self._readers:
            self._nested = True
        if tag in SILENT:
            self._nested = self._nested or tag == "noscript"
        elif plain := mail.decoded(node.attributes.get(mail.ATTRIBUTE)):
            parts.append(Text(mail.bare(plain)))
        else:
            self._inlines(node, parts, depth + 1)

    def _link(self, node: LexborNode, depth: int) -> Iterator[Inline]:
        attributes = node.attributes
        value = attributes.get("href") or ""
        address = self._addresses.link(value)
        content = self._inner(node, depth)
        fragment = mail.hidden_in(address)
        shown = mail.decoded(attributes.get(mail.ATTRIBUTE))
        if shown or (fragment and mail.is_placeholder(plain_text(content))):
            content = (Text(mail.bare(shown or fragment or "")),)
        if is_blank(content):
            return
        if plain := fragment or shown or self._mail_shown(node, address):
            address = f"mailto:{plain}"
        if address:
            yield Link(address, content)
        else:
            yield from content

    def _mail_shown(self, node: LexborNode, address: str) -> str | None:
        """The address that an element inside a link to Cloudflare's page hides."""
        if not address.endswith(mail.PATH):
            return None
        hidden = node.css_first(f"[{mail.ATTRIBUTE}]")
        return mail.decoded(hidden.attributes.get(mail.ATTRIBUTE)) if hidden is not None else None

    def _number(self, item: LexborNode) -> int | None:
        """The place of an item in its ordered list as a browser counts, else `None`."""
        parent = item.parent
        if parent is None or parent.tag != "ol":
            return None
        number = self._next_number.get(parent.mem_id)
        if number is None:
            start = parent.attributes.get("start") or ""
            number = int(start) if _NUMBER.fullmatch(start) else 1
        self._next_number[parent.mem_id] = number + 1
        return number

    _readers: ClassVar[dict[str, Callable[[BlockReader, LexborNode, str, Inside], _Read]]] = {
        "p": _paragraph,
        "figure": _figure,
        "iframe": _video,
        "li": _item,
        "blockquote": _quote,
        "table": _table,
        "hr": _rule,
        **dict.fromkeys(HEADINGS, _heading),
    }

    def _warn_of_loose(self, node: LexborNode) -> None:
        """Tell of a text node that is no part of any block; the edition has no place for it."""
        text = node.text_content if node.tag == TEXT else None
        if text and not text.isspace():
            shown = " ".join(text.split())
            self.warnings.append(f"text outside any paragraph is left out: {shown[:40]!r}")


def is_blank(content: Inlines) -> bool:
    """Return whether nothing of a content would be seen; `<br>` and empty bold would."""
    for part in content:
        if type(part) is not Text or part.value.strip():
            return False
    return True


def _is_advert(node: LexborNode, tag: str) -> bool:
    return tag == "ins" and "adsbygoogle" in classes(node)


def plain_text(content: Inlines) -> str:
    """Return the text of a content without its structure, breaks as newlines."""
    return "".join(_plain(content))


def _plain(content: Inlines) -> Iterator[str]:
    for part in content:
        match part:
            case Text(value):
                yield value
            case Break():
                yield "\n"
            case Strong(inner) | Emphasis(inner) | Link(_, inner):
                yield from _plain(inner)
