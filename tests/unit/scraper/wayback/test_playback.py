"""Playback: what is asked for, and what each answer is taken for.

Only an answer with `Memento-Datetime` is a capture; it then is one whatever its status says.
"""

from __future__ import annotations

import json
import re
import zlib
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import urlsplit

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.pages import table
from support.shared_files import need
from support.warcs import brotlied, gzipped

from normalise import Capture
from scraper.content_encoding import MAX_PAGE_BYTES
from scraper.errors import PlaybackError, PlaybackFailure, RateLimited, ScraperError, TryAgain
from scraper.models import ArchiveRedirect, Memento
from scraper.wayback.playback import (
    has_comparable_digest,
    parse_response,
    payload_digest,
    request_target,
    resolve_redirect,
)

STAMP, OTHER_STAMP = "20210629183215", "20190304050607"
ADDRESS = "https://www.hkcnews.com/article/7/%E6%B8%A1%E8%BC%AA-7/ferry"
ASKED = Capture(STAMP, ADDRESS)
ARCHIVE = "https://web.archive.org"
BODY = "<html><body>渡輪停航一天</body></html>".encode() * 20
EMPTY_DIGEST = "3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ"
OTHER_DIGEST = "PZJSFDKGZ3ZYYSYPR4CPTJJ4ROWDSFXQ"
MEMENTO = ("Memento-Datetime", "Tue, 29 Jun 2021 18:32:15 GMT")
OUTAGE = b"\n<!DOCTYPE html>\n<html><title>Internet Archive: Temporarily Offline</title></html>\n"
BAN = b"<p>Your request is ... flagged it as suspected abusive bot traffic that is degrading</p>"
HRM = b"<h2>Hrm.</h2>\n<p>The Wayback Machine has not archived that URL.</p>"
SORRY = b"<h2>Sorry.</h2>\n<p>This URL has been excluded from the Wayback Machine.</p>"
LONG = b"<!DOCTYPE html>\n<title>Wayback Machine</title>" + b"<li>menu</li>\n" * 4500
ORIGINAL = "x-archive-orig-"

Header = tuple[str, str]


def make_response(status: int, *headers: Header, reason: str | None = None) -> httpx.Response:
    """An answer with its headers as they come over a wire, in UTF-8."""
    extensions = {} if reason is None else {"reason_phrase": reason.encode()}
    return httpx.Response(
        status,
        headers=[(name.encode(), value.encode()) for name, value in headers],
        extensions=extensions,
    )


def played(
    *headers: Header,
    status: int = 200,
    body: bytes = BODY,
    digest: str = "",
    asked: Capture = ASKED,
) -> Memento:
    """What comes of the answer of a capture."""
    found = parse_response(asked, digest, make_response(status, MEMENTO, *headers), body)
    assert isinstance(found, Memento)
    return found


def unplayable(status: int, body: bytes, *headers: Header) -> PlaybackError:
    with pytest.raises(PlaybackError) as caught:
        parse_response(ASKED, "", make_response(status, *headers), body)
    assert len(str(caught.value)) < 500
    return caught.value


# --- the question ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("original", "sent"),
    [
        (ADDRESS, ADDRESS),
        ("http://hkcnews.com:80/article/7", "http://hkcnews.com:80/article/7"),
        (f"{ADDRESS}?a=1&b=%2F;c#top#x", f"{ADDRESS}?a=1&b=%2F;c%23top%23x"),
        (f"{ADDRESS}/%25E6/%ef%Bf%bD/%zz/%", f"{ADDRESS}/%25E6/%ef%Bf%bD/%zz/%"),
        (f"{ADDRESS}/../a//b/./", f"{ADDRESS}/../a//b/./"),
        (f"{ADDRESS}/\"<>[]\\^`{{|}}~'()*+,;=:@!$", f"{ADDRESS}/\"<>[]\\^`{{|}}~'()*+,;=:@!$"),
        (ADDRESS + "%EF%BF%BD" * 300, ADDRESS + "%EF%BF%BD" * 300),
    ],
)
def test_the_captured_bytes_are_asked_for_by_the_address_as_captured(
    original: str, sent: str
) -> None:
    assert request_target(Capture(STAMP, original)) == f"/web/{STAMP}id_/{sent}".encode()


def test_the_store_names_the_archive() -> None:
    assert ASKED.raw_url == f"{ARCHIVE}/web/{STAMP}id_/{ADDRESS}"
    assert Capture.from_url(ASKED.raw_url) == ASKED


def test_an_answer_of_an_unknown_encoding_that_is_no_capture_is_asked_for_again() -> None:
    with pytest.raises(TryAgain, match="a broken answer: "):
        parse_response(ASKED, "", make_response(200, ("Content-Encoding", "zip")), b"\0\1")


# --- captures -------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [200, 203, 300, 403, 404, 429, 500, 503])
def test_an_answer_with_its_date_is_a_memento_whatever_its_status(status: int) -> None:
    page = played(("x-archive-orig-retry-after", "6"), status=status)
    assert (page.requested, page.served, page.status, page.body) == (ASKED, ASKED, status, BODY)
    assert page.headers == (("retry-after", "6"),)
    assert page.location == ""


def test_a_memento_may_have_the_words_of_the_archive() -> None:
    for body in (OUTAGE, BAN, SORRY, HRM, b"Page cannot be displayed due to robots.txt"):
        assert played(body=body).body == body


def test_a_captured_429_pauses_nobody() -> None:
    assert played(("Retry-After", "60"), status=429, body=b"").status == 429


