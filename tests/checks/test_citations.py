"""What is found wrong with names of files and sections in comments and docstrings."""

from __future__ import annotations

from pathlib import Path

import pytest
from checks import citations

FILES = frozenset({"README.md", "docs/ferry.md", "normalise/files.py", "fixtures/a/article.md"})


@pytest.fixture(autouse=True)
def document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "docs").mkdir()
    text = "# Ferries\n\n## 1 Piers\n\n### 1.1 North\n\n**1.2** South.\n\n2.5 times as many.\n"
    (tmp_path / "docs" / "ferry.md").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    citations.sections.cache_clear()


@pytest.mark.parametrize(
    "comment",
    [
        "See README.md and docs/ferry.md.",
        "The piers (docs/ferry.md 1.1, 1.2 and 1).",
        "docs/ferry.md 1 to 1.2 says how.",
        "Writes articles/1-1000/article_7.md, or any *.md.",
        "Only files.py touches the disk, as normalise/files.py says.",
        "https://ferry.example/notes/piers.md has more.",
        "Twice as fast (1.47 to 1.84), 2.5 times.",
    ],
)
def test_names_that_are_there_are_no_faults(comment: str) -> None:
    assert list(citations.faults_of_comment(comment, FILES)) == []


@pytest.mark.parametrize(
    ("comment", "fault"),
    [
        ("As ferry.md says", "names ferry.md, which"),
        ("See notes/*.md", "names notes/*.md, which"),
        ("In normalise/tree.py", "names normalise/tree.py, which"),
        ("In tree.py", "names tree.py, which"),
        ("docs/tide.md 1", "names docs/tide.md, which"),
        ("(docs/ferry.md 1, 1.3)", "names docs/ferry.md 1.3, a section"),
        ("docs/ferry.md 2.5", "names docs/ferry.md 2.5, a section"),
        ("A redirect (2.2)", "names the section (2.2) and no document"),
        ("A ban (2.7 to 2.9)", "names the section (2.7 to 2.9) and no document"),
    ],
)
def test_names_that_are_not_there_are_faults(comment: str, fault: str) -> None:
    (found,) = citations.faults_of_comment(comment, FILES)
    assert found.startswith(fault)


def test_docstrings_and_runs_of_comments_are_each_one_text() -> None:
    source = '"""Ferries (docs/ferry.md\n1.1)."""\n\nx = 1  # a\n# b\n\n# c\ny = "# not this"\n'
    assert sorted(citations.comments(source)) == [
        (1, "Ferries (docs/ferry.md 1.1)."),
        (4, "a b"),
        (7, "c"),
    ]
