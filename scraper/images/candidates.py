"""The captures of a picture, in the order in which they are tried."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from normalise import Capture
from scraper.crawl.image_values import Image, ImageAttempt, ImageResult, ListedCapture
from scraper.errors import PlaybackFailure
from scraper.models import CdxRecord
from scraper.utc import seconds_of

MAX_LISTED = 5  # captures of the index that are tried
ROWS = 1000  # of the index; a picture has a handful
# The archive's own word that no capture of the address can be had.
FINAL = frozenset({PlaybackFailure.NOT_ARCHIVED, PlaybackFailure.EXCLUDED, PlaybackFailure.ROBOTS})
_GOOD_STATUSES = frozenset({"200", ""})
# The digest of the index is that of the captured bytes: it may be that of a picture where they came
# cut, or with the status of an error.
_OF_ANSWER = frozenset({"empty", "cut-short", "broken", "error-page"})


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
    return first is None or first.reason not in FINAL


def choose_listed(
    image: Image, records: Sequence[CdxRecord], attempts: Sequence[ImageAttempt]
) -> list[ListedCapture]:
    """Return the listed captures that are worth a request, those of pictures and nearest first.

    Left out are errors, what was tried or served already, and bytes that are known to be no
    picture. Captures of equal bytes come behind all others: the first one may not play.
    """
    tried = {each for attempt in attempts for each in (attempt.requested, attempt.served)}
    wanted = seconds_of(image.capture.timestamp)

    def order(record: CdxRecord) -> tuple[bool, int]:
        is_image = record.mimetype.startswith("image/") or "revisit" in record.mimetype
        return not is_image, abs(seconds_of(record.capture.timestamp) - wanted)

    firsts: dict[str, ListedCapture] = {}
    others: list[ListedCapture] = []
    bad = _bad_digests(((each.capture, each.digest) for each in records), attempts)
    for record in sorted(records, key=order):
        is_known = record.capture in tried or record.digest in bad
        if record.statuscode in _GOOD_STATUSES and not is_known:
            listed = ListedCapture(record.capture, record.digest)
            if firsts.setdefault(record.digest or record.capture.url, listed) is not listed:
                others.append(listed)
    return [*firsts.values(), *others][:MAX_LISTED]


def usable(
    listed: Sequence[ListedCapture], attempts: Sequence[ImageAttempt]
) -> Iterator[ListedCapture]:
    """Yield listed captures, but for bytes that `attempts`, which grows meanwhile, rules out."""
    for each in listed:
        if each.digest not in _bad_digests(((it.capture, it.digest) for it in listed), attempts):
            yield each


def _bad_digests(
    known: Iterable[tuple[Capture, str]], attempts: Iterable[ImageAttempt]
) -> frozenset[str]:
    """The digests of bodies that came whole and are no picture."""
    refused = {
        attempt.served
        for attempt in attempts
        if attempt.result is ImageResult.NOT_IMAGE and attempt.reason not in _OF_ANSWER
    }
    return frozenset(digest for capture, digest in known if digest and capture in refused)
