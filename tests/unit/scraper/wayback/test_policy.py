"""What a crawl may be told: where to ask, how fast, in whose name, and for which ids."""

from __future__ import annotations

import math
import re
from urllib.parse import urlsplit

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from normalise.files import MAX_ID
from scraper.errors import UsageError
from scraper.selection.ids import IdSet
from scraper.wayback.policy import DEFAULT_COOLDOWN, DEFAULT_RATE, RequestPolicy, software

LOCAL = "http://127.0.0.1:8080"
quick = settings(max_examples=500)

# --- the public archive ---------------------------------------------------------------------

PUBLIC = [
    "https://web.archive.org",
    "https://web.archive.org/",
    "http://web.archive.org",
    "HTTPS://WEB.ARCHIVE.ORG",
    "https://Web.Archive.Org",
    "https://web.archive.org:443",
    "http://web.archive.org:80",
    "https://web.archive.org:8443/",
    "https://web.archive.org:",
    "https://web.archive.org.",
    "https://WEB.archive.org.:443/",
    "https://web.archive.org..",
    "https://archive.org",
    "https://archive.org.",
    "https://wwwb-app204.us.archive.org",
]
every_public = pytest.mark.parametrize("archive", PUBLIC)


def test_what_is_not_said_is_what_the_archive_s_staff_asked_for() -> None:
    polite = RequestPolicy()
    assert polite == RequestPolicy("https://web.archive.org", 8.0, 4, 60.0, "")
    assert (DEFAULT_RATE, DEFAULT_COOLDOWN) == (8.0, 60.0)


@every_public
@pytest.mark.parametrize("rate", [8.000001, math.nextafter(8.0, 9.0), 9, 100, 1e300, 0, 0.0, -0.0])
def test_nobody_asks_the_public_archive_faster_than_it_allows(archive: str, rate: float) -> None:
    with pytest.raises(UsageError, match=r"--rate .* more than the archive allows"):
        RequestPolicy(archive, rate=rate)


@every_public
@pytest.mark.parametrize("cooldown", [59.999, math.nextafter(60.0, 0.0), 1, 1e-300])
def test_nobody_comes_back_to_the_public_archive_too_soon(archive: str, cooldown: float) -> None:
    with pytest.raises(UsageError, match=r"--cooldown .* too short"):
        RequestPolicy(archive, cooldown=cooldown)


@every_public
@pytest.mark.parametrize(
    ("rate", "cooldown"), [(8, 60), (8.0, 60.5), (7.5, 86_400), (0.25, 60.0), (1e-6, 1e300)]
)
def test_everybody_may_be_gentler(archive: str, rate: float, cooldown: float) -> None:
    polite = RequestPolicy(archive, rate=rate, cooldown=cooldown)
    assert (polite.archive, polite.rate, polite.cooldown) == (archive, rate, cooldown)


@every_public
@pytest.mark.parametrize("concurrency", [9, 100])
def test_nobody_opens_many_connections_to_the_public_archive(
    archive: str, concurrency: int
) -> None:
    assert RequestPolicy(archive, concurrency=8).concurrency == 8
    with pytest.raises(UsageError, match=f"--concurrency {concurrency} is too many.* 8 is the"):
        RequestPolicy(archive, concurrency=concurrency)


@pytest.mark.parametrize(
    "archive", [*PUBLIC, "https://www.web.archive.org", "http://WWW.web.archive.org.:80"]
)
def test_the_public_archive_is_one_however_it_is_spelled(archive: str) -> None:
    assert RequestPolicy(archive).pause_key == "https://web.archive.org"


# --- other servers --------------------------------------------------------------------------

OTHERS = [
    LOCAL,
    "http://127.0.0.1",
    "http://localhost:1/",
    "http://LOCALHOST:65535",
    "https://archive.example.org",
    "http://[::1]:8080",
    "http://[2001:DB8::1]",
    "http://a_b.test",
    "https://webarchive.org",
    "https://xarchive.org",
    "https://web.archive.org.example",
    "https://web-archive.org",
    "https://archive.org.hk",
]
every_other = pytest.mark.parametrize("archive", OTHERS)


@every_other
@pytest.mark.parametrize(
    ("rate", "cooldown"), [(0, 60), (0.0, 0.001), (8.5, 0.5), (5000, 59), (0.125, 3600)]
)
def test_another_server_may_be_asked_at_will(archive: str, rate: float, cooldown: float) -> None:
    polite = RequestPolicy(archive, rate=rate, cooldown=cooldown)
    assert (polite.rate, polite.cooldown) == (rate, cooldown)


@every_other
def test_another_server_takes_as_many_connections_as_it_likes(archive: str) -> None:
    assert RequestPolicy(archive, rate=0, concurrency=500, cooldown=0.05).concurrency == 500


