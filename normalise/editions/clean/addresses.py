"""Where links, pictures and videos of an article lead in the clean edition."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from urllib.parse import parse_qs, unquote, urljoin, urlsplit

from normalise.capture import Capture
from normalise.editions.archived_urls import archived_image
from normalise.errors import BadCapture
from normalise.playback_address import ARCHIVE, parse_playback

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_YOUTUBE_HOSTS = frozenset(
    {"youtube.com", "www.youtube.com", "m.youtube.com", "www.youtube-nocookie.com", "youtu.be"}
)
_YOUTUBE_ID = re.compile(r"/(?:embed|v|shorts|live)/([A-Za-z0-9_-]{6,20})")
_YOUTUBE_LIST = "/embed/videoseries"
_FACEBOOK_PLUGIN = re.compile(r"/(?:v[0-9.]+/)?plugins/(?:video|post|page)\.php")

# The path from an article to another one, `None` where the export does not hold it.
ArticlePath = Callable[[int], str | None]
# The path from an article to each picture, by its captured address; "" for one that is lost.
ImagePaths = Mapping[str, str]


class Addresses:
    """Addresses as an article of the clean edition has them."""

    def __init__(
        self, capture: Capture, article_path: ArticlePath, images: ImagePaths | None = None
    ) -> None:
        self._capture = capture
        self._article_path = article_path
        self._images = images or {}
        self._wholes: dict[str, str] = {}  # most are asked for several times

    def link(self, address: str) -> str:
        """Return where a link leads.

        Other sites have their original address, articles of the site their path in the export,
        other pages of the site theirs at the archive.
        """
        whole = self._whole(address)
        try:
            capture = Capture.of(self._capture.timestamp, whole)
        except BadCapture:
            return whole  # mailto: and the like
        if not capture.is_of_site:
            return whole
        path = None if capture.article_id is None else self._article_path(capture.article_id)
        return path or capture.url

    def linked_article(self, address: str) -> int | None:
        """Return the article of the site that a link leads to, `None` for any other page."""
        try:
            return Capture.of(self._capture.timestamp, self._whole(address)).article_id
        except BadCapture:
            return None

    def original(self, address: str) -> str | None:
        """Return the address under which a picture was captured, `None` for none of the web.

        No program sends a fragment.
        """
        whole = self._whole(address).partition("#")[0]
        try:
            return Capture.of(self._capture.timestamp, whole).original
        except BadCapture:
            return None

    def image(self, address: str) -> str:
        """Return the path of a picture that is there, else its address at the archive."""
        path = self._images.get(self.original(address) or "") if self._images else None
        return path or self.archived_image(address)

    def captures_of_lost(self, address: str) -> str | None:
        """Return the page of the archive about a picture that is lost, `None` for any other."""
        original = self.original(address) if self._images else None
        if original is None or self._images.get(original) != "":
            return None
        return f"{ARCHIVE}/web/*/{original}"

    def archived_image(self, address: str) -> str:
        """Return the address of a picture at the archive."""
        archived = archived_image(self._whole(address), self._capture)
        return archived if archived.startswith(ARCHIVE) else self._whole(address)

    def video(self, address: str) -> str:
        """Return the page of a video: YouTube's and Facebook's own, else the frame's address."""
        whole = self._whole(address)
        parts = urlsplit(whole)
        host = (parts.hostname or "").lower()
        query = parse_qs(parts.query)
        if host in _YOUTUBE_HOSTS:
            if parts.path.startswith(_YOUTUBE_LIST) and "list" in query:
                return f"https://www.youtube.com/playlist?list={query['list'][0]}"
            if found := _YOUTUBE_ID.match(parts.path):
                return f"https://www.youtube.com/watch?v={found[1]}"
        if host.endswith("facebook.com") and _FACEBOOK_PLUGIN.match(parts.path) and "href" in query:
            return unquote(query["href"][0])
        return whole

    def _whole(self, address: str) -> str:
        """An address of the page with its scheme and host; that of the original of a playback."""
        if address not in self._wholes:
            self._wholes[address] = self._made_whole(address)
        return self._wholes[address]

    def _made_whole(self, address: str) -> str:
        address = address.strip()
        if address.startswith("//"):
            address = f"https:{address}"
        elif address.startswith("/") and "/." not in address:  # as most pictures
            address = self._capture.origin + address
        elif not _SCHEME.match(address):
            try:
                address = urljoin(self._capture.original, address)
            except ValueError:
                return address
        playback = parse_playback(address)
        if playback is not None and playback.is_of_archive and "://" in playback.original:
            return playback.original
        return address
