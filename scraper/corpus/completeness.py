"""Which files of an archive hold an article, and which hold a page that was saved in error.

The reference archive has 888 files of other pages and 15 of an article without content
(docs/archive-defects.md 1). Such an id is worth another capture.
"""

from __future__ import annotations

import re
from pathlib import Path

from normalise.site import FAREWELL_HEADLINE, OUTAGE_HEADLINE, squeezed
from scraper.corpus.document import ArticleDocument
from scraper.corpus.files import find_articles, with_unix_line_ends
from scraper.errors import UsageError

# Anything but blanks, characters without width, and signs of Markdown.
_SOMETHING = re.compile(r"[^\s#*_>|\-\u00ad\u200b-\u200f\u2060\ufeff]")
_OTHER_PAGES = frozenset({FAREWELL_HEADLINE, OUTAGE_HEADLINE})


def held_ids(folder: Path) -> set[int]:
    """Return the ids of all real articles among the files `article_<id>.md` below a folder.

    Raises `UsageError` where that is no folder, holds no such file, or can't be read.
    """
    held: set[int] = set()
    for article_id, path in find_articles(folder):
        try:
            text = path.read_bytes().decode("utf-8", "replace")
        except OSError as error:
            raise UsageError(f"{path} can't be read: {error.strerror}") from error
        if is_article(text):
            held.add(article_id)
    return held


def is_article(text: str) -> bool:
    """Return whether the text of an article file is that of an article with some content.

    A byte order mark and CRLF do no harm.
    """
    return has_article(ArticleDocument.parse(with_unix_line_ends(text)))


def has_article(document: ArticleDocument) -> bool:
    """Return whether a file holds an article with some content.

    A picture or a video is content; the headline, the promo and the author box are not. The
    farewell page and the archive's outage page are recognised by their headline where author and
    date are empty, so that an article may have the same headline.
    """
    return (
        document.has_front_matter
        and _SOMETHING.search(document.content) is not None
        and not _is_other_page(document)
    )


def _is_other_page(document: ArticleDocument) -> bool:
    # Reading YAML takes longer than all else here.
    if "告別" not in document.front_matter and "Offline" not in document.front_matter:
        return False
    values = document.values
    return (
        not document.yaml_error
        and squeezed(values.get("title", "")) in _OTHER_PAGES
        and not values.get("author")
        and not values.get("date")
    )