@pytest.mark.parametrize(
    ("spellings", "asked"),
    [
        (
            ["http://127.0.0.1", "http://127.0.0.1:80", "HTTP://127.0.0.1/", "http://127.0.0.1:"],
            "http://127.0.0.1:80",
        ),
        (
            ["https://archive.example.org", "https://ARCHIVE.example.org.:443/"],
            "https://archive.example.org:443",
        ),
        (["http://127.0.0.1:8080", "HTTP://127.0.0.1:8080/"], "http://127.0.0.1:8080"),
        (["https://127.0.0.1"], "https://127.0.0.1:443"),
    ],
)
def test_another_server_is_one_however_it_is_spelled(spellings: list[str], asked: str) -> None:
    assert {RequestPolicy(spelling).pause_key for spelling in spellings} == {asked}


def test_no_two_servers_are_one() -> None:
    asked = {RequestPolicy(archive).pause_key for archive in OTHERS}
    assert len(asked) == len(OTHERS)
    assert "https://web.archive.org" not in asked


@pytest.mark.parametrize("archive", [*PUBLIC, *OTHERS])
def test_every_origin_that_is_taken_can_be_asked(archive: str) -> None:
    url = httpx.URL(RequestPolicy(archive).archive).copy_with(raw_path=b"/web/x")
    assert (url.scheme, url.raw_path) in {("http", b"/web/x"), ("https", b"/web/x")}
    assert url.host.lower() == urlsplit(archive).hostname


@pytest.mark.parametrize("archive", ["https://web.archive.org", LOCAL])
@pytest.mark.parametrize("rate", [math.nan, math.inf, -math.inf, -1, -1e-300])
def test_a_rate_that_is_none_is_wrong_usage(archive: str, rate: float) -> None:
    with pytest.raises(UsageError, match="--rate is requests a second"):
        RequestPolicy(archive, rate=rate)


@pytest.mark.parametrize("archive", ["https://web.archive.org", LOCAL])
@pytest.mark.parametrize("cooldown", [math.nan, math.inf, -math.inf, -60, 0, 0.0, -0.0])
def test_a_cooldown_that_is_none_is_wrong_usage(archive: str, cooldown: float) -> None:
    with pytest.raises(UsageError, match="--cooldown is seconds"):
        RequestPolicy(archive, cooldown=cooldown)


@pytest.mark.parametrize(
    "archive",
    [
        "",
        " ",
        "web.archive.org",
        "//web.archive.org",
        "web.archive.org:443",
        "ftp://web.archive.org",
        "file:///web",
        "https:",
        "https://",
        "https:///",
        "https://:443",
        "https:/web.archive.org",
        "https://web.archive.org/web",
        "https://web.archive.org//",
        "https://web.archive.org/;x",
        "https://web.archive.org?",
        "https://web.archive.org/?x=1",
        "https://web.archive.org#",
        "https://web.archive.org/#x",
        "https://me@web.archive.org",
        "https://me:word@web.archive.org",
        "https://@web.archive.org",
        "https://web.archive.org@evil.example",
        "https://web.archive.org\\@evil.example",
        "https://web.archive.org\\",
        "https://web.archive.org:0",
        "https://web.archive.org:65536",
        "https://web.archive.org:x",
        "https://web.archive.org:-1",
        "https://web.archive.org:443:443",
        "https://web.archive.org:４４３",
        "https://web%2earchive.org",
        "https://web.archive。org",
        "https://ｗｅｂ.archive.org",
        "https://渡輪.hk",
        "https://[::1",
        "https://::1",
        "https://[v1.x]",
        "https://[web.archive.org]",
        " https://web.archive.org",
        "https://web.archive.org ",
        "https://web.archive .org",
        "https://web.archive.org\n",
        "https://web.arch\nive.org",
        "ht\ttps://web.archive.org",
        "https://web.archive.org\0",
        "https://web.archive.org\x7f",
        "https://a<b",
        "https://web.archive.org,evil.example",
        "https://*",
    ],
)
def test_what_is_no_origin_is_wrong_usage(archive: str) -> None:
    with pytest.raises(UsageError, match="--archive is scheme and host") as caught:
        RequestPolicy(archive)
    assert repr(archive) in str(caught.value)


@quick
@given(
    st.one_of(
        st.text(max_size=30),
        st.text("htps:/webarcivo.g@#?[]%\\ \n0123渡", max_size=30).map("https://{}".format),
    )
)
def test_any_text_is_an_origin_that_httpx_takes_or_wrong_usage(archive: str) -> None:
    try:
        polite = RequestPolicy(archive, rate=100)
    except UsageError:
        return
    url = httpx.URL(polite.archive)
    assert url.scheme in {"http", "https"}
    assert (url.path, url.query, url.fragment, url.userinfo) == ("/", b"", "", b"")
    assert not f".{url.host}".rstrip(".").endswith(".archive.org")


