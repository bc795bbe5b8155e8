"""What `captures` prints: the captures of an article in the order in which they are tried."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from rich.console import Console

from scraper.cli.addresses import decode_address
from scraper.cli.tables import Column, print_table
from scraper.models import CdxRecord
from scraper.selection.ranking import Ranking

_COLUMNS = (
    Column("rank", is_number=True),
    Column("timestamp"),
    Column("status"),
    Column("address", is_long=True),
    Column("reason", is_long=True),
)
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


def show_captures(console: Console, captures: list[ListedCapture]) -> None:
    """Print the captures; a terminal shows their addresses decoded, a pipe gets them as they are.

    In a narrow terminal address and reason stand below each capture.
    """
    rows = [
        (
            str(capture.rank or _UNKNOWN),
            capture.timestamp,
            capture.status,
            decode_address(capture.address) if console.is_terminal else capture.address,
            capture.reason,
        )
        for capture in captures
    ]
    print_table(console, _COLUMNS, rows)
