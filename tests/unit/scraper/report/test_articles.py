"""What a file of an article tells, and what is wrong with one that tells nothing."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from support.article_files import FIGURE, TEXT, article_file, write_article

from scraper.report.articles import ArticleFacts, read_articles

VIDEO = '{{< video src="https://v.example/7" >}}'


def _read(folder: Path, *ids: int) -> list[ArticleFacts]:
    return read_articles(folder, ids, 1, lambda _, __: None)


def test_a_file_tells_its_date_names_and_media(tmp_path: Path) -> None:
    write_article(tmp_path, 7, article_file(TEXT, FIGURE, VIDEO, FIGURE, tags=("甲", "乙", "甲")))
    (facts,) = _read(tmp_path, 7)
    assert (facts.day, facts.title, facts.author) == (dt.date(2021, 4, 24), "半山的笑話", "葉知秋")
    assert (facts.category, facts.tags) == ("眾說", ("甲", "乙"))
    assert (facts.figures, facts.videos, facts.fault) == (2, 1, "")
    assert facts.digest is not None


def test_the_same_text_has_the_same_digest(tmp_path: Path) -> None:
    for article_id in (7, 8):
        write_article(tmp_path, article_id, article_file(TEXT * 9, article_id=article_id))
    write_article(tmp_path, 9, article_file(TEXT * 8, article_id=9))
    first, second, third = _read(tmp_path, 7, 8, 9)
    assert first.digest == second.digest != third.digest


@pytest.mark.parametrize(
    ("date", "is_misdated"),
    [("", False), ("soon", False), ("0001-01-01", True), ("2051-02-03", True)],
)
def test_a_date_that_can_not_be_is_none(tmp_path: Path, date: str, is_misdated: bool) -> None:  # noqa: FBT001
    write_article(tmp_path, 7, article_file(TEXT, date=date))
    (facts,) = _read(tmp_path, 7)
    assert (facts.day, facts.is_misdated) == (None, is_misdated)


def test_a_file_that_tells_nothing_is_a_fault_and_stops_nothing(tmp_path: Path) -> None:
    counts: list[tuple[int, int]] = []
    write_article(tmp_path, 1, "no front matter at all")
    write_article(tmp_path, 2, '---\ntitle: "a\n---\n')
    write_article(tmp_path, 4, article_file(TEXT, article_id=4))
    facts = read_articles(tmp_path, {4, 3, 2, 1}, 1, lambda *each: counts.append(each))
    assert [bool(each.fault) for each in facts] == [True, True, True, False]
    assert "No such file" in facts[2].fault
    assert counts[-1] == (4, 4)
