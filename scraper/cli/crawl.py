"""The command `crawl`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from normalise.playback_address import ARCHIVE
from scraper.cli.command_line import command_line
from scraper.cli.errors import FAILED, handle_errors
from scraper.cli.options import (
    ArchiveOrigin,
    Concurrency,
    Contact,
    Cooldown,
    CrawlOut,
    Debug,
    Quiet,
    Rate,
)
from scraper.errors import UsageError
from scraper.selection.ids import IdSet
from scraper.selection.ranking import Prefer
from scraper.wayback.policy import (
    DEFAULT_CONCURRENCY,
    DEFAULT_COOLDOWN,
    DEFAULT_RATE,
    RequestPolicy,
)


def crawl(
    context: typer.Context,
    out: CrawlOut,
    archive: ArchiveOrigin = ARCHIVE,
    ids: Annotated[
        str | None,
        typer.Option("--ids", metavar="IDS", help="Only these articles, such as 1-1000,11911."),
    ] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, metavar="N", help="At most so many articles.")
    ] = None,
    sample: Annotated[
        int | None,
        typer.Option(
            "--sample", min=1, metavar="N", help="So many articles, spread over all ids and years."
        ),
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
    check: Annotated[
        Path | None,
        typer.Option(
            "--check",
            metavar="REFERENCE",
            help="Compare the written articles of this run with this folder of article files at "
            "the end, as `hkcnews compare` does.",
        ),
    ] = None,
    keep_going: Annotated[
        bool,
        typer.Option("--keep-going", help="Go on where most pages can't be read."),
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
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Fetch every article from the archive, politely, and never twice.

    Each article is written from the first good one of its captures, best first; what has none is
    accounted for. It may be stopped at any time: the same command goes on where it was.

    It stops where most pages can't be read: the rules are wrong then, and nothing is lost.

    Exit codes: 0 done, 1 an article that was asked for has failed, or one given by its id has no
    capture, or a field is missing on far too many, or most pages can't be read, or --check found
    a regression, or the index gave no list, 2 wrong usage or the folder is in use, 3 paused by
    the archive (it says when to come back), 130 interrupted.

    Example: `hkcnews crawl --out archive --contact me@example.org`
    """
    with handle_errors(debug=debug):
        from scraper.cli.crawl_job import (  # noqa: PLC0415
            CrawlOptions,
            check_reference,
            estimate_crawl,
            run_crawl,
        )
        from scraper.cli.session import open_out  # noqa: PLC0415
        from scraper.crawl.plan import CrawlPlan  # noqa: PLC0415

        policy = RequestPolicy(archive.rstrip("/"), rate, concurrency, cooldown, contact)
        if captures is not None and refresh_index:
            raise UsageError("--captures takes the place of the index: leave out --refresh-index")
        for path in (captures, only_missing):
            if path is not None and not path.exists():
                raise UsageError(f"{path} does not exist")
        if check is not None:
            check_reference(check)
        plan = CrawlPlan(
            ids=IdSet.parse(ids) if ids is not None else None,
            limit=limit,
            capture_list=captures,
            reference=only_missing,
            prefer=prefer,
            refresh_index=refresh_index,
            sample=sample,
            keep_going=keep_going,
            command=command_line(context),
        )
        has_failed = False
        with open_out(out, warc_size, is_quiet=quiet) as folder:
            if dry_run:
                estimate_crawl(plan, policy, folder, is_quiet=quiet)
            else:
                has_failed = run_crawl(plan, policy, folder, CrawlOptions(check, quiet))
    raise typer.Exit(FAILED if has_failed else 0)
