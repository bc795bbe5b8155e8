"""The clean edition, rule by rule: what each piece of a page becomes."""

# ruff: noqa: E501 - a row for each piece

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
import yaml
from ruamel.yaml import YAML
from support.pages import CAPTURE, page, table

from normalise import Article, extract
from normalise.editions.clean.edition import clean_body, render_clean
from normalise.models import AuthorBox

ARCHIVE = "https://web.archive.org/web/20190214080910"


def article_of(content: str) -> Article:
    return extract(page(f"<p>首</p>{content}").encode(), CAPTURE)


def clean(content: str) -> str:
    """The Markdown of a content behind a first paragraph."""
    text = clean_body(article_of(content))
    assert text == "首" or text.startswith("首\n\n")
    return text.removeprefix("首").removeprefix("\n\n")


@table(
    "html markdown",
    {
        "lines": ("<p>甲<br>乙</p>", "甲  \n乙"),
        "two breaks": ("<p>甲<br><br>乙</p>", "甲<br><br>乙"),
        "blanks of the source": ("<p>\n  甲\n  乙  丙\n</p>", "甲 乙 丙"),
        "wide blanks stay": ("<p>　　甲</p>", "&#12288;&#12288;甲"),
        "a blank paragraph": ("<p>&nbsp;</p>", ""),
        "headings": ("<h2>甲<br>乙</h2><h6>丙 #</h6>", "## 甲<br>乙\n\n###### 丙 \\#"),
        "text outside": ("甲<div>乙</div>", "甲\n\n乙"),
        "a list": ("<ul><li>甲</li><li>乙<ul><li>丙</li></ul></li></ul>", "- 甲\n- 乙\n\n  - 丙"),
        "numbers": ('<ol start="9"><li>甲<li>乙</ol>', "9. 甲\n10. 乙"),
        "two lists": ("<ul><li>甲</ul><ul><li>乙</ul>", "- 甲\n\n* 乙"),
        "an item of two paragraphs": ("<ul><li><p>甲</p><p>乙</p></ul>", "- 甲\n\n  乙"),
        "a quote": (
            "<blockquote><p>甲<p>乙<ul><li>丙</ul></blockquote>",
            "> 甲\n>\n> 乙\n>\n> - 丙",
        ),
        "a rule": ("甲<hr>乙", "甲\n\n___\n\n乙"),
        "a table": (
            "<table><tr><th>甲<th>乙</tr><tr><td>一|二<td>三<br>四</tr></table>",
            "| 甲 | 乙 |\n| --- | --- |\n| 一\\|二 | 三<br>四 |",
        ),
        "a table without header": (
            "<table><caption>題</caption><tr><td>甲<td>乙</table>",
            "題\n\n|  |  |\n| --- | --- |\n| 甲 | 乙 |",
        ),
        "a table of lists": (
            "<table><tr><td><ul><li>甲</ul></table>",
            "<table>\n<tr><td><ul><li><p>甲</p></li></ul></td></tr>\n</table>",
        ),
        "sub and sup": ("<p>H<sub>2</sub>O<sup>*</sup></p>", "H<sub>2</sub>O<sup>\\*</sup>"),
    },
)
def test_blocks(html: str, markdown: str) -> None:
    assert clean(html) == markdown


@table(
    "html markdown",
    {
        "among letters": ("甲<b>乙</b>丙", "甲**乙**丙"),
        "a sign inside, a letter outside": ("甲<b>「乙」</b>丙", "甲<strong>「乙」</strong>丙"),
        "a sign inside, signs outside": ("，<b>「乙」</b>。", "，**「乙」**。"),
        "blanks go out": ("甲<b> 乙 </b>丙", "甲 **乙** 丙"),
        "breaks go out": ("甲<b>乙<br></b>丙", "甲**乙**  \n丙"),
        "neighbours": ("<b>甲</b><i>乙</i>", "**甲**<em>乙</em>"),
        "one in another": ("<b>甲<i>乙</i></b>", "<strong>甲<em>乙</em></strong>"),
        "twice the same": ("<b>甲<strong>乙</strong></b>丙", "**甲乙**丙"),
        "empty": ("甲<b></b>乙", "甲乙"),
        "round a paragraph": ("<b><p>甲</p></b>", "**甲**"),
    },
)
def test_emphasis(html: str, markdown: str) -> None:
    assert clean(f"<div>{html}</div>") == markdown


