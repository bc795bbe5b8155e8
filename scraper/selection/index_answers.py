"""What an index of captures answers: lines of CDX or CDXJ, and JSON (docs/wayback.md 1).

The fields have other names in CDXJ, and a digest may begin with its algorithm there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from normalise import BadCapture, Capture
from scraper.errors import BadRecord
from scraper.models import CdxRecord

# `com,hkcnews)/article/1 20210629183215 https://... text/html 200 DIGEST 1234`; more may follow.
_CDX = re.compile(r"\S*\)\S* ([0-9]{14}) (\S+) (\S+) (\S+) (\S+)(?: .*)?")
_CDX_HEADER = re.compile(r" ?CDX( [A-Za-z])+\s*")
_CDXJ = re.compile(r"(?:\S+ ([0-9]{14}) )?(\{.*\})\s*")
_CDXJ_HEADER = re.compile(r"[!@#]\S+ ")
_NAMES = {
    "original": ("original", "url"),
    "timestamp": ("timestamp",),
    "mimetype": ("mimetype", "mime"),
    "statuscode": ("statuscode", "status"),
    "digest": ("digest",),
}
_DEFAULT_FIELDS = ("urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length")
_UNKNOWN = frozenset({"", "-"})
HEADER = "header"


def parse_index_line(line: str) -> CdxRecord | str | None:
    """Return the record of a line of an index, `HEADER` for its header.

    `None` is for a line of another kind. Raises `BadCapture` where the record names no capture.
    """
    if match := _CDXJ.fullmatch(line):
        try:
            values = json.loads(match[2])
        except (ValueError, RecursionError) as error:
            raise BadCapture(f"its JSON can't be read: {error}") from error
        return _of_names({"timestamp": match[1] or "", **values})
    if match := _CDX.fullmatch(line):
        timestamp, original, mimetype, statuscode, digest = match.groups()
        return _record(timestamp, original, mimetype, statuscode, digest)
    return HEADER if _CDX_HEADER.fullmatch(line) or _CDXJ_HEADER.match(line) else None


def records_of_rows(
    rows: Iterator[tuple[int, object]], name: str
) -> Iterator[CdxRecord | BadRecord]:
    """Yield the records of an array of JSON: rows behind a row of their names, or objects.

    The key to a next page stands alone in a last row, and is passed over.
    """
    fields: Sequence[object] = _DEFAULT_FIELDS
    for number, row in rows:
        if isinstance(row, list) and len(row) < 2:
            continue
        if isinstance(row, list) and "timestamp" in row and "original" in row:
            fields = row
            continue
        try:
            yield _of_names(_named(row, fields))
        except BadCapture as error:
            yield BadRecord(f"{name}, row {number}, names no capture: {error}")


def _named(row: object, fields: Sequence[object]) -> Mapping[str, object]:
    if isinstance(row, dict):
        return row
    if isinstance(row, list):
        return {str(field): value for field, value in zip(fields, row, strict=False)}
    raise BadCapture(f"no row of an index: {str(row)[:80]!r}")


def _of_names(values: Mapping[str, object]) -> CdxRecord:
    found = {
        field: next((str(values[name]) for name in names if values.get(name)), "")
        for field, names in _NAMES.items()
    }
    return _record(**found)


def _record(
    timestamp: str, original: str, mimetype: str, statuscode: str, digest: str
) -> CdxRecord:
    fields = (mimetype, statuscode, digest.removeprefix("sha1:"))
    known = ("" if field in _UNKNOWN else field for field in fields)
    return CdxRecord(Capture.of(timestamp, original), *known)
