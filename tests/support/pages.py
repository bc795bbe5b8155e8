"""Builds pages of the site around a piece of content, in raw and view form, and reads them.

The view form is made from the raw form as the archive makes it (docs/wayback.md 3.1 and 3.2). The
code is independent of the normaliser, so that a mistake cannot be made and undone alike.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Protocol
from urllib.parse import urljoin

import pytest

from normalise import Article, Capture, extract, render

TIMESTAMP = "20190214080910"
ORIGIN = "https://www.hkcnews.com"
FOLDER = f"{ORIGIN}/article/31415/%E6%B8%AF-%E6%B5%B7-31415"
CAPTURE = Capture(TIMESTAMP, f"{FOLDER}/ferry")
ARCHIVE = "https://web.archive.org"

# What an article file writes before an address: of another site, of the site itself, of a
# picture, of a frame.
WEB = f"{ARCHIVE}/web/{TIMESTAMP}/"
OWN = f"/web/{TIMESTAMP}/{ORIGIN}"
PICTURE = f"{ARCHIVE}/web/{TIMESTAMP}im_/"
FRAME = f"{ARCHIVE}/web/{TIMESTAMP}if_/"

TITLE = "渡輪停航一天"
NAME = "舟小行"

# The words of the template, kept in one piece.
APPEAL = "請加入成為眾新聞的月費訂戶，長期支持我們的工作。所有訂戶都可以收到我們的「每周時事」通訊"
PROMO = (
    f"<hr><p>{APPEAL} 。</p>"
    '<p>月費訂戶 <a href="/aboutus/#subscribe">網址：hkcnews.com/aboutus/#subscribe</a></p>'
)
PROMO_SHOWN = (
    f"\n---\n\n\n{APPEAL} 。\n\n"
    f"月費訂戶 [網址：hkcnews.com/aboutus/#subscribe]({OWN}/aboutus/#subscribe)"
)
AVATAR = "/uploads/avatars/0a1b2c3d-0000-4000-8000-00000000beef.png?31415926"


def page(
    content: str,
    *,
    title: str = TITLE,
    info: str = f"撰文: {NAME} | 發佈日期: 13.02.19",
    category: str = "眾聞",
    keywords: str = "眾新聞, hkcnews, 渡輪, 碼頭",
    head: str = '<meta charset="utf-8">',
    tail: str = "",
) -> str:
    """Return a page in raw form; `tail` stands behind the content."""
    return (
        f'<!DOCTYPE html>\n<html lang="zh">\n<head>{head}\n<title>眾新聞 - {title}</title>\n'
        f'<meta name="keywords" content="{keywords}">\n'
        '<link rel="stylesheet" href="/css/all.css?v=1">\n</head>\n<body class="">\n'
        '<div class="nav"><a href="https://www.hkcnews.com"><img src="/images/l.svg"></a></div>\n'
        f'<a class="group" href="/news">{category}</a>\n<h1>{title}</h1>\n'
        f'<div class="article-info">{info}</div>\n<h2 class="hidden">{keywords[14:]}</h2>\n'
        f'<div class="article-content">{content}</div>\n{tail}\n'
        '<div class="grid"><div class="article-block"><p>別的文章</p>'
        '<div class="line">眾聞 | 別人</div></div></div>\n</body>\n</html>\n'
    )


def hidden(plain: str, key: int = 0x5C) -> str:
    """Return the hexadecimal key with which Cloudflare hides an e-mail address."""
    return bytes([key, *(byte ^ key for byte in plain.encode())]).hex()


# --- the view form --------------------------------------------------------------------------

_TAG = re.compile(r"<!--.*?-->|<(script)\b.*?</script>|<(?P<name>[a-z][a-z0-9]*)\b[^>]*>", re.S)
_ATTRIBUTE = re.compile(r'(?P<before>\s(?:href|src|data-src)=")(?P<address>[^"]*)')
_CSS_URL = re.compile(r"(?P<before>url\((?:&quot;|')?)(?P<address>[^')&]+)")
_MODIFIERS = {"img": "im_", "iframe": "if_", "link": "cs_"}
_UNTOUCHED = re.compile(r"#|$|(?:javascript|data|tel):")

_SCRIPTS = """<script src="https://web-static.archive.org/_static/js/bundle-playback.js"></script>
<script type="text/javascript">
    __wm.init("https://web.archive.org/web");
