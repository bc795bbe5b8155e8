"""Standard output and standard error: one line, exact bytes, and no control characters.

Articles, JSON and tables go to standard output; progress, warnings, errors and the summaries of
`crawl` and `normalise` go to standard error.
"""

from __future__ import annotations

import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

from scraper.cli.options import STANDARD_STREAM
from scraper.errors import UsageError

_IDEOGRAPHIC_SPACE = "\u3000"

stderr_console = Console(stderr=True)


def stdout_console() -> Console:
    """Return standard output as it is now: tests and pipes may replace it.

    Raises `UsageError` where it is closed.
    """
    require_stdout()
    return Console()


def require_stdout() -> None:
    """Raise `UsageError` where standard output is closed."""
    if sys.stdout is None:
        raise UsageError("standard output is closed: open it, or send it to a file")


def escape_controls(text: str) -> str:
    """Return a text in which control characters are visible and can't move a terminal.

    Titles, addresses and server messages may hold them.
    """
    return "".join(
        character
        if character.isprintable() or character == _IDEOGRAPHIC_SPACE
        else _escape(character)
        for character in text
    )


def escape_lines(text: str) -> str:
    """Return a text of several lines with all control characters escaped but the newlines."""
    return "\n".join(map(escape_controls, text.split("\n")))


def _escape(character: str) -> str:
    return " " if character in "\t\xa0" else f"\\u{ord(character):04x}"


def print_line(console: Console, label: str, text: str, style: str = "") -> None:
    """Print one line: a label in a style, and text that may come from a page.

    The text is shown as it is: control characters are escaped, and the markup of rich has no
    meaning in it. Long lines are not folded.
    """
    escaped = escape_controls(text)
    line = Text.assemble((label, style), " ", escaped) if label else Text(escaped)
    console.print(line, soft_wrap=True)


def print_exactly(text: str) -> None:
    """Print the UTF-8 bytes of a text and nothing else, whatever the locale and its newlines.

    On a terminal control characters are escaped. Raises `UsageError` where it is closed.
    """
    require_stdout()
    if sys.stdout.isatty():
        text = escape_lines(text)
    rest = memoryview(text.encode("utf-8"))
    while rest:  # unbuffered output may take a part only
        rest = rest[sys.stdout.buffer.write(rest) :]
    sys.stdout.buffer.flush()


def write_text(file: Path, text: str) -> None:
    """Write a text to a file, to standard output if it is `-`."""
    if file == STANDARD_STREAM:
        print_exactly(text)
    else:
        file.write_text(text, encoding="utf-8")


def check_can_be_written(file: Path | None) -> None:
    """Refuse a file that can't be written, before all the work is done. Raises `UsageError`.

    `None` is no file, `-` standard output.
    """
    if file is None or file == STANDARD_STREAM:
        return
    if file.is_dir():
        raise UsageError(f"{file} is a folder: name a file")
    if not file.parent.is_dir():
        raise UsageError(f"the folder of {file} does not exist: make it, or name another file")
