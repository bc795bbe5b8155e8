"""`make demo`: the first command of a newcomer."""

from __future__ import annotations

from pathlib import Path

import demo
import pytest
from support.crawling import read_report


def test_the_demonstration_succeeds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(demo, "PACE", ["--rate", "1000", "--cooldown", "0.01"])
    out = tmp_path / "demo"
    assert demo.main(out) == 0
    report = read_report(out)
    assert not [share for share in report["fields"] if share["is_alarming"]]
    assert not report["failed"]
    shown = capfd.readouterr()
    assert (out / "report.html").absolute().as_uri() in shown.out
    assert (out / "report.html").is_file()
    assert (out / demo.SHOWN).read_text(encoding="utf-8") in shown.out
    assert "alarm" not in shown.err