@pytest.mark.parametrize("reason", ["OK", "Document follows", ""])
def test_the_reason_is_the_captured_one(reason: str) -> None:
    page = parse_response(ASKED, "", make_response(200, MEMENTO, reason=reason), BODY)
    assert isinstance(page, Memento)
    assert page.reason == reason


def served(link: str | None, date: str = MEMENTO[1]) -> Capture:
    headers = [("memento-datetime", date)] + ([] if link is None else [("link", link)])
    page = parse_response(ASKED, "", make_response(200, *headers), BODY)
    assert isinstance(page, Memento)
    assert page.requested == ASKED
    return page.served


REST = (
    f'<{ARCHIVE}/web/timemap/link/https://x.hk/>; rel="timemap"; type="application/link-format", '
    f'<{ARCHIVE}/web/https://x.hk/>; rel="timegate", '
    f'<{ARCHIVE}/web/20170101000000/https://x.hk/>; rel="first memento"; '
    'datetime="Sun, 01 Jan 2017 00:00:00 GMT"'
)


@table(
    "shown original",
    {
        "the same": (ADDRESS, ADDRESS),
        "another spelling": ("http://hkcnews.com:80/article/7", "http://hkcnews.com:80/article/7"),
        "another page": ("https://www.hkcnews.com/article/8", "https://www.hkcnews.com/article/8"),
        "one parameter": (f"{ADDRESS}?a=1", f"{ADDRESS}?a=1"),
        "two": (f"{ADDRESS}?a=1&amp;b=2", f"{ADDRESS}?a=1&b=2"),
        "three": (f"{ADDRESS}?a=1&amp;b=2&amp;c", f"{ADDRESS}?a=1&b=2&c"),
        "two left raw": (f"{ADDRESS}?a=1&b=2", f"{ADDRESS}?a=1&b=2"),
        "escaped by the site": (f"{ADDRESS}?a=1&amp;amp;b=2", f"{ADDRESS}?a=1&amp;b=2"),
        "quotes": (f"{ADDRESS}/&quot;x&#39;", f"{ADDRESS}/\"x'"),
        "a comma": (f"{ADDRESS}/a,b", f"{ADDRESS}/a,b"),
        "a comma and a blank": (f"{ADDRESS}/a, b", f"{ADDRESS}/a,%20b"),
        "a comma and a bracket": (f"{ADDRESS}/a, <b", f"{ADDRESS}/a,%20<b"),
        "a semicolon": (f"{ADDRESS}/a;b", f"{ADDRESS}/a;b"),
        "semicolons": (f"{ADDRESS};x=1;rel=y;z", f"{ADDRESS};x=1;rel=y;z"),
        "a bracket": (f"{ADDRESS}/a>b", f"{ADDRESS}/a>b"),
        "raw Chinese": (
            "https://www.hkcnews.com/article/7/渡輪",
            "https://www.hkcnews.com/article/7/%E6%B8%A1%E8%BC%AA",
        ),
        "a fragment": (f"{ADDRESS}#x", f"{ADDRESS}#x"),
    },
)
def test_the_capture_served_is_the_one_that_the_answer_names(shown: str, original: str) -> None:
    for others in ("", f", {REST}"):
        assert served(f'<{shown}>; rel="original"{others}') == Capture(STAMP, original)


@pytest.mark.parametrize(
    "link",
    [
        f'{REST}, <{ADDRESS}?x>; rel="original"',
        f"<{ADDRESS}?x>;rel=original",
        f"<{ADDRESS}?x> ; rel=original, {REST}",
    ],
)
def test_links_in_other_forms_are_read_too(link: str) -> None:
    assert served(link) == Capture(STAMP, f"{ADDRESS}?x")


@pytest.mark.parametrize("link", [None, "", REST, '<>; rel="original"', "nonsense", "<", ";,<>;"])
def test_without_a_link_the_address_is_the_one_asked_for(link: str | None) -> None:
    assert served(link, "Mon, 04 Mar 2019 05:06:07 GMT") == Capture(OTHER_STAMP, ADDRESS)


@pytest.mark.parametrize(
    "link",
    [
        '<mailto:a@b.hk>; rel="original"',
        '</article/7>; rel="original"',
        '<https:///article/7>; rel="original"',
    ],
)
def test_a_link_to_no_address_is_asked_again(link: str) -> None:
    with pytest.raises(TryAgain, match="does not say which it is"):
        served(link)


@pytest.mark.parametrize(
    "date",
    [
        "",
        "yesterday",
        "20210629183215",
        "Tue, 31 Feb 2021 18:32:15 GMT",
        "Tue, 29 Jun 2021 25:32:15 GMT",
        "Tue, 29 Jun 0999 18:32:15 GMT",
        "Wed, 01 Jan 99999999999 00:00:00 GMT",
        "Wed, 01 Jan 2021 00:00:00 +999999999999999999",
    ],
)
def test_a_date_that_is_none_is_asked_again(date: str) -> None:
    with pytest.raises(TryAgain, match="does not say which it is"):
        served(None, date)


# --- headers --------------------------------------------------------------------------------


