"""What a reader sees of an article: the same list from the tree of its page and from Markdown.

Visible text comes with the quotes, items, headings, cells and captions that it stands in, and with
its marks, in runs as long as these are the same; between them blanks and breaks; then pictures,
videos and rules. Not compared
are: control characters; blanks and breaks at the ends of a block; blocks of blanks alone; links
without text; pictures without an address; that a block stands in a heading, which Markdown can't;
whether lines of a cell are paragraphs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any
from urllib.parse import unquote

from markdown_it import MarkdownIt
from selectolax.lexbor import LexborHTMLParser, LexborNode

from normalise import Article, tree
from normalise.editions.clean.addresses import Addresses
from normalise.editions.clean.blocks import VIDEO_SIGN
from normalise.editions.clean.edition import not_held
from normalise.editions.clean.outline import figure_parts, table_rows

Context = tuple[tuple[str, int], ...]
Marks = frozenset[Any]
Event = tuple[Any, ...]
BREAK, BLANK, END = ("break",), ("blank",), ("end",)
_WORD_OR_BLANK = re.compile(r"[^ \t\r\n\f]+|[ \t\r\n\f]")  # the blanks of HTML
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_MARKS = {"strong": "strong", "b": "strong", "em": "em", "i": "em", "strike": "s"}
_HEADINGS = {f"h{level}" for level in range(1, 7)}
_KEPT_MARKS = {"sub", "sup", "u", "s", "del", "ins", "mark", "small", "code", "kbd"}


class Events:
    """The events in their order."""

    def __init__(self) -> None:
        self.found: list[Event] = []
        self._number = 0

    def number(self) -> int:
        self._number += 1
        return self._number

    def text(self, value: str, context: Context, marks: Marks) -> None:
        for word in _WORD_OR_BLANK.findall(value):
            if word in " \t\r\n\f":
                self.found.append(BLANK)
            elif shown := _CONTROL.sub("", word):
                self._word(shown, context, marks)

    def _word(self, word: str, context: Context, marks: Marks) -> None:
        before = self.found[-1] if self.found else END
        if before[1:] == (context, marks):
            self.found[-1] = (before[0] + word, context, marks)
        else:
            self.found.append((word, context, marks))

    def end(self) -> None:
        self.found.append(END)

    def inner(self) -> Events:
        """Return another list with the same numbers."""
        other = Events()
        other.number = self.number  # type: ignore[method-assign]
        return other


def normalised(events: Events) -> list[Event]:
    """Events without what is not compared, and with their containers numbered in their order."""
    numbers: dict[tuple[str, int], int] = {}
    result: list[Event] = []
    for block in _blocks(events.found):
        for event in block:
            if len(event) == 1:
                result.append(event)
                continue
            what, context, *marks = event
            renumbered = tuple(
                (name, numbers.setdefault((name, number), len(numbers)) if number >= 0 else 0)
                for name, number in context
            )
            result.append((what, renumbered, *marks))
        result.append(END)
    return result


def _blocks(found: list[Event]) -> list[list[Event]]:
    """Events divided at the ends of blocks, blank ones left out."""
    blocks: list[list[Event]] = [[]]
    for event in found:
        if event == END:
            blocks.append([])
        else:
            blocks[-1].append(event)
    joined: list[list[Event]] = []
    for block in filter(None, map(_trimmed, blocks)):
        if joined and _cell_of(block) and _cell_of(block) == _cell_of(joined[-1]):
            joined[-1] += [BREAK, *block]
        else:
            joined.append(block)
    return joined


def _cell_of(block: list[Event]) -> Context | None:
    """The cell right in which a block stands: its paragraphs are lines of it."""
    contexts = {event[1] for event in block if len(event) > 1}
    if len(contexts) != 1:
        return None
    (context,) = contexts
    return context if context and context[-1][0] == "cell" else None


def one_block(found: list[Event]) -> list[Event]:
    """The blocks of a caption as one, with breaks between them."""
    joined: list[Event] = []
    for block in _blocks(found):
        joined += [BREAK, *block] if joined else block
    return joined


def _trimmed(block: list[Event]) -> list[Event]:
    kept: list[Event] = []
    for event in block:
        if event == BLANK and (not kept or kept[-1] in (BLANK, BREAK)):
            continue
        if event == BREAK and kept and kept[-1] == BLANK:
            kept.pop()
        if event == BREAK and not kept:
            continue
        kept.append(event)
    while kept and kept[-1] in (BLANK, BREAK):
        kept.pop()
    # Those of two are pictures, videos and rules.
    is_visible = any(len(event) == 2 or (len(event) > 2 and event[0].strip()) for event in kept)
    return kept if is_visible else []


# --- the tree of the page ----------------------------------------------------------------------


class _TreeReader:
    def __init__(self, article: Article) -> None:
        self.events = Events()
        self._addresses = Addresses(article.capture, not_held)
        self._in_pre = False

    def read(self, content: tree.Flow, context: Context, marks: Marks) -> None:
        for node in content:
            self._node(node, context, marks)

    def _node(  # noqa: C901, PLR0912 - a case for each kind
        self, node: tree.Node, context: Context, marks: Marks
    ) -> None:
        events = self.events
        match node:
            case tree.Text(value):
                for number, line in enumerate(value.split("\n") if self._in_pre else [value]):
                    events.found += [BREAK] if number else []
                    events.text(line, context, marks)
            case tree.Break():
                events.found.append(BREAK)
            case tree.Image(address):
                if address:
                    events.found.append(
                        ("image " + unquote(self._addresses.image(node.source)), context)
                    )
            case tree.Embed(address):
                self._video(address, context)
            case tree.Media(_, address, content):
                self._video(address, context)
                self.read(content, context, marks)
            case tree.Rule():
                self._alone(("rule ", context))
            case tree.Link(address, content):
                target = _plain(self._addresses.link(address))
                other = frozenset(mark for mark in marks if not isinstance(mark, tuple))
                is_safe = not address.strip().lower().startswith(("javascript:", "data:", "about:"))
                self.read(content, context, other | {("a", target)} if is_safe else other)
            case tree.Strong(content):
                self.read(content, context, marks | {"strong"})
            case tree.Emphasis(content):
                self.read(content, context, marks | {"em"})
            case tree.Heading(level, content):
                self._block(content, (*_without_heading(context), (f"h{level}", -1)), marks)
            case tree.Quote(content):
                self._block(content, self._inside(context, "quote"), marks)
            case tree.List():
                self._list(node, _without_heading(context), marks)
            case tree.Table(content):
                self._table(content, context, marks)
            case tree.ListItem(content):
                self._block(content, self._inside(context, "ul"), marks)
            case tree.Cell(content, _):
                self._block(content, self._inside(context, "cell"), marks)
            case tree.Figure(content):
                self._figure(content, context, marks)
            case tree.Other("pre", content):
                self._in_pre = True
                self._block(content, context, marks)
                self._in_pre = False
            case tree.Other(tag, content) if not tree.is_block(node):
                name = _MARKS.get(tag, tag)
                self.read(content, context, marks | {name} if name in _KEPT_MARKS else marks)
            case _:
                self._block(node.content, context, marks)

    def _inside(self, context: Context, name: str) -> Context:
        return (*_without_heading(context), (name, self.events.number()))

    def _table(self, content: tree.Flow, context: Context, marks: Marks) -> None:
        """The cells last: a caption stands above them, and so does what is in no cell."""
        self.events.end()
        rows = list(table_rows(content))
        for row in rows:
            cells = row.content if type(row) is tree.Row else (row,)
            loose = tuple(cell for cell in cells if type(cell) is not tree.Cell)
            self._block(loose, context, marks)
        for row in rows:
            if type(row) is tree.Row:
                cells = tuple(cell for cell in row.content if type(cell) is tree.Cell)
                self._block(cells, context, marks)

    def _figure(self, content: tree.Flow, context: Context, marks: Marks) -> None:
        """Pictures and captions first; what else stands in a figure follows it."""
        parts = list(figure_parts(content))
        figure = [part for part in parts if type(part) in (tree.Image, tree.Caption)]
        has_image = any(type(part) is tree.Image and part.address for part in figure)
        inside = self._inside(context, "figure") if has_image else context
        self.events.end()
        for part in figure:
            if type(part) is tree.Image and part.address:
                self._node(part, inside, marks)
            elif type(part) is tree.Caption:
                self._caption(part, inside, marks, has_image=has_image)
        self.events.end()
        for part in parts:
            if part not in figure:
                self._block((part,), context, marks)

    def _caption(
        self, node: tree.Caption, context: Context, marks: Marks, *, has_image: bool
    ) -> None:
        if not has_image:
            self._block(node.content, _without_heading(context), marks)
            return
        outer, self.events = self.events, self.events.inner()
        self.read(node.content, (*context, ("caption", -1)), marks)
        outer.found += [END, *one_block(self.events.found), END]
        self.events = outer

    def _alone(self, event: Event) -> None:
        what, context = event
        self.events.end()
        self.events.found.append((what, _without_heading(context)))
        self.events.end()

    def _video(self, address: str, context: Context) -> None:
        self.events.end()
        if address:
            self._alone(("video " + _plain(self._addresses.video(address)), context))

    def _block(self, content: tree.Flow, context: Context, marks: Marks) -> None:
        self.events.end()
        self.read(content, context, marks)
        self.events.end()

    def _list(self, node: tree.List, context: Context, marks: Marks) -> None:
        """Items are numbered; what stands between them is of the item before."""
        self.events.end()
        name, number = ("ol", node.start - 1) if node.ordered else ("ul", 0)
        inside: Context = context
        for item in _items(node.content):
            is_item = type(item) is tree.ListItem
            if is_item or (inside == context and _is_visible(item)):
                number += 1
                shown = f"{name} {number}" if node.ordered else name
                inside = (*context, (shown, self.events.number()))
            self._block(item.content if is_item else (item,), inside, marks)


def _items(content: tree.Flow) -> Iterator[tree.Node]:
    for node in content:
        if type(node) is tree.Other and any(type(each) is tree.ListItem for each in node.content):
            yield from _items(node.content)
        else:
            yield node


def _is_visible(node: tree.Node) -> bool:
    nodes = [node, *tree.walk(node.content)]
    return any(
        (type(each) is tree.Text and each.value.strip())
        or (type(each) in (tree.Image, tree.Embed, tree.Media) and getattr(each, "address"))  # noqa: B009
        or type(each) is tree.Rule
        for each in nodes
    )


def _without_heading(context: Context) -> Context:
    return tuple(each for each in context if each[0] not in _HEADINGS)


def of_tree(article: Article) -> list[Event]:
    """The events of an article's body."""
    reader = _TreeReader(article)
    reader.read(article.body, (), frozenset())
    return normalised(reader.events)


