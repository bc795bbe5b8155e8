"""Playback of a capture: where to ask for it, and what the answer is (facts/wayback.md 2).

Pure but for the type of the answer. Only an answer with `Memento-Datetime` is a capture, whatever
its status is; nothing else that comes with 200 ever is.
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
from normalise.playback_address import ARCHIVE
from scraper.content_encoding import decode_body
from scraper.errors import BadBody, PlaybackError, PlaybackFailure, RateLimited, TooLarge, TryAgain
from scraper.models import ArchiveRedirect, Memento
from scraper.wayback.responses import raise_for_archive_error, retry_after, text_start

_ORIGINAL = "x-archive-orig-"
# Of the packed answer or of the connection it came by: not of the body that is kept.
_NOT_KEPT = frozenset({"content-encoding", "transfer-encoding", "content-length", "connection"})
_LENGTH = re.compile(r"[0-9]{1,12}")
_PLAYBACK = re.compile(
    r"(?:(?:https?:)?//(?P<host>[^/]+))?/web/(?P<timestamp>\d{14})(?:[a-z]{2}_)?/(?P<url>.+)",
    re.DOTALL | re.ASCII,
)
# Not read by httpx: it ends an address at its first `;`, and the archive writes `&` as `&amp;`.
_END_OF_ADDRESS = re.compile(r">\s*;")
_IS_ORIGINAL = re.compile(r'\s*rel="?original\b')
# A 404 without these words may be anybody's: a proxy's, or that of a server that is no archive.
_NOT_ARCHIVED = ("has not archived that URL", "have that page archived", "ResourceNotInArchive")
_LIMIT_PAGE = "/429.html"  # where the archive once sent those who asked too fast (2.7)
_ARCHIVE_HOST = ARCHIVE.partition("//")[2]
_EXCLUDED = ("AdministrativeAccessControlException", "URL has been excluded")
_ROBOTS = ("RobotAccessControlException", "due to robots.txt")


def request_target(capture: Capture) -> bytes:
    """Return the path of the request for the captured bytes (`id_`), the address as captured."""
    return capture.raw_url.removeprefix(ARCHIVE).encode("ascii")


def parse_response(
    asked: Capture, digest: str, response: httpx.Response, body: bytes
) -> Memento | ArchiveRedirect:
    """Return what the archive has answered; `digest` is that of the index, "" where unknown.

    Raises `RateLimited` and `TryAgain` for what passes, `PlaybackError` for what does not.
    """
    is_capture = "memento-datetime" in response.headers
    try:
        body = decode_body(body, response.headers.get("content-encoding", "").strip().lower())
    except TooLarge as error:
        raise PlaybackError(PlaybackFailure.TOO_LARGE, f"the page {error}") from error
    except BadBody as error:
        if not is_capture:
            raise_for_archive_error(response, "")
        raise TryAgain(f"a broken answer: {error}") from error
    if is_capture:
        return _page(asked, digest, response, body)
    if response.has_redirect_location and (location := response.headers["location"].strip()):
        return _moved(asked, response, location)
    text = text_start(body)
    raise_for_archive_error(response, text)
    raise _no_capture(response, text)


def _moved(asked: Capture, response: httpx.Response, location: str) -> ArchiveRedirect:
    """A redirect of the archive's own; one that leads to no capture of an article is a fault."""
    if location.endswith(_LIMIT_PAGE):
        raise RateLimited("the archive says: too many requests", retry_after(response))
    with suppress(ValueError, BadCapture):
        is_known = _PLAYBACK.fullmatch(location) is not None
        address = urljoin(asked.original, location)
        if is_known or Capture.of(asked.timestamp, address).article_id is not None:
            return ArchiveRedirect(location)
    raise TryAgain(f"the archive redirects to {location[:300]!r}, which is no capture")


def _no_capture(response: httpx.Response, text: str) -> PlaybackError | TryAgain:
    """In the order in which edgi's client decides (2.6); just the archive's own words count."""
    runtime_error = response.headers.get("x-archive-wayback-runtime-error", "")
    said = runtime_error + text
    if any(word in said for word in _EXCLUDED):
        return PlaybackError(PlaybackFailure.EXCLUDED, "the archive has excluded this address")
    if any(word in said for word in _ROBOTS):
        return PlaybackError(
            PlaybackFailure.ROBOTS, "the archive hides this address for a robots.txt"
        )
    status = response.status_code
    if status == httpx.codes.NOT_FOUND and any(word in said for word in _NOT_ARCHIVED):
        return PlaybackError(
            PlaybackFailure.NOT_ARCHIVED, "the archive has no capture of this address"
        )
    line = " ".join((runtime_error or text).split())[:200]
    if runtime_error:
        return PlaybackError(PlaybackFailure.ERROR, f"the archive answers {status}: {line!r}")
    return TryAgain(f"the archive answers {status} with something that is no capture: {line!r}")


