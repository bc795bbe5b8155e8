"""One capture: asked for, followed to what is really served, and stored."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

import httpx

from normalise import Capture
from scraper.crawl.ledger import Try, Verdict
from scraper.errors import NoAnswer, TryAgain, Unplayable, Unplayed
from scraper.selection.ranking import Ranked, Row
from scraper.wayback import playback
from scraper.wayback.client import Archive, Effort
from scraper.wayback.playback import Moved, Page
from scraper.wayback.throttle import Endpoint

_MOST_HOPS = 8


class Shelf(Protocol):
    """Where pages are put."""

    def location(self, capture: Capture) -> str | None:
        """Return where a capture that is here leads, "" for no redirect, `None` if it is not."""

    def keep(self, page: Page) -> None:
        """Put a page here."""


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Fetches captures of articles onto a shelf; nothing that is there is fetched again."""

    archive: Archive
    shelf: Shelf

    async def fetch(self, row: Row, ranked: Iterable[Ranked] = ()) -> Try:
        """Return what asking for a capture has come to; its page, if there is one, is stored.

        `ranked` are the captures of its article: a redirect may lead to one of them.
        Raises `Paused` and `Stopped` as the archive does, and `Broken` where the disk refuses.
        """
        effort = Effort()
        served = None
        try:
            served = await self._followed(row, ranked, effort)
            verdict, reason, said = Verdict.STORED, "", ""
        except NoAnswer as error:
            verdict, reason, said = Verdict.NO_ANSWER, Verdict.NO_ANSWER, str(error)
        except Unplayable as error:
            verdict, reason, said = Verdict.UNPLAYABLE, error.reason, str(error)
        return Try(row.capture, verdict, reason, said, served, effort.requests, effort.seconds)

    async def _followed(self, row: Row, ranked: Iterable[Ranked], effort: Effort) -> Capture:
        """Go where redirects lead, by rules of our own; return the capture that was served."""
        at, digest = row.capture, row.digest
        seen: set[Capture] = set()
        while True:
            if at in seen or len(seen) == _MOST_HOPS:
                raise Unplayable(Unplayed.LOOP, f"redirects that lead in a circle, by {at.url}")
            seen.add(at)
            at, location = await self._location(at, digest, effort)
            if not location:
                return at
            at = playback.leads_to(at, location, self.archive.host)
            digest = next((each.row.digest for each in ranked if each.capture == at), "")
            if at.article_id != row.article:
                raise Unplayable(Unplayed.ELSEWHERE, f"a redirect to another page: {at.url}")

    async def _location(self, at: Capture, digest: str, effort: Effort) -> tuple[Capture, str]:
        """The capture that is served for this one, and where it leads if it is a redirect."""
        location = self.shelf.location(at)
        if location is not None:
            return at, location
        read = _Doubting(at, digest)
        answer = await self.archive.ask(Endpoint.PLAYBACK, playback.target(at), read, effort)
        if isinstance(answer, Moved):
            return at, answer.location
        if self.shelf.location(answer.served) is None:  # it has several addresses
            self.shelf.keep(answer)
        if answer.served.article_id != at.article_id:
            said = f"the capture of another page: {answer.served.url}"
            raise Unplayable(Unplayed.ELSEWHERE, said)
        return answer.served, answer.location


@dataclass(frozen=True, slots=True)
class _Doubting:
    """Reads the answers to one request, and believes no bytes that the index does not know.

    A body may end too early in a frame that fits it. Where its digest is not that of the index it
    is asked for once more: the same bytes twice are right, and the index is not, as with one
    capture of sixteen (facts/wayback.md 1.4).
    """

    asked: Capture
    digest: str
    seen: set[str] = field(default_factory=set)

    def __call__(self, response: httpx.Response, body: bytes) -> Page | Moved:
        """Return what the archive has answered. Raises what `playback.read` raises."""
        answer = playback.read(self.asked, self.digest, response, body)
        if self.digest and isinstance(answer, Page) and playback.is_comparable(response):
            found = playback.digest_of(answer.body)
            if found not in {self.digest, *self.seen}:
                self.seen.add(found)
                raise TryAgain("a body of other bytes than the index knows")
        return answer
