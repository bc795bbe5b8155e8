"""What a SOURCE on the command line may be, and in what order its captures come."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from support.sources import PAGES, locations, read_source
from support.warcs import article_page, gzipped, packed, response, saved, warc_file, zipped, zstded

from scraper.errors import UsageError
from scraper.warc.inputs import find_captures
from scraper.warc.payload import read_payload


def test_a_folder_gives_warcs_and_saved_pages_in_the_order_of_their_names(tmp_path: Path) -> None:
    source = tmp_path / "source"
    saved(source / "b" / "page", 2)
    warc_file(source / "b", [response(3)], "other.warc")
    warc_file(source, [response(4)], "c.warc.gz")
    warc_file(source, [response(1)], "a.warc")
    (source / "b" / "notes.txt").write_text("not a page", encoding="utf-8")
    (source / "b" / "page.html").write_bytes(article_page(99))  # no capture beside it
    found = locations(source, spool=tmp_path)
    assert [read_payload(location).body for location in found] == [
        PAGES[article_id] for article_id in (1, 3, 2, 4)
    ]


def test_a_folder_gives_archives_in_every_wrapping_and_names_those_that_are_not_read(
    tmp_path: Path,
) -> None:
    files = {
        "a.WARC.GZ": packed([response(1)]).content,
        "b.warc.gz.open": packed([response(2)]).content,
        "c.wacz": zipped({"archive/data.warc": response(3)}),
        "d.warc.zst": zstded(response(4)),
        "e.arc.gz": gzipped(b"filedesc://e.arc 0.0.0.0 20210629183215 text/plain 0\n"),
        "f.zip": zipped({"page.html": PAGES[1]}),
        "g.warc.xz": b"\xfd7zXZ",
        "h.html.gz": gzipped(PAGES[1]),
    }
    source = tmp_path / "source"
    source.mkdir()
    for name, content in files.items():
        (source / name).write_bytes(content)
    found = read_source(source, tmp_path)
    assert found.whole() == set(PAGES)
    named = ["e.arc.gz", "f.zip", "g.warc.xz"]
    assert len(found.failures) == len(named)
    assert all(name in text for name, text in zip(named, found.failures, strict=True))


def test_sources_keep_the_order_in_which_they_are_given(tmp_path: Path) -> None:
    first = warc_file(tmp_path, [response(2)], "z.warc")
    second = saved(tmp_path / "a", 1)
    found = locations(first, second, spool=tmp_path)
    assert [location.capture.article_id for location in found] == [2, 1]


def test_a_folder_named_like_a_warc_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "all.warc").mkdir()
    saved(tmp_path / "all.warc" / "one", 1)
    assert read_source(tmp_path / "all.warc", tmp_path).whole() == {1}


def test_behind_a_saved_page_without_capture_the_next_one_is_read(tmp_path: Path) -> None:
    source = tmp_path / "source"
    (saved(source / "a", 1) / "capture.json").write_bytes(b"{}")
    saved(source / "b", 2)
    content = read_source(source, tmp_path)
    assert content.whole() == {2}
    assert len(content.failures) == 1


@pytest.mark.parametrize("files", [[], ["notes.txt", "deep/er/page.html"]])
def test_a_folder_without_any_source_is_wrong_usage(tmp_path: Path, files: list[str]) -> None:
    for name in files:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(PAGES[1])
    with pytest.raises(UsageError, match="no WARC file") as caught:
        list(find_captures([tmp_path], tmp_path))
    assert str(tmp_path) in str(caught.value)


def test_a_folder_named_like_a_warc_inside_a_folder_is_looked_into(tmp_path: Path) -> None:
    (tmp_path / "all.warc").mkdir()
    warc_file(tmp_path / "all.warc", [response(1)], "pages")
    assert read_source(tmp_path, tmp_path).whole() == {1}


def test_links_that_are_not_followed_are_named(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    warc_file(source, [response(1)])
    (source / "a").symlink_to(tmp_path)
    (source / "b.warc").symlink_to(tmp_path / "gone")
    os.mkfifo(source / "c.gz")
    found = read_source(source, tmp_path)
    assert found.whole() == {1}
    link, lost = found.failures
    assert "link to a folder" in link
    assert "leads nowhere" in lost


@pytest.mark.parametrize("name", ["pages", "p.warc(1)", "p.warc.gz~", "q.warc.gz?x=1", "A.WARCGZ"])
def test_archives_of_a_folder_are_known_by_what_they_hold(tmp_path: Path, name: str) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / name).write_bytes(gzipped(b"") + packed([response(1)]).content)
    assert read_source(source, tmp_path).whole() == {1}


def test_a_file_without_records_is_noted(tmp_path: Path) -> None:
    (tmp_path / "empty.warc.gz").write_bytes(b"")
    found = read_source(tmp_path, tmp_path)
    assert (found.bodies, found.failures) == ({}, [])
    assert "no record is in it" in found.notes[0]


def test_a_page_alone_is_no_source_of_captures(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_bytes(PAGES[1])
    with pytest.raises(UsageError, match="--url"):
        list(find_captures([tmp_path / "page.html"], tmp_path))
