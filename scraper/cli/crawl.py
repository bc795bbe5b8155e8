"""The commands that crawl: `crawl` and `status`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from normalise.playback_address import ARCHIVE
from scraper.cli.console import print_line
from scraper.cli.errors import FAILED, handle_errors, stderr, stdout
from scraper.errors import UsageError
from scraper.selection.ids import IdSet
from scraper.selection.ranking import Prefer
from scraper.wayback.policy import (
    DEFAULT_CONCURRENCY,
    DEFAULT_COOLDOWN,
    DEFAULT_RATE,
    RequestPolicy,
    software,
)

# What crawls is imported when it is needed: `normalise` and --help would wait for it.
if TYPE_CHECKING:
    from scraper.crawl.folder import CrawlFolder
    from scraper.crawl.plan import CrawlPlan
    from scraper.crawl.report import CrawlReport

Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]
Jobs = Annotated[
    int | None,
    typer.Option(
        "--jobs", min=1, metavar="N", help="Worker processes. By default one for each core."
    ),
]
Out = Annotated[
    Path,
    typer.Option("--out", metavar="DIR", envvar="HKCNEWS_OUT", help="The folder of the crawl."),
]
ArchiveOrigin = Annotated[
    str,
    typer.Option(
        "--archive",
        metavar="ORIGIN",
        envvar="HKCNEWS_ARCHIVE",
        help="Where requests go; what is written names web.archive.org all the same.",
    ),
]
Rate = Annotated[
    float,
    typer.Option(
        "--rate",
        metavar="N",
        envvar="HKCNEWS_RATE",
        help="Pages a second at most; 0 for no pace, which the real archive does not allow.",
    ),
]
Concurrency = Annotated[
    int,
    typer.Option(
        "--concurrency",
        min=1,
        max=32,
        metavar="N",
        envvar="HKCNEWS_CONCURRENCY",
        help="Requests at a time, each on a connection that is kept.",
    ),
]
Cooldown = Annotated[
    float,
    typer.Option(
        "--cooldown",
        metavar="S",
        envvar="HKCNEWS_COOLDOWN",
        help="Seconds of the first pause where the archive says nothing else; the next are longer.",
    ),
]
Contact = Annotated[
    str,
    typer.Option(
        "--contact",
        metavar="TEXT",
        envvar="HKCNEWS_CONTACT",
        help="An e-mail or web address for the User-Agent: the archive asks for one.",
    ),
]


def crawl(
    out: Out,
    archive: ArchiveOrigin = ARCHIVE,
    ids: Annotated[
        str | None,
        typer.Option("--ids", metavar="IDS", help="Only these articles, such as 1-1000,11911."),
    ] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, metavar="N", help="At most so many articles.")
    ] = None,
    captures: Annotated[
        Path | None,
        typer.Option(
            "--captures",
            metavar="FILE",
            help="Take the captures of this list instead of the index: TSV or CSV (gzip too) with "
            "columns timestamp and original, or a folder of Markdown files with url: in them.",
        ),
    ] = None,
    only_missing: Annotated[
        Path | None,
        typer.Option(
            "--only-missing",
            metavar="REFERENCE",
            help="Only articles that this folder of article files lacks, or holds as no article.",
        ),
    ] = None,
    prefer: Annotated[
        Prefer, typer.Option("--prefer", help="Which good capture of an article to take.")
    ] = Prefer.NEWEST,
    refresh_index: Annotated[
        bool, typer.Option("--refresh-index", help="Read the index again for new captures.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what it would take, and fetch no page.")
    ] = False,
    rate: Rate = DEFAULT_RATE,
    concurrency: Concurrency = DEFAULT_CONCURRENCY,
    cooldown: Cooldown = DEFAULT_COOLDOWN,
    contact: Contact = "",
    warc_size: Annotated[
        int,
        typer.Option(
            "--warc-size", min=1, metavar="BYTES", help="Begin another WARC file at this size."
        ),
    ] = 1_000_000_000,
    debug: Debug = False,
) -> None:
    """Fetch every article from the archive, politely, and never twice.

    Each article is written from the first good one of its captures, best first; what has none is
    accounted for. It may be stopped at any time: the same command goes on where it was.

    Exit codes: 0 done, 1 an article that was asked for has failed, or one given by its id has no
    capture, or the index gave no list, 2 wrong usage or the folder is in use, 3 paused by the
    archive (it says when to come back), 130 interrupted.

    Example: `hkcnews crawl --out archive --contact me@example.org`
    """
    with handle_errors(debug=debug):
        from scraper.crawl.folder import open_folder  # noqa: PLC0415
        from scraper.crawl.plan import CrawlPlan  # noqa: PLC0415

        polite = RequestPolicy(archive.rstrip("/"), rate, concurrency, cooldown, contact)
        if captures is not None and refresh_index:
            raise UsageError("--captures takes the place of the index: leave out --refresh-index")
        for path in (captures, only_missing):
            if path is not None and not path.exists():
                raise UsageError(f"{path} does not exist")
        plan = CrawlPlan(
            ids=IdSet.parse(ids) if ids is not None else None,
            limit=limit,
            capture_list=captures,
            reference=only_missing,
            prefer=prefer,
            refresh_index=refresh_index,
        )
        with open_folder(out, software(), warc_size) as folder:
            failed = _estimate(plan, polite, folder) if dry_run else _run(plan, polite, folder)
    raise typer.Exit(FAILED if failed else 0)


def status(out: Out, debug: Debug = False) -> None:
    """Tell what became of a crawl so far, also while it runs; writes DIR/report.json.

    Exit codes: 0 done, 2 the folder holds no crawl.

    Example: `hkcnews status --out archive`
    """
    with handle_errors(debug=debug):
        from scraper.cli.progress import show_report  # noqa: PLC0415
        from scraper.crawl.ledger import Ledger  # noqa: PLC0415
        from scraper.crawl.report import CrawlReport  # noqa: PLC0415

        ledger = Ledger.open_existing(out)
        try:
            report = CrawlReport.of(ledger)
            show_report(stdout(), report)
            _write(report, out)
        finally:
            ledger.close()


def _run(plan: CrawlPlan, polite: RequestPolicy, folder: CrawlFolder) -> bool:
    """Crawl, and tell what became of it however it ended; return whether an article failed."""
    from scraper.cli.progress import show_passed_over, show_report, watching  # noqa: PLC0415
    from scraper.crawl import run as crawling  # noqa: PLC0415
    from scraper.crawl.progress import CrawlProgress  # noqa: PLC0415
    from scraper.crawl.report import CrawlReport  # noqa: PLC0415

    tally = CrawlProgress()
    try:
        with watching(stderr, tally):
            asyncio.run(crawling.run(plan, polite, folder, tally))
        if not tally.total:
            print_line(stderr, "", "nothing is left to do")
    finally:
        show_passed_over(stderr, tally)
        report = CrawlReport.of(folder.ledger)
        show_report(stderr, report)
        _write(report, folder.path)
    return bool(tally.without_capture) or any(e.article_id in tally.wanted for e in report.failed)


def _write(report: CrawlReport, folder: Path) -> None:
    """Write a report; where the disk refuses it that is said, and hides no other error."""
    try:
        report.write(folder)
    except OSError as error:
        print_line(stderr, "warning:", f"the report can't be written: {error}", "yellow")


def _estimate(plan: CrawlPlan, polite: RequestPolicy, folder: CrawlFolder) -> bool:
    from scraper.cli.progress import show_estimate, show_passed_over, watching  # noqa: PLC0415
    from scraper.crawl import run as crawling  # noqa: PLC0415
    from scraper.crawl.progress import CrawlProgress  # noqa: PLC0415

    tally = CrawlProgress()
    with watching(stderr, tally):
        estimate = asyncio.run(crawling.estimate(plan, polite, folder, tally))
    show_passed_over(stderr, tally)
    show_estimate(stdout(), estimate, polite.rate)
    return False
