"""The line that asks for a contact: only where the real archive is asked without one."""

from __future__ import annotations

import pytest

from scraper.cli.session import ask_for_contact
from scraper.wayback.policy import RequestPolicy


@pytest.mark.parametrize(
    ("policy", "lines"),
    [
        (RequestPolicy(), 1),
        (RequestPolicy(contact="me@example.org"), 0),
        (RequestPolicy("http://127.0.0.1:8080"), 0),
    ],
)
def test_a_contact_is_asked_for(
    capsys: pytest.CaptureFixture[str], policy: RequestPolicy, lines: int
) -> None:
    ask_for_contact(policy)
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.count("--contact you@example.org") == output.err.count("\n") == lines
