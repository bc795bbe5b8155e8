"""One page that is stored somewhere: in a crawl's folder, a WARC file, a folder, an HTML file.

`inspect` and `record` are pointed at pages in the words of a crawl's messages: an id, an address
of the site or of a capture, also one that a message shows decoded and cut.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from normalise import Capture, NotAnArticle
from normalise.errors import NormaliseError
from scraper.batch.judge import extract_article
from scraper.crawl.layout import STORE_FOLDER, is_crawl
from scraper.crawl.ledger import Ledger
from scraper.crawl.outcomes import Attempt
from scraper.errors import BadRecord, NoCapture, UsageError
from scraper.models import AttemptResult, CaptureLocation, CdxRecord, Payload
from scraper.selection.ranking import rank
from scraper.selection.target import Target
from scraper.warc.file_kinds import is_warc
from scraper.warc.inputs import find_captures
from scraper.warc.payload import read_payload
from scraper.warc.saved_page import read_page_file
from scraper.warc.writer import WarcStore

# Which of several pages of an article is taken; what is not named comes last.
WRITTEN_FIRST = (AttemptResult.ARTICLE, AttemptResult.UNREADABLE)
UNREADABLE_FIRST = (AttemptResult.UNREADABLE, AttemptResult.ARTICLE)
# Pages that were stored and not judged to the end: nobody could read them yet.
_UNJUDGED = {AttemptResult.CRASHED, AttemptResult.STORED}

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class StoredPage:
    """A page, and the capture that it is of."""

    payload: Payload
    capture: Capture


def find_page(source: Path, target: Target, preferred: Sequence[AttemptResult]) -> StoredPage:
    """Return the page of a target.

    Of a crawl it is the page of the last attempt for an article, elsewhere the best ranked one;
    but a page of the kind that stands first in `preferred` comes before those of other kinds.

    Raises `UsageError` for a source that can't be read or does not name its capture, `NoCapture`
    where it does not hold the page.
    """
    if is_crawl(source):
        return _from_crawl(source, target, preferred)
    if source.is_dir() or is_warc(source):
        return _from_warc(source, target, preferred)
    return _from_html(source, target)


def only_article_id(source: Path) -> int:
    """Return the only article of which a crawl, a WARC file or a folder has pages.

    Raises `UsageError` where there are several, or none.
    """
    article_ids = sorted(_article_ids(source))
    if not article_ids:
        raise UsageError(f"{source} holds no page of an article")
    if len(article_ids) > 1:
        raise UsageError(
            f"{source} holds pages of {len(article_ids):,} articles: name one, as in "
            f"`hkcnews inspect {article_ids[0]} --from {source}`"
        )
    return article_ids[0]


def _article_ids(source: Path) -> set[int]:
    if is_crawl(source):
        with closing(Ledger.open_existing(source)) as ledger:
            return {article_id for article_id, _, _ in ledger.stored_mementos()}
    with _locations(source) as locations:
        records = (CdxRecord(location.capture) for location in locations)
        return {record.article_id for record in records if record.article_id is not None}


def _from_crawl(source: Path, target: Target, preferred: Sequence[AttemptResult]) -> StoredPage:
    with closing(Ledger.open_existing(source)) as ledger:
        attempts = [
            attempt
            for attempt in ledger.attempts(target.article_id).values()
            if target.capture or attempt.requested.timestamp.startswith(target.at)
        ]
        stored = [attempt for attempt in attempts if attempt.served is not None]
        last_first = _narrowed(reversed(stored), target, _captures_of_attempt)
        if not last_first:
            raise NoCapture(_why_missing(source, target, attempts))
        attempt = min(last_first, key=lambda each: _preference(each.result, preferred))
        assert attempt.served is not None, "only those with a page are left"
        record = ledger.memento_location(attempt.served)
        location = WarcStore(source / STORE_FOLDER).location(attempt.served, record)
    return _read(location, target)


def _why_missing(source: Path, target: Target, attempts: Sequence[Attempt]) -> str:
    message = f"{source} holds no page of {target}"
    reasons = {attempt.message for attempt in attempts if attempt.served is None}
    return f"{message}: {'; '.join(sorted(reasons))}" if any(reasons) else message


def _from_warc(source: Path, target: Target, preferred: Sequence[AttemptResult]) -> StoredPage:
    with _locations(source) as found:
        of_article = {
            location.capture: location
            for location in found
            if location.capture.article_id == target.article_id
            and (target.capture or location.capture.timestamp.startswith(target.at))
        }
        captures = _narrowed(of_article, target, lambda capture: (capture,))
        if not captures:
            raise NoCapture(f"{source} holds no page of {target}")
        candidates = rank(CdxRecord(capture) for capture in captures).candidates
        ranked = [candidate.capture for candidate in candidates] or captures
        pages = [_read(of_article[capture], target) for capture in ranked]
    return min(pages, key=lambda page: _preference(_result(page), preferred))


def _from_html(path: Path, target: Target) -> StoredPage:
    if target.capture is None:
        raise UsageError(
            f"{path} does not say which capture it is: give the address of its capture as TARGET, "
            "such as https://web.archive.org/web/20210629183215/https://www.hkcnews.com/article/..."
        )
    try:
        return StoredPage(Payload(read_page_file(path)), target.capture)
    except OSError as error:
        raise UsageError(f"{path} can't be read: {error.strerror}") from error


@contextmanager
def _locations(source: Path) -> Iterator[list[CaptureLocation]]:
    """Find where captures lie; unpacked copies are there for as long as the block lasts."""
    with tempfile.TemporaryDirectory(prefix="hkcnews-") as spool:
        found = find_captures([source], Path(spool))
        yield [location for location in found if isinstance(location, CaptureLocation)]


def _read(location: CaptureLocation, target: Target) -> StoredPage:
    try:
        return StoredPage(read_payload(location), location.capture)
    except BadRecord as error:
        raise NoCapture(f"the page of {target} can't be had: {error}") from error


def _narrowed(
    items: Iterable[Item], target: Target, captures_of: Callable[[Item], tuple[Capture, ...]]
) -> list[Item]:
    """The items that are of the target's very capture, else those of its timestamp and article.

    An address that was copied from a message may have been decoded or cut.
    """
    found, capture = list(items), target.capture
    if capture is None:
        return found
    exact = [item for item in found if capture in captures_of(item)]
    return exact or [
        item
        for item in found
        if any(each.timestamp == capture.timestamp for each in captures_of(item))
    ]


def _captures_of_attempt(attempt: Attempt) -> tuple[Capture, ...]:
    return (attempt.requested, attempt.served) if attempt.served else (attempt.requested,)


def _result(page: StoredPage) -> AttemptResult:
    try:
        extract_article(page.payload, page.capture)
    except NotAnArticle:
        return AttemptResult.NOT_ARTICLE
    except NormaliseError:
        return AttemptResult.UNREADABLE
    return AttemptResult.ARTICLE


def _preference(result: AttemptResult, preferred: Sequence[AttemptResult]) -> int:
    kind = AttemptResult.UNREADABLE if result in _UNJUDGED else result
    return preferred.index(kind) if kind in preferred else len(preferred)
