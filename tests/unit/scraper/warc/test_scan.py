"""The captures of WARC files, whole and damaged.

Whatever is done to a file: every record that is whole is found, nothing half is given as whole,
and damage is reported once.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.sources import (
    PAGES,
    RECORDS,
    Make,
    every_make,
    locations,
    read_source,
    read_warc,
    seekable_makes,
)
from support.warcs import (
    DATE,
    TIMESTAMP,
    address,
    article_page,
    gzipped,
    http,
    packed,
    packed_whole,
    plain,
    record,
    response,
    warc_file,
    warcinfo,
)

from normalise import Capture
from scraper.errors import BadRecord
from scraper.models import CaptureLocation
from scraper.warc.inputs import find_captures

SECOND = 2  # the index of article 2 in RECORDS
BLOCK = http(PAGES[1])


def with_second(part: bytes) -> list[bytes]:
    """The records with another one in the place of article 2."""
    return [*RECORDS[:SECOND], part, *RECORDS[SECOND + 1 :]]


def noise(size: int, seed: int = 7) -> bytes:
    return random.Random(seed).randbytes(size)


def assert_second_is_lost(folder: Path, name: str, content: bytes) -> None:
    found = read_warc(folder, name, content)
    assert (found.whole(), found.spoilt()) == ({1, 3, 4}, set())
    assert len(found.failures) == 1
    assert name in found.failures[0]


def assert_only_damage_is_reported(folder: Path, name: str, content: bytes) -> None:
    found = read_warc(folder, name, content)
    assert (found.whole(), found.spoilt()) == (set(PAGES), set())
    assert len(found.failures) == 1


# --- whole files ----------------------------------------------------------------------------


@every_make
def test_every_make_gives_every_page_in_order(tmp_path: Path, make: Make, name: str) -> None:
    content = make(RECORDS).content
    found = read_warc(tmp_path, name, content)
    assert (found.whole(), found.failures) == (set(PAGES), [])
    assert [location.capture for location in locations(tmp_path / name, spool=tmp_path)] == [
        Capture(TIMESTAMP, address(article_id)) for article_id in PAGES
    ]


@seekable_makes
def test_a_location_names_the_byte_of_its_record(tmp_path: Path, make: Make, name: str) -> None:
    warc = make(RECORDS)
    (tmp_path / name).write_bytes(warc.content)
    assert [str(location) for location in locations(tmp_path / name, spool=tmp_path)] == [
        f"{tmp_path / name}, record at byte {start}" for start in warc.starts[1:]
    ]


@pytest.mark.parametrize("version", [b"WARC/1.1", b"WARC/0.18"])
def test_other_versions_are_read(tmp_path: Path, version: bytes) -> None:
    content = plain(RECORDS).content.replace(b"WARC/1.0", version)
    found = read_warc(tmp_path, "pages.warc", content)
    assert (found.whole(), found.failures) == (set(PAGES), [])


def test_a_page_that_is_there_twice_is_given_twice(tmp_path: Path) -> None:
    found = read_source(warc_file(tmp_path, [response(1), response(1)]), tmp_path)
    assert found.bodies == {1: [PAGES[1], PAGES[1]]}


@pytest.mark.parametrize(
    "part",
    [
        pytest.param(warcinfo(), id="warcinfo"),
        pytest.param(
            record(
                b"GET / HTTP/1.1\r\nHost: www.hkcnews.com\r\n\r\n",
                kind="request",
                uri=address(1),
                content_type="application/http; msgtype=request",
            ),
            id="request",
        ),
        pytest.param(
            record(b"fetchTimeMs: 12\r\n", kind="metadata", uri=address(1)), id="metadata"
        ),
        pytest.param(record(PAGES[1], kind="conversion", uri=address(1)), id="conversion"),
        pytest.param(
            record(b"20210629183215\n", uri="dns:www.hkcnews.com", content_type="text/dns"),
            id="dns",
        ),
    ],
)
def test_other_records_are_passed_over(tmp_path: Path, part: bytes) -> None:
    found = read_source(warc_file(tmp_path, with_second(part)), tmp_path)
    assert (found.whole(), found.spoilt(), found.failures) == ({1, 3, 4}, set(), [])


def test_a_target_may_stand_in_angle_brackets(tmp_path: Path) -> None:
    path = warc_file(tmp_path, [record(BLOCK, uri=f"<{address(1)}>")])
    (location,) = locations(path, spool=tmp_path)
    assert location.capture == Capture(TIMESTAMP, address(1))


@pytest.mark.parametrize("name", ["pages.warc", "pages.warc.gz"])
@pytest.mark.parametrize("content", [b"", gzipped(b"")], ids=["empty", "empty-gzip"])
def test_an_empty_file_holds_nothing(tmp_path: Path, name: str, content: bytes) -> None:
    found = read_warc(tmp_path, name, content)
    assert (found.bodies, found.failures) == ({}, [])


# --- records and members that do not go together --------------------------------------------

MISFRAMED = {
    "two files, one behind the other": gzipped(b"".join(RECORDS[:3]))
    + gzipped(b"".join(RECORDS[3:])),
    "two records in a member": packed(RECORDS[:2]).content
    + gzipped(b"".join(RECORDS[2:4]))
    + packed(RECORDS[4:]).content,
    "a member, then all in one": gzipped(RECORDS[0]) + gzipped(b"".join(RECORDS[1:])),
    "not compressed behind compressed": packed(RECORDS[:3]).content + plain(RECORDS[3:]).content,
    "compressed behind not compressed": plain(RECORDS[:3]).content + packed(RECORDS[3:]).content,
    "header and block in members of their own": b"".join(
        gzipped(part)
        for each in RECORDS
        for part in (each.partition(b"\r\n\r\n")[0], b"\r\n\r\n", each.partition(b"\r\n\r\n")[2])
    ),
    "line ends in members of their own": b"".join(
        gzipped(part) for each in RECORDS for part in (each[:-4], each[-4:])
    ),
    "empty members": b"".join(gzipped(part) for each in RECORDS for part in (b"", each, b"")),
}


@pytest.mark.parametrize("content", MISFRAMED.values(), ids=MISFRAMED)
def test_a_page_is_found_however_records_and_members_go_together(
    tmp_path: Path, content: bytes
) -> None:
    found = read_warc(tmp_path, "pages.warc.gz", content)
    assert (found.whole(), found.spoilt(), found.failures) == (set(PAGES), set(), [])


TEXT = b"".join(RECORDS)
CUTS = st.lists(st.integers(0, len(TEXT)), max_size=12).map(sorted)


def cut_into_members(cuts: list[int]) -> list[bytes]:
    places = [0, *cuts, len(TEXT)]
    return [gzipped(TEXT[start:end]) for start, end in pairwise(places)]


@given(CUTS)
def test_members_may_be_cut_anywhere(cuts: list[int]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = read_warc(Path(folder), "pages.warc.gz", b"".join(cut_into_members(cuts)))
    assert (found.whole(), found.spoilt(), found.failures) == (set(PAGES), set(), [])


@given(CUTS, st.data())
def test_damage_anywhere_is_told_and_nothing_comes_out_wrong(
    cuts: list[int], data: st.DataObject
) -> None:
    content = bytearray(b"".join(cut_into_members(cuts)))
    start = data.draw(st.integers(0, len(content) - 1))
    damage = data.draw(st.binary(min_size=1, max_size=40))
    damaged = content[:start] + damage + content[start + data.draw(st.integers(0, 60)) :]
    with tempfile.TemporaryDirectory() as folder:
        found = read_warc(Path(folder), "pages.warc.gz", bytes(damaged))
    assert found.spoilt() == set()
    if found.whole() != set(PAGES):
        assert "byte" in found.failures[0]


# --- records of other programs ---------------------------------------------------------------


def lower_names(part: bytes) -> bytes:
    header, end, block = part.partition(b"\r\n\r\n")
    lines = header.split(b"\r\n")
    names = [line.partition(b":") for line in lines[1:]]
    return (
        b"\r\n".join([lines[0], *(name.lower() + rest + value for name, rest, value in names)])
        + end
        + block
    )


def with_header(part: bytes, change: Callable[[bytes], bytes]) -> bytes:
    header, end, block = part.partition(b"\r\n\r\n")
    changed, block_end = change(header + end), b"\r\n\r\n"
    return changed + block.removesuffix(block_end) + block_end


FORMS: dict[str, Callable[[bytes], bytes]] = {
    "names in small letters": lower_names,
    "names in capitals": lambda part: part.replace(b"WARC-Target-URI", b"WARC-TARGET-URI"),
    "version in small letters": lambda part: part.replace(b"WARC/1.0", b"warc/1.1"),
    "a type in capitals": lambda part: part.replace(b"WARC-Type: r", b"WARC-Type: R"),
    "line feeds alone": lambda part: with_header(part, lambda head: head.replace(b"\r\n", b"\n")),
    "blanks round the names": lambda part: with_header(
        part, lambda head: head.replace(b": ", b" :\t ")
    ),
    "a folded target": lambda part: part.replace(b"/article/", b"/arti\r\n\t cle/", 1),
    "a folded date": lambda part: part.replace(b"WARC-Date: ", b"WARC-Date:\r\n  ", 1),
    "one line end behind it": lambda part: part[:-2],
    "no line end behind it": lambda part: part[:-4],
    "line feeds behind it": lambda part: part[:-4] + b"\n\n",
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@every_make
def test_records_of_every_form_are_read(
    tmp_path: Path, make: Make, name: str, form: Callable[[bytes], bytes]
) -> None:
    found = read_warc(tmp_path, name, make([form(part) for part in RECORDS]).content)
    assert (found.whole(), found.spoilt(), found.failures) == (set(PAGES), set(), [])


@every_make
def test_more_line_ends_than_two_do_no_harm(tmp_path: Path, make: Make, name: str) -> None:
    found = read_warc(tmp_path, name, make([part + b"\r\n\r\n" for part in RECORDS]).content)
    assert (found.whole(), found.failures) == (set(PAGES), [])


def test_a_member_may_end_within_a_version(tmp_path: Path) -> None:
    first, second = RECORDS[1][:-4] + b"\r\n", RECORDS[2][:-4] + b"\r\n"
    text = first + second + RECORDS[3] + RECORDS[4]
    for cut in range(len(first), len(first) + 12):
        found = read_warc(tmp_path, "pages.warc.gz", gzipped(text[:cut]) + gzipped(text[cut:]))
        assert (found.whole(), found.failures) == (set(PAGES), [])


def test_behind_a_wrong_length_the_other_records_of_a_member_are_found(tmp_path: Path) -> None:
    wrong = record(BLOCK, uri=address(1), length=10**6)
    content = gzipped(wrong + RECORDS[2]) + gzipped(RECORDS[3] + RECORDS[4])
    found = read_warc(tmp_path, "pages.warc.gz", content)
    assert (found.whole(), len(found.failures)) == ({2, 3, 4}, 1)


@pytest.mark.parametrize("target", ["www.hkcnews.com/article/2/x", "//www.hkcnews.com/article/2/x"])
def test_a_target_that_is_no_address_is_told(tmp_path: Path, target: str) -> None:
    part = record(BLOCK, uri=target)
    assert_second_is_lost(tmp_path, "pages.warc.gz", packed(with_second(part)).content)


@pytest.mark.parametrize("target", [f'"{address(1)}"', f"< {address(1)} >"])
def test_a_target_in_other_brackets_is_read(tmp_path: Path, target: str) -> None:
    (location,) = locations(warc_file(tmp_path, [record(BLOCK, uri=target)]), spool=tmp_path)
    assert location.capture == Capture(TIMESTAMP, address(1))


@pytest.mark.parametrize(
    ("date", "timestamp"),
    [
        ("2021-06-29", "20210629000000"),
        ("2021-06-29T18:32Z", "20210629183200"),
        ("2021-06-29T18:32:15.123456789Z", TIMESTAMP),
        ("2021-06", ""),
        ("2021", ""),
        ("", ""),
    ],
)
def test_a_short_date_is_read_or_its_field_is_named(
    tmp_path: Path, date: str, timestamp: str
) -> None:
    path = warc_file(tmp_path, [record(BLOCK, uri=address(1), date=date)])
    (found,) = find_captures([path], tmp_path)
    if timestamp:
        assert isinstance(found, CaptureLocation)
        assert found.capture.timestamp == timestamp
    else:
        assert isinstance(found, BadRecord)
        assert "record at byte 0: its WARC-Date" in str(found)


@pytest.mark.parametrize(
    "host", ["web.archive.org", "web.archive.org:443", "WEB.ARCHIVE.ORG", "Web.Archive.org:80"]
)
def test_a_recorded_playback_is_the_capture_that_was_played(tmp_path: Path, host: str) -> None:
    uri = f"HTTPS://{host}/web/20200101000000id_/{address(1)}"
    (location,) = locations(warc_file(tmp_path, [record(BLOCK, uri=uri)]), spool=tmp_path)
    assert location.capture == Capture("20200101000000", address(1))


def test_digests_that_can_not_be_checked_are_noted_once_a_file(tmp_path: Path) -> None:
    records = [
        record(http(page), f"WARC-Block-Digest: blake3:{'ab' * 32}", uri=address(article_id))
        for article_id, page in PAGES.items()
    ]
    found = read_source(warc_file(tmp_path, records), tmp_path)
    assert (found.whole(), found.failures) == (set(PAGES), [])
    (note,) = found.notes
    assert "pages.warc.gz, record at byte 0" in note
    assert "blake3" in note


# --- records that name no capture -----------------------------------------------------------


@pytest.mark.parametrize(
    "part",
    [
        pytest.param(record(BLOCK), id="no-target"),
        pytest.param(record(BLOCK, uri="<>"), id="empty-target"),
        pytest.param(record(BLOCK, uri="https://"), id="target-without-host"),
        pytest.param(record(BLOCK, uri=address(2), date="yesterday"), id="no-date"),
        pytest.param(
            response(2).replace(f"WARC-Date: {DATE}\r\n".encode(), b""), id="no-date-field"
        ),
        pytest.param(record(BLOCK, uri=address(2), kind="answer"), id="unknown-type"),
    ],
)
def test_a_record_that_names_no_capture_is_reported(tmp_path: Path, part: bytes) -> None:
    assert_second_is_lost(tmp_path, "pages.warc.gz", packed(with_second(part)).content)


# --- files cut off --------------------------------------------------------------------------


def _ends(make: Make) -> dict[int, int]:
    """Behind how many bytes of the file (unpacked, if packed as a whole) each article is whole."""
    warc = plain(RECORDS) if make is packed_whole else make(RECORDS)
    return {article_id: warc.end(index) for index, article_id in enumerate(PAGES, start=1)}


def _readable_bytes(make: Make, content: bytes) -> int:
    if make is not packed_whole:
        return len(content)
    return len(zlib.decompressobj(wbits=31).decompress(content))


@every_make
def test_a_cut_file_gives_all_that_is_whole_and_nothing_half(
    tmp_path: Path, make: Make, name: str
) -> None:
    content, ends = make(RECORDS).content, _ends(make)
    near = {end + by for end in ends.values() for by in (-5, -4, -1, 0, 1) if make is plain}
    wrong = []
    for cut in sorted({*range(0, len(content), 61), *near}):
        part = content[:cut]
        found = read_warc(tmp_path, name, part)
        size = _readable_bytes(make, part)
        expected = {article_id for article_id, end in ends.items() if end <= size}
        if not expected <= found.whole() or found.spoilt() or len(found.failures) > 1:
            wrong.append((cut, sorted(expected - found.whole()), found.spoilt(), found.failures))
    assert wrong == []


@every_make
def test_a_large_file_cut_near_its_end_loses_the_end_only(
    tmp_path: Path, make: Make, name: str
) -> None:
    pages = {
        article_id: article_page(article_id, body=f"<p>{noise(15_000, article_id).hex()}</p>")
        for article_id in range(1, 13)
    }
    content = make([response(article_id, page) for article_id, page in pages.items()]).content
    found = read_warc(tmp_path, name, content[:-3000])
    assert found.bodies == {article_id: [pages[article_id]] for article_id in range(1, 12)}
    assert len(found.failures) == 1


@pytest.mark.parametrize("share", [0.02, 0.5, 0.9])
@every_make
def test_a_cut_is_reported_once(tmp_path: Path, make: Make, name: str, share: float) -> None:
    warc = make(RECORDS)
    start = warc.starts[-1]
    cut = start + int((len(warc.content) - start) * share)
    found = read_warc(tmp_path, name, warc.content[:cut])
    assert len(found.failures) == 1
    assert name in found.failures[0]


# --- damage inside --------------------------------------------------------------------------


def test_one_damaged_byte_in_a_member_costs_its_page_only(tmp_path: Path) -> None:
    warc = packed(RECORDS)
    wrong = []
    start = warc.starts[SECOND]
    for at in (*range(start, start + 30), *range(start + 30, warc.end(SECOND), 23)):
        content = bytearray(warc.content)
        content[at] ^= 0xFF
        found = read_warc(tmp_path, "pages.warc.gz", bytes(content))
        # Only the time and the system in the header of a member may change without any loss.
        is_harmless = found.whole() == set(PAGES) and not found.failures
        if is_harmless and at - start in range(4, 10):
            continue
        if found.whole() != {1, 3, 4} or found.spoilt() or len(found.failures) != 1:
            wrong.append((at, found))
    assert wrong == []


@pytest.mark.parametrize("index", [0, SECOND, 4])
def test_a_member_of_zeros_costs_its_page_only(tmp_path: Path, index: int) -> None:
    warc = packed(RECORDS)
    start, end = warc.starts[index], warc.end(index)
    content = warc.content[:start] + bytes(end - start) + warc.content[end:]
    found = read_warc(tmp_path, "pages.warc.gz", content)
    assert (found.whole(), found.spoilt()) == (set(PAGES) - {index}, set())
    assert len(found.failures) == 1


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9])
def test_a_member_that_is_cut_off_costs_its_page_only(tmp_path: Path, kept: float) -> None:
    warc = packed(RECORDS)
    start, end = warc.starts[SECOND], warc.end(SECOND)
    cut = start + int((end - start) * kept)
    assert_second_is_lost(tmp_path, "pages.warc.gz", warc.content[:cut] + warc.content[end:])


@pytest.mark.parametrize("size", [1, 500, 200_000])
@pytest.mark.parametrize("make_garbage", [bytes, noise], ids=["zeros", "noise"])
def test_garbage_between_members_costs_no_page(
    tmp_path: Path, size: int, make_garbage: Callable[[int], bytes]
) -> None:
    warc = packed(RECORDS)
    start = warc.starts[SECOND]
    content = warc.content[:start] + make_garbage(size) + warc.content[start:]
    assert_only_damage_is_reported(tmp_path, "pages.warc.gz", content)


@pytest.mark.parametrize("lines", [1, 5000])
def test_garbage_between_plain_records_costs_no_page(tmp_path: Path, lines: int) -> None:
    warc = plain(RECORDS)
    start = warc.starts[SECOND]
    content = warc.content[:start] + b"no record at all\r\n" * lines + warc.content[start:]
    assert_only_damage_is_reported(tmp_path, "pages.warc", content)


def test_two_stretches_of_damage_are_reported_one_by_one(tmp_path: Path) -> None:
    warc = packed(RECORDS)
    content = bytearray(warc.content)
    for index in (1, 3):
        content[warc.starts[index] + 150] ^= 0xFF
    found = read_warc(tmp_path, "pages.warc.gz", bytes(content))
    assert (found.whole(), found.spoilt()) == ({2, 4}, set())
    assert len(found.failures) == 2


@pytest.mark.parametrize("line", [b"WARC/1.0", b"WARC-Target-URI: ", b"Content-Length: "])
def test_a_plain_record_with_a_damaged_header_costs_its_page_only(
    tmp_path: Path, line: bytes
) -> None:
    damaged = RECORDS[SECOND].replace(line, b"\xff" * len(line), 1)
    assert_second_is_lost(tmp_path, "pages.warc", plain(with_second(damaged)).content)


LENGTH = len(http(PAGES[2]))


@pytest.mark.parametrize(
    "length",
    [
        pytest.param(f"{LENGTH - 200}", id="short"),
        pytest.param(f"{LENGTH - 1}", id="one-short"),
        pytest.param(f"{LENGTH + 300}", id="into-the-next"),
        pytest.param("1000000", id="behind-the-end"),
        pytest.param("abc", id="no-number"),
        pytest.param("-1", id="negative"),
        pytest.param("9" * 30, id="endless"),
    ],
)
@seekable_makes
def test_a_wrong_length_costs_its_page_only(
    tmp_path: Path, make: Make, name: str, length: str
) -> None:
    right, wrong = f"Content-Length: {LENGTH}".encode(), f"Content-Length: {length}".encode()
    damaged = RECORDS[SECOND].replace(right, wrong)
    assert_second_is_lost(tmp_path, name, make(with_second(damaged)).content)


# In a process of its own: a fault here ends the whole process.
READ_ALL = """
import sys
from pathlib import Path
from scraper.errors import BadRecord
from scraper.warc.inputs import find_captures
from scraper.warc.payload import read_payload
for found in find_captures(map(Path, sys.argv[1:]), Path()):
    try:
        print("failure" if isinstance(found, BadRecord) else len(read_payload(found).body))
    except BadRecord:
        print("failure")
