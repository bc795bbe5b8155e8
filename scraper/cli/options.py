"""The options and arguments that several commands share: their types, names and help texts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

EXAMPLE_CAPTURE_URL = (
    "https://web.archive.org/web/20210629183215/https://www.hkcnews.com/article/11911/..."
)
# The value of an option or argument that stands for standard input or standard output.
STANDARD_STREAM = Path("-")


def named_path(text: str) -> Path:
    """Return the path that an option names; "" is an error, not the present folder."""
    if not text.strip():
        raise typer.BadParameter("it is empty: name a folder, or . for the one you are in")
    return Path(text)


# --- all commands ---------------------------------------------------------------------------

Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]
Quiet = Annotated[
    bool, typer.Option("--quiet", help="No progress and no warnings: only errors and the result.")
]
Verbose = Annotated[bool, typer.Option("--verbose", help="Show every warning and every failure.")]
Jobs = Annotated[
    int | None,
    typer.Option(
        "--jobs", min=1, metavar="N", help="Worker processes. By default one for each core."
    ),
]

# --- requests to the archive ----------------------------------------------------------------

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

# --- what a command works on ----------------------------------------------------------------

CrawlOut = Annotated[
    Path,
    typer.Option(
        "--out",
        metavar="DIR",
        envvar="HKCNEWS_OUT",
        parser=named_path,
        help="The folder of the crawl.",
    ),
]
TargetText = Annotated[str, typer.Argument(metavar="TARGET", help="As for `hkcnews fetch`.")]
At = Annotated[
    str,
    typer.Option(
        "--at", metavar="TIMESTAMP", help="Try the captures of this time first: 2021, 20210629, ..."
    ),
]
CaptureUrl = Annotated[
    str | None,
    typer.Option(
        "--url",
        metavar="CAPTURE_URL",
        help=f"The address of the capture that an HTML page is, such as {EXAMPLE_CAPTURE_URL}",
    ),
]
