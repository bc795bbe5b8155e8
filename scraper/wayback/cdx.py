"""The archive's index of captures (CDX): what to ask it, and what its answer says.

Pure but for the type of the answer (facts/wayback.md 1). Everything that is not exactly the JSON
asked for is an error: an outage page with 200 must never be taken for "no captures".
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
# Wanted of every row, and by the header row the proof that the answer is one of the index.
FIELDS = ("urlkey", "timestamp", "original", "mimetype", "statuscode", "digest")
MAX_BYTES = 200_000_000  # a page of that many rows has some 10 MB
# Each takes sixty bytes of memory and more, though three in the answer. The site has a million.
MAX_VALUES = 5_000_000
PAGE_SIZE = 10_000  # a page; some 30 requests for the site (facts/peers.md 0.4)

_ACCESS = "AdministrativeAccessControlException"
_ROBOTS = "RobotAccessControlException"
_NOT_SAID = "-"


@dataclass(frozen=True, slots=True)
class CdxPage:
    """A page of the index: rows of articles, and the key to what follows, `None` on the last.

    `passed_over` counts the other rows by what they are.
    """

    records: tuple[CdxRecord, ...]
    resume_key: str | None
    passed_over: Counter[str]


def query_target(prefix: str, resume_key: str | None = None, rows: int = PAGE_SIZE) -> bytes:
    """Return path and query of a request for the captures of all addresses with a prefix.

    One urlkey stands for http, https, www and none (1.8). Collapsing and filtering are left to
    us: collapsed rows are lost, and a filter by status loses the revisits (1.1, 1.7).
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


def parse_response(response: httpx.Response, body: bytes) -> CdxPage:
    """Return what an answer of the index lists.

    Raises `RateLimited` and `TryAgain` for what passes, `IndexUnavailable` for what does not.
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
            return _page(json.loads(body))
    text = text_start(body)
    raise_for_archive_error(response, text)
    _refuse_for_good(response, text)
    raise TryAgain("the index sends no JSON, or half of it")


def _refuse_for_good(response: httpx.Response, text: str) -> None:
    status = response.status_code
    said = response.headers.get("x-archive-wayback-runtime-error", "") + text
    if "requires authorization" in said:
        raise IndexUnavailable(f"the index refuses this kind of query ({status})")
    if _ACCESS in said or _ROBOTS in said:
        raise IndexUnavailable(f"the archive has excluded the site from its index ({status})")
    if status != httpx.codes.OK:
        line = " ".join(text.split())[:200]
        raise IndexUnavailable(f"the index answers {status} {line!r}, not with captures")


def _page(lines: object) -> CdxPage:
    if not isinstance(lines, list) or not all(_is_line(line) for line in lines):
        raise TryAgain("the index sends JSON of another form than its rows")
    key = None
    if len(lines) >= 2 and lines[-2] == [] and len(lines[-1]) == 1:
        key = lines[-1][0]
        lines = lines[:-2]
        if not key:
            raise TryAgain("the index sends an empty key to what follows")
    if lines and tuple(lines[0]) != FIELDS:
        raise TryAgain(f"the index sends other fields than those asked for: {lines[0]}")
    passed_over: Counter[str] = Counter()
    rows = []
    for line in lines[1:]:
        if len(line) != len(FIELDS):
            raise TryAgain(f"the index sends a row of {len(line)} fields")
        row = _row(line)
        if isinstance(row, CdxRecord):
            rows.append(row)
        else:
            passed_over[row] += 1
    return CdxPage(tuple(rows), key, passed_over)


def _is_line(line: object) -> bool:
    return isinstance(line, list) and all(isinstance(value, str | None) for value in line)


def _row(line: list[str | None]) -> CdxRecord | str:
    """The row of an article, or what else it is.

    Addresses in the index are as captured, scraps and `mailto:` among them (1.4).
    """
    _, timestamp, original, mimetype, statuscode, digest = (value or "" for value in line)
    try:
        capture = Capture.of(timestamp, original)
    except (BadCapture, UnicodeEncodeError):  # half of a surrogate pair is no text
        return "rows that name no capture"
    said = (value if value != _NOT_SAID else "" for value in (mimetype, statuscode, digest))
    row = CdxRecord(capture, *said)
    return "rows of other pages than articles" if row.article_id is None else row
