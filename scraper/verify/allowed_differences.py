"""What two texts of one article may differ in without either being wrong.

Two things may differ: what the repairs that README lists ("The files") change, and the marks that
a capture leaves in the addresses of links, pictures and videos (docs/seed-format.md 5).
`find_allowed_differences` walks through both texts at once. Everything outside those known places
must be the same. At them the actual text must have just what the expected one's becomes: where a
key says which e-mail address was hidden it must be that one, and a timestamp must be that of the
actual file's capture.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from normalise.page import cloudflare_email
from normalise.playback_address import ARCHIVE, ARCHIVE_ORIGIN, MODIFIER, TIMESTAMP
from scraper.verify.character_references import LINK_TARGET, SOURCE, break_address


class AllowedDifference(StrEnum):
    """Why a difference is none to worry about; the value is the words shown to people."""

    MAIL = "hidden e-mail addresses"
    NOT_WEB = "addresses that are not of the web"
    ESCAPES = "YAML escapes"
    BROKEN_ADDRESSES = "addresses broken by the reference's HTML reader"
    LOOSE_TEXT = "text that stood outside any paragraph"
    UNCUT = "original_url no longer cut"
    DATE = "dates of English pages"
    LINE_ENDS = "line ends"
    CAPTURE = "another capture"


@dataclass(frozen=True, slots=True)
class ComparedCaptures:
    """Which captures two files show.

    `timestamp` and `origin` (scheme and host) are those of the actual file's. `shown` is the
    timestamp in the expected file's content, which need not be the one that the file names: 88
    files of the published archive show another (docs/archive-defects.md 2).
    `differ` says whether they are two captures, or one.
    """

    timestamp: str
    origin: str
    shown: str
    differ: bool


_PREFIX = (
    rf"(?P<form>(?:{ARCHIVE_ORIGIN})?/web/)(?P<timestamp>{TIMESTAMP})"
    rf"(?P<modifier>(?:{MODIFIER})?/)(?P<origin>(?i:https?)://[^/\"\s)]*)?"
)
# Where the edition writes addresses; an author may have typed one anywhere else.
_ADDRESS_OPENS = r'(?:(?<=\]\()|(?<=src="))'
_HIDING_PAGE = (
    rf"(?:{re.escape(ARCHIVE)})?/web/{TIMESTAMP}/https?://[^/\s)]+"
    + re.escape(cloudflare_email.PATH)
    + r"(?:#(?P<%s>[0-9a-fA-F]+))?\)"
)
_KNOWN_PLACE = re.compile(
    r"(?P<placeholder>\[email[ \xa0]protected\])"
    rf"(?P<link>\]\({_HIDING_PAGE % 'key'})?"
    rf"|(?<=\]\()(?P<target>{_HIDING_PAGE % 'target_key'})"
    rf"|{_ADDRESS_OPENS}{_PREFIX}"
)
_ADDRESS = re.compile(_PREFIX)
_REST_OF_TARGET = re.compile(LINK_TARGET)
_REST_OF_SOURCE = re.compile(SOURCE)
_ADDRESS_OF_CONTENT = re.compile(_ADDRESS_OPENS + _PREFIX)
_PATH_FORM = "/web/"
_OTHER_SCHEME = re.compile(r"(?!https?:)[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_SITE_ORIGIN = re.compile(r"https?://(?:www\.)?hkcnews\.com(?::\d+)?", re.IGNORECASE)

# ASCII alone: next to most of them stand Chinese letters without a blank between.
_MAIL_FORM = r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9._-]*[A-Za-z0-9]"
_MAIL_SHOWN = re.compile(_MAIL_FORM)
_MAIL_LINK = re.compile(rf"(?P<mail>{_MAIL_FORM})\]\(mailto:(?P=mail)(?:\?[^)\s]*)?\)")
_MAIL_TARGET = re.compile(rf"mailto:{_MAIL_FORM}(?:\?[^)\s]*)?\)")

# Where a place ends in the expected and in the actual text, and the differences found at it.
_Step = tuple[int, int, frozenset[AllowedDifference]]
_NO_DIFFERENCE: frozenset[AllowedDifference] = frozenset()
_MAIL = frozenset({AllowedDifference.MAIL})


def timestamp_in(content: str) -> str | None:
    """Return the timestamp of the first address of the archive in a content, if there is one."""
    match = _ADDRESS_OF_CONTENT.search(content)
    return match["timestamp"] if match else None


def is_of(content: str, captures: ComparedCaptures) -> bool:
    """Return whether all addresses of an actual content are as its own capture has them.

    Each bears its timestamp, and those that were paths on the page bear its host.
    """
    return all(
        address["timestamp"] == captures.timestamp
        and (address["form"] != _PATH_FORM or address["origin"] == captures.origin)
        for address in _ADDRESS_OF_CONTENT.finditer(content)
    )


def find_allowed_differences(
    actual: str, expected: str, captures: ComparedCaptures
) -> frozenset[AllowedDifference] | None:
    """Return what makes two texts differ, `None` where anything else does.

    Without a key the address behind "[email protected]" is not known: any is taken for it, and
    with it ASCII letters that stand next to it.
    """
    found: set[AllowedDifference] = set()
    expected_at = actual_at = 0
    while (place := _KNOWN_PLACE.search(expected, expected_at)) is not None:
        unchanged = expected[expected_at : place.start()]
        if not actual.startswith(unchanged, actual_at):
            return None
        step = _step(place, actual, actual_at + len(unchanged), captures)
        if step is None:
            return None
        expected_at, actual_at, differences = step
        found |= differences
    return frozenset(found) if actual[actual_at:] == expected[expected_at:] else None


def _step(place: re.Match[str], actual: str, at: int, captures: ComparedCaptures) -> _Step | None:
    """Where a known place ends, `None` where the actual text has something else there."""
    if place["placeholder"]:
        return _step_over_placeholder(place, actual, at)
    if place["target"]:
        end = _end_of_mail_target(place["target_key"], actual, at)
        if end is not None:
            return place.end(), end, _MAIL
        place = _address_at(place)
    step = _step_over_prefix(place, actual, at, captures)
    return _step_over_broken_rest(step, place, actual) if step else None


# --- hidden e-mail addresses ------------------------------------------------------------------


def _step_over_placeholder(place: re.Match[str], actual: str, at: int) -> _Step | None:
    """What stands for "[email protected]", and the link round it if that is hidden too."""
    if place["link"]:
        end = _end_of_mail_link(place["key"], actual, at)
    else:
        end = _end_of_mail(place, actual, at)
    if end is not None:
        return place.end(), end, _MAIL
    if not actual.startswith(place["placeholder"], at):
        return None
    return place.end("placeholder"), at + len(place["placeholder"]), _NO_DIFFERENCE


def _end_of_mail_link(key: str | None, actual: str, at: int) -> int | None:
    if key is None:
        link = _MAIL_LINK.match(actual, at)
        return link.end() if link else None
    plain = cloudflare_email.decode_key(key)
    if not plain:
        return None
    return _end_of(f"{cloudflare_email.address_only(plain)}](mailto:{plain})", actual, at)


def _end_of_mail_target(key: str | None, actual: str, at: int) -> int | None:
    if key is None:
        target = _MAIL_TARGET.match(actual, at)
        return target.end() if target else None
    plain = cloudflare_email.decode_key(key)
    return _end_of(f"mailto:{plain})", actual, at) if plain else None


def _end_of(literal: str, actual: str, at: int) -> int | None:
    return at + len(literal) if actual.startswith(literal, at) else None


def _end_of_mail(place: re.Match[str], actual: str, at: int) -> int | None:
    """The end of an actual e-mail address, behind which stands what the expected text has."""
    address = _MAIL_SHOWN.match(actual, at)
    if address is None:
        return None
    next_place = _KNOWN_PLACE.search(place.string, place.end())
    literal = place.string[place.end() : next_place.start() if next_place else None]
    if actual.startswith(literal, address.end()):
        return address.end()
    # Captions and bios are written without blanks between their pieces: `[email protected]Commons`.
    end = actual.find(literal, at)
    return end if end > at and _MAIL_SHOWN.fullmatch(actual, at, end) else None


# --- addresses of the archive -----------------------------------------------------------------


def _address_at(place: re.Match[str]) -> re.Match[str]:
    """The archive's prefix at a place that is one by its pattern."""
    match = _ADDRESS.match(place.string, place.start())
    assert match is not None, "the pattern of the place has the prefix in it"
    return match


