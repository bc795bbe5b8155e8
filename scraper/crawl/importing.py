"""Captures from elsewhere: another crawl's folder, or WARC files of any program.

Each is written into the store of this crawl and into its ledger, so that it is never requested.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from normalise import Capture
from scraper.crawl.layout import STORE_FOLDER, is_crawl
from scraper.crawl.ledger import Ledger
from scraper.crawl.outcomes import Attempt
from scraper.errors import BadRecord, RevisitRecord, UsageError
from scraper.models import AttemptResult, CaptureLocation, Memento, SourceNote
from scraper.warc.fields import warc_date_of
from scraper.warc.inputs import find_captures
from scraper.warc.payload import read_memento

_TOLD_BY_ARCHIVE = frozenset({AttemptResult.UNPLAYABLE})


@dataclass
class ImportSummary:
    """What became of the captures of some sources.

    `known` were in the store, `others` are of other pages than articles. `passed_over` says of a
    capture why the archive is asked for it all the same; `failed` tells of damage.
    """

    imported: int = 0
    known: int = 0
    others: int = 0
    passed_over: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def found(self) -> int:
        """Return how many captures were found."""
        return self.imported + self.known + self.others + len(self.passed_over) + len(self.failed)


class CaptureSink(Protocol):
    """The crawl that captures are brought into."""

    @property
    def ledger(self) -> Ledger:
        """The ledger of the crawl."""

    def redirect_of(self, capture: Capture) -> str | None:
        """Return where a stored capture leads, "" for no redirect, `None` if it is not stored."""

    def add(self, memento: Memento) -> None:
        """Store a page, and record where."""


def require_other_folders(paths: Iterable[Path], out: Path) -> None:
    """Raise `UsageError` for a source that is the crawl itself, or a part of it."""
    for path in paths:
        if path.resolve().is_relative_to(out.resolve()):
            raise UsageError(
                f"{path} is of the crawl in {out} itself: a file that is put into "
                f"{out / STORE_FOLDER} is read when the next command opens the crawl"
            )


def import_captures(
    paths: Iterable[Path], sink: CaptureSink, done: Callable[[int], None] = lambda _: None
) -> ImportSummary:
    """Bring the captures of WARC files, folders and folders of crawls into a crawl.

    `done` is called with the number of captures found so far. Raises `UsageError` for a source that
    can't be one, and `StorageError` where the disk refuses.
    """
    summary = ImportSummary()
    for path in paths:
        source = path / STORE_FOLDER if is_crawl(path) else path
        with tempfile.TemporaryDirectory(prefix="hkcnews-") as spool:
            for found in find_captures([source], Path(spool)):
                if isinstance(found, CaptureLocation):
                    _import(found, sink, summary)
                elif isinstance(found, SourceNote):
                    summary.notes.append(found.message)
                else:
                    summary.failed.append(str(found))
                done(summary.found)
        if is_crawl(path):
            _import_attempts(path, sink)
    return summary


def _import(location: CaptureLocation, sink: CaptureSink, summary: ImportSummary) -> None:
    if location.capture.article_id is None:
        summary.others += 1
        return
    if sink.redirect_of(location.capture) is not None:
        summary.known += 1
        return
    try:
        memento, doubt = read_memento(location)
    except RevisitRecord as error:
        summary.passed_over.append(str(error))
    except BadRecord as error:
        summary.failed.append(str(error))
    else:
        if doubt:
            summary.passed_over.append(f"{location}: the page may not be whole: {doubt}")
            return
        try:
            warc_date_of(memento.served.timestamp)
        except ValueError as error:  # the index has months of 00, a WARC file can't
            summary.failed.append(f"{location}: its time can't be stored: {error}")
            return
        sink.add(memento)
        record_request(memento.requested, memento.served, memento.location, sink.ledger)
        summary.imported += 1


def record_request(requested: Capture, served: Capture, redirect: str, ledger: Ledger) -> None:
    """Record that a request was served by another capture, unless something is known of it.

    A captured redirect is no end: the crawl follows it.
    """
    article_id = requested.article_id
    if requested == served or redirect or article_id is None or served.article_id != article_id:
        return
    if requested not in ledger.attempts(article_id):
        ledger.record_attempt(Attempt(requested, AttemptResult.STORED, served=served))


def _import_attempts(path: Path, sink: CaptureSink) -> None:
    """Bring in what another crawl's requests came to, for captures that were not requested here."""
    with closing(Ledger.open_existing(path)) as other:
        for attempt in _settled(other):
            article_id = attempt.requested.article_id
            if article_id is not None and attempt.requested not in sink.ledger.attempts(article_id):
                sink.ledger.record_attempt(attempt)


def _settled(ledger: Ledger) -> Iterator[Attempt]:
    """The attempts that need no request again, as if nobody had judged their pages."""
    for attempt in ledger.all_attempts():
        if attempt.served is not None:
            stored = AttemptResult.STORED
            yield replace(attempt, result=stored, reason="", message="", extractor="")
        elif attempt.result in _TOLD_BY_ARCHIVE:
            yield attempt
