"""The archive's index of captures (CDX): what to ask it, and what its answer says.

Pure, except that the answer is an httpx response (docs/wayback.md 1). Anything that is not exactly
the JSON asked for is an error: an outage page with status 200 must never count as "no captures".
"""

from __future__ import annotations

import json
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlencode

import httpx

from normalise import BadCapture, Capture
from scraper.content_encoding import decode_body
from scraper.errors import BadBody, IndexUnavailable, TooLarge, TryAgain
from scraper.models import CdxRecord
from scraper.wayback.responses import raise_for_archive_error, text_start

PATH = "/cdx/search/cdx"
ARTICLES_PREFIX = "hkcnews.com/article/"
# The fields asked for. The header row must repeat them: it proves that the index has answered.
FIELDS = ("urlkey", "timestamp", "original", "mimetype", "statuscode", "digest")
PAGE_SIZE = 10_000  # records: some 30 requests for the site
MAX_BYTES = 200_000_000  # a page of that size has some 10 MB
# Sixty bytes of memory and more for each, but three bytes of the answer. A page has 60,000.
MAX_VALUES = 5_000_000

_ACCESS = "AdministrativeAccessControlException"
_ROBOTS = "RobotAccessControlException"
_UNKNOWN = (None, "-")
_VALUES = frozenset({str, type(None)})


@dataclass(frozen=True, slots=True)
class CdxPage:
    """A page of the index: records of articles, and the key to the next page, `None` on the last.

    `passed_over` counts the other records by what they are.
    """

    records: tuple[CdxRecord, ...]
    resume_key: str | None
    passed_over: Counter[str]


def query_target(prefix: str, resume_key: str | None = None, rows: int = PAGE_SIZE) -> bytes:
    """Return path and query of a request for the captures of all addresses with a prefix.

    The prefix needs no scheme and no `www.`: one urlkey stands for all spellings. Nothing is
    collapsed or filtered by the index, which would lose captures (docs/wayback.md 1.1, 1.2).
    """
    query = {
        "url": prefix,
        "matchType": "prefix",
        "output": "json",
        "fl": ",".join(FIELDS),
        "limit": str(rows),
        "showResumeKey": "true",
    }
    if resume_key is not None:
        query["resumeKey"] = resume_key
    return f"{PATH}?{urlencode(query)}".encode()


def exact_target(address: str, rows: int) -> bytes:
    """Return path and query of a request for the captures of one address, in any spelling."""
    query = {
        "url": address,
        "matchType": "exact",
        "output": "json",
        "fl": ",".join(FIELDS),
        "limit": str(rows),
    }
    return f"{PATH}?{urlencode(query)}".encode()


def parse_captures(response: httpx.Response, body: bytes) -> CdxPage:
    """Return the same as `parse_response`, with the records of all pages and pictures."""
    return parse_response(response, body, only_articles=False)


def parse_response(response: httpx.Response, body: bytes, *, only_articles: bool = True) -> CdxPage:
    """Return the page of the index in an answer; `body` is as it came, compressed or not.

    Raises `RateLimited` and `TryAgain` for errors that may pass, `IndexUnavailable` for others.
    """
    try:
        encoding = response.headers.get("content-encoding", "").strip().lower()
        body = decode_body(body, encoding, MAX_BYTES)
    except TooLarge as error:
        raise IndexUnavailable(f"the answer of the index is too large: it {error}") from error
    except BadBody as error:
        raise_for_archive_error(response, "")
        raise TryAgain(f"the index sends a broken answer: {error}") from error
    if body.count(b",") > MAX_VALUES:
        raise IndexUnavailable(
            f"the answer of the index is too large: more than {MAX_VALUES} values"
        )
    if response.status_code == httpx.codes.OK:
        with suppress(ValueError, RecursionError):
            return _parse_page(json.loads(body), only_articles=only_articles)
    text = text_start(body)
    raise_for_archive_error(response, text)
    _raise_if_unavailable(response, text)
    raise TryAgain("the index sends no JSON, or half of it")


def _raise_if_unavailable(response: httpx.Response, text: str) -> None:
    """Raise `IndexUnavailable` for the refusals of docs/wayback.md 1.5 and any other status."""
    status = response.status_code
    message = response.headers.get("x-archive-wayback-runtime-error", "") + text
    if "requires authorization" in message:
        raise IndexUnavailable(f"the index refuses this kind of query ({status})")
    if _ACCESS in message or _ROBOTS in message:
        raise IndexUnavailable(f"the archive has excluded the site from its index ({status})")
    if status != httpx.codes.OK:
        line = " ".join(text.split())[:200]
        raise IndexUnavailable(f"the index answers {status} {line!r}, not with captures")


def _parse_page(rows: object, *, only_articles: bool) -> CdxPage:
    if not isinstance(rows, list) or not all(_is_row(row) for row in rows):
        raise TryAgain("the index sends JSON of another form than its rows")
    key = None
    if len(rows) >= 2 and rows[-2] == [] and len(rows[-1]) == 1:
        key = rows[-1][0]
        rows = rows[:-2]
        if not key:
            raise TryAgain("the index sends an empty key to what follows")
    if rows and tuple(rows[0]) != FIELDS:
        raise TryAgain(f"the index sends other fields than those asked for: {rows[0]}")
    passed_over: Counter[str] = Counter()
    records = []
    for row in rows[1:]:
        if len(row) != len(FIELDS):
            raise TryAgain(f"the index sends a row of {len(row)} fields")
        record = _parse_record(row, only_articles=only_articles)
        if isinstance(record, CdxRecord):
            records.append(record)
        else:
            passed_over[record] += 1
    return CdxPage(tuple(records), key, passed_over)


def _is_row(row: object) -> bool:
    return isinstance(row, list) and _VALUES.issuperset(map(type, row))


def _parse_record(row: list[str | None], *, only_articles: bool) -> CdxRecord | str:
    """The record of a capture, or what else the row is.

    Addresses are indexed as captured, among them `mailto:` and scraps (docs/wayback.md 1.4).
    """
    _, timestamp, original, mimetype, statuscode, digest = row
    try:
        capture = Capture.of(timestamp or "", original or "")
    except (BadCapture, UnicodeEncodeError):  # half of a surrogate pair can't be encoded
        return "rows that name no capture"
    record = CdxRecord(
        capture,
        "" if mimetype in _UNKNOWN else mimetype,
        "" if statuscode in _UNKNOWN else statuscode,
        "" if digest in _UNKNOWN else digest,
    )
    is_other = only_articles and record.article_id is None
    return "rows of other pages than articles" if is_other else record
