"""The command `images`: pictures of a crawl, fetched, held to be pictures, accounted for."""

from __future__ import annotations

import json
import os
import sqlite3
import struct
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from fake_archive import (
    Archive,
    FakeMemento,
    Faults,
    Replay,
    faults,
    on_index,
    on_playback,
    replay,
    samples,
)
from support.command import hkcnews
from support.crawling import read_report, requests_to
from support.crawls import crawl
from support.inline_pool import InlinePool
from support.pictures import AT, HOST, article, articles, captured, in_sizes, picture, shown
from support.warcs import TIMESTAMP, address, article_page

from scraper.content_encoding import MAX_IMAGE_BYTES, MAX_PAGE_BYTES
from scraper.crawl.plan import CrawlPlan
from scraper.errors import WorkerCrash
from scraper.images import run as images_run

SVG = b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>'
HTML = b"<!DOCTYPE html><html><title>404</title><body>gone</body></html>"
JPEG = picture(1)
NEW = "20211201000000"


@contextmanager
def served(out: Path, mementos: list[FakeMemento], fault: Faults | None = None) -> Iterator[Replay]:
    """Crawl the articles of an archive, and serve it for as long as the block lasts."""
    with replay(Archive(mementos)) as server:
        crawl(out, server)
        server.change(fault or Faults())
        yield server


def images(out: Path, server: Replay, *more: object, code: int = 0) -> str:
    """Run the command; return what it says."""
    asked = ("--archive", server.origin, "--rate", 0, "--cooldown", "0.02", "--jobs", 1)
    done = hkcnews("images", "--out", out, *asked, *more)
    assert done.exit_code == code, done.output
    return " ".join(done.output.split())


def status(out: Path) -> str:
    return " ".join(hkcnews("status", "--out", out).output.split())


def files(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (out / "images").rglob("*") if path.is_file()}


def asked_for(server: Replay) -> Counter[str]:
    """How often each picture was asked for, by its path."""
    pictures = (each for each in requests_to(server) if "im_/" in each.target)
    return Counter(each.original.removeprefix(HOST) for each in pictures)


def fates(out: Path) -> dict[str, str]:
    """What became of each picture: its status, or the reason why there is none."""
    with closing(sqlite3.connect(out / "crawl.db")) as ledger:
        rows = ledger.execute("SELECT original, status, reason FROM images").fetchall()
    return {original.removeprefix(HOST): reason or status for original, status, reason in rows}


def test_pictures_get_files_that_say_their_article_and_are_fetched_once(out: Path) -> None:
    bodies = [shown("/a.jpg", "/b.png"), shown("/a.jpg", "/c.gif"), "<p>無圖</p>"]
    pictures = [
        captured("/a.jpg", JPEG),
        captured("/b.png", picture(2, "PNG"), "20200101000000"),
        captured("/c.gif", JPEG),  # the same bytes: one file
    ]
    with served(out, articles(bodies) + pictures) as server:
        said = images(out, server)
        assert "3 100.0 % written" in said
        assert "3 pictures of all written articles; 2 files" in said
        found = files(out)
        first, second = sorted(found)
        assert first.startswith("1-01-")
        assert first.endswith(".jpg")
        assert second.startswith("1-02-")
        assert second.endswith(".png")
        assert found[first] == JPEG
        # A redirect to the nearest capture leads on, to another time.
        assert asked_for(server) == {"/a.jpg": 2, "/b.png": 2, "/c.gif": 2}
        assert "nothing is left to do" in images(out, server)
        assert asked_for(server).total() == 6
    report = read_report(out)["images"]
    assert report["outcomes"]["written"] == {"count": 3, "percent": 100.0, "reasons": {"": 3}}
    assert report["files"] == 2
    assert report["bytes"] == sum(map(len, found.values()))
    assert "3 100.0 % written" in status(out)


def test_spellings_of_an_address_are_one_picture_for_every_article(
    out: Path, tmp_path: Path
) -> None:
    sources = (f"{HOST}/a.jpg", "http://www.hkcnews.com/a.jpg", "https://hkcnews.com/a.jpg#top")
    page = captured("/a.jpg", JPEG, TIMESTAMP)
    with served(out, [*articles(map(shown, sources)), page]) as server:
        assert "1 pictures of all written articles" in images(out, server)
        assert asked_for(server) == {"/a.jpg": 1}
    done = hkcnews("export", out, "--format", "markdown", "--out", tmp_path / "notes", "--jobs", 1)
    assert done.exit_code == 0, done.output
    (name,) = files(out)
    for path in (tmp_path / "notes").rglob("*.md"):
        assert f'<img src="../../images/1-1000/{name}"' in path.read_text(encoding="utf-8")


