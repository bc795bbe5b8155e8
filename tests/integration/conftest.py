"""What the integration tests share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from support import browser as browsers
from support.inline_pool import InlinePool
from support.warcs import article_page, page_file

from scraper.crawl import judging
from scraper.images import run as images_run


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser without a window; while it runs this thread can run no other event loop."""
    if not browsers.program():
        pytest.skip(f"no browser on this machine (looked for {', '.join(browsers.PROGRAMS)})")
    with browsers.browsing() as running:
        yield running


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """The folder of a crawl, not yet made."""
    return tmp_path / "out"


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """A saved page: article 11911 of `article_page()`."""
    return page_file(tmp_path, article_page(11911))


@pytest.fixture
def worker_processes() -> None:
    """Let pages be judged in worker processes, which die of pages that say so (deadly_pages)."""


@pytest.fixture(autouse=True)
def _judge_in_this_process(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Judge pages in this process: starting another one takes most of a test's time."""
    if "worker_processes" not in request.fixturenames:
        monkeypatch.setattr(judging, "WorkerPool", InlinePool)
        monkeypatch.setattr(images_run, "WorkerPool", InlinePool)


@pytest.fixture
def worker_start(
    worker_processes: None,  # noqa: ARG001
    spawned_workers: None,  # noqa: ARG001
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Path:
    """What Python processes that are started run first: a file to be written to."""
    folder = tmp_path / "start"
    folder.mkdir()
    path = [str(folder), os.environ.get("PYTHONPATH")]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, path)))
    return folder / "sitecustomize.py"