def _plain(address: str) -> str:
    return unquote(address.strip().replace(" ", "%20"))


# --- Markdown ----------------------------------------------------------------------------------


def of_markdown(text: str) -> list[Event]:
    """The events of a text in CommonMark with tables."""
    reader = _HtmlReader()
    html = _parser().render(text)
    body = LexborHTMLParser(html).body
    assert body is not None
    reader.read(body, (), frozenset())
    return normalised(reader.events)


@cache
def _parser() -> MarkdownIt:
    markdown = MarkdownIt("commonmark").enable("table")
    markdown.normalizeLink = lambda url: url  # type: ignore[method-assign]
    markdown.validateLink = lambda url: True  # type: ignore[method-assign]  # noqa: ARG005
    return markdown


class _HtmlReader:
    """Reads HTML as a browser shows it."""

    def __init__(self) -> None:
        self.events = Events()

    def read(self, element: LexborNode, context: Context, marks: Marks) -> None:
        for child in element.iter(include_text=True):
            if child.tag == "-text" and element.tag != "figure":
                self.events.text(child.text_content or "", context, marks)
            elif child.tag != "-text":
                self._element(child, child.tag or "", context, marks)

    def _element(  # noqa: C901 - a case for each kind
        self, element: LexborNode, tag: str, context: Context, marks: Marks
    ) -> None:
        events, attributes = self.events, element.attributes
        if tag == "br":
            events.found.append(BREAK)
        elif tag == "img":
            events.found.append(("image " + unquote(attributes.get("src") or ""), context))
        elif tag == "hr":
            self._alone(("rule ", context))
        elif tag == "a":
            self._link(element, context, marks)
        elif tag in _MARKS or tag in _KEPT_MARKS:
            self.read(element, context, marks | {_MARKS.get(tag, tag)})
        elif tag in {"ol", "ul"}:
            self._list(element, tag, context, marks)
        else:
            names = {"blockquote": "quote", "td": "cell", "th": "cell"}
            if tag == "figcaption":
                self.events = events.inner()
                self.read(element, (*context, ("caption", -1)), marks)
                events.found += [END, *one_block(self.events.found), END]
                self.events = events
                return
            if tag == "figure":
                context = (*context, ("figure", events.number()))
            elif tag in names:
                context = (*context, (names[tag], events.number()))
            elif tag in _HEADINGS:
                context = (*context, (tag, -1))
            events.end()
            self.read(element, context, marks)
            events.end()

    def _alone(self, event: Event) -> None:
        self.events.end()
        self.events.found.append(event)
        self.events.end()

    def _link(self, element: LexborNode, context: Context, marks: Marks) -> None:
        target = unquote(element.attributes.get("href") or "")
        if (element.text() or "").startswith(VIDEO_SIGN):
            self._alone(("video " + target, context))
            return
        self.read(element, context, marks | {("a", target)})

    def _list(self, element: LexborNode, tag: str, context: Context, marks: Marks) -> None:
        number = int(element.attributes.get("start") or 1) - 1
        for child in element.iter():
            number += 1
            shown = f"ol {number}" if tag == "ol" else tag
            self.events.end()
            self.read(child, (*context, (shown, self.events.number())), marks)
            self.events.end()


def difference(article: Article, text: str) -> str:
    """Where the events of an article and its Markdown differ first, "" where they do not."""
    page, shown = of_tree(article), of_markdown(text)
    if page == shown:
        return ""
    at = next(
        (at for at, (one, other) in enumerate(zip(page, shown, strict=False)) if one != other),
        min(len(page), len(shown)),
    )
    return f"page {page[max(0, at - 3) : at + 3]}\nshown {shown[max(0, at - 3) : at + 3]}"
