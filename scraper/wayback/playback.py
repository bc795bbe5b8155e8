"""Playback of a capture: what to ask for, and what the answer is (docs/wayback.md 2).

Pure, except that the answer is an httpx response. An answer with `Memento-Datetime` is a memento,
whatever its status; no other answer is one, not even with status 200.
"""

from __future__ import annotations

import base64
import hashlib
import html
import re
from contextlib import suppress
from email.utils import parsedate_to_datetime
from itertools import pairwise
from urllib.parse import urljoin

import httpx

from normalise import BadCapture, Capture
from normalise.playback_address import ARCHIVE, ARCHIVE_HOST, PlaybackAddress, parse_playback
from scraper.content_encoding import MAX_PAGE_BYTES, decode_body
from scraper.errors import (
    BadBody,
    CutBody,
    PlaybackError,
    PlaybackFailure,
    RateLimited,
    TooLarge,
    TryAgain,
    UnknownEncoding,
)
from scraper.models import ArchiveRedirect, Memento
from scraper.wayback.responses import raise_for_archive_error, retry_after, text_start

_ORIGINAL = "x-archive-orig-"
# These describe the transfer of an answer. The body that is kept has left it behind.
_TRANSFER_HEADERS = frozenset(
    {"content-encoding", "transfer-encoding", "content-length", "connection"}
)
_LENGTH = re.compile(r"[0-9]{1,12}")
# httpx would end an address at its first `;`: the archive writes `&` as `&amp;`
# (docs/wayback.md 2.3).
_END_OF_ADDRESS = re.compile(r">\s*;")
_IS_ORIGINAL = re.compile(r'\s*rel="?original\b')
_LIMIT_PAGE = "/429.html"  # where too fast clients were sent (docs/wayback.md 2.7)
# Words of the archive itself (docs/wayback.md 2.6). A 404 without them may be that of a proxy.
_NOT_ARCHIVED = ("has not archived that URL", "have that page archived", "ResourceNotInArchive")
_EXCLUDED = ("AdministrativeAccessControlException", "URL has been excluded")
_ROBOTS = ("RobotAccessControlException", "due to robots.txt")
_AT_CRAWL_TIME = "response at crawl time"  # of a captured redirect, in a view (docs/wayback.md 2.5)
_FOUND_AT = re.compile(r"found capture at ([0-9]{14})\b")  # docs/wayback.md 2.2
_PATH = "/web/"
_SPELLING = re.compile(r"https?://(?:www\.)?", re.IGNORECASE)


RAW, IMAGE = "id_", "im_"  # the forms of playback that are asked for


def request_target(capture: Capture, form: str = RAW) -> bytes:
    """Return the path of the request for a capture in a form, the address as captured."""
    return capture.url_in_form(form).removeprefix(ARCHIVE).encode("ascii")


def parse_response(
    requested: Capture,
    digest: str | None,
    response: httpx.Response,
    body: bytes,
    max_bytes: int = MAX_PAGE_BYTES,
) -> Memento | ArchiveRedirect:
    """Return what the archive has answered; `body` is as it came, compressed or not.

    `digest` is that of the index, "" where unknown, `None` to take a body of any length;
    `max_bytes` bounds the unpacked body. Raises `RateLimited` and `TryAgain` for errors that may
    pass, `PlaybackError` for others.
    """
    is_memento = "memento-datetime" in response.headers
    encodings = _encodings(response)
    try:
        body, encodings = decode_body(body, encodings, max_bytes), ""
    except UnknownEncoding as error:
        if not is_memento:
            raise TryAgain(f"a broken answer: {error}") from error
    except TooLarge as error:
        raise PlaybackError(PlaybackFailure.TOO_LARGE, f"the page {error}") from error
    except BadBody as error:
        if not is_memento:
            raise_for_archive_error(response, "")
        raise TryAgain(f"a broken answer: {error}") from error
    if is_memento:
        return _memento(requested, digest, response, body, encodings)
    if response.has_redirect_location and (location := response.headers["location"].strip()):
        return _archive_redirect(requested, response, location)
    text = text_start(body)
    raise_for_archive_error(response, text)
    raise _playback_error(response, text)


