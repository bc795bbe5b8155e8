"""What `normalise` and `inspect` take: paths, standard input, one page with its capture."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from normalise import Capture
from scraper.cli.options import EXAMPLE_CAPTURE_URL, STANDARD_STREAM
from scraper.errors import BadRecord, UsageError
from scraper.warc.file_kinds import is_warc
from scraper.warc.saved_page import read_page_file, saved_page


@contextmanager
def open_sources(sources: list[Path]) -> Iterator[list[Path]]:
    """Yield the paths; `-` becomes a file with what standard input holds, removed at the end.

    Raises `UsageError` where `-` is not alone, or standard input is closed.
    """
    if STANDARD_STREAM not in sources:
        yield sources
        return
    if len(sources) > 1:
        raise UsageError("standard input goes alone: leave out the other sources, or -")
    if sys.stdin is None:
        raise UsageError("standard input is closed: give a file, or something to read")
    with tempfile.TemporaryDirectory(prefix="hkcnews-") as folder:
        path = Path(folder, "standard-input")
        with path.open("wb") as file:
            shutil.copyfileobj(sys.stdin.buffer, file)
        yield [path]


def is_html(path: Path) -> bool:
    """Return whether a path is taken as one HTML page: neither a folder nor a WARC file."""
    return not path.is_dir() and not is_warc(path)


def single_html(paths: list[Path]) -> Path:
    """Return the only path. Raises `UsageError` where there are more, or it is no HTML page."""
    if len(paths) > 1:
        raise UsageError("--url names the capture of one HTML file: give just that file")
    if not is_html(paths[0]):
        raise UsageError(f"{paths[0]} names its captures itself: leave out --url")
    return paths[0]


def locate_page(path: Path, url: str | None) -> tuple[Path, Capture]:
    """Return one page and its capture: an HTML file with its address, or a folder with both.

    Raises `UsageError` for anything else.
    """
    if not path.is_dir():
        if is_warc(path):
            raise UsageError(f"{path} holds many pages: `hkcnews normalise` reads it")
        return path, parse_capture_url(url)
    if url is not None:
        raise UsageError(f"{path} names its capture itself: leave out --url")
    location = saved_page(path)
    if isinstance(location, BadRecord):
        raise UsageError(f"no saved page is in that folder: {location}")
    return location.path, location.capture


def parse_capture_url(url: str | None) -> Capture:
    """Return the capture that --url names. Raises `UsageError` without one, `BadCapture`."""
    if url is None:
        raise UsageError(
            "an HTML page does not say which capture it is: give --url, such as "
            f"{EXAMPLE_CAPTURE_URL}"
        )
    return Capture.from_url(url)


def read_page(path: Path) -> bytes:
    """Return the bytes of a page. Raises `UsageError`, `BadRecord` where it is far too large."""
    try:
        return read_page_file(path)
    except OSError as error:
        raise UsageError(f"{path} can't be read: {error.strerror}") from error