def test_headers_of_the_capture_are_restored_and_those_of_the_archive_left() -> None:
    page = played(
        ("Server", "nginx"),
        ("Content-Type", "text/html"),
        ("Content-Encoding", "gzip"),
        ("Transfer-Encoding", "chunked"),
        ("Connection", "keep-alive"),
        ("Set-Cookie", "wb-p-SERVER=x; path=/"),
        ("X-Archive-Src", "a/b.warc.gz"),
        ("X-Archive-Orig-Server", "cloudflare"),
        ("x-archive-orig-set-cookie", "a=1"),
        ("X-ARCHIVE-ORIG-SET-COOKIE", "b=2; path=/"),
        ("x-archive-orig-content-length", "1"),
        ("x-archive-orig-content-encoding", "gzip"),
        ("x-archive-orig-transfer-encoding", "chunked"),
        ("X-Archive-Orig-Connection", "close"),
        ("x-archive-orig-x-archive-orig-date", "渡輪"),
        ("x-archive-orig-last-modified", ""),
        ("X-TS", "200"),
    )
    assert page.headers == (
        ("content-type", "text/html"),
        ("server", "cloudflare"),
        ("set-cookie", "a=1"),
        ("set-cookie", "b=2; path=/"),
        ("x-archive-orig-date", "渡輪"),
        ("last-modified", ""),
    )


def test_a_capture_without_headers_has_none() -> None:
    assert played().headers == ()


# --- redirects ------------------------------------------------------------------------------

LOCATIONS = {
    "absolute": (f"{ARCHIVE}/web/{OTHER_STAMP}id_/{ADDRESS}",),
    "from the root": (f"/web/{OTHER_STAMP}id_/{ADDRESS}",),
    "from the host": (f"//web.archive.org/web/{OTHER_STAMP}id_/{ADDRESS}",),
    "by http": (f"http://web.archive.org/web/{OTHER_STAMP}id_/{ADDRESS}",),
    "in view mode": (f"{ARCHIVE}/web/{OTHER_STAMP}/{ADDRESS}",),
    "in a frame": (f"{ARCHIVE}/web/{OTHER_STAMP}if_/{ADDRESS}",),
    "of the server that is asked": (f"http://127.0.0.1:8080/web/{OTHER_STAMP}id_/{ADDRESS}",),
    "of that server by https": (f"https://127.0.0.1:8080/web/{OTHER_STAMP}id_/{ADDRESS}",),
    "of its host alone": (f"//127.0.0.1:8080/web/{OTHER_STAMP}id_/{ADDRESS}",),
    "with blanks round it": (f"  /web/{OTHER_STAMP}id_/{ADDRESS}\t",),
}
HOST = "127.0.0.1:8080"


@table("location", LOCATIONS)
def test_every_form_of_a_redirect_leads_to_the_capture(location: str) -> None:
    headers = (("Location", location), ("x-archive-redirect-reason", "found capture at 2019"))
    own = parse_response(ASKED, OTHER_DIGEST, make_response(302, *headers), b"")
    captured = played(*headers, status=301, body=b"")
    assert own == ArchiveRedirect(location.strip())
    for asked, to in ((ASKED, own.location), (captured.served, captured.location)):
        assert resolve_redirect(asked, to, HOST) == Capture(OTHER_STAMP, ADDRESS)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("body", [b"", gzipped(b"Found"), b"x" * 138_740])
def test_a_redirect_is_known_by_its_status(status: int, body: bytes) -> None:
    location = ("Location", f"/web/{OTHER_STAMP}id_/{ADDRESS}")
    own = parse_response(ASKED, "", make_response(status, location), body)
    assert isinstance(own, ArchiveRedirect)
    assert played(location, status=status, body=body).location == location[1]


@pytest.mark.parametrize(
    "captured",
    ["https://www.hkcnews.com/article/7/new", "/article/7/new", "//www.hkcnews.com/article/7/new"],
)
def test_a_captured_redirect_leads_where_it_was_captured_to_lead(captured: str) -> None:
    page = played(
        ("Location", f"/web/{OTHER_STAMP}id_/https://www.hkcnews.com/other"),
        ("x-archive-orig-location", captured),
        status=301,
        body=b"",
    )
    assert page.location == captured
    assert page.headers == (("location", captured),)
    assert resolve_redirect(page.served, page.location, HOST) == Capture(
        STAMP, "https://www.hkcnews.com/article/7/new"
    )


@pytest.mark.parametrize("status", [200, 201, 300, 304, 404])
def test_a_location_leads_nowhere_without_the_status_of_a_redirect(status: int) -> None:
    page = played(("Location", "/x"), ("x-archive-orig-location", "/x"), status=status)
    assert page.location == ""


@pytest.mark.parametrize("location", ["", " "])
def test_a_redirect_to_nowhere_is_no_redirect(location: str) -> None:
    with pytest.raises(TryAgain):
        parse_response(ASKED, "", make_response(302, ("Location", location)), b"")


