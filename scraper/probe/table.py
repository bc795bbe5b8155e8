"""The table of captures that the probe asks for, and what must come of each.

It is made by tests/tools/make_probe_table.py and holds digests, never text.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from importlib import resources
from typing import Any

from normalise import Capture
from scraper.corpus.document import Field
from scraper.probe.fingerprint import NAMES, Fingerprint

_FILE = "probe_table.json"

ARTICLE = "article"  # the kind of a page that is one; other kinds are those of `PageKind`


@dataclass(frozen=True, slots=True)
class ProbeCapture:
    """A capture and what its page must be read as.

    `kind` is `article` or the value of a `PageKind`. `fingerprint` is that of the reference file,
    without digests where only the kind is known. `shows` are words for what the page is there for.
    """

    capture: Capture
    kind: str = ARTICLE
    fingerprint: Fingerprint = field(default_factory=lambda: Fingerprint({}))
    shows: tuple[str, ...] = ()

    @property
    def article_id(self) -> int:
        """The number of the article."""
        number = self.capture.article_id
        assert number is not None, "only captures of articles are in a table"
        return number

    @property
    def omitted(self) -> frozenset[Field]:
        """The fields of which the reference has no right value, so that none is compared."""
        if not self.fingerprint.digests:
            return frozenset()
        return frozenset(Field(name) for name in NAMES if name not in self.fingerprint.digests)


def load_table() -> tuple[ProbeCapture, ...]:
    """Return the table that the package carries."""
    text = resources.files(__package__).joinpath(_FILE).read_text(encoding="utf-8")
    return parse_table(text)


def parse_table(text: str) -> tuple[ProbeCapture, ...]:
    """Return the captures of a table in JSON, as `format_table` writes it."""
    return tuple(map(_parse, json.loads(text)))


def _parse(entry: dict[str, Any]) -> ProbeCapture:
    return ProbeCapture(
        Capture(entry["timestamp"], entry["original"]),
        entry["kind"],
        Fingerprint(entry.get("digests", {}), tuple(entry.get("blocks", "").split())),
        tuple(entry["shows"]),
    )


def format_table(captures: tuple[ProbeCapture, ...]) -> str:
    """Return a table in JSON."""
    entries = [
        {
            "timestamp": each.capture.timestamp,
            "original": each.capture.original,
            "kind": each.kind,
            "shows": each.shows,
            **({"digests": each.fingerprint.digests} if each.fingerprint.digests else {}),
            **({"blocks": " ".join(each.fingerprint.blocks)} if each.fingerprint.blocks else {}),
        }
        for each in captures
    ]
    return json.dumps(entries, ensure_ascii=False, indent=1) + "\n"
