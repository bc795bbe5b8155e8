"""Whole records of a file that may be damaged."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.sources import RECORDS, Make, seekable_makes
from support.warcs import plain

from scraper.warc.recovery import has_whole_record_behind, next_start, whole_records


@seekable_makes
@pytest.mark.parametrize("tail", [b"", b"garbage", b"Content-Length: 1\r\n\r\nx\r\n\r\n"])
def test_records_are_found_up_to_the_first_that_is_not_whole(
    tmp_path: Path, make: Make, name: str, tail: bytes
) -> None:
    warc = make(RECORDS)
    (tmp_path / name).write_bytes(warc.content + tail)
    found = list(whole_records(tmp_path / name, warc.starts[1]))
    assert [(whole.start, whole.end) for whole in found] == [
        (warc.starts[index], warc.end(index)) for index in range(1, len(RECORDS))
    ]
    assert found[0].record.header.kind == "response"


@seekable_makes
def test_a_whole_record_behind_damage_is_found(tmp_path: Path, make: Make, name: str) -> None:
    record = make(RECORDS[:1]).content
    path = tmp_path / name
    path.write_bytes(b"damage\n" + record[:20] + record)
    assert has_whole_record_behind(path, 0)
    path.write_bytes(b"damage\n" + record[:20] + record[:-5])
    assert not has_whole_record_behind(path, 0)


def test_the_next_start_is_that_of_a_member_or_of_a_version_line(tmp_path: Path) -> None:
    content = b"WARC/1.x\r\n...\n\x1f\x8b\x08...\nWARC/1.1\r\n"
    (tmp_path / "pages.warc").write_bytes(content)
    with (tmp_path / "pages.warc").open("rb") as file:
        assert next_start(file, 0) == content.index(b"\x1f")
        assert next_start(file, content.index(b"\x1f") + 1) == content.index(b"WARC/1.1")
        assert next_start(file, content.index(b"WARC/1.1") + 1) is None


def test_an_empty_file_has_no_start(tmp_path: Path) -> None:
    (tmp_path / "pages.warc").write_bytes(plain([]).content)
    with (tmp_path / "pages.warc").open("rb") as file:
        assert next_start(file, 0) is None