@table(
    "location timestamp original",
    {
        "without the archive": (f"{ADDRESS}/new", STAMP, f"{ADDRESS}/new"),
        "from the site's root": ("/article/8", STAMP, "https://www.hkcnews.com/article/8"),
        "from the folder": ("new", STAMP, ADDRESS.replace("ferry", "new")),
        "a query": ("?page=2", STAMP, f"{ADDRESS}?page=2"),
        "raw Chinese": (
            f"/web/{OTHER_STAMP}id_/https://www.hkcnews.com/article/7/渡 輪",
            OTHER_STAMP,
            "https://www.hkcnews.com/article/7/%E6%B8%A1%20%E8%BC%AA",
        ),
        "raw Chinese of the site": (
            "/article/7/渡",
            STAMP,
            "https://www.hkcnews.com/article/7/%E6%B8%A1",
        ),
        "encoded stays": (
            f"/web/{OTHER_STAMP}id_/{ADDRESS}/%25E6%ef",
            OTHER_STAMP,
            f"{ADDRESS}/%25E6%ef",
        ),
        "a query with addresses": (
            f"/web/{OTHER_STAMP}id_/{ADDRESS}?to=https://x.hk/web/20200101000000/y",
            OTHER_STAMP,
            f"{ADDRESS}?to=https://x.hk/web/20200101000000/y",
        ),
        "very long": (
            f"/web/{OTHER_STAMP}id_/{ADDRESS}{'%EF%BF%BD' * 5000}",
            OTHER_STAMP,
            ADDRESS + "%EF%BF%BD" * 5000,
        ),
        "nothing": ("", STAMP, ADDRESS),
        "a scheme alone": ("https://", STAMP, ADDRESS),
        "a newline": (
            f"/web/{OTHER_STAMP}id_/{ADDRESS}/\nHost: evil.example",
            OTHER_STAMP,
            f"{ADDRESS}/%0AHost:%20evil.example",
        ),
    },
)
def test_redirects_in_other_forms_name_a_capture(
    location: str, timestamp: str, original: str
) -> None:
    assert resolve_redirect(ASKED, location, HOST) == Capture(timestamp, original)


@pytest.mark.parametrize(
    "location",
    [
        "javascript:alert(1)",
        "mailto:editor@hkcnews.com",
        "data:text/html,x",
        "ftp://web.archive.org/web/20210629183215id_/https://www.hkcnews.com/article/7",
        "file:///etc/passwd",
        "about:blank",
        "//[",
        "http://[x/article/7",
        f"/web/{STAMP}id_/www.hkcnews.com/article/7",
        f"/web/{STAMP}id_/mailto:a@b.hk",
        f"/web/{STAMP}id_//article/7",
        f"/web/{STAMP}id_/https:/www.hkcnews.com/article/7",
        f"/web/{STAMP}id_/https://",
        "https://www.hkcnews.com/article/7/\ud800",
        f"/web/{STAMP}id_/javascript:location='{'x' * 10_000}'",
    ],
)
def test_a_redirect_to_what_is_no_capture_is_not_followed(location: str) -> None:
    with pytest.raises(PlaybackError) as caught:
        resolve_redirect(ASKED, location, HOST)
    assert caught.value.reason is PlaybackFailure.ELSEWHERE


@pytest.mark.parametrize(
    "location",
    [
        f"//evil.example/web/{STAMP}/{ADDRESS}",
        f"https://evil.example/web/{STAMP}id_/{ADDRESS}",
        f"http://evil.example:80/web/{STAMP}/{ADDRESS}",
        f"https://web.archive.org.evil.example/web/{STAMP}/{ADDRESS}",
        f"https://web.archive.org@evil.example/web/{STAMP}/{ADDRESS}",
        f"https://web.archive.org:1/web/{STAMP}/{ADDRESS}",
        f"https://archive.org/web/{STAMP}/{ADDRESS}",
        f"http://127.0.0.1:80/web/{STAMP}/{ADDRESS}",
        f"https://evil.example\\@web.archive.org/web/{STAMP}/{ADDRESS}",
        # Not 14 digits: no capture is named by them, and their addresses are of no article.
        f"/web/2021id_/{ADDRESS}",
        f"{ARCHIVE}/web/2021062918321/{ADDRESS}",
        f"{ARCHIVE}/web/202106291832150/{ADDRESS}",
        f"{ARCHIVE}/web/*/{ADDRESS}",
        f"{ARCHIVE}/web/{STAMP}id__/{ADDRESS}",
        f"/web/２０２１０６２９１８３２１５/{ADDRESS}",
        f"{ARCHIVE}/429.html",
        f"{ARCHIVE}/save/_embed/{ADDRESS}",
        f"/save/{ADDRESS}",
    ],
)
def test_a_redirect_to_another_place_is_never_to_an_article(location: str) -> None:
    try:
        capture = resolve_redirect(ASKED, location, HOST)
    except PlaybackError:
        return
    assert capture.timestamp == STAMP
    assert capture.article_id is None


# --- bodies ---------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["gzip", "GZIP ", ""])
@pytest.mark.parametrize("status", [200, 404])
def test_bodies_come_without_their_encodings(status: int, encoding: str) -> None:
    header = ("Content-Encoding", encoding)
    page = played(header, status=status, body=gzipped(BODY), digest=payload_digest(BODY))
    assert (page.body, page.headers) == (BODY, ())


def test_another_encoding_is_taken_from_the_header() -> None:
    assert played(("Content-Encoding", "BR"), body=brotlied(BODY)).body == BODY


def test_an_encoding_of_the_captured_answer_alone_is_removed() -> None:
    page = played((ORIGINAL + "content-encoding", "br"), body=brotlied(BODY))
    assert (page.body, page.headers) == (BODY, ())


@pytest.mark.parametrize("name", ["content-encoding", ORIGINAL + "content-encoding"])
def test_a_body_that_stays_packed_keeps_its_encoding(name: str) -> None:
    packed = bytes(range(200))
    page = played((name, "dcb"), body=packed)
    assert (page.body, page.headers) == (packed, (("content-encoding", "dcb"),))


@pytest.mark.parametrize("status", [200, 301, 404])
@pytest.mark.parametrize("digest", ["", payload_digest(BODY)])
def test_a_broken_encoding_is_asked_for_again(status: int, digest: str) -> None:
    with pytest.raises(TryAgain, match="cut off"):
        played(status=status, body=gzipped(BODY)[:-5], digest=digest)


