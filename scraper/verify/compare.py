"""One article in two archives: which fields differ, and whether that is a fault.

The actual file is held against the expected one. A difference is *repaired* if it is just what one
of the repairs that README lists ("The files") makes of the expected file. It is *another capture*
if it is just what a capture leaves in a file: its address and time, the timestamps and hosts of
addresses in the content, the promo of its day. The known difference is undone to the letter and
the rest must be equal. All else is a *regression*.

A file with a regression in any field is a regression. One that is both repaired and of another
capture is called repaired, so that each file has one name and the counts add up.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from enum import StrEnum

from normalise import BadCapture, Capture
from normalise.playback_address import ARCHIVE, parse_playback
from scraper.corpus.completeness import has_article
from scraper.corpus.document import ArticleDocument, Field, Part
from scraper.corpus.files import with_unix_line_ends
from scraper.verify.allowed_differences import (
    AllowedDifference,
    ComparedCaptures,
    find_allowed_differences,
    is_of,
    timestamp_in,
)
from scraper.verify.loose_text import find_loose_text
from scraper.verify.promos import identify_promo, may_show
from scraper.verify.yaml_escapes import differ_in_escapes_only


class ComparisonKind(StrEnum):
    """What a file, or a field of one, is beside the expected; the value is shown to people."""

    IDENTICAL = "identical"
    REPAIRED = "repaired"
    OTHER_CAPTURE = "another capture"
    REGRESSION = "regression"
    NOT_AN_ARTICLE = "no article there"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came of comparing one file: its kind, each field that differs, and why it may."""

    kind: ComparisonKind
    fields: tuple[tuple[Field, ComparisonKind], ...] = ()
    differences: frozenset[AllowedDifference] = frozenset()


_IDENTICAL = Comparison(ComparisonKind.IDENTICAL)
_NOT_AN_ARTICLE = Comparison(ComparisonKind.NOT_AN_ARTICLE)
_WORST_FIRST = (ComparisonKind.REGRESSION, ComparisonKind.REPAIRED, ComparisonKind.OTHER_CAPTURE)

# Why a part may differ; `None` for a difference that is not allowed.
_Allowed = frozenset[AllowedDifference] | None
_NO_DIFFERENCE: frozenset[AllowedDifference] = frozenset()

_TEXTS = (Part.TITLE, Part.AUTHOR, Part.CATEGORY, Part.TAGS)
_CONTENT = (Part.BODY, Part.BOX)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", re.ASCII)
# Hong Kong is ahead of the archive's UTC.
_HONG_KONG_OFFSET = dt.timedelta(hours=8)


def compare(actual: bytes, expected: bytes, article_id: int) -> Comparison:
    """Return how the actual file of an article differs from the expected one.

    Files of the same bytes are identical whatever they hold. Otherwise an expected file that is no
    article (docs/archive-defects.md 1) is nothing to compare with.
    """
    if actual == expected:
        return _IDENTICAL
    actual_text, expected_text = (
        data.decode("utf-8", "surrogateescape") for data in (actual, expected)
    )
    readable_text = with_unix_line_ends(expected_text)
    expected_document = ArticleDocument.parse(readable_text)
    if not has_article(expected_document):
        return _NOT_AN_ARTICLE
    differences: list[tuple[Field, _Allowed]] = []
    # 2 files of the published archive have CRLF (docs/archive-defects.md 3).
    if _is_crlf(expected_text) and "\r" not in actual_text:
        expected_text = expected_text.replace("\r\n", "\n")
        differences.append((Field.LAYOUT, frozenset({AllowedDifference.LINE_ENDS})))
    elif _is_crlf(actual_text) and "\r" not in expected_text:
        actual_text = actual_text.replace("\r\n", "\n")
        differences.append((Field.LAYOUT, None))
    if expected_text != readable_text:
        expected_document = ArticleDocument.parse(expected_text)
    comparison = _DocumentComparison(
        ArticleDocument.parse(actual_text), expected_document, article_id
    )
    return _summarise(differences + comparison.differences())