</script>
<!-- End Wayback Rewrite JS Include -->
"""
_TOOLBAR = """<!-- BEGIN WAYBACK TOOLBAR INSERT -->
<script>__wm.rw(0);</script>
<div id="wm-ipp-base" lang="en"><h1>Wayback</h1><p class="article-info">3 captures</p></div>
<div id="donato"><div class="article-content"><p>Please give</p></div></div>
<!-- END WAYBACK TOOLBAR INSERT -->"""
_APPENDED = """<!--
     FILE ARCHIVED ON 08:09:10 Feb 14, 2019 AND RETRIEVED FROM THE
     INTERNET ARCHIVE ON 10:15:40 Oct 16, 2025.
-->
"""


def as_viewed(html: str, *, scheme: str = "https", capture: Capture = CAPTURE) -> str:
    """Return a piece of a page with its addresses as the archive's view form shows them."""

    def tag(match: re.Match[str]) -> str:
        modifier = _MODIFIERS.get(match["name"] or "", "")

        def address(attribute: re.Match[str]) -> str:
            return attribute["before"] + _viewed(attribute["address"], modifier, scheme, capture)

        def background(url: re.Match[str]) -> str:
            return url["before"] + _viewed(url["address"], "im_", scheme, capture)

        if match["name"] is None:
            return match[0]
        return _CSS_URL.sub(background, _ATTRIBUTE.sub(address, match[0]))

    return _TAG.sub(tag, html)


def _viewed(address: str, modifier: str, scheme: str, capture: Capture) -> str:
    if _UNTOUCHED.match(address):
        return address
    before = f"/web/{capture.timestamp}{modifier}/"
    if address.startswith("mailto:"):
        return f"{scheme}:{ARCHIVE.removeprefix('https:')}{before}{address}"
    scheme_match = re.match(r"https?://", address, re.I)
    is_relative = not scheme_match and not address.startswith("/")
    if is_relative and not modifier and not address.startswith("../"):
        return address
    if is_relative:
        return before + urljoin(capture.original, address)
    address = address.removesuffix("?")
    if scheme_match:
        slash = "" if "/" in address[scheme_match.end() :] else "/"
        return f"{scheme}:{ARCHIVE.removeprefix('https:')}{before}{address}{slash}"
    if address.startswith("//"):
        return f"//web.archive.org{before}https:{address}"
    return before + urljoin(capture.original, "/")[:-1] + address


def raw_of(html: str, capture: Capture = CAPTURE) -> str:  # noqa: ARG001 - it is a `Form`
    """Return a whole page as it is."""
    return html


def view_of(html: str, capture: Capture = CAPTURE) -> str:
    """Return a whole page as the archive shows it to programs: without a toolbar."""
    viewed = as_viewed(html, capture=capture)
    return viewed.replace("<head>", f"<head>{_SCRIPTS}", 1) + _APPENDED


def view_with_toolbar_of(html: str, capture: Capture = CAPTURE) -> str:
    """Return a whole page as the archive showed it in 2020: with a toolbar, and over http."""
    viewed = as_viewed(html, scheme="http", capture=capture)
    viewed = viewed.replace("<head>", f"<head>{_SCRIPTS}", 1)
    return viewed.replace('<body class="">', f'<body class="">{_TOOLBAR}', 1)


class Form(Protocol):
    """Makes one of the archive's forms of a whole page."""

    def __call__(self, html: str, capture: Capture = CAPTURE) -> str: ...


FORMS: dict[str, Form] = {
    "raw form": raw_of,
    "view form": view_of,
    "view form with toolbar": view_with_toolbar_of,
}

# --- reading --------------------------------------------------------------------------------


def article_of(html: str) -> Article:
    """Return the article of a page of `CAPTURE`."""
    return extract(html.encode(), CAPTURE)


def blocks_of(html: str) -> str:
    """Return what stands in the file below the title line, without the newline at the end."""
    _, title_line, blocks = render(article_of(html)).partition(f"\n---\n\n# {TITLE}")
    assert title_line
    return blocks.removeprefix("\n\n").removesuffix("\n")


# --- tables ---------------------------------------------------------------------------------


def table(names: str, *tables: Mapping[str, tuple[object, ...]]) -> pytest.MarkDecorator:
    """Return a mark that runs a test once for each row, under the row's name.

    `names` are the test's arguments, separated by blanks.
    """
    rows = {name: row for part in tables for name, row in part.items()}
    assert len(rows) == sum(map(len, tables)), "two rows have the same name"
    return pytest.mark.parametrize(names.split(), rows.values(), ids=rows)
