"""The command `audit`: what it prints, writes and ends with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.article_files import FAREWELL, TEXT, article_file, other_page_file, write_article
from support.command import hkcnews

from scraper.verify.defects import Defect


def test_the_summary_names_counts_and_explains(tmp_path: Path) -> None:
    for article_id in range(1, 9):
        write_article(
            tmp_path,
            article_id,
            article_file(f"{article_id % 7}上山，" * 40, article_id=article_id, date=""),
        )
    write_article(tmp_path, 12, article_file(TEXT, article_id=12))
    result = hkcnews("audit", tmp_path)
    assert (result.exit_code, result.stderr) == (0, "")
    lines = [line.split("  ") for line in result.stdout.splitlines()]
    table = [[cell.strip() for cell in line if cell.strip()] for line in lines]
    assert table[:-1] == [
        ["8", "no_date", "no date", "1, 2, 3, 4, 5, ..."],
        ["1", "alias", "the same text as a later article", "1 -> 8"],
        ["3", "gap", "no file of this id", "9-11"],
    ]
    assert table[-1] == ["9 files read, 1 of them without a defect of their own"]


def test_json_goes_to_a_file(tmp_path: Path) -> None:
    write_article(tmp_path, 7, article_file(TEXT, author=""))
    result = hkcnews("audit", tmp_path, "--json", tmp_path / "defects.json", "--jobs", "2")
    assert result.exit_code == 0
    assert "no_author" in result.stdout
    written = json.loads((tmp_path / "defects.json").read_text(encoding="utf-8"))
    assert written == {**{each.value: [] for each in Defect}, "no_author": [7]}


def test_json_to_standard_output_goes_alone(tmp_path: Path) -> None:
    write_article(tmp_path, 7, article_file(TEXT, author=""))
    result = hkcnews("audit", tmp_path, "--json", "-")
    assert json.loads(result.stdout)["no_author"] == [7]
    assert "no_author" in result.stderr


def test_aliases_go_to_a_file(tmp_path: Path) -> None:
    for article_id in (7, 8):
        write_article(tmp_path, article_id, article_file(TEXT, article_id=article_id))
    assert hkcnews("audit", tmp_path, "--aliases", tmp_path / "aliases.json").exit_code == 0
    assert json.loads((tmp_path / "aliases.json").read_text(encoding="utf-8")) == {"7": 8}


@pytest.mark.parametrize("text", [other_page_file(FAREWELL), "", article_file(TEXT, article_id=8)])
def test_a_file_without_its_article_ends_in_1(tmp_path: Path, text: str) -> None:
    write_article(tmp_path, 7, text)
    result = hkcnews("audit", tmp_path)
    assert result.exit_code == 1
    assert "--only-missing" in result.stdout
    assert result.stderr == ""


def test_an_unreadable_file_is_named_with_the_reason(tmp_path: Path) -> None:
    write_article(tmp_path, 7, "")
    assert "unreadable: article 7: it has no front matter" in hkcnews("audit", tmp_path).stdout


def test_control_characters_never_reach_the_terminal(tmp_path: Path) -> None:
    write_article(
        tmp_path, 7, article_file(TEXT, title="\x1b[2J停\x07\x9b1m", author="\x1b]0;x\x07")
    )
    write_article(tmp_path, 8, article_file(TEXT, article_id=8), "article_\x1b[31m[bold]8.md")
    result = hkcnews("audit", tmp_path)
    assert result.exit_code == 1
    assert "article_\\u001b[31m[bold]8.md" in result.stdout
    assert all(c.isprintable() or c == "\n" for c in result.stdout + result.stderr)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["gone"], "gone can't be read"),
        (["."], "no article"),
        ([".", "--json", "."], "is a folder"),
        ([".", "--json", "gone/x.json"], "does not exist"),
        ([".", "--json", "-", "--aliases", "-"], "both"),
        ([".", "--jobs", "0"], "--jobs"),
    ],
)
def test_wrong_usage_ends_in_2(tmp_path: Path, args: list[str], message: str) -> None:
    paths = [arg if arg.startswith("-") or arg == "0" else str(tmp_path / arg) for arg in args]
    result = hkcnews("audit", *paths)
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
