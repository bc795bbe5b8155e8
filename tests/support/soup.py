"""Random pieces of content: well-formed ones as the site has them, and soups of tags.

A seed gives the same pieces each time, in a fraction of the time that hypothesis takes for them.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

# Letters, blanks and signs; each circled number stands for what a page can't have bare.
_LETTERS = (
    "山海風雨晴渡Bz019 \n\t\u3000\xa0\u200b\u2060\ufeff\x85\u2028*_#[]|`~\\-.!(){}'😀⛴️\U00020547"
    "①②③④⑤⑥⑦⑧⑨⑩"
)
_WRITTEN = (
    *("&amp;", "&lt;", "&gt;", "&nbsp;", "&hellip;", "&#8212;", "1.&#32;", "- ", "&amp;lt;"),
    "**",
)
_ENTITIES = dict(zip(map(ord, "①②③④⑤⑥⑦⑧⑨⑩"), _WRITTEN, strict=True))
_ADDRESSES = (
    *("https://a.example/x", "http://a.example", "https://a.example/x?", "HTTPS://A.example/X"),
    *("https://a.example/x?y=1&amp;z=2#w", "http://a.example/x?y=1&z=2", "https://a.example/海 風"),
    *("https://www.hkcnews.com/event/7", "https://hkcnews.com/event/7", "http:// a.example/"),
    *("https://a.example/x?y=https://b.example", "https://a.example/x//y"),
    *("/event/7", "/", "/news_新聞/a%20b+c'd_large.jpg", "/x?y=/z", "/x?", "/x//y"),
    *("//a.example/x", "//a.example/x?", "../x", "../../x?y", "x.htm", "a.example/x", "#x", ""),
    *("https://web.archive.org/web/2016/http://a.example/", "/web/2016/http://a.example/"),
    *("javascript:go()", "tel:999", "data:image/gif;base64,R0lG"),
)
_SILENT = (
    *("<!-- <p>不</p> -->", "<!---->", "<script>a = '<p>不</p>';</script>"),
    "<style>p > a {}</style>",
)
_MARKS = ("strong", "b", "em", "i", "u", "sub", "sup", "span", "font")
_TAGS = (
    *("p", "b", "em", "u", "div", "ul", "ol", "li", "blockquote", "table", "tr", "td", "th"),
    *("h2", "h4", "figure", "figcaption", "a", "caption", "center", "noscript", "picture"),
)
_LOOSE = (
    *("<a href=/x>", "<br>", "<hr>", "<img src=/x>", "<iframe src=/x></iframe>", "<!-- 不 -->"),
    *("山", " 海 ", "\n", "&nbsp;", "1.", "<p>&nbsp;</p>"),
)


def content(seed: int) -> str:
    """Return a well-formed content: the parser leaves each element where it is."""
    return _Content(Random(seed)).flow()


def soup(seed: int) -> str:
    """Return tags in any order, closed or not."""
    random = Random(seed)
    parts = []
    for _ in range(random.randint(1, 30)):
        tag = random.choice(_TAGS)
        parts.append(random.choice((f"<{tag}>", f"<{tag}>", f"</{tag}>", random.choice(_LOOSE))))
    return "".join(parts)


class _Content:
    """Makes one content. No block stands in a paragraph, and no link in a link."""

    def __init__(self, random: Random) -> None:
        self._random = random

    def flow(self, depth: int = 0) -> str:
        return self._some(lambda: self._block(depth))

    def _some(self, make: Callable[[], str], most: int = 4) -> str:
        return "".join(make() for _ in range(self._random.randint(0, most)))

    def _within(self, tags: tuple[str, ...], inner: str) -> str:
        tag = self._random.choice(tags)
        return f"<{tag}>{inner}</{tag}>"

    def _text(self) -> str:
        letters = self._random.choices(_LETTERS, k=self._random.randint(0, 8))
        return "".join(letters).translate(_ENTITIES)

    def _address(self) -> str:
        return self._random.choice(_ADDRESSES)

    def _image(self) -> str:
        alt = self._text().replace("\n", " ")  # a figure has it on one line
        return f'<img alt="{alt}" src="{self._address()}">'

    def _iframe(self) -> str:
        source = f' src="{self._address()}"' if self._random.random() < 0.8 else ""
        return f"<iframe{source}></iframe>"

    def _inline(self, depth: int = 0, *, links: bool = True) -> str:
        kind = self._random.random()
        if kind < 0.45:
            return self._text()
        if kind < 0.6:
            return self._random.choice(("<br>", "<br />\n", *_SILENT))
        if kind < 0.66:
            return self._image()
        if depth > 2:
            return self._text()
        if kind < 0.8 and links:
            name = f'href="{self._address()}"' if self._random.random() < 0.8 else 'name="x"'
            return f"<a {name}>{self._some(lambda: self._inline(depth + 1, links=False))}</a>"
        return self._within(_MARKS, self._some(lambda: self._inline(depth + 1, links=links)))

    def _figure(self) -> str:
        words = ("山", " 海 ", "&amp;", "\xa0", "<b> 雨</b>", "<br>", "<a> </a>")
        caption = self._some(lambda: self._random.choice(words))
        shown = f"<figcaption>{caption}</figcaption>" if self._random.random() < 0.7 else ""
        image = self._image() if self._random.random() < 0.8 else ""
        return f'<figure class="image">{image}{shown}</figure>'

    def _leaf(self) -> str:
        kind = self._random.random()
        if kind < 0.45:
            inner = self._some(
                lambda: self._iframe() if self._random.random() < 0.15 else self._inline()
            )
            return f"<p>{inner}</p>"
        if kind < 0.65:
            return self._within(("h2", "h4", "h3", "h1", "h5", "h6"), self._some(self._inline))
        makers = (self._figure, self._iframe, lambda: "<hr>", self._text)
        return self._random.choice((*makers, lambda: self._random.choice(_SILENT)))()

    def _block(self, depth: int) -> str:
        if depth > 2 or self._random.random() < 0.55:
            return self._leaf()

        def mixed() -> str:
            is_block = self._random.random() < 0.5
            return self._block(depth + 1) if is_block else self._inline()

        kind = self._random.random()
        if kind < 0.4:
            items = self._some(lambda: f"<li>{self._some(mixed)}</li>")
            return self._within(("ul", "ol"), items)
        if kind < 0.65:
            return f"<blockquote>{self._some(mixed)}</blockquote>"
        if kind < 0.85:
            return self._within(("div", "section"), self.flow(depth + 1))
        cells = lambda: self._within(("td", "th"), self._some(mixed, 2))  # noqa: E731
        rows = self._some(lambda: f"<tr>{self._some(cells)}</tr>", 3)
        return f"<table><tbody>{rows}</tbody></table>"
