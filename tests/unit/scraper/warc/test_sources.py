"""Where pages come from: WARC files of every make, whole and damaged, folders, saved pages.

A damaged WARC has three promises to keep, whatever is done to it: every record that is whole is
found, nothing half is given as whole, and the damage is told once.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import pytest
from support.warcs import (
    DATE,
    TIMESTAMP,
    Warc,
    address,
    article_page,
    brotlied,
    chunked,
    deflated,
    digest,
    gzipped,
    http,
    packed,
    packed_whole,
    plain,
    record,
    response,
    saved,
    warc_file,
    warcinfo,
)

from normalise import Capture
from scraper.content_encoding import MAX_PAGE_BYTES
from scraper.errors import BadRecord, UsageError
from scraper.models import CaptureLocation, Payload
from scraper.warc.inputs import find_captures
from scraper.warc.payload import read_payload
from scraper.warc.file_kinds import is_warc
from scraper.warc.saved_page import saved_page

PAGE = article_page(1)
PAGES = {number: article_page(number) for number in (1, 2, 3, 4)}
RECORDS = [warcinfo(), *(response(number) for number in PAGES)]
SECOND = 2  # the place of article 2 in them
BLOCK = http(PAGE)

Make = Callable[[Iterable[bytes]], Warc]
PLAIN = pytest.param(plain, "pages.warc", id="plain")
PACKED = pytest.param(packed, "pages.warc.gz", id="packed")
WHOLE = pytest.param(packed_whole, "pages.warc.gz", id="packed-as-a-whole")
every_make = pytest.mark.parametrize(("make", "name"), [PLAIN, PACKED, WHOLE])
with_places = pytest.mark.parametrize(("make", "name"), [PLAIN, PACKED])


@dataclass
class Found:
    """What came out of a source: the bodies by article, and every failure of either step."""

    bodies: defaultdict[int | None, list[bytes]] = field(default_factory=lambda: defaultdict(list))
    failures: list[str] = field(default_factory=list)

    def whole(self) -> set[int]:
        return {number for number, page in PAGES.items() if self.bodies.get(number) == [page]}

    def spoilt(self) -> set[int | None]:
        return set(self.bodies) - self.whole()


def look(path: Path, spool: Path) -> Found:
    result = Found()
    for place in find_captures([path], spool):
        if isinstance(place, BadRecord):
            result.failures.append(str(place))
            continue
        try:
            page = read_payload(place)
        except BadRecord as error:
            result.failures.append(str(error))
        else:
            result.bodies[place.capture.article_id].append(page.body)
    return result


def look_at(folder: Path, name: str, content: bytes) -> Found:
    (folder / name).write_bytes(content)
    return look(folder / name, folder)


def only(folder: Path, part: bytes) -> CaptureLocation | BadRecord:
    """The one place found in a WARC of one record."""
    (place,) = find_captures([warc_file(folder, [warcinfo(), part])], folder)
    return place


def page_of(folder: Path, part: bytes) -> Payload:
    place = only(folder, part)
    assert isinstance(place, CaptureLocation)
    return read_payload(place)


# --- makes of WARC files --------------------------------------------------------------------


@every_make
def test_every_make_gives_every_page(tmp_path: Path, make: Make, name: str) -> None:
    found = look_at(tmp_path, name, make(RECORDS).content)
    assert found.whole() == set(PAGES)
    assert found.failures == []


@every_make
def test_captures_come_in_order_with_date_and_address(
    tmp_path: Path, make: Make, name: str
) -> None:
    (tmp_path / name).write_bytes(make(RECORDS).content)
    places = list(find_captures([tmp_path / name], tmp_path))
    assert [place.capture for place in places if isinstance(place, CaptureLocation)] == [
        Capture(TIMESTAMP, address(number)) for number in PAGES
    ]


@with_places
def test_a_record_says_where_it_is(tmp_path: Path, make: Make, name: str) -> None:
    warc = make(RECORDS)
    (tmp_path / name).write_bytes(warc.content)
    said = [str(place) for place in find_captures([tmp_path / name], tmp_path)]
    assert said == [f"{tmp_path / name}, record at byte {start}" for start in warc.starts[1:]]


@pytest.mark.parametrize("version", [b"WARC/1.1", b"WARC/0.18"])
def test_other_versions_are_read(tmp_path: Path, version: bytes) -> None:
    content = plain(RECORDS).content.replace(b"WARC/1.0", version)
    found = look_at(tmp_path, "pages.warc", content)
    assert (found.whole(), found.failures) == (set(PAGES), [])


def test_one_file_holding_pages_twice_gives_each_twice(tmp_path: Path) -> None:
    found = look(warc_file(tmp_path, [response(1), response(1)]), tmp_path)
    assert found.bodies == {1: [PAGE, PAGE]}


def test_files_of_one_name_packed_as_a_whole_keep_their_own_pages(tmp_path: Path) -> None:
    spool = tmp_path / "spool"
    for folder in (tmp_path / "a", tmp_path / "b", spool):
        folder.mkdir()
    for name, number in (("a", 1), ("b", 2)):
        content = packed_whole([warcinfo(), response(number)]).content
        (tmp_path / name / "pages.warc.gz").write_bytes(content)
    places = list(find_captures([tmp_path / "a", tmp_path / "b"], spool))
    bodies = [read_payload(place).body for place in places if isinstance(place, CaptureLocation)]
    assert bodies == [PAGES[1], PAGES[2]]


# --- kinds of records -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "content_type",
    ["application/http; msgtype=response", "application/http;msgtype=response", "application/http"],
)
def test_a_response_gives_body_and_status(tmp_path: Path, content_type: str) -> None:
    part = record(http(PAGE, status="404 Gone"), uri=address(1), content_type=content_type)
    assert page_of(tmp_path, part) == Payload(PAGE, 404)


def test_a_resource_gives_its_block(tmp_path: Path) -> None:
    part = record(PAGE, kind="resource", uri=address(1), content_type="text/html")
    assert page_of(tmp_path, part) == Payload(PAGE, None)


@pytest.mark.parametrize(
    "part",
    [
        warcinfo(),
        record(
            b"GET / HTTP/1.1\r\nHost: www.hkcnews.com\r\n\r\n",
            kind="request",
            uri=address(1),
            content_type="application/http; msgtype=request",
        ),
        record(
            b"fetchTimeMs: 12\r\n",
            kind="metadata",
            uri=address(1),
            content_type="application/warc-fields",
        ),
        record(PAGE, kind="conversion", uri=address(1), content_type="text/html"),
        record(b"20210629183215\n", uri="dns:www.hkcnews.com", content_type="text/dns"),
    ],
    ids=["warcinfo", "request", "metadata", "conversion", "dns"],
)
def test_other_records_are_passed_over(tmp_path: Path, part: bytes) -> None:
    found = look(warc_file(tmp_path, [response(1), part, response(2)]), tmp_path)
    assert found.bodies == {1: [PAGES[1]], 2: [PAGES[2]]}
    assert found.failures == []


def test_a_revisit_is_told_with_the_date_of_the_page(tmp_path: Path) -> None:
    head = http(b"")
    place = only(
        tmp_path,
        record(head, "WARC-Refers-To-Date: 2019-03-04T05:06:07Z", kind="revisit", uri=address(1)),
    )
    assert isinstance(place, CaptureLocation)
    assert place.capture.article_id == 1
    with pytest.raises(BadRecord, match=r"revisit.*2019-03-04T05:06:07Z"):
        read_payload(place)


@pytest.mark.parametrize(
    ("uri", "timestamp", "original"),
    [
        (address(1), TIMESTAMP, address(1)),
        (f"<{address(1)}>", TIMESTAMP, address(1)),
        ("http://hkcnews.com/article/7", TIMESTAMP, "http://hkcnews.com/article/7"),
        (f"https://web.archive.org/web/20180102030405id_/{address(1)}", "20180102030405", None),
        (f"https://web.archive.org/web/20180102030405/{address(1)}", "20180102030405", None),
        (f"http://web.archive.org/web/20180102030405if_/{address(1)}", "20180102030405", None),
        (
            "https://web.archive.org/web/20180102030405id_/https://www.hkcnews.com/article/1/渡 輪",
            "20180102030405",
            "https://www.hkcnews.com/article/1/%E6%B8%A1%20%E8%BC%AA",
        ),
    ],
    ids=["plain", "in <>", "http", "raw playback", "view playback", "frame playback", "unencoded"],
)
def test_the_target_names_the_capture(
    tmp_path: Path, uri: str, timestamp: str, original: str | None
) -> None:
    place = only(tmp_path, record(BLOCK, uri=uri))
    assert isinstance(place, CaptureLocation)
    assert place.capture == Capture(timestamp, original or address(1))
    assert read_payload(place).body == PAGE


@pytest.mark.parametrize(
    "uri",
    [
        None,
        "",
        "<>",
        "https://[x/article/1",
        "https://",
        "https://web.archive.org/web/20180102030405id_/nowhere",
    ],
)
def test_a_target_that_is_none_is_told(tmp_path: Path, uri: str | None) -> None:
    warc = warc_file(tmp_path, [response(1), record(BLOCK, uri=uri), response(2)])
    found = look(warc, tmp_path)
    assert found.whole() == {1, 2}
    (failure,) = found.failures
    assert str(warc) in failure


@pytest.mark.parametrize(
    ("date", "timestamp"),
    [
        ("2021-06-29T18:32:15Z", "20210629183215"),
        ("2021-06-30T02:32:15+08:00", "20210629183215"),
        ("2021-06-29T08:02:15-10:30", "20210629183215"),
        ("2021-06-29T18:32:15.987Z", "20210629183215"),
        ("2021-06-29T18:32:15.123456789Z", "20210629183215"),
        ("2021-12-31T23:59:59.999999-00:30", "20220101002959"),
        ("2021-06-29T18:32:15", "20210629183215"),
    ],
)
def test_dates_are_those_of_the_archive(tmp_path: Path, date: str, timestamp: str) -> None:
    place = only(tmp_path, record(BLOCK, uri=address(1), date=date))
    assert isinstance(place, CaptureLocation)
    assert place.capture.timestamp == timestamp


@pytest.mark.parametrize(
    "date",
    [
        "",
        "yesterday",
        "2021-13-29T18:32:15Z",
        "2021-06-29T25:32:15Z",
        "0001-01-01T00:00:00+08:00",
        "9999-12-31T23:59:59-08:00",
    ],
)
def test_a_date_that_is_none_is_told_and_the_next_record_read(tmp_path: Path, date: str) -> None:
    bad = record(BLOCK, uri=address(1), date=date)
    found = look(warc_file(tmp_path, [bad, response(2)]), tmp_path)
    assert found.whole() == {2}
    assert len(found.failures) == 1


def test_a_record_without_date_is_told(tmp_path: Path) -> None:
    bad = response(1).replace(f"WARC-Date: {DATE}\r\n".encode(), b"")
    found = look(warc_file(tmp_path, [bad, response(2)]), tmp_path)
    assert found.whole() == {2}
    assert len(found.failures) == 1


# --- bodies ---------------------------------------------------------------------------------

CHUNKED = "Transfer-Encoding: chunked"


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        pytest.param(PAGE, [], id="plain"),
        pytest.param(chunked(PAGE), [CHUNKED], id="chunked"),
        pytest.param(chunked(PAGE, 100_000), [CHUNKED], id="one-chunk"),
        pytest.param(gzipped(PAGE), ["Content-Encoding: gzip"], id="gzip"),
        pytest.param(gzipped(PAGE), ["content-encoding:  GZIP "], id="gzip-in-capitals"),
        pytest.param(gzipped(PAGE), ["Content-Encoding: x-gzip"], id="x-gzip"),
        pytest.param(
            chunked(gzipped(PAGE)), ["Content-Encoding: gzip", CHUNKED], id="chunked-gzip"
        ),
        pytest.param(brotlied(PAGE), ["Content-Encoding: br"], id="br"),
        pytest.param(chunked(brotlied(PAGE)), ["Content-Encoding: br", CHUNKED], id="chunked-br"),
        pytest.param(deflated(PAGE), ["Content-Encoding: deflate"], id="deflate"),
        pytest.param(PAGE, ["Content-Encoding: identity"], id="identity"),
        pytest.param(PAGE, ["Content-Encoding: gzip"], id="gzip-that-lies"),
        pytest.param(PAGE, ["Content-Encoding: br"], id="br-that-lies"),
        pytest.param(PAGE, ["Content-Encoding: deflate"], id="deflate-that-lies"),
        pytest.param(gzipped(PAGE), ["Content-Encoding: br"], id="gzip-that-says-br"),
        pytest.param(PAGE, [CHUNKED], id="chunked-that-lies"),
        pytest.param(
            gzipped(PAGE), ["Content-Encoding: gzip", CHUNKED], id="gzip-and-chunked-that-lies"
        ),
        pytest.param(gzipped(PAGE), [], id="silent-gzip"),
        pytest.param(chunked(gzipped(PAGE)), [CHUNKED], id="silent-gzip-in-chunks"),
        pytest.param(gzipped(gzipped(PAGE)), ["Content-Encoding: gzip"], id="doubled-gzip"),
        pytest.param(
            gzipped(PAGE), ["Content-Encoding:", "Content-Encoding: gzip"], id="doubled-header"
        ),
        pytest.param(PAGE, ["Content-Length: 9999"], id="HTTP-length-too-long"),
        pytest.param(PAGE, ["Content-Length: 5"], id="HTTP-length-too-short"),
        pytest.param(b"", [], id="none"),
        pytest.param(b"", ["Content-Encoding: gzip"], id="none-in-gzip"),
    ],
)
def test_bodies_come_without_their_encodings(
    tmp_path: Path, body: bytes, fields: list[str]
) -> None:
    page = page_of(tmp_path, response(1, body, *fields))
    assert page == Payload(PAGE if body else b"", 200)


@pytest.mark.parametrize("lost", [1, 7, 8, 9, 60, 250])
def test_a_gzip_body_that_breaks_off_is_told(tmp_path: Path, lost: int) -> None:
    place = only(tmp_path, response(1, gzipped(PAGE)[:-lost], "Content-Encoding: gzip"))
    assert isinstance(place, CaptureLocation)
    with pytest.raises(BadRecord, match="cut off"):
        read_payload(place)


def test_a_gzip_body_with_a_wrong_checksum_is_told(tmp_path: Path) -> None:
    body = bytearray(gzipped(PAGE))
    body[-6] ^= 1
    place = only(tmp_path, response(1, bytes(body)))
    assert isinstance(place, CaptureLocation)
    with pytest.raises(BadRecord, match="damaged"):
        read_payload(place)


# Where a body breaks off in one of its encodings, what is left is no page.
@pytest.mark.parametrize(
    ("body", "fields"),
    [
        pytest.param(chunked(PAGE)[:-60], [CHUNKED], id="chunked"),
        pytest.param(chunked(PAGE)[:-160], [CHUNKED], id="chunked-earlier"),
        pytest.param(brotlied(PAGE)[:-60], ["Content-Encoding: br"], id="br"),
        pytest.param(deflated(PAGE)[:-60], ["Content-Encoding: deflate"], id="deflate"),
    ],
)
def test_a_body_that_breaks_off_is_told(tmp_path: Path, body: bytes, fields: list[str]) -> None:
    place = only(tmp_path, response(1, body, *fields))
    assert isinstance(place, CaptureLocation)
    with pytest.raises(BadRecord):
        read_payload(place)


def test_a_gzip_body_of_several_members_is_never_half(tmp_path: Path) -> None:
    body = gzipped(PAGE[:200]) + gzipped(PAGE[200:])
    place = only(tmp_path, response(1, body, "Content-Encoding: gzip"))
    assert isinstance(place, CaptureLocation)
    try:
        page = read_payload(place)
    except BadRecord:
        return
    assert page.body == PAGE


def test_the_largest_page_is_still_unpacked(tmp_path: Path) -> None:
    body = zlib.compress(bytes(MAX_PAGE_BYTES), level=1, wbits=31)
    assert page_of(tmp_path, response(1, body)).body == bytes(MAX_PAGE_BYTES)


@pytest.mark.parametrize("times", [1, 2])
def test_a_gzip_bomb_is_told(tmp_path: Path, times: int) -> None:
    body = bytes(MAX_PAGE_BYTES + 1)
    for _ in range(times):
        body = zlib.compress(body, level=1, wbits=31)
    place = only(tmp_path, response(1, body, "Content-Encoding: gzip"))
    assert isinstance(place, CaptureLocation)
    with pytest.raises(BadRecord, match=f"more than {MAX_PAGE_BYTES} bytes"):
        read_payload(place)


def test_a_deflate_bomb_is_told(tmp_path: Path) -> None:
    body = zlib.compress(bytes(MAX_PAGE_BYTES + 1), level=1)
    place = only(tmp_path, response(1, body, "Content-Encoding: deflate"))
    assert isinstance(place, CaptureLocation)
    with pytest.raises(BadRecord, match=f"more than {MAX_PAGE_BYTES} bytes"):
        read_payload(place)


@pytest.mark.parametrize("value", [digest(BLOCK), f"sha256:{sha256(BLOCK).hexdigest()}"])
def test_a_block_that_fits_its_digest_is_read(tmp_path: Path, value: str) -> None:
    part = record(BLOCK, f"WARC-Block-Digest: {value}", uri=address(1))
    assert page_of(tmp_path, part).body == PAGE


def test_a_block_that_does_not_fit_its_digest_is_told(tmp_path: Path) -> None:
    changed = BLOCK.replace("船長".encode(), "船尾".encode())
    place = only(tmp_path, record(changed, f"WARC-Block-Digest: {digest(BLOCK)}", uri=address(1)))
    assert isinstance(place, CaptureLocation)
    with pytest.raises(BadRecord, match="WARC-Block-Digest"):
        read_payload(place)


@pytest.mark.parametrize(
    "block",
    [
        pytest.param(BLOCK.replace(b"\r\n", b"\n"), id="line-feeds-only"),
        pytest.param(PAGE, id="no-HTTP-head"),
    ],
)
def test_a_block_that_is_not_quite_http_is_read_or_told(tmp_path: Path, block: bytes) -> None:
    place = only(tmp_path, record(block, uri=address(1)))
    assert isinstance(place, CaptureLocation)
    try:
        page = read_payload(place)
    except BadRecord:
        return
    assert page.body == PAGE


# --- damage ---------------------------------------------------------------------------------


def _ends(make: Make) -> dict[int, int]:
    """Behind how many bytes of the file (unpacked, if packed as a whole) each article is whole."""
    warc = plain(RECORDS) if make is packed_whole else make(RECORDS)
    return {number: warc.end(place) for place, number in enumerate(PAGES, start=1)}


def _had(make: Make, content: bytes) -> int:
    """How much of a cut file there is to be had."""
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
    for cut in sorted({*range(0, len(content), 11), *near}):
        part = content[:cut]
        found = look_at(tmp_path, name, part)
        due = {number for number, end in ends.items() if end <= _had(make, part)}
        if not due <= found.whole() or found.spoilt() or len(found.failures) > 1:
            wrong.append((cut, sorted(due - found.whole()), found.spoilt(), found.failures))
    assert wrong == []


@every_make
def test_a_large_file_cut_near_its_end_loses_the_end_only(
    tmp_path: Path, make: Make, name: str
) -> None:
    pages = {number: article_page(number, body=_noise(number)) for number in range(1, 41)}
    content = make([response(number, page) for number, page in pages.items()]).content
    found = look_at(tmp_path, name, content[:-3000])
    assert found.bodies == {number: [page] for number, page in pages.items() if number < 40}
    assert len(found.failures) == 1


def _noise(seed: int) -> str:
    """Text that doesn't pack to nothing."""
    return f"<p>{random.Random(seed).randbytes(15_000).hex()}</p>"  # noqa: S311


