"""The captures of articles: the index, page by page into the ledger, or a list in its place."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from scraper.corpus.completeness import held_ids
from scraper.corpus.fingerprint import fingerprint
from scraper.crawl.ledger import Ledger
from scraper.crawl.outcomes import CaptureSource
from scraper.crawl.progress import CrawlProgress
from scraper.errors import BadRecord, IndexUnavailable, PlaybackError, RetriesExhausted, UsageError
from scraper.models import CdxRecord
from scraper.selection.capture_list import read_captures
from scraper.utc import utc_now
from scraper.wayback import cdx
from scraper.wayback.client import RequestStats, WaybackClient
from scraper.wayback.throttle import Endpoint

# Notes of the ledger.
_Read = TypeVar("_Read")

_KEY = "index key"  # of the page that is next
_LISTED = "index listed"  # all records are in, at that time
_FINISHED = "index finished"  # and what follows from all of them is known
_REFRESHING = "index refreshing"  # it is read once more, and not yet finished
# The state of the list and of the archive that were read last, and what was read of them.
_LIST, _LIST_PASSED_OVER = "list", "list passed over"
_HELD, _HELD_IDS = "held archive", "held ids"
# The site has some 300,000 captures, on 30 pages.
_MAX_PAGES = 1_000
_MAX_EMPTY_PAGES = 20


def refresh_index(ledger: Ledger) -> None:
    """Let the index be read once more; a reading that was broken off goes on where it was.

    It will also be asked again for pictures that it has not helped to find.
    """
    if not ledger.get_note(_REFRESHING):
        _forget_index(ledger)
        ledger.forget_listed()
        ledger.set_note(_REFRESHING, utc_now())


def _forget_index(ledger: Ledger) -> None:
    """Let the next reading begin at the first page; the records that are known are kept."""
    for name in (_KEY, _LISTED, _FINISHED, _REFRESHING):
        ledger.set_note(name, None)


async def read_index(client: WaybackClient, ledger: Ledger, progress: CrawlProgress) -> None:
    """Add every capture of an article that the index lists, from where it was left off.

    Makes no request where that was finished before. Raises `IndexUnavailable` where the index
    gives no list, or none that ends.
    """
    if ledger.get_note(_FINISHED):
        return
    if not ledger.get_note(_LISTED):
        await _read_pages(client, ledger, progress)
    ledger.update_shared_digests()
    ledger.set_note(_FINISHED, utc_now())
    ledger.set_note(_REFRESHING, None)


async def _read_pages(client: WaybackClient, ledger: Ledger, progress: CrawlProgress) -> None:
    key = ledger.get_note(_KEY)
    seen = {key}
    empty_pages = 0
    for _ in range(_MAX_PAGES):
        page = await _page(client, key)
        key = page.resume_key
        is_last = key is None
        empty_pages = 0 if page.records or page.passed_over else empty_pages + 1
        if not is_last and (key in seen or empty_pages == _MAX_EMPTY_PAGES):
            _forget_index(ledger)
            raise IndexUnavailable(
                "the index goes in a circle: its pages do not end; start again another day, "
                "with --refresh-index, or give a list with --captures FILE"
            )
        seen.add(key)
        notes = {_KEY: key, _LISTED: utc_now() if is_last else None}
        progress.index_pages += 1
        progress.records += ledger.add_records(CaptureSource.INDEX, page.records, notes)
        if is_last:
            break
    else:
        raise IndexUnavailable(
            f"the index does not end after {_MAX_PAGES} pages; give --captures FILE"
        )
    if not ledger.article_ids(CaptureSource.INDEX):
        _forget_index(ledger)
        raise IndexUnavailable(
            f"the index lists no capture of an article below {cdx.ARTICLES_PREFIX}; "
            "the archive may have excluded the site: try again, or give --captures FILE"
        )


async def _page(client: WaybackClient, key: str | None) -> cdx.CdxPage:
    try:
        return await client.get(
            Endpoint.INDEX,
            cdx.query_target(cdx.ARTICLES_PREFIX, key),
            cdx.parse_response,
            RequestStats(),
        )
    except IndexUnavailable as error:
        raise IndexUnavailable(
            f"{error}: give the captures with --captures FILE, a list or a folder of articles"
        ) from error
    except (RetriesExhausted, PlaybackError) as error:
        raise IndexUnavailable(
            f"the index gives no list: {error}; what it has given is kept: "
            "start the same command again later, or give the captures with --captures FILE"
        ) from error


def read_list(path: Path, ledger: Ledger) -> Counter[str]:
    """Replace the captures of the last list by those of a file or folder.

    A list that has not changed since is not read again. Returns what was passed over, counted in
    words. Raises `UsageError` where the list has no capture of an article.
    """

    def read() -> Counter[str]:
        passed_over: Counter[str] = Counter()
        ledger.clear_list()
        ledger.add_records(CaptureSource.LIST, _records(read_captures(path), passed_over), {})
        if not ledger.article_ids(CaptureSource.LIST):
            raise UsageError(f"{path} names no capture of an article of hkcnews.com")
        return passed_over

    return Counter(_read_once(path, ledger, (_LIST, _LIST_PASSED_OVER), read))


def read_held_ids(folder: Path, ledger: Ledger) -> frozenset[int]:
    """Return the articles that an archive holds already; it is read again only if it has changed.

    Raises `UsageError` as `held_ids` does.
    """
    return frozenset(
        _read_once(folder, ledger, (_HELD, _HELD_IDS), lambda: sorted(held_ids(folder)))
    )


def _read_once(
    path: Path, ledger: Ledger, notes: tuple[str, str], read: Callable[[], _Read]
) -> _Read:
    """Return what `read` gives, from the ledger where the file or folder is as it was then.

    The notes are for its state and for what was read of it. What changes under its reader is read
    again.
    """
    state, result = notes
    now = fingerprint(path)
    if now and ledger.get_note(state) == now:
        known: _Read = json.loads(ledger.get_note(result) or "null")
        return known
    ledger.set_note(state, None)
    found = read()
    ledger.set_note(result, json.dumps(found))
    ledger.set_note(state, now or None)
    return found


def _records(
    found: Iterator[CdxRecord | BadRecord], passed_over: Counter[str]
) -> Iterator[CdxRecord]:
    for record in found:
        if isinstance(record, BadRecord):
            passed_over[str(record)] += 1
        elif record.article_id is None:
            passed_over["captures of other pages than articles"] += 1
        else:
            yield record
