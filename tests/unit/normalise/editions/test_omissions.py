"""What the file leaves out is named, and counted."""

from __future__ import annotations

import pytest
from support.pages import article_of, page, table

from normalise import Completeness, find_left_out, omissions

FIGURE = '<figure><img src="/a.jpg">{}</figure>'
TWO = '<figure><img src="/a.jpg">{}<figcaption>甲</figcaption></figure>'


@table(
    "content messages",
    {
        "nothing": ("<p>甲</p>", ()),
        "text for browsers without scripts": (
            "<p>甲</p><noscript>乙丙</noscript>",
            ("text outside any paragraph is left out: '乙丙'",),
        ),
        "a picture alone": (
            '<p>甲</p><img src="/a.jpg">',
            ("a picture outside any paragraph is left out: /a.jpg",),
        ),
        "a figure without a picture": (
            "<p>甲</p><figure></figure>",
            ("a figure without a picture is left out",),
        ),
        "a figure without a picture alone": (
            "<figure></figure>",
            (
                "a figure without a picture is left out",
                "the content has no block of its own: the body is empty",
            ),
        ),
        "a figure of a caption alone": (
            "<p>甲</p><figure><figcaption>乙</figcaption></figure>",
            ("a figure without a picture is left out: '乙'",),
        ),
        "a further picture of a figure": (
            TWO.format('<img src="/b.jpg"><img src="/a.jpg">'),
            ("a further picture of a figure is left out: /b.jpg",),
        ),
        "a text beside the caption": (
            TWO.format("<span>乙</span>"),
            ("text of a figure outside its caption is left out: '乙'",),
        ),
        "a frame in a figure": (
            TWO.format('<iframe src="/v"></iframe><iframe></iframe>'),
            ("a frame in a figure or a table is left out: /v",),
        ),
        "a picture in a caption": (
            FIGURE.format('<figcaption>甲<b>乙<img src="/b.jpg"></b></figcaption>'),
            ("a further picture of a figure is left out: /b.jpg",),
        ),
        "a second caption": (
            FIGURE.format("<figcaption>甲</figcaption><figcaption>乙</figcaption>"),
            ("text of a figure outside its caption is left out: '乙'",),
        ),
        "the caption of a table": (
            "<table><caption>乙</caption><tr><td>甲</table>",
            ("the caption of a table is left out: '乙'",),
        ),
        "a frame in a cell": (
            '<table><tr><td>甲<p><iframe src="/v"></iframe></table>',
            ("a frame in a figure or a table is left out: /v",),
        ),
        "a figure in a cell, shown as running text": (
            f"<table><tr><td>{TWO.format('乙')}</table>",
            (),
        ),
        "a figure in the caption of a table": (
            "<table><caption><figure><img src=/a.jpg></figure></caption><tr><td>甲</table>",
            ("a picture outside any paragraph is left out: /a.jpg",),
        ),
        "a frame without an address": (
            "<iframe></iframe>",
            ("the content has no block of its own: the body is empty",),
        ),
        "a frame alone": ('<iframe src="/v"></iframe>', ()),
        "a figure alone": (FIGURE.format(""), ()),
        "a break alone": ("<p><br></p>", ()),
        "an empty heading": ("<h3></h3>", ()),
        "a blank paragraph": (
            "<p>&nbsp;</p>",
            ("the content has no block of its own: the body is empty",),
        ),
    },
)
def test_what_is_left_out_is_named(content: str, messages: tuple[str, ...]) -> None:
    assert omissions(article_of(page(content))) == messages


def test_text_is_counted_without_its_blanks() -> None:
    article = article_of(page("<p>甲 乙</p><noscript> 丙\n丁戊 </noscript>"))
    assert find_left_out(article).completeness == Completeness(characters=5, left_out=3)


@pytest.mark.parametrize(
    ("characters", "left_out", "verdict"),
    [
        (0, 0, "complete"),
        (100, 10, "complete"),
        (100, 11, "incomplete"),
        (100, 50, "incomplete"),
        (100, 51, "unreadable"),
        (10_000, 200, "complete"),
        (10_000, 201, "incomplete"),
    ],
)
def test_much_that_is_left_out_makes_a_file_incomplete(
    characters: int, left_out: int, verdict: str
) -> None:
    found = Completeness(characters, left_out)
    assert found.is_incomplete is (verdict != "complete")
    assert found.is_unreadable is (verdict == "unreadable")
