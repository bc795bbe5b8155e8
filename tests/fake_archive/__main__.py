"""Serves an archive until SIGINT or SIGTERM; the first line of the output is its origin.

python tests/fake_archive [--port N] [--faults none|demo] [--generated COUNT]
    [--minute PLAYBACK INDEX]
"""

from __future__ import annotations

import argparse
import signal
import sys
from functools import partial
from pathlib import Path

sys.path[0] = str(Path(__file__).parents[1])  # instead of the folder of the package

from fake_archive import (  # noqa: E402
    Faults,
    RateLimitSimulator,
    demo_faults,
    from_fixtures,
    generated,
    replay,
)
from fake_archive.painted import illustrated_demo  # noqa: E402


def main() -> int:
    """Serve; return the exit code."""
    parser = argparse.ArgumentParser(prog="tests/fake_archive", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 for any free port")
    parser.add_argument("--faults", choices=("none", "demo"), default="none")
    parser.add_argument(
        "--generated", type=int, metavar="COUNT", help="made-up articles instead of fixtures"
    )
    parser.add_argument("--minute", type=int, nargs=2, metavar=("PLAYBACK", "INDEX"))
    arguments = parser.parse_args()
    faults = demo_faults() if arguments.faults == "demo" else Faults()
    if arguments.minute:
        limit = RateLimitSimulator(playback=arguments.minute[0], index=arguments.minute[1])
        faults = Faults(faults.rules, rate_limit=limit)
    source = illustrated_demo if arguments.faults == "demo" else from_fixtures
    if arguments.generated:
        source = partial(generated, arguments.generated)
    # Blocked before the thread of the server starts, so that only sigwait() receives them.
    signals = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    with replay(source, faults, port=arguments.port) as server:
        sys.stdout.write(f"{server.origin}\n")
        sys.stdout.flush()
        signal.sigwait(signals)
    return 0


if __name__ == "__main__":
    sys.exit(main())
