"""Lists of captures that a user gives: a table, answers of the index, files of an archive."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from normalise import BadCapture, Capture
from scraper.corpus.files import find_markdown, front_matter_values, read_front_matter
from scraper.errors import BadRecord, UsageError
from scraper.models import CdxRecord
from scraper.selection.index_answers import parse_index_line, records_of_rows
from scraper.selection.list_text import JSON_ROWS, open_list
from scraper.selection.table_rows import WHAT_A_ROW_HAS, RowReader


def read_captures(path: Path) -> Iterator[CdxRecord | BadRecord]:
    """Yield the captures that a list names, in its order, whatever pages they are of.

    A file is a table with the columns `timestamp` and `original`, or, without a header, rows that
    have both somewhere; or what an index of captures answers: lines of CDX or CDXJ, or JSON. A
    folder gives the `url` in the front matter of every `*.md` below it. What names no capture is
    yielded as an error that says where and why.

    Raises `UsageError` where the list can't be read to its end, where a file names no capture at
    all, and where a folder has no `*.md`.
    """
    try:
        is_folder = path.is_dir()
    except OSError as error:
        raise UsageError(f"{path} can't be read: {error.strerror}") from error
    yield from _in_folder(path) if is_folder else _in_file(path)


def _in_folder(folder: Path) -> Iterator[CdxRecord | BadRecord]:
    is_archive = False
    for path in find_markdown(folder):
        is_archive = True
        try:
            capture = _capture_of_file(path)
        except (BadCapture, OSError, ValueError) as error:
            yield BadRecord(
                f"{path} names no capture: {error}; the `url` of its front matter would, "
                "an address of the archive"
            )
        else:
            yield CdxRecord(capture)
    if not is_archive:
        raise UsageError(
            f"no file *.md lies anywhere below {folder}; "
            "give the folder of an archive of articles, or a file that lists captures"
        )


def _capture_of_file(path: Path) -> Capture:
    """The capture that an article file names. Raises `BadCapture`, `OSError`, `ValueError`."""
    front_matter = read_front_matter(path.read_bytes().decode("utf-8"))
    if front_matter is None:
        raise ValueError("no front matter")
    return Capture.from_url(front_matter_values(front_matter).get("url", ""))


def _in_file(path: Path) -> Iterator[CdxRecord | BadRecord]:
    has_capture = False
    with open_list(path) as text:
        found = (
            records_of_rows(text.rows(), str(path))
            if text.form == JSON_ROWS
            else _in_lines(text.lines(), str(path))
        )
        for each in found:
            has_capture = has_capture or isinstance(each, CdxRecord)
            yield each
    if not has_capture:
        raise UsageError(f"{path} names no capture in any of its lines; {WHAT_A_ROW_HAS}")


def _in_lines(lines: Iterator[tuple[int, str]], name: str) -> Iterator[CdxRecord | BadRecord]:
    """The captures of lines of a table, or of an index; both may be mixed."""
    rows = RowReader()
    for number, line in lines:
        if not line.strip():
            continue
        try:
            record = parse_index_line(line)
            if record is None:
                capture = rows.capture(line)
                record = None if capture is None else CdxRecord(capture)
        except BadCapture as error:
            yield BadRecord(f"{name}, line {number}, names no capture: {error}; {WHAT_A_ROW_HAS}")
        else:
            if isinstance(record, CdxRecord):
                yield record