@pytest.mark.parametrize("share", [0.02, 0.5, 0.9])
@every_make
def test_a_cut_is_told_once(tmp_path: Path, make: Make, name: str, share: float) -> None:
    warc = make(RECORDS)
    start = warc.starts[-1]
    cut = start + int((len(warc.content) - start) * share)
    found = look_at(tmp_path, name, warc.content[:cut])
    assert len(found.failures) == 1
    assert name in found.failures[0]


def test_one_damaged_byte_in_a_member_costs_its_page_only(tmp_path: Path) -> None:
    warc = packed(RECORDS)
    wrong = []
    for at in range(warc.starts[SECOND], warc.end(SECOND), 3):
        content = bytearray(warc.content)
        content[at] ^= 0xFF
        found = look_at(tmp_path, "pages.warc.gz", bytes(content))
        # Only the time and the system in the head of a member may change without any loss.
        is_harmless = found.whole() == set(PAGES) and not found.failures
        if is_harmless and at - warc.starts[SECOND] in range(4, 10):
            continue
        if found.whole() != {1, 3, 4} or found.spoilt() or len(found.failures) != 1:
            wrong.append((at, found))
    assert wrong == []


@pytest.mark.parametrize("index", range(5))
def test_a_member_of_zeros_costs_its_page_only(tmp_path: Path, index: int) -> None:
    warc = packed(RECORDS)
    start, end = warc.starts[index], warc.end(index)
    content = warc.content[:start] + bytes(end - start) + warc.content[end:]
    found = look_at(tmp_path, "pages.warc.gz", content)
    assert found.whole() == set(PAGES) - {index}
    assert found.spoilt() == set()
    assert len(found.failures) == 1


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9])
def test_a_member_that_breaks_off_costs_its_page_only(tmp_path: Path, kept: float) -> None:
    warc = packed(RECORDS)
    start, end = warc.starts[SECOND], warc.end(SECOND)
    cut = start + int((end - start) * kept)
    found = look_at(tmp_path, "pages.warc.gz", warc.content[:cut] + warc.content[end:])
    assert found.whole() == {1, 3, 4}
    assert found.spoilt() == set()
    assert len(found.failures) == 1


