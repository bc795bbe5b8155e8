"""Where the address of a picture, a frame or a video stands on a page.

Scripts that load pictures late leave a placeholder in `src`, and the address in another attribute.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborNode

_LATE_PICTURE = ("data-src", "data-original", "data-lazy-src", "data-lazy")
_LATE = (*_LATE_PICTURE, "data-url")
_SETS = ("data-srcset", "data-lazy-srcset", "srcset")
_OTHERS = frozenset((*_LATE, *_SETS))
# `a.jpg 480w, b.jpg 960w`: an address ends at a blank, or at commas before one (HTML, "parse a
# srcset attribute").
_ADDRESS_OF_SET = re.compile(r"[ \t\n\f\r,]*([^ \t\n\f\r,][^ \t\n\f\r]*)")
_DESCRIPTORS = re.compile(r"[^,]*")
_PLACEHOLDER = re.compile(r"\s*(?:data|about|javascript|blob):", re.IGNORECASE)
# The names of pictures that stand in the place of others until these are loaded.
_STAND_IN = re.compile("blank|placeholder|spacer|loading|pixel|transparent|1x1", re.IGNORECASE)
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


def late_picture(image: LexborNode) -> str:
    """Return the address that a script puts in the place of the `src` of an `img`, "" for none."""
    attributes = image.attributes
    late = (attributes.get(name) or "" for name in _LATE_PICTURE)
    return next((each for each in late if _is_address(each) and not is_stand_in(each)), "")


def is_stand_in(address: str) -> bool:
    """Return whether an address has the name of what stands in the place of a picture."""
    name = address.partition("?")[0].rpartition("/")[2]
    return _STAND_IN.search(name) is not None


def sizes(image: LexborNode) -> list[str]:
    """Return the addresses under which the page names a picture in its sizes, as they come.

    Those that scripts load late are first. Those of a `picture` are in its sources, the largest
    first on pages of the site.
    """
    parent = image.parent
    sources = parent.css("source") if parent is not None and parent.tag == "picture" else []
    if not sources and _OTHERS.isdisjoint(image.attributes):
        return []
    elements = (*sources, image)
    late = (each for element in elements for each in _late(element))
    found = [each for each in late if each and not is_stand_in(each)]
    found += [each for element in elements for each in _all_of_sets(element)]
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
    attributes = element.attributes
    for name in _LATE:
        yield attributes.get(name) or ""


def _of_sets(element: LexborNode) -> Iterator[str]:
    """The first address of each list of sizes that is no placeholder."""
    attributes = element.attributes
    for name in _SETS:
        yield next(filter(_is_address, _addresses(attributes.get(name) or "")), "")


def _all_of_sets(element: LexborNode) -> Iterator[str]:
    attributes = element.attributes
    for name in _SETS:
        yield from _addresses(attributes.get(name) or "")


def _addresses(source_set: str) -> Iterator[str]:
    """The addresses of a list of sizes."""
    at = 0
    while (match := _ADDRESS_OF_SET.match(source_set, at)) is not None:
        address, at = match[1], match.end()
        if not address.endswith(","):
            at = _DESCRIPTORS.match(source_set, at).end()  # type: ignore[union-attr]
        yield address.rstrip(",")


def _is_address(source: str) -> bool:
    return bool(source.strip()) and not _PLACEHOLDER.match(source)
