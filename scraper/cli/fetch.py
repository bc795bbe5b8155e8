"""The commands for one article: `fetch`, `captures` and `record`."""

from __future__ import annotations

import asyncio
import json as json_format
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer
from rich.table import Table
from rich.text import Text

from normalise.files import ArticleWriter, article_path
from normalise.playback_address import ARCHIVE
from scraper.cli.console import escape_controls, print_line
from scraper.cli.crawl import ArchiveOrigin, Contact, Cooldown, Debug, Rate
from scraper.cli.errors import FAILED, handle_errors, print_error, print_exactly, stderr, stdout
from scraper.crawl.layout import is_crawl
from scraper.errors import IndexUnavailable, NoCapture, UsageError
from scraper.selection.target import Target, parse_target
from scraper.wayback.policy import DEFAULT_COOLDOWN, DEFAULT_RATE, RequestPolicy, software

# What fetches is imported when it is needed: `normalise` and --help would wait for it.
if TYPE_CHECKING:
    from scraper.crawl.folder import CrawlFolder
    from scraper.crawl.judging import PageJudge
    from scraper.crawl.ledger import Ledger
    from scraper.crawl.refetch import FetchedCapture
    from scraper.models import CdxRecord, Memento, Pause
    from scraper.selection.ranking import Ranking
    from scraper.wayback.client import WaybackClient

T = TypeVar("T")
Targets = Annotated[
    list[str],
    typer.Argument(
        metavar="TARGET",
        help="An article's id, an address of hkcnews.com, or the address of a capture at "
        "web.archive.org.",
    ),
]
One = Annotated[str, typer.Argument(metavar="TARGET", help="As for `hkcnews fetch`.")]
At = Annotated[
    str,
    typer.Option(
        "--at", metavar="TIMESTAMP", help="Try the captures of this time first: 2021, 20210629, ..."
    ),
]
OutFolder = Annotated[
    Path | None,
    typer.Option("--out", metavar="DIR", help="The folder of a crawl, which knows the captures."),
]


def fetch(
    targets: Targets,
    at: At = "",
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="DIR",
            help="Replace the file in the folder of a crawl, and show what changed. Without it "
            "the file goes to standard output.",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would change, and write nothing.")
    ] = False,
    every: Annotated[
        bool,
        typer.Option("--all", help="Fetch every usable capture, and tell how the article changed."),
    ] = False,
    archive: ArchiveOrigin = ARCHIVE,
    rate: Rate = DEFAULT_RATE,
    cooldown: Cooldown = DEFAULT_COOLDOWN,
    contact: Contact = "",
    debug: Debug = False,
) -> None:
    """Fetch articles again, each from the first usable one of its captures.

    The address of a capture is asked for as it is, without the index. With --out the new capture
    goes into the store, and the file is that of this capture from then on.

    Exit codes: 0 done, 1 an article could not be had, 2 wrong usage or the folder is in use, 3
    paused by the archive, 130 interrupted.

    Example: `hkcnews fetch 11911 --out archive --contact me@example.org`
    """
    with handle_errors(debug=debug):
        wanted = [parse_target(text, at) for text in targets]
        if dry_run and out is None:
            raise UsageError("--dry-run shows what would change in a folder: give --out DIR")
        polite = RequestPolicy(archive.rstrip("/"), rate, 1, cooldown, contact)
        if dry_run:
            with _ledger_if_any(out) as ledger:
                failed = _asking(polite, ledger, Job(wanted, out, ledger, None, every=every).run)
        else:
            with _folder(out) as folder:
                ledger = folder.ledger if folder else None
                failed = _asking(polite, ledger, Job(wanted, out, ledger, folder, every=every).run)
    raise typer.Exit(FAILED if failed else 0)


