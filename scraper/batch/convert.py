"""The first usable capture of an article, into its file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

from normalise import PageKind
from normalise.files import ArticleWriter
from scraper.batch.judge import DAMAGED, REVISIT, Judgement, judge_stored, write_judged
from scraper.batch.outcome import BatchOutcome, decide_without_article
from scraper.models import ArticleStatus, AttemptResult, CaptureLocation

CaptureLocations = tuple[CaptureLocation, ...]
Accept = Callable[[Judgement], Judgement]
_Judged = tuple[CaptureLocation, Judgement]


def group_by_article(locations: Iterable[CaptureLocation]) -> list[CaptureLocations]:
    """Return the captures of each article, newest first; articles in the order of the sources."""
    by_id: dict[int | None, list[CaptureLocation]] = {}
    for location in locations:
        by_id.setdefault(location.capture.article_id, []).append(location)
    return [
        tuple(sorted(group, key=lambda location: location.capture.timestamp, reverse=True))
        if len(group) > 1
        else tuple(group)
        for group in by_id.values()
    ]


def convert_many(articles: list[CaptureLocations], out: Path) -> list[BatchOutcome]:
    """Write some articles one after the other: the job of a worker process."""
    accept = partial(write_judged, writer=ArticleWriter(out))
    return [convert(candidates, accept) for candidates in articles]


def convert(candidates: CaptureLocations, accept: Accept, *, renders: bool = True) -> BatchOutcome:
    """Take the first usable one of an article's captures, and return what became of it.

    `accept` writes the article of a judgement, or refuses it; `renders` says whether it needs the
    text of the seed edition. A capture that may not be whole is taken only where there is no other.
    Raises `OSError` where the disk refuses.
    """
    refused: list[_Judged] = []
    for location, judgement in _judged(candidates, renders=renders):
        if judgement.result is AttemptResult.ARTICLE:
            judgement = accept(judgement)  # noqa: PLW2901 - it has the place of the other
        if judgement.result is AttemptResult.ARTICLE:
            return _written(location, judgement, refused)
        refused.append((location, judgement))
    return _without_article(refused)


def _judged(candidates: CaptureLocations, *, renders: bool) -> Iterator[_Judged]:
    """Yield each capture with its judgement, the first one that may not be whole at the end."""
    doubtful: list[_Judged] = []
    for location in candidates:
        judgement = judge_stored(location, renders=renders)
        if not judgement.doubt:
            yield location, judgement
        elif not doubtful:
            doubtful.append((location, judgement))
    yield from doubtful


def _written(
    location: CaptureLocation, judgement: Judgement, refused: list[_Judged]
) -> BatchOutcome:
    """The outcome of an article that was written, after others of its captures were refused."""
    passed_over = tuple(
        f"passed over: {refusal.message}"
        for _, refusal in refused
        # The index lists pictures by the way; damage is told as a failure.
        if refusal.reason not in {PageKind.IMAGE, DAMAGED}
    )
    return BatchOutcome(
        ArticleStatus.WRITTEN,
        where=f"article {location.capture.article_id} ({location})",
        capture=location.capture,
        warnings=passed_over + judgement.warnings,
        is_changed=judgement.is_changed,
        reading=judgement.reading,
        product=judgement.product,
        damage=tuple(refusal.message for _, refusal in refused if refusal.reason == DAMAGED),
    )


def _without_article(refused: list[_Judged]) -> BatchOutcome:
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
