"""Every package that pyproject.toml names is locked, at a version that it allows."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LINES = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
EXTRAS = {"": PROJECT["dependencies"], **PROJECT["optional-dependencies"]}
NAMED = [Requirement(line) for lines in EXTRAS.values() for line in lines]


def test_a_line_of_the_lock_is_a_name_and_its_one_version() -> None:
    assert [line for line in LINES if not re.fullmatch(r"[\w.-]+==[\w.!+-]+", line)] == []


@pytest.mark.parametrize("asked", NAMED, ids=str)
def test_a_package_that_is_asked_for_is_locked(asked: Requirement) -> None:
    locked = {canonicalize_name(name): version for name, version in map(_parts, LINES)}
    assert asked.specifier.contains(locked[canonicalize_name(asked.name)])


def _parts(line: str) -> tuple[str, str]:
    name, _, version = line.partition("==")
    return name, version
