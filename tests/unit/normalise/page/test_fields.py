"""The rules of each field, on pages that differ from the known template."""

from __future__ import annotations

import datetime as dt

import pytest
from support.pages import CAPTURE, TITLE, article_of, hidden, page, table

from normalise import NormaliseError, Unreadable, extract

EMAIL = "captain@ferry.example"
MASKED = f'<span data-cfemail="{hidden(EMAIL)}">[email&#160;protected]</span>'
INFO = "撰文: 舟小行 | 發佈日期: 13.02.19"


def rules_of(html: str) -> dict[str, str]:
    provenance = article_of(html).provenance
    assert provenance is not None
    return provenance.rules


def test_a_hidden_address_in_the_headline_is_decoded() -> None:
    html = page("<p>甲</p>").replace(f"<h1>{TITLE}</h1>", f"<h1>寫信到{MASKED}或{MASKED}</h1>")
    assert article_of(html).title == f"寫信到{EMAIL}或{EMAIL}"


def test_the_section_of_the_head_is_the_category_where_no_group_is() -> None:
    head = '<meta charset="utf-8"><meta property="article:section" content="Tri-Angles">'
    html = page("<p>甲</p>", head=head).replace('class="group"', "")
    assert (article_of(html).category, rules_of(html)["category"]) == (
        "tri-angles",
        "article:section",
    )


@table(
    "info date last_updated warning",
    {
        "a day that no month has": (
            "撰文: 舟小行 | 發佈日期: 31.02.19",
            None,
            None,
            "no such day: 發佈日期: 31.02.19",
        ),
        "a moment that no day has": (
            f"{INFO} | 更新: 2019-02-13 25:00:00",
            dt.date(2019, 2, 13),
            None,
            "no such moment: 2019-02-13 25:00:00",
        ),
        "a moment without seconds": (
            f"{INFO} | 更新: 2019-02-13 21:09",
            dt.date(2019, 2, 13),
            dt.datetime(2019, 2, 13, 21, 9),  # noqa: DTZ001 - printed without a zone
            "the last update is shown without seconds: 2019-02-13 21:09",
        ),
    },
)
def test_an_odd_time_is_told(
    info: str, date: dt.date | None, last_updated: dt.datetime | None, warning: str
) -> None:
    article = article_of(page("<p>甲</p>", info=info))
    assert (article.date, article.last_updated) == (date, last_updated)
    assert warning in article.warnings


def test_an_info_line_without_its_class_is_found_by_its_words() -> None:
    unseen = "<script>撰文: 甲 | 發佈日期: 12.02.19</script>"
    html = page("<p>甲</p>").replace('class="article-info"', 'class="byline"')
    html = html.replace('<body class="">', f'<body class="">{unseen}')
    assert (article_of(html).author, rules_of(html)["info line"]) == ("舟小行", "words")


def test_an_empty_info_line_gives_way_to_one_with_text() -> None:
    empty = '<div class="article-info"> </div><h1>'
    assert article_of(page("<p>甲</p>").replace("<h1>", empty, 1)).author == "舟小行"


@pytest.mark.parametrize("attribute", ['class="new-article-content"', 'itemprop="articleBody"'])
def test_a_content_of_a_similar_name_is_taken(attribute: str) -> None:
    html = page("<p>甲</p>").replace('class="article-content"', attribute)
    assert (len(article_of(html).body), rules_of(html)["content"]) == (1, "similar class")


def test_an_element_of_the_content_s_class_inside_another_is_read_once() -> None:
    article = article_of(page('<p>甲</p><div class="article-content"><p>乙</p></div>'))
    assert len(article.body) == 2
    assert article.warnings == ()


def test_a_long_page_of_no_known_kind_is_unreadable() -> None:
    with pytest.raises(Unreadable):
        extract(f"<title>渡輪</title><p>{'渡輪停航一天。' * 100}".encode(), CAPTURE)


def test_a_page_without_any_content_is_not_read() -> None:
    with pytest.raises(NormaliseError):
        extract(page("<p>甲</p>").replace('class="article-content"', "").encode(), CAPTURE)
