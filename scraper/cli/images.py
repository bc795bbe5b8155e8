"""The command `images`."""

from __future__ import annotations

from typing import Annotated

import typer

from normalise.playback_address import ARCHIVE
from scraper.cli.errors import FAILED, handle_errors
from scraper.cli.options import (
    ArchiveOrigin,
    Concurrency,
    Contact,
    Cooldown,
    CrawlOut,
    Debug,
    Jobs,
    Quiet,
    Rate,
)
from scraper.errors import UsageError
from scraper.selection.ids import IdSet
from scraper.wayback.policy import (
    DEFAULT_CONCURRENCY,
    DEFAULT_COOLDOWN,
    DEFAULT_RATE,
    RequestPolicy,
)


def images(
    out: CrawlOut,
    archive: ArchiveOrigin = ARCHIVE,
    ids: Annotated[
        str | None,
        typer.Option(
            "--ids", metavar="IDS", help="Only pictures of these articles, such as 1-1000,11911."
        ),
    ] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, metavar="N", help="At most so many pictures.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what it would take, and fetch nothing.")
    ] = False,
    rate: Rate = DEFAULT_RATE,
    concurrency: Concurrency = DEFAULT_CONCURRENCY,
    cooldown: Cooldown = DEFAULT_COOLDOWN,
    contact: Contact = "",
    jobs: Jobs = None,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Fetch the pictures of all written articles of a crawl, as politely as their pages.

    Each is taken from the capture nearest to that of its article, else in another size that the
    page names, else from another capture that the index lists. What is no picture by its bytes is
    accounted for. It may be stopped at any time: the same command goes on where it was.

    Exit codes: 0 done (a picture that is lost is accounted for), 1 a picture has failed, the page
    of an article can't be read any more, or an id is of no written article, 2 wrong usage or the
    folder is in use, 3 paused by the archive (it says when to come back), 130 interrupted.

    Example: `hkcnews images --out archive --contact me@example.org`
    """
    with handle_errors(debug=debug):
        from scraper.cli.images_job import estimate_images, run_images  # noqa: PLC0415
        from scraper.cli.session import open_out  # noqa: PLC0415
        from scraper.crawl.layout import LEDGER_FILE, is_crawl  # noqa: PLC0415
        from scraper.images.kinds import require_pillow  # noqa: PLC0415
        from scraper.images.plan import ImagePlan  # noqa: PLC0415

        require_pillow()
        policy = RequestPolicy(archive.rstrip("/"), rate, concurrency, cooldown, contact)
        plan = ImagePlan(IdSet.parse(ids) if ids is not None else None, limit)
        if not is_crawl(out):
            raise UsageError(
                f"{out} holds no crawl: there is no {LEDGER_FILE} in it; "
                f"fetch the articles first: hkcnews crawl --out {out}"
            )
        has_failed = False
        with open_out(out, is_quiet=quiet) as folder:
            if dry_run:
                estimate_images(plan, policy, folder, jobs, is_quiet=quiet)
            else:
                has_failed = run_images(plan, policy, folder, jobs, is_quiet=quiet)
    raise typer.Exit(FAILED if has_failed else 0)