def _step_over_prefix(
    expected: re.Match[str], text: str, at: int, captures: ComparedCaptures
) -> _Step | None:
    actual = _ADDRESS.match(text, at)
    if actual is None:
        scheme = _OTHER_SCHEME.match(expected.string, expected.end())
        is_same = scheme is not None and text.startswith(scheme[0], at)
        return (expected.end(), at, frozenset({AllowedDifference.NOT_WEB})) if is_same else None
    is_of_capture = expected["timestamp"] == captures.shown
    if (
        actual["form"] != expected["form"]
        or actual["modifier"] != expected["modifier"]
        or actual["timestamp"] != (captures.timestamp if is_of_capture else expected["timestamp"])
        or not _is_same_origin(actual["origin"], expected["origin"], captures)
    ):
        return None
    is_same = actual[0] == expected[0]
    differences = _NO_DIFFERENCE if is_same else frozenset({AllowedDifference.CAPTURE})
    return expected.end(), actual.end(), differences


def _step_over_broken_rest(step: _Step, expected: re.Match[str], actual: str) -> _Step:
    """A step over a prefix, or over the whole address where the expected rest of it is broken."""
    expected_at, actual_at, differences = step
    is_target = expected.string.startswith("](", expected.start() - 2)
    rest = _REST_OF_TARGET if is_target else _REST_OF_SOURCE
    expected_rest = rest.match(expected.string, expected_at)
    actual_rest = rest.match(actual, actual_at)
    assert expected_rest is not None, "the pattern matches nothing as well"
    assert actual_rest is not None, "the pattern matches nothing as well"
    if actual_rest[0] == expected_rest[0] or break_address(actual_rest[0]) != expected_rest[0]:
        return step
    return (
        expected_rest.end(),
        actual_rest.end(),
        differences | {AllowedDifference.BROKEN_ADDRESSES},
    )


def _is_same_origin(actual: str | None, expected: str | None, captures: ComparedCaptures) -> bool:
    """Whether two hosts are the same, or each that of its capture: `/path` on the page.

    Where the expected file names the wrong capture, its host is known only as some spelling of
    the site.
    """
    if actual == expected:
        return True
    is_own = captures.differ and actual == captures.origin
    return is_own and expected is not None and _SITE_ORIGIN.fullmatch(expected) is not None
