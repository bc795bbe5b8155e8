"""The page of one capture: the payload of its record, without transfer and content encoding."""

from __future__ import annotations

import re
from dataclasses import replace

from scraper.content_encoding import MAX_IMAGE_BYTES, MAX_PAGE_BYTES, decode_body
from scraper.errors import BadBody, BadRecord, RevisitRecord
from scraper.models import CaptureLocation, Memento, Payload
from scraper.warc.digests import parse_digest
from scraper.warc.fields import BLOCK_DIGEST, capture_of, requested_of
from scraper.warc.framing import MAX_IMAGE_BLOCK, RawRecord, read_record
from scraper.warc.header import RecordHeader
from scraper.warc.http_message import (
    REDIRECTS,
    STATUS_LINE,
    HttpResponse,
    dechunk,
    is_chunked,
    parse_response,
)
from scraper.warc.saved_page import read_page_file

_ENCODING = "Content-Encoding"
_OK, _PARTIAL, _REASON = 200, 206, "OK"
_LENGTH = re.compile(r"[0-9]{1,12}")
_CHUNKED = re.compile("chunked", re.IGNORECASE)
# Of the transfer, which the body has left behind.
_TRANSFER = frozenset(
    {
        *("content-encoding", "transfer-encoding", "content-length", "connection"),
        "x-archive-orig-content-encoding",
    }
)
_ORIGINAL = "X-Archive-Orig-"  # before the captured fields, in a recorded playback


def read_payload(location: CaptureLocation) -> Payload:
    """Return the page of a capture.

    Raises `BadRecord` where it is damaged, or is not of the capture for which it was listed, and
    `RevisitRecord` where the page is in another record.
    """
    return _read(location)[0]


def read_image(location: CaptureLocation) -> Payload:
    """Return the body of a capture that may be a picture, which is larger than pages are.

    Raises as `read_payload` does.
    """
    return _read(location, MAX_IMAGE_BLOCK, MAX_IMAGE_BYTES)[0]


def read_memento(location: CaptureLocation) -> tuple[Memento, str]:
    """Return a capture with its HTTP header, and why its page may not be whole, "" for no reason.

    Raises as `read_payload` does.
    """
    payload, response, header = _read(location)
    capture, headers = location.capture, [("content-type", "text/html")]
    redirect = ""
    if response is not None:
        headers = [
            (name, value)
            for name, values in response.fields.values.items()
            for value in values
            if name not in _TRANSFER
        ]
        is_redirect = response.status in REDIRECTS
        redirect = response.fields.get("Location") if is_redirect else ""
    memento = Memento(
        requested=capture if header is None else requested_of(header, capture),
        served=capture,
        status=payload.status or _OK,
        reason=_REASON if response is None else response.reason,
        headers=tuple(headers),
        body=payload.body,
        location=redirect,
    )
    return memento, payload.doubt


def _read(
    location: CaptureLocation, max_block: int = MAX_PAGE_BYTES, max_bytes: int = MAX_PAGE_BYTES
) -> tuple[Payload, HttpResponse | None, RecordHeader | None]:
    """The page of a capture, with the headers that its record has."""
    if location.offset is None:
        try:
            return Payload(read_page_file(location.path)), None, None
        except OSError as error:
            raise BadRecord(f"{location}: {error.strerror}") from error
    try:
        with location.path.open("rb") as file:
            record = read_record(file, location.offset, location.end, max_block)
        is_proved = _check(record, location)
        payload, response = _payload(record, max_bytes)
        if location.doubt and not is_proved and not payload.doubt:
            payload = replace(payload, doubt=location.doubt)
    except RevisitRecord as error:
        raise RevisitRecord(f"{location}: {error}") from error
    except (OSError, BadRecord, BadBody) as error:
        raise BadRecord(f"{location}: {error}") from error
    return payload, response, record.header


def _check(record: RawRecord, location: CaptureLocation) -> bool:
    """Raise `BadRecord` unless it is the record that was listed, as it was written.

    Returns whether a digest proves it.
    """
    header = record.header
    capture = capture_of(header.target_uri, header.get("WARC-Date"))
    if capture != location.capture:
        raise BadRecord(
            f"it is of {capture.url}, and was listed as {location.capture.url}: "
            "the file has changed meanwhile, start again"
        )
    digest = parse_digest(header.get(BLOCK_DIGEST))
    if digest is not None and not digest.matches(record.block):
        raise BadRecord(f"its bytes do not match its {BLOCK_DIGEST}")
    return digest is not None


def _payload(record: RawRecord, max_bytes: int) -> tuple[Payload, HttpResponse | None]:
    header = record.header
    if header.kind == "revisit":
        date = header.get("WARC-Refers-To-Date") or "an earlier date"
        raise RevisitRecord(f"a revisit record; the page itself is in that of {date}")
    if not _is_http(record):
        return Payload(record.block, doubt=_doubt(header)), None
    response = parse_response(record.block)
    doubt = _doubt(header) or _missing_part(response)
    body = dechunk(response.body, is_cut=bool(doubt)) if is_chunked(response) else response.body
    codings = [*response.values(_ORIGINAL + _ENCODING), *response.values(_ENCODING)]
    codings += [_CHUNKED.sub("", each) for each in response.values("Transfer-Encoding")]
    body = decode_body(body, ",".join(codings), max_bytes, is_cut=bool(doubt))
    return Payload(body, response.status, doubt), response


def _is_http(record: RawRecord) -> bool:
    content_type = record.header.get("Content-Type").lower()
    if content_type.startswith("application/http"):
        return True
    return record.header.kind == "response" and STATUS_LINE.match(record.block) is not None


def _doubt(header: RecordHeader) -> str:
    """Why a record may hold a part of its page only (WARC 1.1, 5.13 and 6.8)."""
    if reason := header.get("WARC-Truncated"):
        return f"its record is marked as truncated ({reason[:40]})"
    if header.get("WARC-Segment-Number"):
        return "its record is one segment of several"
    return ""


def _missing_part(response: HttpResponse) -> str:
    """Why a body may not be whole: it is a part, or shorter than its Content-Length."""
    if response.status == _PARTIAL:
        return "it is a part of the page (206 Partial Content)"
    if is_chunked(response):
        return ""
    lengths = [int(each) for each in response.values("Content-Length") if _LENGTH.fullmatch(each)]
    length, size = max(lengths, default=0), len(response.body)
    return f"its body has {size} of {length} bytes" if size < length else ""
