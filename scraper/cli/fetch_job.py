"""The work of `fetch`: each article from the first usable capture, to a folder or to output."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from normalise.files import ArticleWriter, article_path
from scraper.cli.console import print_exactly, print_line, stderr_console, stdout_console
from scraper.cli.errors import print_error
from scraper.cli.session import open_ledger, open_out, run_in_session
from scraper.crawl import refetch
from scraper.crawl.folder import CrawlFolder
from scraper.crawl.history import describe_history, unified_diff
from scraper.crawl.judging import PageJudge
from scraper.crawl.layout import is_crawl
from scraper.crawl.ledger import Ledger
from scraper.crawl.refetch import FetchedCapture
from scraper.errors import IndexUnavailable, NoCapture
from scraper.models import Memento
from scraper.selection.target import Target
from scraper.wayback.client import WaybackClient
from scraper.wayback.policy import RequestPolicy


@dataclass(frozen=True, slots=True)
class FetchOptions:
    """The options of `fetch`; without `out` files go to standard output."""

    out: Path | None
    is_dry_run: bool
    all_captures: bool
    is_quiet: bool = False


def fetch_articles(targets: list[Target], options: FetchOptions, policy: RequestPolicy) -> bool:
    """Fetch the articles one after the other; return whether one of them could not be had.

    Raises what a session with the archive raises: `Paused`, `Stopped`, errors of the disk.
    """
    if options.out is None:
        return _run(targets, options, policy, None, None)
    if options.is_dry_run:
        with open_ledger(options.out if is_crawl(options.out) else None) as ledger:
            return _run(targets, options, policy, ledger, None)
    with open_out(options.out, is_quiet=options.is_quiet) as folder:
        return _run(targets, options, policy, folder.ledger, folder)


def _run(
    targets: list[Target],
    options: FetchOptions,
    policy: RequestPolicy,
    ledger: Ledger | None,
    folder: CrawlFolder | None,
) -> bool:
    async def fetch_all(client: WaybackClient) -> bool:
        async with refetch.open_judge() as judge:
            job = _FetchJob(options, client, judge, ledger, folder)
            return not all([await job.try_fetch(target) for target in targets])

    return run_in_session(policy, ledger, fetch_all, is_quiet=options.is_quiet)


@dataclass(frozen=True, slots=True)
class _FetchJob:
    """A session in which articles are fetched; `folder` is open if it is to be changed."""

    options: FetchOptions
    client: WaybackClient
    judge: PageJudge[Memento]
    ledger: Ledger | None
    folder: CrawlFolder | None

    async def try_fetch(self, target: Target) -> bool:
        """Fetch one article; print why it could not be had, and return whether it could."""
        try:
            await self._fetch(target)
        except (NoCapture, IndexUnavailable) as error:
            print_error(error)
            return False
        return True

    async def _fetch(self, target: Target) -> None:
        ranking = await refetch.rank_captures(
            target, self.client, self.ledger, keeps=self.folder is not None
        )
        fetched: list[FetchedCapture] = []
        async for capture in refetch.fetch_each(ranking.candidates, self.client, self.judge):
            fetched.append(capture)
            if self.folder is not None:
                refetch.store_attempt(self.folder, capture)
            if capture.article is not None and not self.options.all_captures:
                break
        best = next((capture for capture in fetched if capture.article is not None), None)
        if best is None:
            raise refetch.no_capture_error(target, ranking, fetched)
        if self.options.out is None:
            print_exactly(best.text)
        else:
            self._replace(self.options.out, best)
        if self.options.all_captures:
            self._show_history(fetched)

    def _replace(self, out: Path, best: FetchedCapture) -> None:
        """Print what changes in the file of the article and, if the folder is open, change it."""
        assert best.article is not None, "the best one is an article"
        path = out / article_path(best.article.id)
        is_there = path.exists()
        before = path.read_bytes().decode("utf-8", "replace") if is_there else ""
        if self.folder is not None:  # first of all: whoever reads the diff may stop reading
            ArticleWriter(out).write(best.article.id, best.text)
            refetch.record_written(self.folder, best)
        name = str(path) if is_there else "no file"
        lines = list(unified_diff(before, best.text, name, best.article.capture.url))
        for line in lines:
            print_line(stdout_console(), "", line)
        if not lines:
            print_line(stderr_console, "", f"{path}: unchanged")

    def _show_history(self, fetched: Sequence[FetchedCapture]) -> None:
        """Print how the article changed; standard output is free only if it holds no article."""
        console = stderr_console if self.options.out is None else stdout_console()
        versions = [
            (capture.article, capture.text) for capture in fetched if capture.article is not None
        ]
        for line in describe_history(versions):
            print_line(console, "", line)