# --- in whose name --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "contact", ["you@example.org", "https://example.org/bot?a=b", "Me, me@x.hk (and you)", "~", " "]
)
def test_the_agent_says_who_asks(contact: str) -> None:
    agent = RequestPolicy(contact=contact).user_agent
    assert agent == f"{software()} (+{contact})"
    assert httpx.Headers({"User-Agent": agent}).raw == [(b"User-Agent", agent.encode("ascii"))]


def test_without_a_contact_the_agent_is_name_and_version() -> None:
    assert RequestPolicy().user_agent == software()
    assert re.fullmatch(r"hkcnews-archive/[0-9]+\.[0-9.]+\S*", software())


@pytest.mark.parametrize(
    "contact",
    [
        "渡輪",
        "ｙou@example.org",
        "é@example.org",
        "you@example.org\n",
        "you@example.org\r\nX-Evil: 1",
        "\nyou",
        "you\tme",
        "you\0",
        "you\x7f",
        "\x1b[31m",
        "you\x85",
        "\u2028",
        "\ud800",
    ],
)
def test_a_contact_that_is_no_header_is_wrong_usage(contact: str) -> None:
    with pytest.raises(UsageError, match="--contact") as caught:
        RequestPolicy(contact=contact)
    assert repr(contact) in str(caught.value)
    assert str(caught.value).isprintable()


@quick
@given(st.text(max_size=20))
def test_any_contact_is_in_the_agent_or_wrong_usage(contact: str) -> None:
    try:
        agent = RequestPolicy(contact=contact).user_agent
    except UsageError:
        return
    assert contact in agent
    assert re.fullmatch(r"[ -~]+", agent)


# --- ids ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("7", [7], [6, 8, 77, 0, -7]),
        ("1-3", [1, 2, 3], [0, 4]),
        ("5-5", [5], [4, 6]),
        ("1-1000,11911", [1, 500, 1000, 11911], [1001, 11910, 11912]),
        ("11911,1-3", [1, 3, 11911], [4, 11910]),
        ("1-5,3-9", [*range(1, 10)], [10]),
        ("3-9,1-20,4", [1, 3, 10, 20], [0, 21]),
        ("7,7", [7], [6, 8]),
        ("1-2,3-4", [1, 2, 3, 4], [5]),
        ("1,3,5", [1, 3, 5], [2, 4, 6]),
        (" 1 , 3-4 ", [1, 3, 4], [2, 5]),
        ("007-0010", [7, 10], [6, 11]),
        (f"1-{MAX_ID}", [1, 50_000, MAX_ID], [0, MAX_ID + 1]),
        (f"{MAX_ID}", [MAX_ID], [MAX_ID - 1, MAX_ID + 1]),
        (f"2,{MAX_ID}", [2, MAX_ID], [1, 3, MAX_ID - 1]),
    ],
)
def test_ids_and_ranges_name_articles(text: str, inside: list[int], outside: list[int]) -> None:
    ids = IdSet.parse(text)
    assert [number for number in inside if number not in ids] == []
    assert [number for number in outside if number in ids] == []


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", ""),
        (" ", " "),
        (",", ""),
        ("1,", ""),
        (",1", ""),
        ("1,,2", ""),
        ("0", "0"),
        ("1,0-5", "0-5"),
        ("5-1", "5-1"),
        ("1000000", "1000000"),
        ("1-1000000", "1-1000000"),
        ("9" * 5000, "9" * 5000),
        ("-5", "-5"),
        ("5-", "5-"),
        ("-", "-"),
        ("1--5", "1--5"),
        ("1-2-3", "1-2-3"),
        ("1 - 5", "1 - 5"),
        ("1;5", "1;5"),
        ("1 5", "1 5"),
        ("+5", "+5"),
        ("1.5", "1.5"),
        ("1_000", "1_000"),
        ("0x10", "0x10"),
        ("x", "x"),
        ("all", "all"),
        ("７", "７"),
        ("1–5", "1–5"),
        ("1，5", "1，5"),
    ],
)
def test_what_names_no_id_is_wrong_usage(text: str, part: str) -> None:
    with pytest.raises(UsageError, match="--ids takes ids and ranges") as caught:
        IdSet.parse(text)
    assert str(caught.value).endswith(f"this is none: {part!r}")


spans = st.tuples(st.integers(1, 60), st.integers(0, 9)).map(lambda it: (it[0], sum(it)))


@quick
@given(st.lists(spans, min_size=1, max_size=8), st.sampled_from([",", " , ", ",\n"]))
def test_ids_hold_just_what_is_named(wanted: list[tuple[int, int]], comma: str) -> None:
    text = comma.join(f"{first}" if first == last else f"{first}-{last}" for first, last in wanted)
    ids = IdSet.parse(text)
    named = {number for first, last in wanted for number in range(first, last + 1)}
    assert {number for number in range(-1, 80) if number in ids} == named
