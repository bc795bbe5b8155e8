"""The text of an article file taken apart: the front matter's fields, the parts of the body."""

from __future__ import annotations

import re
from dataclasses import dataclass

from normalise.site import PROMO_OPENINGS
from scraper.corpus.files import front_matter_values, split_front_matter

_TITLE_LINE = re.compile(r"\s*#(?: [^\n]*)?(?:\n|\Z)")
# The tail of a body (facts/format.md 4): the appeal of the page template, then the author box.
_APPEAL = re.compile(rf"^---\n\n\s*\**(?:{'|'.join(map(re.escape, PROMO_OPENINGS))})", re.MULTILINE)
_BOX_OPENING = "---\n\n!["
_BOX = re.compile(
    r"---\n\n!\[((?:(?!\]\()[^\n])*)\]\([^\n]*\)\n\n\*\*\1\*\*(?P<bio>(?:\n.*)?)\Z", re.DOTALL
)
_LINE = re.compile(r'^(\w+): "(.*)"$', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class ArticleText:
    """The parts of one file, with LF line ends.

    `fields` are the scalars of the front matter; where that is no valid YAML, `fault` says why and
    they are read line by line. `content` stands between the title and the tail of the template
    (facts/format.md 4), `text` is all of the body but the bio of the author box, which is `bio`.
    """

    fields: dict[str, str]
    fault: str
    text: str
    content: str
    bio: str


def parse_article(whole: str) -> ArticleText | None:
    """Return the parts of a file's text, `None` where it has no front matter."""
    parts = split_front_matter(whole)
    if parts is None:
        return None
    front_matter, body = parts
    fields, fault = _fields(front_matter)
    title = _TITLE_LINE.match(body)
    start = title.end() if title else 0
    end, text_end = _tail(body)
    content = body[start:end].strip("\n")
    return ArticleText(fields, fault, body[:text_end], content, body[text_end:])


def _fields(front_matter: str) -> tuple[dict[str, str], str]:
    """The scalars of a front matter, and what is wrong with its YAML."""
    try:
        found = front_matter_values(front_matter)
    except ValueError as error:
        lines = _LINE.findall(front_matter)
        return {key: value.replace('\\"', '"') for key, value in lines}, str(error)
    return found, ""


def _tail(body: str) -> tuple[int, int]:
    """Where the content of a body ends, and where the bio of its author box begins."""
    end = bio = len(body)
    box = _BOX.match(body, max(0, body.rfind(_BOX_OPENING)))
    if box is not None:
        end, bio = box.start(), box.start("bio")
    appeal = _APPEAL.search(body)
    return (min(end, appeal.start()) if appeal else end), bio
