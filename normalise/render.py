"""The seed edition: an `Article` as the exact text of its file (facts/format.md, all of it).

Its rule for running text: each text node stripped, empty ones dropped, all parts joined with
one blank. Blocks are joined with an empty line; quotes, videos, tables and rules bring newlines of
their own.
"""

from __future__ import annotations

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
    post = frontmatter.Post("\n\n".join(blocks))
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
    mark = "> " if "quote" in block.inside else ""
    match block:
        case Paragraph(content):
            return mark + _inline(content, capture)
        case Figure():
            return _figure(block, capture)
        case Heading(level, content):
            return _heading(level, _inline(content, capture), mark)
        case Video(address):
            return f'\n{{{{< video src="{archived_frame(address, capture)}" >}}}}\n'
        case ListItem(content, number):
            return f"{mark}{'-' if number is None else '1.'} {_inline(content, capture)}"
        case Quote(content):
            return f"> {_inline(content, capture)}\n"
        case Table(rows):
            return _table(rows, capture)
        case Rule():
            return "\n---\n"


def _inline(content: Inlines, capture: Capture) -> str:
    parts: list[str] = []
    for part in content:
        kind = type(part)
        if kind is Text:
            if text := part.value.strip():  # type: ignore[union-attr]
                parts.append(text)
            continue
        match part:
            case Break():
                parts.append("  \n")
            case Strong(inner):
                parts.append(f"**{_inline(inner, capture)}**")
            case Link(address, inner):
                parts.append(f"[{_inline(inner, capture)}]({archived_link(address, capture)})")
            case Emphasis(inner):
                parts.append(f"*{_inline(inner, capture)}*")
            case Image(address, alt):
                parts.append(f"![{alt}]({archived_image(address, capture)})")
    return " ".join(parts)


def _heading(level: int, text: str, mark: str) -> str:
    if level in _LEVELS_SHOWN_AS_QUOTE and "\n" in text.strip():
        return "\n".join(f"> {line}" for line in text.split("\n"))
    return f"{mark}{'#' * level} {text}"


def _figure(figure: Figure, capture: Capture) -> str:
    source = _attribute(archived_image(figure.address, capture))
    lines = ["<figure>", f'<img src="{source}" alt="{_attribute(figure.alt)}">']
    caption = _caption(figure.caption)
    if caption:
        lines.append(f"<figcaption>{caption}</figcaption>")
    return "\n".join([*lines, "</figure>"])


def _caption(content: Inlines) -> str:
    """The texts of a caption, stripped and put together without blanks, on one line."""
    parts = []
    for part in content:
        match part:
            case Text(value):
                parts.append(" ".join(value.split("\n")).strip())
            case Strong(inner) | Emphasis(inner) | Link(_, inner):
                parts.append(_caption(inner))
    return "".join(parts)


def _table(rows: tuple[tuple[Inlines, ...], ...], capture: Capture) -> str:
    width = max(map(len, rows))
    cells = [[_inline(cell, capture) for cell in row] for row in rows]
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
