"""How hypothesis searches for examples, where worker processes come from, and what the environment
may not change.

`make test` tries the same few examples each time, so that it never fails by chance. Searching anew
is for `make fuzz`, and for `pytest --hypothesis-profile thorough`.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Generator, Iterator
from urllib.request import getproxies_environment

import pytest
from hypothesis import settings
from support import quick_workers

settings.register_profile("same each time", derandomize=True, deadline=None, max_examples=25)
settings.register_profile("thorough", deadline=None, max_examples=300)
settings.load_profile("same each time")


_SPAWNED = multiprocessing.get_context


@pytest.fixture(autouse=True, scope="session")
def _quick_workers() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(multiprocessing, "get_context", quick_workers.context)
        yield


@pytest.fixture
def spawned_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let worker processes be spawned, as the program does it."""
    monkeypatch.setattr(multiprocessing, "get_context", _SPAWNED)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Let no branch count as tested that only a generated example or one of 1,000 pages takes.

    It is also half of their time that measuring takes. (`no_cover` of pytest-cov 7 does not stop
    the trace function in the processes of pytest-xdist.)
    """
    is_generated = getattr(getattr(item, "obj", None), "is_hypothesis_test", False)
    if not is_generated and item.get_closest_marker("unmeasured") is None:
        return (yield)
    trace = sys.gettrace()
    sys.settrace(None)
    try:
        return (yield)
    finally:
        sys.settrace(trace)


# The proxies of whoever runs the tests have no part in them: servers are on loopback.
for _name in getproxies_environment():
    for _variable in (f"{_name}_proxy", f"{_name}_PROXY".upper()):
        os.environ.pop(_variable, None)