def _archive_redirect(
    requested: Capture, response: httpx.Response, location: str
) -> ArchiveRedirect:
    """A redirect of the archive's own.

    One without the archive's part must lead to an article, or to another spelling of the address
    that was requested. Its time is that which the archive names as the reason.
    """
    if location.endswith(_LIMIT_PAGE):
        raise RateLimited("the archive says: too many requests", retry_after(response))
    with suppress(ValueError, BadCapture):
        if _parse_whole_playback(location) is not None:
            return ArchiveRedirect(location)
        target = Capture.of(requested.timestamp, urljoin(requested.original, location))
        if target.article_id is not None or _is_same(requested, target):
            found = _FOUND_AT.search(response.headers.get("x-archive-redirect-reason", ""))
            at = f"{_PATH}{found[1]}/{target.original}" if found else location
            return ArchiveRedirect(at)
    raise TryAgain(f"the archive redirects to {location[:300]!r}, which is no capture")


def _playback_error(response: httpx.Response, text: str) -> PlaybackError | TryAgain:
    """The error that an answer reports, by the order of checks in docs/wayback.md 2.6."""
    runtime_error = response.headers.get("x-archive-wayback-runtime-error", "")
    message = runtime_error + text
    if any(words in message for words in _EXCLUDED):
        return PlaybackError(PlaybackFailure.EXCLUDED, "the archive has excluded this address")
    if any(words in message for words in _ROBOTS):
        return PlaybackError(
            PlaybackFailure.ROBOTS, "the archive hides this address for a robots.txt"
        )
    status = response.status_code
    if status == httpx.codes.NOT_FOUND and any(words in message for words in _NOT_ARCHIVED):
        return PlaybackError(
            PlaybackFailure.NOT_ARCHIVED, "the archive has no capture of this address"
        )
    if response.is_success and _AT_CRAWL_TIME in text:
        return PlaybackError(
            PlaybackFailure.ELSEWHERE, "a page that tells of a captured redirect, in its place"
        )
    line = " ".join((runtime_error or text).split())[:200]
    if runtime_error:
        return PlaybackError(PlaybackFailure.ERROR, f"the archive answers {status}: {line!r}")
    return TryAgain(f"the archive answers {status} with something that is no capture: {line!r}")


# --- mementos -------------------------------------------------------------------------------


def _encodings(response: httpx.Response) -> str:
    """The content encodings of an answer, those of the captured one first."""
    captured = response.headers.get(_ORIGINAL + "content-encoding", "")
    return f"{captured},{response.headers.get('content-encoding', '')}".strip(",")


def _memento(
    requested: Capture, digest: str | None, response: httpx.Response, body: bytes, encodings: str
) -> Memento:
    """The memento of an answer; `encodings` are those that its body still has."""
    if digest is not None:
        _raise_if_cut(response, digest, body)
    return Memento(
        requested=requested,
        served=_served(requested, response),
        status=response.status_code,
        reason=response.reason_phrase,
        headers=(
            *_captured_headers(response),
            *([("content-encoding", encodings)] if encodings else []),
        ),
        body=body,
        location=_location(response),
    )


def _location(response: httpx.Response) -> str:
    """Where a captured redirect leads: as captured where the archive tells, else as rewritten."""
    if not response.has_redirect_location:
        return ""
    captured: str = response.headers.get(_ORIGINAL + "location", "")
    return captured or response.headers["location"]


def _served(requested: Capture, response: httpx.Response) -> Capture:
    """The capture that the answer names (docs/wayback.md 2.3).

    Its time is from `Memento-Datetime`, its address from `Link: rel="original"`.
    """
    try:
        moment = parsedate_to_datetime(response.headers["memento-datetime"])
        link = _original_link(response.headers.get("link", ""))
        address = html.unescape(link) if link else requested.original
        return Capture.of(moment.strftime("%Y%m%d%H%M%S"), address)
    except (ValueError, OverflowError, BadCapture) as error:
        raise TryAgain(f"a capture that does not say which it is: {error}") from error


