"""Work in worker processes: results in order, and what becomes of a worker that dies."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

from scraper.verify import parallel
from scraper.verify.parallel import WorkerDied, map_in_order

# Worker processes import what they do: this must be a module that they find.
WORK = """
import os

def double(numbers):
    return [2 * number for number in numbers]

def is_killed(numbers):
    if 5 in numbers:
        os.kill(os.getpid(), 9)
    return numbers

def leaves(numbers):
    if 5 in numbers:
        raise SystemExit
    return numbers

def fails(numbers):
    raise ValueError(numbers)
"""


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    (tmp_path / "work_in_chunks.py").write_text(WORK, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "work_in_chunks", raising=False)
    monkeypatch.setattr(parallel, "_CHUNK", 2)
    return importlib.import_module("work_in_chunks")


@pytest.mark.parametrize("jobs", [None, 1, 2])
def test_results_come_in_the_order_of_the_items(work: object, jobs: int | None) -> None:
    results = map_in_order(vars(work)["double"], range(7), jobs, min_for_workers=100)
    assert list(results) == [0, 2, 4, 6, 8, 10, 12]


@pytest.mark.parametrize("way", ["is_killed", "leaves"])
def test_a_worker_that_dies_is_reported_behind_the_results_before(work: object, way: str) -> None:
    results = map_in_order(vars(work)[way], range(7), 2, min_for_workers=0)
    before: list[int] = []
    with pytest.raises(WorkerDied) as caught:
        before.extend(results)
    assert before == list(range(caught.value.finished))
    assert caught.value.finished <= 4


def test_what_the_work_raises_comes_out(work: object) -> None:
    with pytest.raises(ValueError, match="0, 1"):
        list(map_in_order(vars(work)["fails"], range(7), 2, min_for_workers=0))
