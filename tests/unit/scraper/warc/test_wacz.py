"""WARC files in other wrappings: WACZ and zstd."""

from __future__ import annotations

from pathlib import Path

import zstandard
from support.sources import PAGES, RECORDS, read_warc
from support.warcs import packed, packed_whole, plain, response, zipped, zstded

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
