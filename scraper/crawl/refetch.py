"""One article again: its captures requested in their order, whatever was fetched before."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field, replace

from normalise import Article, Capture
from scraper.batch.judge import judge_mementos
from scraper.crawl.fetcher import Fetcher
from scraper.crawl.folder import CrawlFolder
from scraper.crawl.judging import PageJudge
from scraper.crawl.ledger import Ledger
from scraper.crawl.outcomes import ArticleOutcome, Attempt, CaptureSource
from scraper.errors import IndexUnavailable, NoCapture, PlaybackError, RetriesExhausted
from scraper.models import ArticleStatus, CdxRecord, Memento, PageReading
from scraper.selection.ranking import Candidate, Ranking, rank
from scraper.selection.target import Target
from scraper.utc import seconds_of
from scraper.wayback import cdx
from scraper.wayback.client import RequestStats, WaybackClient
from scraper.wayback.throttle import Endpoint

_RECORDS_PER_PAGE = 1_000
_MAX_PAGES = 50


@dataclass
class MemoryStore:
    """The pages of one capture and its redirects, in memory."""

    mementos: dict[Capture, Memento] = field(default_factory=dict)

    def redirect_of(self, capture: Capture) -> str | None:
        """Return where a page that is here leads, `None` for one that is not."""
        memento = self.mementos.get(capture)
        return None if memento is None else memento.location

    def add(self, memento: Memento) -> None:
        """Put a page here."""
        self.mementos[memento.served] = memento


@dataclass(frozen=True, slots=True)
class FetchedCapture:
    """What became of one capture: an article with its text, or why there is none."""

    candidate: Candidate
    attempt: Attempt
    memento: Memento | None = None
    article: Article | None = None
    text: str = ""
    warnings: tuple[str, ...] = ()
    reading: PageReading | None = None


# --- the captures of a target ---------------------------------------------------------------


async def rank_captures(
    target: Target, client: WaybackClient, ledger: Ledger | None, *, keeps: bool = False
) -> Ranking:
    """Return the captures of a target, best first.

    They come from the ledger where it knows the article, else from a small query of the index;
    with `keeps` the ledger then knows them. Raises `NoCapture` where there are none, and
    `IndexUnavailable` where the index gives no list.
    """
    if target.capture is not None:
        return Ranking((Candidate(CdxRecord(target.capture), "asked for"),), ())
    records = _known(target.article_id, ledger)
    if not records:
        records = await _listed(target.article_id, client)
        if ledger is not None and keeps:
            ledger.add_records(CaptureSource.ASKED, records, {})
    if not records:
        raise NoCapture(
            f"the archive's index lists no capture of article {target.article_id}; "
            "look for its address at web.archive.org, and give that"
        )
    ranking = rank(records, ledger.shared_digests() if ledger else ())
    if not target.at:
        return ranking
    return Ranking(tuple(_nearest_first(ranking.candidates, target.at)), ranking.rejected)


def _known(article_id: int, ledger: Ledger | None) -> list[CdxRecord]:
    if ledger is None:
        return []
    by_source = (ledger.cdx_records(source, article_id) for source in CaptureSource)
    return next(filter(None, by_source), [])


async def _listed(article_id: int, client: WaybackClient) -> list[CdxRecord]:
    """What the index lists below the address of one article.

    The slash at the end keeps 11911 apart from 119110; a record of another id is passed over here.
    """
    records: list[CdxRecord] = []
    prefix = f"{cdx.ARTICLES_PREFIX}{article_id}/"
    key: str | None = None
    for _ in range(_MAX_PAGES):
        query = cdx.query_target(prefix, key, _RECORDS_PER_PAGE)
        try:
            page = await client.get(Endpoint.INDEX, query, cdx.parse_response, RequestStats())
        except (RetriesExhausted, IndexUnavailable, PlaybackError) as error:
            raise _not_listed(article_id, str(error)) from error
        records += [record for record in page.records if record.article_id == article_id]
        key = page.resume_key
        if key is None:
            return records
    raise _not_listed(article_id, f"the index does not end after {_MAX_PAGES} pages")


def _not_listed(article_id: int, reason: str) -> IndexUnavailable:
    return IndexUnavailable(
        f"the captures of article {article_id} can't be listed: {reason}; try again later, or "
        "give the address of a capture at web.archive.org"
    )


def _nearest_first(candidates: Iterable[Candidate], at: str) -> list[Candidate]:
    """Those whose timestamp begins with the digits first, then the nearest in time."""

    def distance(candidate: Candidate) -> tuple[bool, int]:
        timestamp = candidate.capture.timestamp
        return not timestamp.startswith(at), abs(seconds_of(timestamp) - seconds_of(at))

    return sorted(candidates, key=distance)


# --- fetching -------------------------------------------------------------------------------


def open_judge() -> PageJudge[Memento]:
    """Return a judge of fetched pages, to be entered with `async with`.

    Its one process starts while the first requests are under way.
    """
    return PageJudge(judge_mementos)


async def fetch_each(
    candidates: Sequence[Candidate], client: WaybackClient, judge: PageJudge[Memento]
) -> AsyncIterator[FetchedCapture]:
    """Yield what becomes of each capture in turn; whoever has enough stops.

    Raises `Paused` and `Stopped` as the client does, and `WorkerError` where no process starts.
    """
    for candidate in candidates:
        store = MemoryStore()
        attempt = await Fetcher(client, store).fetch(candidate.record, candidates)
        if attempt.served is None:
            yield FetchedCapture(candidate, attempt)
            continue
        memento = store.mementos[attempt.served]
        attempt, page = await judge.judge(attempt, memento, memento.served.url)
        yield FetchedCapture(
            *(candidate, attempt, memento, page.article, page.text, page.warnings, page.reading)
        )


def no_capture_error(
    target: Target, ranking: Ranking, fetched: Iterable[FetchedCapture]
) -> NoCapture:
    """Return the error that lists what was tried, and why each capture was refused."""
    lines = [f"{each.candidate.capture.url}\n    {each.attempt.message}" for each in fetched]
    lines += [
        f"{each.record.capture.url}\n    not asked for: the index lists it as {each.kind}"
        for each in ranking.rejected
    ]
    return NoCapture(f"no usable capture of {target}:\n" + "\n".join(f"  {line}" for line in lines))


def store_attempt(folder: CrawlFolder, fetched: FetchedCapture) -> None:
    """Store the page of an attempt, and record the attempt.

    An attempt without a page does not replace an earlier one that has one; the requests of both
    are counted.
    """
    attempt, known = fetched.attempt, None
    if fetched.memento is not None:
        folder.add(fetched.memento)
    if attempt.requested.article_id is not None:
        known = folder.ledger.attempts(attempt.requested.article_id).get(attempt.requested)
    if known is not None:
        kept = known if fetched.memento is None and known.served is not None else attempt
        requests, seconds = known.requests + attempt.requests, known.seconds + attempt.seconds
        attempt = replace(kept, requests=requests, seconds=seconds)
    folder.ledger.record_attempt(attempt)


def record_written(folder: CrawlFolder, fetched: FetchedCapture) -> None:
    """Record that an article was written from this very capture."""
    assert fetched.article is not None, "only an article is written"
    article = fetched.article
    folder.ledger.record_outcome(
        ArticleOutcome(
            article.id,
            ArticleStatus.WRITTEN,
            capture=article.capture,
            is_pinned=True,
            warnings=fetched.warnings,
            reading=fetched.reading,
            extractor=fetched.attempt.extractor,
        )
    )
