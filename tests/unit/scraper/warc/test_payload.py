"""The page of a capture, without transfer and content encoding."""

from __future__ import annotations

import re
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
    zstded,
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
        pytest.param(PAGE, ["Content-Length: 5"], id="HTTP-length-too-short"),
    ],
)
def test_bodies_come_without_their_encodings(
    tmp_path: Path, body: bytes, fields: list[str]
) -> None:
    assert payload_of(tmp_path, response(1, body, *fields)) == Payload(PAGE, 200)


ORIGINAL = "X-Archive-Orig-Content-Encoding: "


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        pytest.param(zstded(PAGE), ["Content-Encoding: zstd"], id="zstd"),
        pytest.param(zstded(PAGE), [], id="unnamed-zstd"),
        pytest.param(brotlied(gzipped(PAGE)), ["Content-Encoding: gzip, br"], id="list"),
        pytest.param(brotlied(PAGE), ["Content-Encoding: ,identity , BR"], id="list-with-blanks"),
        pytest.param(brotlied(PAGE), ["Content-Encoding:", BROTLI], id="br-behind-a-blank"),
        pytest.param(brotlied(gzipped(PAGE)), [GZIP, BROTLI], id="two-headers"),
        pytest.param(brotlied(PAGE), [ORIGINAL + "br"], id="of-the-captured-answer"),
        pytest.param(PAGE, [ORIGINAL + "br"], id="of-the-captured-answer-and-gone"),
        pytest.param(brotlied(PAGE), [ORIGINAL + "br", BROTLI], id="of-both-and-once"),
        pytest.param(gzipped(brotlied(PAGE)), [ORIGINAL + "br", GZIP], id="of-both"),
        pytest.param(PAGE, ["Content-Encoding: UTF-8"], id="a-charset"),
        pytest.param(PAGE, ["Content-Encoding: snappy"], id="unknown-and-plain"),
    ],
)
def test_encodings_are_removed_in_whatever_way_they_are_named(
    tmp_path: Path, body: bytes, fields: list[str]
) -> None:
    assert payload_of(tmp_path, response(1, body, *fields)) == Payload(PAGE, 200)


@pytest.mark.parametrize("encoding", ["compress", "dcb", "gzip, exi"])
def test_an_encoding_that_is_not_known_is_named(tmp_path: Path, encoding: str) -> None:
    content = response(1, bytes(range(200)), f"Content-Encoding: {encoding}")
    with pytest.raises(
        BadRecord, match=f"{PLACE}.*encoding.*{encoding.rsplit(', ', maxsplit=1)[-1]}"
    ):
        payload_of(tmp_path, content)


@pytest.mark.parametrize(
    ("body", "fields", "named"),
    [
        (gzipped(bytes([1, 2, 3]) * 100), ["Content-Encoding: compress, gzip"], "compress"),
        (
            gzipped(gzipped(gzipped(gzipped(gzipped(PAGE))))),
            ["Content-Encoding: " + ",".join(["gzip"] * 5)],
            "gzip",
        ),
    ],
)
def test_what_is_still_packed_is_named(
    tmp_path: Path, body: bytes, fields: list[str], named: str
) -> None:
    with pytest.raises(BadRecord, match=f"can't be unpacked: {named}"):
        payload_of(tmp_path, response(1, body, *fields))


def test_transfer_encodings_are_removed_too(tmp_path: Path) -> None:
    content = response(1, chunked(deflated(PAGE)), "Transfer-Encoding: deflate, chunked")
    assert payload_of(tmp_path, content) == Payload(PAGE, 200)


@pytest.mark.parametrize("bits", range(9, 15))
def test_deflate_of_every_window_is_unpacked(tmp_path: Path, bits: int) -> None:
    packer = zlib.compressobj(wbits=bits)
    content = response(1, packer.compress(PAGE) + packer.flush(), DEFLATE)
    assert payload_of(tmp_path, content) == Payload(PAGE, 200)


def test_interim_responses_are_passed_over(tmp_path: Path) -> None:
    block = b"HTTP/1.1 100 Continue\r\n\r\n" + http(chunked(PAGE), CHUNKED)
    assert payload_of(tmp_path, record(block, uri=address(1))) == Payload(PAGE, 200)


