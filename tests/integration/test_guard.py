"""The guard over the rules: a rule that moves fails a test that names the fixture and the field."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from support.warcs import tree

REPOSITORY = Path(__file__).parents[2]
FIXTURE = "articles/bold-and-italic"

# Runs the guard, refreshes the fixtures and runs the guard again, all in one process.
_DRIVER = """
import json
import pytest
from scraper.testing import fixtures

class Failures:
    def __init__(self):
        self.texts = []

    def pytest_runtest_logreport(self, report):
        if report.failed:
            self.texts.append(f"{report.nodeid} {report.longreprtext}")

def guard():
    failures = Failures()
    wanted = "test_article or test_file or test_refusal"
    options = ["-q", "-p", "no:cacheprovider", "tests/test_fixtures.py", "-k", wanted]
    code = pytest.main(options, plugins=[failures])
    return int(code), failures.texts

before = guard()
refreshed = [
    f"{fixture.name}/{file}"
    for fixture in fixtures.load_all()
    for file in fixtures.refresh(fixture)
]
print("\\n" + json.dumps([before, refreshed, guard()]))
"""


@dataclass(frozen=True)
class Guarded:
    """The exit code and the failures of the guard, and the files that a refresh changed."""

    exit_code: int
    failures: list[str]
    refreshed: list[str]
    exit_code_after: int


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of what the guard needs, with one fixture of an article."""
    for name in ("normalise", "scraper"):
        shutil.copytree(
            REPOSITORY / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__")
        )
    (tmp_path / "tests").mkdir()
    shutil.copy(REPOSITORY / "tests/unit/normalise/test_fixtures.py", tmp_path / "tests")
    shutil.copy(REPOSITORY / "pyproject.toml", tmp_path)
    for name in (FIXTURE, "refused/farewell"):
        shutil.copytree(REPOSITORY / "fixtures" / name, tmp_path / "fixtures" / name)
    return tmp_path


def _run_guard(copy: Path) -> Guarded:
    """Run the driver on the copy, never on the repository that is installed."""
    result = subprocess.run(
        [sys.executable, "-c", _DRIVER],
        cwd=copy,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(copy),
            "PYTHONDONTWRITEBYTECODE": "1",
            "LC_ALL": "C.UTF-8",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    (exit_code, failures), refreshed, (exit_code_after, _) = json.loads(
        result.stdout.splitlines()[-1]
    )
    return Guarded(exit_code, failures, refreshed, exit_code_after)


def _break_rule(copy: Path, module: str, right: str, wrong: str) -> None:
    path = copy / "normalise" / module
    code = path.read_text(encoding="utf-8")
    assert code.count(right) >= 1, f"{right} has gone from {module}: break another rule here"
    path.write_text(code.replace(right, wrong), encoding="utf-8")


def test_the_guard_is_content_with_the_rules_as_they_are(copy: Path) -> None:
    before = tree(copy / "fixtures")
    assert _run_guard(copy) == Guarded(0, [], [], 0)
    assert tree(copy / "fixtures") == before


# The module, what is broken in it, how, the field that moves, and the expected files that move.
BREAKS = {
    "extraction of the title": (
        "page/extract.py",
        "title=",
        "title='moved' + ",
        "title",
        {"article.json", "article.md"},
    ),
    "rendering of bold text": (
        "editions/seed_blocks.py",
        'Strong: "**"',
        'Strong: "__"',
        "body",
        {"article.md"},
    ),
}


@pytest.mark.parametrize(
    ("module", "right", "wrong", "field", "moved"), BREAKS.values(), ids=BREAKS
)
def test_a_rule_that_moves_is_caught_by_fixture_and_field(
    copy: Path, module: str, right: str, wrong: str, field: str, moved: set[str]
) -> None:
    before = tree(copy / "fixtures")
    _break_rule(copy, module, right, wrong)
    guarded = _run_guard(copy)
    assert guarded.exit_code == 1
    assert guarded.failures
    for failure in guarded.failures:
        assert re.search(rf"{FIXTURE}: [a-z_, ]*\b{field}\b[a-z_, ]* moved", failure)

    after = tree(copy / "fixtures")
    changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    assert changed == {f"{FIXTURE}/{name}" for name in moved}
    assert set(guarded.refreshed) == changed
    assert guarded.exit_code_after == 0, "the expected files are what comes of the pages now"
