"""Prints what the benchmarks ran on, and their figures: ratios of interleaved rounds."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import re
import statistics
import sys
from collections.abc import Iterable
from pathlib import Path

SMALL = "--small"  # few pages and rounds: a trial, no measurement


def is_small() -> bool:
    """Return whether the command line asks for a trial."""
    return SMALL in sys.argv


def machine() -> str:
    """Return the machine and the Python on a line."""
    model = re.search(r"^model name\s*:\s*(.+)$", _cpuinfo(), re.MULTILINE)
    processor = model[1] if model else platform.machine()
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{os.cpu_count()} cores of {processor}, {platform.system()}, {python}"


def versions(packages: Iterable[str]) -> str:
    """Return the versions of installed packages on a line."""
    return ", ".join(f"{name} {importlib.metadata.version(name)}" for name in packages)


def ratio(what: str, values: list[float]) -> None:
    """Print the ratio of each round as one line."""
    low, middle, high = min(values), statistics.median(values), max(values)
    say(f"  {middle:8.2f} {what} ({low:.2f} to {high:.2f})")


def say(line: str) -> None:
    """Print a line at once."""
    print(line, flush=True)  # noqa: T201


def _cpuinfo() -> str:
    path = Path("/proc/cpuinfo")
    return path.read_text(encoding="utf-8") if path.exists() else ""
