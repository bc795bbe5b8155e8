"""What holds for any page, searched with hypothesis.

The oracle is the reference archive's format as a program of its own (../shared/oracle), fed with
the same content in view form. It parses with html.parser, so that only such nesting is made as the
HTML standard leaves where it is: no block in a paragraph, no link in a link, no loose text in a
table.
"""

from __future__ import annotations

import dataclasses
import importlib.util
import re
from collections.abc import Callable

import frontmatter
import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser
from support.pages import (
    AVATAR,
    CAPTURE,
    FORMS,
    NAME,
    PROMO,
    article_of,
    as_viewed,
    blocks_of,
    hidden,
    page,
    table,
    view_with_toolbar_of,
)
from support.shared_files import need

from normalise import Article, NormaliseError, extract, omissions, render
from normalise.models import Text, plain_text, walk

search = settings(max_examples=200)
quick_search = settings(search, max_examples=1000)  # where making an example takes no time
Texts = st.SearchStrategy[str]

# --- any well-formed content ----------------------------------------------------------------

# Letters, blanks and signs; each circled number stands for what a page can't have bare.
LETTERS = (
    "山海風雨晴渡Bz019 \n\t\u3000\xa0\u200b\u2060\ufeff\x85\u2028*_#[]|`~\\-.!(){}'😀⛴️\U00020547"
    "①②③④⑤⑥⑦⑧⑨⑩"
)
WRITTEN = (
    "&amp;",
    "&lt;",
    "&gt;",
    "&nbsp;",
    "&hellip;",
    "&#8212;",
    "1.&#32;",
    "- ",
    "&amp;lt;",
    "**",
)
ENTITIES = dict(zip(map(ord, "①②③④⑤⑥⑦⑧⑨⑩"), WRITTEN, strict=True))
ADDRESSES = (
    *("https://a.example/x", "http://a.example", "https://a.example/x?", "HTTPS://A.example/X"),
    *("https://a.example/x?y=1&amp;z=2#w", "http://a.example/x?y=1&z=2", "https://a.example/海 風"),
    *("https://www.hkcnews.com/event/7", "https://hkcnews.com/event/7", "http:// a.example/"),
    *("https://a.example/x?y=https://b.example", "https://a.example/x//y"),
    *("/event/7", "/", "/news_新聞/a%20b+c'd_large.jpg", "/x?y=/z", "/x?", "/x//y"),
    *("//a.example/x", "//a.example/x?", "../x", "../../x?y", "x.htm", "a.example/x", "#x", ""),
    *("https://web.archive.org/web/2016/http://a.example/", "/web/2016/http://a.example/"),
    *("javascript:go()", "tel:999", "data:image/gif;base64,R0lG"),
)
PLAIN_TAGS = "strong b em i u sub sup span font"


def joined(parts: Texts, most: int = 4) -> Texts:
    return st.lists(parts, max_size=most).map("".join)


def within(tags: str, content: Texts) -> Texts:
    return st.builds("<{0}>{1}</{0}>".format, st.sampled_from(tags.split()), content)


addresses = st.sampled_from(ADDRESSES)
texts = st.text(LETTERS, max_size=8).map(lambda text: text.translate(ENTITIES))
alternatives = texts.map(lambda text: text.replace("\n", " "))  # a figure has them on one line
images = st.builds('<img alt="{0}" src="{1}">'.format, alternatives, addresses)
iframes = st.builds('<iframe src="{0}"></iframe>'.format, addresses) | st.just("<iframe></iframe>")
silent = st.sampled_from(
    [
        "<!-- <p>不</p> -->",
        "<!---->",
        "<script>a = '<p>不</p>';</script>",
        "<style>p > a {}</style>",
    ]
)
without_links = st.recursive(
    texts | st.sampled_from(["<br>", "<br />\n"]) | images | silent,
    lambda inner: within(PLAIN_TAGS, joined(inner)),
    max_leaves=6,
)
links = st.one_of(
    st.builds('<a href="{0}">{1}</a>'.format, addresses, joined(without_links)),
    st.builds('<a name="x">{0}</a>'.format, joined(without_links)),
)
inlines = st.recursive(
    without_links | links, lambda inner: within(PLAIN_TAGS, joined(inner)), max_leaves=6
)
# A caption is one line in the file; the oracle leaves the newlines of the page in it.
captions = joined(
    st.sampled_from(["山", " 海 ", "&amp;", "\xa0", "<b> 雨</b>", "<br>", "<a> </a>"])
)
figures = st.builds(
    '<figure class="image">{0}{1}</figure>'.format,
    images | st.just(""),
    within("figcaption", captions) | st.just(""),
)
leaves = st.one_of(
    within("p", joined(inlines | iframes)),
    within("h2 h4 h3 h1 h5 h6 h2 h4", joined(inlines)),
    figures,
    iframes,
    st.just("<hr>"),
    texts,
    silent,
)