def test_a_body_that_is_too_large_is_no_page() -> None:
    body = zlib.compress(bytes(MAX_PAGE_BYTES + 1), level=1, wbits=31)
    with pytest.raises(PlaybackError) as caught:
        played(("content-encoding", "gzip"), body=body)
    assert caught.value.reason is PlaybackFailure.TOO_LARGE


def length(number: int | str) -> Header:
    return (ORIGINAL + "content-length", str(number))


@table(
    "headers body digest",
    {
        "of the length captured": ([length(len(BODY))], BODY, ""),
        "of another digest": ([length(len(BODY))], BODY, OTHER_DIGEST),
        "longer than captured": ([length(len(BODY) - 1)], BODY, ""),
        "shorter, but the digest is right": ([length(9999)], BODY, payload_digest(BODY)),
        "length of -1": ([length(-1)], BODY, ""),
        "no length": ([length("")], BODY, OTHER_DIGEST),
        "no number": ([length("many")], BODY, ""),
        "two lengths": ([length(9999), length(9999)], BODY, ""),
        "digits of another script": ([length("９９９９")], BODY, ""),
        "a length without end": ([length("9" * 5000)], BODY, ""),
        "the length of what was packed": (
            [length(9999), (ORIGINAL + "content-encoding", "gzip")],
            BODY,
            "",
        ),
        "nothing, and nothing was captured": ([], b"", EMPTY_DIGEST),
        "nothing, of a captured length of 0": ([length(0)], b"", ""),
        "nothing, of a length of 0 and another digest": ([length(0)], b"", OTHER_DIGEST),
        "nothing, whatever the length": ([length(9)], b"", EMPTY_DIGEST),
        "nothing in gzip": ([("content-encoding", "gzip")], gzipped(b""), EMPTY_DIGEST),
    },
)
def test_whole_bodies_are_taken(headers: list[Header], body: bytes, digest: str) -> None:
    page = played(*headers, body=body, digest=digest)
    assert page.body == (BODY if body == BODY else b"")


@table(
    "headers body digest",
    {
        "shorter by one": ([length(len(BODY) + 1)], BODY, ""),
        "shorter and of another digest": ([length(9999)], BODY, OTHER_DIGEST),
        "shorter, and nothing was captured": ([length(9999)], BODY, EMPTY_DIGEST),
        "shorter after unpacking": (
            [length(len(BODY) + 1), ("content-encoding", "gzip")],
            gzipped(BODY),
            "",
        ),
        "nothing": ([], b"", ""),
        "nothing, of another digest": ([], b"", OTHER_DIGEST),
        "nothing of something": ([length(9999)], b"", ""),
        "nothing, of a length of -1": ([length(-1)], b"", ""),
        "nothing that was packed": ([(ORIGINAL + "content-encoding", "gzip")], b"", ""),
        "nothing in gzip": ([("content-encoding", "gzip")], gzipped(b""), OTHER_DIGEST),
    },
)
def test_bodies_that_lack_something_are_asked_for_again(
    headers: list[Header], body: bytes, digest: str
) -> None:
    with pytest.raises(TryAgain, match="bytes where"):
        played(*headers, body=body, digest=digest)


@pytest.mark.parametrize("status", [301, 403, 404, 429, 503])
@pytest.mark.parametrize("headers", [[], [length(9999)]])
def test_what_is_no_page_anyway_may_be_empty(status: int, headers: list[Header]) -> None:
    assert played(*headers, status=status, body=b"").body == b""


@pytest.mark.parametrize(
    ("body", "digest"),
    [(b"", EMPTY_DIGEST), (b"hello", "VL2MMHO4YXUKFWV63YHTWSBM3GXKSQ2N")],
)
def test_digests_are_those_of_the_index(body: bytes, digest: str) -> None:
    assert payload_digest(body) == digest


def test_a_digest_is_comparable_where_the_capture_was_whole_and_plain() -> None:
    packed = (ORIGINAL + "content-encoding", "gzip")
    assert has_comparable_digest(make_response(200, MEMENTO))
    assert not has_comparable_digest(make_response(200, MEMENTO, packed))
    assert not has_comparable_digest(make_response(404, MEMENTO))


# --- what is no capture ---------------------------------------------------------------------

RUNTIME = "X-Archive-Wayback-Runtime-Error"
AT_CRAWL_TIME = b'<p class="code shift red">Got an HTTP 301 response at crawl time</p>'


@table(
    "status body",
    {
        "an outage with 200": (200, OUTAGE),
        "an outage in gzip": (503, gzipped(OUTAGE)),
        "a ban with 200": (200, BAN),
        "429": (429, b""),
        "429 with broken gzip": (429, gzipped(BAN)[:-9]),
        "429 with other words of the archive": (429, SORRY),
    },
)
@pytest.mark.parametrize("wait", [None, 6.0])
def test_refusals_pause_everybody(status: int, body: bytes, wait: float | None) -> None:
    headers = [("Retry-After", f"{wait:.0f}")] if wait else []
    with pytest.raises(RateLimited) as caught:
        parse_response(ASKED, "", make_response(status, *headers), body)
    assert caught.value.retry_after == wait


def test_a_redirect_to_the_page_of_the_limit_pauses_everybody() -> None:
    headers = (("Location", f"{ARCHIVE}/429.html"), ("Retry-After", "30"))
    with pytest.raises(RateLimited) as caught:
        parse_response(ASKED, "", make_response(302, *headers), b"")
    assert caught.value.retry_after == 30


