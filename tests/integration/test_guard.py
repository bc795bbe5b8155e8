"""The guard over the rules: a rule that moves fails a test that names the fixture and the field."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.warcs import tree

REPOSITORY = Path(__file__).parents[2]
FIXTURE = "articles/bold-and-italic"
# By name: the module, what is broken in it, how, the fields that move, whether JSON moves too.
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


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what the guard needs, with one fixture."""
    copy = tmp_path_factory.mktemp("copy")
    for name in ("normalise", "scraper"):
        shutil.copytree(
            REPOSITORY / name, copy / name, ignore=shutil.ignore_patterns("__pycache__")
        )
    (copy / "tests").mkdir()
    shutil.copy(REPOSITORY / "tests/unit/normalise/test_fixtures.py", copy / "tests")
    shutil.copy(REPOSITORY / "pyproject.toml", copy)
    for name in (FIXTURE, "refused/farewell"):
        shutil.copytree(REPOSITORY / "fixtures" / name, copy / "fixtures" / name)
    return copy


@pytest.fixture
def copy(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "copy"))


def run(copy: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """A command on the copy, never on the repository that is installed."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(copy),
        "PYTHONDONTWRITEBYTECODE": "1",
        "LC_ALL": "C.UTF-8",
        "COLUMNS": "200",
    }
    return subprocess.run(
        [sys.executable, *command],
        cwd=copy,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def guard(copy: Path) -> subprocess.CompletedProcess[str]:
    wanted = "test_article or test_file or test_refusal"
    return run(
        copy, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/test_fixtures.py", "-k", wanted
    )


def failures(done: subprocess.CompletedProcess[str]) -> list[str]:
    return re.findall(r"^FAILED (.*)$", done.stdout, re.MULTILINE)


def broken(copy: Path, module: str, right: str, wrong: str) -> None:
    path = copy / "normalise" / module
    code = path.read_text(encoding="utf-8")
    assert code.count(right) >= 1, f"{right} has gone from {module}: break another rule here"
    path.write_text(code.replace(right, wrong), encoding="utf-8")


def test_the_guard_is_content_with_the_rules_as_they_are(copy: Path) -> None:
    done = guard(copy)
    assert (done.returncode, failures(done)) == (0, []), done.stdout
    before = tree(copy / "fixtures")
    assert run(copy, "-m", "scraper.testing.fixtures", "refresh").stdout == ""
    assert tree(copy / "fixtures") == before


@pytest.mark.parametrize(
    ("module", "right", "wrong", "field", "golden"), BREAKS.values(), ids=BREAKS
)
def test_a_rule_that_moves_is_caught_by_fixture_and_field(
    copy: Path, module: str, right: str, wrong: str, field: str, golden: set[str]
) -> None:
    before = tree(copy / "fixtures")
    broken(copy, module, right, wrong)
    done = guard(copy)
    assert done.returncode == 1, done.stdout + done.stderr
    failed = failures(done)
    assert failed
    assert all(FIXTURE in line and field in line for line in failed), failed

    refreshed = run(copy, "-m", "scraper.testing.fixtures", "refresh")
    assert refreshed.returncode == 0, refreshed.stderr
    after = tree(copy / "fixtures")
    changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    assert changed == {f"{FIXTURE}/{name}" for name in golden}
    assert set(refreshed.stdout.split()) == changed
    assert guard(copy).returncode == 0, "the goldens are what comes of the pages now"
