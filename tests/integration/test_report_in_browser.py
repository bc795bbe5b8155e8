"""The page of `hkcnews report` in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser
from support.browser import DESKTOP, PHONE, TABLET, reading
from support.reports import HOSTILE, crawl_with_hostile_names, page_of

OPEN_ALL = "document.querySelectorAll('details').forEach(each => each.open = true)"
BACKGROUND = "getComputedStyle(document.documentElement).backgroundColor"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of the page. It comes before the browser: a crawl runs an event loop."""
    folder = tmp_path_factory.mktemp("report")
    crawl_with_hostile_names(folder / "out")
    return page_of(folder / "out", folder).as_uri()


@pytest.mark.parametrize("width", [PHONE, TABLET, DESKTOP])
def test_the_page_fits_every_screen_and_asks_nobody(
    made: str, browser: Browser, width: int
) -> None:
    with reading(browser, width=width) as reader:
        reader.go(made)
        page = reader.page
        page.evaluate(OPEN_ALL)
        assert reader.fits
        drawings = page.locator("figure svg:visible").all()
        shown = {drawing.get_attribute("class") for drawing in drawings}
        assert shown == {"narrow" if width == PHONE else "wide"}
        assert page.locator("svg text:visible").first.text_content()
        assert (reader.complaints, set(reader.asked) - {"data:,"}) == ([], {made})
        assert page.title() != "run"
        assert HOSTILE in page.locator("#aliases").inner_text()


def test_one_language_shows_at_a_time_and_colours_follow_the_reader(
    made: str, browser: Browser
) -> None:
    with reading(browser, is_dark=True) as reader:
        reader.go(made)
        page = reader.page
        english, chinese = page.locator("h1 .en"), page.locator("h1 .zh")
        assert (english.is_visible(), chinese.is_visible()) == (True, False)
        page.get_by_label("English").press("ArrowRight")
        assert (english.is_visible(), chinese.is_visible()) == (False, True)
        assert page.get_by_role("img", name="每月刊登與找回").is_visible()
        bar = page.locator("#months svg.wide path").first
        dark = page.evaluate(BACKGROUND), bar.evaluate("each => getComputedStyle(each).fill")
        page.emulate_media(color_scheme="light")
        light = page.evaluate(BACKGROUND), bar.evaluate("each => getComputedStyle(each).fill")
        assert not set(dark) & set(light)
        page.emulate_media(media="print")
        assert not page.get_by_label("English").is_visible()


@pytest.mark.parametrize("is_dark", [False, True])
def test_nothing_serious_hinders_a_reader(made: str, browser: Browser, is_dark: bool) -> None:  # noqa: FBT001
    with reading(browser, is_dark=is_dark) as reader:
        reader.go(made)
        reader.page.evaluate(OPEN_ALL)
        assert reader.barriers() == []
