"""Compares what the tool writes with the reference archive, where ../shared has it.

    PYTHONPATH=tests python -m conformance

Three kinds of pages are read: reconstructed raw pages and reconstructed view pages, by the command,
and pages built around real bodies, by the library. A file is right if it is the reference file byte
for byte, or if it differs only by a repair (docs/seed-format.md 7). What the repair should give is
worked out here from the reference file alone.
"""

from __future__ import annotations

import csv
import json
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from support.command import hkcnews
from support.pages import FORMS
from support.real_bodies import RealBody, read_bodies
from support.shared_files import SHARED
from support.templates import variants

from normalise import NormaliseError, extract, render

_HIDDEN_MAIL = re.compile(
    r"\[\[email\xa0protected\]\]\(/web/\d{14}/https://(?:www\.)?hkcnews\.com"
    r"/cdn-cgi/l/email-protection#([0-9a-f]+)\)"
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass
class Result:
    """How many articles are right, by kind, and what is wrong with the others."""

    right: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        total = self.right.total() + len(self.wrong)
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in self.right.items())
        return f"{self.right.total():,} of {total:,} right: {kinds}"


def raw_pages() -> Result:
    """Compare the files made of the WARC of raw captures."""
    return _compare([SHARED / "pages" / "pages.warc.gz"], _index())


def view_pages() -> Result:
    """Compare the files made of the pages in view form."""
    index = _index()
    with tempfile.TemporaryDirectory() as folder:
        pages = {}
        for path in sorted((SHARED / "pages" / "view").glob("*.html")):
            entry = pages[path.stem] = index[path.stem]
            saved = Path(folder, path.stem)
            saved.mkdir()
            (saved / "page.html").write_bytes(path.read_bytes())
            capture = {"timestamp": entry["timestamp"], "original": entry["original"]}
            (saved / "capture.json").write_text(json.dumps(capture), encoding="utf-8")
        return _compare([Path(folder)], pages)


def real_bodies() -> Result:
    """Compare the files made of real bodies, in every variant and form of the page around them.

    An article is right if all of its pages give the reference file.
    """
    result = Result()
    for body in read_bodies(SHARED / "real"):
        wrong = list(_wrong_pages(body))
        result.wrong += wrong
        result.right[body.kind] += not wrong
    return result


def _wrong_pages(body: RealBody) -> Iterator[str]:
    for variant, page in variants(body.parts):
        for form, make in FORMS.items():
            try:
                file = render(extract(make(page, body.capture).encode(), body.capture))
            except NormaliseError as error:
                file = str(error)
            if file != body.expected:
                yield f"article {body.capture.article_id}: real body, {variant}, {form}"


def _index() -> dict[str, dict[str, str]]:
    with (SHARED / "pages" / "index.tsv").open(encoding="utf-8", newline="") as file:
        return {row["article_id"]: row for row in csv.DictReader(file, delimiter="\t")}


def _compare(sources: list[Path], entries: dict[str, dict[str, str]]) -> Result:
    result = Result()
    with tempfile.TemporaryDirectory() as out:
        assert hkcnews("normalise", *sources, "--out", out).exit_code == 0
        written = {path.stem.removeprefix("article_"): path for path in Path(out).rglob("*.md")}
        unexpected = written.keys() - entries.keys()
        result.wrong += [f"article {article_id}: not in the index" for article_id in unexpected]
        for article_id, entry in entries.items():
            path = written.get(article_id)
            reference = (SHARED / entry["reference"]).read_bytes()
            kind = _kind(path.read_bytes(), reference) if path else None
            if kind is None:
                result.wrong.append(f"article {article_id}: {entry['reference']}")
            else:
                result.right[kind] += 1
    return result


def _kind(actual: bytes, reference: bytes) -> str | None:
    """Return in which way a file is right, `None` if it is not."""
    if actual == reference:
        return "byte for byte"
    text = reference.decode("utf-8")
    with_mail = _HIDDEN_MAIL.sub(_decoded_mail, text)
    if actual == with_mail.encode("utf-8"):
        return "with hidden e-mail addresses decoded"
    head, delimiter, body = text.partition("\n---\n\n")
    valid = _CONTROL.sub(lambda match: f"\\x{ord(match[0]):02x}", head) + delimiter + body
    return "with control characters escaped" if actual == valid.encode("utf-8") else None


def _decoded_mail(match: re.Match[str]) -> str:
    key, *rest = bytes.fromhex(match[1])
    address = bytes(byte ^ key for byte in rest).decode("utf-8")
    return f"[{address}](mailto:{address})"


PARTS = {
    "raw pages": (("pages", "pages.warc.gz"), raw_pages),
    "view pages": (("pages", "view"), view_pages),
    "real bodies": (("real",), real_bodies),
}


def main() -> int:
    """Print a line for each kind of pages; return the exit code."""
    wrong = []
    for name, (needed, compare) in PARTS.items():
        if not SHARED.joinpath(*needed).exists():
            print(f"{name:>11}: skipped, ../shared/{'/'.join(needed)} is not there")  # noqa: T201
            continue
        result = compare()
        print(f"{name:>11}: {result}")  # noqa: T201
        wrong += result.wrong
    for line in wrong:
        print(f"wrong: {line}")  # noqa: T201
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
