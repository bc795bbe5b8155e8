"""One article again: its captures asked for in their order, whatever was fetched before."""

from __future__ import annotations

import calendar
import re
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field

from normalise import Article, Capture, NotAnArticle, Unreadable, Unrenderable, omissions, render
from scraper.batch.run import extract_article
from scraper.crawl.fetcher import Fetcher
from scraper.crawl.folder import CrawlFolder
from scraper.crawl.ledger import Ledger
from scraper.crawl.outcomes import (
    ArticleOutcome,
    ArticleStatus,
    Attempt,
    AttemptResult,
    CaptureSource,
)
from scraper.errors import IndexUnavailable, NoCapture, PlaybackError, RetriesExhausted
from scraper.models import CdxRecord, Memento, Payload
from scraper.selection.ranking import Candidate, Ranking, rank
from scraper.selection.target import Target
from scraper.wayback import cdx
from scraper.wayback.client import RequestStats, WaybackClient
from scraper.wayback.throttle import Endpoint

_ROWS = 1_000
_MOST_PAGES = 50


@dataclass
class MemoryStore:
    """A shelf for the pages of one target: nothing was there before."""

    mementos: dict[Capture, Memento] = field(default_factory=dict)

    def redirect_of(self, capture: Capture) -> str | None:
        """Return where a page that is here leads, `None` for one that is not."""
        page = self.mementos.get(capture)
        return None if page is None else page.location

    def add(self, page: Memento) -> None:
        """Put a page here."""
        self.mementos[page.served] = page


@dataclass(frozen=True, slots=True)
class FetchedCapture:
    """What asking for one capture came to: an article with its text, or why there is none."""

    candidate: Candidate
    attempt: Attempt
    memento: Memento | None = None
    article: Article | None = None
    text: str = ""


async def rank_captures(
    target: Target, archive: WaybackClient, ledger: Ledger | None, *, keeps: bool = False
) -> Ranking:
    """Return the captures of a target, best first.

    They come from the ledger where it knows the article, else from one small query of the index,
    which the ledger then knows if it `keeps` it. Raises `NoCapture` where there are none.
    """
    if target.capture is not None:
        return Ranking((Candidate(CdxRecord(target.capture), "asked for"),), ())
    rows = _known(target.article_id, ledger)
    if not rows:
        rows = await _listed(target.article_id, archive)
        if ledger is not None and keeps:
            ledger.add_records(CaptureSource.ASKED, rows, {})
    if not rows:
        raise NoCapture(
            f"the archive's index lists no capture of article {target.article_id}; "
            "look for its address at web.archive.org, and give that"
        )
    found = rank(rows, ledger.shared_digests() if ledger else ())
    if not target.at:
        return found
    return Ranking(tuple(_nearest_first(found.candidates, target.at)), found.rejected)


def _known(article: int, ledger: Ledger | None) -> list[CdxRecord]:
    if ledger is None:
        return []
    known = (ledger.cdx_records(source, article) for source in CaptureSource)
    return next(filter(None, known), [])


async def _listed(article: int, archive: WaybackClient) -> list[CdxRecord]:
    """What the index lists below the address of one article.

    The slash at the end keeps 11911 apart from 119110; one of another id is passed over here.
    """
    rows: list[CdxRecord] = []
    key: str | None = None
    for _ in range(_MOST_PAGES):
        query = cdx.query_target(f"{cdx.ARTICLES_PREFIX}{article}/", key, _ROWS)
        try:
            page = await archive.get(Endpoint.INDEX, query, cdx.parse_response, RequestStats())
        except (RetriesExhausted, IndexUnavailable, PlaybackError) as error:
            raise _not_listed(article, str(error)) from error
        rows += [row for row in page.records if row.article_id == article]
        key = page.resume_key
        if key is None:
            return rows
    raise _not_listed(article, f"the index does not end after {_MOST_PAGES} pages")


