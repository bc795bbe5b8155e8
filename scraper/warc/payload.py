"""The page of one capture: the payload of its record, without transfer and content encoding."""

from __future__ import annotations

import re

from fastwarc.warc import WarcRecord, WarcRecordType

from scraper.content_encoding import decode_body
from scraper.errors import BadBody, BadRecord, RevisitRecord
from scraper.models import CaptureLocation, Payload
from scraper.warc.framing import read_record
from scraper.warc.saved_page import read_page_file

_CHUNK = re.compile(rb"[0-9a-fA-F]+[ \t]*(?:;[^\r\n]*)?\r\n")
_LAST_CHUNK = re.compile(rb"(?:\A|\r\n)0+[ \t]*(?:;[^\r\n]*)?\r\n(?:[^\r\n]+\r\n)*(?:\r\n)?\Z")
_MAX_TRAILER_BYTES = 1 << 13  # the last chunk and the trailer fields behind it


def read_payload(location: CaptureLocation) -> Payload:
    """Return the page of a capture.

    Raises `BadRecord` where it is damaged, and `RevisitRecord` where the page is in another record.
    """
    if location.offset is None:
        try:
            return Payload(read_page_file(location.path))
        except OSError as error:
            raise BadRecord(f"{location}: {error.strerror}") from error
    try:
        with location.path.open("rb") as file:
            content = read_record(file, location.offset).content
        return _payload(content)
    except RevisitRecord as error:
        raise RevisitRecord(f"{location}: {error}") from error
    except (OSError, BadRecord, BadBody) as error:  # fastwarc raises OSError for what is no record
        raise BadRecord(f"{location}: {error}") from error


def _payload(content: bytes) -> Payload:
    record = WarcRecord.from_bytes(content)
    if "WARC-Block-Digest" in record.headers and not record.verify_block_digest():
        raise BadRecord("its bytes do not match its WARC-Block-Digest")
    if record.record_type == WarcRecordType.revisit:
        date = record.headers.get("WARC-Refers-To-Date") or "an earlier date"
        raise RevisitRecord(f"a revisit record; the page itself is in that of {date}")
    if not record.is_http:
        return Payload(record.reader.read())
    record.parse_http(auto_decode="none", quirks_mode=True)
    headers = record.http_headers
    if headers is None or headers.status_code is None:
        raise BadRecord("no HTTP response is in it")
    body = record.reader.read()
    # Some programs store the body without its chunks and keep the header.
    if "chunked" in (headers.get("Transfer-Encoding") or "").lower() and _CHUNK.match(body):
        body = _dechunk(content, body)
    encoding = (headers.get("Content-Encoding") or "").strip().lower()
    return Payload(decode_body(body, encoding), headers.status_code)


def _dechunk(content: bytes, body: bytes) -> bytes:
    """The body of a record without its chunks; `body` is the body as it is."""
    if not _LAST_CHUNK.search(body, max(0, len(body) - _MAX_TRAILER_BYTES)):
        raise BadRecord("its body is cut off: the last chunk is missing")
    record = WarcRecord.from_bytes(content)
    record.parse_http(auto_decode="transfer", quirks_mode=True)
    return record.reader.read()
