"""The category and the tags of an article (docs/site.md 2.3, 2.4)."""

from __future__ import annotations

import re
from urllib.parse import unquote

from selectolax.lexbor import LexborHTMLParser

from normalise.page.cards import CARDS, OUTSIDE_CARDS
from normalise.page.dom import one_line
from normalise.page.encoding import REPLACEMENT
from normalise.page.found import Found
from normalise.page.text import line_text, meta_content
from normalise.site import CATEGORIES, SITE, SITE_KEYWORDS

_GROUP = ".group"
_HIDDEN_TAGS = "h2.hidden"
_OUTSIDE_NAVIGATION = f":not({CARDS}, nav *, .navigation *, .nav-overlay *)"
_SECTION = 'meta[property="article:section"]'
_KEYWORDS = 'meta[name="keywords" i]'
_CATEGORIES = {category.casefold(): category for category in CATEGORIES}
_TAG_SEGMENT = re.compile(r"(?P<tags>.+)-\d+")


def find_category(tree: LexborHTMLParser) -> Found[str]:
    """Return the category as the site spells it, as printed where it is unknown, "" for none."""
    shown = _shown_groups(tree)
    for text in shown:
        word = text.split(maxsplit=1)[0].casefold() if text else ""
        if word in _CATEGORIES:
            return Found(_CATEGORIES[word], "group")
    section = meta_content(tree, _SECTION).casefold()
    if section in _CATEGORIES:
        warning = f"no {_GROUP} has a known category"
        return Found(_CATEGORIES[section], "article:section", (warning,))
    if shown:
        return Found(shown[0], "group", (f"not a known category: {shown[0]!r}",))
    return Found("", "", ("no category found",))


def _shown_groups(tree: LexborHTMLParser) -> list[str]:
    """The texts that may be the category; those outside the navigation come first."""
    first = tree.css_first(_GROUP + _OUTSIDE_NAVIGATION)
    if first is not None and (text := line_text(first)).casefold() in _CATEGORIES:
        return [text]
    elements = (*tree.css(_GROUP + _OUTSIDE_NAVIGATION), *tree.css(_GROUP + OUTSIDE_CARDS))
    return [text for text in map(line_text, elements) if text]


def find_tags(tree: LexborHTMLParser, path: str) -> Found[tuple[str, ...]]:
    """Return the tags in the order of the page; `path` is that of the captured address."""
    meta = tree.css_first(_KEYWORDS)
    words = _without_site(_listed(meta.attributes.get("content") or "")) if meta else []
    if words and words != [SITE]:
        return Found(_unique(words), "keywords")
    hidden = [tag for element in tree.css(_HIDDEN_TAGS) for tag in _listed(line_text(element))]
    if hidden:
        warning = f"no tags in keywords; those of {_HIDDEN_TAGS} are taken"
        return Found(_unique(hidden), "hidden headings", (warning,))
    if meta is not None:
        return Found(_unique(words), "keywords")
    named = _tags_in_path(path)
    if not named:
        return Found(())
    warning = "no tags on the page; those of the address are taken"
    return Found(_unique(named), "address", (warning,))


def _listed(keywords: str) -> list[str]:
    """The words of a comma-separated list, each on one line."""
    return [word for part in one_line(keywords).split(",") if (word := part.strip())]


def _without_site(words: list[str]) -> list[str]:
    """The keywords behind the two of the site itself; its name may be a tag as well."""
    leading = set(SITE_KEYWORDS)
    while words and words[0] in leading:
        leading.remove(words[0])
        words = words[1:]
    return words


def _unique(words: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))


def _tags_in_path(path: str) -> list[str]:
    """The display names in `/article/ID/TAG-TAG-ID2/SLUG`, where its bytes were not lost."""
    segments = path.split("/")
    match = _TAG_SEGMENT.fullmatch(unquote(segments[3])) if len(segments) > 4 else None
    if match is None or REPLACEMENT in match["tags"]:
        return []
    return [tag.replace("_", " ").strip() for tag in match["tags"].split("-") if tag.strip("_ ")]
