"""The header of a record: its fields, in every case and form in which programs write them.

Field names and the version may be in any case, lines may end in a line feed alone, and a field may
go on in a line that begins with a blank (WARC 1.1, section 4). warcio's parser is not used: it puts
a blank into an address that is folded, and takes twice the time of all the rest.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from scraper.errors import BadRecord

VERSION = re.compile(rb"WARC/[0-9]\.[0-9]{1,2}[ \t]*\r?\n", re.IGNORECASE)
LONGEST_VERSION = 16  # bytes, blanks behind it included
HEADER_END = re.compile(rb"\n\r?\n")
MAX_HEADER_BYTES = 1 << 20

_LENGTH = re.compile(r"[0-9]{1,12}")
_FOLD = re.compile(r"\r?\n[ \t]+")
_TARGET = "warc-target-uri"


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields below a first line, by their names in lower case."""

    values: dict[str, list[str]]

    def get(self, name: str) -> str:
        """Return the first value of a field, "" where there is none; case does not matter."""
        values = self.values.get(name.lower())
        return values[0] if values else ""

    def all(self, name: str) -> list[str]:
        """Return the values of all fields of a name."""
        return self.values.get(name.lower(), [])


@dataclass(frozen=True, slots=True)
class RecordHeader:
    """The fields of a record; `length` is that of its block, in bytes."""

    fields: Fields
    length: int

    @property
    def kind(self) -> str:
        """The `WARC-Type`, in lower case."""
        return self.fields.get("WARC-Type").lower()

    @property
    def target_uri(self) -> str:
        """The `WARC-Target-URI`, without the brackets of WARC 1.0."""
        return "".join(_FOLD.split(self.fields.get(_TARGET))).strip(" \t<>\"'")

    def get(self, name: str) -> str:
        """Return the value of a field in one line, "" where there is none."""
        return _FOLD.sub(" ", self.fields.get(name))


def parse_header(content: bytes) -> RecordHeader:
    """Return the header of a record, from its version to its empty line.

    Raises `BadRecord` where it has no version, or no one length that is a number.
    """
    if not VERSION.match(content):
        raise BadRecord("no record begins there")
    fields = parse_fields(content)
    lengths = set(fields.all("Content-Length"))
    length = lengths.pop() if len(lengths) == 1 else ""
    if not _LENGTH.fullmatch(length):
        raise BadRecord("its header is damaged: its Content-Length is missing or no number")
    return RecordHeader(fields, int(length))


def parse_fields(content: bytes) -> Fields:
    """Return the fields below the first line of a record or an HTTP response.

    A line without a colon is passed over. A value keeps the line ends at which it is folded.
    """
    try:
        text = content.decode()
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    found: list[tuple[str, list[str]]] = []  # names, and the lines of their values
    name = ""
    for line in text.split("\n")[1:]:
        if name and line.startswith((" ", "\t")):
            found[-1][1].append(line)
            continue
        name, colon, value = line.partition(":")
        name = name.strip().lower() if colon else ""
        if colon:
            found.append((name, [value]))
    values: dict[str, list[str]] = {}
    for name, lines in found:
        value = "\n".join(line.rstrip("\r") for line in lines) if len(lines) > 1 else lines[0]
        values.setdefault(name, []).append(value.strip())
    return Fields(values)
