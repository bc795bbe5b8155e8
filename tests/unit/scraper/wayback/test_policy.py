"""How requests may be made: where, how fast, in whose name; never too fast at the archive."""

from __future__ import annotations

import math
import re

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.errors import UsageError
from scraper.wayback.policy import DEFAULT_COOLDOWN, DEFAULT_RATE, RequestPolicy, software

ARCHIVE = "https://web.archive.org"
LOCAL = "http://127.0.0.1:8080"

# --- the public archive ---------------------------------------------------------------------


def test_the_defaults_are_what_the_staff_of_the_archive_asked_for() -> None:
    assert RequestPolicy() == RequestPolicy(ARCHIVE, 8.0, 4, 60.0, "")
    assert (DEFAULT_RATE, DEFAULT_COOLDOWN) == (8.0, 60.0)


@pytest.mark.parametrize("rate", [math.nextafter(8.0, 9.0), 1e300, 0])
def test_nobody_asks_the_public_archive_faster_than_it_allows(rate: float) -> None:
    with pytest.raises(UsageError, match=r"--rate .* more than the archive allows"):
        RequestPolicy(rate=rate)


@pytest.mark.parametrize("cooldown", [math.nextafter(60.0, 0.0), 1e-300])
def test_nobody_comes_back_to_the_public_archive_too_soon(cooldown: float) -> None:
    with pytest.raises(UsageError, match=r"--cooldown .* too short"):
        RequestPolicy(cooldown=cooldown)


@pytest.mark.parametrize("concurrency", [9, 100])
def test_nobody_opens_many_connections_to_the_public_archive(concurrency: int) -> None:
    with pytest.raises(UsageError, match=f"--concurrency {concurrency} is too many.* 8 is the"):
        RequestPolicy(concurrency=concurrency)


@pytest.mark.parametrize(
    ("rate", "concurrency", "cooldown"), [(8, 8, 60), (0.25, 1, 86_400), (1e-6, 4, 1e300)]
)
def test_everybody_may_be_gentler(rate: float, concurrency: int, cooldown: float) -> None:
    policy = RequestPolicy(ARCHIVE, rate, concurrency, cooldown)
    assert (policy.rate, policy.concurrency, policy.cooldown) == (rate, concurrency, cooldown)


@pytest.mark.parametrize(
    "archive",
    [
        ARCHIVE,
        f"{ARCHIVE}/",
        "http://web.archive.org",
        "HTTPS://Web.Archive.Org",
        f"{ARCHIVE}:8443/",
        f"{ARCHIVE}:",
        f"{ARCHIVE}.",
        "https://WEB.archive.org.:443/",
        f"{ARCHIVE}..",
        "https://archive.org",
        "https://www.web.archive.org",
        "https://wwwb-app204.us.archive.org",
    ],
)
def test_the_public_archive_is_one_however_it_is_spelled(archive: str) -> None:
    assert RequestPolicy(archive).pause_key == ARCHIVE
    for impolite in ({"rate": 9}, {"concurrency": 9}, {"cooldown": 59}):
        with pytest.raises(UsageError):
            RequestPolicy(archive, **impolite)  # type: ignore[arg-type]


# --- other servers --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("archive", "pause_key"),
    [
        (LOCAL, LOCAL),
        ("HTTP://127.0.0.1:8080/", LOCAL),
        ("http://127.0.0.1", "http://127.0.0.1:80"),
        ("http://127.0.0.1:", "http://127.0.0.1:80"),
        ("https://127.0.0.1", "https://127.0.0.1:443"),
        ("https://ARCHIVE.example.org.:443/", "https://archive.example.org:443"),
        ("http://[2001:DB8::1]", "http://2001:db8::1:80"),
        ("http://a_b.test", "http://a_b.test:80"),
        ("https://webarchive.org", "https://webarchive.org:443"),
        ("https://web.archive.org.example", "https://web.archive.org.example:443"),
        ("https://archive.org.hk", "https://archive.org.hk:443"),
    ],
)
def test_another_server_may_be_asked_at_will(archive: str, pause_key: str) -> None:
    policy = RequestPolicy(archive, rate=0, concurrency=500, cooldown=0.05)
    assert (policy.rate, policy.concurrency, policy.cooldown) == (0, 500, 0.05)
    assert policy.pause_key == pause_key