@pytest.mark.parametrize("line", [b"0x64\r\n", b"64 foo\r\n", b"\r\n64\r\n"])
def test_chunks_that_can_not_be_read_are_no_text(tmp_path: Path, line: bytes) -> None:
    body = chunked(PAGE).replace(b"64\r\n", line, 1)
    with pytest.raises(BadRecord, match="chunks can't be read"):
        payload_of(tmp_path, response(1, body, CHUNKED))


@pytest.mark.parametrize("fields", [[GZIP], [GZIP, CHUNKED]])
def test_what_there_is_of_a_packed_page_comes_where_the_record_says_that_it_is_cut(
    tmp_path: Path, fields: list[str]
) -> None:
    packed = gzipped(PAGE)
    body = chunked(packed)[:-40] if CHUNKED in fields else packed[:-40]
    content = record(http(body, *fields), "WARC-Truncated: length", uri=address(1))
    payload = payload_of(tmp_path, content)
    assert PAGE.startswith(payload.body)
    assert payload.body
    assert "truncated" in payload.doubt


def test_a_header_of_endless_folds_is_read_in_time(tmp_path: Path) -> None:
    content = response(1, PAGE, "X: a" + "\r\n " * 200_000)
    assert payload_of(tmp_path, content).body == PAGE


EXTENDED = chunked(PAGE).replace(b"64\r\n", b"64 ; note=" + b"x" * 90 + b"\r\n", 1)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(EXTENDED, id="extension"),
        pytest.param(chunked(PAGE)[:-2], id="without-the-last-line"),
        pytest.param(chunked(PAGE)[:-2] + b"Expires: 0\r\n\r\n", id="trailer"),
        pytest.param(b"%x\n%s\n0\n\n" % (len(PAGE), PAGE), id="line-feeds-only"),
        pytest.param(b"%012x\r\n%s\r\n0\r\n\r\n" % (len(PAGE), PAGE), id="zeros-before"),
    ],
)
def test_chunks_are_read_in_whatever_form(tmp_path: Path, body: bytes) -> None:
    assert payload_of(tmp_path, response(1, body, CHUNKED)) == Payload(PAGE, 200)


@pytest.mark.parametrize(
    "line", ["HTTP/2 200", "http/1.1 200 ok", "HTTP/1.0  200 OK", "HTTP/3.0 200 ", "ICY 200 OK"]
)
def test_status_lines_of_every_form_are_read(tmp_path: Path, line: str) -> None:
    block = BLOCK.replace(b"HTTP/1.1 200 OK", line.encode())
    assert payload_of(tmp_path, record(block, uri=address(1))) == Payload(PAGE, 200)


def test_http_fields_are_read_in_any_case_and_folded(tmp_path: Path) -> None:
    content = response(1, brotlied(PAGE), "content-ENCODING :", "\t br")
    assert payload_of(tmp_path, content) == Payload(PAGE, 200)


@pytest.mark.parametrize("content_type", ["text/html", "", "APPLICATION/HTTP;msgtype=response"])
def test_a_response_is_http_whatever_type_is_named(tmp_path: Path, content_type: str) -> None:
    content = record(BLOCK, uri=address(1), content_type=content_type)
    assert payload_of(tmp_path, content) == Payload(PAGE, 200)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (response(2), "it is of .*/article/2/.*listed as .*/article/1/"),
        (response(1, timestamp="20210630183215"), "it is of .*/20210630183215/.*listed as"),
    ],
)
def test_a_record_of_another_capture_than_was_listed_is_refused(
    tmp_path: Path, changed: bytes, words: str
) -> None:
    with pytest.raises(BadRecord, match=f"{PLACE}{words}"):
        payload_of(tmp_path, changed)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (record(BLOCK, "WARC-Truncated: disconnect", uri=address(1)), "truncated .disconnect."),
        (record(BLOCK, "warc-segment-number: 1", uri=address(1)), "one segment"),
        (response(1, PAGE, "content-length: 9999"), f"has {len(PAGE)} of 9999 bytes"),
        (response(1, PAGE, status="206 Partial Content"), "206"),
    ],
)
def test_what_may_not_be_whole_is_said(tmp_path: Path, content: bytes, words: str) -> None:
    payload = payload_of(tmp_path, content)
    assert payload.body == PAGE
    assert re.search(words, payload.doubt)


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
