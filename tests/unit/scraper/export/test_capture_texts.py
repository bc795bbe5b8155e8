"""The texts that the captures of an article have."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.warcs import address, article_page, http, record, warc_date, warc_file

from scraper.batch.convert import CaptureLocations
from scraper.export import capture_texts as module
from scraper.export.capture_texts import capture_texts
from scraper.models import CaptureLocation
from scraper.warc.inputs import find_captures


def captures(folder: Path, *texts: str, cut: str = "") -> CaptureLocations:
    """Captures of one article, a day apart, the newest first; one of them may be cut off."""
    records = []
    for day, text in enumerate(texts, start=1):
        fields = ["WARC-Truncated: length"] if text == cut else []
        page = article_page(1, body=f"<p>{text}</p>")
        date = warc_date(f"202001{day:02}000000")
        records.append(record(http(page), *fields, uri=address(1), date=date))
    found = find_captures([warc_file(folder, records)], folder / "spool")
    return tuple(each for each in found if isinstance(each, CaptureLocation))[::-1]


def texts_of(locations: CaptureLocations) -> list[str]:
    return [each.text for each in capture_texts(locations)]


def test_the_oldest_text_comes_first(tmp_path: Path) -> None:
    assert texts_of(captures(tmp_path, "甲", "乙")) == ["甲", "乙"]


def test_one_text_alone_has_nothing_to_be_compared_with(tmp_path: Path) -> None:
    assert texts_of(captures(tmp_path, "甲")) == []


def test_a_page_that_may_not_be_whole_is_left_out(tmp_path: Path) -> None:
    assert texts_of(captures(tmp_path, "甲", "乙", "丙", cut="乙")) == ["甲", "丙"]


def test_of_very_many_the_oldest_and_the_newest_are_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_CAPTURES", 3)
    assert texts_of(captures(tmp_path, "甲", "乙", "丙", "丁", "戊")) == ["甲", "丙", "戊"]
