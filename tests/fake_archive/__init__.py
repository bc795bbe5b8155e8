"""A stand-in for the Wayback Machine on loopback: real HTTP, with its semantics and its faults.

    with replay(generated(10), Faults([on_playback(faults.too_many(5), 3)])) as server:
        ...  # send requests to server.origin, read server.log

It imitates what docs/wayback.md describes.
"""

from __future__ import annotations

from fake_archive import faults, samples
from fake_archive.archive import Archive
from fake_archive.fault_injector import PREFIX_QUERY, Faults, Rule, on_index, on_playback
from fake_archive.index import Quirks
from fake_archive.mementos import FakeMemento
from fake_archive.process import Replay, replay
from fake_archive.rate_limit import RateLimitSimulator
from fake_archive.request_handler import Request
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
