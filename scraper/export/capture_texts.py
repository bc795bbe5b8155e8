"""What the stored captures of one article say, so that people see how its text has changed.

They are read after all articles are there: a page that kills the parser costs the texts of its
article, not the article.
"""

from __future__ import annotations

from dataclasses import dataclass

from normalise.editions.clean.outline import outline
from normalise.editions.plain import paragraphs
from scraper.batch.convert import CaptureLocations
from scraper.batch.judge import judge_stored
from scraper.batch.outcome import BatchOutcome
from scraper.models import ArticleStatus, CaptureLocation

MAX_CAPTURES = 50  # of one article: a page may have been captured every hour


@dataclass(frozen=True, slots=True)
class CaptureText:
    """The title and the plain text that one capture of an article has."""

    timestamp: str
    original: str
    title: str
    text: str


def find_capture_texts(articles: list[CaptureLocations]) -> list[BatchOutcome]:
    """Return the texts of the captures of some articles: the job of a worker process."""
    return [_outcome(candidates) for candidates in articles]


def _outcome(candidates: CaptureLocations) -> BatchOutcome:
    texts = capture_texts(candidates)
    return BatchOutcome(
        ArticleStatus.WRITTEN, str(candidates[0]), candidates[0].capture, product=texts
    )


def capture_texts(candidates: CaptureLocations) -> tuple[CaptureText, ...]:
    """Return the texts of an article's usable captures, the oldest first; none of a single one.

    A page that may not be whole is left out: what it lacks was not removed by anybody. Of very
    many captures some are taken, evenly over time, with the oldest and the newest.
    """
    found: dict[tuple[str, str], CaptureText] = {}
    for location in _spread(sorted(candidates, key=lambda each: each.capture.timestamp)):
        judgement = judge_stored(location, renders=False)
        article, capture = judgement.article, location.capture
        if article is not None and not judgement.doubt:
            text = "\n\n".join(paragraphs(outline(article.body)))
            found[capture.timestamp, capture.original] = CaptureText(
                capture.timestamp, capture.original, article.title, text
            )
    return tuple(found.values()) if len(found) > 1 else ()


def _spread(candidates: list[CaptureLocation]) -> list[CaptureLocation]:
    if len(candidates) <= MAX_CAPTURES:
        return candidates
    step = (len(candidates) - 1) / (MAX_CAPTURES - 1)
    return [candidates[round(number * step)] for number in range(MAX_CAPTURES)]
