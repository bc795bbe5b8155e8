"""The index, /cdx/search/cdx (facts/wayback.md 1)."""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from urllib.parse import parse_qs

from fake_archive.answers import Answer, Coding, plain
from fake_archive.archive import LAST, Archive
from fake_archive.mementos import FIELDS, Header
from fake_archive.surt import host_key, prefix_key, urlkey

PATH = "/cdx/search/cdx"
MOST_ROWS = 150_000
RUNTIME_ERROR = "x-archive-wayback-runtime-error"
# Behind Content-Type, in this order (1.3; the cookie and X-be are of 2026).
_HEADERS: tuple[Header, ...] = (
    ("server-timing", "exclusion.robots;dur=0.077, esindex;dur=0.006"),
    ("server-timing", "TR;dur=0,Tw;dur=0,Tc;dur=0"),
    ("server-timing", "BYPASS"),
    ("x-app-server", "wwwb-app217-dc8"),
    ("x-ts", "200"),
    ("x-tr", "721"),
    ("set-cookie", "wb-cdx-nomatch-SERVER=wwwb-app217; path=/"),
    ("X-be", "wb_cdx_pygwb_nomatch"),
    ("X-location", "cdx"),
    ("X-RL", "0"),
    ("X-NA", "0"),
    ("X-Page-Cache", "BYPASS"),
    ("X-NID", "-"),
    ("Referrer-Policy", "no-referrer-when-downgrade"),
    ("Permissions-Policy", "interest-cohort=()"),
)

Row = tuple[str, ...]
Keep = Callable[[Row], bool]


@dataclass(frozen=True, slots=True)
class Quirks:
    """What the index does now and then, all of it recorded (1.4, 1.5).

    `repeated_rows` is the part of the rows that come twice or thrice, the copies counting for
    `limit`. `key_after_last_page`: a key is given though nothing follows, and leads to an empty
    page. `seam_repeats`: a page begins with the last urlkey and timestamp of the one before.
    """

    repeated_rows: float = 0.0
    key_after_last_page: bool = False
    seam_repeats: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """A query as understood; what is not understood is ignored, as the archive does (1.1)."""

    first: str
    last: str
    keep: tuple[Keep, ...]
    fields: tuple[str, ...]
    limit: int
    in_json: bool
    shows_key: bool
    after: tuple[str, str] | None
    packed: bool


def answer(archive: Archive, query_string: str, quirks: Quirks) -> Answer:
    """Return the rows that a query asks for."""
    given = parse_qs(query_string, keep_blank_values=True)
    if not given.get("url", [""])[-1]:
        says = "url must be specified"
        return plain("bad query", 400, says, (RUNTIME_ERROR, says), html=False)
    try:
        query = _query(given)
    except (ValueError, zlib.error, re.error) as error:
        return plain("bad query", 400, str(error), (RUNTIME_ERROR, str(error)), html=False)
    rows, more = _page(archive, query, quirks)
    key = resume_key(rows[-1]) if rows and query.shows_key and more else None
    write = _as_json if query.in_json else _as_text
    content_type = "application/json" if query.in_json else "text/plain"
    return Answer(
        "rows",
        headers=(("Content-Type", content_type), *_HEADERS),
        body=write(query.fields, rows, key).encode(),
        coding=Coding.AS_ASKED if query.packed else Coding.PLAIN,
    )


def resume_key(row: Row) -> str:
    """Return the key that leads on from a row: its urlkey and timestamp, packed (1.5)."""
    packed = zlib.compress(f"{row[0]} {row[1]}".encode())
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def place_of(key: str) -> tuple[str, str]:
    """Return the urlkey and timestamp in a resume key."""
    packed = base64.urlsafe_b64decode(key + "=" * (-len(key) % 4))
    place, _, timestamp = zlib.decompress(packed).decode().rpartition(" ")
    return place, timestamp


# --- the query ------------------------------------------------------------------------------


