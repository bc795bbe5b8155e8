"""Which files are WARC files."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.sources import RECORDS, Make
from support.warcs import article_page, gzipped, packed, packed_whole, plain

from scraper.errors import UsageError
from scraper.warc.file_kinds import is_warc

PAGE = article_page(1)


@pytest.mark.parametrize("make", [plain, packed, packed_whole])
def test_a_warc_is_known_by_its_first_bytes(tmp_path: Path, make: Make) -> None:
    (tmp_path / "anything").write_bytes(make(RECORDS).content)
    assert is_warc(tmp_path / "anything")


@pytest.mark.parametrize("name", ["pages.warc", "pages.warc.gz"])
def test_a_warc_is_known_by_its_name(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(PAGE)
    assert is_warc(tmp_path / name)


@pytest.mark.parametrize(
    "content",
    [
        PAGE,
        gzipped(PAGE),
        gzipped(PAGE)[:5],
        gzipped(PAGE)[:10] + b"\xff" * 9,
        b"\x1f\x8b\x09",
        b"",
    ],
)
def test_another_file_is_not_taken_for_a_warc(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "anything").write_bytes(content)
    assert not is_warc(tmp_path / "anything")


@pytest.mark.parametrize("name", ["gone.warc", "gone.warc.gz", "gone.html"])
def test_a_missing_file_is_wrong_usage(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match=name):
        is_warc(tmp_path / name)
