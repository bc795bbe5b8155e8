"""The choice of captures, before any is fetched: which can be an article, and which to try first.

Pure: CDX records in, captures in their order out, each with the reason for its place.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from normalise import Capture, PageKind
from normalise.page.kinds import kind_by_address
from scraper.models import CdxRecord

# From then on the site answered every address with its farewell page. The published archive has
# 529 captures of 2023, all of that page (docs/archive-defects.md 1).
FIRST_FAREWELL = "2023"

REVISIT = "warc/revisit"
_HTML = frozenset({"text/html", "application/xhtml+xml", REVISIT})
# `unk` stands beside 200 too; a list given by hand has nothing in these columns.
_UNKNOWN = frozenset({"unk", "-", ""})
_LOST_CHARACTER = "%EF%BF%BD"
_MANGLED = re.compile(rf"{_LOST_CHARACTER}|\?", re.IGNORECASE)


class Prefer(StrEnum):
    """Which of the captures that are equal otherwise is tried first."""

    NEWEST = "newest"
    OLDEST = "oldest"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A capture that may be an article; `reason` says in words why it has its place."""

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

    `records` are all records of its id, whatever their addresses. `shared_digests` are the digests
    that several ids have. Suspect captures come last, before them those of mangled addresses;
    within each of these groups the newest, or the oldest, is first. The order of the records makes
    no difference.
    """
    candidates: dict[Capture, CdxRecord] = {}
    rejected: dict[Capture, Rejected] = {}
    for record in sorted(records, key=lambda each: (each.mimetype, each.statuscode, each.digest)):
        kind = _rejected_kind(record)
        if kind is None:
            candidates.setdefault(record.capture, record)
        else:
            rejected.setdefault(record.capture, Rejected(record, kind))
    for capture in candidates:  # one good record of it is enough for a try
        rejected.pop(capture, None)
    in_order = sorted(candidates.values(), key=lambda each: each.capture.original)
    in_order.sort(key=lambda each: each.capture.timestamp, reverse=prefer is Prefer.NEWEST)
    in_order.sort(key=lambda each: (_is_suspect(each, shared_digests), _is_mangled(each)))
    newest_first = sorted(rejected.values(), key=lambda each: each.record.capture.original)
    newest_first.sort(key=lambda each: each.record.capture.timestamp, reverse=True)
    return Ranking(
        tuple(Candidate(each, _reason(each, shared_digests, prefer)) for each in in_order),
        tuple(newest_first),
    )


def _rejected_kind(record: CdxRecord) -> PageKind | None:
    """What a capture is by its record alone, `None` where it may be an article."""
    kind = kind_by_address(record.capture)
    if kind is not None:
        return kind
    if record.statuscode.startswith("3"):
        return PageKind.REDIRECT
    if record.statuscode.startswith(("4", "5")):
        return PageKind.ERROR_PAGE
    mimetype = record.mimetype.partition(";")[0].strip().lower()
    if mimetype.startswith("image/"):
        return PageKind.IMAGE
    return None if mimetype in _HTML or mimetype in _UNKNOWN else PageKind.NOT_HTML


def _is_suspect(record: CdxRecord, shared_digests: Collection[str]) -> bool:
    return record.capture.timestamp >= FIRST_FAREWELL or record.digest in shared_digests


def _is_mangled(record: CdxRecord) -> bool:
    return _MANGLED.search(record.capture.original) is not None


def _reason(record: CdxRecord, shared_digests: Collection[str], prefer: Prefer) -> str:
    reasons = []
    if record.capture.timestamp >= FIRST_FAREWELL:
        reasons.append("suspect: since 2023 the site shows its farewell page")
    if record.digest in shared_digests:
        reasons.append("suspect: other articles have the same bytes")
    if "?" in record.capture.original:
        reasons.append("its address has a query")
    if _LOST_CHARACTER in record.capture.original.upper():
        reasons.append("its address is mangled")
    if record.mimetype == REVISIT:
        reasons.append("the same bytes as an earlier capture")
    return "; ".join([*reasons, f"{prefer} first"])
