"""The guard over the rules: a rule that moves fails a test that names the fixture and the field."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support.warcs import tree
from unit.normalise import test_fixtures as guard

from normalise.editions import seed_blocks
from normalise.page.title import find_title
from normalise.tree import Strong
from scraper.testing import fixtures

FIXTURE, REFUSAL = "articles/bold-and-italic", "refused/farewell"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of one fixture of an article, and of one of a refusal."""
    for name in (FIXTURE, REFUSAL):
        shutil.copytree(fixtures.ROOT / name, tmp_path / name)
    return tmp_path


def failures(root: Path) -> list[str]:
    """What the tests of saved pages say of the rules as they are now."""
    guard.article_of.cache_clear()
    found = []
    tests: list[tuple[Callable[[fixtures.Fixture], None], str]] = [
        (guard.assert_article_is_as_kept, FIXTURE),
        (guard.assert_file_is_as_kept, FIXTURE),
        (guard.test_refusal, REFUSAL),
    ]
    for test, name in tests:
        try:
            test(fixtures.load(root / name, root))
        except AssertionError as error:
            found.append(str(error))
    return found


def refresh(root: Path) -> list[str]:
    """The files that a refresh changes."""
    return [
        f"{fixture.name}/{file}"
        for fixture in fixtures.load_all(root)
        for file in fixtures.refresh(fixture)
    ]


def test_the_guard_is_content_with_the_rules_as_they_are(root: Path) -> None:
    before = tree(root)
    assert failures(root) == []
    assert refresh(root) == []
    assert tree(root) == before


def move_the_title(patch: pytest.MonkeyPatch) -> None:
    def moved(*args: Any) -> Any:
        found = find_title(*args)
        return replace(found, value=f"moved{found.value}")

    patch.setattr("normalise.page.extract.find_title", moved)


def move_bold_text(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(seed_blocks._MARKS, Strong, "__")


# What breaks, the field that moves, and the expected files that move.
BREAKS = {
    "extraction of the title": (move_the_title, "title", {"article.json", "article.md"}),
    "rendering of bold text": (move_bold_text, "body", {"article.md"}),
}


@pytest.mark.parametrize(("move", "field", "moved"), BREAKS.values(), ids=BREAKS)
def test_a_rule_that_moves_is_caught_by_fixture_and_field(
    root: Path,
    monkeypatch: pytest.MonkeyPatch,
    move: Callable[[pytest.MonkeyPatch], None],
    field: str,
    moved: set[str],
) -> None:
    before = tree(root)
    move(monkeypatch)
    caught = failures(root)
    assert caught
    for failure in caught:
        assert re.search(rf"{FIXTURE}: [a-z_, ]*\b{field}\b[a-z_, ]* moved", failure)

    refreshed = refresh(root)
    after = tree(root)
    changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    assert changed == {f"{FIXTURE}/{name}" for name in moved}
    assert set(refreshed) == changed
    assert failures(root) == [], "the expected files are what comes of the pages now"
