"""How hypothesis searches for examples, where worker processes come from, and what the environment
may not change.

`make test` tries the same examples each time, so that it never fails by chance. Searching anew is
for `make fuzz`.
"""

from __future__ import annotations

import multiprocessing
import os
from urllib.request import getproxies_environment

import pytest
from hypothesis import settings
from support import quick_workers

settings.register_profile("same each time", derandomize=True, deadline=None, max_examples=50)
settings.load_profile("same each time")


@pytest.fixture
def spawned_workers() -> None:
    """Let worker processes be spawned, as the program does it."""


@pytest.fixture(autouse=True)
def _quick_workers(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "spawned_workers" not in request.fixturenames:
        monkeypatch.setattr(multiprocessing, "get_context", quick_workers.context)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let no branch count as tested that only a generated example goes through.

    It is also half of their time that measuring takes.
    """
    for item in items:
        if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
            item.add_marker("no_cover")


# The proxies of whoever runs the tests have no part in them: servers are on loopback.
for _name in getproxies_environment():
    for _variable in (f"{_name}_proxy", f"{_name}_PROXY".upper()):
        os.environ.pop(_variable, None)
