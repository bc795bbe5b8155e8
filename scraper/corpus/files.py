"""The files of an archive of articles: where they lie, and the front matter at their head."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from frontmatter.default_handlers import YAMLHandler
from yaml import CBaseLoader, YAMLError

from normalise.files import article_id_of
from scraper.errors import UsageError

_YAML = YAMLHandler()
# In characters. Brackets nested twice as deep as this overflow the stack of libyaml.
_MAX_FRONT_MATTER = 16_000


def find_markdown(folder: Path) -> Iterator[Path]:
    """Yield every `*.md` below a folder, in the order of their paths.

    Links to folders are not followed. Raises `UsageError` where a folder can't be read, so that
    no list comes out short.
    """
    try:
        with os.scandir(folder) as entries:
            in_order = sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        raise UsageError(f"{folder} can't be read as a folder: {error.strerror}") from error
    for entry in in_order:
        if entry.is_dir(follow_symlinks=False):
            yield from find_markdown(Path(entry.path))
        elif entry.name.endswith(".md"):
            yield Path(entry.path)


def find_articles(folder: Path) -> Iterator[tuple[int, Path]]:
    """Yield the id and the path of every file `article_<id>.md` below a folder, by their paths.

    Raises `UsageError` where there is none, or a folder can't be read.
    """
    is_archive = False
    for path in find_markdown(folder):
        article_id = article_id_of(path.name)
        if article_id is not None:
            is_archive = True
            yield article_id, path
    if not is_archive:
        raise no_articles_below(folder)


def no_articles_below(folder: Path) -> UsageError:
    """Return the error for a folder that holds no article file, to be raised."""
    return UsageError(
        f"no article (article_<id>.md) lies anywhere below {folder}; "
        "give the folder of an archive, such as one that `hkcnews normalise --out` wrote"
    )


def with_unix_line_ends(text: str) -> str:
    """Return a text without byte order mark and with LF for CRLF, as this tool writes files."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n")


@dataclass(frozen=True, slots=True)
class FrontMatterSpan:
    """Where the front matter of a text lies, as offsets into it.

    The lines of YAML stand between `start` and `end`. `body` is where the line after the closing
    delimiter begins, or the end of the text.
    """

    start: int
    end: int
    body: int


def find_front_matter(text: str) -> FrontMatterSpan | None:
    """Return where the front matter of a text lies, `None` where it has none at its head.

    A delimiter is a line of three or more hyphens, with or without blanks behind them.
    """
    opening = _YAML.FM_BOUNDARY.match(text)
    closing = opening and _YAML.FM_BOUNDARY.search(text, opening.end())
    if closing is None:
        return None
    # The pattern takes blank lines behind a delimiter as part of it; only its own line is.
    start = text.index("\n") + 1
    newline = text.find("\n", closing.start())
    return FrontMatterSpan(start, closing.start(), newline + 1 if newline >= 0 else len(text))


def read_front_matter(text: str) -> str | None:
    """Return the lines of YAML at the head of a file's text, `None` where it has none.

    A byte order mark and CRLF do no harm.
    """
    text = with_unix_line_ends(text)
    span = find_front_matter(text)
    return None if span is None else text[span.start : span.end]


def front_matter_mapping(yaml: str) -> dict[object, object]:
    """Return what a front matter holds; its scalars are texts, whatever type YAML would give them.

    Take out what you need and write nothing else out: a few lists that hold one another by alias
    are larger than any memory then.

    Raises `ValueError` where the lines are no mapping in valid YAML.
    """
    if len(yaml) > _MAX_FRONT_MATTER:
        raise ValueError(f"front matter of more than {_MAX_FRONT_MATTER} characters")
    try:
        values: object = _YAML.load(yaml, Loader=CBaseLoader)
    except YAMLError as error:
        raise ValueError(f"invalid YAML: {' '.join(str(error).split())}") from error
    if not isinstance(values, dict):
        raise ValueError("front matter without keys")  # noqa: TRY004 - what a file says is no type
    return values


def front_matter_values(yaml: str) -> dict[str, str]:
    """Return the scalars of a front matter as text; lists and mappings are left out.

    Raises `ValueError` where the lines are no mapping in valid YAML.
    """
    values = front_matter_mapping(yaml)
    return {str(key): value for key, value in values.items() if isinstance(value, str)}
