"""Which files hold captures."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.sources import RECORDS, Make
from support.warcs import article_page, gzipped, packed, packed_whole, plain, zipped, zstded

from scraper.errors import UsageError
from scraper.warc.file_kinds import FileKind, is_warc, kind_of

PAGE = article_page(1)
WARC = plain(RECORDS).content
ARC = b"filedesc://pages.arc 0.0.0.0 20210629183215 text/plain 20\n1 0 made by hand\n\n"


@pytest.mark.parametrize("make", [plain, packed, packed_whole])
def test_a_warc_is_known_by_its_first_bytes(tmp_path: Path, make: Make) -> None:
    (tmp_path / "anything").write_bytes(make(RECORDS).content)
    assert kind_of(tmp_path / "anything") is FileKind.WARC


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (WARC.lower(), FileKind.WARC),
        (b"\r\n" + WARC, FileKind.WARC),
        (zstded(WARC), FileKind.WARC_ZSTD),
        (zipped({"archive/data.warc.gz": packed(RECORDS).content}), FileKind.WACZ),
        (zipped({"pages.html": PAGE}), FileKind.OTHER),
        (ARC, FileKind.ARC),
        (gzipped(ARC), FileKind.ARC),
        (zstded(PAGE), FileKind.OTHER),
    ],
)
def test_other_kinds_are_known_by_their_first_bytes(
    tmp_path: Path, content: bytes, kind: FileKind
) -> None:
    (tmp_path / "anything").write_bytes(content)
    assert kind_of(tmp_path / "anything") is kind


@pytest.mark.parametrize(
    "name", ["a.warc", "a.warc.gz", "A.WARC.GZ", "a.warc.gz.open", "a.warc.open", "a.warc.gz.1"]
)
def test_a_damaged_warc_is_known_by_its_name(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(PAGE)
    assert is_warc(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.arc.gz", gzipped(ARC), "is an ARC file.*warcio recompress a.arc.gz"),
        ("a.wacz", zipped({"pages.html": PAGE}), "holds no WARC file"),
        ("a.wacz", zipped({"data.warc": WARC})[:-30], "holds no WARC file"),
        ("a.warc.xz", b"\xfd7zXZ\0", "holds no WARC file"),
        ("a.zip", b"PK\x03\x04", "holds no WARC file"),
    ],
)
def test_an_archive_that_is_not_read_is_wrong_usage(
    tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UsageError, match=f"{name}.*{words}"):
        is_warc(tmp_path / name)


@pytest.mark.parametrize(
    "content",
    [
        PAGE,
        gzipped(PAGE),
        gzipped(PAGE)[:5],
        gzipped(PAGE)[:10] + b"\xff" * 9,
        b"\x1f\x8b\x09",
        b"\x28\xb5\x2f\xfd",
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
