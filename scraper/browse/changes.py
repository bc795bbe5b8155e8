"""How a text changed from one capture of its article to another, word by word."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain

from rapidfuzz.distance import Levenshtein

from scraper.export.search_text import WIDE

_WORD = re.compile(rf"[{WIDE}]|[^\W_{WIDE}]+|\s+|.", re.DOTALL)
_LINE = re.compile(r"[^\n]+\n*|\n+")
_MAX_WORDS = 20_000  # of both texts; longer ones are compared by paragraphs


class ChangeKind(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Change:
    """A piece of text, and what became of it."""

    kind: ChangeKind
    text: str


def changes(old: str, new: str) -> tuple[Change, ...]:
    """Return two texts as one: what both have, and what was removed and added between that."""
    before, after = _WORD.findall(old), _WORD.findall(new)
    if max(len(before), len(after)) > _MAX_WORDS:
        before, after = _LINE.findall(old), _LINE.findall(new)
    found: list[Change] = []
    removed, added = "", ""
    for step in Levenshtein.opcodes(before, after):
        first = "".join(before[step.src_start : step.src_end])
        second = "".join(after[step.dest_start : step.dest_end])
        if step.tag == "equal":
            found += [*_changed(removed, added), Change(ChangeKind.SAME, first)]
            removed, added = "", ""
        else:
            removed, added = removed + first, added + second
    return tuple(chain(found, _changed(removed, added)))


def _changed(removed: str, added: str) -> list[Change]:
    pieces = ((ChangeKind.REMOVED, removed), (ChangeKind.ADDED, added))
    return [Change(kind, text) for kind, text in pieces if text]