def _claiming(width: int, height: int) -> bytes:
    """Return a small PNG whose header names another size."""
    small = picture(3, "PNG")
    header = b"IHDR" + struct.pack(">II", width, height) + small[24:29]
    return small[:12] + header + zlib.crc32(header).to_bytes(4, "big") + small[33:]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (HTML, "html"),
        (SVG, "svg"),
        (b"\n \n", "empty"),
        (b"", "empty"),
        (b"%PDF-1.4 no picture", "no-image"),
        (JPEG[:-20], "cut-short"),
        (b"\xff\xd8\xff\xe0 no header of a picture \xff\xda\xff\xff\xff\xd9", "broken"),
        (_claiming(12_000, 9_000), "too-large"),
    ],
)
def test_what_is_no_picture_by_its_bytes_is_a_miss_with_its_reason(
    out: Path, body: bytes, reason: str
) -> None:
    # The name and the header say that it is one.
    mementos = [article(1, shown("/a.jpg")), captured("/a.jpg", body, TIMESTAMP)]
    with served(out, mementos) as server:
        said = images(out, server)
        assert f"no usable capture ({reason} 1)" in said
        assert "nothing is left to do" in images(out, server)
    assert files(out) == {}


def test_a_picture_under_a_wrong_name_and_header_is_one(out: Path) -> None:
    webp = picture(4, "WEBP")
    page = captured("/a.jpg", webp, TIMESTAMP, "text/html")
    with served(out, [article(1, shown("/a.jpg")), page]) as server:
        images(out, server)
    ((name, content),) = files(out).items()
    assert name.endswith(".webp")
    assert content == webp


def test_other_sizes_and_then_other_captures_take_the_place_of_what_is_none(out: Path) -> None:
    body = in_sizes("/a_large.jpg", "/a_medium.jpg", "/a_small.jpg") + shown("/b.jpg", "/c.jpg")
    mementos = [
        article(1, body),
        captured("/a_large.jpg", HTML, TIMESTAMP),
        captured("/a_small.jpg", JPEG, TIMESTAMP),
        captured("/b.jpg", HTML, TIMESTAMP),
        captured("/b.jpg", HTML + b"again", "20190101000000"),
        captured("/b.jpg", picture(2), "20180101000000"),
    ]
    with served(out, mementos) as server:
        said = images(out, server)
        assert "2 66.7 % written" in said
        assert "1 33.3 % no usable capture (not-archived 1)" in said
        index = [each.target for each in requests_to(server, "index")[1:]]
        assert len(index) == 1, "only where playback has not said that there is none"
        assert "b.jpg" in index[0]
    assert set(files(out).values()) == {JPEG, picture(2)}


def test_an_index_that_refuses_is_asked_once_and_leaves_pictures_for_the_next_run(
    out: Path,
) -> None:
    lost = [captured(path, HTML, TIMESTAMP) for path in ("/a.jpg", "/b.jpg", "/c.jpg")]
    lost.append(captured("/a.jpg", JPEG, "20200101000000"))
    mementos = [article(1, shown("/a.jpg", "/b.jpg", "/c.jpg")), *lost]
    with served(out, mementos, Faults([on_index(faults.needs_authorization())])) as server:
        said = images(out, server, code=1)
        assert "failed: 3 pictures: the index does not tell of other captures" in said
        assert len(requests_to(server, "index")) == 2
        server.change(Faults())
        before = asked_for(server)
        assert "1 33.3 % written" in images(out, server)
        assert asked_for(server) - before == {"/a.jpg": 1}
    assert fates(out) == {"/a.jpg": "written", "/b.jpg": "html", "/c.jpg": "html"}


def test_an_index_that_is_silent_is_not_asked_for_every_picture(out: Path) -> None:
    paths = [f"/{number}.jpg" for number in range(6)]
    mementos = [article(1, shown(*paths)), *(captured(path, HTML, TIMESTAMP) for path in paths)]
    with served(out, mementos, Faults([on_index(faults.gateway(504))])) as server:
        before = len(requests_to(server, "index"))
        assert "failed (no-index 6)" in images(out, server, code=1)
        assert len(requests_to(server, "index")) - before == 15


def test_the_index_is_asked_when_playback_has_answered(out: Path) -> None:
    paths = [f"/{number}.jpg" for number in range(30)]
    pictures = [captured(path, JPEG, TIMESTAMP) for path in paths[1:]]
    first = [captured(paths[0], HTML, TIMESTAMP), captured(paths[0], JPEG, "20180101000000")]
    with served(out, [article(1, shown(*paths)), *first, *pictures]) as server:
        begun = len(server.log)
        images(out, server, "--concurrency", 1)
        asked = [each.endpoint for each in server.log[begun:]]
    assert asked == ["playback"] * 30 + ["index", "playback"]
    assert set(fates(out).values()) == {"written"}