def _not_listed(article: int, why: str) -> IndexUnavailable:
    return IndexUnavailable(
        f"the captures of article {article} can't be listed: {why}; try again later, or give the "
        "address of a capture at web.archive.org"
    )


def _nearest_first(candidates: Iterable[Candidate], at: str) -> list[Candidate]:
    """Those whose timestamp begins so first, then the nearest in time."""

    def distance(ranked: Candidate) -> tuple[bool, int]:
        timestamp = ranked.capture.timestamp
        return not timestamp.startswith(at), abs(_seconds(timestamp) - _seconds(at))

    return sorted(candidates, key=distance)


def _seconds(digits: str) -> int:
    """The moment that 1 to 14 digits begin with; months of `00` occur in the index."""
    whole = digits + "00000101000000"[len(digits) :]
    month, *rest = (int(part) for part in re.findall("..", whole[4:]))
    return calendar.timegm((max(1, int(whole[:4])), min(max(1, month), 12), *rest))


async def fetch_each(
    candidates: Sequence[Candidate], archive: WaybackClient
) -> AsyncIterator[FetchedCapture]:
    """Yield what asking for each capture comes to; whoever has enough stops."""
    for ranked in candidates:
        basket = MemoryStore()
        attempt = await Fetcher(archive, basket).fetch(ranked.record, candidates)
        if attempt.served is None:
            yield FetchedCapture(ranked, attempt)
        else:
            yield _read(ranked, attempt, basket.mementos[attempt.served])


def _read(ranked: Candidate, attempt: Attempt, page: Memento) -> FetchedCapture:
    try:
        article = extract_article(Payload(page.body, page.status), page.served)
        text = render(article)
    except NotAnArticle as error:
        came_to = _came_to(attempt, AttemptResult.NOT_ARTICLE, error.kind, str(error))
        return FetchedCapture(ranked, came_to, page)
    except (Unreadable, Unrenderable) as error:
        came_to = _came_to(attempt, AttemptResult.UNREADABLE, AttemptResult.UNREADABLE, str(error))
        return FetchedCapture(ranked, came_to, page)
    return FetchedCapture(
        ranked, _came_to(attempt, AttemptResult.ARTICLE, "", ""), page, article, text
    )


def _came_to(attempt: Attempt, verdict: AttemptResult, reason: str, said: str) -> Attempt:
    return Attempt(
        *(attempt.requested, verdict, reason, said, attempt.served),
        *(attempt.requests, attempt.seconds),
    )


def no_capture_error(target: Target, found: Ranking, tried: Iterable[FetchedCapture]) -> NoCapture:
    """Return the error that lists what was tried, and why each was refused."""
    lines = [f"{one.candidate.capture.url}\n    {one.attempt.message}" for one in tried]
    lines += [
        f"{drop.record.capture.url}\n    not asked for: the index lists it as {drop.kind}"
        for drop in found.rejected
    ]
    return NoCapture(f"no usable capture of {target}:\n" + "\n".join(f"  {line}" for line in lines))


def store_attempt(folder: CrawlFolder, one: FetchedCapture) -> None:
    """Store what a try has brought, and write down what it came to.

    One that has brought nothing does not make a page forgotten that was stored before.
    """
    asked = one.attempt.requested
    if one.memento is not None:
        folder.add(one.memento)
    elif (known := folder.ledger.attempts(asked.article_id or 0).get(asked)) and known.served:
        return
    folder.ledger.record_attempt(one.attempt)


def record_written(folder: CrawlFolder, one: FetchedCapture) -> None:
    """Write down that an article was written from this very capture."""
    assert one.article is not None, "only an article is written"
    said = "; ".join((*one.article.warnings, *omissions(one.article)))
    capture = one.article.capture
    folder.ledger.record_outcome(
        ArticleOutcome(one.article.id, ArticleStatus.WRITTEN, "", said, capture, is_pinned=True)
    )
