"""The choice of captures, before any is fetched: which can be an article, and which to try first.

Pure: rows of the index in, captures in their order out, each with the reason for its place.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from normalise import Capture, PageKind
from normalise.page.kinds import kind_by_address
from scraper.models import CdxRecord

# From then on the site answered every address with its farewell page: all of the 529 captures
# of 2023 in the published archive are that page (facts/peers.md 0, wayback.md 1.8).
FIRST_FAREWELL = "2023"

REVISIT = "warc/revisit"
_HTML = frozenset({"text/html", "application/xhtml+xml", REVISIT})
# `unk` stands beside 200 too; a list given by hand has nothing in these columns.
_UNKNOWN = frozenset({"unk", "-", ""})
_MANGLED = re.compile(r"%EF%BF%BD|\?", re.IGNORECASE)


class Prefer(StrEnum):
    """Which of the captures that are equal otherwise is tried first."""

    NEWEST = "newest"
    OLDEST = "oldest"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A capture that may be an article; `why` is the reason for its place, in words."""

    record: CdxRecord
    reason: str

    @property
    def capture(self) -> Capture:
        """The capture itself."""
        return self.record.capture


@dataclass(frozen=True, slots=True)
class Rejected:
    """A capture that can't be an article, and what it is."""

    record: CdxRecord
    kind: PageKind


@dataclass(frozen=True, slots=True)
class Ranking:
    """The captures of one article: those to try, best first, and those that need no try."""

    candidates: tuple[Candidate, ...]
    rejected: tuple[Rejected, ...]


def rank(
    records: Iterable[CdxRecord],
    shared_digests: Collection[str] = (),
    prefer: Prefer = Prefer.NEWEST,
) -> Ranking:
    """Return the captures of one article in the order in which to try them.

    `rows` are all rows of its id, whatever their addresses; `shared` are the digests that several
    ids have. Last come suspect captures, before them those of mangled addresses; within each of
    these the newest, or the oldest, is first. The same rows in another order are ranked alike.
    """
    candidates: dict[Capture, CdxRecord] = {}
    dropped: dict[Capture, Rejected] = {}
    for row in sorted(records, key=lambda row: (row.mimetype, row.statuscode, row.digest)):
        reason = _cannot_be(row)
        if reason is None:
            candidates.setdefault(row.capture, row)
        else:
            dropped.setdefault(row.capture, Rejected(row, reason))
    for capture in candidates:  # one row of it speaks for it: that is enough for a try
        dropped.pop(capture, None)
    in_order = sorted(candidates.values(), key=lambda row: row.capture.original)
    in_order.sort(key=lambda row: row.capture.timestamp, reverse=prefer is Prefer.NEWEST)
    in_order.sort(key=lambda row: (_is_suspect(row, shared_digests), _is_mangled(row)))
    ranked = tuple(Candidate(row, _why(row, shared_digests, prefer)) for row in in_order)
    newest_first = sorted(dropped.values(), key=lambda drop: drop.record.capture.original)
    newest_first.sort(key=lambda drop: drop.record.capture.timestamp, reverse=True)
    return Ranking(ranked, tuple(newest_first))


def _cannot_be(row: CdxRecord) -> PageKind | None:
    """What a capture is by its row alone, `None` where it may be an article."""
    by_its_address = kind_by_address(row.capture)
    if by_its_address is not None:
        return by_its_address
    if row.statuscode.startswith("3"):
        return PageKind.REDIRECT
    if row.statuscode.startswith(("4", "5")):
        return PageKind.ERROR_PAGE
    mimetype = row.mimetype.partition(";")[0].strip().lower()
    if mimetype.startswith("image/"):
        return PageKind.IMAGE
    return None if mimetype in _HTML or mimetype in _UNKNOWN else PageKind.NOT_HTML


def _is_suspect(row: CdxRecord, shared: Collection[str]) -> bool:
    return row.capture.timestamp >= FIRST_FAREWELL or row.digest in shared


def _is_mangled(row: CdxRecord) -> bool:
    return _MANGLED.search(row.capture.original) is not None


def _why(row: CdxRecord, shared: Collection[str], prefer: Prefer) -> str:
    reasons = []
    if row.capture.timestamp >= FIRST_FAREWELL:
        reasons.append("suspect: since 2023 the site shows its farewell page")
    if row.digest in shared:
        reasons.append("suspect: other articles have the same bytes")
    if "?" in row.capture.original:
        reasons.append("its address has a query")
    if "%EF%BF%BD" in row.capture.original.upper():
        reasons.append("its address is mangled")
    if row.mimetype == REVISIT:
        reasons.append("the same bytes as an earlier capture")
    return "; ".join([*reasons, f"{prefer} first"])