"""


def test_a_monstrous_length_does_not_end_the_process(tmp_path: Path) -> None:
    paths = [
        warc_file(
            tmp_path,
            [response(1), record(BLOCK, uri=address(2), length=length)],
            f"{length}.warc",
        )
        for length in (10**18, 10**19)
    ]
    command = [sys.executable, "-c", READ_ALL, *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    expected = [str(len(PAGES[1])), "failure"] * 2
    assert (done.returncode, done.stdout.split()) == (0, expected)


# --- files that are no WARC files -----------------------------------------------------------


@pytest.mark.parametrize("name", ["pages.warc", "pages.warc.gz"])
@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"Dear diary, no captures today.\n", id="line"),
        pytest.param(b"Dear diary,\nno captures today.\n" * 3000, id="lines"),
        pytest.param(PAGES[1], id="page"),
        pytest.param(gzipped(PAGES[1]), id="packed-page"),
        pytest.param(noise(5000), id="noise"),
        pytest.param(b"\x1f\x8b", id="gzip-mark"),
    ],
)
def test_a_file_that_is_no_warc_is_reported(tmp_path: Path, name: str, content: bytes) -> None:
    found = read_warc(tmp_path, name, content)
    assert found.bodies == {}
    assert 1 <= len(found.failures) <= len(RECORDS)
    assert name in found.failures[0]
