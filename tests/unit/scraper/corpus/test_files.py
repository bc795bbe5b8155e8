"""The files of an archive: which are found, and what front matter stands at their head."""

from __future__ import annotations

from pathlib import Path

import pytest

from scraper.corpus.files import (
    find_articles,
    find_front_matter,
    find_markdown,
    front_matter_values,
    read_front_matter,
)
from scraper.errors import UsageError


def touch(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("", encoding="utf-8")


def test_markdown_comes_in_the_order_of_its_paths_and_links_are_not_followed(
    tmp_path: Path,
) -> None:
    touch(tmp_path, "b/1.md", "a/2.md", "a/1.md", "a.md", "a/d/0.md", "a/notes.txt")
    (tmp_path / "again").symlink_to(tmp_path)
    found = [path.relative_to(tmp_path).as_posix() for path in find_markdown(tmp_path)]
    assert found == ["a/1.md", "a/2.md", "a/d/0.md", "a.md", "b/1.md"]


def test_only_files_named_for_an_article_are_articles(tmp_path: Path) -> None:
    touch(tmp_path, "article_7.md", "x/article_999999.md", "README.md", "article_2.md.part")
    touch(tmp_path, "article_.md", "article_2b.md", "Article_2.md", "article_07.md")
    touch(tmp_path, "article_1000000.md", "article_0.md")
    assert [article_id for article_id, _ in find_articles(tmp_path)] == [7, 999_999]


def test_a_folder_without_articles_is_wrong_usage(tmp_path: Path) -> None:
    touch(tmp_path, "README.md")
    with pytest.raises(UsageError, match=r"no article .* below"):
        list(find_articles(tmp_path))


@pytest.mark.parametrize("name", ["gone", "file.md"])
def test_what_is_no_folder_is_wrong_usage(tmp_path: Path, name: str) -> None:
    touch(tmp_path, "file.md")
    with pytest.raises(UsageError, match=f"{name} can't be read as a folder"):
        list(find_articles(tmp_path / name))


@pytest.mark.parametrize(
    ("text", "yaml", "body"),
    [
        ("---\na: 1\n---\n\n# x\n", "a: 1\n", "\n# x\n"),
        ("---\na: 1\n---\n\n\n", "a: 1\n", "\n\n"),
        ("---  \n\na: 1\n----- \nx", "\na: 1\n", "x"),
        ("---\na: 1\n---", "a: 1\n", ""),
        ("---\n---\n", "", ""),
    ],
)
def test_front_matter_stands_between_two_delimiters(text: str, yaml: str, body: str) -> None:
    span = find_front_matter(text)
    assert span is not None
    assert (text[span.start : span.end], text[span.body :]) == (yaml, body)


@pytest.mark.parametrize("text", ["", "---", "---\na: 1\n", "\n---\na: 1\n---\n", "---x\n---\n"])
def test_other_texts_have_none(text: str) -> None:
    assert find_front_matter(text) is None
    assert read_front_matter(text) is None


def test_front_matter_is_read_behind_a_byte_order_mark_and_with_crlf() -> None:
    assert read_front_matter("\ufeff---\r\na: 1\r\n---\r\nx") == "a: 1\n"


def test_values_are_the_scalars_as_they_are_written() -> None:
    yaml = 'a: "1\\u5c71"\nb: 2021-99-99\nc: [1]\nd: {e: f}\ng: null\nh:\n'
    assert front_matter_values(yaml) == {"a": "1山", "b": "2021-99-99", "g": "null", "h": ""}


@pytest.mark.parametrize(
    "yaml", ["a: \x08", 'a: "', "- a", "", "a: [", f"a: {'[' * 200_000}", f"a: {'x' * 16_000}"]
)
def test_what_is_no_mapping_in_valid_yaml_is_an_error(yaml: str) -> None:
    with pytest.raises(ValueError, match=r"invalid YAML|without keys|more than"):
        front_matter_values(yaml)
