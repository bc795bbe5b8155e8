"""The command `hkcnews`: arguments in, one call, what came out, an exit code."""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from normalise import Capture, extract, omissions, render
from normalise.files import ArticleWriter, article_path
from scraper.batch import run as batch
from scraper.batch.run import BatchOutcome, BatchSummary, Status
from scraper.cli import inspection
from scraper.cli.audit import audit
from scraper.cli.compare import compare
from scraper.cli.console import show_summary, show_warnings, watching
from scraper.cli.crawl import Debug, Jobs, crawl, status
from scraper.cli.errors import FAILED, handle_errors, print_exactly, stderr, stdout
from scraper.cli.fetch import captures, fetch, record
from scraper.crawl.layout import is_crawl
from scraper.errors import BadRecord, UsageError
from scraper.warc.file_kinds import is_warc
from scraper.warc.saved_page import read_page_file, saved_page

STANDARD_INPUT = Path("-")

app = typer.Typer(
    name="hkcnews",
    help="Bring the articles of 眾新聞 (hkcnews.com) back from the Wayback Machine.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)

_EXAMPLE_URL = (
    "https://web.archive.org/web/20210629183215/https://www.hkcnews.com/article/11911/..."
)
Url = Annotated[
    str | None,
    typer.Option(
        "--url",
        metavar="CAPTURE_URL",
        help=f"The address of the capture that an HTML page is, such as {_EXAMPLE_URL}",
    ),
]


def _show_version(wanted: bool) -> None:  # noqa: FBT001 - typer calls it so
    if wanted:
        import importlib.metadata  # noqa: PLC0415 - a third of the time to start otherwise

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


app.command()(crawl)  # without arguments too: settings may come from the environment
app.command()(status)
for command in (fetch, captures, record, compare, audit):
    app.command(no_args_is_help=True)(command)


@app.command(no_args_is_help=True)
def normalise(
    sources: Annotated[
        list[Path],
        typer.Argument(
            metavar="SOURCE",
            help="WARC files (.warc, .warc.gz), folders of WARC files or saved pages, the "
            "folder of a crawl, one HTML file with --url, or - for standard input.",
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="DIR",
            help="Write the files below this folder. One HTML page without it goes to standard "
            "output, a crawl into its own folder.",
        ),
    ] = None,
    url: Url = None,
    jobs: Jobs = None,
    verbose: Annotated[bool, typer.Option("--verbose", help="Show every warning.")] = False,
    debug: Debug = False,
) -> None:
    """Turn archived pages into the Markdown files of the archive.

    Of several captures of an article the newest usable one is taken. What is no article is
    counted by reason and never written; a page that fits no rule fails, and the run goes on.

    Exit codes: 0 done, 1 an article failed, 2 wrong usage.

    Example: `hkcnews normalise captures.warc.gz --out archive`
    """
    with handle_errors(debug=debug), _input(sources) as paths:
        if out is not None and out.exists() and not out.is_dir():
            raise UsageError(f"{out} is a file: --out takes a folder")
        if len(paths) == 1 and url is None and is_crawl(paths[0]):
            failed = _normalise_crawl(paths[0], out, jobs, verbose=verbose)
        elif url is not None or (len(paths) == 1 and _is_html(paths[0])):
            failed = False
            _normalise_page(_only(paths), _capture(url), out, verbose=verbose)
        else:
            failed = _normalise_all(paths, out, jobs, verbose=verbose)
    raise typer.Exit(FAILED if failed else 0)


@app.command(no_args_is_help=True)
def inspect(
    page: Annotated[
        Path,
        typer.Argument(
            metavar="PAGE",
            help="An HTML file with --url, a folder with a saved page, or - for standard input.",
        ),
    ],
    url: Url = None,
    json: Annotated[
        bool, typer.Option("--json", help="Print the whole article, body included, as JSON.")
    ] = False,
    debug: Debug = False,
) -> None:
    """Show what is read from a page: each field, its value, and the rule that found it.

    Of a page that fits no rule it shows where the headlines and most of the text stand.

    Exit codes: 0 done, 1 the page is no article or fits no rule, 2 wrong usage.

    Example: `hkcnews inspect page.html --url https://web.archive.org/web/2021...`
    """
    with handle_errors(debug=debug), _input([page]) as paths:
        path, capture = _page(paths[0], url)
        article = extract(_read(path), capture)
        if json:
            print_exactly(inspection.as_text(article))
        else:
            inspection.show(stdout(), article)


def main() -> None:
    """Run the command; ends the process with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal may not have all letters
            stream.reconfigure(errors="backslashreplace")
    app(prog_name="hkcnews")


# --- what the commands do -------------------------------------------------------------------


def _normalise_all(paths: list[Path], out: Path | None, jobs: int | None, *, verbose: bool) -> bool:
    if out is None:
        raise UsageError("many pages need a folder to be written to: give --out DIR")
    with watching(stderr) as watcher:
        summary = batch.convert_all(paths, out, jobs, watcher.listed, watcher.done)
    show_summary(stderr, summary, verbose=verbose)
    return bool(summary.failed)


def _normalise_crawl(path: Path, out: Path | None, jobs: int | None, *, verbose: bool) -> bool:
    from scraper.crawl import folder, rerender  # noqa: PLC0415 - the other sources need none
    from scraper.wayback import policy  # noqa: PLC0415 - the other sources need none

    with watching(stderr) as watcher:
        if out is not None and out.resolve() != path.resolve():
            summary = rerender.render_elsewhere(path, out, jobs, watcher.done)
        else:
            with folder.open_folder(path, policy.software()) as opened:
                summary = rerender.render_in_place(opened, jobs, watcher.done)
    show_summary(stderr, summary, verbose=verbose)
    return bool(summary.failed)


def _normalise_page(path: Path, capture: Capture, out: Path | None, *, verbose: bool) -> None:
    article = extract(_read(path), capture)
    text = render(article)
    if out is None:
        article_path(article.id)  # an id that can have no file is refused here too
        print_exactly(text)
        is_written = True
    else:
        is_written = ArticleWriter(out).write(article.id, text)
    status = Status.WRITTEN if is_written else Status.UNCHANGED
    warnings = (*article.warnings, *omissions(article))
    outcome = BatchOutcome(status, where=f"article {article.id}", warnings=warnings)
    if out is None:
        show_warnings(stderr, [outcome])
    else:
        summary = BatchSummary()
        summary.add(outcome)
        show_summary(stderr, summary, verbose=verbose)


# --- input ----------------------------------------------------------------------------------


@contextmanager
def _input(sources: list[Path]) -> Iterator[list[Path]]:
    """The sources, standard input as a file of its own that lasts as long as the command."""
    if STANDARD_INPUT not in sources:
        yield sources
        return
    if len(sources) > 1:
        raise UsageError("standard input goes alone: leave out the other sources, or -")
    if sys.stdin is None:
        raise UsageError("standard input is closed: give a file, or something to read")
    with tempfile.TemporaryDirectory(prefix="hkcnews-") as folder:
        path = Path(folder, "standard-input")
        with path.open("wb") as file:
            shutil.copyfileobj(sys.stdin.buffer, file)
        yield [path]


def _is_html(path: Path) -> bool:
    return not path.is_dir() and not is_warc(path)


def _only(paths: list[Path]) -> Path:
    if len(paths) > 1:
        raise UsageError("--url names the capture of one HTML file: give just that file")
    if not _is_html(paths[0]):
        raise UsageError(f"{paths[0]} names its captures itself: leave out --url")
    return paths[0]


def _page(path: Path, url: str | None) -> tuple[Path, Capture]:
    """One page and its capture: an HTML file with its address, or a folder with both."""
    if not path.is_dir():
        if is_warc(path):
            raise UsageError(f"{path} holds many pages: `hkcnews normalise` reads it")
        return path, _capture(url)
    if url is not None:
        raise UsageError(f"{path} names its capture itself: leave out --url")
    saved = saved_page(path)
    if isinstance(saved, BadRecord):
        raise UsageError(f"no saved page is in that folder: {saved}")
    return saved.path, saved.capture


def _capture(url: str | None) -> Capture:
    if url is None:
        raise UsageError(
            f"an HTML page does not say which capture it is: give --url, such as {_EXAMPLE_URL}"
        )
    return Capture.from_url(url)


def _read(path: Path) -> bytes:
    try:
        return read_page_file(path)
    except OSError as error:
        raise UsageError(f"{path} can't be read: {error.strerror}") from error
