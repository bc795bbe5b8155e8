"""WARC files that are compressed as a whole."""

from __future__ import annotations

import gzip
import random
from pathlib import Path

import pytest
from support.sources import PAGES, RECORDS, locations, read_warc
from support.warcs import (
    address,
    article_page,
    digest,
    gzipped,
    http,
    packed_whole,
    record,
    response,
    warcinfo,
)

from scraper.models import CaptureLocation
from scraper.warc.inputs import find_captures
from scraper.warc.payload import read_payload


def test_a_file_compressed_as_a_whole_is_named_as_the_source(tmp_path: Path) -> None:
    path = tmp_path / "pages.warc.gz"
    path.write_bytes(packed_whole(RECORDS).content)
    spool = tmp_path / "spool"
    spool.mkdir()
    location, *_ = locations(path, spool=spool)
    assert str(location) == f"{path}, record at byte {len(RECORDS[0])} unpacked"
    assert spool in location.path.parents


def test_files_of_one_name_keep_their_own_pages(tmp_path: Path) -> None:
    spool = tmp_path / "spool"
    for folder in (tmp_path / "a", tmp_path / "b", spool):
        folder.mkdir()
    for name, article_id in (("a", 1), ("b", 2)):
        content = packed_whole([warcinfo(), response(article_id)]).content
        (tmp_path / name / "pages.warc.gz").write_bytes(content)
    found = locations(tmp_path / "a", tmp_path / "b", spool=spool)
    assert [read_payload(location).body for location in found] == [PAGES[1], PAGES[2]]


def test_a_file_is_unpacked_though_damaged_behind_two_records(tmp_path: Path) -> None:
    path = tmp_path / "pages.warc.gz"
    path.write_bytes(gzipped(response(1) + response(2) + b"\0" * 100))
    spool = tmp_path / "spool"
    spool.mkdir()
    found = [each for each in find_captures([path], spool) if isinstance(each, CaptureLocation)]
    assert [read_payload(location).body for location in found] == [PAGES[1], PAGES[2]]


def test_of_a_member_with_a_wrong_checksum_nothing_is_taken(tmp_path: Path) -> None:
    noise = random.Random(7)
    pages = {
        article_id: article_page(article_id, body=f"<p>{noise.randbytes(30_000).hex()}</p>")
        for article_id in range(1, 7)
    }
    first = packed_whole([response(article_id, page) for article_id, page in pages.items()]).content
    content = bytearray(first + gzipped(response(7)))
    content[len(first) * 4 // 5] ^= 1
    found = read_warc(tmp_path, "pages.warc.gz", bytes(content))
    assert list(found.bodies) == [7]
    (failure,) = found.failures
    assert "damaged at byte 0" in failure


def spoilt(records: bytes, old: bytes, new: bytes, level: int) -> bytes:
    """A gzip member in which something was changed, so that its checksum is wrong."""
    right = gzip.compress(records, level, mtime=0)
    wrong = gzip.compress(records.replace(old, new, 1), level, mtime=0)
    return wrong[:-8] + right[-8:-4] + wrong[-4:]


@pytest.mark.parametrize("level", [0, 9])
@pytest.mark.parametrize(
    ("old", "new"), [("霧散了", "雨停了"), ("/article/1/", "/article/9/"), ("2021-06", "2020-06")]
)
def test_what_a_wrong_checksum_says_is_changed_is_never_shown(
    tmp_path: Path, level: int, old: str, new: str
) -> None:
    block = http(article_page(1))
    proved = record(block, f"WARC-Block-Digest: {digest(block)}", uri=address(1))
    content = spoilt(proved + response(2), old.encode(), new.encode(), level)
    found = read_warc(tmp_path, "pages.warc.gz", content + gzipped(response(3)))
    assert list(found.bodies) == [3]
    assert len(found.failures) == 1


def test_runs_of_members_keep_their_last_records(tmp_path: Path) -> None:
    runs = [RECORDS[:2], RECORDS[2:4], RECORDS[4:]]
    content = b"".join(gzipped(b"".join(run)) for run in runs)
    found = read_warc(tmp_path, "pages.warc.gz", content)
    assert (found.whole(), found.failures) == (set(PAGES), [])


def test_text_before_a_fault_is_kept_and_may_not_be_whole(tmp_path: Path) -> None:
    content = packed_whole(RECORDS[:4]).content
    path = tmp_path / "pages.warc.gz"
    path.write_bytes(content[:-30])
    found = [each for each in find_captures([path], tmp_path) if isinstance(each, CaptureLocation)]
    assert [each.capture.article_id for each in found] == [1, 2]
    assert all("damage follows" in read_payload(each).doubt for each in found)
