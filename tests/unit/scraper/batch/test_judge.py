"""What a page is: an article, a known other page, or one that fails alone."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path

import pytest
from support.batches import NEW, OLD, convert_records, counts, path_of
from support.warcs import (
    address,
    article_file,
    article_page,
    farewell_page,
    response,
    tree,
    unreadable_page,
)

from normalise import Article, Capture, PageKind, extract
from normalise.page.dom import MAX_DEPTH
from scraper.batch import judge
from scraper.models import AttemptResult, CaptureLocation, Memento


@pytest.mark.parametrize(
    ("status", "kind"),
    [("302 Found", PageKind.REDIRECT), ("404 Not Found", PageKind.ERROR_PAGE)],
)
@pytest.mark.parametrize("page", [article_page(7), unreadable_page()], ids=["article", "odd"])
def test_a_page_with_an_error_status_is_never_an_article(
    tmp_path: Path, out: Path, status: str, kind: PageKind, page: bytes
) -> None:
    summary = convert_records(tmp_path, [response(7, page, status=status)], out)
    assert tree(out) == {}
    assert counts(summary) == {"not an article": 1}
    assert summary.kinds == {kind: 1}


def test_a_known_page_with_an_error_status_keeps_its_reason(tmp_path: Path, out: Path) -> None:
    summary = convert_records(tmp_path, [response(7, farewell_page(), status="404 Not Found")], out)
    assert summary.kinds == {PageKind.FAREWELL: 1}


@pytest.mark.parametrize("article_id", [0, 1_000_000, 123_456_789])
def test_an_article_whose_number_is_refused_fails_alone(
    tmp_path: Path, out: Path, article_id: int
) -> None:
    summary = convert_records(tmp_path, [response(article_id), response(1)], out)
    assert tree(out) == {path_of(1): article_file(1)}
    (failure,) = summary.failed
    assert str(article_id) in failure.message


def _failing(monkeypatch: pytest.MonkeyPatch, step: str, article_id: int) -> None:
    """Make a step of the work stumble over one article."""
    original = getattr(judge, step)

    def stumble(*args: object) -> object:
        if any(_id_in(arg) == article_id for arg in args):
            raise ZeroDivisionError("of the program itself")
        return original(*args)

    monkeypatch.setattr(judge, step, stumble)


def _id_in(value: object) -> int | None:
    match value:
        case Capture():
            return value.article_id
        case Article():
            return value.id
        case CaptureLocation():
            return value.capture.article_id
    return None


@pytest.mark.parametrize("step", ["read_payload", "extract", "render"])
def test_a_fault_of_the_program_on_one_page_fails_that_page_alone(
    tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    _failing(monkeypatch, step, 2)
    summary = convert_records(tmp_path, [response(number) for number in (1, 2, 3)], out)
    assert sorted(tree(out)) == [path_of(1), path_of(3)]
    (failure,) = summary.failed
    assert "fault of this program" in failure.message
    assert "of the program itself" in failure.message


def test_after_a_fault_of_the_program_an_older_capture_is_tried(
    tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(html: bytes, capture: Capture) -> Article:
        if capture.timestamp == NEW:
            raise ZeroDivisionError
        return extract(html, capture)

    monkeypatch.setattr(judge, "extract", stumble)
    summary = convert_records(
        tmp_path, [response(7, timestamp=NEW), response(7, timestamp=OLD)], out
    )
    assert tree(out) == {path_of(7): article_file(7, OLD)}
    assert len(summary.warned) == 1


def test_a_fetched_page_that_is_still_packed_names_its_encoding() -> None:
    packed = replace(memento(bytes(range(200))), headers=(("content-encoding", "dcb"),))
    (judgement,) = judge.judge_mementos([packed])
    assert judgement.result is AttemptResult.UNREADABLE
    assert "encoding can't be unpacked: dcb" in judgement.message


def memento(page: bytes) -> Memento:
    capture = Capture(NEW, address(7))
    return Memento(capture, capture, 200, "OK", (), page)


def test_fetched_pages_are_judged_and_not_written() -> None:
    pages = [article_page(7), farewell_page(), unreadable_page()]
    article, farewell, unreadable = judge.judge_mementos([memento(page) for page in pages])
    assert article.text.encode() == article_file(7, NEW)
    assert (article.result, article.reason) == (AttemptResult.ARTICLE, "")
    assert (farewell.result, farewell.reason) == (AttemptResult.NOT_ARTICLE, PageKind.FAREWELL)
    assert (unreadable.result, unreadable.reason) == (AttemptResult.UNREADABLE, "unreadable")
    assert farewell.article is unreadable.article is None


def test_the_deepest_article_can_be_sent_from_one_process_to_another() -> None:
    body = f"<p>x</p>{'<u>' * MAX_DEPTH}x{'</u>' * MAX_DEPTH}"
    (judgement,) = judge.judge_mementos([memento(article_page(7, body=body))])
    assert judgement.article is not None
    assert pickle.loads(pickle.dumps(judgement)) == judgement  # noqa: S301


def _judged(page: bytes) -> judge.Judgement:
    capture = Capture(NEW, address(1))
    (judgement,) = judge.judge_mementos([Memento(capture, capture, 200, "OK", (), page)])
    return judgement


def test_a_judgement_says_which_rule_found_each_field() -> None:
    reading = _judged(article_page(1)).reading
    assert reading is not None
    assert reading.category == "眾聞"
    assert list(reading.rules) == ["title", "author", "category", "tags", "date"]
    assert reading.rules["tags"] == "keywords"


@pytest.mark.parametrize(
    ("lost", "result", "is_incomplete"),
    [(2, "article", False), (20, "article", True), (200, "unreadable", True)],
)
def test_a_page_is_judged_by_how_much_of_its_text_is_left_out(
    lost: int, result: str, is_incomplete: object
) -> None:
    table = f"<figure><b>{'霧' * lost}</b><img src='/a.jpg'></figure>"
    judgement = _judged(article_page(1, body=f"<p>{'船' * 100}</p>{table}"))
    assert (judgement.result, judgement.is_incomplete) == (result, is_incomplete)
    if result == "unreadable":
        assert "lack 67% of the text of this page (200 of 300 characters)" in judgement.message
        assert judgement.article is None


def test_fields_that_nearly_all_pages_have_are_missed() -> None:
    page = article_page(1, date="?").replace(b"keywords", b"words")
    bare = Capture(NEW, "https://www.hkcnews.com/article/1/")
    (judgement,) = judge.judge_mementos([Memento(bare, bare, 200, "OK", (), page)])
    assert {"no tags found", "no date found"} <= set(judgement.warnings)