def _query(given: dict[str, list[str]]) -> Query:
    def last(name: str) -> str:
        return given.get(name, [""])[-1]

    first_key, last_key = _keys(last("url"), last("matchType"))
    keep = [_filter(text) for text in given.get("filter", [])]
    if last("from"):
        keep.append(_since(last("from")))
    if last("to"):
        keep.append(_until(last("to")))
    return Query(
        first=first_key,
        last=last_key,
        keep=tuple(keep),
        fields=tuple(last("fl").split(",")) if last("fl") else FIELDS,
        limit=_number(last("limit")),
        in_json=last("output") == "json",
        shows_key=last("showResumeKey") == "true",
        after=place_of(last("resumeKey")) if last("resumeKey") else None,
        packed=last("gzip") != "false",
    )


def _keys(url: str, match_type: str) -> tuple[str, str]:
    """Return the first urlkey of a query, and what stands behind its last (1.1, matchType)."""
    if not match_type and url.startswith("*."):
        url, match_type = url[2:], "domain"
    elif not match_type and url.endswith("*"):
        url, match_type = url[:-1], "prefix"
    match match_type:
        case "prefix":
            key = prefix_key(url)
        case "host":
            key = host_key(url) + ")"
        case "domain":
            key = host_key(url)
            return key + ")", key + "-"  # `)` and `,` sort before `-`, a longer name behind it
        case _:
            return urlkey(url), urlkey(url) + "\0"
    return key, key + LAST


def _filter(text: str) -> Keep:
    """Return what `[!]field:regex` and `~[!]field:substring` let through (1.1, filter)."""
    is_substring = text.startswith("~")
    text = text.removeprefix("~")
    wanted = not text.startswith("!")
    name, colon, value = text.removeprefix("!").partition(":")
    if not colon or name not in FIELDS:
        raise ValueError(f"not a filter: {text}")
    at, pattern = FIELDS.index(name), re.compile(re.escape(value) if is_substring else value)
    find = pattern.search if is_substring else pattern.match
    return lambda row: (find(row[at]) is not None) is wanted


def _since(start: str) -> Keep:
    return lambda row: row[1][: len(start)] >= start


def _until(end: str) -> Keep:
    return lambda row: row[1][: len(end)] <= end


def _number(text: str) -> int:
    """Return a number; a bad one is replaced by the default without a word (1.1)."""
    return int(text) if re.fullmatch(r"-?\d+", text) else 0


# --- the rows -------------------------------------------------------------------------------


def _page(archive: Archive, query: Query, quirks: Quirks) -> tuple[list[Row], bool]:
    """Return the rows of one page, and whether to give a key with them."""
    rows = _rows(archive, query, quirks)
    if query.limit < 0:
        return list(rows)[query.limit :], False
    page = list(islice(rows, query.limit or MOST_ROWS))
    more = next(rows, None) is not None
    return page, more or quirks.key_after_last_page


def _rows(archive: Archive, query: Query, quirks: Quirks) -> Iterator[Row]:
    since = ("", "")
    if query.after is not None:
        since = query.after[0], query.after[1] + ("" if quirks.seam_repeats else "\0")
    for memento in archive.listed(query.first, query.last, since):
        row = memento.row()
        if all(keep(row) for keep in query.keep):
            for _ in range(_times(row, quirks.repeated_rows)):
                yield row


def _times(row: Row, repeated: float) -> int:
    """Return how often a row comes: always the same for the same row."""
    if not repeated:
        return 1
    draw = zlib.crc32("".join(row[:3]).encode()) / (1 << 32)
    if draw >= repeated:
        return 1
    return 3 if draw < repeated / 4 else 2


def _chosen(fields: tuple[str, ...], row: Row) -> list[str | None]:
    named = dict(zip(FIELDS, row, strict=True))
    return [named.get(name) for name in fields]


def _as_json(fields: tuple[str, ...], rows: list[Row], key: str | None) -> str:
    """One row a line, no blanks behind commas, `[]` where there is nothing (1.3)."""
    if not rows:
        return "[]\n"
    lines: list[list[str | None]] = [list(fields), *(_chosen(fields, row) for row in rows)]
    if key is not None:
        lines += [[], [key]]
    return "[" + ",\n".join(json.dumps(line, separators=(",", ":")) for line in lines) + "]\n"


def _as_text(fields: tuple[str, ...], rows: list[Row], key: str | None) -> str:
    """Fields with blanks between, then an empty line and the key (1.2, 1.5)."""
    lines = [" ".join(value or "-" for value in _chosen(fields, row)) for row in rows]
    return "".join(f"{line}\n" for line in (lines if key is None else [*lines, "", key]))
