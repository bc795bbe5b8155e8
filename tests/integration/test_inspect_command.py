"""The command `inspect`: the fields of a page, their rules, and pages that are no article."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from support.command import hkcnews
from support.warcs import (
    TIMESTAMP,
    address,
    article_page,
    capture_url,
    farewell_page,
    plain,
    response,
    saved,
    title_of,
    unreadable_page,
)

ID = 11911
URL = capture_url(ID)


@pytest.fixture
def page(tmp_path: Path) -> Path:
    return _page(tmp_path, article_page(ID))


def _page(folder: Path, content: bytes) -> Path:
    path = folder / "page.html"
    path.write_bytes(content)
    return path


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
    result = hkcnews("inspect", _page(tmp_path, content), "--url", SHORT)
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
    page = _page(tmp_path, article_page(ID, category="眾不知"))
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
    result = hkcnews("inspect", _page(tmp_path, content), "--url", URL, *as_json)
    assert (result.stdout, result.exit_code) == ("", 1)
    assert result.stderr.startswith("error: ")


WRONG = [
    (["page.html"], "give --url"),
    (["-"], "give --url"),
    (["gone.html", "--url", URL], "gone.html"),
    (["page.html", "other.html", "--url", URL], "other.html"),
    (["nothing"], "capture.json"),
    (["page.html", "--url", address(ID)], "looks like https://web.archive.org/"),
    (["saved", "--url", URL], "leave out --url"),
    (["pages.warc"], "holds many pages"),
]


@pytest.mark.parametrize(("args", "message"), WRONG, ids=[" ".join(args) for args, _ in WRONG])
def test_wrong_usage_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, args: list[str], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    _page(tmp_path, article_page(ID))
    (tmp_path / "other.html").write_bytes(article_page(ID))
    (tmp_path / "pages.warc").write_bytes(plain([response(1)]).content)
    saved(tmp_path / "saved", 1)
    (tmp_path / "nothing").mkdir()
    result = hkcnews("inspect", *args, stdin=article_page(ID))
    assert (result.stdout, result.exit_code) == ("", 2)
    assert message in result.stderr