@pytest.mark.parametrize("body", [b"", BODY, gzipped(BODY)[:-9]])
def test_errors_of_the_server_may_pass(body: bytes) -> None:
    with pytest.raises(TryAgain, match="503"):
        parse_response(ASKED, "", make_response(503), body)


BLOCKED = "AdministrativeAccessControlException: Blocked Site Error"
BY_ROBOTS = "RobotAccessControlException: Blocked By Robots"
GONE = "ResourceNotInArchiveException: https://x.hk/ was not found"


@table(
    "status headers body reason",
    {
        "not archived": (404, [], HRM, PlaybackFailure.NOT_ARCHIVED),
        "not archived, in gzip": (404, [], gzipped(HRM), PlaybackFailure.NOT_ARCHIVED),
        "not found": (404, [], GONE.encode(), PlaybackFailure.NOT_ARCHIVED),
        "not in the archive": (404, [(RUNTIME, GONE)], b"", PlaybackFailure.NOT_ARCHIVED),
        "excluded with 200": (200, [], SORRY, PlaybackFailure.EXCLUDED),
        "excluded at the end of a long page": (200, [], LONG + SORRY, PlaybackFailure.EXCLUDED),
        "excluded with 403": (403, [], SORRY, PlaybackFailure.EXCLUDED),
        "excluded with 404": (404, [], SORRY, PlaybackFailure.EXCLUDED),
        "excluded by header": (403, [(RUNTIME, BLOCKED)], b"", PlaybackFailure.EXCLUDED),
        "excluded by its words": (403, [], BLOCKED.encode(), PlaybackFailure.EXCLUDED),
        "robots": (
            403,
            [],
            b"<p>Page cannot be displayed due to robots.txt.</p>",
            PlaybackFailure.ROBOTS,
        ),
        "robots with 404": (
            404,
            [],
            b"Page cannot be crawled or displayed due to robots.txt.",
            PlaybackFailure.ROBOTS,
        ),
        "robots by header": (403, [(RUNTIME, BY_ROBOTS)], b"", PlaybackFailure.ROBOTS),
        "a redirect in view mode": (
            200,
            [("x-archive-src", "a.warc.gz")],
            gzipped(AT_CRAWL_TIME),
            PlaybackFailure.ELSEWHERE,
        ),
        "excluded goes before robots": (
            403,
            [(RUNTIME, BY_ROBOTS)],
            SORRY,
            PlaybackFailure.EXCLUDED,
        ),
        "another error by header": (
            200,
            [(RUNTIME, "BadContentException")],
            b"",
            PlaybackFailure.ERROR,
        ),
        "bad request": (400, [(RUNTIME, "BadQueryException")], b"", PlaybackFailure.ERROR),
    },
)
def test_what_the_archive_does_not_play_has_its_reason(
    status: int, headers: list[Header], body: bytes, reason: PlaybackFailure
) -> None:
    assert unplayable(status, body, *headers).reason is reason


def test_an_error_is_quoted_in_few_words() -> None:
    error = unplayable(415, "<p>錯  誤</p>\n".encode() * 9999, (RUNTIME, "BadContentException: x"))
    assert "BadContentException: x" in str(error)
    assert len(str(error)) < 300


@table(
    "status headers body",
    {
        "a page": (200, [("content-type", "text/html")], BODY),
        "nothing": (200, [], b""),
        "a 404 of somebody else": (404, [], b"<h1>404 Not Found</h1>"),
        "forbidden": (403, [], b"Forbidden"),
        "bad content": (415, [], b""),
        "no user agent": (445, [], b""),
        "for legal reasons": (451, [], b""),
        "not implemented": (501, [], b""),
        "a redirect to a login": (302, [("location", "https://archive.org/login")], b""),
        "a redirect within the archive": (302, [("location", "/login")], b""),
        "headers of a capture but its date": (
            200,
            [("x-archive-orig-date", "x"), ("link", f'<{ADDRESS}>; rel="original"')],
            BODY,
        ),
        "no content": (204, [], b""),
        "not modified": (304, [], b""),
        "a redirect without a target": (302, [], b""),
        "gzip cut": (200, [], gzipped(BODY)[:-9]),
    },
)
def test_what_is_no_capture_and_no_word_of_the_archive_is_asked_for_again(
    status: int, headers: list[Header], body: bytes
) -> None:
    with pytest.raises(TryAgain):
        parse_response(ASKED, payload_digest(body), make_response(status, *headers), body)


# --- properties -----------------------------------------------------------------------------

texts = st.text(st.characters(min_codepoint=0x20, exclude_categories=["Cs"]), max_size=20)
pieces = st.sampled_from(
    [
        *("/web/", f"/web/{STAMP}id_/", f"/web/{STAMP}/", "20210629", "id_/", "im_/", "//", "/"),
        *("http:", "https://", ARCHIVE, "//evil.example", "127.0.0.1:8080", ADDRESS, "/article/8"),
        *("%EF%BF%BD", "渡", "#", "?", "&amp;", "[", "]", "@", "\\", ":", ".", "..", "javascript:"),
        *("\n", "\t", "\0", "\x7f", "\ud800", " ", ""),
    ]
)
locations = st.one_of(st.text(max_size=60), st.lists(pieces, max_size=8).map("".join))
originals = st.sampled_from(
    [ADDRESS, "http://hkcnews.com:80/article/7?x#y", "https://www.hkcnews.com", "HTTPS://a@b:c/d"]
)


