"""One article in two archives: which fields differ, and whether that is a fault.

A difference is *repaired* if it is just what one of the repairs that README lists ("The files")
makes of the reference, and *another capture* if it is just what a capture leaves in a file: its
address and time, the timestamps and hosts of addresses in the content, the promo of its day. The
known difference is undone to the letter and the rest must be equal. All else is a *regression*.

A file with a regression in any field is a regression; one that is both repaired and of another
capture is called repaired, so that each file has one name and the counts add up.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from enum import StrEnum

from normalise import BadCapture, Capture
from normalise.editions.front_matter import quoted
from scraper.corpus.completeness import is_article
from scraper.corpus.fields import Field, Fields, Part
from scraper.corpus.files import front_matter_values
from scraper.verify.allowed_differences import (
    AllowedDifference,
    ComparedCaptures,
    find_allowed_differences,
    is_of,
    timestamp_in,
)
from scraper.verify.promos import identify_promo, may_show


class Kind(StrEnum):
    """What a file, or a field of one, is beside the reference's; the value is shown to people."""

    IDENTICAL = "identical"
    REPAIRED = "repaired"
    OTHER_CAPTURE = "another capture"
    REGRESSION = "regression"
    NOT_AN_ARTICLE = "no article there"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came of comparing one file: its kind, each field that differs, and why it may."""

    kind: Kind
    fields: tuple[tuple[Field, Kind], ...] = ()
    differences: frozenset[AllowedDifference] = frozenset()


_IDENTICAL = Comparison(Kind.IDENTICAL)
_NOT_AN_ARTICLE = Comparison(Kind.NOT_AN_ARTICLE)
_WORST_FIRST = (Kind.REGRESSION, Kind.REPAIRED, Kind.OTHER_CAPTURE)

# Why a part differs; `None` for a reason that is none of the known ones.
_Why = frozenset[AllowedDifference] | None
_EQUAL: frozenset[AllowedDifference] = frozenset()

_TEXTS = (Part.TITLE, Part.AUTHOR, Part.CATEGORY, Part.TAGS)
_CONTENT = (Part.BODY, Part.BOX)
_CAPTURE_URL = re.compile(r"https://web\.archive\.org/web/(?P<timestamp>[0-9]{14})/(?P<rest>.+)")
_QUOTED = re.compile(r'(?P<key>\w+: |  - )"(?P<inner>.*)"', re.DOTALL)
_BREAKS_OF_YAML_1_1 = re.compile("[\x85\u2028\u2029]")
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", re.ASCII)
# Hong Kong is eight hours ahead of the archive's UTC.
_AHEAD = dt.timedelta(hours=8)


def compare(mine: bytes, reference: bytes, article: int) -> Comparison:
    """Return how my file of an article differs from the reference's.

    Files of the same bytes are identical whatever they hold; otherwise a reference that is no
    article (facts/format.md 6.1, 6.2) is nothing to compare with.
    """
    if mine == reference:
        return _IDENTICAL
    ours, theirs = (data.decode("utf-8", "surrogateescape") for data in (mine, reference))
    if not is_article(theirs):
        return _NOT_AN_ARTICLE
    reasons: list[tuple[Field, _Why]] = []
    if _is_crlf(theirs) and "\r" not in ours:  # as 10524 and 10527 (format.md 1.3)
        theirs = theirs.replace("\r\n", "\n")
        reasons.append((Field.LAYOUT, frozenset({AllowedDifference.LINE_ENDS})))
    elif _is_crlf(ours) and "\r" not in theirs:
        ours = ours.replace("\r\n", "\n")
        reasons.append((Field.LAYOUT, None))
    return _result(reasons + _Pair(Fields.of(ours), Fields.of(theirs), article).reasons())


def _result(reasons: list[tuple[Field, _Why]]) -> Comparison:
    kinds: dict[Field, Kind] = {}
    known: set[AllowedDifference] = set()
    for field, why in reasons:
        kinds[field] = _worst([_kind(why), *filter(None, [kinds.get(field)])])
        known |= why or _EQUAL
    in_order = tuple((field, kinds[field]) for field in Field if field in kinds)
    return Comparison(_worst(list(kinds.values())), in_order, frozenset(known))


def _kind(why: _Why) -> Kind:
    if why is None:
        return Kind.REGRESSION
    return Kind.OTHER_CAPTURE if why <= {AllowedDifference.CAPTURE} else Kind.REPAIRED


def _worst(kinds: list[Kind]) -> Kind:
    return next(kind for kind in _WORST_FIRST if kind in kinds)


def _is_crlf(text: str) -> bool:
    return "\r\n" in text and text.count("\n") == text.count("\r\n")


class _Pair:
    """Two files of one article that are not the same."""

    def __init__(self, mine: Fields, reference: Fields, article: int) -> None:
        self._mine = mine
        self._reference = reference
        self._article = article
        self._timestamp, self._original = _named(mine)
        shown = timestamp_in(reference.content) or _named(reference)[0]
        address = self._original if shown == self._timestamp else ""
        self._captures = ComparedCaptures(
            timestamp=self._timestamp,
            origin="/".join(self._original.split("/")[:3]),
            shown=shown,
            differ=address != _named(reference)[1],
        )

    def reasons(self) -> list[tuple[Field, _Why]]:
        """Return each field that differs, and why; a field may come twice."""
        found = [
            (part.field, self._why(part))
            for part in Part
            if self._mine.text(part) != self._reference.text(part)
        ]
        if _order(self._mine, self._reference) != _order(self._reference, self._mine):
            found.append((Field.LAYOUT, None))
        wrong = {field for field, why in found if why is None}
        field = self._only_one() if len(wrong) > 1 else None
        return found if field is None else [(field, None)]

    def _why(self, part: Part) -> _Why:
        ours, theirs = self._mine.text(part), self._reference.text(part)
        if part in _CONTENT:
            return find_allowed_differences(ours, theirs, self._captures)
        if part is Part.PROMO:
            return self._promo(ours, theirs)
        if part in _TEXTS:
            return _escaped(ours, theirs)
        if part is Part.DATE or part is Part.LAST_UPDATED:
            return self._date(part)
        if part is Part.URL or part is Part.ORIGINAL_URL:
            return self._url()
        return None

    def _promo(self, ours: str, theirs: str) -> _Why:
        """The same promo with other addresses, or another one that was shown at my time."""
        known = find_allowed_differences(ours, theirs, self._captures)
        if known is not None or not self._captures.differ:
            return known
        mine, other = identify_promo(ours), identify_promo(theirs)
        is_possible = (
            mine is not None
            and other is not None
            and mine is not other
            and may_show(mine, self._timestamp)
            and is_of(ours, self._captures)
        )
        return frozenset({AllowedDifference.CAPTURE}) if is_possible else None

    def _date(self, part: Part) -> _Why:
        """A date that the reference lacks, on or before the day of my capture (format.md 6.4)."""
        missed = self._reference.text(part) in ("", f'{part}: ""\n')
        if not missed or self._reference.text(Part.DATE) != 'date: ""\n':
            return None
        form = _DAY if part is Part.DATE else _MOMENT
        value = self._mine.value(part)
        if self._mine.text(part) != f'{part}: "{value}"\n' or not form.fullmatch(value):
            return None
        try:
            is_before = dt.datetime.fromisoformat(value) <= _moment(self._timestamp) + _AHEAD
        except ValueError:
            return None
        return frozenset({AllowedDifference.DATE}) if is_before else None

    def _url(self) -> _Why:
        """`url` and `original_url` together: the same capture uncut, or another one of the id."""
        if not self._is_mine_right():
            return None
        their_timestamp, whole = _named(self._reference)
        written = self._reference.value(Part.ORIGINAL_URL)
        is_cut = written == whole.partition("/web/")[0] and written != whole
        if not is_cut and written != whole:
            return None
        found = {AllowedDifference.UNCUT} if is_cut else set[AllowedDifference]()
        if self._mine.text(Part.URL) != self._reference.text(Part.URL):
            is_other = self._timestamp != their_timestamp
            if not is_other or _article(their_timestamp, whole) != self._article:
                return None
            found.add(AllowedDifference.CAPTURE)
        return frozenset(found)

    def _is_mine_right(self) -> bool:
        """Whether my file names one capture of its article, and shows that very one."""
        whole = f'url: "https://web.archive.org/web/{self._timestamp}/{self._original}"\n'
        try:
            _moment(self._timestamp)
        except ValueError:
            return False
        return (
            self._mine.text(Part.URL) == whole
            and self._mine.text(Part.ORIGINAL_URL) == f'original_url: "{self._original}"\n'
            and _article(self._timestamp, self._original) == self._article
            and is_of(self._mine.content, self._captures)
        )

    def _only_one(self) -> Field | None:
        """The field that differs where all of the text before and behind it is the same.

        A letter can change what the pieces are: a promo whose rule is gone is read as body.
        """
        mine = "".join(text for _, text in self._mine.pieces)
        before, behind = "", "".join(text for _, text in self._reference.pieces)
        for part, text in self._reference.pieces:
            behind = behind[len(text) :]
            is_long_enough = len(mine) >= len(before) + len(behind)
            if is_long_enough and mine.startswith(before) and mine.endswith(behind):
                return part.field
            before += text
        return None


def _named(fields: Fields) -> tuple[str, str]:
    """The timestamp and the address that `url` names; "" where it names no capture."""
    match = _CAPTURE_URL.fullmatch(fields.value(Part.URL))
    return (match["timestamp"], match["rest"]) if match else ("", "")


def _article(timestamp: str, original: str) -> int | None:
    try:
        return Capture(timestamp, original).article_id
    except BadCapture:
        return None


def _moment(timestamp: str) -> dt.datetime:
    """The time of a capture. Raises `ValueError` for the 31st of February and the like."""
    return dt.datetime.strptime(timestamp, "%Y%m%d%H%M%S")  # noqa: DTZ007 - UTC, and compared as such


def _order(one: Fields, other: Fields) -> list[Part]:
    """The parts of one file that the other has as well, in its order."""
    return [part for part, _ in one.pieces if part in other.texts]


def _escaped(ours: str, theirs: str) -> _Why:
    """Lines of YAML where mine escapes what YAML can't read in the reference's (format.md 2.2)."""
    pairs = list(zip(ours.split("\n"), theirs.split("\n"), strict=False))
    is_all = ours.count("\n") == theirs.count("\n") and all(
        mine == other or _is_escape(mine, other) for mine, other in pairs
    )
    return frozenset({AllowedDifference.ESCAPES}) if is_all else None


def _is_escape(ours: str, theirs: str) -> bool:
    mine, other = _QUOTED.fullmatch(ours), _QUOTED.fullmatch(theirs)
    if mine is None or other is None or mine["key"] != other["key"]:
        return False
    value = other["inner"].replace('\\"', '"')  # the reference's only escape
    return f'"{mine["inner"]}"' == quoted(value) and not _reads_as(other["inner"], value)


def _reads_as(inner: str, value: str) -> bool:
    """Whether YAML of every version reads a value where it stands as it is."""
    if _BREAKS_OF_YAML_1_1.search(inner):
        return False
    try:
        return front_matter_values(f'x: "{inner}"') == {"x": value}
    except ValueError:
        return False
