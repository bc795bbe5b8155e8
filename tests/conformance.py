"""Runs the command over the reconstructed pages and compares with the reference archive.

    PYTHONPATH=tests python -m conformance

A file is right if it is byte for byte the reference's, or if it differs just by a repair that the
README lists. What a repair should give is worked out here from the reference file alone.
"""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

SHARED = Path(__file__).parents[2] / "shared"

_HIDDEN_MAIL = re.compile(
    r"\[\[email\xa0protected\]\]\(/web/\d{14}/https://(?:www\.)?hkcnews\.com"
    r"/cdn-cgi/l/email-protection#([0-9a-f]+)\)"
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass
class Result:
    """How many files of a run are as they should be, by what makes them so."""

    right: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        total = self.right.total() + len(self.wrong)
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in self.right.items())
        return f"{self.right.total():,} of {total:,} right: {kinds}"


def raw_pages() -> Result:
    """Compare what comes of the WARC of raw captures."""
    return _compare([SHARED / "pages" / "pages.warc.gz"], _index())


def view_pages() -> Result:
    """Compare what comes of the pages in view form."""
    index = _index()
    with tempfile.TemporaryDirectory() as folder:
        shown = {}
        for path in sorted((SHARED / "pages" / "view").glob("*.html")):
            row = shown[path.stem] = index[path.stem]
            saved = Path(folder, path.stem)
            saved.mkdir()
            (saved / "page.html").write_bytes(path.read_bytes())
            capture = {"timestamp": row["timestamp"], "original": row["original"]}
            (saved / "capture.json").write_text(json.dumps(capture), encoding="utf-8")
        return _compare([Path(folder)], shown)


def _index() -> dict[str, dict[str, str]]:
    with (SHARED / "pages" / "index.tsv").open(encoding="utf-8", newline="") as file:
        return {row["article_id"]: row for row in csv.DictReader(file, delimiter="\t")}


def _compare(sources: list[Path], rows: dict[str, dict[str, str]]) -> Result:
    result = Result()
    with tempfile.TemporaryDirectory() as out:
        command = [sys.executable, "-m", "scraper", "normalise", *map(str, sources), "--out", out]
        subprocess.run(command, check=True, capture_output=True)
        written = {path.stem.removeprefix("article_"): path for path in Path(out).rglob("*.md")}
        result.wrong += [f"article {i}: a file nobody asked for" for i in set(written) - set(rows)]
        for article_id, row in rows.items():
            path = written.get(article_id)
            reference = (SHARED / row["reference"]).read_bytes()
            kind = _kind(path.read_bytes(), reference) if path else None
            if kind is None:
                result.wrong.append(f"article {article_id}: {row['reference']}")
            else:
                result.right[kind] += 1
    return result


def _kind(ours: bytes, reference: bytes) -> str | None:
    if ours == reference:
        return "byte for byte"
    text = reference.decode("utf-8")
    with_mail = _HIDDEN_MAIL.sub(_shown_mail, text)
    if ours == with_mail.encode("utf-8"):
        return "with hidden e-mail addresses decoded"
    head, delimiter, body = text.partition("\n---\n\n")
    valid = _CONTROL.sub(lambda match: f"\\x{ord(match[0]):02x}", head) + delimiter + body
    return "with control characters escaped" if ours == valid.encode("utf-8") else None


def _shown_mail(match: re.Match[str]) -> str:
    key, *rest = bytes.fromhex(match[1])
    address = bytes(byte ^ key for byte in rest).decode("utf-8")
    return f"[{address}](mailto:{address})"


def main() -> int:
    """Print both results; return the exit code."""
    if not SHARED.exists():
        print("skipped: ../shared is not beside this checkout")  # noqa: T201
        return 0
    wrong = []
    for name, compare in (("raw", raw_pages), ("view", view_pages)):
        result = compare()
        print(f"{name:>5} pages: {result}")  # noqa: T201
        wrong += result.wrong
    for line in wrong:
        print(f"wrong: {line}")  # noqa: T201
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
