"""The files of an archive of articles: where they lie, and the front matter at their head."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from frontmatter.default_handlers import YAMLHandler
from yaml import CBaseLoader, YAMLError

from scraper.errors import UsageError

_FILE_NAME = re.compile(r"article_([0-9]{1,9})\.md")
_YAML = YAMLHandler()
_LONGEST_BLOCK = 16_000  # characters; nesting twice as deep overflows the stack of libyaml


def find_markdown(folder: Path) -> Iterator[Path]:
    """Yield every `*.md` below a folder, in the order of their paths.

    Raises `UsageError` where a folder can't be read, so that no list comes out short.
    """
    try:
        with os.scandir(folder) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        raise UsageError(f"{folder} can't be read as a folder: {error.strerror}") from error
    for entry in found:
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
        name = _FILE_NAME.fullmatch(path.name)
        if name is not None:
            is_archive = True
            yield int(name[1]), path
    if not is_archive:
        raise UsageError(
            f"no article (article_<id>.md) lies anywhere below {folder}; "
            "give the folder of an archive, such as one that `hkcnews normalise --out` wrote"
        )


def split_front_matter(text: str) -> tuple[str, str] | None:
    """Return the front matter and the body of a file's text, `None` where it has no front matter.

    The front matter comes as its lines of YAML, the body with LF line ends.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    if not _YAML.detect(text):
        return None
    try:
        return _YAML.split(text)
    except ValueError:  # nothing closes it
        return None


def front_matter_values(block: str) -> dict[str, str]:
    """Return the scalars of a front matter, as text, whatever they look like.

    No other value is: written out, a few lists of lists by name are longer than any memory.

    Raises `ValueError` where they are no mapping in valid YAML.
    """
    if len(block) > _LONGEST_BLOCK:
        raise ValueError(f"front matter of more than {_LONGEST_BLOCK} characters")
    try:
        found: object = _YAML.load(block, Loader=CBaseLoader)
    except YAMLError as error:
        raise ValueError(f"invalid YAML: {' '.join(str(error).split())}") from error
    if not isinstance(found, dict):
        raise ValueError("front matter without keys")  # noqa: TRY004 - what a file says is no type
    return {key: value for key, value in found.items() if isinstance(value, str)}
