"""The store of a crawl: records whole or not at all, whatever a killed run has left."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from support.warcs import address, article_page, gzipped, record, warcinfo
from warcio.archiveiterator import ArchiveIterator

from normalise import Capture
from scraper.errors import BadRecord, StorageError
from scraper.models import Memento, Payload, WarcLocation
from scraper.warc.payload import read_payload
from scraper.warc.writer import MAX_FILE_BYTES, StoredCapture, WarcStore

FIRST = "hkcnews-00001.warc.gz"


def memento(article_id: int, timestamp: str = "20210629183215") -> Memento:
    capture = Capture(timestamp, address(article_id))
    headers = (("content-type", "text/html"), ("x-title", "渡輪: 停航"))
    return Memento(capture, capture, 200, "OK", headers, article_page(article_id))


def append(folder: Path, *mementos: Memento, max_file_bytes: int = MAX_FILE_BYTES) -> list[Path]:
    """Write mementos into the store of a folder; return its files."""
    store = WarcStore(folder, max_file_bytes, "tests/1")
    for each in mementos:
        store.append(each)
    store.close()
    return sorted(store.folder.iterdir())


def test_a_capture_is_read_from_where_it_was_stored(tmp_path: Path) -> None:
    store = WarcStore(tmp_path)
    stored = [(each.served, store.append(each)) for each in (memento(1), memento(2))]
    store.close()
    for article_id, (served, location) in zip((1, 2), stored, strict=True):
        payload = read_payload(store.location(served, location))
        assert payload == Payload(article_page(article_id), 200)
    (end,) = store.sizes().values()
    assert end == stored[1][1].offset + stored[1][1].length


def test_a_body_that_is_still_packed_keeps_its_encoding(tmp_path: Path) -> None:
    packed = replace(memento(1), headers=(("content-encoding", "dcb"),), body=bytes(range(200)))
    store = WarcStore(tmp_path)
    location = store.location(packed.served, store.append(packed))
    store.close()
    with pytest.raises(BadRecord, match="encoding can't be unpacked: dcb"):
        read_payload(location)


def test_other_programs_read_the_records(tmp_path: Path) -> None:
    (path,) = append(tmp_path, memento(1))
    with path.open("rb") as file:
        records = ArchiveIterator(file, check_digests="raise")
        assert next(records).rec_type == "warcinfo"
        response = next(records)
        fields, headers = response.rec_headers, response.http_headers
        assert fields.get_header("WARC-Date") == "2021-06-29T18:32:15Z"
        assert fields.get_header("WARC-Target-URI") == address(1)
        assert fields.get_header("WARC-Source-URI") == memento(1).requested.raw_url
        assert fields.get_header("WARC-Payload-Digest").startswith("sha1:")
        assert headers.get_header("X-Title") == "%E6%B8%A1%E8%BC%AA: %E5%81%9C%E8%88%AA"
        assert response.content_stream().read() == article_page(1)


def test_another_file_is_begun_where_one_is_full(tmp_path: Path) -> None:
    first, second = append(tmp_path, memento(1), memento(2), max_file_bytes=1)
    assert (first.name, second.name) == (FIRST, "hkcnews-00002.warc.gz")
    assert len(append(tmp_path, memento(3), max_file_bytes=1)) == 3


def test_a_file_that_is_not_full_is_written_on(tmp_path: Path) -> None:
    (path,) = append(tmp_path, memento(1))
    before = path.read_bytes()
    assert append(tmp_path, memento(2)) == [path]
    assert path.read_bytes().startswith(before)
    assert [stored.served for stored in WarcStore(tmp_path).repair({})] == [
        memento(1).served,
        memento(2).served,
    ]


@contextmanager
def disk_full_after(size: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the next write take some bytes, and the one after that none."""
    sizes = iter([size])
    write = os.write

    def limited_write(file: int, content: bytes) -> int:
        for room in sizes:
            return write(file, content[:room])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", limited_write)
        yield


