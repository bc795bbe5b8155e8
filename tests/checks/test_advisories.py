"""What is made of the answers of pip-audit."""

from __future__ import annotations

import json

import pytest
from checks import advisories

_VULNERABLE = {"name": "x", "version": "1", "vulns": [{"id": "A-1", "fix_versions": ["2"]}]}
_GOOD = {"name": "y", "version": "1", "vulns": []}
_UNKNOWN = {"name": "z", "skip_reason": "not there"}


@pytest.mark.parametrize(
    ("script", "code", "message"),
    [
        (f"print({json.dumps({'dependencies': [_GOOD]})!r})", 0, "0 vulnerabilities in 1"),
        (
            f"print({json.dumps({'dependencies': [_GOOD, _VULNERABLE]})!r}); exit(1)",
            1,
            "x 1: A-1, fixed in 2",
        ),
        (f"print({json.dumps({'dependencies': [_UNKNOWN]})!r})", 1, "not looked up: z"),
        ("exit('requests.exceptions.ConnectionError: no route')", 0, "skipped"),
        ("exit('no such option')", 2, "no such option"),
    ],
    ids=["nothing is known", "one is known", "not looked up", "unreachable", "broken"],
)
def test_answers_of_pip_audit(
    script: str,
    code: int,
    message: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(advisories, "AUDIT", ["-c", script])
    assert advisories.main() == code
    assert message in capsys.readouterr().out