def _summarise(differences: list[tuple[Field, _Allowed]]) -> Comparison:
    kinds: dict[Field, ComparisonKind] = {}
    found: set[AllowedDifference] = set()
    for field, allowed in differences:
        kinds[field] = _worst([_kind(allowed), *filter(None, [kinds.get(field)])])
        found |= allowed or _NO_DIFFERENCE
    in_order = tuple((field, kinds[field]) for field in Field if field in kinds)
    return Comparison(_worst(list(kinds.values())), in_order, frozenset(found))


def _kind(allowed: _Allowed) -> ComparisonKind:
    if allowed is None:
        return ComparisonKind.REGRESSION
    return (
        ComparisonKind.OTHER_CAPTURE
        if allowed <= {AllowedDifference.CAPTURE}
        else ComparisonKind.REPAIRED
    )


def _worst(kinds: list[ComparisonKind]) -> ComparisonKind:
    return next(kind for kind in _WORST_FIRST if kind in kinds)


def _is_crlf(text: str) -> bool:
    return "\r\n" in text and text.count("\n") == text.count("\r\n")


class _DocumentComparison:
    """Two files of one article that are not the same, taken apart."""

    def __init__(self, actual: ArticleDocument, expected: ArticleDocument, article_id: int) -> None:
        self._actual = actual
        self._expected = expected
        self._article_id = article_id
        self._timestamp, self._original = _named_capture(actual)
        expected_timestamp, expected_original = _named_capture(expected)
        shown = timestamp_in(expected.below_headline) or expected_timestamp
        original = self._original if shown == self._timestamp else ""
        self._captures = ComparedCaptures(
            timestamp=self._timestamp,
            origin="/".join(self._original.split("/")[:3]),
            shown=shown,
            differ=original != expected_original,
        )

    def differences(self) -> list[tuple[Field, _Allowed]]:
        """Return each field that differs, and why it may; a field may come twice."""
        found = [
            (part.field, self._allowed(part))
            for part in Part
            if self._actual.piece(part) != self._expected.piece(part)
        ]
        if _order(self._actual, self._expected) != _order(self._expected, self._actual):
            found.append((Field.LAYOUT, None))
        wrong = {field for field, allowed in found if allowed is None}
        field = self._only_field() if len(wrong) > 1 else None
        return found if field is None else [(field, None)]

    def _allowed(self, part: Part) -> _Allowed:
        actual, expected = self._actual.piece(part), self._expected.piece(part)
        if part in _CONTENT:
            allowed = find_allowed_differences(actual, expected, self._captures)
            if allowed is None and part is Part.BODY:
                return find_loose_text(actual, expected, self._captures)
            return allowed
        if part is Part.PROMO:
            return self._allowed_in_promo(actual, expected)
        if part in _TEXTS:
            is_escaped = differ_in_escapes_only(actual, expected)
            return frozenset({AllowedDifference.ESCAPES}) if is_escaped else None
        if part is Part.DATE or part is Part.LAST_UPDATED:
            return self._allowed_in_date(part)
        if part is Part.URL or part is Part.ORIGINAL_URL:
            return self._allowed_in_url()
        return None

    def _allowed_in_promo(self, actual: str, expected: str) -> _Allowed:
        """The same promo with other addresses, or another one that its capture may show."""
        allowed = find_allowed_differences(actual, expected, self._captures)
        if allowed is not None or not self._captures.differ:
            return allowed
        actual_promo, expected_promo = identify_promo(actual), identify_promo(expected)
        is_possible = (
            actual_promo is not None
            and expected_promo is not None
            and actual_promo is not expected_promo
            and may_show(actual_promo, self._timestamp)
            and is_of(actual, self._captures)
        )
        return frozenset({AllowedDifference.CAPTURE}) if is_possible else None

    def _allowed_in_date(self, part: Part) -> _Allowed:
        """A date that the expected file lacks, on or before the day of the actual capture.

        The published archive lacks the dates of English pages (docs/archive-defects.md 2).
        """
        is_missing = self._expected.piece(part) in ("", f'{part}: ""\n')
        if not is_missing or self._expected.piece(Part.DATE) != 'date: ""\n':
            return None
        form = _DAY if part is Part.DATE else _MOMENT
        value = self._actual.quoted(part)
        if self._actual.piece(part) != f'{part}: "{value}"\n' or not form.fullmatch(value):
            return None
        try:
            capture_time = _parse_timestamp(self._timestamp) + _HONG_KONG_OFFSET
            is_before = dt.datetime.fromisoformat(value) <= capture_time
        except ValueError:
            return None
        return frozenset({AllowedDifference.DATE}) if is_before else None

    def _allowed_in_url(self) -> _Allowed:
        """`url` and `original_url` together: the same capture uncut, or another of the article."""
        if not self._names_what_it_shows():
            return None
        timestamp, original = _named_capture(self._expected)
        written = self._expected.quoted(Part.ORIGINAL_URL)
        is_cut = written == original.partition("/web/")[0] and written != original
        if not is_cut and written != original:
            return None
        found = {AllowedDifference.UNCUT} if is_cut else set[AllowedDifference]()
        if self._actual.piece(Part.URL) != self._expected.piece(Part.URL):
            is_other = self._timestamp != timestamp
            if not is_other or _article_id(timestamp, original) != self._article_id:
                return None
            found.add(AllowedDifference.CAPTURE)
        return frozenset(found)

    def _names_what_it_shows(self) -> bool:
        """Whether the actual file names one capture of its article, and shows that very one."""
        url = f'url: "{ARCHIVE}/web/{self._timestamp}/{self._original}"\n'
        try:
            _parse_timestamp(self._timestamp)
        except ValueError:
            return False
        return (
            self._actual.piece(Part.URL) == url
            and self._actual.piece(Part.ORIGINAL_URL) == f'original_url: "{self._original}"\n'
            and _article_id(self._timestamp, self._original) == self._article_id
            and is_of(self._actual.below_headline, self._captures)
        )

    def _only_field(self) -> Field | None:
        """The field that differs where all of the text before and behind it is the same.

        One letter can change what the pieces are: a promo whose rule is gone is read as body.
        """
        actual = "".join(text for _, text in self._actual.pieces)
        before, behind = "", "".join(text for _, text in self._expected.pieces)
        for part, text in self._expected.pieces:
            behind = behind[len(text) :]
            is_long_enough = len(actual) >= len(before) + len(behind)
            if is_long_enough and actual.startswith(before) and actual.endswith(behind):
                return part.field
            before += text
        return None


def _named_capture(document: ArticleDocument) -> tuple[str, str]:
    """The timestamp and the address that `url` names; "" where it names no capture."""
    url = document.quoted(Part.URL)
    address = parse_playback(url)
    if address is None or len(address.timestamp) != 14 or not address.original:
        return "", ""
    is_as_written = url == f"{ARCHIVE}/web/{address.timestamp}/{address.original}"
    return (address.timestamp, address.original) if is_as_written else ("", "")


def _article_id(timestamp: str, original: str) -> int | None:
    try:
        return Capture(timestamp, original).article_id
    except BadCapture:
        return None


def _parse_timestamp(timestamp: str) -> dt.datetime:
    """The time of a capture. Raises `ValueError` for the 31st of February and the like."""
    return dt.datetime.strptime(timestamp, "%Y%m%d%H%M%S")  # noqa: DTZ007 - UTC, and compared as such


def _order(document: ArticleDocument, other: ArticleDocument) -> list[Part]:
    """The parts of one file that the other has as well, in its order."""
    return [part for part, _ in document.pieces if part in other.by_part]
