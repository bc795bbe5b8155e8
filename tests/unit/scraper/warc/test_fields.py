"""Which capture the fields of a record name."""

from __future__ import annotations

import pytest
from support.warcs import DATE, TIMESTAMP, address

from normalise import Capture
from scraper.errors import BadRecord
from scraper.warc.fields import capture_of, timestamp_of, warc_date_of


@pytest.mark.parametrize(
    ("target_uri", "capture"),
    [
        pytest.param(address(1), Capture(TIMESTAMP, address(1)), id="plain"),
        pytest.param(
            "http://hkcnews.com/article/7",
            Capture(TIMESTAMP, "http://hkcnews.com/article/7"),
            id="http",
        ),
        pytest.param(
            f"https://web.archive.org/web/20180102030405id_/{address(1)}",
            Capture("20180102030405", address(1)),
            id="raw-playback",
        ),
        pytest.param(
            f"http://web.archive.org/web/20180102030405/{address(1)}",
            Capture("20180102030405", address(1)),
            id="view-playback",
        ),
        pytest.param(
            "https://web.archive.org/web/20180102030405if_/https://www.hkcnews.com/article/1/渡 輪",
            Capture("20180102030405", "https://www.hkcnews.com/article/1/%E6%B8%A1%20%E8%BC%AA"),
            id="not-encoded",
        ),
        pytest.param(
            "https://web.archive.org/web/2018/http://hkcnews.com/",
            Capture(TIMESTAMP, "https://web.archive.org/web/2018/http://hkcnews.com/"),
            id="no-playback",
        ),
    ],
)
def test_target_and_date_name_the_capture(target_uri: str, capture: Capture) -> None:
    assert capture_of(target_uri, DATE) == capture


@pytest.mark.parametrize(
    "target_uri",
    [
        "https://[x/article/1",
        "https://",
        "https://web.archive.org/web/20180102030405id_/nowhere",
    ],
)
def test_a_target_that_names_no_capture_is_refused(target_uri: str) -> None:
    with pytest.raises(BadRecord):
        capture_of(target_uri, DATE)


@pytest.mark.parametrize(
    ("warc_date", "timestamp"),
    [
        ("2021-06-29T18:32:15Z", "20210629183215"),
        ("2021-06-29T08:02:15-10:30", "20210629183215"),
        ("2021-06-29T18:32:15.123456789Z", "20210629183215"),
        ("2021-12-31T23:59:59.999999-00:30", "20220101002959"),
        ("2021-06-29T18:32:15", "20210629183215"),
    ],
)
def test_dates_are_read_in_utc(warc_date: str, timestamp: str) -> None:
    assert timestamp_of(warc_date) == timestamp


@pytest.mark.parametrize(
    "warc_date",
    [
        "",
        "yesterday",
        "2021-02-29T18:32:15Z",
        "2021-06-29T25:32:15Z",
        "0001-01-01T00:00:00+08:00",
        "9999-12-31T23:59:59-08:00",
    ],
)
def test_what_is_no_date_is_refused(warc_date: str) -> None:
    with pytest.raises(BadRecord, match="WARC-Date"):
        timestamp_of(warc_date)


def test_a_date_is_written_as_it_is_read() -> None:
    assert warc_date_of(TIMESTAMP) == DATE
    assert timestamp_of(DATE) == TIMESTAMP


def test_a_time_that_does_not_exist_is_not_written() -> None:
    with pytest.raises(ValueError, match="day is out of range"):
        warc_date_of("20210229000000")
