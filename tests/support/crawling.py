"""Crawls of an archive on loopback, without a pace, and what comes of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fake_archive import Replay, Request
from support.command import hkcnews
from typer.testing import Result


def crawl_args(out: Path, server: Replay, *args: str) -> list[str]:
    """Return the arguments of a crawl."""
    folder = ["--out", str(out), "--archive", server.origin]
    return ["crawl", *folder, "--rate", "0", "--cooldown", "0.05", *args]


def crawl(out: Path, server: Replay, *args: str) -> Result:
    """Crawl in this process."""
    return hkcnews(*crawl_args(out, server, *args))


def requests_to(server: Replay, endpoint: str = "playback") -> list[Request]:
    """Return the requests to one endpoint in their order: `playback` or `index`."""
    return [request for request in server.log if request.endpoint == endpoint]


def read_report(out: Path) -> dict[str, Any]:
    """Return what report.json holds."""
    report: dict[str, Any] = json.loads((out / "report.json").read_bytes())
    return report
