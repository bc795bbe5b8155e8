"""One capture: requested, followed to what is really served, and stored."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

import httpx

from normalise import Capture
from scraper.crawl.outcomes import Attempt
from scraper.errors import PlaybackError, PlaybackFailure, RetriesExhausted, TryAgain
from scraper.models import ArchiveRedirect, AttemptResult, CdxRecord, Memento
from scraper.selection.ranking import Candidate
from scraper.wayback import playback
from scraper.wayback.client import RequestStats, WaybackClient
from scraper.wayback.redirects import follow
from scraper.wayback.throttle import Endpoint


class MementoStore(Protocol):
    """Where fetched pages are put."""

    def redirect_of(self, capture: Capture) -> str | None:
        """Return where a stored capture leads, "" for no redirect, `None` if it is not stored."""

    def add(self, memento: Memento) -> None:
        """Store a page."""


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Fetches captures of articles into a store; nothing that is in it is fetched again."""

    client: WaybackClient
    store: MementoStore

    async def fetch(
        self,
        record: CdxRecord,
        ranked: Iterable[Candidate] = (),
        stats: RequestStats | None = None,
    ) -> Attempt:
        """Return what became of a request for a capture; its page, if there is one, is stored.

        `ranked` are the captures of its article: a redirect may lead to one of them. What it takes
        is added to `stats`, also where this raises. Raises `Paused` and `Stopped` as the client
        does, and `StorageError` where the disk refuses.
        """
        stats = RequestStats() if stats is None else stats
        served = None
        try:
            served = await self._follow(record, ranked, stats)
            result, reason, message = AttemptResult.STORED, "", ""
        except RetriesExhausted as error:
            result, reason, message = AttemptResult.NO_ANSWER, AttemptResult.NO_ANSWER, str(error)
        except PlaybackError as error:
            result, reason, message = AttemptResult.UNPLAYABLE, error.reason, str(error)
        return Attempt(
            record.capture, result, reason, message, served, stats.requests, stats.seconds
        )

    async def _follow(
        self, record: CdxRecord, ranked: Iterable[Candidate], stats: RequestStats
    ) -> Capture:
        """Follow redirects within the article; return the capture that was served in the end."""
        digests = {each.capture: each.record.digest for each in ranked}
        digests[record.capture] = record.digest

        async def play(capture: Capture) -> tuple[Capture, str]:
            if capture.article_id != record.article_id:
                raise PlaybackError(
                    PlaybackFailure.ELSEWHERE, f"a redirect to another page: {capture.url}"
                )
            return await self._play(capture, digests.get(capture, ""), stats)

        return await follow(record.capture, play, self.client.host)

    async def _play(
        self, capture: Capture, digest: str, stats: RequestStats
    ) -> tuple[Capture, str]:
        """The capture that is served for this one, and where it leads if it is a redirect."""
        redirect = self.store.redirect_of(capture)
        if redirect is not None:
            return capture, redirect
        parse = _DigestCheckingReader(capture, digest)
        target = playback.request_target(capture)
        answer = await self.client.get(Endpoint.PLAYBACK, target, parse, stats)
        if isinstance(answer, ArchiveRedirect):
            return capture, answer.location
        if self.store.redirect_of(answer.served) is None:  # one capture has several addresses
            self.store.add(answer)
        if answer.served.article_id != capture.article_id:
            message = f"the capture of another page: {answer.served.url}"
            raise PlaybackError(PlaybackFailure.ELSEWHERE, message)
        return answer.served, answer.location


@dataclass(frozen=True, slots=True)
class _DigestCheckingReader:
    """Reads the responses to one request, and asks again for bytes that the index does not know.

    A body may end too early in a frame that fits it. One whose digest is not that of the index is
    requested once more: if the same bytes come twice they are right and the index is wrong, as
    with one capture of sixteen (docs/wayback.md 1.4).
    """

    requested: Capture
    digest: str
    seen: set[str] = field(default_factory=set)

    def __call__(self, response: httpx.Response, body: bytes) -> Memento | ArchiveRedirect:
        """Return what the archive has answered. Raises what `playback.parse_response` raises."""
        answer = playback.parse_response(self.requested, self.digest, response, body)
        if self.digest and isinstance(answer, Memento) and playback.has_comparable_digest(response):
            actual = playback.payload_digest(answer.body)
            if actual not in {self.digest, *self.seen}:
                self.seen.add(actual)
                raise TryAgain("a body of other bytes than the index knows")
        return answer