def test_a_picture_that_is_lost_is_found_in_a_size_that_another_article_names(out: Path) -> None:
    mementos = [
        article(1, shown("/a.jpg")),
        article(2, in_sizes("/a.jpg", "/a_small.jpg")),
        captured("/a_small.jpg", JPEG, TIMESTAMP),
    ]
    with served(out, mementos) as server:
        images(out, server, "--ids", 1)
        assert fates(out) == {"/a.jpg": "not-archived"}
        images(out, server)
        assert fates(out) == {"/a.jpg": "written"}
        assert asked_for(server) == {"/a.jpg": 1, "/a_small.jpg": 1}


def test_a_picture_that_is_lost_is_looked_for_at_the_time_of_another_capture(out: Path) -> None:
    first = [article(1, shown("/a.jpg")), captured("/a.jpg", HTML, TIMESTAMP)]
    page = article_page(1, body=shown("/a.jpg"))
    with served(out, first) as server:
        assert "no usable capture (html 1)" in images(out, server)
        archive = Archive(
            [*first, FakeMemento(address(1), NEW, page), captured("/a.jpg", JPEG, NEW)]
        )
    with replay(archive) as server:
        crawl(out, server, CrawlPlan(refresh_index=True))
        asked = ("--archive", server.origin, "--rate", 0)
        assert hkcnews("fetch", 1, "--out", out, *asked).exit_code == 0
        assert "1 100.0 % written" in images(out, server)
        assert asked_for(server) == {"/a.jpg": 1}


def test_the_index_is_asked_again_for_lost_pictures_where_it_is_refreshed(out: Path) -> None:
    first = [article(1, shown("/a.jpg")), captured("/a.jpg", HTML, TIMESTAMP)]
    with served(out, first) as server:
        assert "no usable capture (html 1)" in images(out, server)
    with replay(Archive([*first, captured("/a.jpg", JPEG, "20190101000000")])) as server:
        assert "nothing is left to do" in images(out, server)
        crawl(out, server, CrawlPlan(refresh_index=True))
        assert "1 100.0 % written" in images(out, server)


def test_faults_that_pass_do_not_cost_a_picture(out: Path) -> None:
    rules = [
        on_playback(fault, number)
        for number, fault in enumerate(
            (
                faults.shortened(),
                faults.empty(),
                faults.gateway(503),
                faults.cut_short(),
                faults.too_many(),
                faults.gzip_cut(),
                faults.outage(200),
            ),
            start=1,
        )
    ]
    picture_large = picture(5, "JPEG", (400, 300), quality=95)
    page = captured("/a.jpg", picture_large, TIMESTAMP)
    with served(out, [article(1, shown("/a.jpg")), page], Faults(rules)) as server:
        images(out, server)
    assert list(files(out).values()) == [picture_large]


def test_redirects_are_followed_and_circles_are_a_miss(out: Path) -> None:
    mementos = [
        article(1, shown("/a.jpg", "/b.jpg")),
        samples.redirect(f"{HOST}/a.jpg", TIMESTAMP, "https://cdn.example/a.jpg"),
        FakeMemento("https://cdn.example/a.jpg", AT, JPEG, content_type="image/jpeg"),
        samples.redirect(f"{HOST}/b.jpg", TIMESTAMP, "/c.jpg"),
        samples.redirect(f"{HOST}/c.jpg", TIMESTAMP, "/b.jpg"),
    ]
    with served(out, mementos) as server:
        images(out, server)
    assert fates(out) == {"/a.jpg": "written", "/b.jpg": "redirect-loop"}


def test_a_redirect_to_what_is_not_archived_leaves_other_captures(out: Path) -> None:
    mementos = [
        article(1, shown("/a.jpg")),
        samples.redirect(f"{HOST}/a.jpg", TIMESTAMP, "https://cdn.example/gone.jpg"),
        captured("/a.jpg", JPEG, "20180101000000"),
    ]
    with served(out, mementos) as server:
        assert "1 100.0 % written" in images(out, server)
    with closing(sqlite3.connect(out / "crawl.db")) as ledger:
        reasons = ledger.execute("SELECT reason FROM image_attempts ORDER BY timestamp").fetchall()
    assert reasons == [("",), ("leads-elsewhere",)]


