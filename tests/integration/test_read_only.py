"""A crawl's folder that nobody may write can be looked at."""

from __future__ import annotations

import json
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


# Runs each of the commands, one after another, and prints what became of them.
_DRIVER = """
import json, sys
from support.command import hkcnews

results = [hkcnews(*args) for args in json.loads(sys.argv[1])]
print(json.dumps([[each.exit_code, each.stdout, each.stderr] for each in results]))
"""


def as_guest(*commands: tuple[object, ...]) -> list[tuple[int, str, str]]:
    """Run commands bound by the rights of files; return what each gave: code and both outputs."""
    given = json.dumps([[str(arg) for arg in command] for command in commands])
    command = [sys.executable, "-c", _DRIVER, given]
    done = subprocess.run(
        [*WITHOUT_RIGHTS, *command] if os.geteuid() == 0 else command,
        stdout=subprocess.PIPE,
        check=True,
        env=clean_environment({"PYTHONPATH": str(Path(__file__).parents[1])}),
    )
    return [(code, stdout, stderr) for code, stdout, stderr in json.loads(done.stdout)]


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
    archive, page = ("--archive", server.origin), tmp_path / "page.html"
    status, captures, *others = as_guest(
        ("status", "--out", out),
        ("captures", 2, "--out", out, *archive),
        ("fetch", 2, "--out", out, "--dry-run", *archive, "--rate", 0),
        ("normalise", out, "--out", tmp_path / "again", "--jobs", 1),
        ("report", "--out", out, "--to", page, "--jobs", 1),
    )
    for code, _, stderr in (status, captures, *others):
        assert code == 0, stderr
    assert "100.0 % written" in " ".join(status[1].split())
    assert captures[1] != ""
    assert articles(tmp_path / "again") == files(1, 2, 3)
    assert page.is_file()
    assert tree(out) == before


def test_what_would_write_into_it_says_so(crawled: tuple[Path, Replay]) -> None:
    out, server = crawled
    crawl, report = as_guest(
        ("crawl", "--out", out, "--archive", server.origin), ("report", "--out", out)
    )
    assert crawl[0] == 1
    assert "may not be written" in crawl[2]
    assert report[0] == 2
    assert "name another file with --to" in report[2]
