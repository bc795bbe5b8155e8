"""What an archive of article files holds: the real articles in it, told from pages saved in error.

The reference archive has 888 files that are no article and 15 of an article without content
(facts/format.md 6.1, 6.2): such an id is worth another capture.
"""

from __future__ import annotations

import re
from pathlib import Path

from normalise.site import PROMO_OPENINGS
from scraper.corpus.files import find_articles, front_matter_values, split_front_matter
from scraper.errors import UsageError

_TITLE_LINE = re.compile(r"(?<!\s)\s*#(?: [^\n]*)?(?:\n|\Z)")
_RULE = re.compile(r"^---$", re.MULTILINE)
_AUTHOR_BOX = re.compile(
    r"^---\n\n!\[((?:(?!\]\()[^\n])*)\]\([^\n]*\)\n\n\*\*\1\*\*(?:\n.*)?\Z",
    re.MULTILINE | re.DOTALL,
)
# Blanks, characters without width, and signs of Markdown with nothing between them.
_NOTHING = r"\s#*_>|\-\u00ad\u200b-\u200f\u2060\ufeff"
_SOMETHING = re.compile(f"[^{_NOTHING}]")
_RULE_AND_SIGNS = re.compile(f"[{_NOTHING}]*")
# Headlines, without blanks, of the site's farewell page and the archive's outage page.
_NO_ARTICLE = frozenset({"眾新聞告別感謝讀者", "TemporarilyOffline"})


def held_ids(folder: Path) -> set[int]:
    """Return the ids of all real articles among the files `article_<id>.md` below a folder.

    Raises `UsageError` where that is no folder, holds no such file, or can't be read.
    """
    held: set[int] = set()
    for article, path in find_articles(folder):
        try:
            text = path.read_bytes().decode("utf-8", "replace")
        except OSError as error:
            raise UsageError(f"{path} can't be read: {error.strerror}") from error
        if is_article(text):
            held.add(article)
    return held


def is_article(text: str) -> bool:
    """Return whether the text of an article file is that of an article with some content.

    A picture or a video is content; the title, the appeal of the page template and the author box
    are not. The farewell page and the archive's outage page are told by their headline where
    author and date are empty, so that an article may have the same title.
    """
    parts = split_front_matter(text)
    if parts is None:
        return False
    front_matter, body = parts
    return _has_content(_TITLE_LINE.sub("", body, count=1)) and not _is_other_page(front_matter)


def _has_content(body: str) -> bool:
    """Whether anything is left of a body without title when appeal and author box are gone."""
    rule = _RULE.search(body)
    if rule is None:
        return _SOMETHING.search(body) is not None
    if _SOMETHING.search(body, 0, rule.start()):
        return True
    rest = _RULE_AND_SIGNS.sub("", _AUTHOR_BOX.sub("", body), count=1)
    return bool(rest) and not rest.startswith(PROMO_OPENINGS)


def _is_other_page(front_matter: str) -> bool:
    if "告別" not in front_matter and "Offline" not in front_matter:
        return False
    try:
        found = front_matter_values(front_matter)
    except ValueError:
        return False
    headline = "".join(found.get("title", "").split())
    return headline in _NO_ARTICLE and not found.get("author") and not found.get("date")