def captures(
    text: One,
    at: At = "",
    out: OutFolder = None,
    json: Annotated[bool, typer.Option("--json", help="Print them as JSON.")] = False,
    archive: ArchiveOrigin = ARCHIVE,
    rate: Rate = DEFAULT_RATE,
    cooldown: Cooldown = DEFAULT_COOLDOWN,
    contact: Contact = "",
    debug: Debug = False,
) -> None:
    """Show the captures of an article in the order in which they would be tried.

    No page is fetched; the index is asked where no --out knows the captures.

    Exit codes: 0 done, 1 there are none, 2 wrong usage, 3 paused by the archive, 130 interrupted.

    Example: `hkcnews captures 11911 --out archive`
    """
    with handle_errors(debug=debug):
        from scraper.crawl.refetch import rank_captures  # noqa: PLC0415

        polite = RequestPolicy(archive.rstrip("/"), rate, 1, cooldown, contact)
        wanted = parse_target(text, at)
        with _ledger(out) as ledger:
            found: Ranking = _asking(
                polite, ledger, lambda asked: rank_captures(wanted, asked, ledger)
            )
        rows = _rows(found)
        if json:
            print_exactly(json_format.dumps(rows, ensure_ascii=False, indent=1) + "\n")
        else:
            stdout().print(_table(rows))


def _rows(found: Ranking) -> list[dict[str, str | int | None]]:
    """The captures as plain values, those that need no try last and without a rank."""
    ranked = [
        _row_of(place, one.record, one.reason)
        for place, one in enumerate(found.candidates, start=1)
    ]
    dropped = [_row_of(None, one.record, f"no article: {one.kind}") for one in found.rejected]
    return ranked + dropped


def _row_of(rank: int | None, row: CdxRecord, reason: str) -> dict[str, str | int | None]:
    return {
        "rank": rank,
        "timestamp": row.capture.timestamp,
        "status": row.statuscode or "-",
        "mimetype": row.mimetype or "-",
        "digest": row.digest or "-",
        "address": row.capture.original,
        "url": row.capture.url,
        "reason": reason,
    }


def _table(rows: list[dict[str, str | int | None]]) -> Table:
    table = Table(box=None, pad_edge=False)
    names = ("rank", "timestamp", "status", "address", "reason")
    for name in names:
        table.add_column(name, overflow="fold", no_wrap=name in names[:3])
    for row in rows:
        table.add_row(*(Text(escape_controls(str(row[name] or "-"))) for name in names))
    return table


def record(
    text: One,
    name: Annotated[
        str, typer.Option("--name", metavar="NAME", help="What to call the fixture: a folder.")
    ],
    why: Annotated[
        str, typer.Option("--why", metavar="TEXT", help="What the page is there to prove.")
    ],
    source: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="FILE",
            help="Take the page from a WARC file, the folder of a crawl, or an HTML file whose "
            "capture TARGET names, not from the network.",
        ),
    ] = None,
    at: At = "",
    fixtures: Annotated[
        Path | None, typer.Option("--fixtures", metavar="DIR", help="Where fixtures are kept.")
    ] = None,
    archive: ArchiveOrigin = ARCHIVE,
    rate: Rate = DEFAULT_RATE,
    cooldown: Cooldown = DEFAULT_COOLDOWN,
    contact: Contact = "",
    debug: Debug = False,
) -> None:
    """Save a page as a fixture: its bytes, its capture, and what comes of it today.

    The page may be anything: an article, a page that fits no rule, a new kind of error page. Of
    several captures the first is taken that is no known page of another kind; give the address of
    a capture for that very one. A page is never replaced.

    Exit codes: 0 done, 1 the page could not be had, 2 wrong usage or a fixture of that name
    exists, 3 paused by the archive, 130 interrupted.

    Example: `hkcnews record 11911 --name two-headlines --why "the first of two h1 is the title"`
    """
    with handle_errors(debug=debug):
        from scraper.testing import record  # noqa: PLC0415

        wanted = parse_target(text, at)
        root = record.check_name(fixtures, name, why)
        if source is not None:
            body, capture = record.read_from_file(source, wanted)
        else:
            polite = RequestPolicy(archive.rstrip("/"), rate, 1, cooldown, contact)
            body, capture = _asking(
                polite, None, lambda asked: record.fetch_from_archive(wanted, asked)
            )
        print_line(stdout(), "", str(record.save(root, name, why, body, capture)))


