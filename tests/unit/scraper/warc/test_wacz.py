"""WARC files in other wrappings: WACZ and zstd."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

import pytest
import zstandard
from support.sources import PAGES, RECORDS, read_warc
from support.warcs import packed, packed_whole, plain, response, zipped, zstded

from scraper.warc.file_kinds import FileKind, kind_of

FIRST, SECOND = packed(RECORDS[:3]).content, packed_whole(RECORDS[3:]).content


def test_the_warc_files_of_a_wacz_are_read(tmp_path: Path) -> None:
    content = zipped({"archive/a.warc.gz": FIRST, "archive/b.warc.gz": SECOND, "x.json": b"{}"})
    found = read_warc(tmp_path, "pages.wacz", content)
    assert (found.whole(), found.failures) == (set(PAGES), [])


def test_damage_in_a_wacz_names_both_files_and_costs_one_of_them(tmp_path: Path) -> None:
    damaged = bytearray(zipped({"archive/a.warc.gz": FIRST, "archive/b.warc.gz": SECOND}))
    damaged[damaged.index(FIRST) + 40] ^= 1
    found = read_warc(tmp_path, "pages.wacz", bytes(damaged))
    assert (found.whole(), found.spoilt()) == ({3, 4}, set())
    (failure,) = found.failures
    assert "pages.wacz, archive/a.warc.gz: " in failure


def test_a_record_of_a_wacz_is_named_with_both_files(tmp_path: Path) -> None:
    cut = zipped({"archive/a.warc.gz": packed(RECORDS).content[:-20]})
    found = read_warc(tmp_path, "pages.wacz", cut)
    assert found.whole() == {1, 2, 3}
    assert "pages.wacz, archive/a.warc.gz, damaged at byte " in found.failures[0]


def test_a_wacz_that_is_a_bomb_is_refused(tmp_path: Path) -> None:
    content = zipped({"a.warc": bytes(100_000_000), "b.warc": plain(RECORDS).content}, level=9)
    found = read_warc(tmp_path, "pages.wacz", content)
    assert found.whole() == set(PAGES)
    assert "a.warc: unpacks to more than 200 times as much" in found.failures[0]


def test_zstd_frames_are_read_one_for_each_record_or_for_all(tmp_path: Path) -> None:
    for frames in (
        RECORDS,
        [b"".join(RECORDS)],
        [b"".join(RECORDS)[:999], b"".join(RECORDS)[999:]],
    ):
        found = read_warc(tmp_path, "pages.warc.zst", b"".join(map(zstded, frames)))
        assert (found.whole(), found.failures) == (set(PAGES), [])


def test_zstd_with_a_dictionary_is_read(tmp_path: Path) -> None:
    samples: list[bytes | bytearray | memoryview] = [
        response(article_id, b"%d" % article_id * 50) for article_id in range(400)
    ]
    dictionary = zstandard.train_dictionary(2000, samples)
    packer = zstandard.ZstdCompressor(dict_data=dictionary)
    frames = b"".join(packer.compress(record) for record in RECORDS)
    for content in (dictionary.as_bytes(), zstandard.compress(dictionary.as_bytes())):
        head = b"\x5d\x2a\x4d\x18" + len(content).to_bytes(4, "little") + content
        found = read_warc(tmp_path, "pages.warc.zst", head + frames)
        assert (found.whole(), found.failures) == (set(PAGES), [])


def test_zstd_that_is_cut_off_gives_what_is_whole(tmp_path: Path) -> None:
    content = b"".join(map(zstded, RECORDS))
    found = read_warc(tmp_path, "pages.warc.zst", content[:-30])
    assert (found.whole(), found.spoilt()) == ({1, 2, 3}, set())
    assert "zstd frame is cut off" in found.failures[0]


def test_entries_of_one_name_are_both_read(tmp_path: Path) -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("archive/a.warc", b"".join(RECORDS[:3]))
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("archive/a.warc", b"".join(RECORDS[3:]))
    found = read_warc(tmp_path, "pages.wacz", out.getvalue())
    assert (found.whole(), found.failures) == (set(PAGES), [])


def test_archives_in_a_wacz_are_named(tmp_path: Path) -> None:
    content = zipped({"a.warc.gz": FIRST + SECOND, "b.wacz": b"", "c.arc.gz": b"", "d.json": b""})
    found = read_warc(tmp_path, "pages.wacz", content)
    assert found.whole() == set(PAGES)
    assert [name in text for name, text in zip(("b.wacz", "c.arc.gz"), found.failures, strict=True)]


@pytest.mark.parametrize("at", [60, -60])
def test_a_damaged_entry_costs_that_entry(tmp_path: Path, at: int) -> None:
    content = bytearray(zipped({"a.warc": plain(RECORDS).content, "b.warc": response(1)}, level=9))
    content[at : at + 4] = b"\xff" * 4
    found = read_warc(tmp_path, "pages.wacz", bytes(content))
    assert found.failures
    assert found.spoilt() == set()


def test_other_skippable_frames_are_passed_over(tmp_path: Path) -> None:
    skipped = b"\x5e\x2a\x4d\x18\x03\0\0\0abc"
    content = b"".join(skipped + zstded(each) for each in RECORDS) + skipped
    found = read_warc(tmp_path, "pages.warc.zst", content)
    assert (found.whole(), found.failures) == (set(PAGES), [])


def test_a_bad_dictionary_is_told(tmp_path: Path) -> None:
    bad = b"\x37\xa4\x30\xecgarbage"
    head = b"\x5d\x2a\x4d\x18" + len(bad).to_bytes(4, "little") + bad
    found = read_warc(tmp_path, "pages.warc.zst", head + zstded(RECORDS[1]))
    assert "dictionary is damaged" in found.failures[0]


def test_a_bomb_of_zstd_is_not_unpacked_to_look_at_it(tmp_path: Path) -> None:
    block = ((131072 << 3) | 2).to_bytes(3, "little") + b"\0"  # as many zeros as it can hold
    bomb = b"\x28\xb5\x2f\xfd\0\x50" + block * 10_000
    (tmp_path / "x").write_bytes(bomb)
    assert kind_of(tmp_path / "x") is FileKind.OTHER