def test_a_whole_copy_takes_the_place_of_one_that_comes_cut(out: Path) -> None:
    mementos = [
        article(1, shown("/a.jpg")),
        captured("/a.jpg", JPEG, TIMESTAMP),
        captured("/a.jpg", JPEG, "20180101000000"),
    ]
    # Captures of equal bytes have one digest in the index.
    rule = on_playback(faults.shortened(), path=f"/web/{TIMESTAMP}im_/")
    with served(out, mementos, Faults([rule])) as server:
        assert "1 100.0 % written" in images(out, server)
    assert list(files(out).values()) == [JPEG]


def test_a_whole_picture_is_taken_whatever_length_was_captured(out: Path) -> None:
    length = ("Content-Length", str(len(JPEG) + 10))
    page = replace(captured("/a.jpg", JPEG, TIMESTAMP), headers=(length,))
    with served(out, [article(1, shown("/a.jpg")), page]) as server:
        assert "1 100.0 % written" in images(out, server)
        assert asked_for(server) == {"/a.jpg": 3}


def test_a_redirect_of_the_archive_may_name_the_address_alone(out: Path) -> None:
    mementos = [article(1, shown("/a.jpg")), captured("/a.jpg", JPEG)]
    rule = on_playback(faults.nearest(AT, form=""), path=f"/web/{TIMESTAMP}im_/")
    with served(out, mementos, Faults([rule])) as server:
        assert "1 100.0 % written" in images(out, server)
        assert asked_for(server) == {"/a.jpg": 2}


def test_captures_of_errors_are_no_pictures_even_where_they_are(out: Path) -> None:
    page = captured("/a.jpg", JPEG, TIMESTAMP, status=404)
    with served(out, [article(1, shown("/a.jpg")), page]) as server:
        images(out, server)
    assert fates(out) == {"/a.jpg": "error-page"}


def test_only_pictures_of_some_articles_or_so_many(out: Path) -> None:
    bodies = [shown(f"/{number}.jpg", "/all.jpg") for number in range(1, 4)]
    pictures = [captured(f"/{name}.jpg", JPEG) for name in ("1", "2", "3", "all")]
    with served(out, articles(bodies) + pictures) as server:
        dry = images(out, server, "--dry-run")
        assert "4 pictures to fetch" in dry
        assert "a guess" in dry
        assert "2 pictures of the articles asked for" in images(out, server, "--ids", "2")
        assert set(asked_for(server)) == {"/2.jpg", "/all.jpg"}
        images(out, server, "--limit", "1")
        assert set(asked_for(server)) == {"/1.jpg", "/2.jpg", "/all.jpg"}
        assert "1 pictures to fetch" in images(out, server, "--dry-run")


def test_articles_that_were_not_searched_are_told(out: Path) -> None:
    pictures = [captured("/a.jpg", JPEG, TIMESTAMP)]
    with served(out, articles([shown("/a.jpg")] * 3) + pictures) as server:
        images(out, server, "--ids", "2")
        said = status(out)
        assert "1 pictures of all articles searched so far" in said
        assert "2 articles not searched for pictures yet" in said
        assert read_report(out)["images"]["unsearched_articles"] == 2
        images(out, server)
        assert "not searched" not in status(out)


def test_an_article_that_is_not_written_is_named_and_a_range_may_hold_none(out: Path) -> None:
    with served(out, [article(1, shown("/a.jpg")), captured("/a.jpg", JPEG, TIMESTAMP)]) as server:
        said = images(out, server, "--ids", "777", code=1)
        assert "not to be had: no article is written of 777" in said
        assert "nothing is left to do" in images(out, server, "--ids", "500-700")
        images(out, server)
        assert "not to be had:" in images(out, server, "--ids", "1,777", code=1)


def test_an_estimate_changes_nothing_that_is_told_later(out: Path, tmp_path: Path) -> None:
    def exported() -> bytes:
        done = hkcnews("export", out, "--format", "jsonl", "--out", tmp_path / "data", "--jobs", 1)
        assert done.exit_code == 0, done.output
        return (tmp_path / "data" / "articles.jsonl").read_bytes()

    with served(out, [article(1, shown("/a.jpg"))]) as server:
        before = exported()
        images(out, server, "--dry-run")
        assert exported() == before
        assert "pictures" not in status(out)
        images(out, server)
        assert exported() != before


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: os.truncate(path, 0)])
def test_a_file_that_is_gone_or_damaged_comes_from_the_store(
    out: Path, damage: Callable[[Path], None]
) -> None:
    page = captured("/a.jpg", JPEG, TIMESTAMP)
    with served(out, [article(1, shown("/a.jpg")), page]) as server:
        images(out, server)
        before = files(out)
        for path in (out / "images").rglob("*.jpg"):
            damage(path)
        images(out, server)
        assert asked_for(server) == {"/a.jpg": 1}
    assert files(out) == before


