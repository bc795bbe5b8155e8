"""Work for a worker process that does not end when it is told to."""

from __future__ import annotations

import os
import signal
from contextlib import suppress

from scraper import workers


def stay() -> None:
    """Catch the exception by which the process would end, as a pool does, and wait for ever."""
    workers._SECONDS_TO_END = 0.01
    with suppress(SystemExit):
        os.kill(os.getpid(), signal.SIGTERM)
    while True:
        signal.pause()
