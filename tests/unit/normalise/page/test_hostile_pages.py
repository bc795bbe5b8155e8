"""Pages of any bytes and any depth: an article or a refusal comes of them, never anything else."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support.pages import AVATAR, CAPTURE, NAME, PROMO, page, table, view_with_toolbar_of

from normalise import Article, NormaliseError, extract, render

BOX = f'<div><img src="{AVATAR}"><div class="line">博客 | {NAME}</div><p>甲<br>\n乙</p></div>'
MASKED = (
    '<p><a href="/cdn-cgi/l/email-protection" data-cfemail="5c3f1c3e723f">'
    "[email&#160;protected]</a></p>"
)


WHOLE = page(
    '<p>甲<a href="/x">乙</a></p><h4>丙<br>丁</h4><ol><li>戊</li></ol><blockquote>己</blockquote>'
    f'<figure><img src="/p.png"><figcaption>庚</figcaption></figure>{MASKED}<table><tr><td>辛',
    category="眾說",
    tail=f"</table>{PROMO}{BOX}",
)
TRAPS = (
    *(b"\x00", b"\xff", b"\xe6\xb8", b"\xef\xbb\xbf", b"\xff\xfe", b"\xed\xa0\x80", b"&#xD800;"),
    *(b"<", b">", b'"', b"<!--", b"-->", b"</", b"]]>", b"<![CDATA[", b"<?xml ", b"&", b"&#"),
    *(b"<svg>", b"<math>", b"<template>", b"<noscript>", b"<plaintext>", b"<frameset>", b"<body>"),
    *(b"<table>", b"</table>", b"<p>", b"</p>", b"<li>", b"<td>", b"<h1>", b"</h1>", b"<form>"),
    *(b"<img src>", b"<img src=x alt>", b"<a href>", b"<iframe src>", b'<ol start="9999999999">'),
    *(b'<img src="http://[">', b'<img src="../[x">', b'<a href="../../[::1">', b'<a href="//[">'),
    *(
        b'<span data-cfemail="">',
        b"<span data-cfemail>",
        b'<a data-cfemail="zz">',
        b"<h2 class=hidden>",
    ),
    *(b"<meta name=keywords>", b'<meta name=keywords content=",,">', b"<div class>", b"<hr>"),
    *(
        b'<div class="article-content">',
        b'<div class="article-info">',
        b'<a class="group">',
        b"<title>",
    ),
    *(
        "99.99.99",
        "００.１３.１９",
        "2019-13-45 99:99:99",
        "２０１９-02-13 10:00",
        "撰文: |",
        "博客 | ",
    ),
    *(b'<div style="background:url(/uploads/avatars/">', b"<!-- BEGIN WAYBACK TOOLBAR INSERT -->"),
    *(
        b"<meta charset=utf-16>",
        b"<meta charset=big5>",
        b"<meta charset=base64>",
        b"<meta charset=x>",
    ),
    *(b"<div>" * 240, b"<span>" * 240, b"<b>" * 200, b"<blockquote>" * 100, "博客 | 舟".encode()),
)
FRAGMENTS = [
    *re.findall(rb"<[^<]*", WHOLE.encode()),
    *re.findall(rb"<[^<]*", view_with_toolbar_of(WHOLE).encode()),
    *(trap if isinstance(trap, bytes) else trap.encode() for trap in TRAPS),
]
fragments = st.sampled_from(FRAGMENTS) | st.binary(max_size=4)
cuts = st.tuples(st.integers(0, len(WHOLE)), st.integers(0, 60), fragments)


def outcome(html: bytes) -> Article | None:
    """The article of some bytes, `None` where they are refused; its file can be written."""
    try:
        article = extract(html, CAPTURE)
    except NormaliseError:
        return None
    assert render(article).encode()
    return article


@given(parts=st.lists(fragments, max_size=30))
@example(parts=[b'<html class="article-block">'])
def test_any_bytes_give_an_article_or_a_refusal(parts: list[bytes]) -> None:
    outcome(b"".join(parts))


@given(edits=st.lists(cuts, max_size=6))
def test_damaged_page_gives_an_article_or_a_refusal(edits: list[tuple[int, int, bytes]]) -> None:
    html = WHOLE.encode()
    for start, length, instead in edits:
        html = html[:start] + instead + html[start + length :]
    outcome(html)


@table(
    "content tail",
    {
        "elements in the content": ("<div>{}<p>甲", ""),
        "text in a paragraph": ("<p>{}甲", ""),
        "quotes": ("{}甲", ""),
        "elements below the content": ("<p>甲</p>", "{}乙"),
        "label of a box": ("<p>甲</p>", "{}博客 | 舟小行"),
        "avatar of a box": ("<p>甲</p>", f"{{}}{BOX}"),
    },
)
@pytest.mark.parametrize("tag", ["div", "b", "ul><li", "table><tr><td"])
def test_page_of_any_depth_gives_an_article_or_a_refusal(content: str, tail: str, tag: str) -> None:
    for depth in (124, 249, 1000):
        nesting = f"<{tag}>" * depth
        html = page(content.format(nesting), tail=tail.format(nesting), category="眾說")
        assert not overflows(html), depth


@pytest.mark.parametrize("depth", [100, 200, 249])
def test_depth_of_blocks_and_of_text_may_add_up(depth: int) -> None:
    assert not overflows(page("<div>" * depth + "<p>" + "<span>" * depth + "甲"))


def overflows(html: str) -> bool:
    """Whether Python's stack is too small for a page; pytest would take minutes to show it."""
    try:
        outcome(html.encode())
    except RecursionError:
        return True
    return False
