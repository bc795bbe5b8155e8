"""One capture: asked for, followed to what is really served, and stored."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from normalise import Capture
from scraper import playback
from scraper.archive import Archive, Effort
from scraper.errors import NoAnswer, Unplayable, Unplayed
from scraper.folder import Folder
from scraper.governor import Endpoint
from scraper.ledger import Try, Verdict
from scraper.playback import Moved
from scraper.ranking import Row

_MOST_HOPS = 8


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Fetches captures of articles into a folder; nothing that is there is fetched again."""

    archive: Archive
    folder: Folder

    async def fetch(self, row: Row) -> Try:
        """Return what asking for a capture has come to; its page, if there is one, is stored.

        Raises `Paused` and `Stopped` as the archive does, and `OSError` where the disk refuses.
        """
        effort = Effort()
        served = None
        try:
            served = await self._followed(row, effort)
            verdict, reason, said = Verdict.STORED, "", ""
        except NoAnswer as error:
            verdict, reason, said = Verdict.NO_ANSWER, Verdict.NO_ANSWER, str(error)
        except Unplayable as error:
            verdict, reason, said = Verdict.UNPLAYABLE, error.reason, str(error)
        return Try(row.capture, verdict, reason, said, served, effort.requests, effort.seconds)

    async def _followed(self, row: Row, effort: Effort) -> Capture:
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
            at, digest = playback.leads_to(at, location, self.archive.host), ""
            if at.article_id != row.article:
                raise Unplayable(Unplayed.ELSEWHERE, f"a redirect to another page: {at.url}")

    async def _location(self, at: Capture, digest: str, effort: Effort) -> tuple[Capture, str]:
        """The capture that is served for this one, and where it leads if it is a redirect."""
        location = self.folder.ledger.location(at)
        if location is not None:
            return at, location
        answer = await self.archive.ask(
            Endpoint.PLAYBACK, playback.target(at), partial(playback.read, at, digest), effort
        )
        if isinstance(answer, Moved):
            return at, answer.location
        place = self.folder.store.append(answer)
        self.folder.ledger.keep(answer.served, place, answer.location)
        if answer.served.article_id != at.article_id:
            said = f"the capture of another page: {answer.served.url}"
            raise Unplayable(Unplayed.ELSEWHERE, said)
        return answer.served, answer.location
