"""What the seed edition leaves out of an article (docs/seed-format.md 4)."""

from __future__ import annotations

from collections.abc import Iterator

from normalise.editions.seed_blocks import first, has_paragraph, is_noscript
from normalise.models import (
    Article,
    Break,
    Caption,
    Cell,
    Embed,
    Figure,
    Flow,
    Heading,
    Image,
    ListItem,
    Node,
    Paragraph,
    Quote,
    Rule,
    Table,
    Text,
    plain_text,
)

_TEXT_BLOCKS = (Paragraph, Heading, ListItem, Cell)
_MAX_SHOWN = 40  # characters of a text that is left out


def omissions(article: Article) -> tuple[str, ...]:
    """Return a sentence for each text, picture and frame of the page that the file has not."""
    lost = [*_lost(article.body, shown=False, frames=True)]
    lost += _lost(article.promo, shown=False, frames=True)
    if not _shows_something(article.body, is_block=False):
        lost.append("the content has no block of its own: the body is empty")
    return tuple(lost)


def _lost(content: Flow, *, shown: bool, frames: bool) -> Iterator[str]:
    """What is lost of a content.

    `shown` says that the text of the content is shown, `frames` that its frames are.
    """
    for node in content:
        kind = type(node)
        if type(node) is Text:
            if not shown and (text := _start(node.value)):
                yield f"text outside any paragraph is left out: {text}"
        elif type(node) is Image:
            if not shown:
                yield f"a picture outside any paragraph is left out: {node.address}"
        elif type(node) is Embed:
            if not frames and node.address:
                yield f"a frame in a figure or a table is left out: {node.address}"
        elif type(node) is Figure:
            yield from _lost_of_figure(node, shown=shown, frames=frames)
        elif node.content:
            is_shown = _is_shown(node, shown=shown)
            yield from _lost(node.content, shown=is_shown, frames=frames and kind is not Table)


def _is_shown(node: Node, *, shown: bool) -> bool:
    """Whether the text right in a node is shown; `shown` says whether what stands round it is."""
    if type(node) is Quote:
        return shown or not has_paragraph(node)
    return type(node) in _TEXT_BLOCKS or (shown and not is_noscript(node))


def _lost_of_figure(figure: Figure, *, shown: bool, frames: bool) -> Iterator[str]:
    """Of a figure outside running text the first picture and the first caption are shown."""
    if shown or not frames:
        yield from _lost(figure.content, shown=shown, frames=False)
        return
    picture = first(figure, Image)
    if picture is None:
        text = _start(plain_text(figure.content))
        yield f"a figure without a picture is left out{f': {text}' if text else ''}"
        return
    yield from _lost_beside(figure.content, picture, first(figure, Caption))


def _lost_beside(content: Flow, picture: Image, caption: Caption | None) -> Iterator[str]:
    for node in content:
        if type(node) is Text:
            if text := _start(node.value):
                yield f"text of a figure outside its caption is left out: {text}"
        elif type(node) is Image:
            if node.address != picture.address:
                yield f"a further picture of a figure is left out: {node.address}"
        elif type(node) is Embed:
            if node.address:
                yield f"a frame in a figure or a table is left out: {node.address}"
        elif node is caption:
            texts = (part for part in node.content if type(part) is not Text)
            yield from _lost_of_caption(tuple(texts), picture)
        else:
            yield from _lost_beside(node.content, picture, caption)


def _lost_of_caption(content: Flow, picture: Image) -> Iterator[str]:
    for node in content:
        if is_noscript(node) or type(node) in (Image, Embed):
            yield from _lost_beside((node,), picture, None)
        else:
            yield from _lost_of_caption(node.content, picture)


def _shows_something(content: Flow, *, is_block: bool) -> bool:
    """Whether any block comes of a content; in a block a break or a picture is enough."""
    for node in content:
        kind = type(node)
        if type(node) is Text:
            if is_block and node.value.strip():
                return True
        elif kind in (Heading, Rule) or (is_block and kind in (Break, Image)):
            return True
        elif type(node) is Embed:
            if node.address:
                return True
        elif type(node) is Figure:
            if first(node, Image) is not None:
                return True
        elif _shows_something(
            node.content, is_block=is_block or kind in (Paragraph, ListItem, Quote, Cell)
        ):
            return True
    return False


def _start(text: str) -> str:
    """The beginning of a text on one line, between quotation marks; "" where it is blank."""
    line = " ".join(text.split())
    return repr(line[:_MAX_SHOWN]) if line else ""
