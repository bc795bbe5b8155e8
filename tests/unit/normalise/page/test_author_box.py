"""The box about the author where the page is not as its template has it."""

from __future__ import annotations

from support.pages import AVATAR, NAME, article_of, page

LINE = f'<div class="line">博客 | {NAME}</div>'
BOX = f'<div><img src="{AVATAR}">{LINE}<p>甲</p></div>'


def test_a_box_under_news_is_told() -> None:
    article = article_of(page("<p>甲</p>", tail=BOX))
    assert article.box is not None
    assert (article.box.name, article.box.bio) == (NAME, "甲")
    assert article.warnings == ("an author box, though the category is 眾聞",)


def test_an_avatar_that_stands_in_no_box_is_not_the_box_s() -> None:
    apart = f'<div><p>乙</p>{LINE}</div><p><b><img src="{AVATAR}"></b></p>'
    article = article_of(page("<p>甲</p>", category="眾說", tail=apart))
    assert article.box is not None
    assert (article.box.name, article.box.avatar) == (NAME, "")
    assert article.warnings == ("the author box has no avatar",)
