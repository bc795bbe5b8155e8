"""Serves an archive until it is told to stop; the first line it writes is where.

python tests/fake_archive [--port N] [--faults none|demo] [--generated COUNT]
    [--minute PLAYBACK INDEX]
"""

from __future__ import annotations

import argparse
import signal
import sys
from functools import partial
from pathlib import Path

sys.path[0] = str(Path(__file__).parents[1])  # not the folder of the package itself

from fake_archive import (  # noqa: E402
    Faults,
    RateLimitSimulator,
    demo_archive,
    demo_faults,
    from_fixtures,
    generated,
    replay,
)


def main() -> int:
    """Serve; return the exit code."""
    parser = argparse.ArgumentParser(prog="tests/fake_archive", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 for any that is free")
    parser.add_argument("--faults", choices=("none", "demo"), default="none")
    parser.add_argument("--generated", type=int, metavar="COUNT", help="articles, not fixtures")
    parser.add_argument("--minute", type=int, nargs=2, metavar=("PLAYBACK", "INDEX"))
    arguments = parser.parse_args()
    faults = demo_faults() if arguments.faults == "demo" else Faults()
    if arguments.minute:
        gate = RateLimitSimulator(playback=arguments.minute[0], index=arguments.minute[1])
        faults = Faults(faults.rules, gate=gate)
    source = demo_archive if arguments.faults == "demo" else from_fixtures
    if arguments.generated:
        source = partial(generated, arguments.generated)
    # Blocked before the server's thread begins, so that sigwait() gets them and nothing else.
    signals = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    with replay(source, faults, port=arguments.port) as server:
        sys.stdout.write(f"{server.origin}\n")
        sys.stdout.flush()
        signal.sigwait(signals)
    return 0


if __name__ == "__main__":
    sys.exit(main())
