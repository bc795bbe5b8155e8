"""The files of articles: their names, and writing them whole or not at all.

The only module of the core that touches the disk.
"""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path, PurePath, PurePosixPath

from normalise.errors import RefusedPath

MAX_ID = 999_999
_FOLDER_SIZE = 1000
_FILE_NAME = re.compile(r"article_([1-9][0-9]{0,5})\.md")


def article_path(article_id: int) -> PurePosixPath:
    """Return the path of an article below the output folder.

    `articles/11001-12000/article_11911.md` for 11911 (docs/seed-format.md 1). Raises `RefusedPath`
    for an id outside 1..999999.
    """
    if not 1 <= article_id <= MAX_ID:
        raise RefusedPath(
            f"no article has the id {article_id}: ids run from 1 to {MAX_ID}; "
            "look at the address it was taken from"
        )
    low = (article_id - 1) // _FOLDER_SIZE * _FOLDER_SIZE + 1
    folder = f"{low}-{low + _FOLDER_SIZE - 1}"
    return PurePosixPath("articles", folder, f"article_{article_id}.md")


def article_id_of(name: str) -> int | None:
    """Return the id that the name of an article file has, `None` for any other file.

    Only names that `article_path` gives count: no zeros before the id, and 1 to 999999.
    """
    match = _FILE_NAME.fullmatch(name)
    return int(match[1]) if match else None


class ArticleWriter:
    """Writes articles below one folder, which is made when the first one is written."""

    def __init__(self, out: Path) -> None:
        self._out = out
        self._checked: set[Path] = set()
        self._mode = 0o666 & ~_umask()

    def write(self, article_id: int, text: str) -> bool:
        """Put an article's text into its file; return whether the file's bytes changed.

        The file is replaced in one step and only where its bytes differ: an unchanged one keeps
        its time. Raises `RefusedPath` for an id or a link that leads out of the folder, and
        `OSError` where the disk refuses; no partial file is left in the article's place.
        """
        return self.write_at(article_path(article_id), text)

    def write_at(self, relative: PurePath, text: str) -> bool:
        """Put a text into a file below the folder; return whether the file's bytes changed.

        What is raised is as for `write`.
        """
        return self.write_bytes(relative, text.encode("utf-8"))

    def write_bytes(self, relative: PurePath, content: bytes) -> bool:
        """Put bytes into a file below the folder; return whether the file's bytes changed.

        What is raised is as for `write`.
        """
        path = self._out / relative
        self._check(path)
        if _has_content(path, content):
            return False
        write_atomically(path, content, self._mode)
        return True

    def _check(self, path: Path) -> None:
        """Refuse a path that a link leads out of the folder; make its parents."""
        folder = path.parent
        if folder not in self._checked:
            self._refuse_outside(folder)
            folder.mkdir(parents=True, exist_ok=True)
            self._checked.add(folder)
        if path.is_symlink():
            self._refuse_outside(path)

    def _refuse_outside(self, path: Path) -> None:
        try:
            target = path.resolve()
        except RuntimeError as error:  # Python 3.11 raises this for a loop of links
            raise RefusedPath(f"{path} is a link that leads in a circle; remove it") from error
        if not target.is_relative_to(self._out.resolve()):
            raise RefusedPath(
                f"{path} leads out of {self._out} to {target}; "
                "remove the link, or give the folder that it leads to"
            )


def _has_content(path: Path, content: bytes) -> bool:
    try:
        return path.stat().st_size == len(content) and path.read_bytes() == content
    except FileNotFoundError:
        return False


def write_atomically(path: Path, content: bytes, mode: int) -> None:
    """Put bytes into a file in one step: it is the old one or the new one, never half of either.

    Raises `OSError`, which names the file, where the disk refuses.
    """
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            os.fchmod(file.fileno(), mode)
        Path(name).replace(path)
    except BaseException as error:
        Path(name).unlink(missing_ok=True)
        if isinstance(error, OSError) and error.filename is None:
            error.filename = str(path)  # write() on a full disk does not name the file
        raise


def _umask() -> int:
    """The process's umask, which can only be read by setting it."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