@pytest.mark.parametrize("size", [1, 7, 500, 200_000])
@pytest.mark.parametrize("kind", ["zeros", "noise"])
def test_garbage_between_members_costs_no_page(tmp_path: Path, size: int, kind: str) -> None:
    garbage = bytes(size) if kind == "zeros" else random.Random(size).randbytes(size)  # noqa: S311
    warc = packed(RECORDS)
    start = warc.starts[SECOND]
    content = warc.content[:start] + garbage + warc.content[start:]
    found = look_at(tmp_path, "pages.warc.gz", content)
    assert found.whole() == set(PAGES)
    assert found.spoilt() == set()
    assert len(found.failures) == 1


@pytest.mark.parametrize("lines", [1, 3, 5000])
def test_garbage_between_plain_records_costs_no_page(tmp_path: Path, lines: int) -> None:
    warc = plain(RECORDS)
    start = warc.starts[SECOND]
    content = warc.content[:start] + b"no record at all\r\n" * lines + warc.content[start:]
    found = look_at(tmp_path, "pages.warc", content)
    assert found.whole() == set(PAGES)
    assert found.spoilt() == set()
    assert len(found.failures) == 1


def test_two_stretches_of_damage_are_told_one_by_one(tmp_path: Path) -> None:
    warc = packed(RECORDS)
    content = bytearray(warc.content)
    for index in (1, 3):
        content[warc.starts[index] + 150] ^= 0xFF
    found = look_at(tmp_path, "pages.warc.gz", bytes(content))
    assert found.whole() == {2, 4}
    assert found.spoilt() == set()
    assert len(found.failures) == 2


