"""The list of all that was not recovered, as CSV; and where its captures are to be seen."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from urllib.parse import unquote, urlsplit

from normalise.playback_address import ARCHIVE
from normalise.site import SITE_HOSTS
from scraper.report.ledger_facts import Missing
from scraper.report.months import name_of

COLUMNS = ("article_id", "status", "reason", "month_estimate", "captures", "message", "look")
_HOST = max(SITE_HOSTS, key=len)
_MAX_ADDRESS = 1_500  # in a link; longer ones are led to by their id
_MAX_SHOWN = 70  # characters


def look_at(missing: Missing) -> str:
    """Return where the archive shows the captures of an article, under its most captured address.

    Where that is not known, or of absurd length, it is the list of all addresses with the id.
    """
    address = missing.addresses[0][0] if missing.addresses else ""
    if not 0 < len(address) <= _MAX_ADDRESS:
        return f"{ARCHIVE}/web/*/{_HOST}/article/{missing.article_id}/*"
    return f"{ARCHIVE}/web/*/{address}"


def shown_address(missing: Missing) -> str:
    """Return the path of an article's address as people read it, cut where it is long."""
    return shown_path(missing.addresses[0][0] if missing.addresses else look_at(missing))


def shown_path(address: str) -> str:
    """Return the path of an address as people read it, cut where it is long."""
    path = unquote(urlsplit(address).path)
    return path if len(path) <= _MAX_SHOWN else f"{path[:_MAX_SHOWN]}…"


def as_csv(groups: Iterable[Iterable[Missing]], months: Mapping[int, int]) -> str:
    """Return a line for each missing article, in the order of their ids, below the names."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    articles = (each for group in groups for each in group)
    for each in sorted(articles, key=lambda missing: missing.article_id):
        month = months.get(each.article_id)
        writer.writerow(
            (
                *(each.article_id, each.status, each.reason),
                *(
                    "" if month is None else name_of(month),
                    each.captures,
                    each.message,
                    look_at(each),
                ),
            )
        )
    return text.getvalue()