# --- fetching -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Job:
    """What `fetch` was asked to do.

    `out` is the folder to compare with, `folder` the same one open if it is to be changed.
    """

    wanted: list[Target]
    out: Path | None
    ledger: Ledger | None
    folder: CrawlFolder | None
    every: bool

    async def run(self, archive: WaybackClient) -> bool:
        """Do it for all targets; return whether one of them could not be had."""
        from scraper.crawl import refetch  # noqa: PLC0415

        failed = False
        async with refetch.open_judge() as judge:
            for wanted in self.wanted:
                try:
                    await self._fetch(wanted, archive, judge)
                except (NoCapture, IndexUnavailable) as error:
                    print_error(error)
                    failed = True
        return failed

    async def _fetch(
        self, wanted: Target, archive: WaybackClient, judge: PageJudge[Memento]
    ) -> None:
        from scraper.crawl import refetch  # noqa: PLC0415

        keeps = self.folder is not None
        found = await refetch.rank_captures(wanted, archive, self.ledger, keeps=keeps)
        tried: list[FetchedCapture] = []
        async for one in refetch.fetch_each(found.candidates, archive, judge):
            tried.append(one)
            if self.folder is not None:
                refetch.store_attempt(self.folder, one)
            if one.article is not None and not self.every:
                break
        best = next((one for one in tried if one.article is not None), None)
        if best is None:
            raise refetch.no_capture_error(wanted, found, tried)
        if self.out is None:
            print_exactly(best.text)
        else:
            self._replace(self.out, best)
        if self.every:
            _show_history(tried, to_output=self.out is not None)

    def _replace(self, out: Path, best: FetchedCapture) -> None:
        from scraper.crawl import refetch  # noqa: PLC0415
        from scraper.crawl.history import unified_diff  # noqa: PLC0415

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
            print_line(stdout(), "", line)
        if not lines:
            print_line(stderr, "", f"{path}: unchanged")


def _show_history(tried: list[FetchedCapture], *, to_output: bool) -> None:
    from scraper.crawl.history import describe_history  # noqa: PLC0415

    versions = [(one.article, one.text) for one in tried if one.article is not None]
    for line in describe_history(versions):
        print_line(stdout() if to_output else stderr, "", line)


def _asking(
    polite: RequestPolicy, ledger: Ledger | None, ask: Callable[[WaybackClient], Awaitable[T]]
) -> T:
    """Do something in a session with the archive."""
    from scraper.cli.progress import pause_line  # noqa: PLC0415
    from scraper.crawl.session import open_session  # noqa: PLC0415

    def told(pause: Pause | None) -> None:
        line = pause_line(pause)
        if line:
            print_line(stderr, "", line)

    async def session() -> T:
        async with open_session(polite, ledger, told) as (archive, _):
            return await ask(archive)

    return asyncio.run(session())


@contextmanager
def _folder(out: Path | None) -> Iterator[CrawlFolder | None]:
    from scraper.crawl.folder import open_folder  # noqa: PLC0415

    if out is None:
        yield None
    else:
        with open_folder(out, software()) as folder:
            yield folder


@contextmanager
def _ledger_if_any(out: Path | None) -> Iterator[Ledger | None]:
    """The ledger of a folder that need not be that of a crawl."""
    with _ledger(out if out is not None and is_crawl(out) else None) as ledger:
        yield ledger


@contextmanager
def _ledger(out: Path | None) -> Iterator[Ledger | None]:
    from scraper.crawl.ledger import Ledger  # noqa: PLC0415

    if out is None:
        yield None
        return
    with closing(Ledger.open_existing(out)) as ledger:
        yield ledger
