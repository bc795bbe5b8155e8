"""Every example of docs/seed-format.md, run: the document says how they are written."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from support.pages import CAPTURE, FORMS, TITLE, page

from normalise import Capture, extract, render

DOCUMENT = Path(__file__).parents[4] / "docs" / "seed-format.md"
TEXT = DOCUMENT.read_text(encoding="utf-8")
SECTION = re.compile(r"^#{2,3} (?P<section>\d[\d.]*) .*$", re.MULTILINE)
FENCE = re.compile(r"^```(?P<info>[^\n]*)\n(?P<inside>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Example:
    """A piece of HTML and the exact text that comes of it."""

    section: str
    html: str
    capture: Capture
    is_page: bool
    part: str
    expected: str


def examples() -> list[Example]:
    """Return the examples in the order of the document."""
    fences = list(FENCE.finditer(TEXT))
    assert [fence["info"].split()[0] for fence in fences] == ["html", "json"] * (len(fences) // 2)
    return [example_of(*pair) for pair in zip(fences[::2], fences[1::2], strict=True)]


def example_of(html: re.Match[str], expected: re.Match[str]) -> Example:
    _, *words = html["info"].split()
    _, *part = expected["info"].split()
    value = json.loads(expected["inside"])
    return Example(
        section=[match["section"] for match in SECTION.finditer(TEXT, 0, html.start())][-1],
        html=html["inside"].removesuffix("\n"),
        capture=Capture.from_url(words[1]) if words[1:] else CAPTURE,
        is_page=words[:1] == ["page"],
        part=part[0] if part else "blocks",
        expected=value if isinstance(value, str) else "\n".join(value),
    )


def actual(example: Example, html: str) -> str:
    """Return the part of the file that an example is about."""
    file = render(extract(html.encode(), example.capture))
    front_matter, _, body = file.removeprefix("---\n").partition("\n---\n\n")
    blocks = body.removeprefix(f"# {TITLE}").removeprefix("\n\n").removesuffix("\n")
    return {"file": file, "front-matter": front_matter, "blocks": blocks}[example.part]


EXAMPLES = examples()


def test_document_says_how_many_examples_it_has() -> None:
    assert f"This document has {len(EXAMPLES)} examples" in TEXT
    assert len(EXAMPLES) >= 45


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.section)
def test_example_gives_exactly_its_text(example: Example) -> None:
    if example.is_page:
        assert actual(example, example.html) == example.expected
    else:
        shown = {name: actual(example, form(page(example.html))) for name, form in FORMS.items()}
        assert shown == dict.fromkeys(FORMS, example.expected)