@pytest.mark.parametrize("line", [b"WARC/1.0", b"WARC-Target-URI: ", b"Content-Length: "])
def test_a_plain_record_with_a_damaged_head_costs_its_page_only(
    tmp_path: Path, line: bytes
) -> None:
    damaged = RECORDS[SECOND].replace(line, b"\xff" * len(line), 1)
    content = plain([*RECORDS[:SECOND], damaged, *RECORDS[SECOND + 1 :]]).content
    found = look_at(tmp_path, "pages.warc", content)
    assert found.whole() == {1, 3, 4}
    assert found.spoilt() == set()
    assert len(found.failures) == 1


_LENGTH = len(http(PAGES[2]))


@pytest.mark.parametrize(
    "length",
    [
        pytest.param(_LENGTH - 200, id="short"),
        pytest.param(_LENGTH - 1, id="one-short"),
        pytest.param(_LENGTH + 300, id="into-the-next"),
        pytest.param(1_000_000, id="behind-the-end"),
    ],
)
@with_places
def test_a_wrong_length_costs_its_page_only(
    tmp_path: Path, make: Make, name: str, length: int
) -> None:
    damaged = record(http(PAGES[2]), uri=address(2), length=length)
    content = make([*RECORDS[:SECOND], damaged, *RECORDS[SECOND + 1 :]]).content
    found = look_at(tmp_path, name, content)
    assert found.spoilt() == set()
    assert found.whole() == {1, 3, 4}
    assert len(found.failures) == 1


