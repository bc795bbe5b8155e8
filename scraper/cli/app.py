"""The command line application: every command, in the order in which the help lists them."""

from __future__ import annotations

import io
import os
import sys
from typing import Annotated

import typer

from scraper.cli.audit import audit
from scraper.cli.browse import browse
from scraper.cli.captures import captures
from scraper.cli.compare import compare
from scraper.cli.crawl import crawl
from scraper.cli.export import export
from scraper.cli.fetch import fetch
from scraper.cli.images import images
from scraper.cli.import_captures import import_command
from scraper.cli.inspect import inspect
from scraper.cli.normalise import normalise
from scraper.cli.probe import probe
from scraper.cli.record import record
from scraper.cli.report import report
from scraper.cli.status import status

_LAST_STREAM = 2  # standard error

app = typer.Typer(
    name="hkcnews",
    help="Bring the articles of 眾新聞 (hkcnews.com) back from the Wayback Machine.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)
app.command()(probe)  # without arguments it probes the real archive
app.command()(crawl)  # without arguments too: settings may come from the environment
app.command()(images)
app.command()(status)
app.command()(report)
app.command("import", no_args_is_help=True)(import_command)
for command in (fetch, captures, record, compare, audit, normalise, export, browse, inspect):
    app.command(no_args_is_help=True)(command)


def main() -> None:
    """Run the command; ends the process with its exit code."""
    _occupy_closed_streams()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal may not have all letters
            stream.reconfigure(errors="backslashreplace")
    app(prog_name="hkcnews")


def _occupy_closed_streams() -> None:
    """Open the standard streams that are closed, so that no other file gets their numbers."""
    while (number := os.open(os.devnull, os.O_RDWR)) <= _LAST_STREAM:
        os.set_inheritable(number, True)  # noqa: FBT003 - its only way
    os.close(number)


def _show_version(is_wanted: bool) -> None:  # noqa: FBT001 - typer calls it so
    if is_wanted:
        import importlib.metadata  # noqa: PLC0415 - slow to import

        typer.echo(f"hkcnews {importlib.metadata.version('hkcnews-archive')}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Show the version and stop.", callback=_show_version, is_eager=True
        ),
    ] = False,
) -> None:
    pass