@table(
    "text",
    {
        text: (text,)
        for text in (
            *("2 * 3", "a_b_c", "C#", "#標籤", "甲+乙", "AT&T", "&", "3 < 5", "5 > 3", "甲|乙"),
            *(
                "[甲]",
                "第1.項",
                "1.5",
                "a - b",
                "甲!",
                "US$5",
                "=",
                "x:y",
                "100%",
                "\\o/",
                "10 ~ 20",
            ),
        )
    },
)
def test_what_means_nothing_is_not_escaped(text: str) -> None:
    html = text.replace("&", "&amp;").replace("<", "&lt;")
    assert clean(f"<p>{html}</p>") == text


@table(
    "text markdown",
    {
        text: (text, markdown)
        for text, markdown in {
            "*甲*": "\\*甲\\*",
            "_甲_": "\\_甲\\_",
            "`甲`": "\\`甲\\`",
            "~~甲~~": "\\~\\~甲\\~\\~",
            "# 甲": "\\# 甲",
            "1. 甲": "1\\. 甲",
            "12) 甲": "12\\) 甲",
            "- 甲": "\\- 甲",
            "+ 甲": "\\+ 甲",
            "> 甲": "\\> 甲",
            ": 甲": "\\: 甲",
            "---": "\\---",
            "[甲](乙)": "[甲\\](乙)",
            "[[甲]]": "\\[[甲]]",
            "<b>": "\\<b>",
            "&copy;": "&amp;copy;",
            "$甲$": "\\$甲\\$",
            "{{< 甲 >}}": "{\\{< 甲 >}}",
            "{% 甲": "{\\% 甲",
            "\\*": "\\\\\\*",
        }.items()
    },
)
def test_what_would_mean_something_is_escaped(text: str, markdown: str) -> None:
    html = text.replace("&", "&amp;").replace("<", "&lt;")
    assert clean(f"<p>{html}</p>") == markdown


@table(
    "html markdown",
    {
        "another site": (
            '<a href="http://a.example/x y(1)">甲</a>',
            "[甲](http://a.example/x%20y\\(1\\))",
        ),
        "an article that is held": (
            '<a href="/article/7/x">甲</a>',
            "[甲](../1-1000/article_7.md)",
        ),
        "in another spelling": (
            '<a href="http://hkcnews.com/article/7">甲</a>',
            "[甲](../1-1000/article_7.md)",
        ),
        "an article that is not": (
            '<a href="/article/8/x">甲</a>',
            f"[甲]({ARCHIVE}/https://www.hkcnews.com/article/8/x)",
        ),
        "another page of the site": (
            '<a href="/news">甲</a>',
            f"[甲]({ARCHIVE}/https://www.hkcnews.com/news)",
        ),
        "through the archive": (
            '<a href="https://web.archive.org/web/2016/http://a.example/">甲</a>',
            "[甲](http://a.example/)",
        ),
        "e-mail": ('<a href="mailto:a@b.example">甲</a>', "[甲](mailto:a@b.example)"),
        "a script": ('<a href="javascript:go()">甲</a>', "甲"),
        "without text": ('甲<a href="/x"></a>', "甲"),
        "marks behind a bang": (
            '甲!<a href="http://a.example">乙</a>',
            "甲\\![乙](http://a.example/)",
        ),
        "brackets": ('<a href="http://a.example">[甲]</a>', "[\\[甲\\]](http://a.example/)"),
    },
)
def test_links(html: str, markdown: str) -> None:
    article = article_of(f"<div>{html}</div>")
    paths = {7: "../1-1000/article_7.md"}
    assert clean_body(article, paths.get) == f"首\n\n{markdown}"


