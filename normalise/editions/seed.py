"""The seed edition: an `Article` as the exact text of its file (docs/seed-format.md).

Running text: each text node is stripped, empty ones are dropped, and all parts are joined with one
blank. Blocks are joined with an empty line; quotes, videos, tables and rules bring newlines of
their own. Blocks are taken flat, in the order of the page: a block that stands in an item, a
heading, a quote or a paragraph is part of its text, and comes again as a block of its own. Text
outside any block is left out, and `omissions` says so.
"""

from __future__ import annotations

import frontmatter

from normalise.capture import Capture
from normalise.editions.archived_urls import archived_image
from normalise.editions.front_matter import SeedHandler
from normalise.editions.seed_blocks import OversizedError, seed_blocks
from normalise.errors import Unrenderable
from normalise.models import Article, AuthorBox

_HANDLER = SeedHandler()


def render(article: Article) -> str:
    """Return the whole text of the article's file, LF line ends, newline at the end.

    Raises `Unrenderable` where a table or nested lists would come out as many times their size.
    """
    title = article.title.strip()
    blocks = [f"# {title}"]
    try:
        blocks += seed_blocks(article.body, article.capture)
        blocks += seed_blocks(article.promo, article.capture)
    except OversizedError as error:
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


def _box(box: AuthorBox, capture: Capture) -> list[str]:
    label = f"{box.label} | {box.name}"
    avatar = archived_image(box.avatar, capture)
    return ["---", f"![{label}]({avatar})", f"**{label}**", box.bio]
