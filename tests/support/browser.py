"""A real browser without a window, driven by Playwright; and what a page does in it.

One Chromium serves all tests of a process. Each test connects to it for itself: while Playwright is
connected, no test could run an event loop of its own.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
NO_BROWSER = "no Chromium is here: apt-get install chromium"
PHONE, TABLET, DESKTOP = 360, 768, 1280
# Without those that forbid background networking it looks up hosts of its maker at every start.
_FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--disable-dev-shm-usage", "--remote-debugging-port=0"),
)
_LISTENING = "DevTools listening on "
_LOCAL = ("file:", "data:", "blob:", "about:", "http://127.0.0.1:", "http://localhost:")
_SERIOUS = frozenset({"serious", "critical"})


@contextmanager
def chromium() -> Iterator[str]:
    """Start a browser with a profile of its own; give the address at which it can be driven."""
    assert CHROMIUM is not None, NO_BROWSER
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [CHROMIUM, *_FLAGS, f"--user-data-dir={profile}", "about:blank"]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
            try:
                assert process.stderr is not None
                lines = (line for line in process.stderr if line.startswith(_LISTENING))
                address = next(lines, "").removeprefix(_LISTENING).strip()
                assert address, "Chromium ended before it could be driven"
                threading.Thread(target=deque, args=(process.stderr, 0), daemon=True).start()
                yield address
            finally:
                process.kill()


@contextmanager
def connected(address: str) -> Iterator[Browser]:
    """Connect to a browser that is running."""
    with sync_playwright() as playwright:
        yield playwright.chromium.connect_over_cdp(address)


@dataclass
class Visit:
    """A page that is open, and what it has done since: errors, and requests to other hosts."""

    page: Page
    errors: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)

    @property
    def overflow(self) -> int:
        """By how many pixels the page is wider than its window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))

    def serious_findings(self) -> list[str]:
        """What axe-core finds wrong with the page that is serious or worse."""
        found = Axe().run(self.page).response["violations"]
        return [
            f"{each['id']}: {node['html'][:200]}"
            for each in found
            if each["impact"] in _SERIOUS
            for node in each["nodes"]
        ]


@contextmanager
def visit(
    browser: Browser,
    address: str,
    *,
    width: int = DESKTOP,
    scheme: Literal["light", "dark"] = "light",
) -> Iterator[Visit]:
    """Open an address in a window of its own, as somebody who has never been there."""
    with browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme
    ) as context:
        page = context.new_page()
        visited = Visit(page)
        page.on(
            "console",
            lambda message: (
                visited.errors.append(message.text)
                if message.type in {"error", "warning"}
                else None
            ),
        )
        page.on("pageerror", lambda error: visited.errors.append(str(error)))
        page.on(
            "request",
            lambda request: (
                None if request.url.startswith(_LOCAL) else visited.foreign.append(request.url)
            ),
        )
        page.goto(address)
        yield visited
