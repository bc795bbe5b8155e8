"""How many branches the tests of the last `make test` went through, and whether it is enough.

    PYTHONPATH=tests python -m checks.branches

Exits with 1 where a package is below its part. Only branches are counted, not lines.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from coverage import Coverage

AT_LEAST = {"normalise": 95.0, "scraper": 90.0}  # percent


def main() -> int:
    """Print each package's part; return the exit code."""
    measured = Coverage()
    measured.load()
    below = False
    for package, least in AT_LEAST.items():
        covered, branches = _branches(measured, package)
        part = 100 * covered / branches
        below |= part < least
        print(  # noqa: T201
            f"{package}/: tests go through {part:.1f} % of {branches} branches"
            f" ({least:.0f} % are asked for)"
        )
    return int(below)


def _branches(measured: Coverage, package: str) -> tuple[int, int]:
    """Return how many branches of a package were taken, and how many there are."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "coverage.json")
        measured.json_report(include=[f"{package}/*"], outfile=str(report))
        totals = json.loads(report.read_bytes())["totals"]
    return totals["covered_branches"], totals["num_branches"]


if __name__ == "__main__":
    sys.exit(main())
