"""The text of a list, from a file or a pipe, gzip or not, UTF-8 or UTF-16: lines, or JSON."""

from __future__ import annotations

import codecs
import gzip
import json
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import Any

from scraper.content_encoding import GZIP
from scraper.errors import UsageError

MAX_LINE = 1 << 20  # bytes; the longest addresses have 3,000 characters
LINES, JSON_ROWS = "lines", "rows of JSON"
_BETWEEN_ROWS = ", \t\r\n\ufeff"
_READ = 1 << 16


class _ListText:
    """An open list; `form` says whether it is an array of JSON."""

    def __init__(self, plain: BufferedReader[Any]) -> None:
        start = plain.peek(4)[:4]
        self._encoding = _encoding(start)
        self._plain = plain
        text = start.decode(self._encoding, "ignore").lstrip("\ufeff \r\n\t")
        self.form = JSON_ROWS if text.startswith("[") else LINES
        self.place = ""  # of what was read last

    def lines(self) -> Iterator[tuple[int, str]]:
        """Yield the number and the text of each line, without line end."""
        for number, line in enumerate(self._raw_lines(), start=1):
            self.place = f"line {number}"
            yield number, _text(line, self._encoding, is_first=number == 1)

    def _raw_lines(self) -> Iterator[bytes]:
        """The lines as bytes, in the list's own encoding."""
        if self._encoding == "utf-8":
            self.place = "line 1"
            while line := self._plain.readline(MAX_LINE):
                yield line
            return
        newline, rest = "\n".encode(self._encoding), b""
        while part := self._plain.read(_READ):
            whole = (rest + part)[: (len(rest) + len(part)) // 2 * 2]
            rest = (rest + part)[len(whole) :]
            *lines, last = _split_wide(whole, newline)
            yield from lines
            rest = last + rest
            if len(rest) > MAX_LINE:
                raise UnicodeError(f"longer than {MAX_LINE} bytes")
        if rest:
            yield rest

    def rows(self) -> Iterator[tuple[int, object]]:
        """Yield the number and the value of each item of an array of JSON."""
        decoder, json_decoder = codecs.getincrementaldecoder(self._encoding)(), json.JSONDecoder()
        buffer, place, number, is_open = "", 0, 0, False
        while part := self._plain.read(_READ):
            buffer, place = buffer[place:] + decoder.decode(part), 0
            while True:
                while place < len(buffer) and buffer[place] in _BETWEEN_ROWS:
                    place += 1
                if buffer.startswith("]" if is_open else "[", place):
                    place, is_open = place + 1, not is_open
                    continue
                if not is_open:
                    if place < len(buffer):
                        raise EOFError(f"what follows is no JSON: {buffer[place : place + 40]!r}")
                    break
                try:
                    value, place = json_decoder.raw_decode(buffer, place)
                except (ValueError, RecursionError):
                    break
                number += 1
                self.place = f"row {number}"
                yield number, value
            if len(buffer) - place > MAX_LINE:
                raise EOFError(f"no JSON in {MAX_LINE} characters")
        if is_open:
            raise EOFError("its JSON does not end")


@contextmanager
def open_list(path: Path) -> Iterator[_ListText]:
    """Open a list for as long as the block lasts.

    Raises `UsageError` where it can't be read or is no text, even after many lines.
    """
    text: _ListText | None = None
    try:
        with path.open("rb") as file, _decompressed(file) as plain:
            text = _ListText(plain)
            yield text
    except UnicodeError as error:
        place = text.place if text else "line 1"
        raise UsageError(
            f"{path}, {place}, is no text of a list: {error}; save the list as UTF-8"
        ) from error
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        place = text.place if text and text.place else "line 0"
        raise UsageError(
            f"{path} is damaged or cut off behind {place}: {error}; get the file again"
        ) from error
    except OSError as error:
        raise UsageError(f"{path} can't be read: {error.strerror or error}") from error


def _encoding(start: bytes) -> str:
    """The encoding of a list by its first bytes: what Excel calls Unicode is UTF-16."""
    if start.startswith(codecs.BOM_UTF16_LE) or start[1:2] == b"\0" != start[:1]:
        return "utf-16-le"
    if start.startswith(codecs.BOM_UTF16_BE) or start[:1] == b"\0" != start[1:2]:
        return "utf-16-be"
    return "utf-8"


def _split_wide(content: bytes, newline: bytes) -> list[bytes]:
    """Split bytes of UTF-16 behind each newline that begins at an even byte."""
    lines, start, place = [], 0, content.find(newline)
    while place >= 0:
        if place % 2 == 0:
            lines.append(content[start : place + 2])
            start = place + 2
        place = content.find(newline, place + 1)
    return [*lines, content[start:]]


def _text(line: bytes, encoding: str, *, is_first: bool) -> str:
    """A line as text. Raises `UnicodeError` where it is none."""
    if len(line) == MAX_LINE and not line.endswith(b"\n"):
        raise UnicodeError(f"longer than {MAX_LINE} bytes")
    text = line.decode(encoding).rstrip("\r\n")
    if is_first:
        text = text.removeprefix("\ufeff")
    if "\0" in text or "\r" in text:
        raise UnicodeError("it holds a NUL, or a carriage return that ends no line")
    return text


@contextmanager
def _decompressed(file: BufferedReader) -> Iterator[BufferedReader[Any]]:
    """The file, or what is in it where it is gzip; it may be a pipe."""
    if file.peek(len(GZIP)).startswith(GZIP):
        with gzip.open(file) as packed, BufferedReader(packed) as plain:
            yield plain
    else:
        yield file
