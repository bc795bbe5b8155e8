"""Content encodings: removed by what the bytes are, whatever the header claims."""

from __future__ import annotations

import zlib

import pytest
from support.pages import table
from support.warcs import brotlied, deflated, gzipped

from scraper.content_encoding import decode_body
from scraper.errors import BadBody, TooLarge

BODY = "<html><body>渡輪停航一天</body></html>".encode() * 20
RAW_DEFLATE = deflated(BODY)[2:-4]  # without the header and the checksum of zlib


@table(
    "body encoding",
    {
        "none": (BODY, ""),
        "identity": (BODY, "identity"),
        "gzip": (gzipped(BODY), "gzip"),
        "gzip not declared": (gzipped(BODY), ""),
        "gzip declared as deflate": (gzipped(BODY), "deflate"),
        "gzip declared as brotli": (gzipped(BODY), "br"),
        "gzip twice": (gzipped(gzipped(BODY)), "gzip"),
        "gzip of two members": (gzipped(BODY[:99]) + gzipped(BODY[99:]), "gzip"),
        "gzip with blanks after it": (gzipped(BODY) + b"\r\n", "gzip"),
        "gzip declared in vain": (BODY, "gzip"),
        "two headers, one of them empty": (gzipped(BODY), ", gzip"),
        "brotli": (brotlied(BODY), "br"),
        "brotli declared in vain": (BODY, "br"),
        "deflate": (deflated(BODY), "deflate"),
        "deflate without its header": (RAW_DEFLATE, "deflate"),
        "deflate declared in vain": (BODY, "deflate"),
    },
)
def test_bodies_come_without_their_encodings(body: bytes, encoding: str) -> None:
    assert decode_body(body, encoding) == BODY


def test_deflate_declared_in_vain_of_what_begins_with_no_tag() -> None:
    assert decode_body(b"\n" + BODY, "deflate") == b"\n" + BODY


@pytest.mark.parametrize("encoding", ["", "gzip", "br", "deflate"])
def test_an_empty_body_stays_empty(encoding: str) -> None:
    assert decode_body(b"", encoding) == b""


def test_gzip_is_removed_at_most_twice() -> None:
    assert decode_body(gzipped(gzipped(gzipped(BODY))), "gzip") == gzipped(BODY)


@table(
    "body encoding shortest",
    {
        "gzip": (gzipped(BODY), "", 2),  # a single byte may be anything
        "deflate": (deflated(BODY), "deflate", 1),
        "brotli": (brotlied(BODY), "br", 1),
    },
)
def test_a_body_cut_at_any_byte_is_not_taken_for_whole(
    body: bytes, encoding: str, shortest: int
) -> None:
    for length in range(shortest, len(body)):
        with pytest.raises(BadBody, match="cut off"):
            decode_body(body[:length], encoding)


def test_cut_gzip_within_whole_gzip_is_not_taken_for_whole() -> None:
    with pytest.raises(BadBody, match="cut off"):
        decode_body(gzipped(gzipped(BODY)[:-9]), "gzip")


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_damaged_body_is_an_error(encoding: str) -> None:
    body = bytearray(gzipped(BODY) if encoding == "gzip" else deflated(BODY))
    body[-6] ^= 1
    with pytest.raises(BadBody, match="damaged"):
        decode_body(bytes(body), encoding)


@table(
    "body encoding",
    {
        "gzip": (gzipped(BODY), "gzip"),
        "gzip twice": (gzipped(gzipped(BODY)), "gzip"),
        "many members": (gzipped(BODY[:50]) * (len(BODY) // 50) + gzipped(BODY[:2]), "gzip"),
        "deflate": (zlib.compress(BODY), "deflate"),
        "brotli": (brotlied(BODY), "br"),
    },
)
def test_a_body_over_the_limit_is_too_large(body: bytes, encoding: str) -> None:
    size = len(decode_body(body, encoding))
    assert len(decode_body(body, encoding, size)) == size
    with pytest.raises(TooLarge, match=f"more than {size - 1} bytes"):
        decode_body(body, encoding, size - 1)
