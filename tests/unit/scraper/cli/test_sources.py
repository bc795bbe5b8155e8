"""Standard input and pages that can't be read."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from scraper.cli.sources import open_sources, read_page
from scraper.errors import UsageError


def test_standard_input_becomes_a_file_as_long_as_it_is_needed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"page\r\n")))
    with open_sources([Path("-")]) as (path,):
        assert path.read_bytes() == b"page\r\n"
    assert not path.exists()


def test_standard_input_that_is_closed_is_wrong_usage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(UsageError, match="standard input is closed"), open_sources([Path("-")]):
        pass


def test_a_page_that_can_not_be_read_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"can't be read: Is a directory"):
        read_page(tmp_path)