@pytest.mark.parametrize("length", ["", "abc", "-1", "5 5", "9" * 30])
@with_places
def test_a_length_that_is_none_costs_its_page_only(
    tmp_path: Path, make: Make, name: str, length: str
) -> None:
    right = f"Content-Length: {_LENGTH}".encode()
    damaged = RECORDS[SECOND].replace(right, f"Content-Length: {length}".encode())
    content = make([*RECORDS[:SECOND], damaged, *RECORDS[SECOND + 1 :]]).content
    found = look_at(tmp_path, name, content)
    assert found.spoilt() == set()
    assert found.whole() == {1, 3, 4}
    assert len(found.failures) == 1


# In a process of its own: what goes wrong here ends it.
_READ_ALL = """
import sys
from pathlib import Path
from scraper.errors import BadRecord
from scraper.warc.inputs import find_captures
from scraper.warc.payload import read_payload
for place in find_captures([Path(sys.argv[1])], Path(sys.argv[2])):
    try:
        print(len(read_payload(place).body) if not isinstance(place, BadRecord) else "bad")
    except BadRecord:
        print("bad")
"""


@pytest.mark.parametrize("length", [10**18, 10**19])
def test_a_monstrous_length_does_not_end_the_process(tmp_path: Path, length: int) -> None:
    damaged = record(BLOCK, uri=address(2), length=length)
    warc = warc_file(tmp_path, [RECORDS[1], damaged], "pages.warc")
    command = [sys.executable, "-c", _READ_ALL, str(warc), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.split()) == (0, [str(len(PAGE)), "bad"])


