"""What became of one article, and of all articles of a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from normalise import Capture, PageKind
from scraper.models import ArticleStatus, AttemptResult, PageReading

NOT_AN_ARTICLE = "not an article"  # in the words shown to people

# What decides where no capture is usable: one that may have been an article, else a page that is
# something else, else a capture that the archive does not play.
_DECISIVE = (
    (
        ArticleStatus.FAILED,
        frozenset({AttemptResult.UNREADABLE, AttemptResult.CRASHED, AttemptResult.NO_ANSWER}),
    ),
    (ArticleStatus.NO_CAPTURE, frozenset({AttemptResult.NOT_ARTICLE})),
    (ArticleStatus.NO_CAPTURE, frozenset({AttemptResult.UNPLAYABLE})),
)


def decide_without_article(results: Sequence[AttemptResult]) -> tuple[ArticleStatus, int]:
    """Return the status of an article of which no capture is usable, and which capture decides it.

    `results` are those of its captures, the preferred one first. The article has failed if any of
    them may have been an article. Raises `ValueError` where there is none to decide.
    """
    for status, decisive in _DECISIVE:
        for index, result in enumerate(results):
            if result in decisive:
                return status, index
    raise ValueError(f"no capture decides: {results}")


@dataclass(frozen=True, slots=True)
class BatchOutcome:
    """What became of one article.

    `where` names the article or the record; `capture` is the one that it was written from, or the
    one that decided that there is none. `is_changed` says whether the bytes of its file have
    changed; `kind` is what a page that is no article is; `message` says to people what failed.
    `reading` is what the rules have found on the page of a written article, `product` what an
    export has made of it. `damage` tells of damaged captures beside the one that was written.
    """

    status: ArticleStatus
    where: str
    capture: Capture | None = None
    kind: PageKind | None = None
    message: str = ""
    warnings: tuple[str, ...] = ()
    is_changed: bool = False
    reading: PageReading | None = None
    product: object = None
    damage: tuple[str, ...] = ()


@dataclass
class BatchSummary:
    """What became of all articles of a run; `notes` are of the sources, and no failures."""

    written: int = 0
    unchanged: int = 0
    not_articles: int = 0
    kinds: Counter[PageKind] = field(default_factory=Counter)
    failed: list[BatchOutcome] = field(default_factory=list)
    warned: list[BatchOutcome] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, outcome: BatchOutcome) -> None:
        """Count one more."""
        match outcome.status:
            case ArticleStatus.WRITTEN if outcome.is_changed:
                self.written += 1
            case ArticleStatus.WRITTEN:
                self.unchanged += 1
            case ArticleStatus.NO_CAPTURE:
                self.not_articles += 1
            case ArticleStatus.FAILED:
                self.failed.append(outcome)
        if outcome.kind is not None:
            self.kinds[outcome.kind] += 1
        for message in outcome.damage:
            self.failed.append(BatchOutcome(ArticleStatus.FAILED, where="", message=message))
        if outcome.warnings:
            self.warned.append(outcome)

    def counts(self) -> dict[str, int]:
        """Return how many articles came to each end, in the words shown to people."""
        return {
            "written": self.written,
            "unchanged": self.unchanged,
            NOT_AN_ARTICLE: self.not_articles,
            "failed": len(self.failed),
        }
