"""The first usable capture of an article, into its file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from normalise import PageKind
from normalise.files import ArticleWriter
from scraper.batch.judge import REVISIT, Judgement, write_page
from scraper.batch.outcome import BatchOutcome, decide_without_article
from scraper.models import ArticleStatus, AttemptResult, CaptureLocation

CaptureLocations = tuple[CaptureLocation, ...]


def group_by_article(locations: Iterable[CaptureLocation]) -> list[CaptureLocations]:
    """Return the captures of each article, newest first; articles in the order of the sources."""
    by_id: dict[int | None, CaptureLocations] = {}
    for location in locations:
        article_id = location.capture.article_id
        by_id[article_id] = (*by_id.get(article_id, ()), location)
    return [
        tuple(sorted(group, key=lambda location: location.capture.timestamp, reverse=True))
        if len(group) > 1
        else group
        for group in by_id.values()
    ]


def convert_many(articles: list[CaptureLocations], out: Path) -> list[BatchOutcome]:
    """Convert some articles one after the other: the job of a worker process."""
    return list(convert_in_turn(articles, out))


def convert_in_turn(articles: Iterable[CaptureLocations], out: Path) -> Iterator[BatchOutcome]:
    """Yield what becomes of each article, in this process."""
    writer = ArticleWriter(out)
    return (convert(candidates, writer) for candidates in articles)


def convert(candidates: CaptureLocations, writer: ArticleWriter) -> BatchOutcome:
    """Write the first usable one of an article's captures, and return what became of it.

    Raises `OSError` where the disk refuses.
    """
    refused: list[tuple[CaptureLocation, Judgement]] = []
    for location in candidates:
        judgement = write_page(location, writer)
        if judgement.result is not AttemptResult.ARTICLE:
            refused.append((location, judgement))
            continue
        passed_over = tuple(
            f"passed over: {refusal.message}"
            for _, refusal in refused
            if refusal.reason != PageKind.IMAGE  # the index lists such captures by the way
        )
        return BatchOutcome(
            ArticleStatus.WRITTEN,
            where=f"article {location.capture.article_id} ({location})",
            capture=location.capture,
            warnings=passed_over + judgement.warnings,
            is_changed=judgement.is_changed,
            reading=judgement.reading,
        )
    return _without_article(refused)


def _without_article(refused: list[tuple[CaptureLocation, Judgement]]) -> BatchOutcome:
    # The page of a revisit is in another record, so it decides only where there is nothing else.
    refused = [refusal for refusal in refused if refusal[1].reason != REVISIT] or refused
    status, index = decide_without_article([judgement.result for _, judgement in refused])
    location, judgement = refused[index]
    is_known = judgement.result is AttemptResult.NOT_ARTICLE
    return BatchOutcome(
        status,
        where=str(location),
        capture=location.capture,
        kind=PageKind(judgement.reason) if is_known else None,
        message=judgement.message,
    )
