"""A stand-in for the Wayback Machine on loopback: real HTTP, its semantics and its faults.

    with replay(generated(10), Faults([on_playback(faults.too_many(5), 3)])) as server:
        ...  # ask server.origin; read server.log

What it does is taken from facts/wayback.md, to whose sections the docstrings point.
"""

from __future__ import annotations

from fake_archive import faults, samples
from fake_archive.archive import Archive
from fake_archive.desk import Request
from fake_archive.gate import RateLimitSimulator
from fake_archive.index import Quirks
from fake_archive.mementos import FakeMemento
from fake_archive.process import Replay, replay
from fake_archive.rules import PREFIX_QUERY, Faults, Rule, on_index, on_playback
from fake_archive.samples import demo_archive, demo_faults, from_fixtures, generated

__all__ = [
    "PREFIX_QUERY",
    "Archive",
    "FakeMemento",
    "Faults",
    "Quirks",
    "RateLimitSimulator",
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