@table(
    "frame address",
    {
        "YouTube": (
            "//www.youtube.com/embed/aBcDeF12345?rel=0",
            "https://www.youtube.com/watch?v=aBcDeF12345",
        ),
        "no cookies": (
            "https://www.youtube-nocookie.com/embed/aBcDeF12345",
            "https://www.youtube.com/watch?v=aBcDeF12345",
        ),
        "a list": (
            "https://www.youtube.com/embed/videoseries?list=PL1",
            "https://www.youtube.com/playlist?list=PL1",
        ),
        "Facebook": (
            "https://www.facebook.com/plugins/video.php?href=https%3A%2F%2Fwww.facebook.com%2Fx%2Fvideos%2F7%2F&show_text=0",
            "https://www.facebook.com/x/videos/7/",
        ),
        "another": ("https://player.vimeo.com/video/7", "https://player.vimeo.com/video/7"),
    },
)
def test_videos_are_links_to_their_own_pages(frame: str, address: str) -> None:
    text = clean(f'<iframe src="{frame}"></iframe>')
    assert text.startswith("[▶ ")
    assert text.endswith(f"]({address})")


def test_figures_are_html_with_the_links_of_their_captions() -> None:
    html = '<figure><img src="/a.jpg" alt="圖"><figcaption>說 <a href="/news">明</a> &amp;<br>乙</figcaption></figure>'
    assert clean(html) == (
        "<figure>\n"
        f'<img src="{ARCHIVE}im_/https://www.hkcnews.com/a.jpg" alt="圖">\n'
        f'<figcaption>說 <a href="{ARCHIVE}/https://www.hkcnews.com/news">明</a> &amp;<br>乙'
        "</figcaption>\n</figure>"
    )


# --- front matter ---------------------------------------------------------------------------

ODD = 'a"b\\c\td\x07e: #f 😀 \u2028 - [x] {{y}} \ufeff é 渡輪'


def odd_article() -> Article:
    return dataclasses.replace(
        article_of(""),
        title=ODD,
        last_updated=dt.datetime(2019, 2, 14, 18, 20),  # noqa: DTZ001 - as the page has it
        tags=(ODD, "yes", "2019-02-14", "007", "渡輪", "渡輪"),
        box=AuthorBox("博客", "名: 字", "", "簡介\n第二行"),
    )


def front_matter(text: str) -> str:
    return text.split("---\n")[1]


EXPECTED = {
    "title": ODD,
    "date": "2019-02-13",
    "lastmod": "2019-02-14T18:20:00+08:00",
    "authors": ["舟小行"],
    "categories": ["眾聞"],
    "tags": [ODD, "yes", "2019-02-14", "007", "渡輪"],
    "article_id": 31415,
    "url": "/article/31415/",
    "archive_url": CAPTURE.url,
    "original_url": CAPTURE.original,
    "captured": "2019-02-14T08:09:10Z",
    "author_box": {"label": "博客", "name": "名: 字", "bio": "簡介\n第二行", "avatar": ""},
}


@pytest.mark.parametrize("load", [yaml.safe_load, YAML(typ="safe", pure=True).load])
def test_the_front_matter_is_read_the_same_by_every_reader(load: object) -> None:
    assert callable(load)
    text = front_matter(render_clean(odd_article()))
    assert load(text) == EXPECTED
    assert list(load(text)) == list(EXPECTED)


def test_no_control_character_stands_in_the_front_matter() -> None:
    text = front_matter(render_clean(odd_article()))
    assert [each for each in text if ord(each) < 32 and each != "\n"] == []


def test_what_is_not_known_is_not_there() -> None:
    article = dataclasses.replace(article_of(""), date=None, author="", category="", tags=())
    values = yaml.safe_load(front_matter(render_clean(article)))
    assert "date" not in values
    assert "author_box" not in values
    assert (values["authors"], values["categories"], values["tags"]) == ([], [], [])


def test_the_body_has_no_title_and_no_promo() -> None:
    text = render_clean(article_of("<hr><p>請加入成為眾新聞的月費訂戶，長期支持我們的工作。</p>"))
    assert text.partition("---\n\n")[2] == "首\n"
