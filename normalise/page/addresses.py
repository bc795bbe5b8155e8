"""The page's own addresses, from either form in which the archive serves it (docs/wayback.md 3).

The raw form (`id_`) has the page's own addresses; the view form has each behind a prefix.
Rewriting loses some details. They are dropped from both forms, so that both give one article:
`../x` is resolved, `https://host` gets its `/`, a lone `?` at the end goes.
"""

from __future__ import annotations

import re
from urllib.parse import urljoin

from normalise.capture import Capture
from normalise.playback_address import parse_playback

# Only the archive writes these: its comments round what it injects, the calls of its scripts,
# and the comment after </html> (docs/wayback.md 3.1; recordings from 2020 to 2025 have them).
_INJECTED = re.compile(
    rb"<!-- ?(?:BEGIN WAYBACK TOOLBAR INSERT|End Wayback Rewrite JS Include)"
    rb"|\b__wm\.(?:init|wombat|rw|bt)\("
    rb"|\n\s*FILE ARCHIVED ON \d\d:\d\d:\d\d "
)
# Where none of these stands, the addresses of stylesheets and scripts tell the form, or any address
# of this very capture. A link to the archive that an author made is neither.
_PREFIXED = rb"""[=(]\s*["']?(?:(?:https?:)?//web\.archive\.org)?/web/%s(?:[a-z]{2}_)?/"""
_TEMPLATE = re.compile(rb"<(?:link|script)\b[^>]*?" + _PREFIXED % rb"(\d{14})", re.IGNORECASE)

_MAX_DIGITS = 14
_WEB = re.compile(r"https?://", re.IGNORECASE)
_HOST_ONLY = re.compile(r"\A((?:https?:)?//[^/?#\s]+)(?=[?#]|\Z)", re.IGNORECASE)
_HAS_SCHEME = re.compile(r"\s*[a-zA-Z][a-zA-Z0-9+.-]*:")


def is_view_form(html: bytes, capture: Capture) -> bool:
    """Return whether the bytes are the archive's view of a page, its links rewritten."""
    if b"/web/20" not in html:
        return False
    if _INJECTED.search(html) or _TEMPLATE.search(html):
        return True
    return re.search(_PREFIXED % capture.timestamp.encode(), html) is not None


def timestamp_shown(html: bytes) -> str | None:
    """Return the timestamp with which the archive rewrote the template of a view-form page."""
    match = _TEMPLATE.search(html)
    return match[1].decode() if match else None


class AddressReader:
    """Gives the page's own addresses of one page, whichever form it came in."""

    def __init__(self, capture: Capture, *, view: bool) -> None:
        self._capture = capture
        self._view = view

    def link(self, value: str) -> str:
        """Return the address behind a link; one relative to the page's folder stays so."""
        address = self._own(value)
        return self._resolve(address) if "../" in address else address

    def resource(self, value: str) -> str:
        """Return the address of a picture or frame, relative ones resolved."""
        address = self._own(value)
        if not address or address.startswith(("/", "#")) or _HAS_SCHEME.match(address):
            return address
        return self._resolve(address)

    def _own(self, value: str) -> str:
        if self._view:
            value = self._without_prefix(value)
        if value.startswith("//") or _WEB.match(value):
            value = _HOST_ONLY.sub(r"\1/", value, count=1)
        elif not value.startswith("/"):
            return value
        return value[:-1] if value.endswith("?") else value

    def _without_prefix(self, value: str) -> str:
        """The page's own address behind a playback address, any other one as it is."""
        parts = parse_playback(value)
        if parts is None or len(parts.timestamp) > _MAX_DIGITS:
            return value
        if not parts.origin:  # "/web/TS/https://host/path" was "/path"
            return self._path_on_page_host(parts.original)
        if not parts.is_of_archive:
            return value
        if parts.origin.startswith("//"):  # "//web.archive.org/web/TS/https://x" was "//x"
            return re.sub(r"^https?:(?=//)", "", parts.original)
        return parts.original

    def _path_on_page_host(self, address: str) -> str:
        parts = _ORIGIN.match(address)
        if parts and _bare(parts[0]) == _bare(self._capture.origin):
            return address[parts.end() :] or "/"
        return address

    def _resolve(self, address: str) -> str:
        if _HAS_SCHEME.match(address) or address.startswith("//"):
            return address
        try:
            whole = urljoin(self._capture.original, address)
        except ValueError:  # brackets that read as an IPv6 host
            return address
        return whole.removeprefix(self._capture.origin)


_ORIGIN = re.compile(r"https?://[^/?#]*", re.IGNORECASE)


def _bare(origin: str) -> str:
    """The host of an origin without what the archive holds to be one: scheme, port 80, `www.`."""
    host = origin.lower().partition("://")[2]
    return host.removeprefix("www.").removesuffix(":80")
