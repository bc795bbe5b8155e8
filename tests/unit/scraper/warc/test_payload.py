"""The page of a capture, without transfer and content encoding."""

from __future__ import annotations

import zlib
from hashlib import sha256
from pathlib import Path

import pytest
from support.warcs import (
    TIMESTAMP,
    address,
    article_page,
    brotlied,
    chunked,
    deflated,
    digest,
    gzipped,
    http,
    record,
    response,
)

from normalise import Capture
from scraper.content_encoding import MAX_PAGE_BYTES
from scraper.errors import BadRecord, RevisitRecord
from scraper.models import CaptureLocation, Payload
from scraper.warc.payload import read_payload

PAGE = article_page(1)
BLOCK = http(PAGE)
PLACE = r"pages\.warc, record at byte 0: "
CHUNKED = "Transfer-Encoding: chunked"
GZIP = "Content-Encoding: gzip"
BROTLI = "Content-Encoding: br"
DEFLATE = "Content-Encoding: deflate"


def payload_of(folder: Path, content: bytes) -> Payload:
    """The payload of a record."""
    path = folder / "pages.warc"
    path.write_bytes(content)
    return read_payload(CaptureLocation(Capture(TIMESTAMP, address(1)), path, 0))


# --- records --------------------------------------------------------------------------------


@pytest.mark.parametrize("content_type", ["application/http; msgtype=response", "application/http"])
def test_a_response_gives_body_and_status(tmp_path: Path, content_type: str) -> None:
    block = http(PAGE, status="404 Gone")
    content = record(block, uri=address(1), content_type=content_type)
    assert payload_of(tmp_path, content) == Payload(PAGE, 404)


def test_a_resource_gives_its_block(tmp_path: Path) -> None:
    content = record(PAGE, kind="resource", uri=address(1), content_type="text/html")
    assert payload_of(tmp_path, content) == Payload(PAGE, None)


@pytest.mark.parametrize(
    ("fields", "date"),
    [
        (["WARC-Refers-To-Date: 2019-03-04T05:06:07Z"], "2019-03-04T05:06:07Z"),
        ([], "an earlier date"),
    ],
)
def test_a_revisit_names_the_date_of_the_page(tmp_path: Path, fields: list[str], date: str) -> None:
    with pytest.raises(RevisitRecord, match=f"{PLACE}.*that of {date}"):
        payload_of(tmp_path, record(http(b""), *fields, kind="revisit", uri=address(1)))


@pytest.mark.parametrize("value", [digest(BLOCK), f"sha256:{sha256(BLOCK).hexdigest()}"])
def test_a_block_that_matches_its_digest_is_read(tmp_path: Path, value: str) -> None:
    content = record(BLOCK, f"WARC-Block-Digest: {value}", uri=address(1))
    assert payload_of(tmp_path, content).body == PAGE


def test_a_block_that_does_not_match_its_digest_is_refused(tmp_path: Path) -> None:
    changed = BLOCK.replace("船長".encode(), "船尾".encode())
    content = record(changed, f"WARC-Block-Digest: {digest(BLOCK)}", uri=address(1))
    with pytest.raises(BadRecord, match="WARC-Block-Digest"):
        payload_of(tmp_path, content)


def test_line_feeds_alone_end_the_lines_of_an_http_header(tmp_path: Path) -> None:
    block = BLOCK.replace(b"\r\n", b"\n")
    assert payload_of(tmp_path, record(block, uri=address(1))) == Payload(PAGE, 200)


@pytest.mark.parametrize("block", [b"", PAGE, b"HTTP/1.1\r\n\r\n"], ids=["nothing", "page", "line"])
def test_a_response_without_http_header_is_refused(tmp_path: Path, block: bytes) -> None:
    with pytest.raises(BadRecord, match=PLACE):
        payload_of(tmp_path, record(block, uri=address(1)))


def test_a_record_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadRecord, match=PLACE):
        payload_of(tmp_path, b"Content-Length: 1\r\n\r\nx\r\n\r\n")


@pytest.mark.parametrize("name", ["pages.warc", "pages.warc.gz"])
def test_a_file_that_is_gone_is_reported(tmp_path: Path, name: str) -> None:
    location = CaptureLocation(Capture(TIMESTAMP, address(1)), tmp_path / name, 0)
    with pytest.raises(BadRecord, match=name):
        read_payload(location)


