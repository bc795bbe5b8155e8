"""What two texts of one article may differ in without either being wrong.

Two things: the repairs that README lists ("The files"), and the marks that a capture leaves in the
addresses of links, pictures and videos (facts/format.md 3.6 to 3.8). `departures` walks through
both texts at once. Everything but those known places must be the same, and at them mine must be
what the reference's becomes, no more: where a key says which e-mail address was hidden it must be
that one; a timestamp must be that of my capture.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from normalise.page import cloudflare_email


class AllowedDifference(StrEnum):
    """Why a difference is none to worry about; the value is the words shown to people."""

    MAIL = "hidden e-mail addresses"
    NOT_WEB = "addresses that are not of the web"
    ESCAPES = "YAML escapes"
    UNCUT = "original_url no longer cut"
    DATE = "dates of English pages"
    LINE_ENDS = "line ends"
    CAPTURE = "another capture"


@dataclass(frozen=True, slots=True)
class ComparedCaptures:
    """Which captures two files show.

    `timestamp` and `origin` (scheme and host) are those of mine; `shown` is the timestamp in the
    reference's content, which 88 of its files do not name as their own (format.md 6.5).
    `differ` says whether they are two captures, or one.
    """

    timestamp: str
    origin: str
    shown: str
    differ: bool


_PREFIX = (
    r"(?P<form>(?:(?:https?:)?//web\.archive\.org)?/web/)(?P<timestamp>\d{14})"
    r"(?P<modifier>(?:[a-z]{2}_)?/)(?P<origin>(?i:https?)://[^/\"\s)]*)?"
)
# Where the edition writes addresses; an author may have typed one anywhere else.
_ADDRESS_OPENS = r'(?:(?<=\]\()|(?<=src="))'
_HIDING_PAGE = (
    r"(?:https://web\.archive\.org)?/web/\d{14}/https?://[^/\s)]+"
    + re.escape(cloudflare_email.PATH)
    + r"(?:#(?P<%s>[0-9a-fA-F]+))?\)"
)
_KNOWN_PLACE = re.compile(
    rf"(?P<shown>\[email[ \xa0]protected\])(?P<hiding>\]\({_HIDING_PAGE % 'key'})?"
    rf"|(?<=\]\()(?P<target>{_HIDING_PAGE % 'target_key'})"
    rf"|{_ADDRESS_OPENS}{_PREFIX}"
)
_ADDRESS = re.compile(_PREFIX)
_ADDRESS_OF_CONTENT = re.compile(_ADDRESS_OPENS + _PREFIX)
_PATH_FORM = "/web/"
_OTHER_SCHEME = re.compile(r"(?!https?:)[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_SITE = re.compile(r"https?://(?:www\.)?hkcnews\.com(?::\d+)?", re.IGNORECASE)

# ASCII alone: next to most of them stand Chinese letters without a blank between.
_MAIL = r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9._-]*[A-Za-z0-9]"
_MAIL_SHOWN = re.compile(_MAIL)
_MAIL_LINK = re.compile(rf"(?P<mail>{_MAIL})\]\(mailto:(?P=mail)(?:\?[^)\s]*)?\)")
_MAIL_TARGET = re.compile(rf"mailto:{_MAIL}(?:\?[^)\s]*)?\)")

# How far a step leads in the reference and in mine, and the departure that it takes.
_Step = tuple[int, int, AllowedDifference | None]


def timestamp_in(content: str) -> str | None:
    """Return the timestamp of the first address of the archive in a content, if there is one."""
    match = _ADDRESS_OF_CONTENT.search(content)
    return match["timestamp"] if match else None


def is_of(content: str, captures: ComparedCaptures) -> bool:
    """Return whether all addresses of a content of mine are as its own capture has them.

    Each bears its timestamp, and those that were paths on the page bear its host (format.md 3.6).
    """
    return all(
        address["timestamp"] == captures.timestamp
        and (address["form"] != _PATH_FORM or address["origin"] == captures.origin)
        for address in _ADDRESS_OF_CONTENT.finditer(content)
    )


def find_allowed_differences(
    mine: str, reference: str, captures: ComparedCaptures
) -> frozenset[AllowedDifference] | None:
    """Return what makes two texts differ, `None` where anything else does.

    Without a key the address behind "[email protected]" is not known: any is taken for it, and
    with it ASCII letters that stand next to it.
    """
    found: set[AllowedDifference] = set()
    there = here = 0  # places in the reference and in mine
    while (place := _KNOWN_PLACE.search(reference, there)) is not None:
        unchanged = reference[there : place.start()]
        if not mine.startswith(unchanged, here):
            return None
        step = _step(place, mine, here + len(unchanged), captures)
        if step is None:
            return None
        there, here, departure = step
        if departure:
            found.add(departure)
    return frozenset(found) if mine[here:] == reference[there:] else None


def _step(place: re.Match[str], mine: str, here: int, captures: ComparedCaptures) -> _Step | None:
    if place["shown"]:
        return _shown(place, mine, here)
    if place["target"]:
        end = _target(place["target_key"], mine, here)
        if end is not None:
            return place.end(), end, AllowedDifference.MAIL
        place = _address(place)
    return _archived(place, mine, here, captures)


def _shown(place: re.Match[str], mine: str, here: int) -> _Step | None:
    """What stands for "[email protected]", and the link round it if that is hidden too."""
    end = _link(place["key"], mine, here) if place["hiding"] else _bare(place, mine, here)
    if end is not None:
        return place.end(), end, AllowedDifference.MAIL
    same = mine.startswith(place["shown"], here)
    return (place.end("shown"), here + len(place["shown"]), None) if same else None


def _link(key: str | None, mine: str, here: int) -> int | None:
    if key is None:
        link = _MAIL_LINK.match(mine, here)
        return link.end() if link else None
    plain = cloudflare_email.decode_key(key)
    decoded = f"{cloudflare_email.address_only(plain)}](mailto:{plain})" if plain else ""
    return here + len(decoded) if plain and mine.startswith(decoded, here) else None


def _target(key: str | None, mine: str, here: int) -> int | None:
    if key is None:
        target = _MAIL_TARGET.match(mine, here)
        return target.end() if target else None
    plain = cloudflare_email.decode_key(key)
    decoded = f"mailto:{plain})"
    return here + len(decoded) if plain and mine.startswith(decoded, here) else None


def _bare(place: re.Match[str], mine: str, here: int) -> int | None:
    """The end of an address in mine that is followed by what follows in the reference."""
    address = _MAIL_SHOWN.match(mine, here)
    if address is None:
        return None
    following = _KNOWN_PLACE.search(place.string, place.end())
    literal = place.string[place.end() : following.start() if following else None]
    if mine.startswith(literal, address.end()):
        return address.end()
    end = mine.find(literal, here)  # captions and bios are glued: `[email protected]Commons`
    return end if end > here and _MAIL_SHOWN.fullmatch(mine, here, end) else None


def _address(place: re.Match[str]) -> re.Match[str]:
    """The archive's prefix at a place that is one by its pattern."""
    match = _ADDRESS.match(place.string, place.start())
    assert match is not None, "the pattern of the place has the prefix in it"
    return match


