"""A crawl's folder that nobody may write can be looked at."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_archive import Replay, generated, replay
from support.command import clean_environment
from support.crawls import crawl
from support.warcs import articles, files, tree

# The rights of files do not bind root: it gives the right to pass over them up.
WITHOUT_RIGHTS = ("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--")
pytestmark = pytest.mark.skipif(
    os.geteuid() == 0 and shutil.which(WITHOUT_RIGHTS[0]) is None,
    reason="root may write everywhere, and setpriv is not there",
)


def close(folder: Path) -> None:
    """Let nobody write into a folder."""
    for path in (*folder.rglob("*"), folder):
        path.chmod(0o555 if path.is_dir() else 0o444)


def as_guest(*args: object) -> subprocess.CompletedProcess[str]:
    """Run the command bound by the rights of files."""
    command = [sys.executable, "-m", "scraper", *map(str, args)]
    return subprocess.run(
        [*WITHOUT_RIGHTS, *command] if os.geteuid() == 0 else command,
        capture_output=True,
        text=True,
        check=False,
        env=clean_environment(),
    )


@pytest.fixture
def crawled(out: Path) -> Iterator[tuple[Path, Replay]]:
    with replay(generated(3)) as server:
        crawl(out, server)
        close(out)
        yield out, server
    out.chmod(0o755)
    for path in out.rglob("*"):
        path.chmod(0o755)


def test_a_read_only_crawl_can_be_looked_at(tmp_path: Path, crawled: tuple[Path, Replay]) -> None:
    out, server = crawled
    before = tree(out)
    status = as_guest("status", "--out", out)
    assert status.returncode == 0, status.stderr
    assert "100.0 % written" in " ".join(status.stdout.split())
    captures = as_guest("captures", 2, "--out", out, "--archive", server.origin)
    assert (captures.returncode, captures.stdout != "") == (0, True), captures.stderr
    dry = as_guest("fetch", 2, "--out", out, "--dry-run", "--archive", server.origin, "--rate", 0)
    assert dry.returncode == 0, dry.stderr
    rendered = as_guest("normalise", out, "--out", tmp_path / "again", "--jobs", 1)
    assert rendered.returncode == 0, rendered.stderr
    assert articles(tmp_path / "again") == files(1, 2, 3)
    page = tmp_path / "page.html"
    report = as_guest("report", "--out", out, "--to", page, "--jobs", 1)
    assert (report.returncode, page.is_file()) == (0, True), report.stderr
    assert tree(out) == before


def test_what_would_write_into_it_says_so(crawled: tuple[Path, Replay]) -> None:
    out, server = crawled
    done = as_guest("crawl", "--out", out, "--archive", server.origin)
    assert done.returncode == 1
    assert "may not be written" in done.stderr
    report = as_guest("report", "--out", out)
    assert report.returncode == 2
    assert "name another file with --to" in report.stderr
