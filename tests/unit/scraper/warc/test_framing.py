"""One record, read whole or refused."""

from __future__ import annotations

import zlib
from io import BytesIO

import pytest
from support.warcs import gzipped, record

from scraper.content_encoding import MAX_PAGE_BYTES
from scraper.errors import BadRecord
from scraper.warc.framing import MAX_RECORD_BYTES, read_record

BLOCK = b"lamp at the pier\r\n" * 2000  # more than is read at once
RECORD = record(BLOCK)
LARGE_HEADER = record(BLOCK, "X-Note: " + "x" * 100_000)


@pytest.mark.parametrize("content", [RECORD, LARGE_HEADER], ids=["record", "large-header"])
@pytest.mark.parametrize("before", [b"", b"before"])
def test_a_record_is_read_and_its_end_known(content: bytes, before: bytes) -> None:
    raw = read_record(BytesIO(before + content + b"WARC/1.0"), len(before))
    assert (raw.block, raw.end) == (BLOCK, len(before + content))


@pytest.mark.parametrize("content", [RECORD, LARGE_HEADER], ids=["record", "large-header"])
def test_a_record_in_a_gzip_member_is_read_and_the_end_of_the_member_known(content: bytes) -> None:
    member = gzipped(content)
    raw = read_record(BytesIO(b"before" + member + member), 6)
    assert (raw.block, raw.end) == (BLOCK, len(b"before" + member))


@pytest.mark.parametrize("line_ends", [b"\r\n", b""])
def test_the_line_ends_behind_the_last_record_may_be_missing(line_ends: bytes) -> None:
    content = RECORD[:-4] + line_ends
    raw = read_record(BytesIO(content), 0)
    assert (raw.block, raw.end) == (BLOCK, len(content))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(b"", "header is damaged or cut off", id="nothing"),
        pytest.param(RECORD[:100], "header is damaged or cut off", id="cut-in-the-header"),
        pytest.param(RECORD[:-5], "cut off after 35999 of 36000 bytes", id="cut-in-the-block"),
        pytest.param(gzipped(RECORD)[:-1], "gzip member is cut off", id="cut-in-the-member"),
        pytest.param(gzipped(RECORD)[:-5] + b"12345", "member is damaged", id="damaged-member"),
        pytest.param(gzipped(RECORD * 2), "more than one record", id="two-in-a-member"),
        pytest.param(gzipped(RECORD[:100]), "header is damaged or cut off", id="half-in-a-member"),
        pytest.param(record(BLOCK, length=100), "Content-Length of 100 does not fit", id="short"),
        pytest.param(
            record(bytes(MAX_PAGE_BYTES + 1)),
            f"of {MAX_PAGE_BYTES + 1} bytes; no page is larger",
            id="larger-than-any-page",
        ),
        pytest.param(
            zlib.compress(bytes(MAX_RECORD_BYTES), level=1, wbits=31),
            "no page is larger",
            id="bomb",
        ),
    ],
)
def test_what_is_no_whole_record_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(BadRecord, match=reason):
        read_record(BytesIO(content), 0)


@pytest.mark.parametrize("length", [b"", b"abc", b"-1", b"5 5", b"9" * 30])
def test_a_length_that_is_no_number_is_refused(length: bytes) -> None:
    content = RECORD.replace(b"Content-Length: 36000", b"Content-Length: " + length)
    with pytest.raises(BadRecord, match="header is damaged"):
        read_record(BytesIO(content), 0)
