"""The journey of a reader through the reading room, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser
from support.browser import DESKTOP, PHONE, TABLET, Reader, reading
from support.reading_room import HOSTILE, database, reading_room

PAGES = [
    *("/", "/calendar", "/month/2021-06", "/day/2021-06-02", "/tag", "/category?name=眾聞"),
    *("/search?q=渡輪", "/article/1", "/article/21", "/article/20/changes"),
]


@pytest.fixture(scope="module")
def room(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:  # noqa: ARG001
    with reading_room(database(tmp_path_factory.mktemp("room"))) as origin:
        yield origin


@pytest.fixture
def reader(browser: Browser) -> Iterator[Reader]:
    with reading(browser) as reader:
        yield reader


def assert_is_well(reader: Reader, room: str) -> None:
    assert reader.complaints == []
    assert [each for each in reader.asked if not each.startswith(f"{room}/")] == []


def test_a_reader_finds_an_article_by_its_day(reader: Reader, room: str) -> None:
    reader.go(f"{room}/")
    reader.page.get_by_role("link", name="日曆").click()
    reader.page.get_by_role("link", name="2021年6月").click()
    reader.page.get_by_role("link", name="2021年6月2日（三）: 1 篇文章").click()
    reader.page.get_by_role("link", name="第2號渡輪停航").click()
    assert reader.page.get_by_role("heading", level=1).inner_text() == "第2號渡輪停航"
    reader.page.get_by_role("link", name="離島").click()
    assert reader.page.get_by_role("heading", level=1).inner_text() == "離島"
    assert_is_well(reader, room)


def test_hits_come_as_one_types(reader: Reader, room: str) -> None:
    reader.go(f"{room}/search")
    box = reader.page.get_by_label("搜尋文章")
    box.press_sequentially("渡輪")
    reader.page.locator("mark").first.wait_for()
    reader.page.get_by_role("status").get_by_text("篇文章符合").wait_for()
    reader.page.get_by_label("排序").select_option("rank")
    reader.page.wait_for_url("**/search?*order=rank*")
    box.fill("四隻貓")
    reader.page.get_by_role("status").get_by_text("1 篇文章符合").wait_for()
    assert reader.page.locator("mark").all_inner_texts() == ["四隻貓"]
    assert reader.page.title().startswith("四隻貓")
    box.fill("無此字詞")
    reader.page.get_by_role("status").get_by_text("沒有文章符合").wait_for()
    assert reader.page.get_by_label("排序").input_value() == "rank"
    reader.page.get_by_role("button", name="English").click()
    assert reader.page.get_by_label("Search the articles").input_value() == "無此字詞"
    assert_is_well(reader, room)


def test_everything_can_be_done_by_keyboard(reader: Reader, room: str) -> None:
    reader.go(f"{room}/")
    reader.page.keyboard.press("Tab")
    assert reader.page.evaluate("document.activeElement.textContent") == "跳到內容"
    reader.page.keyboard.press("Enter")
    assert reader.page.evaluate("document.activeElement.id") == "main"
    reader.page.keyboard.press("Tab")
    reader.page.keyboard.press("Enter")
    reader.page.wait_for_url("**/day/*")


def test_a_choice_of_language_lasts(reader: Reader, room: str) -> None:
    reader.go(f"{room}/calendar")
    reader.page.get_by_role("button", name="English").click()
    assert reader.page.get_by_role("heading", level=1).inner_text() == "Calendar"
    reader.page.get_by_role("link", name="Latest").click()
    assert reader.page.locator("html").get_attribute("lang") == "en"
    assert_is_well(reader, room)


@pytest.mark.parametrize("path", ["/article/21", "/", "/search?q=燈"])
def test_hostile_articles_are_harmless(reader: Reader, room: str, path: str) -> None:
    reader.go(room + path)
    assert reader.page.get_by_role("link", name=HOSTILE).first.is_visible()
    assert_is_well(reader, room)


@pytest.mark.parametrize("width", [PHONE, TABLET, DESKTOP])
def test_pages_fit_and_have_no_barrier(browser: Browser, room: str, width: int) -> None:
    with reading(browser, width=width, is_dark=width == PHONE) as reader:
        for path in PAGES:
            reader.go(room + path)
            assert reader.fits, path
            if width != TABLET:
                assert reader.barriers() == [], path
        assert_is_well(reader, room)


def test_the_pages_of_the_data_work_under_their_policy(reader: Reader, room: str) -> None:
    for path in ("/archive", "/archive/article_list", "/archive/articles/1", "/-/versions"):
        reader.go(room + path)
    assert_is_well(reader, room)
