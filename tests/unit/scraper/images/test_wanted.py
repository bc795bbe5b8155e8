"""Which pictures an article shows, and under which addresses they are asked for."""

from __future__ import annotations

import pytest
from support.pictures import HOST, in_sizes
from support.warcs import article_page, capture_url

from normalise import Capture, extract
from scraper.crawl.image_values import Image, ImageAttempt, ImageResult, ShownImage
from scraper.images.candidates import choose_listed, named, needs_index, usable
from scraper.images.files import image_path
from scraper.images.wanted import shown_images
from scraper.models import CdxRecord

CAPTURE = Capture.from_url(capture_url(7))
IMAGE = Image(1, Capture("20200601000000", f"{HOST}/a.jpg"), 7, 1, (f"{HOST}/b.jpg",), None)


def shown(body: str) -> list[ShownImage]:
    return list(shown_images(extract(article_page(7, body=body), CAPTURE)))


@pytest.mark.parametrize(
    ("source", "original"),
    [
        ("/news_新聞/a b.jpg", f"{HOST}/news_%E6%96%B0%E8%81%9E/a%20b.jpg"),
        ("//cdn.example/a.jpg", "https://cdn.example/a.jpg"),
        ("http://other.example/a.jpg?x=1", "http://other.example/a.jpg?x=1"),
        ("/a.jpg#top", f"{HOST}/a.jpg"),
        ("https://web.archive.org/web/2020im_/http://x.example/a.jpg", "http://x.example/a.jpg"),
    ],
)
def test_addresses_are_those_that_were_captured(source: str, original: str) -> None:
    assert shown(f'<p><img src="{source}"></p>') == [ShownImage(original)]


@pytest.mark.parametrize("source", ["", "data:image/png;base64,AAAA", "about:blank"])
def test_what_has_no_address_of_the_web_is_not_wanted(source: str) -> None:
    assert shown(f'<figure><img src="{source}"></figure><p>字</p>') == []


def test_a_picture_has_the_sizes_that_its_page_names() -> None:
    (found,) = shown(in_sizes("/a_large.jpg", "/a_large.jpg", "/a_medium.jpg", "/a_small.jpg 2x"))
    assert found.original == f"{HOST}/a_large.jpg"
    assert found.sizes == (f"{HOST}/a_medium.jpg", f"{HOST}/a_small.jpg")


def test_a_picture_that_a_script_loads_late_comes_before_what_stands_in_its_place() -> None:
    late = 'data-src="/real.jpg" data-url="/b.jpg"'
    real, other, thumbnail = (f"{HOST}/{name}.jpg" for name in ("real", "b", "thumbnail"))
    assert shown(f'<p><img src="/static/blank.gif" {late}></p>') == [ShownImage(real, (other,))]
    assert shown(f'<p><img src="/thumbnail.jpg" {late}></p>') == [
        ShownImage(real, (other, thumbnail))
    ]
    assert shown('<p><img src="/real.jpg" data-src="/placeholder.gif"></p>') == [ShownImage(real)]


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        ("/p_480w,large.jpg 1x", ["/p_480w,large.jpg"]),
        ("/a.jpg 480w,/b.jpg 960w", ["/a.jpg", "/b.jpg"]),
        (" ,/a.jpg, /b.jpg 2x,,\n/c,d.jpg,", ["/a.jpg", "/b.jpg", "/c,d.jpg"]),
        ("data:image/gif;base64,R0lGODlh 1x, /a.jpg 2x", ["/a.jpg"]),
        (" , ", []),
    ],
)
def test_an_address_of_a_list_of_sizes_ends_at_a_blank(sources: str, expected: list[str]) -> None:
    (found,) = shown(f'<p><img src="/src.jpg" srcset="{sources}"></p>')
    assert found.sizes == tuple(HOST + each for each in expected)


def test_other_sizes_are_of_the_time_of_the_article() -> None:
    assert [each.timestamp for each in named(IMAGE)] == ["20200601000000"] * 2


@pytest.mark.parametrize(("reason", "expected"), [("html", True), ("not-archived", False)])
def test_the_index_is_not_asked_for_what_the_archive_does_not_have(
    reason: str, *, expected: bool
) -> None:
    attempt = ImageAttempt(IMAGE.capture, ImageResult.UNPLAYABLE, reason)
    assert needs_index(IMAGE, [attempt]) is expected


def record(
    timestamp: str, digest: str, mimetype: str = "image/jpeg", status: str = "200"
) -> CdxRecord:
    return CdxRecord(Capture(timestamp, f"{HOST}/a.jpg"), mimetype, status, digest)


def test_listed_captures_come_nearest_first_equal_bytes_last() -> None:
    records = [
        record("20190101000000", "A"),
        record("20200101000000", "B"),
        record("20200201000000", "B"),
        record("20200501000000", "HTML", "text/html"),
        record("20200502000000", "GONE", "text/html", "404"),
        record("20200601000000", "TRIED"),
        record("20210101000000", "TRIED"),
    ]
    attempt = ImageAttempt(IMAGE.capture, ImageResult.NOT_IMAGE, "html", served=IMAGE.capture)
    chosen = choose_listed(IMAGE, records, [attempt])
    assert [each.capture.timestamp for each in chosen] == [
        *("20200201000000", "20190101000000", "20200501000000", "20200101000000")
    ]
    # The first of equal bytes turns out to be none while they are tried.
    attempts = [attempt]
    tried = []
    for each in usable(chosen, attempts):
        tried.append(each.digest)
        attempts.append(
            ImageAttempt(each.capture, ImageResult.NOT_IMAGE, "html", served=each.capture)
        )
    assert tried == ["B", "A", "HTML"]


@pytest.mark.parametrize(
    ("result", "reason"),
    [
        (ImageResult.NOT_IMAGE, "cut-short"),
        (ImageResult.NOT_IMAGE, "error-page"),
        (ImageResult.UNPLAYABLE, "playback-error"),
        (ImageResult.NO_ANSWER, "no-answer"),
    ],
)
def test_a_copy_of_what_did_not_come_whole_is_tried(result: ImageResult, reason: str) -> None:
    copies = [record("20200601000000", "SAME"), record("20210101000000", "SAME")]
    attempt = ImageAttempt(IMAGE.capture, result, reason, served=IMAGE.capture)
    (chosen,) = choose_listed(IMAGE, copies, [attempt])
    assert chosen.capture.timestamp == "20210101000000"
    assert list(usable([chosen], [attempt])) == [chosen]


def test_names_of_files_are_ascii_and_say_the_article() -> None:
    path = image_path(11911, 2, "K3PQ7W2ARXN4V5ZT", "jpg")
    assert path.as_posix() == "images/11001-12000/11911-02-k3pq7w2a.jpg"
