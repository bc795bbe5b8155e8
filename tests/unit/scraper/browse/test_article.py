"""The text of an article as HTML: what is shown, and what never is."""

from __future__ import annotations

import pytest

from scraper.browse.article import body_of, shown_source

ARCHIVED = "https://web.archive.org/web/20210629183215im_/https://www.hkcnews.com/pier.jpg"


def html(markdown: str, *, shows_pictures: bool = False) -> str:
    return str(body_of(markdown, "圖片", shows_pictures=shows_pictures).html).strip()


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("article_7.md", '<a href="/article/7"'),
        ("../1001-2000/article_1007.md", '<a href="/article/1007"'),
        ("https://a.example/", '<a href="https://a.example/"'),
        ("mailto:a@b.example", '<a href="mailto:a@b.example"'),
        ("/settings", "<a rel="),
        ("//evil.example/", "<a rel="),
        ("javascript:alert(1)", "[渡輪](javascript:alert(1))"),
    ],
)
def test_links_lead_to_articles_and_to_other_sites(address: str, shown: str) -> None:
    assert shown in html(f"[渡輪]({address})")


@pytest.mark.parametrize(
    "markdown",
    [
        "<script>alert(1)</script>",
        "<p onclick='alert(1)' style='position:fixed'>船</p>",
        '<a href="javascript:alert(1)">船</a>',
        "<iframe src='https://evil.example/'></iframe>",
        "<form action='https://evil.example/'><input name=q></form>",
        '<svg onload="alert(1)"></svg>',
    ],
)
def test_what_could_run_or_load_is_dropped(markdown: str) -> None:
    shown = html(markdown)
    for part in ("script", "onclick", "style", "javascript", "iframe", "form", "svg", "evil"):
        assert part not in shown


def test_pictures_stand_as_text_until_they_are_asked_for() -> None:
    figure = f'<figure>\n<img src="{ARCHIVED}" alt="碼頭 &quot;北&quot;">\n</figure>'
    assert '<span class="picture">圖片: 碼頭 &#34;北&#34;</span>' in html(figure)
    assert body_of(figure, "圖片", shows_pictures=False).hidden_pictures == 1
    assert f'<img src="{ARCHIVED}"' in html(figure, shows_pictures=True)
    assert body_of(figure, "圖片", shows_pictures=True).hidden_pictures == 0


def test_pictures_from_elsewhere_are_never_loaded() -> None:
    assert "evil" not in html('<img src="https://evil.example/a.png">', shows_pictures=True)


def test_a_picture_says_nothing_but_text() -> None:
    evil = f'<img src="{ARCHIVED}" alt="&lt;script&gt;alert(1)&lt;/script&gt;">'
    for shows_pictures in (False, True):
        assert "<script" not in html(evil, shows_pictures=shows_pictures)
    assert "<img" not in html('<a href="https://a.example/?<img src=x>">船</a>')


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("images/1-1000/7-01-k3pq7w2a.jpg", "/images/1-1000/7-01-k3pq7w2a.jpg"),
        ("images/../../archive.db", ""),
        ("/archive.db", ""),
        ("data:image/png;base64,AAAA", ""),
        (ARCHIVED, ARCHIVED),
    ],
)
def test_pictures_come_from_the_folder_of_the_database_or_the_archive(
    source: str, shown: str
) -> None:
    assert shown_source(source) == shown


def test_only_pictures_that_could_be_loaded_are_counted() -> None:
    body = body_of('<img src="data:image/png;base64,AAAA">', "圖片", shows_pictures=False)
    assert body.hidden_pictures == 0
