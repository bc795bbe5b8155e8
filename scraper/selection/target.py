"""What the target of a command is: an id, an address of the site, or one of the archive."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

from normalise import BadCapture, Capture
from normalise.files import MAX_ID
from scraper.errors import UsageError
from scraper.models import CdxRecord

_ID = re.compile(r"[0-9]{1,9}")
_OF_SITE = re.compile(
    r"(?:(?:https?:)?//)?(?:www\.)?hkcnews\.com(?::[0-9]+)?/article/(?P<id>[0-9]{1,9})(?:[/?#].*)?",
    re.IGNORECASE | re.DOTALL,
)
_OF_ARCHIVE = re.compile(
    r"(?:(?:https?:)?//)?(?:www\.)?web\.archive\.org(?::[0-9]+)?/web/"
    r"(?:(?P<timestamp>[0-9]{0,14})(?:[a-z]{2}_|\*)?/)?(?P<address>.+)",
    re.IGNORECASE | re.DOTALL,
)
# The archive takes both as well (facts/wayback.md 2.1).
_ENCODED = re.compile(r"(https?)%3a", re.IGNORECASE)
_HAS_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:/|//", re.IGNORECASE)
_WHOLE = 14  # digits of a timestamp


@dataclass(frozen=True, slots=True)
class Target:
    """An article; if one capture of it is meant, that one; if a time is, its first digits."""

    article_id: int
    capture: Capture | None = None
    at: str = ""

    def __str__(self) -> str:
        return self.capture.url if self.capture else f"article {self.article_id}"


def parse_target(text: str, at: str = "") -> Target:
    """Return what a text means; `at` are the first digits of a timestamp, "" for any.

    Addresses may be spelled in any way that people copy them in: http or https, with or without
    `www.`, raw or percent-encoded, cut behind the id. Of an address of the archive its timestamp
    and the captured address are taken, whatever its modifier. Raises `UsageError` for what names
    no article.
    """
    text = text.strip()
    if at and not re.fullmatch(r"[0-9]{1,14}", at):
        raise UsageError(f"--at takes the digits of a timestamp, such as 20210629, not {at!r}")
    archived = _OF_ARCHIVE.fullmatch(text)
    if archived is None:
        return _article(text, at)
    timestamp, address = archived["timestamp"] or "", archived["address"]
    if encoded := _ENCODED.match(address):
        is_whole = not address.startswith("//", encoded.end())
        address = unquote(address) if is_whole else f"{encoded[1]}:{address[encoded.end() :]}"
    if not _HAS_SCHEME.match(address):
        address = f"http://{address}"
    if len(timestamp) < _WHOLE:  # not every one names a capture: `/web/2021/...`, `/web/*/...`
        return _article(address, at or timestamp)
    return _captured(text, timestamp, address, at)


def _article(text: str, at: str) -> Target:
    match = _ID.fullmatch(text) or _OF_SITE.fullmatch(text)
    article = int(match["id"] if "id" in match.groupdict() else match[0]) if match else 0
    if not 1 <= article <= MAX_ID:
        raise UsageError(
            f"{text!r} is no article: give an id from 1 to {MAX_ID}, an address such as "
            "https://www.hkcnews.com/article/11911/..., or that of a capture at web.archive.org"
        )
    return Target(article, at=at)


def _captured(text: str, timestamp: str, address: str, at: str) -> Target:
    try:
        capture = Capture.of(timestamp, address)
    except (BadCapture, UnicodeEncodeError) as error:  # half of a surrogate pair is no text
        raise UsageError(f"{text!r} is not the address of a capture: {error}") from error
    article = CdxRecord(capture).article_id
    if article is None:
        raise UsageError(f"{text!r} is no capture of an article of hkcnews.com")
    if at:
        raise UsageError("the address of a capture says when it was taken: leave out --at")
    return Target(article, capture)