# --- encodings ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        pytest.param(PAGE, [], id="plain"),
        pytest.param(chunked(PAGE), [CHUNKED], id="chunked"),
        pytest.param(gzipped(PAGE), [GZIP], id="gzip"),
        pytest.param(gzipped(PAGE), ["content-encoding:  GZIP "], id="gzip-in-capitals"),
        pytest.param(gzipped(PAGE), ["Content-Encoding: x-gzip"], id="x-gzip"),
        pytest.param(chunked(gzipped(PAGE)), [GZIP, CHUNKED], id="chunked-gzip"),
        pytest.param(brotlied(PAGE), [BROTLI], id="br"),
        pytest.param(chunked(brotlied(PAGE)), [BROTLI, CHUNKED], id="chunked-br"),
        pytest.param(deflated(PAGE), [DEFLATE], id="deflate"),
        pytest.param(PAGE, ["Content-Encoding: identity"], id="identity"),
        pytest.param(PAGE, [GZIP], id="gzip-that-lies"),
        pytest.param(PAGE, [BROTLI], id="br-that-lies"),
        pytest.param(PAGE, [DEFLATE], id="deflate-that-lies"),
        pytest.param(gzipped(PAGE), [BROTLI], id="gzip-named-br"),
        pytest.param(PAGE, [CHUNKED], id="chunked-that-lies"),
        pytest.param(gzipped(PAGE), [GZIP, CHUNKED], id="gzip-and-chunked-that-lies"),
        pytest.param(gzipped(PAGE), [], id="unnamed-gzip"),
        pytest.param(chunked(gzipped(PAGE)), [CHUNKED], id="unnamed-gzip-in-chunks"),
        pytest.param(gzipped(gzipped(PAGE)), [GZIP], id="doubled-gzip"),
        pytest.param(gzipped(PAGE[:99]) + gzipped(PAGE[99:]), [GZIP], id="gzip-of-two-members"),
        pytest.param(gzipped(PAGE), ["Content-Encoding:", GZIP], id="doubled-header"),
        pytest.param(PAGE, ["Content-Length: 9999"], id="HTTP-length-too-long"),
        pytest.param(PAGE, ["Content-Length: 5"], id="HTTP-length-too-short"),
    ],
)
def test_bodies_come_without_their_encodings(
    tmp_path: Path, body: bytes, fields: list[str]
) -> None:
    assert payload_of(tmp_path, response(1, body, *fields)) == Payload(PAGE, 200)


@pytest.mark.parametrize("fields", [[], [GZIP]])
def test_an_empty_body_is_empty(tmp_path: Path, fields: list[str]) -> None:
    assert payload_of(tmp_path, response(1, b"", *fields)) == Payload(b"", 200)


@pytest.mark.parametrize(
    ("body", "fields", "reason"),
    [
        pytest.param(gzipped(PAGE)[:-1], [GZIP], "cut off", id="gzip-in-its-length"),
        pytest.param(gzipped(PAGE)[:-8], [GZIP], "cut off", id="gzip-before-its-checksum"),
        pytest.param(gzipped(PAGE)[:-60], [GZIP], "cut off", id="gzip"),
        pytest.param(brotlied(PAGE)[:-60], [BROTLI], "cut off", id="br"),
        pytest.param(deflated(PAGE)[:-60], [DEFLATE], "cut off", id="deflate"),
        pytest.param(chunked(PAGE)[:-60], [CHUNKED], "last chunk", id="in-a-chunk"),
        pytest.param(chunked(PAGE)[:-5], [CHUNKED], "last chunk", id="behind-a-chunk"),
        pytest.param(gzipped(PAGE)[:-8] + bytes(8), [], "damaged", id="wrong-checksum"),
        pytest.param(
            zlib.compress(bytes(MAX_PAGE_BYTES + 1), level=1, wbits=31),
            [GZIP],
            f"more than {MAX_PAGE_BYTES} bytes",
            id="bomb",
        ),
    ],
)
def test_a_body_that_is_cut_off_or_damaged_is_refused(
    tmp_path: Path, body: bytes, fields: list[str], reason: str
) -> None:
    with pytest.raises(BadRecord, match=f"{PLACE}.*{reason}"):
        payload_of(tmp_path, response(1, body, *fields))
