"""Worker processes that start in no time: they are forked from one that has imported the program.

A spawned one, as the program has them, takes half a second for its imports. To the program they are
the same: each begins with nothing of its parent.
"""

from __future__ import annotations

import os
import sys
from functools import cache
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext

import pytest


@cache
def context(_: str) -> ForkServerContext:
    """Take the place of `multiprocessing.get_context`; what is forked from is started once."""
    forking = ForkServerContext()
    forking.set_forkserver_preload(["support.deadly_pages"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join(filter(None, sys.path)))
        forkserver.ensure_running()
    return forking
