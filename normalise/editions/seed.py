"""The seed edition: an `Article` as the exact text of its file (facts/format.md, all of it).

Its rule for running text: each text node stripped, empty ones dropped, all parts joined with
one blank. Blocks are joined with an empty line; quotes, videos, tables and rules bring newlines of
their own. Blocks are taken flat, in the order of the page, as the reference's converter took them:
what stands in an item, a heading, a quote or a paragraph is part of its text, and comes again as a
block of its own. Text that stands in none of them is left out; `omissions` says so.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

import frontmatter

from normalise.capture import Capture
from normalise.editions.archived_urls import archived_frame, archived_image, archived_link
from normalise.editions.front_matter import SeedHandler
from normalise.errors import Unrenderable
from normalise.models import (
    Article,
    AuthorBox,
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
    Node,
    Other,
    Paragraph,
    Quote,
    Row,
    Rule,
    Strong,
    Table,
    Text,
    walk,
)

# A short row is filled up to the longest: 15,000 of either would be a file of 600 MB.
MAX_CELLS = 100_000
# What stands in an item, a quote or a heading is written for itself again, once for each of them.
MAX_REPEATS = 10

_HANDLER = SeedHandler()
_MARKS: dict[type, str] = {Strong: "**", Emphasis: "*"}
# Headings that the edition shows as quotes where they run over several lines.
_LEVELS_SHOWN_AS_QUOTE = (2, 4)

_N = TypeVar("_N", bound=Node)


def render(article: Article) -> str:
    """Return the whole text of the article's file, LF line ends, newline at the end.

    Raises `Unrenderable` where a table or nested lists would come out as many times their size.
    """
    title = article.title.strip()
    blocks = [f"# {title}"]
    try:
        blocks += _Blocks(article.capture).blocks(article.body)
        blocks += _Blocks(article.capture).blocks(article.promo)
    except _OutOfBoundsError as error:
        raise Unrenderable(str(error), article.capture.url) from None
    if article.box is not None:
        blocks += _box(article.box, article.capture)
    body = "\n\n".join(blocks)
    if "\r" in body:  # only a character reference gives one
        body = body.replace("\r\n", "\n").replace("\r", "\n")
    post = frontmatter.Post(body)
    post.metadata = _metadata(article, title)
    return frontmatter.dumps(post, handler=_HANDLER)


def _metadata(article: Article, title: str) -> dict[str, object]:
    """The keys in the order of the file; those that may be missing only where known."""
    capture = article.capture
    values: dict[str, object] = {
        "title": title,
        "date": article.date.isoformat() if article.date else "",
    }
    if article.last_updated is not None:
        values["last_updated"] = article.last_updated.isoformat(sep=" ", timespec="seconds")
    values["author"] = article.author
    if article.category:
        values["category"] = article.category
    if article.tags:
        values["tags"] = article.tags
    values["url"] = capture.url
    values["original_url"] = capture.original
    return values


class _OutOfBoundsError(Exception):
    """The file would be many times as large as the page; says by what."""


# --- blocks -----------------------------------------------------------------------------------


class _Blocks:
    """The blocks of one content, in order."""

    def __init__(self, capture: Capture) -> None:
        self._capture = capture
        self._found: list[str] = []
        self._holds_blocks = False

    def blocks(self, content: Flow) -> list[str]:
        """Return the text of each block."""
        self._add(content, None, "", 0)
        return self._found

    def _add(self, content: Flow, parent: Node | None, mark: str, repeats: int) -> None:
        """Add the blocks of a content; `mark` stands before those in a quote."""
        for node in content:
            shown = self._readers.get(type(node))
            if shown is not None:
                shown(self, node, parent, mark, repeats)
            elif node.content:
                self._add(node.content, node, mark, repeats)

    def _add_again(self, node: Node, mark: str, repeats: int) -> None:
        """Add the blocks that stand in a block, which has shown their text already."""
        if repeats == MAX_REPEATS:
            raise _OutOfBoundsError(f"blocks in more than {MAX_REPEATS} others")
        self._add(node.content, node, mark, repeats + 1)

    def _paragraph(self, node: Paragraph, _: Node | None, mark: str, repeats: int) -> None:
        text, holds_blocks = self._text(node.content)
        if text:
            self._found.append(mark + text)
        if holds_blocks:
            self._add_again(node, mark, repeats)

    def _heading(self, node: Heading, _: Node | None, mark: str, repeats: int) -> None:
        text, holds_blocks = self._text(node.content)
        if node.level in _LEVELS_SHOWN_AS_QUOTE and "\n" in text.strip():
            self._found.append("\n".join(f"> {line}" for line in text.split("\n")))
        else:
            self._found.append(f"{mark}{'#' * node.level} {text}")
        if holds_blocks:
            self._add_again(node, mark, repeats)

    def _item(self, node: ListItem, parent: Node | None, mark: str, repeats: int) -> None:
        text, holds_blocks = self._text(node.content)
        if text:
            sign = "1." if type(parent) is List and parent.ordered else "-"
            self._found.append(f"{mark}{sign} {text}")
        if holds_blocks:
            self._add_again(node, mark, repeats)

    def _quote(self, node: Quote, _: Node | None, _mark: str, repeats: int) -> None:
        holds_blocks = True
        if not has_paragraph(node):
            text, holds_blocks = self._text(node.content)
            if text:
                self._found.append(f"> {text}\n")
        if holds_blocks:
            self._add_again(node, "> ", repeats)

    def _figure(self, node: Figure, _: Node | None, _mark: str, _repeats: int) -> None:
        image = first(node, Image)
        if image is None:
            return
        source = _attribute(archived_image(image.address, self._capture))
        caption = _caption(first(node, Caption))
        shown = f"<figcaption>{caption}</figcaption>\n" if caption else ""
        alt = _attribute(image.alt)
        self._found.append(f'<figure>\n<img src="{source}" alt="{alt}">\n{shown}</figure>')

    def _embed(self, node: Embed, _: Node | None, _mark: str, _repeats: int) -> None:
        if node.address:
            source = _attribute(archived_frame(node.address, self._capture))
            self._found.append(f'\n{{{{< video src="{source}" >}}}}\n')

    def _table(self, node: Table, _: Node | None, _mark: str, _repeats: int) -> None:
        rows = [_each(row, Cell) for row in _each(node, Row)]
        rows = [row for row in rows if row]
        width = max(map(len, rows), default=0)
        if len(rows) * width > MAX_CELLS:
            raise _OutOfBoundsError(f"a table of more than {MAX_CELLS} cells")
        if not rows:
            return
        cells = [[self._text(cell.content)[0] for cell in row] for row in rows]
        lines = [f"| {' | '.join(row + [''] * (width - len(row)))} |" for row in cells]
        lines.insert(1, f"| {' | '.join(['---'] * width)} |")
        self._found.append("\n" + "\n".join(lines) + "\n")

    def _rule(self, _node: Rule, _: Node | None, _mark: str, _repeats: int) -> None:
        self._found.append("\n---\n")

    _readers: ClassVar[dict[type, Callable[[Any, Any, Node | None, str, int], None]]] = {
        Paragraph: _paragraph,
        Heading: _heading,
        ListItem: _item,
        Quote: _quote,
        Figure: _figure,
        Embed: _embed,
        Table: _table,
        Rule: _rule,
    }

    # --- running text -------------------------------------------------------------------------

    def _text(self, content: Flow) -> tuple[str, bool]:
        """The running text of a content, and whether blocks stand in it."""
        if len(content) == 1 and type(content[0]) is Text:  # as in most paragraphs
            return content[0].value.strip(), False
        self._holds_blocks = False
        return self._inline(content), self._holds_blocks

    def _inline(self, content: Flow) -> str:
        parts: list[str] = []
        self._collect(content, parts)
        return " ".join(parts)

    def _collect(self, content: Flow, parts: list[str]) -> None:
        for node in content:
            kind = type(node)
            if type(node) is Text:
                if text := node.value.strip():
                    parts.append(text)
            elif kind is Break:
                parts.append("  \n")
            elif (mark := _MARKS.get(kind)) is not None:
                parts.append(f"{mark}{self._inline(node.content)}{mark}")
            elif type(node) is Link:
                if text := self._inline(node.content):
                    parts.append(f"[{text}]({archived_link(node.address, self._capture)})")
            elif type(node) is Image:
                parts.append(f"![{node.alt}]({archived_image(node.address, self._capture)})")
            elif is_noscript(node):
                self._holds_blocks = True
            else:
                self._holds_blocks = self._holds_blocks or kind in self._readers
                self._collect(node.content, parts)


def _caption(caption: Caption | None) -> str:
    """The texts of a caption, stripped and put together without blanks, on one line."""
    if caption is None:
        return ""
    texts: list[str] = []
    _collect_caption(caption.content, texts)
    return "".join(texts)


def _collect_caption(content: Flow, texts: list[str]) -> None:
    for node in content:
        if type(node) is Text:
            texts.append(node.value.replace("\r", " ").replace("\n", " ").strip())
        elif not is_noscript(node):
            _collect_caption(node.content, texts)


def _box(box: AuthorBox, capture: Capture) -> list[str]:
    label = f"{box.label} | {box.name}"
    avatar = archived_image(box.avatar, capture)
    return ["---", f"![{label}]({avatar})", f"**{label}**", box.bio]


def _attribute(value: str) -> str:
    """A value between double quotes on one line; the site's never held either (format.md 3.7)."""
    return (
        value.replace('"', "&quot;").replace("\n", " ") if '"' in value or "\n" in value else value
    )


# --- the tree -----------------------------------------------------------------------------------


def is_noscript(node: Node) -> bool:
    """Return whether a node is for browsers without scripts: its text is no running text."""
    return type(node) is Other and node.tag == "noscript"


def has_paragraph(quote: Quote) -> bool:
    """Return whether a paragraph stands anywhere in a quote: then just its blocks are shown."""
    return any(type(node) is Paragraph for node in walk(quote.content))


def first(node: Node, kind: type[_N]) -> _N | None:
    """Return the first node of a kind in another one."""
    return next((inner for inner in walk(node.content) if type(inner) is kind), None)


def _each(node: Node, kind: type[_N]) -> list[_N]:
    return [inner for inner in walk(node.content) if type(inner) is kind]
