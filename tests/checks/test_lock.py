"""Every package in pyproject.toml is locked, at a version that pyproject.toml allows."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LINES = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
EXTRAS = {"": PROJECT["dependencies"], **PROJECT["optional-dependencies"]}
REQUIREMENTS = [Requirement(line) for lines in EXTRAS.values() for line in lines]


def test_each_line_of_the_lock_is_a_name_and_a_version() -> None:
    assert [line for line in LINES if not re.fullmatch(r"[\w.-]+==[\w.!+-]+", line)] == []


def test_each_requirement_is_locked() -> None:
    locked = {canonicalize_name(name): version for name, version in map(_parts, LINES)}
    versions = {each: locked[canonicalize_name(each.name)] for each in REQUIREMENTS}
    assert [str(each) for each in versions if not each.specifier.contains(versions[each])] == []


def _parts(line: str) -> tuple[str, str]:
    name, _, version = line.partition("==")
    return name, version