@pytest.mark.parametrize("archive", [ARCHIVE, LOCAL])
@pytest.mark.parametrize(
    ("option", "value"),
    [
        *(("rate", value) for value in (math.nan, math.inf, -math.inf, -1e-300)),
        *(("cooldown", value) for value in (math.nan, math.inf, -60, 0)),
        *(("concurrency", value) for value in (0, -1)),
    ],
)
def test_numbers_that_make_no_sense_are_refused(archive: str, option: str, value: float) -> None:
    with pytest.raises(UsageError, match=f"--{option} is "):
        RequestPolicy(archive, **{option: value})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "archive",
    [
        "",
        "web.archive.org",
        "//web.archive.org",
        "web.archive.org:443",
        "ftp://web.archive.org",
        "https://",
        "https://:443",
        "https:/web.archive.org",
        "https://web.archive.org/web",
        "https://web.archive.org//",
        "https://web.archive.org?",
        "https://web.archive.org#",
        "https://me:word@web.archive.org",
        "https://web.archive.org\\@evil.example",
        "https://web.archive.org:0",
        "https://web.archive.org:65536",
        "https://web.archive.org:-1",
        "https://web.archive.org:443:443",
        "https://web.archive.org:４４３",
        "https://web%2earchive.org",
        "https://web.archive。org",
        "https://渡輪.hk",
        "https://[::1",
        "https://[v1.x]",
        " https://web.archive.org",
        "https://web.archive.org\n",
        "ht\ttps://web.archive.org",
        "https://web.archive.org\0",
        "https://web.archive.org,evil.example",
        "https://*",
    ],
)
def test_what_is_no_origin_is_refused(archive: str) -> None:
    with pytest.raises(UsageError, match="--archive is scheme and host") as caught:
        RequestPolicy(archive)
    assert repr(archive) in str(caught.value)


@given(st.text("htps:/webarcivo.g@#?[]%\\ \n0123渡", max_size=30).map("https://{}".format))
def test_any_text_is_an_origin_for_httpx_or_refused(archive: str) -> None:
    try:
        policy = RequestPolicy(archive, rate=100)
    except UsageError:
        return
    url = httpx.URL(policy.archive)
    assert url.scheme in {"http", "https"}
    assert (url.path, url.query, url.fragment, url.userinfo) == ("/", b"", "", b"")
    assert not f".{url.host}".rstrip(".").endswith(".archive.org")


# --- in whose name --------------------------------------------------------------------------


def test_the_agent_is_name_version_and_contact() -> None:
    assert re.fullmatch(r"hkcnews-archive/[0-9]+\.[0-9.]+\S*", software())
    assert RequestPolicy().user_agent == software()
    for contact in ("https://example.org/bot?a=b", "Me, me@x.hk (and you)", " "):
        agent = RequestPolicy(contact=contact).user_agent
        assert agent == f"{software()} (+{contact})"
        assert httpx.Headers({"User-Agent": agent}).raw == [(b"User-Agent", agent.encode("ascii"))]


@pytest.mark.parametrize(
    "contact",
    ["渡輪", "é@example.org", "you\r\nX-Evil: 1", "\nyou", "you\t", "\0", "\x7f", "\x85", "\ud800"],
)
def test_a_contact_that_fits_no_header_is_refused(contact: str) -> None:
    with pytest.raises(UsageError, match="--contact") as caught:
        RequestPolicy(contact=contact)
    assert repr(contact) in str(caught.value)
    assert str(caught.value).isprintable()
