"""What the seed edition leaves out of an article, and how much that is (docs/seed-format.md 4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from normalise.editions.loose_text import has_paragraph, is_noscript, with_paragraphs
from normalise.editions.seed_blocks import first
from normalise.models import Article
from normalise.tree import (
    Break,
    Caption,
    Cell,
    Embed,
    Figure,
    Flow,
    Heading,
    Image,
    ListItem,
    Media,
    Node,
    Other,
    Paragraph,
    Quote,
    Rule,
    Table,
    Text,
    plain_text,
    walk,
)

_TEXT_BLOCKS = frozenset({Paragraph, Heading, ListItem, Cell})
_LEAVES = frozenset({Text, Image, Embed})
_PLAIN_BLOCKS = frozenset({Paragraph, Heading})
_TABLE_CAPTION = "the caption of a table"
_MAX_SHOWN = 40  # characters of a text that is left out
_MAX_SHARE = 0.1
_MAX_CHARACTERS = 200
_UNREADABLE_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Completeness:
    """How many characters of text the page's content has, and how many the file leaves out.

    Blanks do not count.
    """

    characters: int
    left_out: int

    @property
    def share_left_out(self) -> float:
        """The part of the text that is left out, from 0 to 1."""
        return self.left_out / self.characters if self.characters else 0.0

    @property
    def is_incomplete(self) -> bool:
        """Whether so much is left out that somebody must know."""
        return self.share_left_out > _MAX_SHARE or self.left_out > _MAX_CHARACTERS

    @property
    def is_unreadable(self) -> bool:
        """Whether the file would lack most of the article."""
        return self.share_left_out > _UNREADABLE_SHARE


@dataclass(frozen=True, slots=True)
class _Omission:
    """A sentence on what is left out, and the characters of text that are."""

    message: str
    characters: int = 0


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What the file leaves out: a sentence for each piece, and how much of the text it is."""

    messages: tuple[str, ...]
    completeness: Completeness


def find_left_out(article: Article) -> LeftOut:
    """Return what of the page the file has not, and how much, found in one go."""
    body, promo = with_paragraphs(article.body), with_paragraphs(article.promo)
    found = [
        *_lost(body, shown=False, frames=True),
        *_lost(promo, shown=False, frames=True),
    ]
    messages = [omission.message for omission in found]
    if not _shows_something(body, is_block=False):
        messages.append("the content has no block of its own: the body is empty")
    characters = _count(plain_text(article.body)) + _count(plain_text(article.promo))
    left_out = sum(omission.characters for omission in found)
    return LeftOut(tuple(messages), Completeness(characters, left_out))


def omissions(article: Article) -> tuple[str, ...]:
    """Return a sentence for each text, picture and frame of the page that the file has not."""
    return find_left_out(article).messages


def _lost(
    content: Flow, *, shown: bool, frames: bool, where: str = "text outside any paragraph"
) -> Iterator[_Omission]:
    """What is lost of a content.

    `shown` says that the text of the content is shown, `frames` that its frames are; `where` is
    what text that is lost is called.
    """
    for node in content:
        kind = type(node)
        if kind in _LEAVES:
            yield from _lost_leaf(node, where, shown=shown, frames=frames)
        elif type(node) is Figure:
            yield from _lost_of_figure(node, shown=shown, frames=frames)
        elif type(node) is Media:
            yield _lost_medium(node)
            yield from _lost(node.content, shown=shown, frames=frames, where=where)
        elif type(node) is Other and node.tag == "caption" and not shown:
            yield from _lost(node.content, shown=False, frames=False, where=_TABLE_CAPTION)
        elif node.content and not (frames and _is_running_text(node)):
            is_shown = _is_shown(node, shown=shown)
            has_frames = frames and kind is not Table
            yield from _lost(node.content, shown=is_shown, frames=has_frames, where=where)


def _lost_leaf(node: Node, where: str, *, shown: bool, frames: bool) -> Iterator[_Omission]:
    """What is lost of a text, a picture or a frame."""
    if type(node) is Embed:
        if not frames and node.address:
            yield _lost_frame(node)
    elif shown:
        return
    elif type(node) is Text:
        yield from _lost_text(node.value, where)
    elif type(node) is Image:
        yield _Omission(f"a picture outside any paragraph is left out: {node.address}")


