"""Says how many branches the last `make test` covered, and whether it is enough.

    PYTHONPATH=tests python -m checks.branches

Exits with 1 if a package is below its minimum. Only branches are counted, not lines.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from coverage import Coverage

MINIMUM = {"normalise": 95.0, "scraper": 90.0}  # percent


def main() -> int:
    """Print the coverage of each package; return the exit code."""
    measured = Coverage()
    measured.load()
    below = False
    for package, minimum in MINIMUM.items():
        covered, branches = _branches(measured, package)
        percent = 100 * covered / branches
        below |= percent < minimum
        print(  # noqa: T201
            f"{package}/: {percent:.1f} % of {branches} branches are covered"
            f" (minimum {minimum:.0f} %)"
        )
    return int(below)


def _branches(measured: Coverage, package: str) -> tuple[int, int]:
    """Return how many branches of a package are covered, and how many there are."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "coverage.json")
        measured.json_report(include=[f"{package}/*"], outfile=str(report))
        totals = json.loads(report.read_bytes())["totals"]
    return totals["covered_branches"], totals["num_branches"]


if __name__ == "__main__":
    sys.exit(main())