def test_a_store_that_is_gone_is_fetched_again(out: Path) -> None:
    page = captured("/a.jpg", JPEG, TIMESTAMP)
    with served(out, [article(1, shown("/a.jpg")), page]) as server:
        images(out, server)
        before = files(out)
        for path in (out / "captures").iterdir():
            path.unlink()
        crawl(out, server)
        images(out, server)
        assert asked_for(server) == {"/a.jpg": 2}
    assert files(out) == before


def test_stored_pictures_disturb_no_other_command(out: Path, tmp_path: Path) -> None:
    page = captured("/a.jpg", JPEG, TIMESTAMP)
    with served(out, [article(1, shown("/a.jpg")), page]) as server:
        images(out, server)
        crawl(out, server)
    again = tmp_path / "again"
    for source in (out, out / "captures"):
        done = hkcnews("normalise", source, "--out", again)
        assert done.exit_code == 0, done.output
    written = out / "articles" / "1-1000" / "article_1.md"
    assert (again / "articles" / "1-1000" / "article_1.md").read_bytes() == written.read_bytes()


def test_a_folder_without_a_crawl_is_refused_with_what_to_do(out: Path) -> None:
    done = hkcnews("images", "--out", out, "--archive", "http://127.0.0.1:9")
    assert done.exit_code == 2
    assert "fetch the articles first: hkcnews crawl" in " ".join(done.output.split())
    assert not out.exists()


def test_without_pillow_it_says_what_to_install(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scraper.images.kinds.find_spec", lambda _: None)
    done = hkcnews("images", "--out", out)
    assert done.exit_code == 2
    assert "hkcnews-archive[images]" in done.output


def test_the_report_says_nothing_of_pictures_where_none_were_asked_for(out: Path) -> None:
    with served(out, [article(1, shown("/a.jpg"))]):
        pass
    report = json.loads(hkcnews("status", "--out", out, "--json").stdout)
    assert report["articles"] == 1
    assert "images" not in report


def test_a_process_that_dies_of_a_picture_costs_that_picture_and_no_second_request(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class DeadlyPool(InlinePool[object, object]):
        async def run(self, job: object) -> object:
            raise WorkerCrash(f"{job} killed its worker process")

    with served(out, [article(1, shown("/a.jpg")), captured("/a.jpg", JPEG, TIMESTAMP)]) as server:
        with monkeypatch.context() as patch:
            patch.setattr(images_run, "WorkerPool", DeadlyPool)
            said = images(out, server, code=1)
        assert "failed: 1 picture: the process that read this picture died" in said
        assert "1 100.0 % written" in images(out, server)
        assert asked_for(server) == {"/a.jpg": 1}


def test_an_archive_that_refuses_for_long_pauses_the_run(out: Path) -> None:
    rule = on_playback(faults.too_many())
    page = captured("/a.jpg", JPEG, TIMESTAMP)
    with served(out, [article(1, shown("/a.jpg")), page], Faults([rule])) as server:
        said = images(out, server, code=3)
        assert "paused: the archive says: too many requests, 5 times in a row" in said
        server.change(Faults())
        assert "1 100.0 % written" in images(out, server)


def test_a_picture_may_be_larger_than_any_page(out: Path) -> None:
    comment = b"\xff\xfe\xff\xff" + bytes(0xFFFD)
    large = JPEG[:2] + comment * (MAX_PAGE_BYTES // len(comment) + 1) + JPEG[2:]
    assert MAX_PAGE_BYTES < len(large) < MAX_IMAGE_BYTES
    page = captured("/a.jpg", large, TIMESTAMP)
    with served(out, [article(1, shown("/a.jpg")), page]) as server:
        images(out, server)
        with closing(sqlite3.connect(out / "crawl.db")) as ledger, ledger:
            ledger.execute("DELETE FROM mementos WHERE original LIKE '%.jpg'")
        for path in (out / "images").rglob("*.jpg"):
            path.unlink()
        images(out, server)
        assert asked_for(server) == {"/a.jpg": 1}, "the store was read again"
    assert list(files(out).values()) == [large]


def test_a_body_larger_than_any_picture_is_refused(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scraper.images.fetcher.MAX_IMAGE_BYTES", len(JPEG) - 1)
    page = captured("/a.jpg", JPEG, TIMESTAMP)
    with served(out, [article(1, shown("/a.jpg")), page]) as server:
        images(out, server)
    assert fates(out) == {"/a.jpg": "too-large"}