def test_a_full_disk_leaves_whole_records_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = WarcStore(tmp_path)
    store.append(memento(1))
    path = store.folder / FIRST
    before = path.read_bytes()
    with (
        disk_full_after(100, monkeypatch),
        pytest.raises(StorageError, match="the disk is full: make room"),
    ):
        store.append(memento(2))
    assert path.read_bytes() == before
    location = store.append(memento(2))
    store.close()
    assert location.offset == len(before)
    assert read_payload(store.location(memento(2).served, location)).body == article_page(2)


# --- repair ---------------------------------------------------------------------------------


def test_captures_behind_the_known_end_are_found(tmp_path: Path) -> None:
    store = WarcStore(tmp_path)
    known = store.append(memento(1))
    capture = memento(2).served
    moved = Memento(capture, capture, 302, "Found", (("location", "/x"),), b"", "/x")
    unknown = [store.append(memento(3)), store.append(moved)]
    store.close()
    assert list(WarcStore(tmp_path).repair({FIRST: known.offset + known.length})) == [
        StoredCapture(memento(3).served, unknown[0], "", memento(3).served),
        StoredCapture(moved.served, unknown[1], "/x", capture),
    ]


@pytest.mark.parametrize(
    "tail",
    [
        pytest.param(slice(0, -1), id="all but a byte of a record"),
        pytest.param(slice(0, 1), id="a byte"),
        pytest.param(None, id="zeros"),
    ],
)
def test_a_torn_tail_is_cut_off(tmp_path: Path, tail: slice | None) -> None:
    (path,) = append(tmp_path, memento(1))
    whole = path.read_bytes()
    last = whole[whole.rindex(b"\x1f\x8b\x08") :]
    path.write_bytes(whole + (last[tail] if tail else bytes(4096)))
    assert [stored.served for stored in WarcStore(tmp_path).repair({})] == [memento(1).served]
    assert path.read_bytes() == whole


def test_damage_with_whole_records_behind_it_is_an_error_and_nothing_is_cut(
    tmp_path: Path,
) -> None:
    (path,) = append(tmp_path, memento(1))
    whole = path.read_bytes()
    damaged = whole + b"damage" + gzipped(warcinfo())
    path.write_bytes(damaged)
    expected = f"{re.escape(str(path))} is damaged at byte {len(whole)}, .*move the file"
    with pytest.raises(StorageError, match=expected):
        list(WarcStore(tmp_path).repair({}))
    assert path.read_bytes() == damaged


@pytest.mark.parametrize(
    ("part", "reason"),
    [
        pytest.param(
            record(b"HTTP/1.1 200 OK\r\n\r\n", uri=address(1), date="2021-06-29T18:32:15.5Z"),
            "WARC-Date",
            id="date-with-a-fraction",
        ),
        pytest.param(
            record(b"x", uri=address(1), content_type="text/html"),
            "no HTTP response",
            id="no-response",
        ),
    ],
)
def test_a_record_of_another_program_is_an_error(tmp_path: Path, part: bytes, reason: str) -> None:
    (path,) = append(tmp_path, memento(1))
    offset = path.stat().st_size
    path.write_bytes(path.read_bytes() + gzipped(part))
    found = WarcStore(tmp_path).repair({})
    assert next(found).location == WarcLocation(FIRST, *_last_member(path, offset))
    with pytest.raises(StorageError, match=f"record at byte {offset}, is none of ours: .*{reason}"):
        next(found)


def _last_member(path: Path, end: int) -> tuple[int, int]:
    """Offset and length of the member that ends at a byte."""
    offset = path.read_bytes()[:end].rindex(b"\x1f\x8b\x08")
    return offset, end - offset


def test_files_of_other_names_are_left_alone(tmp_path: Path) -> None:
    names = ("hkcnews-mine.warc.gz", "hkcnews-00001.copy.warc.gz", "zz.warc.gz")
    for name in names:
        (tmp_path / name).write_bytes(b"of somebody else")
    assert list(WarcStore(tmp_path).repair({})) == []
    assert WarcStore(tmp_path).sizes() == {}
    files = append(tmp_path, memento(1))
    assert {path.name for path in files} == {FIRST, *names}
    assert all(path.read_bytes() == b"of somebody else" for path in files if path.name != FIRST)
