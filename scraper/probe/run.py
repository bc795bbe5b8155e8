"""The probe itself: the captures of a table fetched as a crawl fetches them, and compared."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from scraper.crawl.judging import PageJudge
from scraper.crawl.refetch import fetch_each, open_judge
from scraper.models import CdxRecord, Memento
from scraper.probe.comparison import ProbeResult, compare_fetched
from scraper.probe.table import ProbeCapture
from scraper.selection.ranking import Candidate
from scraper.warc.saved_page import CAPTURE_FILE, PAGE_FILE
from scraper.wayback.client import WaybackClient


@dataclass
class ProbeReport:
    """What became of the captures so far, of all that are `asked` for."""

    asked: tuple[ProbeCapture, ...]
    results: list[ProbeResult] = field(default_factory=list)

    @property
    def is_complete(self) -> bool:
        """Whether all captures have come to an end."""
        return len(self.results) == len(self.asked)

    @property
    def agrees(self) -> bool:
        """Whether all pages are read as the table has them."""
        return self.is_complete and all(result.agrees for result in self.results)

    def compared(self, name: str) -> list[ProbeResult]:
        """Return the results in which a name of `NAMES` was compared."""
        return [result for result in self.results if name in result.compared]

    def differing(self, name: str) -> list[ProbeResult]:
        """Return the results in which a name of `NAMES` differs, by their article ids."""
        return self._sorted(result for result in self.results if name in result.differences)

    def failures(self) -> dict[str, list[ProbeResult]]:
        """Return the results that failed, by their reasons, the commonest first."""
        reasons = Counter(result.reason for result in self.results if result.failure)
        return {
            reason: self._sorted(result for result in self.results if result.reason == reason)
            for reason, _ in reasons.most_common()
        }

    def common_to(self, results: list[ProbeResult], name: str) -> list[str]:
        """Return what the table says of pages, where all pages of which it says so differ.

        It tells nothing where most pages differ, or where it is said of one page only.
        """
        compared = self.compared(name)
        if len(results) > len(compared) / 2:
            return []
        shown = Counter(word for result in compared for word in result.asked.shows)
        differing = Counter(word for result in results for word in result.asked.shows)
        return [word for word, count in differing.items() if count == shown[word] > 1]

    def rules(self, name: str) -> Counter[str]:
        """Return how often each rule found a field; `body` is what stands in the content."""
        key = "content" if name == "body" else name
        return Counter(result.rules[key] for result in self.results if key in result.rules)

    @staticmethod
    def _sorted(results: Iterator[ProbeResult]) -> list[ProbeResult]:
        return sorted(results, key=lambda result: result.asked.article_id)


async def probe(
    report: ProbeReport,
    client: WaybackClient,
    requests: int,
    save: Path | None = None,
    on_result: Callable[[ProbeReport], None] = lambda _: None,
) -> None:
    """Fetch all captures of a report, so many `requests` at a time, and add their results.

    With `save` each fetched page is kept in a folder of that folder, as a saved page. `on_result`
    is called after each. Raises `Paused` and `Stopped` as the client does, and `OSError` where the
    disk refuses.
    """
    remaining = iter(report.asked)

    async def work(judge: PageJudge[Memento]) -> None:
        for asked in remaining:
            candidate = Candidate(CdxRecord(asked.capture), "asked for")
            async for fetched in fetch_each([candidate], client, judge):
                if save is not None and fetched.memento is not None:
                    save_page(save, fetched.memento)
                report.results.append(compare_fetched(asked, fetched))
            on_result(report)

    try:
        async with open_judge() as judge, asyncio.TaskGroup() as group:
            for _ in range(requests):
                group.create_task(work(judge))
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from errors


def save_page(folder: Path, memento: Memento) -> Path:
    """Keep a page in the form that `hkcnews inspect` and `normalise` read; return its folder."""
    saved = folder / str(memento.served.article_id)
    saved.mkdir(parents=True, exist_ok=True)
    capture = {"timestamp": memento.served.timestamp, "original": memento.served.original}
    (saved / PAGE_FILE).write_bytes(memento.body)
    (saved / CAPTURE_FILE).write_text(json.dumps(capture, indent=1) + "\n", encoding="utf-8")
    return saved
