"""A whole file of the clean edition."""

from __future__ import annotations

from typing import Any

import frontmatter
from frontmatter.default_handlers import YAMLHandler

from normalise.editions.clean.addresses import Addresses, ArticlePath, ImagePaths
from normalise.editions.clean.blocks import BlockWriter
from normalise.editions.clean.front_matter import dump, metadata
from normalise.editions.clean.outline import outline
from normalise.models import Article


class _Handler(YAMLHandler):
    def export(self, metadata: dict[str, object], **_: object) -> str:
        """Return the lines between the delimiters."""
        return dump(metadata)


_HANDLER = _Handler()


def not_held(_: int) -> str | None:
    """Return `None`: an `ArticlePath` for an article that stands alone."""
    return None


def clean_body(
    article: Article, article_path: ArticlePath = not_held, images: ImagePaths | None = None
) -> str:
    """Return the text of an article in Markdown, without title, promo and author box.

    `article_path` gives the path from this article to another one of the export, `None` for one
    that it does not hold. `images` are the paths of its pictures, where there are any.
    """
    writer = BlockWriter(Addresses(article.capture, article_path, images))
    return writer.write(outline(article.body))


def render_clean(
    article: Article,
    article_path: ArticlePath = not_held,
    extra: dict[str, Any] | None = None,
    images: ImagePaths | None = None,
) -> str:
    """Return the whole text of an article's file: front matter and body, newline at the end."""
    post = frontmatter.Post(clean_body(article, article_path, images))
    post.metadata = {
        **metadata(article, Addresses(article.capture, article_path, images)),
        **(extra or {}),
    }
    text: str = frontmatter.dumps(post, handler=_HANDLER)
    return text.rstrip("\n") + "\n"
