"""The seed edition: an `Article` as the exact text of its file (facts/format.md, all of it).

Its rule for running text: each text node stripped, empty ones dropped, all parts joined with
one blank. Blocks are joined with an empty line; quotes, videos, tables and rules bring newlines of
their own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import frontmatter

from normalise.addresses import archived_frame, archived_image, archived_link
from normalise.front_matter import SeedHandler
from normalise.models import (
    Article,
    AuthorBox,
    Block,
    Break,
    Capture,
    Emphasis,
    Figure,
    Heading,
    Image,
    Inlines,
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

_HANDLER = SeedHandler()
# Headings that the edition shows as quotes where they run over several lines.
_LEVELS_SHOWN_AS_QUOTE = (2, 4)


def render(article: Article) -> str:
    """Return the whole text of the article's file, LF line ends, newline at the end."""
    capture = article.capture
    title = article.title.strip()
    blocks = [f"# {title}"]
    blocks += [_block(block, capture) for block in article.body]
    blocks += [_block(block, capture) for block in article.promo]
    if article.box is not None:
        blocks += _box(article.box, capture)
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


def _block(block: Block, capture: Capture) -> str:
    return _BLOCKS[type(block)](block, capture)


def _paragraph(block: Paragraph, capture: Capture) -> str:
    return _mark(block) + _inline(block.content, capture)


def _item(block: ListItem, capture: Capture) -> str:
    sign = "-" if block.number is None else "1."
    return f"{_mark(block)}{sign} {_inline(block.content, capture)}"


def _quote(block: Quote, capture: Capture) -> str:
    return f"> {_inline(block.content, capture)}\n"


def _heading(block: Heading, capture: Capture) -> str:
    text = _inline(block.content, capture)
    if block.level in _LEVELS_SHOWN_AS_QUOTE and "\n" in text.strip():
        return "\n".join(f"> {line}" for line in text.split("\n"))
    return f"{_mark(block)}{'#' * block.level} {text}"


def _mark(block: Paragraph | ListItem | Heading) -> str:
    return "> " if "quote" in block.inside else ""


def _video(block: Video, capture: Capture) -> str:
    source = _attribute(archived_frame(block.address, capture))
    return f'\n{{{{< video src="{source}" >}}}}\n'


def _rule(_block: Rule, _capture: Capture) -> str:
    return "\n---\n"


def _inline(content: Inlines, capture: Capture) -> str:
    parts: list[str] = []
    for part in content:
        if type(part) is Text:
            if text := part.value.strip():
                parts.append(text)
        else:
            parts.append(_INLINES[type(part)](part, capture))
    return " ".join(parts)


def _break(_part: Break, _capture: Capture) -> str:
    return "  \n"


def _strong(part: Strong, capture: Capture) -> str:
    return f"**{_inline(part.content, capture)}**"


def _emphasis(part: Emphasis, capture: Capture) -> str:
    return f"*{_inline(part.content, capture)}*"


def _link(part: Link, capture: Capture) -> str:
    return f"[{_inline(part.content, capture)}]({archived_link(part.address, capture)})"


def _image(part: Image, capture: Capture) -> str:
    return f"![{part.alt}]({archived_image(part.address, capture)})"


def _figure(block: Figure, capture: Capture) -> str:
    source = _attribute(archived_image(block.address, capture))
    caption = _caption(block.caption)
    shown = f"<figcaption>{caption}</figcaption>\n" if caption else ""
    return f'<figure>\n<img src="{source}" alt="{_attribute(block.alt)}">\n{shown}</figure>'


def _caption(content: Inlines) -> str:
    """The texts of a caption, stripped and put together without blanks, on one line."""
    parts = []
    for part in content:
        match part:
            case Text(value):
                parts.append(value.replace("\r", " ").replace("\n", " ").strip())
            case Strong(inner) | Emphasis(inner) | Link(_, inner):
                parts.append(_caption(inner))
    return "".join(parts)


def _table(block: Table, capture: Capture) -> str:
    width = max(map(len, block.rows))
    cells = [[_inline(cell, capture) for cell in row] for row in block.rows]
    lines = [f"| {' | '.join(row + [''] * (width - len(row)))} |" for row in cells]
    lines.insert(1, f"| {' | '.join(['---'] * width)} |")
    return "\n" + "\n".join(lines) + "\n"


def _box(box: AuthorBox, capture: Capture) -> list[str]:
    label = f"{box.label} | {box.name}"
    avatar = archived_image(box.avatar, capture)
    return ["---", f"![{label}]({avatar})", f"**{label}**", box.bio]


def _attribute(value: str) -> str:
    """A value between double quotes on one line; the site's never held either (format.md 3.7)."""
    return (
        value.replace('"', "&quot;").replace("\n", " ") if '"' in value or "\n" in value else value
    )


_INLINES: dict[type, Callable[[Any, Capture], str]] = {
    Break: _break,
    Strong: _strong,
    Emphasis: _emphasis,
    Link: _link,
    Image: _image,
}
_BLOCKS: dict[type, Callable[[Any, Capture], str]] = {
    Paragraph: _paragraph,
    Heading: _heading,
    ListItem: _item,
    Quote: _quote,
    Figure: _figure,
    Video: _video,
    Table: _table,
    Rule: _rule,
}
