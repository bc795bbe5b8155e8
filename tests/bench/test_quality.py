"""The comparison behind `make bench` counts correctly; none of the other tools is needed."""

from __future__ import annotations

from collections import Counter

import pytest
from bench.contenders import Kept, bundled
from bench.quality import Mark, Truth, f1, score, this_tool, tokens, truth

ADDRESS = "https://www.hkcnews.com/article/7/x"
FILE = """\
---
title: "渡輪\\x03的\\"燈\\""
date: "2021-06-28"
last_updated: "2021-06-29 01:02:03"
author: "記者舟小行"
category: "眾說"
tags:
  - "渡輪"
  - "m+"
url: "https://web.archive.org/web/20210629183215/https://www.hkcnews.com/article/7/x"
original_url: "https://www.hkcnews.com/article/7/x"
---

# 渡輪\x03的"燈"

船長 **說** ，見 [海圖](https://map.example.org/a_(b)) 。

<figure>
<img src="https://web.archive.org/web/20210629183215im_/https://hkcnews.com/news_/a%20b.jpg" alt="">
<figcaption>碼頭 的燈</figcaption>
</figure>

1. 第 2 班


---


請訂閱。

---

![博客 | 舟小行](https://web.archive.org/web/20210629183215im_/https://www.hkcnews.com/avatar.png)

**博客 | 舟小行**

常坐船。
"""
TRUTH = truth(FILE)
WHOLE = Kept(
    title='渡輪\x03的"燈"',
    date="2021-06-28",
    author="記者舟小行",
    tags=("眾新聞", "hkcnews", "m+", "渡輪"),
    figures=("https://hkcnews.com/news_/a b.jpg",),
    captions=("碼頭的燈",),
    text="船長說，見海圖。\n\n* 第 2 班",
)


def test_an_article_file_is_read() -> None:
    article = TRUTH.article
    assert article.title == WHOLE.title
    assert (article.date, article.author) == (WHOLE.date, WHOLE.author)
    assert article.tags == ("渡輪", "m+")
    assert len(article.figures) == 1
    assert article.captions == ("碼頭 的燈",)
    assert tokens(article.text) == list("船長說見海圖第2班")
    assert "請訂閱" in TRUTH.beside
    assert "常坐船" in TRUTH.beside


def test_keeping_everything_is_exact() -> None:
    result = score(TRUTH, WHOLE, ADDRESS)
    assert result.f1 == 1
    assert all(mark.exact and mark.found == mark.wanted for mark in result.marks.values())
    assert result.marks["tags"].wanted == 2


def test_keeping_nothing_finds_nothing() -> None:
    result = score(TRUTH, Kept(), ADDRESS)
    assert result.f1 == 0
    assert not any(mark.exact or mark.found for mark in result.marks.values())


def test_found_is_milder_than_exact() -> None:
    kept = Kept(
        title="渡輪\x03 的 “燈”",
        author="眾聞; 記者舟小行",
        tags=("渡輪", "m+", "船"),
        figures=("//web.archive.org/web/2021im_/https://www.hkcnews.com/avatar.png", "b.jpg"),
        text="圖：碼頭的**燈**",
    )
    marks = score(TRUTH, kept, ADDRESS).marks
    assert marks["title"] == Mark(1, 0, exact=False)  # other quotation marks are other letters
    assert marks["author"] == Mark(1, 1, exact=False)
    assert marks["tags"] == Mark(2, 2, exact=False)
    assert marks["figures"] == Mark(1, 0, exact=False)
    assert marks["captions"] == Mark(1, 1, exact=False)


def test_an_avatar_is_not_an_extra_figure() -> None:
    kept = Kept(figures=(*WHOLE.figures, "/avatar.png"))
    assert score(TRUTH, kept, ADDRESS).marks["figures"].exact
    kept = Kept(figures=(*WHOLE.figures, "/logo.png"))
    assert score(TRUTH, kept, ADDRESS).marks["figures"] == Mark(1, 1, exact=False)


def test_a_field_that_a_page_lacks_does_not_count() -> None:
    marks = score(Truth(Kept(title="燈")), Kept(title="燈", tags=("x",)), ADDRESS).marks
    assert [name for name, mark in marks.items() if mark.wanted] == ["title"]


@pytest.mark.parametrize(
    ("wanted", "given", "beside", "expected"),
    [
        ("甲乙丙丁", "甲乙丙丁", "", 1.0),
        ("甲乙丙丁", "甲乙", "", 2 / 3),  # precision 1, recall 1/2
        ("甲乙", "甲乙丙丁", "", 2 / 3),
        ("甲乙", "甲乙丙丁", "丁丙", 1.0),  # tokens beside the text may be kept
        ("甲乙丙丁", "甲乙", "丙丁", 2 / 3),  # but count where they are text
        ("甲甲", "甲", "", 2 / 3),
        ("甲", "乙", "", 0.0),
        ("", "", "", 1.0),
        ("", "甲", "", 0.0),
        ("", "甲", "甲", 1.0),
    ],
)
def test_f1(wanted: str, given: str, beside: str, expected: float) -> None:
    assert f1(Counter(wanted), Counter(given), Counter(beside)) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("**舉例** 說*明*", "舉 例 說 明"),
        ("R&amp;B 或 R&B", "R B 或 R B"),
        ("２０２１年 2021", "2021 年 2021"),
        ("M\\_plus snake_case", "M plus snake case"),
        ("> 1. 第一\n2. 第二", "第 一 第 二"),
        ("[海圖](https://a.example/b_(c)_d) 甲", "海 圖 甲"),
        ("![船](/a.jpg)甲", "甲"),
        ("見https://a.example/b?c=d。", "見"),
        ('甲\n\n{{< video src="https://a.example/b" >}}\n\n乙', "甲 乙"),
        ("[iframe](https://a.example/b)", ""),
        ('<img src="/a.jpg" alt="船">甲<br/>', "甲"),
        ("3 < 5 > 4", "3 5 4"),
        ("<cards@paint.example>", "cards paint example"),
        ("ひらがな 한글", "ひ ら が な 한글"),
    ],
)
def test_tokens(text: str, expected: str) -> None:
    assert tokens(text) == expected.split()


def test_this_tool_keeps_a_page() -> None:
    read = this_tool()
    page = next(page for page in bundled() if "/article/18123/" in page[1])
    kept = read(page)
    assert kept.title
    assert kept.date
    assert kept.text
