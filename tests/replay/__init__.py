"""A stand-in for the Wayback Machine on loopback: real HTTP, its semantics and its faults.

    with replay(generated(10), Faults([on_playback(faults.too_many(5), 3)])) as server:
        ...  # ask server.origin; read server.log

What it does is taken from facts/wayback.md, to whose sections the docstrings point.
"""

from __future__ import annotations

from replay import faults, samples
from replay.archive import Archive
from replay.desk import Request
from replay.gate import Gate
from replay.index import Quirks
from replay.mementos import Memento
from replay.process import Replay, replay
from replay.rules import PREFIX_QUERY, Faults, Rule, on_index, on_playback
from replay.samples import demo_archive, demo_faults, from_fixtures, generated

__all__ = [
    "PREFIX_QUERY",
    "Archive",
    "Faults",
    "Gate",
    "Memento",
    "Quirks",
    "Replay",
    "Request",
    "Rule",
    "demo_archive",
    "demo_faults",
    "faults",
    "from_fixtures",
    "generated",
    "on_index",
    "on_playback",
    "replay",
    "samples",
]
