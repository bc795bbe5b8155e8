"""Every saved page still gives the article, the file or the refusal that is kept beside it."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from normalise import Article, Capture, PageKind, extract, render
from normalise.editions.json import as_json
from scraper.errors import UsageError
from scraper.testing import fixtures
from scraper.testing.fixtures import ARTICLE, ARTICLE_FILE, REFUSAL_FILE, TEXT_FILE, Fixture

EVERY = list(fixtures.load_all())
ARTICLES = [fixture for fixture in EVERY if fixture.name.startswith(f"{ARTICLE}/")]
REFUSALS = [fixture for fixture in EVERY if fixture not in ARTICLES]
VIEWS = [fixture for fixture in ARTICLES if fixture.name.endswith("-view")]


def raw_of(view: Fixture) -> Fixture | None:
    name = view.name.removesuffix("-view") + "-raw"
    return next((fixture for fixture in ARTICLES if fixture.name == name), None)


PAIRS = [(raw, view) for view in VIEWS if (raw := raw_of(view)) is not None]


@cache
def article_of(fixture: Fixture) -> Article:
    return extract(fixture.page, fixture.capture)


def expected(fixture: Fixture, file: str) -> Any:
    text = fixture.golden(file)
    assert text is not None, f"{fixture.name} has no {file}: make golden writes it"
    return json.loads(text)


@pytest.mark.parametrize("fixture", ARTICLES, ids=lambda fixture: fixture.name)
def test_article(fixture: Fixture) -> None:
    assert_article_is_as_kept(fixture)
    assert_file_is_as_kept(fixture)


def assert_article_is_as_kept(fixture: Fixture) -> None:
    actual = json.loads(json.dumps(as_json(article_of(fixture))))
    wanted = expected(fixture, ARTICLE_FILE)
    assert set(actual) == set(wanted)
    fields = [field for field in wanted if actual[field] != wanted[field]]
    assert not fields, f"{fixture.name}: {', '.join(fields)} moved"
    assert actual == wanted


def assert_file_is_as_kept(fixture: Fixture) -> None:
    is_now, was = render(article_of(fixture)), fixture.golden(TEXT_FILE)
    assert was is not None, f"{fixture.name} has no {TEXT_FILE}: make golden writes it"
    assert is_now == was, f"{fixture.name}: {', '.join(moved(was, is_now))} moved"


def moved(one: str, other: str) -> list[str]:
    """The fields by which two files differ; what stands below the front matter is the body."""
    one_parts, other_parts = parts(one), parts(other)
    return [
        field
        for field in dict.fromkeys([*one_parts, *other_parts])
        if one_parts.get(field) != other_parts.get(field)
    ]


def parts(text: str) -> dict[str, list[str]]:
    front, _, body = text.partition("\n---\n")
    found: dict[str, list[str]] = {}
    for line in front.split("\n")[1:]:
        field = re.match("[a-z_]+(?=:)", line)
        if field:
            found[field[0]] = []
        found[[*found][-1]].append(line)
    return {**found, "body": body.split("\n")}


@pytest.mark.parametrize("fixture", REFUSALS, ids=lambda fixture: fixture.name)
def test_refusal(fixture: Fixture) -> None:
    kind, texts = fixtures.expected_files(fixture.page, fixture.capture)
    assert fixture.name.startswith(f"{kind}/")
    assert json.loads(texts[REFUSAL_FILE]) == expected(fixture, REFUSAL_FILE)


@pytest.mark.parametrize(("raw", "view"), PAIRS, ids=lambda fixture: fixture.name)
def test_both_forms_of_a_page_give_one_article_and_one_file(raw: Fixture, view: Fixture) -> None:
    assert article_of(raw) == article_of(view)
    assert raw.golden(TEXT_FILE) == view.golden(TEXT_FILE)


def test_every_reason_to_refuse_a_page_has_a_fixture() -> None:
    seen = {expected(fixture, REFUSAL_FILE).get("reason") for fixture in REFUSALS}
    assert set(PageKind) <= seen


def test_every_fixture_says_what_it_proves() -> None:
    assert [fixture.name for fixture in EVERY if len(fixture.why) < 20 or "\n" in fixture.why] == []


def test_refreshing_writes_the_goldens_and_never_the_page(tmp_path: Path) -> None:
    page, capture = ARTICLES[0].page, ARTICLES[0].capture
    added = fixtures.add("a-page", page, capture, "is here to be refreshed", root=tmp_path)
    assert added.name == f"{ARTICLE}/a-page"
    before = (added.folder / "page.html").stat()
    (added.folder / TEXT_FILE).write_text("something else", encoding="utf-8")
    assert fixtures.refresh(added) == [TEXT_FILE]
    assert fixtures.refresh(added) == []
    assert added.golden(TEXT_FILE) == ARTICLES[0].golden(TEXT_FILE)
    after = (added.folder / "page.html").stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_a_page_is_never_replaced_by_another(tmp_path: Path) -> None:
    page, capture = REFUSALS[0].page, REFUSALS[0].capture
    added = fixtures.add("a-page", page, capture, "is here to be kept", root=tmp_path)
    other = Capture("20200102030405", "https://www.hkcnews.com/article/1/x")
    with pytest.raises(UsageError, match="a fixture named a-page exists"):
        fixtures.add("a-page", b"<p>other", other, "must not replace it", root=tmp_path)
    assert added.page == page
