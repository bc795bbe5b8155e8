"""WARC files that are compressed as a whole."""

from __future__ import annotations

import random
from pathlib import Path

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


def test_of_a_member_with_a_wrong_checksum_a_digest_proves_the_pages_that_are_right(
    tmp_path: Path,
) -> None:
    noise = random.Random(7)
    pages = {
        article_id: article_page(article_id, body=f"<p>{noise.randbytes(30_000).hex()}</p>")
        for article_id in range(1, 7)
    }
    blocks = {article_id: http(page) for article_id, page in pages.items()}
    proved = [
        record(block, f"WARC-Block-Digest: {digest(block)}", uri=address(article_id))
        for article_id, block in blocks.items()
    ]
    unproved = [response(article_id, page) for article_id, page in pages.items()]
    for records, right in ((proved, {1, 2, 3, 4}), (unproved, set())):
        content = bytearray(packed_whole(records).content)
        content[len(content) * 4 // 5] ^= 1  # in the fifth page; the last one is lost with it
        found = read_warc(tmp_path, "pages.warc.gz", bytes(content))
        assert found.bodies == {article_id: [pages[article_id]] for article_id in right}
        assert found.failures
