"""What the stored captures of one article say, so that people see how its text has changed."""

from __future__ import annotations

from dataclasses import dataclass

from normalise.editions.clean.outline import outline
from normalise.editions.plain import paragraphs
from scraper.batch.convert import CaptureLocations
from scraper.batch.judge import judge_stored

_MAX_CAPTURES = 20  # of one article: a page may have been captured every hour


@dataclass(frozen=True, slots=True)
class CaptureText:
    """The title and the plain text that one capture of an article has."""

    timestamp: str
    original: str
    title: str
    text: str


def capture_texts(candidates: CaptureLocations) -> tuple[CaptureText, ...]:
    """Return the texts of an article's usable captures; none where fewer than two are usable."""
    if len(candidates) < 2:
        return ()
    found: dict[tuple[str, str], CaptureText] = {}
    for location in candidates[:_MAX_CAPTURES]:
        article = judge_stored(location, renders=False).article
        if article is not None:
            capture = location.capture
            text = "\n\n".join(paragraphs(outline(article.body)))
            found[capture.timestamp, capture.original] = CaptureText(
                capture.timestamp, capture.original, article.title, text
            )
    return tuple(found.values()) if len(found) > 1 else ()
