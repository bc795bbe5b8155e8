"""Notices that the rules don't fit the pages, before a crawl has cost thousands of requests."""

from __future__ import annotations

import shlex
from collections import Counter, deque
from pathlib import Path

from scraper.crawl.grouping import what_failed
from scraper.errors import TooManyUnreadable
from scraper.models import AttemptResult

MOST_UNREADABLE = "more than half of the pages judged last fit no rule"
_WINDOW = 50  # pages that were judged last
_MIN_JUDGED = 20
_MAX_PARTS = 5
# Pages that are known to be no articles say nothing on the rules for articles.
_COUNTED = frozenset({AttemptResult.ARTICLE, AttemptResult.UNREADABLE})


class PageAlarm:
    """Fires when more than half of the last pages judged are unreadable.

    Only pages judged in a first pass count: later captures are asked for where the first was of
    no use, so most of them may be unreadable in a crawl that reads nearly all articles.
    `command` is the one that starts the crawl again, "" for one without further options.
    """

    def __init__(self, folder: Path, command: str = "") -> None:
        self._folder = folder
        self._command = command or shlex.join(["hkcnews", "crawl", "--out", str(folder)])
        self._last: deque[bool] = deque(maxlen=_WINDOW)
        self._judged = 0
        self._reasons: Counter[str] = Counter()
        self._example: tuple[int, str] = (0, "")
        self.has_fired = False

    def add(self, article_id: int, result: AttemptResult, message: str) -> None:
        """Count a page that was just judged."""
        if result not in _COUNTED:
            return
        self._judged += 1
        is_unreadable = result is AttemptResult.UNREADABLE
        self._last.append(is_unreadable)
        if is_unreadable:
            self._add_reason(article_id, message)
        self.has_fired |= _is_too_many(sum(self._last), len(self._last))

    def add_earlier(self, unreadable: dict[int, str], written: int) -> None:
        """Take what all runs so far have judged instead: article ids with messages, and a count.

        A crawl that is resumed again and again judges no first page in the end.
        """
        self._reasons.clear()
        for article_id, message in unreadable.items():
            self._add_reason(article_id, message)
        self._judged = len(unreadable) + written
        self.has_fired |= _is_too_many(len(unreadable), self._judged)

    def _add_reason(self, article_id: int, message: str) -> None:
        reason = what_failed(message)
        self._reasons[reason] += 1
        self._example = article_id, reason

    def error(self) -> TooManyUnreadable:
        """Return what to raise: its message has the commands that follow, a line each."""
        article_id, reason = self._example
        folder, why = shlex.quote(str(self._folder)), shlex.quote(reason)
        reasons = [f"{count:,} times: {what}" for what, count in self._reasons.most_common()]
        share = f"{self._reasons.total():,} of {self._judged:,} pages judged fit no rule"
        name = f"unreadable-{article_id}"
        lines = [
            f"{share}: the site may have had a template that is not yet known",
            *reasons[:_MAX_PARTS],
            "nothing is lost: the pages are stored, and when the rules are mended",
            "the same crawl judges them again without a request; look at one, keep it as a test:",
            f"  hkcnews inspect {article_id} --from {folder}",
            f"  hkcnews record {article_id} --from {folder} --name {name} --why {why}",
            f"  {self._command}",
            "with --keep-going the crawl goes on all the same",
        ]
        return TooManyUnreadable("\n".join(lines))


def _is_too_many(unreadable: int, judged: int) -> bool:
    return judged >= _MIN_JUDGED and 2 * unreadable > judged
