"""Captures by their addresses, and the addresses of a page behind the archive's prefix."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from support.pages import (
    ARCHIVE,
    CAPTURE,
    FOLDER,
    FORMS,
    FRAME,
    ORIGIN,
    OWN,
    PICTURE,
    TIMESTAMP,
    WEB,
    article_of,
    page,
    table,
    view_of,
)

from normalise import BadCapture, Capture
from normalise.editions.archived_urls import archived_frame, archived_image, archived_link
from normalise.page.addresses import AddressReader, is_view_form, timestamp_shown

# --- captures -------------------------------------------------------------------------------

ARTICLE = "https://www.hkcnews.com/article/31415/ferry"


@pytest.mark.parametrize(
    "modifier", ["", "id_", "im_", "if_", "js_", "cs_", "oe_", "fw_", "fr_", "mp_"]
)
@pytest.mark.parametrize("host", ["https://web.archive.org", "http://web.archive.org"])
def test_capture_is_read_from_its_address_whatever_the_modifier(host: str, modifier: str) -> None:
    capture = Capture.from_url(f"{host}/web/{TIMESTAMP}{modifier}/{ARTICLE}")
    assert capture == Capture(TIMESTAMP, ARTICLE)
    assert capture.url == f"{ARCHIVE}/web/{TIMESTAMP}/{ARTICLE}"


@table(
    "given original",
    {
        "encoded": ("/article/1/%E6%B8%AF-1/%E6%B5%B7", "/article/1/%E6%B8%AF-1/%E6%B5%B7"),
        "encoded twice": ("/article/1/%25E6%25B8%25AF", "/article/1/%25E6%25B8%25AF"),
        "lost bytes": ("/article/1/%EF%BF%BD", "/article/1/%EF%BF%BD"),
        "small hex digits": ("/article/1/%e6%b8%af", "/article/1/%e6%b8%af"),
        "lone per cent": ("/article/1/100%", "/article/1/100%"),
        "raw letters": ("/article/1/港-1/海", "/article/1/%E6%B8%AF-1/%E6%B5%B7"),
        "blanks": ("/article/1/a b\u3000c", "/article/1/a%20b%E3%80%80c"),
        "signs that stay": ("/article/1/_=?+,&'();#~!$*@[]", "/article/1/_=?+,&'();#~!$*@[]"),
        "the archive in the slug": ("/article/1/web/2016/x", "/article/1/web/2016/x"),
        "an address in the slug": (
            "/article/1/a?archive-url=https://web.archive.org/web/2016/http://x/",
            "/article/1/a?archive-url=https://web.archive.org/web/2016/http://x/",
        ),
        "blanks round it": ("/article/1/a \n", "/article/1/a"),
    },
)
def test_captured_address_is_kept_and_only_what_is_raw_is_encoded(
    given: str, original: str
) -> None:
    capture = Capture.from_url(f"{ARCHIVE}/web/{TIMESTAMP}/{ORIGIN}{given}")
    assert capture.original == ORIGIN + original


@table(
    "url",
    {
        "empty": ("",),
        "another site": (ARTICLE,),
        "no scheme": (f"web.archive.org/web/{TIMESTAMP}/{ARTICLE}",),
        "no original": (f"{ARCHIVE}/web/{TIMESTAMP}/",),
        "all captures": (f"{ARCHIVE}/web/{TIMESTAMP}*/{ARTICLE}",),
        "no timestamp": (f"{ARCHIVE}/web/{ARTICLE}",),
        "a year": (f"{ARCHIVE}/web/2019/{ARTICLE}",),
        "fifteen digits": (f"{ARCHIVE}/web/{TIMESTAMP}0/{ARTICLE}",),
        "unknown modifier": (f"{ARCHIVE}/web/{TIMESTAMP}im/{ARTICLE}",),
        "original without scheme": (f"{ARCHIVE}/web/{TIMESTAMP}/www.hkcnews.com/article/1/x",),
        "original not of the web": (f"{ARCHIVE}/web/{TIMESTAMP}/ftp://www.hkcnews.com/x",),
        "another host before it": (f"https://evil.example/{ARCHIVE}/web/{TIMESTAMP}/{ARTICLE}",),
    },
)
def test_other_addresses_are_no_captures(url: str) -> None:
    with pytest.raises(BadCapture, match=r"take it from|it looks like|it begins with"):
        Capture.from_url(url)


@table(
    "timestamp original",
    {
        "thirteen digits": (TIMESTAMP[:-1], ARTICLE),
        "fifteen digits": (TIMESTAMP + "0", ARTICLE),
        "no timestamp": ("", ARTICLE),
        "letters": ("2019021408091O", ARTICLE),
        "newline behind the digits": (TIMESTAMP + "\n", ARTICLE),
        "full-width digits": ("２０１９０２１４０８０９１０", ARTICLE),
        "raw letters": (TIMESTAMP, f"{ORIGIN}/article/1/海"),
        "blank": (TIMESTAMP, f"{ORIGIN}/article/1/a b"),
        "newline": (TIMESTAMP, f"{ARTICLE}\n"),
        "no address": (TIMESTAMP, ""),
        "no scheme": (TIMESTAMP, "www.hkcnews.com/article/1/x"),
        "path alone": (TIMESTAMP, "/article/1/x"),
        "other scheme": (TIMESTAMP, "file:///article/1/x"),
        "no host": (TIMESTAMP, "https:///article/1/x"),
        "half an IPv6 host": (TIMESTAMP, "https://[::1/article/1/x"),
    },
)
def test_bad_captures_are_refused(timestamp: str, original: str) -> None:
    with pytest.raises(BadCapture):
        Capture(timestamp, original)


def test_months_and_days_of_zero_are_a_timestamp() -> None:
    assert Capture("20190000000000", ARTICLE).url.startswith(f"{ARCHIVE}/web/20190000000000/")


@table(
    "original number",
    {
        "tags and slug": (f"{ORIGIN}/article/31415/a-27182/b", 31415),
        "slug alone": (f"{ORIGIN}/article/31415/0", 31415),
        "number alone": (f"{ORIGIN}/article/31415", 31415),
        "bare host": ("https://hkcnews.com/article/7/x", 7),
        "port": ("http://www.hkcnews.com:80/article/7/x", 7),
        "query": (f"{ORIGIN}/article/7/x?page=2", 7),
        "other host": ("https://www1.hkcnews.com/article/7/x", None),
        "other path": (f"{ORIGIN}/event/7/article/8/x", None),
        "letters behind the number": (f"{ORIGIN}/article/7x/y", None),
        "too many digits": (f"{ORIGIN}/article/1234567890/x", None),
        "front page": (ORIGIN, None),
    },
)
def test_article_is_known_by_the_first_number_of_its_path(
    original: str, number: int | None
) -> None:
    assert Capture(TIMESTAMP, original).article_id == number


# --- the prefix -----------------------------------------------------------------------------

LINK, IMAGE, IFRAME = "link", "image", "frame"
PUT_ON: dict[str, Callable[[str, Capture], str]] = {
    LINK: archived_link,
    IMAGE: archived_image,
    IFRAME: archived_frame,
}
WITHOUT_SCHEME = "//web.archive.org/web/" + TIMESTAMP

# The page's own address and how the file shows it.
SHOWN = {
    "link to another site": (LINK, "http://a.example/x?y=1#z", f"{WEB}http://a.example/x?y=1#z"),
    "link to the site by its host": (LINK, f"{ORIGIN}/event/7", f"{WEB}{ORIGIN}/event/7"),
    "link to the site": (LINK, "/event/7", f"{OWN}/event/7"),
    "link to the front page": (LINK, "/", f"{OWN}/"),
    "link without scheme": (LINK, "//a.example/x", f"{WITHOUT_SCHEME}/https://a.example/x"),
    "link with capitals": (LINK, "HTTP://A.example/X", f"{WEB}HTTP://A.example/X"),
    "link into the archive": (
        LINK,
        "https://web.archive.org/web/2016/http://a.example/",
        f"{WEB}https://web.archive.org/web/2016/http://a.example/",
    ),
    "link into the archive twice": (
        LINK,
        f"{WEB}{WEB}http://a.example/",
        f"{WEB}{WEB}{WEB}http://a.example/",
    ),
    "link to a path that looks archived": (
        LINK,
        "/web/2016/http://a.example/",
        f"{OWN}/web/2016/http://a.example/",
    ),
    "relative link": (LINK, "part2.htm", "part2.htm"),
    "fragment": (LINK, "#z", "#z"),
    "mailto": (LINK, "mailto:a@b.example", "mailto:a@b.example"),
    "javascript": (LINK, "javascript:go()", "javascript:go()"),
    "nothing": (LINK, "", ""),
    "picture of the site": (
        IMAGE,
        "/news_新聞/a%20b.jpg",
        f"{PICTURE}{ORIGIN}/news_新聞/a%20b.jpg",
    ),
    "picture of another site": (IMAGE, "https://a.example/p", f"{PICTURE}https://a.example/p"),
    "picture without scheme": (
        IMAGE,
        "//a.example/p",
        f"{WITHOUT_SCHEME}im_/https://a.example/p",
    ),
    "picture in the address itself": (IMAGE, "data:image/gif;x", "data:image/gif;x"),
    "no picture": (IMAGE, "", ""),
    "frame of another site": (
        IFRAME,
        "https://v.example/1?a=%2F",
        f"{FRAME}https://v.example/1?a=%2F",
    ),
    "frame of the site": (IFRAME, "/embed", f"{FRAME}{ORIGIN}/embed"),
    "frame without scheme": (IFRAME, "//v.example/1", f"{WITHOUT_SCHEME}if_/https://v.example/1"),
    "no page": (IFRAME, "about:blank", "about:blank"),
}


def read(kind: str, address: str, *, view: bool) -> str:
    reader = AddressReader(CAPTURE, view=view)
    return reader.link(address) if kind == LINK else reader.resource(address)


@table("kind address shown", SHOWN)
def test_prefix_is_put_on(kind: str, address: str, shown: str) -> None:
    assert PUT_ON[kind](read(kind, address, view=False), CAPTURE) == shown


@table("kind address shown", SHOWN)
def test_exactly_one_prefix_is_taken_off(kind: str, address: str, shown: str) -> None:
    viewed = shown.removeprefix(ARCHIVE) if address.startswith("/") else shown
    assert read(kind, viewed, view=True) == address


@table("kind address shown", SHOWN)
def test_address_of_the_file_gives_itself_again(kind: str, address: str, shown: str) -> None:
    assert PUT_ON[kind](read(kind, shown, view=True), CAPTURE) == shown, address


@table(
    "kind viewed address",
    {
        "http": (
            LINK,
            f"http://web.archive.org/web/{TIMESTAMP}/https://a.example/",
            "https://a.example/",
        ),
        "another timestamp": (LINK, f"/web/20170101000000/{ORIGIN}/x", "/x"),
        "a short timestamp": (
            LINK,
            f"{ARCHIVE}/web/2017/https://a.example/x",
            "https://a.example/x",
        ),
        "another modifier": (IMAGE, f"/web/{TIMESTAMP}oe_/{ORIGIN}/x.png", "/x.png"),
        "mailto": (LINK, f"{WEB}mailto:a@b.example", "mailto:a@b.example"),
        "the front page": (LINK, f"/web/{TIMESTAMP}/{ORIGIN}", "/"),
        "the archive's host without a capture": (
            LINK,
            f"{ARCHIVE}/details/x",
            f"{ARCHIVE}/details/x",
        ),
        "a path without a timestamp": (LINK, "/web/x", "/web/x"),
    },
)
def test_other_prefixes_are_taken_off_too(kind: str, viewed: str, address: str) -> None:
    assert read(kind, viewed, view=True) == address


# What rewriting does to an address besides the prefix; both forms give the address on the right.
SETTLED = {
    "host alone": (LINK, "https://a.example", "https://a.example/"),
    "http host alone": (LINK, "http://a.example", "http://a.example/"),
    "lone question mark": (LINK, "https://a.example/x?", "https://a.example/x"),
    "lone question mark on the site": (LINK, "/x?", "/x"),
    "question mark before something": (LINK, "/x?y", "/x?y"),
    "question mark of a relative link": (LINK, "x?", "x?"),
    "folder above": (LINK, "../x", "/article/31415/x"),
    "two folders above": (LINK, "../../x?y#z", "/article/x?y#z"),
    "relative picture": (IMAGE, "a/b.png", f"{FOLDER.removeprefix(ORIGIN)}/a/b.png"),
    "picture of the folder above": (IMAGE, "../b.png", "/article/31415/b.png"),
    "host at the end of a query": (
        LINK,
        "https://a.example/?u=http://b.example",
        "https://a.example/?u=http://b.example",
    ),
    "host at the end of a query of the site": (
        LINK,
        "/go?to=https://b.example",
        "/go?to=https://b.example",
    ),
    "host before a fragment in a query": (
        LINK,
        "/go?to=https://b.example#c",
        "/go?to=https://b.example#c",
    ),
    "two slashes in a path": (LINK, "/a//b", "/a//b"),
    "host at the end of a path": (
        IFRAME,
        "https://a.example/embed/https://b.example",
        "https://a.example/embed/https://b.example",
    ),
}


@table("kind address settled", SETTLED)
def test_address_of_the_raw_form_is_settled_as_rewriting_does(
    kind: str, address: str, settled: str
) -> None:
    assert read(kind, address, view=False) == settled


@table("kind address settled", SETTLED)
def test_settled_address_stays_as_it_is(kind: str, address: str, settled: str) -> None:
    assert read(kind, settled, view=False) == settled, address
    viewed = PUT_ON[kind](settled, CAPTURE)
    if settled.startswith("/"):
        viewed = viewed.removeprefix(ARCHIVE)
    assert read(kind, viewed, view=True) == settled


# --- the form of a page ---------------------------------------------------------------------

AUTHORS = '<p><a href="https://web.archive.org/web/20160101000000/http://a.example/">甲</a></p>'


def test_both_forms_are_told_apart() -> None:
    forms = {name: article_of(form(page("<p>汽笛</p>"))).provenance for name, form in FORMS.items()}
    assert {name: report.form for name, report in forms.items() if report} == {
        "raw form": "raw",
        "view form": "view",
        "view form with toolbar": "view",
    }


@table(
    "html is_view",
    {
        "no address of the archive": ('<p><a href="/x">甲</a></p>', False),
        "the author's link into the archive": (AUTHORS, False),
        "words of the archive in a text": ("<p>/web/2016/ FILE ARCHIVED ON 08:09:10</p>", False),
        "link of this capture": (f'<p><a href="{OWN}/x">甲</a></p>', True),
        "stylesheet": (f'<link rel="stylesheet" href="/web/{TIMESTAMP}cs_/{ORIGIN}/a.css">', True),
        "script": (f'<script src="/web/20170101000000js_/{ORIGIN}/a.js"></script>', True),
        "toolbar": (f"<!-- BEGIN WAYBACK TOOLBAR INSERT -->{AUTHORS}", True),
        "script of the archive": (f'<script>__wm.wombat("x");</script>{AUTHORS}', True),
        "comment at the end": (f"{AUTHORS}<!--\n     FILE ARCHIVED ON 08:09:10 Feb 14, 2019", True),
    },
)
def test_view_form_is_told_by_what_only_the_archive_writes(html: str, *, is_view: bool) -> None:
    assert is_view_form(html.encode(), CAPTURE) is is_view


def test_link_into_the_archive_on_a_raw_page_is_wrapped_once_more() -> None:
    html = page(AUTHORS)
    article = article_of(html)
    assert article.provenance is not None
    assert article.provenance.form == "raw"
    assert article == article_of(view_of(html))


def test_page_that_shows_another_capture_is_reported() -> None:
    html = view_of(page("<p>汽笛</p>")).replace(TIMESTAMP, "20190301020304")
    assert timestamp_shown(html.encode()) == "20190301020304"
    report = article_of(html).provenance
    assert report is not None
    assert f"the page shows the capture of 20190301020304, it was given as {TIMESTAMP}" in (
        report.warnings
    )


def test_raw_page_shows_no_timestamp() -> None:
    assert timestamp_shown(page("<p>汽笛</p>").encode()) is None


@table(
    "address own",
    {
        "a path of the archive with another host": (
            f"/web/{TIMESTAMP}/https://pier.example/x",
            "https://pier.example/x",
        ),
        "an archive of somebody else": (
            f"https://mirror.example/web/{TIMESTAMP}/https://pier.example/x",
            f"https://mirror.example/web/{TIMESTAMP}/https://pier.example/x",
        ),
        "a scheme before a step upwards": ("javascript:go('../x')", "javascript:go('../x')"),
        "brackets that are no host": ("//[../x", "//[../x"),
    },
)
def test_an_address_that_can_not_be_the_page_s_own_stays(address: str, own: str) -> None:
    assert AddressReader(CAPTURE, view=True).link(address) == own
