"""Real bodies of articles give the reference files, whatever the page around them looks like."""

from __future__ import annotations

import conformance
import pytest
from support.shared_files import need

pytestmark = pytest.mark.unmeasured  # thousands of pages, no branch of which is tested here only


def test_real_bodies_give_the_reference_files() -> None:
    need("real")
    result = conformance.real_bodies()
    assert result.wrong == []
    assert result.right == {
        "byte for byte": 40,
        "with a host served by https": 5,
        "with e-mail addresses masked and decoded": 3,
    }
