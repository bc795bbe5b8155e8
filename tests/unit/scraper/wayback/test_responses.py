"""Errors of the archive that may come in place of any answer, and how long it asks to wait."""

from __future__ import annotations

import datetime as dt
from email.utils import format_datetime

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.errors import RateLimited, TryAgain
from scraper.wayback.responses import raise_for_archive_error, retry_after, text_start

OUTAGE = "\n<!DOCTYPE html>\n<TITLE>Internet Archive: Temporarily Offline</TITLE>\n<p>Soon.</p>\n"
BAN = "<p>Your request is ... flagged it as suspected abusive bot traffic that is degrading</p>"


def seconds_of(value: str) -> float | None:
    return retry_after(httpx.Response(429, headers={"Retry-After": value}))


@pytest.mark.parametrize(
    ("status", "text", "message"),
    [
        (429, "", "too many requests"),
        (429, OUTAGE, "too many requests"),
        (200, BAN, "too many requests"),
        (503, BAN, "too many requests"),
        (200, OUTAGE, "outage page"),
        (503, OUTAGE, "outage page"),
    ],
)
def test_bans_and_outages_pause_everybody_whatever_the_status(
    status: int, text: str, message: str
) -> None:
    for headers, wait in (({}, None), ({"Retry-After": "17"}, 17)):
        with pytest.raises(RateLimited, match=message) as caught:
            raise_for_archive_error(httpx.Response(status, headers=headers), text)
        assert caught.value.retry_after == wait


@pytest.mark.parametrize("status", [408, 413, 421, 500, 502, 503, 504, 520, 530, 599])
def test_errors_of_the_server_may_pass(status: int) -> None:
    with pytest.raises(TryAgain, match=f"answers {status}"):
        raise_for_archive_error(httpx.Response(status), "<h1>Gateway</h1>")


@pytest.mark.parametrize("status", [200, 302, 400, 403, 404, 445, 451, 501, 519, 531])
def test_other_answers_are_not_judged(status: int) -> None:
    raise_for_archive_error(httpx.Response(status), "<title>Wayback Machine</title> Offline")


def test_the_text_of_a_body_is_its_beginning_whatever_its_bytes() -> None:
    assert text_start("渡".encode() + b"\xff") == "渡\ufffd"
    assert len(text_start(b"x" * 1_000_000)) == 200_000


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("1", 1),
        (" 60 ", 60),
        ("007", 7),
        ("86400", 86_400),
        ("86401", 86_400),
        ("9" * 5000, 86_400),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400),
    ],
)
def test_a_wait_is_at_most_a_day(value: str, seconds: float) -> None:
    assert seconds_of(value) == seconds


@pytest.mark.parametrize("zone", ["+0000", "-0000", "+0800"])
def test_a_wait_may_be_a_date(zone: str) -> None:
    # "-0000" is how a date says that its zone is not known: it is read as UTC.
    offset = dt.timedelta(hours=8) if zone == "+0800" else dt.timedelta()
    moment = dt.datetime.now(dt.timezone(offset)) + dt.timedelta(seconds=500)
    seconds = seconds_of(format_datetime(moment).replace("+0000", zone))
    assert seconds is not None
    assert 490 < seconds <= 500


@pytest.mark.parametrize(
    "value",
    [
        *("", "0", "-5", "+5", "1.5", "1e3", "nan", "soon", "60, 120"),
        "Tue, 29 Jun 2021 18:32:15 GMT",
        "Tue, 99 Jun 2021 18:32:15 GMT",
        "Wed, 01 Jan 99999999999 00:00:00 GMT",
        "Wed, 01 Jan 2021 00:00:00 +999999999999999999",
    ],
)
def test_an_unusable_wait_is_none(value: str) -> None:
    assert seconds_of(value) is None


@given(
    st.from_regex(
        r"(Mon, )?[0-9]{1,11} (Jan|x) [0-9]{1,12} [0-9]{1,3}:[0-9]{1,9}( [+-]?[0-9]{0,20})?",
        fullmatch=True,
    )
)
def test_whatever_looks_like_a_date_is_a_wait_or_none(value: str) -> None:
    seconds = seconds_of(value)
    assert seconds is None or 0 < seconds <= 86_400
