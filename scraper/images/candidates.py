"""The captures of a picture, in the order in which they are tried."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from normalise import Capture
from scraper.crawl.image_values import Image, ImageAttempt
from scraper.errors import PlaybackFailure
from scraper.models import CdxRecord
from scraper.utc import seconds_of

MAX_LISTED = 5  # captures of the index that are tried
ROWS = 1000  # of the index; a picture has a handful
# The archive's own word that no capture of the address can be had.
_FINAL = frozenset({PlaybackFailure.NOT_ARCHIVED, PlaybackFailure.EXCLUDED, PlaybackFailure.ROBOTS})
_GOOD_STATUSES = frozenset({"200", "-", ""})


def named(image: Image) -> Iterator[Capture]:
    """Yield the capture at the time of the article, then those of the other sizes of its page."""
    yield image.capture
    for size in image.sizes:
        yield Capture(image.capture.timestamp, size)


def needs_index(image: Image, attempts: Iterable[ImageAttempt]) -> bool:
    """Return whether the index may list a capture that playback has not given.

    Playback leads to the nearest capture by itself: where it says that there is none, or that none
    may be seen, the index is not asked.
    """
    first = next((each for each in attempts if each.requested == image.capture), None)
    return first is None or first.reason not in _FINAL


def choose_listed(
    image: Image, records: Sequence[CdxRecord], attempts: Iterable[ImageAttempt]
) -> list[Capture]:
    """Return the listed captures that are worth a request, those of pictures and nearest first.

    Left out are errors, what was tried or served already, and all but one of equal bytes.
    """
    tried = {each for attempt in attempts for each in (attempt.requested, attempt.served)}
    wanted = seconds_of(image.capture.timestamp)

    def order(record: CdxRecord) -> tuple[bool, int]:
        is_image = record.mimetype.startswith("image/") or "revisit" in record.mimetype
        return not is_image, abs(seconds_of(record.capture.timestamp) - wanted)

    chosen: dict[str, Capture] = {}
    bad = {record.digest for record in records if record.capture in tried} - {""}
    for record in sorted(records, key=order):
        is_known = record.capture in tried or record.digest in bad
        if record.statuscode in _GOOD_STATUSES and not is_known:
            chosen.setdefault(record.digest or record.capture.url, record.capture)
    return list(chosen.values())[:MAX_LISTED]
