"""One capture: asked for, followed to what is really served, and stored."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

import httpx

from normalise import Capture
from scraper.crawl.outcomes import Attempt, AttemptResult
from scraper.errors import PlaybackError, PlaybackFailure, RetriesExhausted, TryAgain
from scraper.models import ArchiveRedirect, CdxRecord, Memento
from scraper.selection.ranking import Candidate
from scraper.wayback import playback
from scraper.wayback.client import RequestStats, WaybackClient
from scraper.wayback.throttle import Endpoint

_MOST_HOPS = 8


class MementoStore(Protocol):
    """Where pages are put."""

    def redirect_of(self, capture: Capture) -> str | None:
        """Return where a capture that is here leads, "" for no redirect, `None` if it is not."""

    def add(self, page: Memento) -> None:
        """Put a page here."""


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Fetches captures of articles onto a shelf; nothing that is there is fetched again."""

    client: WaybackClient
    store: MementoStore

    async def fetch(self, row: CdxRecord, ranked: Iterable[Candidate] = ()) -> Attempt:
        """Return what asking for a capture has come to; its page, if there is one, is stored.

        `ranked` are the captures of its article: a redirect may lead to one of them.
        Raises `Paused` and `Stopped` as the archive does, and `StorageError` where the disk
        refuses.
        """
        effort = RequestStats()
        served = None
        try:
            served = await self._followed(row, ranked, effort)
            verdict, reason, said = AttemptResult.STORED, "", ""
        except RetriesExhausted as error:
            verdict, reason, said = AttemptResult.NO_ANSWER, AttemptResult.NO_ANSWER, str(error)
        except PlaybackError as error:
            verdict, reason, said = AttemptResult.UNPLAYABLE, error.reason, str(error)
        return Attempt(row.capture, verdict, reason, said, served, effort.requests, effort.seconds)

    async def _followed(
        self, row: CdxRecord, ranked: Iterable[Candidate], effort: RequestStats
    ) -> Capture:
        """Go where redirects lead, by rules of our own; return the capture that was served."""
        at, digest = row.capture, row.digest
        seen: set[Capture] = set()
        while True:
            if at in seen or len(seen) == _MOST_HOPS:
                raise PlaybackError(
                    PlaybackFailure.LOOP, f"redirects that lead in a circle, by {at.url}"
                )
            seen.add(at)
            at, location = await self._location(at, digest, effort)
            if not location:
                return at
            at = playback.resolve_redirect(at, location, self.client.host)
            digest = next((each.record.digest for each in ranked if each.capture == at), "")
            if at.article_id != row.article_id:
                raise PlaybackError(
                    PlaybackFailure.ELSEWHERE, f"a redirect to another page: {at.url}"
                )

    async def _location(
        self, at: Capture, digest: str, effort: RequestStats
    ) -> tuple[Capture, str]:
        """The capture that is served for this one, and where it leads if it is a redirect."""
        location = self.store.redirect_of(at)
        if location is not None:
            return at, location
        read = _DigestCheckingReader(at, digest)
        answer = await self.client.get(Endpoint.PLAYBACK, playback.request_target(at), read, effort)
        if isinstance(answer, ArchiveRedirect):
            return at, answer.location
        if self.store.redirect_of(answer.served) is None:  # it has several addresses
            self.store.add(answer)
        if answer.served.article_id != at.article_id:
            said = f"the capture of another page: {answer.served.url}"
            raise PlaybackError(PlaybackFailure.ELSEWHERE, said)
        return answer.served, answer.location


@dataclass(frozen=True, slots=True)
class _DigestCheckingReader:
    """Reads the answers to one request, and believes no bytes that the index does not know.

    A body may end too early in a frame that fits it. Where its digest is not that of the index it
    is asked for once more: the same bytes twice are right, and the index is not, as with one
    capture of sixteen (facts/wayback.md 1.4).
    """

    asked: Capture
    digest: str
    seen: set[str] = field(default_factory=set)

    def __call__(self, response: httpx.Response, body: bytes) -> Memento | ArchiveRedirect:
        """Return what the archive has answered. Raises what `playback.read` raises."""
        answer = playback.parse_response(self.asked, self.digest, response, body)
        if self.digest and isinstance(answer, Memento) and playback.has_comparable_digest(response):
            found = playback.payload_digest(answer.body)
            if found not in {self.digest, *self.seen}:
                self.seen.add(found)
                raise TryAgain("a body of other bytes than the index knows")
        return answer
