"""A real browser without a window: Chromium as Debian has it, driven by Playwright."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
# It must ask nobody for anything: neither its maker nor the network is there in a test.
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_SERIOUS = frozenset({"serious", "critical"})
PHONE, TABLET, DESKTOP = 360, 768, 1280


def program() -> str:
    """Return the path of the browser, "" where there is none."""
    return next(filter(None, map(shutil.which, PROGRAMS)), "")


@contextmanager
def browsing() -> Iterator[Browser]:
    """Run the browser for as long as the block lasts."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program(), args=list(_ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Reader:
    """A page in the browser; `complaints` are what its console said, `asked` all its requests."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def go(self, address: str) -> None:
        """Open an address."""
        self.page.goto(address)

    @property
    def fits(self) -> bool:
        """Whether nothing stands beyond the right edge."""
        width = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        return int(width) <= 0

    def barriers(self) -> list[str]:
        """Return the serious findings of axe-core on the page as it is now."""
        violations = Axe().run(self.page).response["violations"]
        return [
            f"{each['id']}: {each['nodes'][0]['html']}"
            for each in violations
            if each["impact"] in _SERIOUS
        ]


@contextmanager
def reading(
    browser: Browser, *, width: int = DESKTOP, is_dark: bool = False, language: str = "zh-HK"
) -> Iterator[Reader]:
    """Give a reader with a window of so many pixels for as long as the block lasts."""
    context = browser.new_context(
        viewport={"width": width, "height": 800},
        color_scheme="dark" if is_dark else "light",
        locale=language,
    )
    reader = Reader(context.new_page())
    reader.page.on("console", lambda message: reader.complaints.append(message.text))
    reader.page.on("pageerror", lambda error: reader.complaints.append(str(error)))
    reader.page.on("request", lambda request: reader.asked.append(request.url))
    try:
        yield reader
    finally:
        context.close()
