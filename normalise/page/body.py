"""The content element of a page, read into the tree of the model, which mirrors it.

Left out is what is no content for readers: scripts and styles, comments, adverts, the hidden list
of tags, the element that the author box was read from, and blanks between blocks. Elements are
kept in their place, known or not.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import ClassVar

from selectolax.lexbor import LexborNode

from normalise.page import cloudflare_email, media_sources
from normalise.page.addresses import AddressReader
from normalise.page.dom import MAX_DEPTH, TEXT, TOO_DEEP, OutOfBounds, classes
from normalise.tree import (
    Break,
    Caption,
    Cell,
    Embed,
    Emphasis,
    Figure,
    Flow,
    Heading,
    Image,
    Link,
    List,
    ListItem,
    Media,
    Node,
    Other,
    Paragraph,
    Quote,
    Row,
    Rule,
    Strong,
    Table,
    Text,
    is_block,
    plain_text,
)

HEADING_LEVELS = {f"h{level}": level for level in range(1, 7)}

_NUMBER = re.compile(r"[0-9]{1,9}")
_BLANKS = " \t\r\n\f"  # what HTML does not show between blocks: U+00A0 it shows
_BREAK = Break()
_RULE = Rule()
_NO_CONTENT = frozenset({"script", "style", "template", "source", "track", "param", "wbr"})
_CONTAINERS: dict[str, Callable[[Flow], Node]] = {
    "p": Paragraph,
    "strong": Strong,
    "b": Strong,
    "em": Emphasis,
    "i": Emphasis,
    "blockquote": Quote,
    "li": ListItem,
    "figure": Figure,
    "figcaption": Caption,
    "table": Table,
    "tr": Row,
}


class BodyReader:
    """Reads the content of one page; the element `skip` is left out."""

    def __init__(self, addresses: AddressReader, skip: LexborNode | None = None) -> None:
        self._addresses = addresses
        self._skip = skip.mem_id if skip is not None else None

    def content(self, element: LexborNode, depth: int = 0) -> Flow:
        """Return what stands in an element. Raises `OutOfBounds`."""
        first = element.child
        if first is None:
            return ()
        if first.tag == TEXT and first.next is None:  # as most paragraphs
            return (Text(first.text_content or ""),)
        if depth > MAX_DEPTH:
            raise OutOfBounds(TOO_DEEP)
        nodes: list[Node] = []
        blanks: list[int] = []
        for child in element.iter(include_text=True):
            tag = child.tag
            if tag == TEXT:
                value = child.text_content or ""
                if not value.strip(_BLANKS):
                    blanks.append(len(nodes))
                nodes.append(Text(value))
            elif tag is not None:
                self._add(child, tag, nodes, depth)
        return _without(blanks, nodes) if blanks and len(nodes) > 1 else tuple(nodes)

    def element(self, element: LexborNode, depth: int = 0) -> Flow:
        """Return what an element is: one node, or none. Raises `OutOfBounds`."""
        nodes: list[Node] = []
        self._add(element, element.tag or "", nodes, depth)
        return tuple(nodes)

    def _add(self, element: LexborNode, tag: str, nodes: list[Node], depth: int) -> None:
        container = _CONTAINERS.get(tag)
        if container is not None:
            nodes.append(container(self.content(element, depth + 1)))
        elif (read := self._readers.get(tag)) is not None:
            if tag != "h2" or "hidden" not in classes(element):  # those are the tags once more
                nodes.append(read(self, element, depth))
        elif tag not in _NO_CONTENT and not self._is_furniture(element, tag):
            nodes += self._other(element, tag, depth)

    def _is_furniture(self, element: LexborNode, tag: str) -> bool:
        """Whether an element is an advert, or the box that was read already."""
        is_advert = tag == "ins" and "adsbygoogle" in classes(element)
        return is_advert or element.mem_id == self._skip

    def _break(self, _element: LexborNode, _depth: int) -> Node:
        return _BREAK

    def _rule(self, _element: LexborNode, _depth: int) -> Node:
        return _RULE

    def _heading(self, element: LexborNode, depth: int) -> Node:
        return Heading(HEADING_LEVELS[element.tag or ""], self.content(element, depth + 1))

    def _list(self, element: LexborNode, depth: int) -> Node:
        start = element.attributes.get("start") or ""
        number = int(start) if _NUMBER.fullmatch(start) else 1
        return List(element.tag == "ol", number, self.content(element, depth + 1))

    def _cell(self, element: LexborNode, depth: int) -> Node:
        return Cell(self.content(element, depth + 1), element.tag == "th")

    def _embed(self, element: LexborNode, _depth: int) -> Node:
        source = media_sources.frame(element)
        return Embed(self._addresses.resource(source) if source else "")

    def _image(self, element: LexborNode, _depth: int) -> Node:
        address = self._addresses.resource(media_sources.picture(element))
        alt = element.attributes.get("alt") or ""
        sizes = media_sources.sizes(element)
        if not sizes:
            return Image(address, alt)
        others = dict.fromkeys(map(self._addresses.resource, sizes))
        others.pop(address, None)
        late = media_sources.late_picture(element)
        late = self._addresses.resource(late) if late else ""
        if late not in others:
            return Image(address, alt, tuple(others))
        if not media_sources.is_stand_in(address):
            others[address] = None
        return Image(address, alt, tuple(others), late)

    def _media(self, element: LexborNode, depth: int) -> Node:
        source = media_sources.media(element)
        address = self._addresses.resource(source) if source else ""
        return Media(element.tag or "", address, self.content(element, depth + 1))

    def _other(self, element: LexborNode, tag: str, depth: int) -> Flow:
        if plain := cloudflare_email.decode_key(element.attributes.get(cloudflare_email.ATTRIBUTE)):
            return (Text(cloudflare_email.address_only(plain)),)
        content = self.content(element, depth + 1)
        if tag == "picture":  # a choice of sizes, and the image that shows one of them
            images = tuple(node for node in content if not _is_blank(node))
            if len(images) == 1 and type(images[0]) is Image:
                return images
        return (Other(tag, content),)

    def _link(self, element: LexborNode, depth: int) -> Node:
        attributes = element.attributes
        address = self._addresses.link(attributes.get("href") or "")
        content = self.content(element, depth + 1)
        fragment = cloudflare_email.decode_link(address)
        shown = cloudflare_email.decode_key(attributes.get(cloudflare_email.ATTRIBUTE))
        if shown or (fragment and cloudflare_email.is_placeholder(plain_text(content))):
            content = (Text(cloudflare_email.address_only(shown or fragment or "")),)
        if plain := fragment or shown or _mail_shown(element, address):
            address = f"mailto:{plain}"
        return Link(address, content) if address else Other("a", content)

    _readers: ClassVar[dict[str, Callable[[BodyReader, LexborNode, int], Node]]] = {
        "br": _break,
        "hr": _rule,
        "img": _image,
        "a": _link,
        "iframe": _embed,
        **dict.fromkeys(("video", "audio", "object", "embed"), _media),
        "ol": _list,
        "ul": _list,
        "td": _cell,
        "th": _cell,
        **dict.fromkeys(HEADING_LEVELS, _heading),
    }


def _mail_shown(link: LexborNode, address: str) -> str | None:
    """The address that an element inside a link to Cloudflare's page hides."""
    if not address.endswith(cloudflare_email.PATH):
        return None
    hidden = link.css_first(f"[{cloudflare_email.ATTRIBUTE}]")
    return (
        cloudflare_email.decode_key(hidden.attributes.get(cloudflare_email.ATTRIBUTE))
        if hidden is not None
        else None
    )


def _is_blank(node: Node) -> bool:
    return type(node) is Text and not node.value.strip(_BLANKS)


def _without(blanks: list[int], nodes: list[Node]) -> Flow:
    """The nodes without those blanks that stand between blocks, or at an end beside one."""
    last = len(nodes) - 1
    for at in reversed(blanks):
        is_at_start = at == 0 or is_block(nodes[at - 1])
        if is_at_start and (at == last or is_block(nodes[at + 1])):
            del nodes[at]
            last -= 1
    return tuple(nodes)
