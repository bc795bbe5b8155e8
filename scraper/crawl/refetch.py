"""One article again: its captures asked for in their order, whatever was fetched before."""

from __future__ import annotations

import calendar
import re
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field

from normalise import Article, Capture, NotAnArticle, Unreadable, Unrenderable, omissions, render
from scraper.batch.run import article_in
from scraper.crawl.fetcher import Fetcher
from scraper.crawl.folder import Folder
from scraper.crawl.ledger import Ended, Ending, Ledger, Source, Try, Verdict
from scraper.errors import NoAnswer, NoCapture, NoIndex, Unplayable
from scraper.selection.ranking import Ranked, Ranking, Row, rank
from scraper.selection.target import Target
from scraper.warc import sources
from scraper.wayback import cdx
from scraper.wayback.client import Archive, Effort
from scraper.wayback.playback import Page
from scraper.wayback.throttle import Endpoint

_ROWS = 1_000
_MOST_PAGES = 50


@dataclass
class Basket:
    """A shelf for the pages of one target: nothing was there before."""

    pages: dict[Capture, Page] = field(default_factory=dict)

    def location(self, capture: Capture) -> str | None:
        """Return where a page that is here leads, `None` for one that is not."""
        page = self.pages.get(capture)
        return None if page is None else page.location

    def keep(self, page: Page) -> None:
        """Put a page here."""
        self.pages[page.served] = page


@dataclass(frozen=True, slots=True)
class Fetched:
    """What asking for one capture came to: an article with its text, or why there is none."""

    ranked: Ranked
    attempt: Try
    page: Page | None = None
    article: Article | None = None
    text: str = ""


async def ranking(
    target: Target, archive: Archive, ledger: Ledger | None, *, keeps: bool = False
) -> Ranking:
    """Return the captures of a target, best first.

    They come from the ledger where it knows the article, else from one small query of the index,
    which the ledger then knows if it `keeps` it. Raises `NoCapture` where there are none.
    """
    if target.capture is not None:
        return Ranking((Ranked(Row(target.capture), "asked for"),), ())
    rows = _known(target.article, ledger)
    if not rows:
        rows = await _listed(target.article, archive)
        if ledger is not None and keeps:
            ledger.add(Source.ASKED, rows, {})
    if not rows:
        raise NoCapture(
            f"the archive's index lists no capture of article {target.article}; "
            "look for its address at web.archive.org, and give that"
        )
    found = rank(rows, ledger.shared() if ledger else ())
    if not target.at:
        return found
    return Ranking(tuple(_nearest_first(found.candidates, target.at)), found.dropped)


def _known(article: int, ledger: Ledger | None) -> list[Row]:
    if ledger is None:
        return []
    known = (ledger.captures(source, article) for source in Source)
    return next(filter(None, known), [])


async def _listed(article: int, archive: Archive) -> list[Row]:
    """What the index lists below the address of one article.

    The slash at the end keeps 11911 apart from 119110; one of another id is passed over here.
    """
    rows: list[Row] = []
    key: str | None = None
    for _ in range(_MOST_PAGES):
        query = cdx.target(f"{cdx.ARTICLES}{article}/", key, _ROWS)
        try:
            page = await archive.ask(Endpoint.INDEX, query, cdx.read, Effort())
        except (NoAnswer, NoIndex, Unplayable) as error:
            raise _not_listed(article, str(error)) from error
        rows += [row for row in page.rows if row.article == article]
        key = page.resume_key
        if key is None:
            return rows
    raise _not_listed(article, f"the index does not end after {_MOST_PAGES} pages")


def _not_listed(article: int, why: str) -> NoIndex:
    return NoIndex(
        f"the captures of article {article} can't be listed: {why}; try again later, or give the "
        "address of a capture at web.archive.org"
    )


def _nearest_first(candidates: Iterable[Ranked], at: str) -> list[Ranked]:
    """Those whose timestamp begins so first, then the nearest in time."""

    def distance(ranked: Ranked) -> tuple[bool, int]:
        timestamp = ranked.capture.timestamp
        return not timestamp.startswith(at), abs(_seconds(timestamp) - _seconds(at))

    return sorted(candidates, key=distance)


def _seconds(digits: str) -> int:
    """The moment that 1 to 14 digits begin with; months of `00` occur in the index."""
    whole = digits + "00000101000000"[len(digits) :]
    month, *rest = (int(part) for part in re.findall("..", whole[4:]))
    return calendar.timegm((max(1, int(whole[:4])), min(max(1, month), 12), *rest))


async def fetched(candidates: Sequence[Ranked], archive: Archive) -> AsyncIterator[Fetched]:
    """Yield what asking for each capture comes to; whoever has enough stops."""
    for ranked in candidates:
        basket = Basket()
        attempt = await Fetcher(archive, basket).fetch(ranked.row, candidates)
        if attempt.served is None:
            yield Fetched(ranked, attempt)
        else:
            yield _read(ranked, attempt, basket.pages[attempt.served])


def _read(ranked: Ranked, attempt: Try, page: Page) -> Fetched:
    try:
        article = article_in(sources.Page(page.body, page.status), page.served)
        text = render(article)
    except NotAnArticle as error:
        came_to = _came_to(attempt, Verdict.NOT_ARTICLE, error.reason, str(error))
        return Fetched(ranked, came_to, page)
    except (Unreadable, Unrenderable) as error:
        came_to = _came_to(attempt, Verdict.UNREADABLE, Verdict.UNREADABLE, str(error))
        return Fetched(ranked, came_to, page)
    return Fetched(ranked, _came_to(attempt, Verdict.ARTICLE, "", ""), page, article, text)


def _came_to(attempt: Try, verdict: Verdict, reason: str, said: str) -> Try:
    return Try(
        *(attempt.asked, verdict, reason, said, attempt.served),
        *(attempt.requests, attempt.seconds),
    )


def none_usable(target: Target, found: Ranking, tried: Iterable[Fetched]) -> NoCapture:
    """Return the error that lists what was tried, and why each was refused."""
    lines = [f"{one.ranked.capture.url}\n    {one.attempt.said}" for one in tried]
    lines += [
        f"{drop.row.capture.url}\n    not asked for: the index lists it as {drop.reason}"
        for drop in found.dropped
    ]
    return NoCapture(f"no usable capture of {target}:\n" + "\n".join(f"  {line}" for line in lines))


def keep(folder: Folder, one: Fetched) -> None:
    """Store what a try has brought, and write down what it came to.

    One that has brought nothing does not make a page forgotten that was stored before.
    """
    asked = one.attempt.asked
    if one.page is not None:
        folder.keep(one.page)
    elif (known := folder.ledger.tries(asked.article_id or 0).get(asked)) and known.served:
        return
    folder.ledger.tried(one.attempt)


def end(folder: Folder, one: Fetched) -> None:
    """Write down that an article was written from this very capture."""
    assert one.article is not None, "only an article is written"
    said = "; ".join((*one.article.warnings, *omissions(one.article)))
    capture = one.article.capture
    folder.ledger.end(Ended(one.article.id, Ending.WRITTEN, "", said, capture, is_pinned=True))