@pytest.mark.parametrize("name", ["pages.warc", "pages.warc.gz"])
@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"Dear diary, no captures today.\n", id="line"),
        pytest.param(b"Dear diary,\nno captures today.\n" * 3000, id="lines"),
        pytest.param(PAGE, id="page"),
        pytest.param(gzipped(PAGE), id="packed-page"),
        pytest.param(bytes(5000), id="zeros"),
        pytest.param(random.Random(7).randbytes(5000), id="noise"),  # noqa: S311
        pytest.param(b"\x1f\x8b", id="gzip-mark"),
        pytest.param(plain(RECORDS).content.replace(b"\r\n", b"\n"), id="line-feeds-only"),
    ],
)
def test_a_file_that_is_no_warc_is_told(tmp_path: Path, name: str, content: bytes) -> None:
    found = look_at(tmp_path, name, content)
    assert found.bodies == {}
    assert 1 <= len(found.failures) <= len(RECORDS)
    assert name in found.failures[0]


@pytest.mark.parametrize("name", ["pages.warc", "pages.warc.gz"])
@pytest.mark.parametrize("content", [b"", gzipped(b"")], ids=["empty", "empty-gzip"])
def test_an_empty_file_holds_nothing(tmp_path: Path, name: str, content: bytes) -> None:
    found = look_at(tmp_path, name, content)
    assert (found.bodies, found.failures) == ({}, [])


