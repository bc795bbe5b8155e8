"""The index, /cdx/search/cdx (docs/wayback.md 1)."""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from urllib.parse import parse_qs

from fake_archive.archive import LAST, Archive
from fake_archive.mementos import FIELDS, Header
from fake_archive.responses import Encoding, Response, service_response
from fake_archive.surt import host_key, prefix_key, urlkey

PATH = "/cdx/search/cdx"
MAX_RECORDS = 150_000
RUNTIME_ERROR = "x-archive-wayback-runtime-error"
# After Content-Type, in this order, as recorded in 2026.
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

Record = tuple[str, ...]
Keep = Callable[[Record], bool]


@dataclass(frozen=True, slots=True)
class Quirks:
    """Oddities of the index that were recorded (docs/wayback.md 1.3 and 1.4).

    `repeated_rows` is the part of the records (0 to 1) that come twice or three times; copies
    count for `limit`. `key_after_last_page`: the last page has a resume key, which leads to an
    empty page. `seam_repeats`: a page begins with the last record of the page before.
    """

    repeated_rows: float = 0.0
    key_after_last_page: bool = False
    seam_repeats: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """A query; unknown parameters are ignored, as the archive ignores them."""

    first: str
    last: str
    keep: tuple[Keep, ...]
    fields: tuple[str, ...]
    limit: int
    in_json: bool
    shows_key: bool
    after: tuple[str, str] | None
    packed: bool


def respond(archive: Archive, query_string: str, quirks: Quirks) -> Response:
    """Return the records that a query asks for."""
    given = parse_qs(query_string, keep_blank_values=True)
    if not given.get("url", [""])[-1]:
        message = "url must be specified"
        return service_response("bad query", 400, message, (RUNTIME_ERROR, message), html=False)
    try:
        query = _query(given)
    except (ValueError, zlib.error, re.error) as error:
        return service_response(
            "bad query", 400, str(error), (RUNTIME_ERROR, str(error)), html=False
        )
    records, more = _page(archive, query, quirks)
    key = resume_key(records[-1]) if records and query.shows_key and more else None
    write = _as_json if query.in_json else _as_text
    content_type = "application/json" if query.in_json else "text/plain"
    return Response(
        "rows",
        headers=(("Content-Type", content_type), *_HEADERS),
        body=write(query.fields, records, key).encode(),
        encoding=Encoding.AS_REQUESTED if query.packed else Encoding.PLAIN,
    )


def resume_key(record: Record) -> str:
    """Return the resume key after a record (docs/wayback.md 1.3)."""
    packed = zlib.compress(f"{record[0]} {record[1]}".encode())
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def parse_resume_key(key: str) -> tuple[str, str]:
    """Return the urlkey and the timestamp in a resume key."""
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
        after=parse_resume_key(last("resumeKey")) if last("resumeKey") else None,
        packed=last("gzip") != "false",
    )


def _keys(url: str, match_type: str) -> tuple[str, str]:
    """Return the first urlkey of a query, and the end of its range (docs/wayback.md 1.1)."""
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
            return key + ")", key + "-"  # `)` and `,` sort before `-`, longer names after it
        case _:
            return urlkey(url), urlkey(url) + "\0"
    return key, key + LAST


def _filter(text: str) -> Keep:
    """Return the filter of `[!]field:regex` or `~[!]field:substring` (docs/wayback.md 1.1)."""
    is_substring = text.startswith("~")
    text = text.removeprefix("~")
    wanted = not text.startswith("!")
    name, colon, value = text.removeprefix("!").partition(":")
    if not colon or name not in FIELDS:
        raise ValueError(f"not a filter: {text}")
    at, pattern = FIELDS.index(name), re.compile(re.escape(value) if is_substring else value)
    find = pattern.search if is_substring else pattern.match
    return lambda record: (find(record[at]) is not None) is wanted


def _since(start: str) -> Keep:
    return lambda record: record[1][: len(start)] >= start


def _until(end: str) -> Keep:
    return lambda record: record[1][: len(end)] <= end


def _number(text: str) -> int:
    """Return a number; a malformed one silently counts as none, as at the archive."""
    return int(text) if re.fullmatch(r"-?\d+", text) else 0


# --- the records ----------------------------------------------------------------------------


def _page(archive: Archive, query: Query, quirks: Quirks) -> tuple[list[Record], bool]:
    """Return the records of one page, and whether a resume key follows."""
    records = _records(archive, query, quirks)
    if query.limit < 0:
        return list(records)[query.limit :], False
    page = list(islice(records, query.limit or MAX_RECORDS))
    more = next(records, None) is not None
    return page, more or quirks.key_after_last_page


def _records(archive: Archive, query: Query, quirks: Quirks) -> Iterator[Record]:
    since = ("", "")
    if query.after is not None:
        since = query.after[0], query.after[1] + ("" if quirks.seam_repeats else "\0")
    for memento in archive.listed(query.first, query.last, since):
        record = memento.cdx_record()
        if all(keep(record) for keep in query.keep):
            for _ in range(_copies(record, quirks.repeated_rows)):
                yield record


def _copies(record: Record, repeated: float) -> int:
    """Return how often a record comes, which depends on the record only."""
    if not repeated:
        return 1
    draw = zlib.crc32("".join(record[:3]).encode()) / (1 << 32)
    if draw >= repeated:
        return 1
    return 3 if draw < repeated / 4 else 2


def _values(fields: tuple[str, ...], record: Record) -> list[str | None]:
    named = dict(zip(FIELDS, record, strict=True))
    return [named.get(name) for name in fields]


def _as_json(fields: tuple[str, ...], records: list[Record], key: str | None) -> str:
    """One record per line, no blanks after commas, `[]` for no records."""
    if not records:
        return "[]\n"
    lines: list[list[str | None]] = [list(fields), *(_values(fields, each) for each in records)]
    if key is not None:
        lines += [[], [key]]
    return "[" + ",\n".join(json.dumps(line, separators=(",", ":")) for line in lines) + "]\n"


def _as_text(fields: tuple[str, ...], records: list[Record], key: str | None) -> str:
    """Fields separated by blanks, then an empty line and the resume key."""
    lines = [" ".join(value or "-" for value in _values(fields, each)) for each in records]
    return "".join(f"{line}\n" for line in (lines if key is None else [*lines, "", key]))
