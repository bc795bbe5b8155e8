"""How many articles, or pictures, came to each end and why: what their two reports share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from scraper.models import ArticleStatus

Statuses = Counter[ArticleStatus]
Reasons = dict[ArticleStatus, Counter[str]]


def tally(counts: Iterable[tuple[tuple[str, str], int]]) -> tuple[Statuses, Reasons]:
    """Return counts of a status and a reason by each; those without a status are not done yet."""
    statuses: Statuses = Counter()
    reasons: Reasons = {status: Counter() for status in ArticleStatus}
    for (status, reason), count in counts:
        if status:
            statuses[ArticleStatus(status)] += count
            reasons[ArticleStatus(status)][reason] += count
    return statuses, reasons


def as_json(
    statuses: Statuses, reasons: Reasons, percent: Callable[[int], float]
) -> dict[str, Any]:
    """Return the part `outcomes` of report.json (docs/crawl-folder.md 1.1)."""
    return {
        status.value: {
            "count": statuses[status],
            "percent": round(percent(statuses[status]), 2),
            "reasons": dict(reasons[status].most_common()),
        }
        for status in ArticleStatus
    }