def nested(blocks: Texts) -> Texts:
    flow = joined(inlines | blocks)
    rows = within("tr", joined(within("td th", flow)))
    return st.one_of(
        within("ul ol", joined(within("li", flow))),
        within("blockquote", flow),
        within("div section", joined(blocks)),
        within("table", within("tbody", joined(rows))),
    )


bodies = joined(st.recursive(leaves, nested, max_leaves=8))
# Tags in any order, closed or not: the parser makes a tree of them, and that is what counts.
SOUP = (
    *(
        f"<{tag}>"
        for tag in [
            "p",
            "b",
            "em",
            "u",
            "div",
            "ul",
            "ol",
            "li",
            "blockquote",
            "table",
            "tr",
            "td",
            "th",
            "h2",
            "h4",
        ]
    ),
    *(
        f"</{tag}>"
        for tag in [
            "p",
            "b",
            "em",
            "u",
            "div",
            "ul",
            "ol",
            "li",
            "blockquote",
            "table",
            "tr",
            "td",
            "th",
            "h2",
            "h4",
        ]
    ),
    *("<figure>", "</figure>", "<figcaption>", "</figcaption>", "<a href=/x>", "<a>", "</a>"),
    *("<caption>", "<center>", "<noscript>", "<picture>", "<br>", "<hr>", "<img src=/x>"),
    *("山", " 海 ", "\n", "&nbsp;", "1.", "<!-- 不 -->", "<iframe src=/x></iframe>"),
)

Oracle = Callable[[str], list[str]]


@pytest.fixture(scope="module")
def oracle() -> Oracle:
    path = need("oracle", "ref_convert.py")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    def blocks(html: str) -> list[str]:
        found: list[str] = module.convert_content(module.soup(f"<div>{html}</div>").div)
        return found

    return blocks


@search
@given(body=bodies)
def test_blocks_are_those_of_the_oracle(oracle: Oracle, body: str) -> None:
    assert blocks_of(page(body)) == "\n\n".join(oracle(as_viewed(body)))


@search
@given(body=bodies | st.lists(st.sampled_from(SOUP), max_size=30).map("".join))
@example(body="<ol><a><li>甲</li></a></ol>")
@example(body="<p>甲</p> <b>乙</b>\n<div> 丙 </div><picture>丁<img src=x></picture>")
def test_the_tree_has_the_text_of_the_content_once(body: str) -> None:
    html = page(body)
    article = article_of(html)
    content = LexborHTMLParser(html).css_first(".article-content")
    assert content is not None
    for silent in content.css("script, style, template"):
        silent.decompose()
    said = plain_text(article.body + article.promo)
    assert "".join(said.split()) == "".join(content.text().split())


@search
@given(body=bodies)
def test_what_the_file_leaves_out_is_said(body: str) -> None:
    article = article_of(page(body))
    shown = "".join(blocks_of(page(body)).split())
    lost = [node for node in walk(article.body) if isinstance(node, Text)]
    lost = [node for node in lost if "".join(node.value.split()) not in shown]
    said = [line for line in omissions(article) if "text" in line or "figure" in line]
    assert bool(lost) <= bool(said)