@given(originals, locations, st.sampled_from([HOST, "web.archive.org", "", "[::1]"]))
def test_any_redirect_names_a_capture_or_is_not_followed(
    original: str, location: str, host: str
) -> None:
    asked = Capture(STAMP, original)
    try:
        capture = resolve_redirect(asked, location, host)
    except PlaybackError:
        return
    assert re.fullmatch(
        r"/web/[0-9]{14}id_/https?://[!-~]+", request_target(capture).decode(), re.I
    )
    assert b"#" not in request_target(capture)
    assert capture.timestamp == STAMP or capture.timestamp in location


@given(
    st.sampled_from(["https", "http"]),
    st.sampled_from(["evil.example", "archive.org", "web.archive.org.evil.example", "127.0.0.1"]),
    st.from_regex(r"/web/[0-9]{14}([a-z]{2}_)?/", fullmatch=True),
    originals,
)
def test_another_host_s_captures_are_never_taken_for_the_archive_s(
    scheme: str, host: str, path: str, original: str
) -> None:
    capture = resolve_redirect(ASKED, f"{scheme}://{host}{path}{original}", HOST)
    assert capture.timestamp == STAMP
    assert urlsplit(capture.original).hostname == host


names = st.sampled_from(
    [
        *("memento-datetime", "link", "location", "content-encoding", "content-type"),
        *("retry-after", "x-archive-wayback-runtime-error", "x-archive-src", "x-archive-orig-"),
        *("x-archive-orig-content-length", "x-archive-orig-location", "x-archive-orig-server"),
        *("x-archive-orig-content-encoding", "x-archive-redirect-reason"),
    ]
)
values = st.one_of(
    texts,
    st.sampled_from(
        [
            MEMENTO[1],
            f'<{ADDRESS}>; rel="original", {REST}',
            f'<{ADDRESS}?a&amp;b>; rel="original"',
            f"/web/{STAMP}id_/{ADDRESS}",
            *("gzip", "br", "deflate", "0", "60", "-1", "9" * 30, BLOCKED, BY_ROBOTS, EMPTY_DIGEST),
        ]
    ),
    st.from_regex(r"[A-Z][a-z]{2}, [0-9]{1,3} Jun [0-9]{1,12} [0-9:]{1,9} (GMT|[+-][0-9]{1,20})"),
)
bodies = st.one_of(
    st.binary(max_size=40),
    st.sampled_from([b"", BODY, OUTAGE, BAN, HRM, SORRY, AT_CRAWL_TIME]).flatmap(
        lambda body: st.sampled_from(
            [body, gzipped(body), gzipped(gzipped(body)), gzipped(body)[:-3]]
        )
    ),
)


@given(
    status=st.sampled_from([100, 200, 204, 301, 302, 304, 307, 400, 403, 404, 429, 451, 503, 999]),
    headers=st.lists(st.tuples(names, values), max_size=6),
    is_dated=st.booleans(),
    body=bodies,
    digest=st.sampled_from(["", OTHER_DIGEST, EMPTY_DIGEST, payload_digest(BODY)]),
)
def test_whatever_comes_is_a_capture_a_redirect_or_a_known_error(
    status: int, headers: list[Header], *, is_dated: bool, body: bytes, digest: str
) -> None:
    response = make_response(status, *([MEMENTO] if is_dated else []), *headers)
    # Of a capture nothing is wrong but what passes: what it says of the archive is its own.
    has_date = "memento-datetime" in response.headers
    known = TryAgain if has_date else (RateLimited, TryAgain, PlaybackError)
    try:
        found = parse_response(ASKED, digest, response, body)
    except known:
        return
    if isinstance(found, ArchiveRedirect):
        assert 301 <= status <= 308
        assert found.location
        assert "memento-datetime" not in response.headers
    else:
        assert "memento-datetime" in response.headers
        assert (found.requested, found.status) == (ASKED, status)
        assert not found.location or 301 <= status <= 308
        assert {name for name, _ in found.headers}.isdisjoint(
            {"transfer-encoding", "content-length", "connection"}
        )


# --- the recordings -------------------------------------------------------------------------


@dataclass(frozen=True)
class Recorded:
    """A recorded exchange: the capture that was asked for, and its answer."""

    asked: Capture
    response: httpx.Response
    body: bytes


def recorded(folder: str) -> list[Recorded]:
    path, found = need("recordings", folder), []
    for file in sorted(path.glob("*.meta.json")):
        meta = json.loads(file.read_bytes())
        match = re.fullmatch(r".*?/web/(\d{14})(?:id_)?/(.*)", meta["request"]["uri"])
        if match:
            status = meta["response"]["status"]
            headers = meta["response"]["headers"].items()
            pairs = [(name, value) for name, some in headers for value in some]
            response = make_response(status["code"], *pairs, reason=status["message"])
            body = (path / meta["body_file"]).read_bytes()
            found.append(Recorded(Capture.of(match[1], match[2]), response, body))
    assert found
    return found


def taken_for(exchange: Recorded, digest: str = "") -> str:
    """What a recorded answer is read as, in a word or two."""
    try:
        found = parse_response(exchange.asked, digest, exchange.response, exchange.body)
    except ScraperError as error:
        return str(getattr(error, "reason", type(error).__name__))
    if isinstance(found, ArchiveRedirect):
        return "redirect"
    assert found.body == exchange.body
    assert found.served.timestamp == exchange.asked.timestamp
    return f"{found.status} {found.reason}{' on' if found.location else ''}"


EDGI, MONITOR = "edgi-wayback/decoded/test_get_memento", "edgi-web-monitoring/test_"