def _archived(
    theirs: re.Match[str], mine: str, here: int, captures: ComparedCaptures
) -> _Step | None:
    ours = _ADDRESS.match(mine, here)
    if ours is None:
        rest = _OTHER_SCHEME.match(theirs.string, theirs.end())
        same = rest is not None and mine.startswith(rest[0], here)
        return (theirs.end(), here, AllowedDifference.NOT_WEB) if same else None
    of_capture = theirs["timestamp"] == captures.shown
    if (
        ours["form"] != theirs["form"]
        or ours["modifier"] != theirs["modifier"]
        or ours["timestamp"] != (captures.timestamp if of_capture else theirs["timestamp"])
        or not _is_same_origin(ours["origin"], theirs["origin"], captures)
    ):
        return None
    return theirs.end(), ours.end(), AllowedDifference.CAPTURE if ours[0] != theirs[0] else None


def _is_same_origin(ours: str | None, theirs: str | None, captures: ComparedCaptures) -> bool:
    """Whether two hosts are the same, or each that of its capture: `/path` on the page.

    The reference's is known only as some spelling of the site where it names the wrong capture.
    """
    if ours == theirs:
        return True
    own = captures.differ and ours == captures.origin
    return own and theirs is not None and _SITE.fullmatch(theirs) is not None
