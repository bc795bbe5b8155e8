"""The reconstructed pages give the reference archive's files."""

from __future__ import annotations

import conformance
import pytest
from support.shared_files import need

pytestmark = pytest.mark.unmeasured  # a thousand pages, no branch of which is tested here only


def test_raw_pages_give_the_reference_files() -> None:
    need("pages", "pages.warc.gz")
    result = conformance.raw_pages()
    assert result.wrong == []
    assert result.right == {
        "byte for byte": 1452,
        "with hidden e-mail addresses decoded": 6,
        "with control characters escaped": 4,
    }


def test_view_pages_give_the_reference_files() -> None:
    need("pages", "view")
    result = conformance.view_pages()
    assert result.wrong == []
    assert result.right == {"byte for byte": 41}
