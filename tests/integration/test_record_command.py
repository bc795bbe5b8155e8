"""`record`: a page met in the field becomes a fixture, and a rule that is mended proves it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from fake_archive import Archive, FakeMemento, Replay, replay
from fake_archive.samples import error, redirect
from support.command import hkcnews
from support.warcs import (
    address,
    article_file,
    article_page,
    capture_url,
    farewell_page,
    response,
    tree,
    unreadable_page,
    warc_file,
)
from support.warcs import (
    saved as hkcnews_saved,
)
from typer.testing import CliRunner, Result

from normalise import extract
from scraper.testing import fixtures

ID = 11911
OLD, NEW = "20190601000000", "20210601000000"
WHY = "the first of two h1 is the title"
FILES = {"page.html", "capture.json", "article.json", "article.md"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "fixtures"
    folder.mkdir()
    return folder


def record(root: Path, *args: str | int | Path, name: str = "a-page", why: str = WHY) -> Result:
    named = [f"--name={name}", f"--why={why}", "--fixtures", str(root)]
    return hkcnews("record", *args, *named)


def at(server: Replay) -> list[str]:
    return ["--archive", server.origin, "--rate", "0", "--cooldown", "0.05"]


def saved(root: Path, kind: str, page: bytes, timestamp: str = NEW, name: str = "a-page") -> None:
    """The fixture is there, and what comes of its page is what `refresh` would write."""
    folder = root / kind / name
    assert (folder / "page.html").read_bytes() == page
    assert json.loads((folder / "capture.json").read_bytes()) == {
        "timestamp": timestamp,
        "original": address(ID),
        "why": WHY,
    }
    before = tree(root)
    assert fixtures.refresh(fixtures.load(folder, root)) == []
    assert tree(root) == before


# --- from where -----------------------------------------------------------------------------


def test_a_page_from_the_network(root: Path) -> None:
    page = article_page(ID)
    with replay(Archive([FakeMemento(address(ID), NEW, page)])) as server:
        result = record(root, ID, *at(server))
        assert [request.endpoint for request in server.log] == ["index", "playback"]
    assert (result.stdout, result.exit_code) == (f"{root / 'articles' / 'a-page'}\n", 0)
    saved(root, "articles", page)
    assert (root / "articles/a-page/article.md").read_bytes() == article_file(ID, NEW)
    assert set(tree(root / "articles/a-page")) == FILES


def test_a_page_of_one_capture_from_the_network_asks_for_nothing_else(root: Path) -> None:
    mementos = [
        FakeMemento(address(ID), NEW, b"x"),
        FakeMemento(address(ID), OLD, article_page(ID)),
    ]
    with replay(Archive(mementos)) as server:
        assert record(root, capture_url(ID, OLD), *at(server)).exit_code == 0
        assert [request.timestamp for request in server.log] == [OLD]
    saved(root, "articles", article_page(ID), OLD)


@pytest.mark.parametrize("name", ["pages.warc", "pages.warc.gz"])
def test_a_page_from_a_warc(root: Path, tmp_path: Path, name: str) -> None:
    older = article_page(ID, title="渡輪慢航")
    records = [
        response(1, timestamp=NEW),
        response(ID, older, timestamp=OLD),
        response(ID, timestamp=NEW),
    ]
    warc = warc_file(tmp_path, records, name)
    assert record(root, ID, "--from", warc).exit_code == 0
    saved(root, "articles", article_page(ID))
    for number, target in enumerate([[str(ID), "--at", "2019"], [capture_url(ID, OLD)]]):
        assert record(root, *target, "--from", warc, name=f"p{number}").exit_code == 0
        saved(root, "articles", older, OLD, f"p{number}")


def test_a_page_from_the_folder_of_a_crawl(root: Path, tmp_path: Path) -> None:
    with replay(Archive([FakeMemento(address(ID), NEW, article_page(ID))])) as server:
        hkcnews("fetch", ID, "--out", tmp_path / "crawl", *at(server))
        before = len(server.log)
        assert record(root, ID, "--from", tmp_path / "crawl").exit_code == 0
        assert len(server.log) == before
    saved(root, "articles", article_page(ID))


def test_a_page_from_an_html_file_keeps_its_very_bytes(root: Path, tmp_path: Path) -> None:
    page = article_page(ID).replace(b"\n", b"\r\n") + b"\xff\x00\r"
    (tmp_path / "page.html").write_bytes(page)
    assert record(root, capture_url(ID, NEW), "--from", tmp_path / "page.html").exit_code == 0
    saved(root, "articles", page)


# --- of what kind ---------------------------------------------------------------------------

KINDS = {
    "unreadable": (unreadable_page(), "unreadable", "missing"),
    "farewell": (farewell_page(), "refused", "reason"),
    "no byte": (b"", "refused", "reason"),
    "not html": (b"%PDF-1.4 \xff\xfe", "refused", "reason"),
}


@pytest.mark.parametrize(("page", "kind", "key"), KINDS.values(), ids=KINDS)
@pytest.mark.parametrize("source", ["network", "file"])
def test_what_is_no_article_is_saved_with_its_refusal(
    root: Path, tmp_path: Path, page: bytes, kind: str, key: str, source: str
) -> None:
    if source == "network" and page:  # from the network no byte is no answer
        with replay(Archive([FakeMemento(address(ID), NEW, page)])) as server:
            result = record(root, capture_url(ID, NEW), *at(server))
    else:
        (tmp_path / "page.html").write_bytes(page)
        result = record(root, capture_url(ID, NEW), "--from", tmp_path / "page.html")
    assert (result.stdout, result.exit_code) == (f"{root / kind / 'a-page'}\n", 0)
    saved(root, kind, page)
    assert list(json.loads((root / kind / "a-page/refusal.json").read_bytes())) == [key]
    assert set(tree(root / kind / "a-page")) == {"page.html", "capture.json", "refusal.json"}


# --- what is refused ------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["articles", "refused", "unreadable"])
def test_a_page_is_never_overwritten_and_nothing_is_asked_for_it(root: Path, kind: str) -> None:
    folder = root / kind / "a-page"
    folder.mkdir(parents=True)
    (folder / "page.html").write_bytes(b"mine")
    before = tree(root)
    with replay(Archive([FakeMemento(address(ID), NEW, article_page(ID))])) as server:
        result = record(root, ID, *at(server))
        assert server.log == []
    assert (result.stdout, result.exit_code) == ("", 2)
    assert "a fixture named a-page exists" in result.stderr
    assert tree(root) == before


BAD_NAMES = ["", "A", "a_b", "../a", ".", "-a", "a-", "a--b", "渡輪", "a\n"]


@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_name_that_is_no_folder_s_is_refused(root: Path, name: str) -> None:
    result = record(root, capture_url(ID), name=name)
    assert (result.stdout, result.exit_code) == ("", 2)
    assert "a fixture's name is words" in result.stderr
    assert tree(root) == {}


@pytest.mark.parametrize("why", ["", "  ", "one\ntwo"])
def test_a_fixture_says_what_it_proves_in_one_line(root: Path, why: str) -> None:
    result = record(root, ID, why=why)
    assert (result.stdout, result.exit_code) == ("", 2)
    assert "--why" in result.stderr
    assert tree(root) == {}


@pytest.mark.parametrize(
    ("target", "source", "exit_code", "message"),
    [
        (str(ID), "page.html", 2, "does not say which capture it is"),
        (str(ID), "gone.html", 2, "can't be read"),
        (capture_url(ID), "gone.html", 2, "can't be read"),
        (str(ID), "gone.warc.gz", 2, "gone.warc.gz"),
        (str(ID), "nothing", 2, "no WARC file"),
        ("8", "pages.warc.gz", 1, "holds no page of article 8"),
        (capture_url(1, "20000101000000"), "pages.warc.gz", 1, "holds no page of https://"),
        ("ferry", "pages.warc.gz", 2, "'ferry' is no article"),
    ],
)
def test_a_source_that_has_not_the_page_is_an_error(
    root: Path, tmp_path: Path, target: str, source: str, exit_code: int, message: str
) -> None:
    (tmp_path / "nothing").mkdir()
    (tmp_path / "page.html").write_bytes(article_page(ID))
    warc_file(tmp_path, [response(1)])
    result = record(root, target, "--from", tmp_path / source)
    assert (result.stdout, result.exit_code) == ("", exit_code)
    assert message in result.stderr
    assert tree(root) == {}


# --- where it is written --------------------------------------------------------------------


def _from_html(folder: Path, *args: str | Path) -> Result:
    (folder / "page.html").write_bytes(article_page(ID))
    named = ["--name=a-page", f"--why={WHY}", "--from", folder / "page.html"]
    return hkcnews("record", capture_url(ID, NEW), *named, *args)


def test_a_folder_that_is_named_is_made(tmp_path: Path) -> None:
    result = _from_html(tmp_path, "--fixtures", tmp_path / "new")
    path = tmp_path / "new" / "articles" / "a-page"
    assert (result.stdout, result.exit_code) == (f"{path}\n", 0)
    assert path.is_dir()


def test_by_default_it_is_the_folder_with_fixtures_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    hkcnews_saved(tmp_path / "fixtures" / "articles" / "another", 1)
    result = _from_html(tmp_path)
    assert (result.stdout, result.exit_code) == ("fixtures/articles/a-page\n", 0)
    assert (tmp_path / "fixtures" / "articles" / "a-page" / "page.html").exists()


@pytest.mark.parametrize("is_there", [False, True])
def test_without_fixtures_here_it_says_how_to_name_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_there: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    if is_there:
        (tmp_path / "fixtures").mkdir()
    result = _from_html(tmp_path)
    assert (result.stdout, result.exit_code) == ("", 2)
    assert str(tmp_path / "fixtures") in result.stderr
    assert "`--fixtures fixtures` makes it" in result.stderr


def test_a_file_is_no_folder_of_fixtures(tmp_path: Path) -> None:
    result = _from_html(tmp_path, "--fixtures", tmp_path / "page.html")
    assert (result.stdout, result.exit_code) == ("", 2)
    assert "is a file" in result.stderr


def test_a_page_that_no_capture_has_lists_what_was_tried(root: Path) -> None:
    odd = [redirect(address(ID), NEW, address(1)), error(address(ID), OLD, 404)]
    with replay(Archive(odd)) as server:
        listed = record(root, ID, *at(server))
        asked = record(root, capture_url(ID, NEW), *at(server))
    assert (listed.exit_code, asked.exit_code) == (1, 1)
    assert listed.stderr.count("not asked for: the index lists it as") == 2
    assert "a redirect to another page" in asked.stderr
    assert tree(root) == {}


# --- the way from the crawl to the test -----------------------------------------------------


def test_a_page_that_fits_no_rule_is_found_recorded_mended_and_kept_right(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The README's way, with the newest capture a farewell as so often."""
    crawl, page = tmp_path / "crawl", article_page(ID).replace(b"article-content", b"text-of-2022")
    mementos = [
        FakeMemento(address(ID), "20221201000000", farewell_page()),
        FakeMemento(address(ID), NEW, page.replace(b"article-info", b"info-of-2022")),
    ]
    with replay(Archive(mementos)) as server:
        result = hkcnews("crawl", "--out", crawl, *at(server))
        assert result.exit_code == 1
    status = hkcnews("status", "--out", crawl)
    assert re.search(rf"^failed: 1 article: .*: {ID}$", status.stdout, re.MULTILINE)
    result = record(root, ID, "--from", crawl, name="two-columns")
    assert (result.stdout, result.exit_code) == (f"{root / 'unreadable' / 'two-columns'}\n", 0)
    saved(root, "unreadable", mementos[1].body, name="two-columns")
    shown = hkcnews("inspect", root / "unreadable/two-columns")
    assert shown.exit_code == 1
    assert "h1: " in shown.stderr

    monkeypatch.setattr(  # stands for a rule that knows the new words
        fixtures,
        "extract",
        lambda page, capture: extract(
            page.replace(b"info-of-2022", b"article-info").replace(
                b"text-of-2022", b"article-content"
            ),
            capture,
        ),
    )
    monkeypatch.setattr(fixtures, "ROOT", root)
    monkeypatch.setattr(fixtures.load_all, "__defaults__", (root,))
    monkeypatch.setattr(fixtures.load, "__defaults__", (root,))
    golden = CliRunner().invoke(fixtures.app, ["refresh"])
    assert golden.exit_code == 0
    assert "unreadable/two-columns is articles/two-columns now" in golden.stdout
    saved(root, "articles", mementos[1].body, name="two-columns")
    assert set(tree(root / "articles/two-columns")) == FILES
    assert (root / "articles/two-columns/article.md").read_bytes() == article_file(ID, NEW)
    assert tree(root / "unreadable") == {}
