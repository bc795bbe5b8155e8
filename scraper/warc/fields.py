"""Fields of a record's header: which capture a record holds (WARC 1.1, section 5)."""

from __future__ import annotations

import datetime as dt

from warcio.timeutils import TIMESTAMP_14, datetime_to_iso_date, datetime_to_timestamp

from normalise import BadCapture, Capture
from normalise.playback_address import parse_playback
from scraper.errors import BadRecord
from scraper.warc.header import RecordHeader

BLOCK_DIGEST = "WARC-Block-Digest"
SOURCE_URI = "WARC-Source-URI"  # of our own records: the address at the archive that was requested
_TIMESTAMP_DIGITS = 14


def capture_of(target_uri: str, warc_date: str) -> Capture:
    """Return the capture that `WARC-Target-URI` and `WARC-Date` name.

    Where somebody recorded playbacks of the archive, it is the capture that was played. Raises
    `BadRecord` where they name none.
    """
    try:
        playback = parse_playback(target_uri)
        if playback and playback.is_of_archive and len(playback.timestamp) == _TIMESTAMP_DIGITS:
            return Capture.from_url(target_uri)
        return Capture.of(timestamp_of(warc_date), target_uri)
    except (BadCapture, ValueError) as error:
        raise BadRecord(str(error)) from error


def requested_of(header: RecordHeader, served: Capture) -> Capture:
    """Return the capture that was requested for a record of ours; elsewhere it is the same."""
    try:
        return Capture.from_url(header.get(SOURCE_URI)) if header.get(SOURCE_URI) else served
    except BadCapture:
        return served


def timestamp_of(warc_date: str) -> str:
    """Return the archive's 14 digits of UTC for a date such as `2021-06-29T18:32:15Z`.

    Raises `BadRecord` for what is no date. warcio's `iso_date_to_timestamp` is not used: it takes
    `+08:00` for a fraction of a second.
    """
    try:
        moment = dt.datetime.fromisoformat(warc_date)
        if moment.tzinfo is not None:
            moment = moment.astimezone(dt.UTC)
    except (ValueError, OverflowError) as error:
        raise BadRecord(f"its WARC-Date can't be read: {error}") from error
    timestamp: str = datetime_to_timestamp(moment)
    return timestamp


def warc_date_of(timestamp: str) -> str:
    """Return `2021-06-29T18:32:15Z` for 14 digits. Raises `ValueError` if there is no such time.

    warcio's `timestamp_to_iso_date` is not used: it turns a time that does not exist into another.
    """
    warc_date: str = datetime_to_iso_date(dt.datetime.strptime(timestamp, TIMESTAMP_14))  # noqa: DTZ007
    return warc_date
