"""Text that would move a terminal if it came there as it is."""

from __future__ import annotations

import re

# A title that clears the screen, colours it, rings, names the window and turns its letters round.
WILD = "渡輪\x1b[2J\x1b[31m停\x07航\x08\x9b1m\x90q\x9c\x7f\x1b]0;x\x07\u202e\u2066\u200e\u2028尾"
# A title that looks like the program's own styles.
MARKUP = "[bold]渡輪[/bold] :fire: [red]停航[/nothing] 尾\\"

# What the program itself sends: colours, the cursor, the lines of its live display.
_OWN_CONTROLS = re.compile(r"\x1b\[(?:[0-9;]*m|\?25[lh]|1A|2K)|\r")
_CONTROLS = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]"
)


def without_own_controls(output: str) -> str:
    """Return what a terminal was sent without the controls that the program itself may send."""
    return _OWN_CONTROLS.sub("", output)


def assert_harmless(output: str) -> None:
    """Assert that an output holds no control characters but the ends of its lines."""
    assert [ascii(found) for found in _CONTROLS.findall(output)] == []