@table(
    "folder kinds",
    {
        "page": (EDGI, ["200 OK"]),
        "nearest": (f"{EDGI}_target_window", ["redirect", "200 OK"]),
        "inexact": (f"{EDGI}_with_inexact_string_datetime", ["redirect", "200 OK"]),
        "listed but not played": (
            f"{EDGI}_should_fail_for_non_playbackable_mementos",
            ["redirect"],
        ),
        "absolute": (
            f"{EDGI}_with_redirects",
            ["301 Moved Permanently on", "redirect", "200 OK"],
        ),
        "from the root": (
            f"{EDGI}_with_path_based_redirects",
            ["301 Moved Permanently on", "redirect", "404 Not Found"],
        ),
        "from the host": (
            f"{EDGI}_with_schemeless_redirects",
            ["301 Moved Permanently on", "redirect", "404 Not Found"],
        ),
        "historical": (
            f"{EDGI}_follows_historical_redirects",
            ["redirect", "301 Moved Permanently on", "redirect", "200 OK"],
        ),
        "loop": (
            f"{EDGI}_raises_for_mementos_that_redirect_in_a_loop",
            ["303 See Other on", "redirect", "302 Found on", "redirect"],
        ),
        "captured 429": (
            f"{EDGI}_works_on_archived_rate_limit_responses",
            ["429 Too Many Requests"],
        ),
        "not archived": (f"{EDGI}_raises_no_memento_error", ["not-archived"]),
        "excluded": (f"{EDGI}_raises_blocked_error", ["excluded"]),
        "view of a redirect": (
            f"{EDGI}_with_redirect_in_view_mode",
            ["leads-elsewhere", "redirect", "404 Not Found"],
        ),
        "of 1997": ("edgi-wayback/decoded/test_memento_rate_limits", ["200 Document follows"] * 20),
        "of 2026": ("edgi-wayback/decoded/tutorial", ["200 OK"]),
        "captured 403s": (
            f"{MONITOR}import_skips_bad_mementos",
            ["403 Forbidden"] * 7 + ["200 OK"],
        ),
        "PDF": (f"{MONITOR}format_memento_pdf", ["200 OK"]),
        "Japanese": (f"{MONITOR}html_title_parsing", ["200 OK"]),
        "revisit of a redirect": (
            f"{MONITOR}format_memento_handles_redirects",
            ["301 Moved Permanently on", "redirect", "200 OK"],
        ),
    },
)
def test_recorded_answers_are_read_as_what_they_are(folder: str, kinds: list[str]) -> None:
    exchanges = recorded(folder)
    assert [taken_for(each) for each in exchanges] == kinds
    # A wrong digest proves nothing, a right one changes nothing.
    assert [taken_for(each, OTHER_DIGEST) for each in exchanges] == kinds
    assert [taken_for(each, payload_digest(each.body)) for each in exchanges] == kinds


@pytest.mark.parametrize(
    "folder",
    [
        f"{EDGI}_follows_historical_redirects",
        f"{EDGI}_raises_for_mementos_that_redirect_in_a_loop",
        f"{EDGI}_target_window",
        f"{EDGI}_with_path_based_redirects",
        f"{EDGI}_with_redirects",
        f"{EDGI}_with_schemeless_redirects",
        f"{MONITOR}format_memento_handles_redirects",
    ],
)
def test_recorded_redirects_lead_to_what_was_asked_for_next(folder: str) -> None:
    exchanges = recorded(folder)
    for one, following in pairwise(exchanges):
        found = parse_response(one.asked, "", one.response, one.body)
        at = one.asked if isinstance(found, ArchiveRedirect) else found.served
        to = resolve_redirect(at, found.location, "web.archive.org")
        assert to == following.asked


def test_the_recorded_loop_leads_back_to_its_start() -> None:
    first, *_, last = recorded(f"{EDGI}_raises_for_mementos_that_redirect_in_a_loop")
    found = parse_response(last.asked, "", last.response, last.body)
    assert isinstance(found, ArchiveRedirect)
    assert resolve_redirect(last.asked, found.location, HOST) == first.asked


def test_recorded_links_with_several_parameters_name_the_whole_address() -> None:
    exchange = recorded(f"{EDGI}_raises_for_mementos_that_redirect_in_a_loop")[2]
    assert exchange.asked.original.count("&") >= 2
    page = parse_response(exchange.asked, "", exchange.response, exchange.body)
    assert isinstance(page, Memento)
    assert page.served == exchange.asked


def test_the_recorded_page_of_another_spelling_is_served_under_its_own() -> None:
    (exchange,) = recorded(f"{EDGI}_returns_memento_with_accurate_url")
    page = parse_response(exchange.asked, "", exchange.response, exchange.body)
    assert isinstance(page, Memento)
    assert exchange.asked.original == "http://fws.gov/"
    assert page.served == Capture(exchange.asked.timestamp, "https://www.fws.gov/")


@pytest.mark.parametrize(
    ("file", "status", "error"),
    [
        ("429-bot-2026.txt", 429, RateLimited),
        ("429-bot-2026.txt", 200, RateLimited),
        ("429-html-page-text.txt", 429, RateLimited),
        ("429-save-page-now.html", 429, RateLimited),
        ("503-temporarily-offline.txt", 503, RateLimited),
        ("503-temporarily-offline.txt", 200, RateLimited),
        ("504-gateway-timeout.html", 504, TryAgain),
    ],
)
def test_transcribed_errors_are_recognised(
    file: str, status: int, error: type[ScraperError]
) -> None:
    with pytest.raises(error):
        parse_response(
            ASKED, "", make_response(status), need("recordings", "transcribed", file).read_bytes()
        )
