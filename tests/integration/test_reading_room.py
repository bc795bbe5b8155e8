"""The pages of the reading room, asked for over HTTP as a browser asks for them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

import httpx
import pytest
from support.reading_room import HOSTILE, database, reading_room

ALL_PAGES = [
    "/",
    "/calendar",
    "/month/2021-06",
    "/day/2021-06-02",
    "/day/none",
    "/category",
    "/author",
    "/tag",
    "/category?name=%E7%9C%BE%E8%81%9E",
    f"/author?name={quote(HOSTILE)}",
    "/search",
    "/search?q=%E8%B2%93",
    "/search?q=%E8%88%B9&order=rank&year=2021&part=1",
    f"/search?q={quote(HOSTILE)}",
    "/article/1",
    "/article/21",
    "/article/20/changes",
]


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with (
        reading_room(database(tmp_path_factory.mktemp("room"))) as origin,
        httpx.Client(base_url=origin, headers={"Accept-Language": "zh-HK"}) as client,
    ):
        yield client


def text_of(room: httpx.Client, path: str, **headers: str) -> str:
    answer = room.get(path, headers=headers)
    assert answer.status_code == httpx.codes.OK, answer.text
    return answer.text


@pytest.mark.parametrize("path", ALL_PAGES)
def test_nothing_of_an_article_can_run_or_be_loaded_from_elsewhere(
    room: httpx.Client, path: str
) -> None:
    answer = room.get(path)
    assert answer.status_code == httpx.codes.OK
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    scripts = re.findall(r"<script[^>]*>", answer.text)
    assert set(scripts) <= {'<script src="/room/search.js" defer>'}
    assert not re.search(r'(?:href|src|action)="\s*(?:javascript|data):', answer.text)
    tags = re.findall(r"<[a-z][^>]*>", re.sub(r'"[^"]*"', '""', answer.text))
    assert not [tag for tag in tags if re.search(r"\son[a-z]+\s*=", tag)]


def test_the_front_page_has_the_newest_articles_by_day(room: httpx.Client) -> None:
    text = text_of(room, "/")
    days = re.findall(r'<time datetime="([^"]+)"', text)
    assert days == sorted(days, reverse=True)
    assert "2021年6月28日（一）" in text


def test_a_month_leads_to_its_days_and_these_to_articles(room: httpx.Client) -> None:
    assert 'href="/month/2021-06"' in text_of(room, "/calendar")
    month = text_of(room, "/month/2021-06")
    assert 'href="/day/2021-06-02"' in month
    assert 'href="/month/2021-05"' in month
    day = text_of(room, "/day/2021-06-02")
    assert 'href="/article/2"' in day
    assert 'href="/day/2021-06-03"' in day
    assert 'href="/article/23"' in text_of(room, "/day/none")


@pytest.mark.parametrize("kind", ["category", "author", "tag"])
def test_terms_lead_to_their_articles(room: httpx.Client, kind: str) -> None:
    (first, *_) = re.findall(rf'href="(/{kind}\?name=[^"]+)"', text_of(room, f"/{kind}"))
    assert "/article/" in text_of(room, first)


def test_an_article_has_its_parts(room: httpx.Client) -> None:
    text = text_of(room, "/article/1")
    for part in (
        '<a href="/article/2"',
        "<figcaption>清晨的碼頭</figcaption>",
        '<span class="picture">圖片: 碼頭</span>',
        "<blockquote>",
        "<table>",
        'rel="next" href="/article/2"',
        "https://web.archive.org/web/20210629183215/https://www.hkcnews.com/article/1/",
        'href="/tag?name=%E6%B8%A1%E8%BC%AA"',
    ):
        assert part in text
    assert 'href="/article/1"' in text_of(room, "/article/2"), "that it links here"
    assert '<div class="body" lang="en">' in text_of(room, "/article/22")


def test_pictures_are_loaded_only_when_the_reader_asks(room: httpx.Client) -> None:
    page = "/article/1"
    token = re.search(r'name="csrftoken" value="([^"]+)"', text_of(room, page))
    assert token is not None
    form = {"csrftoken": token[1], "back": page, "pictures": "shown"}
    answer = room.post("/settings", data=form)
    assert answer.headers["location"] == page
    shown = room.get(page)
    room.cookies.delete("pictures")
    assert 'src="https://web.archive.org/web/20210629183215im_/' in shown.text
    policy = shown.headers["content-security-policy"]
    assert "img-src 'self' https://web.archive.org;" in policy


@pytest.mark.parametrize(
    "back", ["//evil.example/", "https://evil.example/", "/\\evil.example", "/\t/evil.example/"]
)
def test_a_choice_leads_nowhere_else(room: httpx.Client, back: str) -> None:
    token = re.search(r'name="csrftoken" value="([^"]+)"', text_of(room, "/"))
    assert token is not None
    answer = room.post("/settings", data={"csrftoken": token[1], "back": back})
    assert answer.headers["location"] == "/"


def test_a_form_without_the_token_changes_nothing(room: httpx.Client) -> None:
    text_of(room, "/")
    answer = room.post("/settings", data={"language": "en", "back": "/"})
    assert answer.status_code == httpx.codes.FORBIDDEN


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("POST", {"Origin": "https://evil.example"}),
        ("POST", {"Origin": "null"}),
        ("GET", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}),
    ],
)
def test_other_sites_can_do_no_more_than_link(
    room: httpx.Client, method: str, headers: dict[str, str]
) -> None:
    with httpx.Client(base_url=room.base_url) as stranger:
        path = "/settings" if method == "POST" else "/archive.json?sql=select+1"
        answer = stranger.request(method, path, headers=headers)
        assert answer.status_code == httpx.codes.FORBIDDEN
        assert "set-cookie" not in answer.headers
        link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
        assert stranger.get("/", headers=link).status_code == httpx.codes.OK


def test_pages_are_in_the_language_of_the_browser(room: httpx.Client) -> None:
    english = text_of(room, "/", **{"Accept-Language": "en-GB,zh;q=0.5"})
    assert '<html lang="en">' in english
    assert "Mon 28 June 2021" in english
    assert '<html lang="zh-Hant-HK">' in text_of(room, "/", **{"Accept-Language": "fr"})


def test_changes_between_captures_are_shown_word_by_word(room: httpx.Client) -> None:
    assert "/article/20/changes?from=20210601000000" in text_of(room, "/article/20")
    text = text_of(room, "/article/20/changes")
    changed = re.findall(r"<(del|ins)>([^<]+)</\1>", text)
    assert ("del", "便") in changed
    assert ("ins", "四") in changed
    (name, *_) = re.findall(r'<option value="([^"]+)"', text)
    same = text_of(room, f"/article/20/changes?from={quote(name)}&to={quote(name)}")
    assert "文字沒有改變" in same


def test_each_capture_of_an_article_stands_once(room: httpx.Client) -> None:
    text = text_of(room, "/article/20")
    listed = re.findall(r'<a href="https://web\.archive\.org/web/([0-9]{14})/[^"]*"[^>]*>2', text)
    assert listed == ["20210629183215", "20210601000000"]
    assert text.count("/article/20/changes?") == 1


def test_searches_find_count_and_narrow(room: httpx.Client) -> None:
    text = text_of(room, "/search?q=%E8%B2%93")
    assert "1 篇文章符合" in text
    assert "<mark>貓</mark>" in text
    assert '<option value="2021">2021 (1)</option>' in text
    assert "沒有文章符合" in text_of(room, "/search?q=%E8%B2%93&year=2020")
    for narrowed in (f"category={quote('眾聞')}", f"author={quote('記者舟小行')}"):
        assert "1 篇文章符合" in text_of(room, f"/search?q=%E8%B2%93&{narrowed}")
    assert "沒有文章符合" in text_of(room, "/search?q=%E8%B2%93&category=tri-angles&author=x")
    part = text_of(room, "/search?q=%E8%B2%93&part=1")
    assert "<html" not in part


@pytest.mark.parametrize(
    "path",
    [
        "/article/999",
        f"/article/{'9' * 40}",
        "/month/2021-13",
        "/month/0000-01",
        "/day/2021-02-30",
        "/tag?name=nothing",
        "/article/2/changes",
    ],
)
def test_what_is_not_there_is_told_with_a_way_back(room: httpx.Client, path: str) -> None:
    answer = room.get(path)
    assert answer.status_code == httpx.codes.NOT_FOUND
    assert 'href="/">回到最新文章' in answer.text


def test_old_addresses_end_at_the_article(room: httpx.Client) -> None:
    answer = room.get("/article/2/%E6%B8%A1%E8%BC%AA-2/ferry")
    assert answer.status_code == httpx.codes.MOVED_PERMANENTLY
    assert answer.headers["location"] == "/article/2"


def test_the_data_are_there_for_those_who_want_them(room: httpx.Client) -> None:
    rows = room.get("/archive/article_list.json?_shape=array&id=22").json()
    assert [row["title"] for row in rows] == ["A ferry in fog"]
    page = room.get("/archive/articles")
    policy = page.headers["content-security-policy"]
    assert "script-src 'self' 'sha256-" in policy
    assert '<a href="/article/22">22</a>' in room.get("/archive/article_list").text


@pytest.mark.parametrize("words", ["四隻貓", "「四隻貓」"])
def test_the_data_are_searched_for_words(room: httpx.Client, words: str) -> None:
    found = {"_search": words, "_shape": "array", "_col": "title"}
    rows = room.get("/archive/articles.json", params=found).json()
    assert [row["id"] for row in rows] == [20]
    query = {"words": "四隻貓", "_shape": "array"}
    rows = room.get("/archive/search_articles.json", params=query).json()
    assert [row["id"] for row in rows] == [20]


def test_a_query_can_not_take_all_memory(room: httpx.Client) -> None:
    sql = {"sql": "select length(hex(zeroblob(400000000)))"}
    answer = room.get("/archive.json", params=sql)
    assert answer.status_code == httpx.codes.BAD_REQUEST
    assert answer.json()["error"] == "string or blob too big"


@pytest.mark.parametrize("path", ["/nothing", "/month", "/a/b/c/d", "/article//1", "/archive/gone"])
def test_addresses_that_do_not_exist_have_a_way_back(
    room: httpx.Client, path: str, capfd: pytest.CaptureFixture[str]
) -> None:
    answer = room.get(path)
    assert answer.status_code == httpx.codes.NOT_FOUND
    assert 'href="/">回到最新文章' in answer.text
    assert capfd.readouterr().err == ""


def test_a_wrong_query_is_told(room: httpx.Client) -> None:
    answer = room.get("/archive?sql=select+gone")
    assert answer.status_code == httpx.codes.BAD_REQUEST
    assert "no such column: gone" in answer.text


def test_other_hosts_are_refused(room: httpx.Client) -> None:
    assert room.get("/", headers={"Host": "evil.example"}).status_code == 421


def test_a_page_beyond_the_last_is_empty(room: httpx.Client) -> None:
    assert "/article/" not in text_of(room, "/?page=7")
    for number in ("0", "x", "9" * 30):
        assert "/article/" in text_of(room, f"/?page={number}")


def test_articles_of_a_term_come_newest_first(room: httpx.Client) -> None:
    text = text_of(room, f"/author?name={quote('記者舟小行')}")
    dates = re.findall(r'<time datetime="([^"]+)"', text)
    assert len(dates) > 10
    assert dates == sorted(dates, reverse=True)
