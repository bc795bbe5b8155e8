"""The command `inspect`: the fields of a page, their rules, and pages that are no article."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from fake_archive import Archive, FakeMemento, Faults, faults, on_playback, replay
from support.command import hkcnews
from support.crawling import crawl
from support.warcs import (
    TIMESTAMP,
    address,
    article_page,
    capture_url,
    farewell_page,
    page_file,
    plain,
    response,
    saved,
    title_of,
    unreadable_page,
)

from scraper.cli.addresses import decode_address, shorten_addresses
from scraper.crawl.ledger import Ledger

ID, OLD = 11911, "20190601000000"
URL = capture_url(ID)


# Short enough to stand on one line of the table.
SHORT = f"https://web.archive.org/web/{TIMESTAMP}/https://www.hkcnews.com/article/{ID}/x"
TABLE = {
    "id": (str(ID), ""),
    "capture": (SHORT, ""),
    "form": ("raw, utf-8", ""),
    "info line": ("found", "class"),
    "content": ("found", "class"),
    "title": (title_of(ID), "headline"),
    "date": ("2021-06-28", "label"),
    "last_updated": ("-", ""),
    "author": ("記者舟小行", "label, up to the bar"),
    "category": ("眾聞", "group"),
    "tags": ("渡輪, 離島", "keywords"),
    "body": ("1 paragraph", ""),
    "promo": ("-", ""),
    "box": ("-", ""),
}


def _rows(table: str) -> dict[str, tuple[str, str]]:
    cells = [[*re.split(r"\s{2,}", line.strip()), "", ""] for line in table.splitlines()]
    return {field: (value, rule) for field, value, rule, *_ in cells}


def test_inspect_shows_each_field_with_its_value_and_rule(page: Path) -> None:
    result = hkcnews("inspect", page, "--url", SHORT)
    header, rows = result.stdout.split("\n", 1)
    assert re.split(r"\s{2,}", header.strip()) == ["field", "value", "found by"]
    assert _rows(rows) == TABLE
    assert (result.stderr, result.exit_code) == ("", 0)


def test_inspect_shows_update_box_and_warnings(tmp_path: Path) -> None:
    content = article_page(
        ID,
        category="眾說",
        author="舟小行",
        date="28.06.21 最後更新日期：2021-06-29 08:09:10",
        body="<p>一</p><p>二</p><hr><ul><li>三</li></ul>",
    ).replace(
        b"</body>",
        '<div class="article-author"><img src="/uploads/avatars/a.jpg" class="avatar">'
        '<h4>博客 | 舟小行</h4><div class="bio">行船多年。</div></div></body>'.encode(),
    )
    result = hkcnews("inspect", page_file(tmp_path, content), "--url", SHORT)
    rows = _rows(result.stdout)
    assert rows["last_updated"][0] == "2021-06-29 08:09:10"
    assert rows["last_updated"][1]
    assert rows["box"][0] == "博客 | 舟小行"
    assert rows["box"][1]
    assert rows["box avatar"][0] == "/uploads/avatars/a.jpg"
    assert rows["box bio"][0] == "行船多年。"
    assert rows["body"][0] == "2 paragraph, 1 rule, 1 list, 1 item"
    assert "warning:" not in result.stdout


def test_inspect_shows_warnings_below_the_table(tmp_path: Path) -> None:
    page = page_file(tmp_path, article_page(ID, category="眾不知"))
    lines = hkcnews("inspect", page, "--url", SHORT).stdout.splitlines()
    warnings = [line for line in lines if line.startswith("warning: ")]
    assert warnings
    assert lines[-len(warnings) :] == warnings
    assert "眾不知" in warnings[0]


def test_inspect_as_json(page: Path) -> None:
    result = hkcnews("inspect", page, "--url", URL, "--json")
    assert (result.stderr, result.exit_code) == ("", 0)
    article = json.loads(result.stdout_bytes)
    assert article["id"] == ID
    assert article["capture"] == {"timestamp": TIMESTAMP, "original": address(ID)}
    assert article["title"] == title_of(ID)
    assert article["date"] == "2021-06-28"
    assert article["tags"] == ["渡輪", "離島"]
    assert article["body"] == [
        {
            "kind": "paragraph",
            "content": [{"kind": "text", "value": "船長說，霧散了便開。"}],
        }
    ]
    assert article["provenance"]["rules"]["title"] == "headline"
    assert result.stdout.endswith("}\n")


def test_inspect_of_a_saved_page(tmp_path: Path) -> None:
    result = hkcnews("inspect", saved(tmp_path / "saved", 7))
    assert result.exit_code == 0
    rows = _rows(result.stdout)
    assert rows["id"] == ("7", "")
    assert rows["title"] == (title_of(7), "headline")


def test_inspect_of_standard_input() -> None:
    result = hkcnews("inspect", "-", "--url", URL, stdin=article_page(ID))
    assert (_rows(result.stdout)["title"], result.exit_code) == ((title_of(ID), "headline"), 0)


@pytest.mark.parametrize("as_json", [[], ["--json"]])
@pytest.mark.parametrize("content", [farewell_page(), unreadable_page()])
def test_inspect_of_what_is_no_article_fails(
    tmp_path: Path, content: bytes, as_json: list[str]
) -> None:
    result = hkcnews("inspect", page_file(tmp_path, content), "--url", URL, *as_json)
    assert (result.stdout, result.exit_code) == ("", 1)
    assert result.stderr.startswith("error: ")


WRONG = [
    (["page.html"], "give --url"),
    (["-"], "give --url"),
    (["gone.html", "--url", URL], "gone.html"),
    (["page.html", "other.html", "--url", URL], "other.html"),
    (["nothing"], "no WARC file"),
    (["page.html", "--url", address(ID)], "looks like https://web.archive.org/"),
    (["saved", "--url", URL], "leave out --url"),
    (["pages.warc"], "`hkcnews inspect 1 --from pages.warc`"),
    (["saved", "--at", "2021"], "--from"),
    (["7"], "article 7 is an article: say where its page is by --from"),
    ([address(7)], "article 7 is an article"),
    (["7", "--from", "pages.warc", "--url", URL], "leave out --url"),
    (["ferry", "--from", "pages.warc"], "'ferry' is no article"),
    (["7", "--from", "page.html"], "does not say which capture it is"),
    (["7", "--from", "gone"], "gone can't be read"),
]


@pytest.mark.parametrize(("args", "message"), WRONG, ids=[" ".join(args) for args, _ in WRONG])
def test_wrong_usage_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, args: list[str], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    page_file(tmp_path, article_page(ID))
    (tmp_path / "other.html").write_bytes(article_page(ID))
    (tmp_path / "pages.warc").write_bytes(plain([response(1), response(2)]).content)
    saved(tmp_path / "saved", 1)
    (tmp_path / "nothing").mkdir()
    result = hkcnews("inspect", *args, stdin=article_page(ID))
    assert (result.stdout, result.exit_code) == ("", 2)
    assert message in result.stderr


# --- what a message shows -------------------------------------------------------------------


@pytest.fixture
def crawled(tmp_path: Path) -> Path:
    """A crawl: 1 was written, 2 has a page that fits no rule and a farewell, 3 has no page."""
    out = tmp_path / "out"
    mementos = [
        FakeMemento(address(1), TIMESTAMP, article_page(1)),
        FakeMemento(address(1), OLD, article_page(1, title="舊題")),
        FakeMemento(address(2), OLD, unreadable_page()),
        FakeMemento(address(2), TIMESTAMP, farewell_page()),
        FakeMemento(address(3), TIMESTAMP, article_page(3)),
    ]
    gone = on_playback(faults.excluded(), path="article/3/")
    with replay(Archive(mementos), Faults([gone])) as server:
        crawl(out, server)
    return out


@pytest.mark.parametrize(
    "target",
    ["1", address(1), decode_address(address(1)), capture_url(1), decode_address(capture_url(1))],
)
def test_the_page_of_a_crawl_by_what_a_message_shows(crawled: Path, target: str) -> None:
    result = hkcnews("inspect", target, "--from", crawled)
    assert result.exit_code == 0
    assert _rows(result.stdout)["capture"][0] == capture_url(1)


@pytest.mark.parametrize(
    "target",
    ["2", capture_url(2, OLD), shorten_addresses(capture_url(2, OLD) + "%E6%B8%A1" * 99)],
)
def test_a_page_that_fits_no_rule_comes_before_what_is_no_article(
    crawled: Path, target: str
) -> None:
    result = hkcnews("inspect", target, "--from", crawled)
    assert (result.stdout, result.exit_code) == ("", 1)
    assert "info line" in result.stderr
    assert "h1: " in result.stderr


def test_a_certain_capture_of_a_crawl(crawled: Path) -> None:
    result = hkcnews("inspect", capture_url(2), "--from", crawled)
    assert result.exit_code == 1
    assert "farewell" in result.stderr


def test_the_hint_of_a_summary_can_be_pasted(crawled: Path) -> None:
    status = hkcnews("status", "--out", crawled).stdout
    hint = re.search(r"^look at one: hkcnews (.*)$", status, re.MULTILINE)
    assert hint is not None
    result = hkcnews(*shlex.split(hint[1]))
    assert "no rule finds the info line" in result.stderr


def test_a_page_that_a_crawl_does_not_have_says_why(crawled: Path) -> None:
    for target, message in (("3", "excluded"), ("4", "holds no page of article 4")):
        result = hkcnews("inspect", target, "--from", crawled)
        assert (result.stdout, result.exit_code) == ("", 1)
        assert message in result.stderr


@pytest.mark.parametrize(("at", "timestamp"), [("2021", TIMESTAMP), ("2019", OLD)])
def test_a_page_of_a_warc_of_a_time(tmp_path: Path, at: str, timestamp: str) -> None:
    warc = tmp_path / "pages.warc"
    warc.write_bytes(plain([response(1), response(1, timestamp=OLD)]).content)
    result = hkcnews("inspect", "1", "--from", warc, "--at", at)
    assert _rows(result.stdout)["capture"][0] == capture_url(1, timestamp)


def test_a_folder_with_pages_of_one_article_needs_no_id(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with replay(Archive([FakeMemento(address(1), TIMESTAMP, article_page(1))])) as server:
        crawl(out, server)
    for folder in (out, out / "captures"):
        assert _rows(hkcnews("inspect", folder).stdout)["id"][0] == "1"


def test_a_crawl_without_a_page_has_nothing_to_inspect(tmp_path: Path) -> None:
    Ledger(tmp_path).close()
    result = hkcnews("inspect", tmp_path)
    assert result.exit_code == 2
    assert "holds no page of an article" in result.stderr


def test_a_page_of_a_warc_that_fits_no_rule_comes_before_what_is_no_article(tmp_path: Path) -> None:
    warc = tmp_path / "pages.warc"
    pages = [response(1, farewell_page()), response(1, unreadable_page(), timestamp=OLD)]
    warc.write_bytes(plain(pages).content)
    result = hkcnews("inspect", "1", "--from", warc)
    assert result.exit_code == 1
    assert "no rule finds the info line" in result.stderr


def test_a_record_that_is_damaged_is_no_page(tmp_path: Path) -> None:
    warc = tmp_path / "pages.warc"
    content = plain([response(1, b"\x1f\x8bcut", "Content-Encoding: gzip")]).content
    warc.write_bytes(content)
    result = hkcnews("inspect", "1", "--from", warc)
    assert (result.stdout, result.exit_code) == ("", 1)
    assert "the page of article 1 can't be had: " in result.stderr


def test_a_saved_page_whose_capture_is_damaged_is_wrong_usage(tmp_path: Path) -> None:
    folder = saved(tmp_path / "saved", 1)
    (folder / "capture.json").write_text("{", encoding="utf-8")
    result = hkcnews("inspect", folder)
    assert (result.stdout, result.exit_code) == ("", 2)
    assert "does not name a capture" in result.stderr
