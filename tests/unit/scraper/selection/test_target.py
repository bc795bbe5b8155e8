"""What a command is pointed at: an article's id, an address of the site, one of the archive."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from normalise import Capture
from scraper.errors import UsageError
from scraper.selection.target import Target, parse_target
from scraper.wayback.playback import request_target

AT = "20210629183215"
TITLE = "渡輪-停航-11911"
RAW = f"https://www.hkcnews.com/article/11911/{TITLE}"
ENCODED = f"https://www.hkcnews.com/article/11911/{quote(TITLE)}"
WEB = "https://web.archive.org/web/"

# --- ids and addresses of the site ----------------------------------------------------------

IDS = {
    "an id": "11911",
    "with zeros before it": "000011911",
    "with blanks round it": " \t11911\n",
}
ADDRESSES = {
    "raw": RAW,
    "percent-encoded": ENCODED,
    "with tags behind the title": f"{ENCODED}/%E6%B8%AF-12000",
    "http": RAW.replace("https", "http"),
    "no scheme": RAW.removeprefix("https://"),
    "scheme of the page": RAW.removeprefix("https:"),
    "no www": RAW.replace("www.", ""),
    "neither scheme nor www": RAW.removeprefix("https://www."),
    "port 443": RAW.replace(".com", ".com:443"),
    "in capitals": RAW.replace("https://www.hkcnews.com", "HTTPS://WWW.HKCNews.COM"),
    "cut behind the id": "https://www.hkcnews.com/article/11911",
    "cut behind the slash": "https://www.hkcnews.com/article/11911/",
    "with a query": "https://www.hkcnews.com/article/11911?fbclid=IwAR0",
    "with a query behind the slash": "https://www.hkcnews.com/article/11911/?p=2",
    "with a fragment": "https://www.hkcnews.com/article/11911#comments",
    "cut in a character": f"{ENCODED[:-4]}",
    "with a blank in it": "https://www.hkcnews.com/article/11911/ferry no more",
    "with another article in the query": "https://hkcnews.com/article/11911/x?u=/article/5/y",
    "with dots": "https://www.hkcnews.com/article/11911/...",
    "with zeros": "https://www.hkcnews.com/article/011911/x",
    "with blanks round it": f"  {RAW}\n",
}


@pytest.mark.parametrize("text", [*IDS.values(), *ADDRESSES.values()], ids=[*IDS, *ADDRESSES])
def test_every_spelling_of_an_article_means_that_article(text: str) -> None:
    assert parse_target(text) == Target(11911)
    assert parse_target(text, "2021") == Target(11911, at="2021")


@pytest.mark.parametrize(("text", "article_id"), [("1", 1), ("999999", 999999)])
def test_the_first_and_the_last_id_are_ids(text: str, article_id: int) -> None:
    assert parse_target(text).article_id == article_id
    assert parse_target(f"hkcnews.com/article/{text}").article_id == article_id


# --- addresses of the archive ---------------------------------------------------------------

MODIFIERS = ["", "id_", "if_", "IM_", "*"]


@pytest.mark.parametrize("modifier", MODIFIERS)
def test_an_address_of_the_archive_means_its_capture_whatever_its_modifier(modifier: str) -> None:
    assert parse_target(f"{WEB}{AT}{modifier}/{ENCODED}") == Target(11911, Capture(AT, ENCODED))


SPELLINGS = {
    "http": ("http://web.archive.org/web/", ENCODED),
    "no scheme": ("web.archive.org/web/", ENCODED),
    "scheme of the page": ("//web.archive.org/web/", ENCODED),
    "in capitals": ("HTTPS://Web.Archive.Org/web/", ENCODED),
    "of http": (WEB, ENCODED.replace("https", "http")),
    "of port 80": (WEB, ENCODED.replace("https", "http").replace(".com", ".com:80")),
    "of no www": (WEB, ENCODED.replace("www.", "")),
    "cut behind the id": (WEB, "https://www.hkcnews.com/article/11911"),
    "with a query": (WEB, f"{ENCODED}?a=%E6&b=1"),
    "encoded in lower case": (WEB, ENCODED.lower()),
    "cut in a character": (WEB, ENCODED[:-4]),
}


@pytest.mark.parametrize(("before", "address"), SPELLINGS.values(), ids=SPELLINGS)
def test_the_captured_address_is_kept_as_it_was_captured(before: str, address: str) -> None:
    assert parse_target(f"{before}{AT}/{address}") == Target(11911, Capture(AT, address))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "web.archive.org/web/20210712060606js_/www.hkcnews.com/article/18123/x",
            Target(18123, Capture("20210712060606", "http://www.hkcnews.com/article/18123/x")),
        ),
        ("https://web.archive.org/web/https://www.hkcnews.com/article/18123/x", Target(18123)),
        ("https://web.archive.org/web/www.hkcnews.com/article/18123/x", Target(18123)),
        (
            "https://www.web.archive.org:443/web/20210712060606/http%3A//hkcnews.com/article/18123/x",
            Target(18123, Capture("20210712060606", "http://hkcnews.com/article/18123/x")),
        ),
        (
            f"{WEB}20210712060606/https%3a%2F%2Fwww.hkcnews.com%2Farticle%2F18123%2Fx",
            Target(18123, Capture("20210712060606", "https://www.hkcnews.com/article/18123/x")),
        ),
    ],
    ids=["no scheme", "no timestamp", "neither", "encoded scheme", "encoded as a whole"],
)
def test_an_address_of_the_archive_may_be_spelled_as_the_archive_takes_it(
    text: str, found: Target
) -> None:
    assert parse_target(text) == found


@pytest.mark.parametrize(
    ("raw", "encoded"),
    [
        ("渡輪", "%E6%B8%A1%E8%BC%AA"),
        ("渡%E8%BC%AA", "%E6%B8%A1%E8%BC%AA"),
        ("《渡》！", "%E3%80%8A%E6%B8%A1%E3%80%8B%EF%BC%81"),
        ("a b", "a%20b"),
        ("100%", "100%"),
        ("é", "%C3%A9"),
        ("𠮷", "%F0%A0%AE%B7"),
    ],
)
def test_raw_characters_are_asked_for_as_utf_8_in_upper_case(raw: str, encoded: str) -> None:
    found = parse_target(f"{WEB}{AT}im_/https://www.hkcnews.com/article/1/{raw}")
    assert found.capture is not None
    path = f"/web/{AT}id_/https://www.hkcnews.com/article/1/{encoded}"
    assert request_target(found.capture) == path.encode()


@pytest.mark.parametrize(
    ("place", "at"),
    [
        ("2021", "2021"),
        ("20210629", "20210629"),
        ("2021062918321", "2021062918321"),
        ("2021id_", "2021"),
        ("2021*", "2021"),
        ("*", ""),
        ("", ""),
    ],
)
def test_a_short_timestamp_is_a_time_not_a_capture(place: str, at: str) -> None:
    assert parse_target(f"{WEB}{place}/{RAW}") == Target(11911, at=at)
    assert parse_target(f"{WEB}{place}/hkcnews.com/article/11911") == Target(11911, at=at)


def test_at_comes_before_a_short_timestamp() -> None:
    assert parse_target(f"{WEB}2021/{RAW}", "2019") == Target(11911, at="2019")


def test_at_with_the_address_of_a_capture_is_wrong_usage() -> None:
    with pytest.raises(UsageError, match="leave out --at"):
        parse_target(f"{WEB}{AT}/{RAW}", "2019")


# --- what names no article ------------------------------------------------------------------

NONE = {
    "nothing": "",
    "blanks": "  \n",
    "id 0": "0",
    "zeros": "0000",
    "id 1000000": "1000000",
    "ten digits": "1234567890",
    "a negative id": "-1",
    "two ids": "1 2",
    "a range": "1-5",
    "full-width digits": "\uff11\uff12",
    "Arabic digits": "\u0661\u0662",
    "a word": "ferry",
    "the front page": "https://www.hkcnews.com/",
    "no id": "https://www.hkcnews.com/article/",
    "a name for an id": "https://www.hkcnews.com/article/ferry",
    "an id that goes on": "https://www.hkcnews.com/article/11911x/y",
    "id 0 in an address": "https://www.hkcnews.com/article/0/x",
    "id 1000000 in an address": "https://www.hkcnews.com/article/1000000/x",
    "another folder": "https://www.hkcnews.com/comment/article/11911/x",
    "a longer host": "https://www.hkcnews.com.evil.example/article/11911/x",
    "a host that ends so": "https://evilhkcnews.com/article/11911/x",
    "a user before the host": "https://hkcnews.com@evil.example/article/11911/x",
    "another subdomain": "https://img.hkcnews.com/article/11911/x",
    "in a query of another site": "https://evil.example/?u=https://www.hkcnews.com/article/1/x",
    "below another site": "https://evil.example/www.hkcnews.com/article/11911/x",
    "another scheme": "ftp://www.hkcnews.com/article/11911/x",
    "a dot for a letter": "https://wwwxhkcnews.com/article/11911/x",
    "another archive": f"https://web.archive.org.evil.example/web/{AT}/{RAW}",
    "a live page behind another": f"https://evil.example/web/{AT}/{RAW}",
    "a capture of another site": f"{WEB}{AT}/https://evil.example/article/11911/x",
    "a capture of a longer host": f"{WEB}{AT}/https://www.hkcnews.com.evil.example/article/1/x",
    "a capture of the front page": f"{WEB}{AT}/https://www.hkcnews.com/",
    "a capture of id 0": f"{WEB}{AT}/https://www.hkcnews.com/article/0/x",
    "a capture of id 1000000": f"{WEB}{AT}/https://www.hkcnews.com/article/1000000/x",
    "a capture of no article at a short time": f"{WEB}2021/https://www.hkcnews.com/news",
    "a capture of nothing": f"{WEB}{AT}/",
    "15 digits": f"{WEB}{AT}0/{RAW}",
    "half of a surrogate pair": f"{WEB}{AT}/https://www.hkcnews.com/article/1/\udcff",
    "addresses of the archive without end": f"{WEB}1/" * 5000 + RAW,
}


@pytest.mark.parametrize("text", NONE.values(), ids=NONE)
def test_what_names_no_article_is_wrong_usage(text: str) -> None:
    with pytest.raises(UsageError):
        parse_target(text)


def test_the_error_names_the_text_and_what_would_do() -> None:
    with pytest.raises(UsageError) as caught:
        parse_target("ferry")
    for word in ("'ferry'", "an id from 1 to 999999", "https://www.hkcnews.com/article/11911"):
        assert word in str(caught.value)


NONSENSE = ["yesterday", "2021-06-29", "2021 ", "-1", "202106291832150", "２０２１", "*", "20:21"]


@pytest.mark.parametrize("at", NONSENSE)
def test_a_time_that_is_none_is_wrong_usage(at: str) -> None:
    for text in ("11911", f"{WEB}{AT}/{RAW}", "ferry"):
        with pytest.raises(UsageError, match="--at takes the digits"):
            parse_target(text, at)


# --- any text -------------------------------------------------------------------------------

_PARTS = st.sampled_from(
    "https: // www. hkcnews.com /article/ / ? # web.archive.org /web/ id_ * 11911 0 渡輪 %E6 % [ ]"
    f" @ : {AT} \udcff \0".split(" ")
)
_TEXTS = st.one_of(
    st.text(st.characters()),
    st.lists(_PARTS, max_size=14).map("".join),
    st.text(st.characters()).map(
        lambda tail: f"{WEB}{AT}/https://www.hkcnews.com/article/1/{tail}"
    ),
    st.text(st.characters()).map(lambda head: f"{head}hkcnews.com/article/1"),
)


@given(_TEXTS, st.sampled_from(["", "2021"]) | st.text(max_size=15))
@example(f"{WEB}{AT}/https://www.hkcnews.com/article/1/\ud83d", "")
def test_any_text_is_a_target_or_wrong_usage(text: str, at: str) -> None:
    try:
        found = parse_target(text, at)
    except UsageError:
        return
    assert 1 <= found.article_id <= 999_999
    assert found.at.isdigit() or not found.at
    if found.capture is not None:
        assert found.capture.article_id == found.article_id
        assert request_target(found.capture).isascii()
