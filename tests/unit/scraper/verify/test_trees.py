"""Two archives side by side: every pair counted under its kind."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.article_files import complete_file
from support.compared_trees import EXPECTED_JSON, write_complete, write_trees

from scraper.errors import UsageError, WorkerError
from scraper.verify import trees as trees_module
from scraper.verify.parallel import WorkerDied
from scraper.verify.trees import TreeComparison, Trees, compare_trees


@pytest.fixture
def trees(tmp_path: Path) -> tuple[Path, Path]:
    return write_trees(tmp_path)


@pytest.mark.parametrize("jobs", [None, 2])
def test_every_pair_is_counted_under_its_kind(trees: tuple[Path, Path], jobs: int | None) -> None:
    assert json.loads(compare_trees(Trees.of(*trees), jobs).as_json()) == EXPECTED_JSON


def test_a_tree_is_identical_with_itself(trees: tuple[Path, Path]) -> None:
    assert compare_trees(Trees.of(trees[1], trees[1])) == TreeComparison(identical=9)


def test_progress_is_reported(trees: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trees_module, "_PROGRESS_STEP", 4)
    progress: list[tuple[int, int]] = []
    compare_trees(Trees.of(*trees), done=lambda count, total: progress.append((count, total)))
    assert progress == [(4, 10), (8, 10)]


def test_two_files_of_one_article_are_refused(trees: tuple[Path, Path]) -> None:
    write_complete(trees[0], 4, complete_file(), below="copy")
    with pytest.raises(UsageError, match="are both article 4; give the folder of one archive"):
        Trees.of(*trees)


def test_a_dead_worker_is_an_error_that_says_where(
    trees: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object) -> None:
        raise WorkerDied(3)

    monkeypatch.setattr(trees_module, "compare_pairs", die)
    with pytest.raises(WorkerError, match="killed at one of the articles from 4 on"):
        compare_trees(Trees.of(*trees), jobs=1)