# --- a capture ------------------------------------------------------------------------------


def _page(asked: Capture, digest: str, response: httpx.Response, body: bytes) -> Memento:
    _refuse_cut(response, digest, body)
    return Memento(
        requested=asked,
        served=_served(asked, response),
        status=response.status_code,
        reason=response.reason_phrase,
        headers=_captured_headers(response),
        body=body,
        location=_location(response),
    )


def _location(response: httpx.Response) -> str:
    """Where a captured redirect leads, as it was captured if the archive tells."""
    if not response.has_redirect_location:
        return ""
    captured: str = response.headers.get(_ORIGINAL + "location", "")
    return captured or response.headers["location"]


def _served(asked: Capture, response: httpx.Response) -> Capture:
    """The time from `Memento-Datetime`, the address from `Link: rel="original"` (2.3)."""
    try:
        moment = parsedate_to_datetime(response.headers["memento-datetime"])
        link = _original(response.headers.get("link", ""))
        address = html.unescape(link) if link else asked.original
        return Capture.of(moment.strftime("%Y%m%d%H%M%S"), address)
    except (ValueError, OverflowError, BadCapture) as error:
        raise TryAgain(f"a capture that does not say which it is: {error}") from error


def _original(link: str) -> str:
    """The address that a `Link` calls the original, "" where it names none."""
    for before, behind in pairwise(_END_OF_ADDRESS.split(link)):
        if _IS_ORIGINAL.match(behind):
            return before.partition("<")[2]
    return ""


def _refuse_cut(response: httpx.Response, digest: str, body: bytes) -> None:
    """Raise `TryAgain` for a body that is less than was captured.

    Answers come in chunks that can end well too early; the digest of the index proves a body
    whole, a different one proves nothing (1.4). `-1` occurs as a captured length (2.9).
    """
    captured = response.headers.get(_ORIGINAL + "content-length", "")
    is_plain = not response.headers.get(_ORIGINAL + "content-encoding")
    whole = int(captured) if is_plain and _LENGTH.fullmatch(captured) else 1
    if response.is_success and len(body) < whole and digest != payload_digest(body):
        raise TryAgain(f"a body of {len(body)} bytes where {whole} or more should be")


def has_comparable_digest(response: httpx.Response) -> bool:
    """Return whether the index's digest is one of the body: of a packed one it need not be."""
    return response.is_success and not response.headers.get(_ORIGINAL + "content-encoding")


def payload_digest(body: bytes) -> str:
    """Return the digest of a payload as the index has it: base32 of SHA-1."""
    return base64.b32encode(hashlib.sha1(body, usedforsecurity=False).digest()).decode("ascii")


def _captured_headers(response: httpx.Response) -> tuple[tuple[str, str], ...]:
    """The headers of the captured answer.

    Its Content-Type and Location come under their own names, the latter rewritten (2.3, 2.5).
    """
    kept = [
        (name[len(_ORIGINAL) :], value)
        for name, value in response.headers.multi_items()
        if name.startswith(_ORIGINAL) and name[len(_ORIGINAL) :] not in _NOT_KEPT
    ]
    location = response.headers.get("location", "").strip()
    if location and _ORIGINAL + "location" not in response.headers:
        rewritten = _PLAYBACK.fullmatch(location)
        kept.append(("location", rewritten["url"] if rewritten else location))
    content_type = response.headers.get("content-type")
    return (*([("content-type", content_type)] if content_type else []), *kept)


# --- redirects ------------------------------------------------------------------------------


def resolve_redirect(asked: Capture, location: str, host: str) -> Capture:
    """Return the capture that a redirect names; `host` is the one that the requests go to.

    Recorded forms: absolute, from the root, from the host, and once without the archive's prefix
    (2.2, 2.5); that last one is taken for an address of the time that was asked for. Raises
    `PlaybackError` for anything else: nothing but captures is ever asked for.
    """
    location = location.strip().partition("#")[0]
    match = _PLAYBACK.fullmatch(location)
    is_foreign = match is not None and match["host"] not in {None, _ARCHIVE_HOST, host}
    try:
        if match is not None and not is_foreign:
            return Capture.of(match["timestamp"], match["url"])
        return Capture.of(asked.timestamp, urljoin(asked.original, location))
    except (ValueError, BadCapture) as error:
        said = f"a redirect to what is no capture, {location[:300]!r}: {error}"
        raise PlaybackError(PlaybackFailure.ELSEWHERE, said) from error
