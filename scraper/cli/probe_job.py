"""The work of `probe`: the captures of the table fetched and compared, and what to do next."""

from __future__ import annotations

import shlex
from pathlib import Path

import typer

from normalise.playback_address import ARCHIVE
from scraper.cli.console import print_line, stderr_console, stdout_console
from scraper.cli.errors import INTERRUPTED
from scraper.cli.progress import CountView, show_progress
from scraper.cli.reports.probe import show_probe
from scraper.cli.session import run_in_session
from scraper.errors import Stopped, UsageError
from scraper.probe.run import ProbeReport, probe
from scraper.probe.table import ProbeCapture, load_table
from scraper.wayback.client import WaybackClient
from scraper.wayback.policy import RequestPolicy

_EXAMPLE_FOLDER = "probe-pages"


class ProbeView(CountView):
    """The bar of `probe`."""

    seconds_between_lines: float | None = 5.0

    def set_report(self, report: ProbeReport) -> None:
        """Take note of how many captures have come to an end."""
        self.set_completed(len(report.results), len(report.asked))

    def line(self) -> str:
        """Return the count in words."""
        return f"{self._completed} of {self._total} pages"


def probe_archive(
    policy: RequestPolicy, save: Path | None, table: tuple[ProbeCapture, ...] | None = None
) -> bool:
    """Probe the archive, print what came of it and what to do next; return whether all agrees.

    What has been read is printed also where the archive refuses or somebody interrupts. Raises
    `UsageError` where `save` is no folder, and what a session with the archive raises.
    """
    if save is not None and save.exists() and not save.is_dir():
        raise UsageError(f"{save} is a file: --save takes a folder")
    report = ProbeReport(load_table() if table is None else table)
    view = ProbeView("probing", has_clock=True)
    view.set_report(report)

    async def work(client: WaybackClient) -> None:
        await probe(report, client, policy.concurrency, save, view.set_report)

    try:
        try:
            with show_progress(stderr_console, view):
                run_in_session(policy, None, work)
        finally:
            if report.results:
                show_probe(stdout_console(), report)
    except Stopped:
        hint = "the same command asks for all pages again; it takes a minute"
        print_line(stderr_console, "interrupted:", hint, "red")
        raise typer.Exit(INTERRUPTED) from None
    print_line(stdout_console(), "next:", next_step(report, policy, save), "bold")
    return report.agrees


def next_step(report: ProbeReport, policy: RequestPolicy, save: Path | None) -> str:
    """Return what to do after a whole probe, with the command to paste."""
    options = [] if policy.archive == ARCHIVE else ["--archive", policy.archive]
    if policy.contact:
        options += ["--contact", policy.contact]
    if report.agrees:
        command = shlex.join(["hkcnews", "crawl", "--out", "archive", "--dry-run", *options])
        return f"all pages are read as they must be; see what a crawl would take: {command}"
    wrong = [result for result in report.results if not result.agrees]
    if all(result.served is None for result in wrong):
        command = shlex.join(["hkcnews", "probe", *options])
        return (
            "all pages that came are read as they must be; ask for the others again later: "
            f"{command}"
        )
    if save is None:
        command = shlex.join(["hkcnews", "probe", "--save", _EXAMPLE_FOLDER, *options])
        return f"do not crawl yet; keep the pages, to look at them: {command}"
    first = next(result.served.article_id for result in wrong if result.served is not None)
    command = shlex.join(["hkcnews", "inspect", str(save / str(first))])
    return (
        f"do not crawl yet; see what is found in a page: {command}; mend the rule in normalise/, "
        "and probe again"
    )
