"""How a text changed from one capture of its article to another, word by word."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from operator import attrgetter

from rapidfuzz.distance import Indel, Opcode

from scraper.export.search_text import WIDE

_WORD = re.compile(rf"[{WIDE}]|[^\W_{WIDE}]+|\s+|.", re.DOTALL)
_LINE = re.compile(r"[^\n]+|\n+")
_MAX_WORDS = 20_000  # of one side; longer ones are shown as removed and added


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
    """Return two texts as one: what both have, and what was removed and added between that.

    Paragraphs are paired first, so that a new one is not spread over those beside it.
    """
    before, after = _LINE.findall(old), _LINE.findall(new)
    found: list[Change] = []
    for step in _steps(before, after):
        first = "".join(before[step.src_start : step.src_end])
        second = "".join(after[step.dest_start : step.dest_end])
        found += [Change(ChangeKind.SAME, first)] if step.tag == "equal" else _words(first, second)
    return tuple(_joined(found))


def _steps(before: list[str], after: list[str]) -> list[Opcode]:
    """How one list becomes the other, what is replaced taken together."""
    steps: list[Opcode] = []
    for step in Indel.opcodes(before, after):
        last = steps[-1] if steps else None
        if last is None or "equal" in {last.tag, step.tag}:
            steps.append(step)
        else:
            steps[-1] = Opcode(
                "replace", last.src_start, step.src_end, last.dest_start, step.dest_end
            )
    return steps


def _words(old: str, new: str) -> list[Change]:
    before, after = _WORD.findall(old), _WORD.findall(new)
    if max(len(before), len(after)) > _MAX_WORDS:
        return _changed(old, new)
    found: list[Change] = []
    for step in _steps(before, after):
        first = "".join(before[step.src_start : step.src_end])
        second = "".join(after[step.dest_start : step.dest_end])
        is_same = step.tag == "equal"
        found += [Change(ChangeKind.SAME, first)] if is_same else _changed(first, second)
    return found


def _changed(removed: str, added: str) -> list[Change]:
    pieces = ((ChangeKind.REMOVED, removed), (ChangeKind.ADDED, added))
    return [Change(kind, text) for kind, text in pieces if text]


def _joined(pieces: list[Change]) -> list[Change]:
    """Pieces with neighbours of the same kind put together."""
    return [
        Change(kind, "".join(piece.text for piece in run))
        for kind, run in groupby(pieces, key=attrgetter("kind"))
    ]
