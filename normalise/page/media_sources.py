"""Where the address of a picture, a frame or a video stands on a page.

Scripts that load pictures late leave a placeholder in `src`, and the address in another attribute.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborNode

_LATE = ("data-src", "data-original", "data-lazy-src", "data-lazy", "data-url")
_SETS = ("data-srcset", "data-lazy-srcset", "srcset")
_BETWEEN_SIZES = re.compile(r",\s+|(?<=[0-9][wx]),")  # `a.jpg 480w, b.jpg 960w`
_PLACEHOLDER = re.compile(r"\s*(?:data|about|javascript|blob):", re.IGNORECASE)
_BLANK_FRAME = re.compile(r"\s*about:", re.IGNORECASE)
_MOVIE = frozenset({"movie", "src", "url", "filename"})  # the names under which a param has it


def picture(image: LexborNode) -> str:
    """Return the address of an `img`, "" where it has none; a placeholder is the last choice."""
    source = image.attributes.get("src") or ""
    if source and not _PLACEHOLDER.match(source):
        return source
    parent = image.parent
    others = [*_late(image), *_of_sets(image)]
    if parent is not None and parent.tag == "picture":
        for other in parent.css("source"):
            others += [other.attributes.get("src") or "", *_late(other), *_of_sets(other)]
    return next((each for each in others if _is_address(each)), source)


def sizes(image: LexborNode) -> list[str]:
    """Return the addresses under which the page names a picture in its sizes, as they come.

    Those of a `picture` are in its sources, the largest first on pages of the site.
    """
    parent = image.parent
    sources = parent.css("source") if parent is not None and parent.tag == "picture" else []
    found = [each for element in (*sources, image) for each in _all_of_sets(element)]
    if not found:
        return []
    found.append(image.attributes.get("src") or "")
    return [each for each in found if _is_address(each)]


def frame(iframe: LexborNode) -> str:
    """Return the address of an `iframe`, "" where it has none or stays blank."""
    source = iframe.attributes.get("src") or ""
    found = next((each for each in (source, *_late(iframe)) if _is_address(each)), source)
    return "" if _BLANK_FRAME.match(found) else found


def media(element: LexborNode) -> str:
    """Return the address of a `video`, `audio`, `object` or `embed`, "" where it has none."""
    attributes = element.attributes
    sources = [attributes.get("src") or "", attributes.get("data") or "", *_late(element)]
    for inner in element.css("source"):
        sources += [inner.attributes.get("src") or "", *_late(inner)]
    for inner in element.css("param"):
        if (inner.attributes.get("name") or "").lower() in _MOVIE:
            sources.append(inner.attributes.get("value") or "")
    return next((each for each in sources if _is_address(each)), "")


def _late(element: LexborNode) -> Iterator[str]:
    for name in _LATE:
        yield element.attributes.get(name) or ""


def _of_sets(element: LexborNode) -> Iterator[str]:
    """The first address of each list of sizes that is no placeholder."""
    for name in _SETS:
        candidates = _BETWEEN_SIZES.split(element.attributes.get(name) or "")
        addresses = (next(iter(each.split()), "").rstrip(",") for each in candidates)
        yield next((each for each in addresses if _is_address(each)), "")


def _all_of_sets(element: LexborNode) -> Iterator[str]:
    for name in _SETS:
        for candidate in _BETWEEN_SIZES.split(element.attributes.get(name) or ""):
            yield next(iter(candidate.split()), "").rstrip(",")


def _is_address(source: str) -> bool:
    return bool(source.strip()) and not _PLACEHOLDER.match(source)
