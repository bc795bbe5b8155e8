"""Lists that an index of captures has handed out: CDX, CDXJ, JSON."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from normalise import Capture
from scraper.errors import BadRecord, UsageError
from scraper.models import CdxRecord
from scraper.selection.capture_list import read_captures

TIMESTAMP = "20210629183215"
ADDRESS = "https://www.hkcnews.com/article/7/%E6%B8%A1%E8%BC%AA-7/x,y;z"
DIGEST = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
KEY = "com,hkcnews)/article/7/x,y;z"
RECORD = CdxRecord(Capture(TIMESTAMP, ADDRESS), "text/html", "200", DIGEST)
OTHER = CdxRecord(Capture("20190304050607", "http://hkcnews.com/article/8"))
CDX = f"{KEY} {TIMESTAMP} {ADDRESS} text/html 200 {DIGEST} 1234"
OTHER_CDX = f"com,hkcnews)/article/8 {OTHER.capture.timestamp} {OTHER.capture.original} - - - -"
FIELDS = ["urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length"]
ROWS = [FIELDS, CDX.split(), OTHER_CDX.split()]
VALUES = {"url": ADDRESS, "mime": "text/html", "status": "200", "digest": f"sha1:{DIGEST}"}
CDXJ = f"{KEY} {TIMESTAMP} {json.dumps(VALUES)}"
AS_THE_INDEX = "[" + ",\n".join(json.dumps(row) for row in ROWS) + "]\n"


def read(folder: Path, content: str | bytes) -> list[CdxRecord | BadRecord]:
    path = folder / "list"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(read_captures(path))


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(f"{CDX}\n{OTHER_CDX}\n", id="cdx"),
        pytest.param(f" CDX N b a m s k r M S V g\n{CDX} - - 1 2 f\n{OTHER_CDX}\n", id="header"),
        pytest.param(f"!meta {{}}\n{CDXJ}\n{OTHER_CDX}\n", id="cdxj"),
        pytest.param(
            f"{json.dumps(VALUES | {'timestamp': TIMESTAMP})}\n{OTHER_CDX}\n", id="lines-of-json"
        ),
        pytest.param(AS_THE_INDEX, id="json"),
        pytest.param(json.dumps(ROWS), id="json-in-one-line"),
        pytest.param(json.dumps(ROWS, indent=2), id="json-indented"),
        pytest.param(json.dumps([*ROWS, [], ["key to the next"]]), id="json-with-a-key"),
        pytest.param(json.dumps(ROWS[1:]), id="json-without-names"),
        pytest.param(
            json.dumps([dict(zip(FIELDS, row, strict=True)) for row in ROWS[1:]]),
            id="json-of-objects",
        ),
        pytest.param(json.dumps([row[::-1] for row in ROWS]), id="json-in-another-order"),
        pytest.param(gzip.compress(AS_THE_INDEX.encode()), id="json-in-gzip"),
        pytest.param(AS_THE_INDEX.encode("utf-16"), id="json-in-utf-16"),
    ],
)
def test_what_the_index_hands_out_is_a_list(tmp_path: Path, content: str | bytes) -> None:
    assert read(tmp_path, content) == [RECORD, OTHER]


def test_answers_may_stand_one_behind_the_other(tmp_path: Path) -> None:
    assert read(tmp_path, AS_THE_INDEX + AS_THE_INDEX) == [RECORD, OTHER] * 2


def test_other_text_behind_json_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="what follows is no JSON"):
        read(tmp_path, AS_THE_INDEX + "<html>error")


def test_json_larger_than_what_is_read_at_once(tmp_path: Path) -> None:
    rows = [FIELDS, *[ROWS[1]] * 3_000]
    assert read(tmp_path, json.dumps(rows)) == [RECORD] * 3_000


@pytest.mark.parametrize("row", [["x"] * 7, 5, {"timestamp": TIMESTAMP}, ["a", "b"]])
def test_a_row_that_names_no_capture_is_reported_by_its_number(tmp_path: Path, row: object) -> None:
    found = read(tmp_path, json.dumps([FIELDS, row, ROWS[1]]))
    assert found[1] == RECORD
    assert "row 2, names no capture" in str(found[0])


@pytest.mark.parametrize("line", [f"{KEY} {TIMESTAMP} {{not json}}", f"{KEY} {TIMESTAMP} {{}}"])
def test_a_line_that_names_no_capture_is_reported(tmp_path: Path, line: str) -> None:
    error, record = read(tmp_path, f"{line}\n{CDX}\n")
    assert record == RECORD
    assert "line 1, names no capture" in str(error)


@pytest.mark.parametrize("content", [AS_THE_INDEX[:-40], json.dumps(ROWS)[:-1], "[[[[" * 500_000])
def test_json_that_breaks_off_is_wrong_usage(tmp_path: Path, content: str) -> None:
    with pytest.raises(UsageError, match=r"damaged or cut off behind .*get the file again"):
        read(tmp_path, content)
