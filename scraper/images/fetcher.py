"""One capture of a picture: requested as pictures are (`im_`), followed to what is served, stored.

A body that is empty or cut off is requested again: where the same comes three times, that is what
the archive has (docs/wayback.md 2.4, 5).
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
from scraper.images.kinds import is_cut
from scraper.models import ArchiveRedirect, Memento
from scraper.wayback import playback
from scraper.wayback.client import RequestStats, WaybackClient
from scraper.wayback.throttle import Endpoint

_MAX_HOPS = 8
_SAME_ANSWERS = 3  # of five tries
# What a view shows in the place of a captured redirect (docs/wayback.md 2.5).
_REDIRECT_PAGE = b"response at crawl time"


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

        A captured redirect may lead to any address, as it would in a browser.
        """
        seen: set[Capture] = set()
        while True:
            if capture in seen or len(seen) == _MAX_HOPS:
                raise PlaybackError(
                    PlaybackFailure.LOOP, f"redirects that lead in a circle, by {capture.url}"
                )
            seen.add(capture)
            capture, redirect = await self._play(capture, stats)
            if not redirect:
                return capture
            capture = playback.resolve_redirect(capture, redirect, self.client.host)

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
            answer = playback.parse_response(self.requested, "", response, body, MAX_IMAGE_BYTES)
        except CutBody as error:
            if self._comes_again(body):
                reason = PlaybackFailure.CUT if body else PlaybackFailure.EMPTY
                raise PlaybackError(reason, f"{error}, {_SAME_ANSWERS} times the same") from error
            raise
        except PlaybackError:
            raise
        except Exception as error:
            if response.is_success and _REDIRECT_PAGE in body:
                message = "a page that tells of a redirect, in the place of a picture"
                raise PlaybackError(PlaybackFailure.ELSEWHERE, message) from error
            raise
        if isinstance(answer, Memento) and is_cut(answer.body) and not self._comes_again(body):
            raise CutBody("a picture without its end")
        return answer

    def _comes_again(self, body: bytes) -> bool:
        digest = playback.payload_digest(body)
        self.cut_bodies[digest] += 1
        return self.cut_bodies[digest] == _SAME_ANSWERS
