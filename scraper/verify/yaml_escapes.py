"""Values of a front matter that one file escapes and another writes as they are.

The published archive writes control characters in titles as they are, which no YAML reader takes;
this tool escapes them (docs/archive-defects.md 3).
"""

from __future__ import annotations

import re

from normalise.editions.front_matter import quoted
from scraper.corpus.files import front_matter_values

_QUOTED = re.compile(r'(?P<key>\w+: |  - )"(?P<inner>.*)"', re.DOTALL)
_BREAKS_OF_YAML_1_1 = re.compile("[\x85\u2028\u2029]")


def differ_in_escapes_only(actual: str, expected: str) -> bool:
    """Return whether lines differ only where the actual ones escape what YAML can't read."""
    lines = zip(actual.split("\n"), expected.split("\n"), strict=False)
    return actual.count("\n") == expected.count("\n") and all(
        actual_line == expected_line or _is_escape(actual_line, expected_line)
        for actual_line, expected_line in lines
    )


def _is_escape(actual: str, expected: str) -> bool:
    actual_line, expected_line = _QUOTED.fullmatch(actual), _QUOTED.fullmatch(expected)
    if actual_line is None or expected_line is None or actual_line["key"] != expected_line["key"]:
        return False
    inner = expected_line["inner"]
    value = inner.replace('\\"', '"')  # the published archive's only escape
    return f'"{actual_line["inner"]}"' == quoted(value) and not _is_read_as(inner, value)


def _is_read_as(inner: str, value: str) -> bool:
    """Whether YAML of every version reads a value where it stands as it is."""
    if _BREAKS_OF_YAML_1_1.search(inner):
        return False
    try:
        return front_matter_values(f'x: "{inner}"') == {"x": value}
    except ValueError:
        return False