def _original_link(link: str) -> str:
    """The address that a `Link` header calls the original, "" where it names none."""
    for before, after in pairwise(_END_OF_ADDRESS.split(link)):
        if _IS_ORIGINAL.match(after):
            return before.partition("<")[2]
    return ""


def _raise_if_cut(response: httpx.Response, digest: str, body: bytes) -> None:
    """Raise `CutBody` for a body that is shorter than the captured one.

    A chunked answer can end too early without an error. The digest of the index proves a body
    whole; another digest proves nothing. A captured length may be `-1`
    (docs/wayback.md 1.2, 2.4).
    """
    length = response.headers.get(_ORIGINAL + "content-length", "")
    is_plain = not response.headers.get(_ORIGINAL + "content-encoding")
    min_length = int(length) if is_plain and _LENGTH.fullmatch(length) else 1
    if response.is_success and len(body) < min_length and digest != payload_digest(body):
        raise CutBody(f"a body of {len(body)} bytes where {min_length} or more should be")


def has_comparable_digest(response: httpx.Response) -> bool:
    """Return whether the digest of the index must be that of the body (docs/wayback.md 1.2).

    It need not be where the captured body was compressed.
    """
    return response.is_success and not response.headers.get(_ORIGINAL + "content-encoding")


def payload_digest(body: bytes) -> str:
    """Return the digest of a payload in the form of the index: base32 of its SHA-1."""
    return base64.b32encode(hashlib.sha1(body, usedforsecurity=False).digest()).decode("ascii")


def _captured_headers(response: httpx.Response) -> tuple[tuple[str, str], ...]:
    """The headers of the captured answer.

    Its Content-Type and Location come under their own names, Location rewritten
    (docs/wayback.md 2.3, 2.5).
    """
    headers = [
        (name[len(_ORIGINAL) :], value)
        for name, value in response.headers.multi_items()
        if name.startswith(_ORIGINAL) and name[len(_ORIGINAL) :] not in _TRANSFER_HEADERS
    ]
    location = response.headers.get("location", "").strip()
    if location and _ORIGINAL + "location" not in response.headers:
        rewritten = _parse_whole_playback(location)
        headers.append(("location", rewritten.original if rewritten else location))
    content_type = response.headers.get("content-type")
    return (*([("content-type", content_type)] if content_type else []), *headers)


def bare_address(original: str) -> str:
    """Return an address without scheme and `www.`; to the archive all spellings are one.

    The archive looks captures up so (docs/wayback.md 2.1).
    """
    return _SPELLING.sub("", original, count=1)


def _is_same(one: Capture, other: Capture) -> bool:
    return bare_address(one.original) == bare_address(other.original)


# --- redirects ------------------------------------------------------------------------------


def resolve_redirect(requested: Capture, location: str, host: str) -> Capture:
    """Return the capture that a redirect leads to; `host` is where requests go.

    Forms seen: absolute, without the scheme, from `/web/` on, and once the captured address
    alone; that is taken for a capture at the time requested (docs/wayback.md 2.2, 2.5). Raises
    `PlaybackError` for anything else, as only captures are ever asked for.
    """
    location = location.strip().partition("#")[0]
    playback = _parse_whole_playback(location)
    try:
        if playback is not None and playback.host in {"", ARCHIVE_HOST, host}:
            return Capture.of(playback.timestamp, playback.original)
        return Capture.of(requested.timestamp, urljoin(requested.original, location))
    except (ValueError, BadCapture) as error:
        message = f"a redirect to what is no capture, {location[:300]!r}: {error}"
        raise PlaybackError(PlaybackFailure.ELSEWHERE, message) from error


def _parse_whole_playback(location: str) -> PlaybackAddress | None:
    """The parts of a playback address with a whole timestamp, `None` for any other address."""
    playback = parse_playback(location)
    if playback is None or len(playback.timestamp) != 14 or not playback.original:
        return None
    return playback
