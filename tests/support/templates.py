"""Variants of the site's page template, built around the content of an article.

Nobody has seen a whole article page. Each variant is a reconstruction that fixtures/ has too: where
the promo and the author box stand, what the info line is made of, which line ends the page has.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from support.pages import PROMO, page


@dataclass(frozen=True)
class Box:
    """What an author box says; `avatar` is a root-relative address."""

    label: str
    name: str
    avatar: str
    bio: str


@dataclass(frozen=True)
class Parts:
    """What a page is made of; all but `content` is plain text, `info` the parts of the line."""

    content: str
    title: str
    info: tuple[str, ...]
    category: str
    tags: tuple[str, ...]
    has_promo: bool
    box: Box | None = None


# --- promo and author box -------------------------------------------------------------------


def _box_with_background(box: Box) -> str:
    return (
        '<div class="author-box"><div class="author-profile-pic size-64" '
        f'style="background-image:url({box.avatar});"></div><div class="text-box">'
        f'<div class="line">{_label(box)}</div><p>{html.escape(box.bio)}</p></div></div>'
    )


def _box_with_image(box: Box) -> str:
    return (
        f'<div class="article-author"><img src="{box.avatar}" class="avatar" alt="">'
        f'<h4>{_label(box)}</h4><div class="bio">{html.escape(box.bio)}</div></div>'
    )


def _box_with_split_label(box: Box) -> str:
    name = html.escape(box.name)
    return (
        f'<aside class="profile">\n<a href="/blogger/{name}-31"><img src="{box.avatar}"></a>\n'
        f'<div class="name">\n  <span class="type">{box.label}</span>\n  <span>|</span>\n'
        f'  <a href="/blogger/{name}-31">{name}</a>\n</div>\n'
        f'<p class="intro">{html.escape(box.bio)}</p></aside>'
    )


def _label(box: Box) -> str:
    return f"{box.label} | {html.escape(box.name)}"


_BOXES: dict[str, Callable[[Box], str]] = {
    "avatar as background": _box_with_background,
    "avatar as image": _box_with_image,
    "label in pieces": _box_with_split_label,
}
# How the promo and the box follow the body: inside the content, and behind it.
_PLACES: dict[str, tuple[str, str]] = {
    "promo in content": ("{promo}", "{box}"),
    "promo in a wrapper": ('<div class="subscribe-block">{promo}</div>', "{box}"),
    "promo behind content": ("", '<div class="support">{promo}</div>\n{box}'),
    "promo and box in content": ("{promo}\n{box}", ""),
}

# --- info line ------------------------------------------------------------------------------


def _spans(parts: tuple[str, ...]) -> str:
    return "\n      |\n".join(f"<span>{part}</span>" for part in parts)


def _list(parts: tuple[str, ...]) -> str:
    items = "\n".join(f"<li>{part}</li>" for part in parts)
    return f'<ul class="list-inline article-info">\n{items}\n</ul>'


def _without_bars(parts: tuple[str, ...]) -> str:
    lines = "<br />\n".join(f"<span>{part}</span>" for part in parts)
    return f'<div class="article-info">{lines}</div>'


def _full_width(parts: tuple[str, ...]) -> str:
    line = "&nbsp;|&nbsp;".join(part.replace(": ", "：\xa0") for part in parts)
    return f'<p class="article-info small">\u3000{line}</p>'


def _update_behind(parts: tuple[str, ...]) -> str:
    line, update = " | ".join(parts[:2]), "".join(parts[2:])
    behind = f'\n<div class="article-update small">{update}</div>' if update else ""
    return f'<div class="article-info">{line}</div>{behind}'


_INFO_LINES: dict[str, Callable[[tuple[str, ...]], str]] = {
    "info in spans": lambda parts: f'<div class="row article-info">{_spans(parts)}</div>',
    "info as a list": _list,
    "info without bars": _without_bars,
    "info with full-width signs": _full_width,
    "update behind the info line": _update_behind,
}
_PLAIN_INFO = re.compile(r'<div class="article-info">.*?</div>', re.DOTALL)
_KEYWORDS = re.compile(r'<meta name="keywords"[^>]*>')

# --- variants -------------------------------------------------------------------------------


def variants(parts: Parts) -> Iterator[tuple[str, str]]:
    """Yield the name and the raw page of each variant that differs for this article.

    Each differs from the first in one respect, but for places and boxes, which are combined.
    """
    plain = _page(parts, *_PLACES["promo in content"], _box_with_background)
    yield "plain", plain
    for place, (inside, behind) in _PLACES.items():
        for name, make_box in _BOXES.items():
            built = _page(parts, inside, behind, make_box)
            is_first_box = make_box is _box_with_background
            if built != plain and (parts.box or (parts.has_promo and is_first_box)):
                yield f"{place}, {name}", built
    before_info, behind_info = _PLAIN_INFO.split(plain, maxsplit=1)
    for name, info_line in _INFO_LINES.items():
        yield name, before_info + info_line(tuple(map(html.escape, parts.info))) + behind_info
    yield "CRLF", re.sub("\r?\n", "\r\n", plain)
    yield "LF", plain.replace("\r\n", "\n")
    yield "tags in the hidden heading only", _KEYWORDS.sub("", plain, count=1)


def _page(parts: Parts, inside: str, behind: str, make_box: Callable[[Box], str]) -> str:
    promo = PROMO if parts.has_promo else ""
    box = make_box(parts.box) if parts.box else ""
    return page(
        parts.content + inside.format(promo=promo, box=box),
        title=html.escape(parts.title),
        info=" | ".join(map(html.escape, parts.info)),
        category=parts.category,
        keywords=html.escape(", ".join(("眾新聞", "hkcnews", *parts.tags))),
        tail=behind.format(promo=promo, box=box),
    )