# --- front matter ---------------------------------------------------------------------------

ARTICLE = article_of(page("<p>汽笛響</p>"))
any_text = st.text() | st.text(LETTERS + '"\r\x00\x1c\x7f\u2029\ufffe')


@quick_search
@given(title=any_text, author=any_text, category=any_text, tags=st.lists(any_text, max_size=3))
def test_front_matter_reads_back_as_the_values(
    title: str, author: str, category: str, tags: list[str]
) -> None:
    changed = dataclasses.replace(
        ARTICLE, title=title, author=author, category=category, tags=tuple(tags)
    )
    values: dict[str, str | list[str]] = {
        "title": title.strip(),
        "date": "2019-02-13",
        "author": author,
        "category": category,
        "tags": tags,
        "url": CAPTURE.url,
        "original_url": CAPTURE.original,
    }
    shown = {key: value for key, value in values.items() if value or key in ("title", "author")}
    text = render(changed)
    front, _, _ = text.removeprefix("---\n").partition("\n---\n\n")
    read = yaml.safe_load(front)
    assert list(read.items()) == list(shown.items())
    assert frontmatter.loads(text).metadata == shown
    assert front.count("\\") == sum(map(escapes, [title.strip(), author, category, *tags]))


def escapes(value: str) -> int:
    """How many backslashes YAML needs for a text between double quotes."""
    forbidden = re.findall(
        yaml.reader.Reader.NON_PRINTABLE.pattern + "|[\n\r\x85\u2028\u2029]", value
    )
    return len(forbidden) + value.count('"') + 2 * value.count("\\")


# --- two forms, one file --------------------------------------------------------------------

KEY = hidden("captain@ferry.example")
MAILS = (
    "",
    '<p><a href="mailto:crew@ferry.example">甲</a></p>',
    f'<p><a href="/cdn-cgi/l/email-protection#{KEY}">乙</a></p>',
    f'<p><a href="/cdn-cgi/l/email-protection" data-cfemail="{KEY}">[email&#160;protected]</a></p>',
    '<p><a href="/cdn-cgi/l/email-protection">[email&#160;protected]</a></p>',
)
BOX = f'<div><img src="{AVATAR}"><div class="line">博客 | {NAME}</div><p>甲<br>\n乙</p></div>'


@search
@given(
    body=bodies,
    mail=st.sampled_from(MAILS),
    tail=st.sampled_from(["", PROMO, BOX, PROMO + BOX]),
    category=st.sampled_from(["眾聞", "眾說"]),
)
def test_both_forms_and_a_second_reading_give_equal_articles_and_equal_files(
    body: str, mail: str, tail: str, category: str
) -> None:
    raw = page(body + mail, tail=tail, category=category)
    articles = [article_of(raw), *(article_of(form(raw)) for form in FORMS.values())]
    assert articles == [articles[0]] * len(articles)
    assert len(set(articles)) == 1
    assert len({render(article) for article in articles * 2}) == 1


# --- pages of any bytes ---------------------------------------------------------------------

WHOLE = page(
    '<p>甲<a href="/x">乙</a></p><h4>丙<br>丁</h4><ol><li>戊</li></ol><blockquote>己</blockquote>'
    f'<figure><img src="/p.png"><figcaption>庚</figcaption></figure>{MAILS[3]}<table><tr><td>辛',
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


@quick_search
@given(parts=st.lists(fragments, max_size=30))
@example(parts=[b'<html class="article-block">'])
def test_any_bytes_give_an_article_or_a_refusal(parts: list[bytes]) -> None:
    outcome(b"".join(parts))


@quick_search
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
@pytest.mark.parametrize("depth", [124, 249, 3000])
def test_page_of_any_depth_gives_an_article_or_a_refusal(
    content: str, tail: str, tag: str, depth: int
) -> None:
    nesting = f"<{tag}>" * depth
    assert not overflows(page(content.format(nesting), tail=tail.format(nesting), category="眾說"))


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
