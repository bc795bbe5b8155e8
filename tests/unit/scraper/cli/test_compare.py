"""The command `compare`: what it prints, writes and ends with."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from support.article_files import complete_file
from support.command import hkcnews
from support.compared_trees import EXPECTED_JSON, write_complete, write_trees


@pytest.fixture
def trees(tmp_path: Path) -> tuple[Path, Path]:
    return write_trees(tmp_path)


def rows(output: str) -> dict[str, str]:
    lines = (line.strip().partition(" ") for line in output.splitlines() if line.strip())
    return {what: count for count, _, what in lines if count.isdecimal()}


def test_the_table(trees: tuple[Path, Path]) -> None:
    result = hkcnews("compare", *trees)
    assert result.exit_code == 1
    assert rows(result.stdout) == {
        "identical": "2",
        "repaired (YAML escapes 1)": "1",
        "another capture of the same text": "1",
        "regressions": "2",
        "only in MINE": "1",
        "only in REFERENCE": "1",
        "no article in REFERENCE": "2",
    }
    assert re.search(r"^body +0 +1 +1$", result.stdout, re.MULTILINE)
    assert result.stderr == (
        "regressions: articles 2, 10; --show 3 shows what differs, --json FILE names all\n"
    )


def test_without_a_regression(trees: tuple[Path, Path]) -> None:
    result = hkcnews("compare", trees[1], trees[1])
    assert (result.exit_code, result.stderr) == (0, "")
    assert "files that differ in" not in result.stdout


def test_json_in_a_file(trees: tuple[Path, Path], tmp_path: Path) -> None:
    result = hkcnews("compare", *trees, "--json", tmp_path / "found.json")
    assert result.exit_code == 1
    assert json.loads((tmp_path / "found.json").read_bytes()) == EXPECTED_JSON
    assert "identical" in result.stdout


def test_json_on_standard_output_and_the_table_elsewhere(trees: tuple[Path, Path]) -> None:
    result = hkcnews("compare", *trees, "--json", "-")
    assert json.loads(result.stdout) == EXPECTED_JSON
    assert rows(result.stderr)["identical"] == "2"


def test_examples_show_regressions_first_and_nothing_that_moves_a_terminal(
    trees: tuple[Path, Path],
) -> None:
    result = hkcnews("compare", *trees, "--show", "3")
    heads = [line for line in result.stdout.splitlines() if line.startswith("article ")]
    assert heads == [
        "article 2: tags regression, body regression",
        "article 10: title regression",
        "article 3: title repaired",
    ]
    assert "\n-<figcaption>碼頭</figcaption>\n+<figcaption>海邊</figcaption>\n" in result.stdout
    assert "\n+# 末班\\u001b[2J車\n" in result.stdout
    assert "\x1b" not in result.stdout + result.stderr
    assert "article 4" not in result.stdout


def test_blanks_that_look_alike_are_told_apart(tmp_path: Path) -> None:
    write_complete(tmp_path / "mine", 1, complete_file().replace("見 [", "見\xa0["))
    write_complete(tmp_path / "reference", 1, complete_file())
    result = hkcnews("compare", tmp_path / "mine", tmp_path / "reference", "--show", "1")
    assert "\n-見 [前文]" in result.stdout
    assert "\n+見\\u00a0[前文]" in result.stdout


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["{mine}"], "Missing argument 'REFERENCE'"),
        (["{mine}", "{empty}"], "no article (article_<id>.md) lies anywhere below"),
        (["{mine}", "{empty}/x"], "can't be read as a folder: No such file"),
        (["{mine}", "{mine}", "--json", "{empty}"], "that is a folder; give a file"),
        (["{mine}", "{mine}", "--json", "{empty}/x/y"], "no such folder"),
        (["{mine}", "{mine}", "--show", "-1"], "--show"),
        (["{mine}", "{mine}", "--jobs", "0"], "--jobs"),
    ],
)
def test_wrong_usage(
    trees: tuple[Path, Path], tmp_path: Path, args: list[str], message: str
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    result = hkcnews("compare", *(arg.format(mine=trees[0], empty=empty) for arg in args))
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_a_file_that_cannot_be_read(trees: tuple[Path, Path]) -> None:
    path = trees[0] / "articles/1-1000/article_1.md"
    path.unlink()
    path.symlink_to(trees[0] / "nowhere")
    result = hkcnews("compare", *trees)
    assert result.exit_code == 2
    assert f"{path} can't be read: No such file" in result.stderr
    assert "Traceback" not in result.stderr
    assert "Traceback" in hkcnews("compare", *trees, "--debug").stderr