# --- folders and saved pages ----------------------------------------------------------------


def test_a_folder_gives_warcs_and_saved_pages_in_the_order_of_their_names(tmp_path: Path) -> None:
    source = tmp_path / "source"
    saved(source / "b" / "page", 2)
    warc_file(source / "b", [response(3)], "other.warc")
    warc_file(source, [response(4)], "c.warc.gz")
    warc_file(source, [response(1)], "a.warc")
    (source / "b" / "notes.txt").write_text("not a page", encoding="utf-8")
    (source / "b" / "page.html").write_bytes(article_page(99))  # no capture beside it
    places = [
        place for place in find_captures([source], tmp_path) if isinstance(place, CaptureLocation)
    ]
    assert [place.capture.article_id for place in places] == [1, 3, 2, 4]
    assert [read_payload(place).body for place in places] == [
        PAGES[number] for number in (1, 3, 2, 4)
    ]


def test_sources_keep_the_order_in_which_they_are_given(tmp_path: Path) -> None:
    first = warc_file(tmp_path, [response(2)], "z.warc")
    second = saved(tmp_path / "a", 1)
    places = [
        place
        for place in find_captures([first, second], tmp_path)
        if isinstance(place, CaptureLocation)
    ]
    assert [place.capture.article_id for place in places] == [2, 1]


