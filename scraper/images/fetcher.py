"""One capture of a picture: requested as pictures are (`im_`), followed to what is served, stored.

A body that is empty, cut off or shorter than it says is requested again. Where the same comes three
times, that is what the archive has: it is stored, and judged by its bytes (docs/wayback.md 2.4, 5).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

import httpx

from normalise import Capture
from scraper.content_encoding import MAX_IMAGE_BYTES
from scraper.crawl.folder import CrawlFolder
from scraper.crawl.image_values import ImageAttempt, ImageResult
from scraper.errors import CutBody, PlaybackError, PlaybackFailure, RetriesExhausted
from scraper.images.candidates import FINAL
from scraper.images.kinds import is_cut
from scraper.models import ArchiveRedirect, Memento
from scraper.wayback import playback
from scraper.wayback.client import RequestStats, WaybackClient
from scraper.wayback.redirects import follow
from scraper.wayback.throttle import Endpoint

_SAME_ANSWERS = 3  # of five tries


@dataclass(frozen=True, slots=True)
class ImageFetcher:
    """Fetches captures of pictures into the store; nothing that is in it is fetched again."""

    client: WaybackClient
    folder: CrawlFolder

    async def fetch(self, capture: Capture, stats: RequestStats) -> ImageAttempt:
        """Return what became of a request for a capture; what was served is stored.

        What it takes is added to `stats`, also where this raises. Raises `Paused` and `Stopped` as
        the client does, and `StorageError` where the disk refuses.
        """
        served, reason, message = None, "", ""
        try:
            served = await self._follow(capture, stats)
            result = ImageResult.STORED
        except RetriesExhausted as error:
            result, reason, message = ImageResult.NO_ANSWER, ImageResult.NO_ANSWER, str(error)
        except PlaybackError as error:
            result, reason, message = ImageResult.UNPLAYABLE, error.reason, str(error)
        return ImageAttempt(capture, result, reason, message, served, stats.requests, stats.seconds)

    async def _follow(self, capture: Capture, stats: RequestStats) -> Capture:
        """Follow redirects; return the capture that was served in the end.

        A captured redirect may lead to any address, as it would in a browser. That the archive does
        not have that address says nothing of the picture's own.
        """

        async def play(hop: Capture) -> tuple[Capture, str]:
            try:
                return await self._play(hop, stats)
            except PlaybackError as error:
                if error.reason not in FINAL or hop.original == capture.original:
                    raise
                message = f"a captured redirect to {hop.url}: {error}"
                raise PlaybackError(PlaybackFailure.ELSEWHERE, message) from error

        return await follow(capture, play, self.client.host)

    async def _play(self, capture: Capture, stats: RequestStats) -> tuple[Capture, str]:
        """The capture that is served for this one, and where it leads if it is a redirect."""
        redirect = self.folder.redirect_of(capture)
        if redirect is not None:
            return capture, redirect
        target = playback.request_target(capture, playback.IMAGE)
        read = _Reader(capture)
        answer = await self.client.get(Endpoint.PLAYBACK, target, read, stats, MAX_IMAGE_BYTES)
        if isinstance(answer, ArchiveRedirect):
            return capture, answer.location
        if self.folder.redirect_of(answer.served) is None:  # one capture has several addresses
            self.folder.add(replace(answer, modifier=playback.IMAGE))
        return answer.served, answer.location


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the responses to one request; counts the bodies that may not be whole."""

    requested: Capture
    cut_bodies: Counter[str] = field(default_factory=Counter)

    def __call__(self, response: httpx.Response, body: bytes) -> Memento | ArchiveRedirect:
        """Return what the archive has answered. Raises what `playback.parse_response` raises."""
        try:
            answer = self._parse(response, body, "")
        except CutBody:
            if not self._came_often(body):
                raise
            return self._parse(response, body, None)
        if isinstance(answer, Memento) and is_cut(answer.body) and not self._came_often(body):
            raise CutBody("a picture without its end")
        return answer

    def _came_often(self, body: bytes) -> bool:
        digest = playback.payload_digest(body)
        self.cut_bodies[digest] += 1
        return self.cut_bodies[digest] >= _SAME_ANSWERS

    def _parse(
        self, response: httpx.Response, body: bytes, digest: str | None
    ) -> Memento | ArchiveRedirect:
        return playback.parse_response(self.requested, digest, response, body, MAX_IMAGE_BYTES)