def _is_running_text(node: Node) -> bool:
    """Whether a block holds text and frames alone, as most do: nothing of it can be lost."""
    if type(node) not in _PLAIN_BLOCKS:
        return False
    return all(type(inner) is Text for inner in node.content) or not any(
        inner.content or type(inner) is Media for inner in node.content
    )


def _is_shown(node: Node, *, shown: bool) -> bool:
    """Whether the text right in a node is shown; `shown` says whether what stands round it is."""
    if type(node) is Quote:
        return shown or not has_paragraph(node)
    return type(node) in _TEXT_BLOCKS or (shown and not is_noscript(node))


def _lost_of_figure(figure: Figure, *, shown: bool, frames: bool) -> Iterator[_Omission]:
    """Of a figure outside running text the first picture and the first caption are shown."""
    if shown or not frames:
        yield from _lost(figure.content, shown=shown, frames=False)
        return
    if _is_plain(figure):
        return
    picture = first(figure, Image)
    if picture is None:
        lost = list(_lost_without_picture(figure.content))
        yield from lost or [_Omission("a figure without a picture is left out")]
        return
    yield from _lost_beside(figure.content, picture, first(figure, Caption))


def _lost_without_picture(content: Flow) -> Iterator[_Omission]:
    """What stands in a figure that has no picture, so that nothing of it is shown."""
    texts: list[Node] = []
    for node in content:
        if type(node) is Table:
            yield from _lost_text(_spaced_text(node), "a table in a figure")
            yield from _lost_frames(node.content)
        elif type(node) in (Embed, Media):
            yield from _lost_frames((node,))
        else:
            texts.append(node)
            yield from _lost_frames(node.content)
    yield from _lost_text(plain_text(tuple(texts)), "a figure without a picture")


def _spaced_text(table: Table) -> str:
    """The text of a table, a blank between its cells."""
    return " ".join(node.value for node in walk(table.content) if type(node) is Text)


def _lost_frames(content: Flow) -> Iterator[_Omission]:
    for node in content:
        if type(node) is Embed and node.address:
            yield _lost_frame(node)
        elif type(node) is Media:
            yield _lost_medium(node)
        yield from _lost_frames(node.content)


def _is_plain(figure: Figure) -> bool:
    """Whether a figure is a picture with or without a caption of text alone, as most are."""
    image, *others = figure.content or (None,)
    if type(image) is not Image:
        return False
    return not others or (
        len(others) == 1
        and type(others[0]) is Caption
        and all(type(node) is Text for node in others[0].content)
    )


def _lost_beside(content: Flow, picture: Image, caption: Caption | None) -> Iterator[_Omission]:
    for node in content:
        if type(node) is Text:
            yield from _lost_text(node.value, "text of a figure outside its caption")
        elif type(node) is Image:
            if node.address != picture.address:
                yield _Omission(f"a further picture of a figure is left out: {node.address}")
        elif type(node) is Embed:
            if node.address:
                yield _lost_frame(node)
        elif type(node) is Media:
            yield _lost_medium(node)
            yield from _lost_beside(node.content, picture, caption)
        elif node is caption:
            texts = (part for part in node.content if type(part) is not Text)
            yield from _lost_of_caption(tuple(texts), picture)
        else:
            yield from _lost_beside(node.content, picture, caption)


def _lost_of_caption(content: Flow, picture: Image) -> Iterator[_Omission]:
    for node in content:
        if is_noscript(node) or type(node) in (Image, Embed, Media):
            yield from _lost_beside((node,), picture, None)
        else:
            yield from _lost_of_caption(node.content, picture)


def _lost_medium(media: Media) -> _Omission:
    what = {"video": "a video", "audio": "a sound"}.get(media.tag, "an embedded object")
    return _Omission(f"{what} is left out: {media.address or 'its address is not on the page'}")


def _lost_frame(frame: Embed) -> _Omission:
    return _Omission(f"a frame in a figure or a table is left out: {frame.address}")


def _lost_text(text: str, what: str) -> Iterator[_Omission]:
    """A text that is left out, its beginning between quotation marks; none where it is blank."""
    line = " ".join(text.split())
    if line:
        yield _Omission(f"{what} is left out: {line[:_MAX_SHOWN]!r}", _count(line))


def _count(text: str) -> int:
    """The characters of a text, without blanks."""
    return len("".join(text.split()))


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
