"""What `captures` prints: the captures of an article in the order in which they are tried."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from rich.table import Table
from rich.text import Text

from scraper.cli.console import escape_controls
from scraper.models import CdxRecord
from scraper.selection.ranking import Ranking

_COLUMNS = ("rank", "timestamp", "status", "address", "reason")
_UNFOLDED_COLUMNS = ("rank", "timestamp", "status")
_UNKNOWN = "-"


@dataclass(frozen=True, slots=True)
class ListedCapture:
    """One capture in words; `rank` counts from 1 and is `None` for what needs no try."""

    rank: int | None
    timestamp: str
    status: str
    mimetype: str
    digest: str
    address: str
    url: str
    reason: str


def list_captures(ranking: Ranking) -> list[ListedCapture]:
    """Return all captures, best first, those that need no try last."""
    candidates = [
        _describe(rank, candidate.record, candidate.reason)
        for rank, candidate in enumerate(ranking.candidates, start=1)
    ]
    rejected = [
        _describe(None, rejected.record, f"no article: {rejected.kind}")
        for rejected in ranking.rejected
    ]
    return candidates + rejected


def _describe(rank: int | None, record: CdxRecord, reason: str) -> ListedCapture:
    return ListedCapture(
        rank=rank,
        timestamp=record.capture.timestamp,
        status=record.statuscode or _UNKNOWN,
        mimetype=record.mimetype or _UNKNOWN,
        digest=record.digest or _UNKNOWN,
        address=record.capture.original,
        url=record.capture.url,
        reason=reason,
    )


def captures_json(captures: list[ListedCapture]) -> str:
    """Return the captures for programs: a list of objects, a newline at the end."""
    values = [asdict(capture) for capture in captures]
    return json.dumps(values, ensure_ascii=False, indent=1) + "\n"


def captures_table(captures: list[ListedCapture]) -> Table:
    """Return the captures for people: the address and the reason are folded where need be."""
    table = Table(box=None, pad_edge=False)
    for column in _COLUMNS:
        table.add_column(column, overflow="fold", no_wrap=column in _UNFOLDED_COLUMNS)
    for capture in captures:
        cells = (str(getattr(capture, column) or _UNKNOWN) for column in _COLUMNS)
        table.add_row(*(Text(escape_controls(cell)) for cell in cells))
    return table