@pytest.mark.parametrize("files", [[], ["page.html"], ["notes.txt", "deep/er/page.html"]])
def test_a_folder_without_any_source_is_wrong_usage(tmp_path: Path, files: list[str]) -> None:
    for name in files:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(PAGE)
    with pytest.raises(UsageError, match="no WARC file") as caught:
        list(find_captures([tmp_path], tmp_path))
    assert str(tmp_path) in str(caught.value)


def test_a_saved_page_is_read(tmp_path: Path) -> None:
    place = saved_page(saved(tmp_path / "one", 1))
    assert isinstance(place, CaptureLocation)
    assert place.capture == Capture(TIMESTAMP, address(1))
    assert str(place) == str(tmp_path / "one" / "page.html")
    assert read_payload(place) == Payload(PAGE, None)


@pytest.mark.parametrize(
    "capture",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b"7",
        b"null",
        b"{}",
        json.dumps({"timestamp": TIMESTAMP}).encode(),
        json.dumps({"original": address(1)}).encode(),
        json.dumps({"timestamp": "2021", "original": address(1)}).encode(),
        json.dumps({"timestamp": 20210629183215, "original": address(1)}).encode(),
        json.dumps({"timestamp": TIMESTAMP, "original": "www.hkcnews.com"}).encode(),
        json.dumps({"timestamp": TIMESTAMP, "original": None}).encode(),
        json.dumps({"timestamp": TIMESTAMP, "original": 11911}).encode(),
    ],
)
def test_a_saved_page_with_a_broken_capture_is_told_and_the_next_one_read(
    tmp_path: Path, capture: bytes
) -> None:
    saved(tmp_path / "source" / "a", 1)
    (tmp_path / "source" / "a" / "capture.json").write_bytes(capture)
    saved(tmp_path / "source" / "b", 2)
    found = look(tmp_path / "source", tmp_path)
    assert found.whole() == {2}
    (failure,) = found.failures
    assert str(tmp_path / "source" / "a" / "capture.json") in failure


def test_a_capture_without_its_page_is_told(tmp_path: Path) -> None:
    folder = saved(tmp_path / "one", 1)
    (folder / "page.html").unlink()
    found = look(folder, tmp_path)
    assert found.bodies == {}
    (failure,) = found.failures
    assert str(folder / "page.html") in failure


@pytest.mark.parametrize("name", ["pages.warc", "pages.warc.gz"])
def test_a_file_that_has_gone_since_is_told(tmp_path: Path, name: str) -> None:
    (place,) = find_captures([warc_file(tmp_path, [response(1)], name)], tmp_path)
    assert isinstance(place, CaptureLocation)
    place.path.unlink()
    with pytest.raises(BadRecord, match=name):
        read_payload(place)


@pytest.mark.parametrize("name", ["gone.warc", "gone.warc.gz", "gone", "gone.html"])
def test_a_missing_path_is_wrong_usage(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match=name):
        list(find_captures([tmp_path / name], tmp_path))


def test_a_page_alone_is_no_source_of_captures(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_bytes(PAGE)
    with pytest.raises(UsageError, match="--url"):
        list(find_captures([tmp_path / "page.html"], tmp_path))


def test_a_folder_named_like_a_warc_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "all.warc").mkdir()
    saved(tmp_path / "all.warc" / "one", 1)
    assert look(tmp_path / "all.warc", tmp_path).whole() == {1}


@pytest.mark.parametrize("make", [plain, packed, packed_whole])
def test_a_warc_is_known_by_its_first_bytes(tmp_path: Path, make: Make) -> None:
    (tmp_path / "anything").write_bytes(make(RECORDS).content)
    assert is_warc(tmp_path / "anything")


@pytest.mark.parametrize("content", [PAGE, gzipped(PAGE), gzipped(PAGE)[:5], b""])
def test_another_file_is_not_taken_for_a_warc(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "anything").write_bytes(content)
    assert not is_warc(tmp_path / "anything")


def test_a_file_packed_as_a_whole_is_unpacked_though_damaged_behind_two_records(
    tmp_path: Path,
) -> None:
    path = tmp_path / "pages.warc.gz"
    path.write_bytes(gzipped(response(1) + response(2) + b"\0" * 100))
    spool = tmp_path / "spool"
    spool.mkdir()
    places = [one for one in find_captures([path], spool) if isinstance(one, CaptureLocation)]
    assert [read_payload(place).body for place in places] == [article_page(1), article_page(2)]
