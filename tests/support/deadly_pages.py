"""Makes pages deadly that say so, in the process that runs this and in those forked from it.

A worker dies of such a page as it would of a fault in the parser, and the program under test knows
nothing of it.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

from normalise import Article, Capture, extract
from scraper.batch import convert, judge
from scraper.verify import audit, compare, trees

PRELOADED = (audit, compare, convert, trees)  # what workers import besides

_replace = os.replace


def _deadly(html: bytes, capture: Capture) -> Article:
    if b"deadly to read" in html:
        os.kill(os.getpid(), signal.SIGKILL)
    return extract(html, capture)


def _ended_before(source: Any, target: Any) -> None:
    if b"ended while it writes" in Path(source).read_bytes():
        os.kill(os.getpid(), signal.SIGTERM)
    _replace(source, target)


judge.extract = _deadly  # type: ignore[attr-defined]
os.replace = _ended_before  # type: ignore[assignment]
