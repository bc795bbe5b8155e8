"""Pages saved beside their captures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.warcs import TIMESTAMP, address, article_page, saved

from normalise import Capture
from scraper.errors import BadRecord
from scraper.models import CaptureLocation, Payload
from scraper.warc.payload import read_payload
from scraper.warc.saved_page import saved_page


def test_a_saved_page_is_read(tmp_path: Path) -> None:
    location = saved_page(saved(tmp_path / "one", 1))
    assert isinstance(location, CaptureLocation)
    assert location.capture == Capture(TIMESTAMP, address(1))
    assert str(location) == str(tmp_path / "one" / "page.html")
    assert read_payload(location) == Payload(article_page(1), None)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"null",
        json.dumps({"timestamp": TIMESTAMP}).encode(),
        json.dumps({"timestamp": "2021", "original": address(1)}).encode(),
        json.dumps({"timestamp": 20210629183215, "original": address(1)}).encode(),
        json.dumps({"timestamp": TIMESTAMP, "original": None}).encode(),
    ],
    ids=lambda content: repr(content[:60]),
)
def test_a_file_that_names_no_capture_is_reported(tmp_path: Path, content: bytes) -> None:
    folder = saved(tmp_path / "one", 1)
    (folder / "capture.json").write_bytes(content)
    found = saved_page(folder)
    assert isinstance(found, BadRecord)
    assert str(folder / "capture.json") in str(found)


def test_a_capture_without_its_page_is_reported_when_it_is_read(tmp_path: Path) -> None:
    folder = saved(tmp_path / "one", 1)
    (folder / "page.html").unlink()
    location = saved_page(folder)
    assert isinstance(location, CaptureLocation)
    with pytest.raises(BadRecord, match=r"page\.html: No such file"):
        read_payload(location)
