"""The info line of an article, `撰文: NAME | 發佈日期: DD.MM.YY`, as text and what it says.

The labels, the bars and the form of the day are known, the element, what stands in it and what
follows an update are not (docs/site.md 2.1), so every rule works on the text.
"""

from __future__ import annotations

import datetime as dt
import re

from selectolax.lexbor import LexborNode

from normalise.page.dom import MAX_DEPTH, TEXT, TOO_DEEP, OutOfBounds, one_line
from normalise.page.found import Found

_AUTHOR_LABEL = r"(?:撰文|Author)\s*[:：]"
_DATE_LABEL = r"(?:發佈日期|Publish Date)\s*[:：]"
_UPDATE_LABEL = r"(?:最後更新|更新日期|更新於|更新|Last Updated?|Updated?|Last Modified|Modified)"
_DAY = r"(?<!\d)(\d{2})\.(\d{2})\.(\d{2})(?!\d)"
_BAR = r"\s*[|｜]"

_AUTHOR_BEFORE_BAR = re.compile(rf"{_AUTHOR_LABEL}\s*([^|｜]+?){_BAR}")
_AUTHOR_BEFORE_LABEL = re.compile(
    rf"{_AUTHOR_LABEL}[\s|｜]*([^|｜]+?)\s*(?={_DATE_LABEL}|{_UPDATE_LABEL}|\S*[:：]\s*{_DAY}|[|｜]|$)"
)
_LABELLED_DAY = re.compile(rf"{_DATE_LABEL}[\s|｜]*{_DAY}")
_UPDATE_DAY = re.compile(rf"(?:{_UPDATE_LABEL}|Edited)[^|｜\d]{{0,15}}{_DAY}", re.IGNORECASE)
_ANY_DAY = re.compile(_DAY)
_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2})[ \xa0T]+(\d{2}:\d{2})(:\d{2})?")
_LIKE = re.compile(rf"{_AUTHOR_LABEL}.*?{_DAY}", re.DOTALL)

# Only these elements can be part of a name. Any other element is a part of the line of its own;
# the mark stands where such a part begins and ends.
_IN_NAMES = frozenset({"a", "b", "strong", "em", "i", "u", "font"})
_MARK = "\x1e"


def looks_like_info_line(text: str) -> bool:
    """Return whether a text has the label of the author and a day behind it."""
    return _LIKE.search(text) is not None


def info_text(info: LexborNode) -> str:
    """Return the text of the info line, marked where its elements begin and end.

    Raises `OutOfBounds`.
    """
    parts: list[str] = []
    _collect(info, parts, 0)
    return "".join(parts)


def _collect(node: LexborNode, parts: list[str], depth: int) -> None:
    if depth > MAX_DEPTH:
        raise OutOfBounds(TOO_DEEP)
    for child in node.iter(include_text=True):
        tag = child.tag
        if tag == TEXT:
            parts.append(child.text_content or "")
        elif tag is not None and tag not in ("script", "style"):
            mark = "" if tag in _IN_NAMES else _MARK
            parts.append(mark)
            _collect(child, parts, depth + 1)
            parts.append(mark)


def find_author(line: str) -> Found[str]:
    """Return the name behind its label, as printed; "" where the line names nobody."""
    match = _AUTHOR_BEFORE_BAR.search(line.replace(_MARK, ""))
    rule = "label, up to the bar"
    if match is None or _ANY_DAY.search(match[1]):
        match = _AUTHOR_BEFORE_LABEL.search(one_line(line.replace(_MARK, "|")))
        rule = "label"
    if match is None or _ANY_DAY.search(match[1]):
        return Found("")
    return Found(one_line(match[1]), rule)


def find_date(line: str) -> Found[dt.date | None]:
    """Return the day of publication: the labelled one, else any that is not of an update."""
    text = line.replace(_MARK, " ")
    match = _LABELLED_DAY.search(text)
    if match is not None:
        return _day(match, "label")
    updated = {match.start(1) for match in _UPDATE_DAY.finditer(text)}
    days = sorted(_ANY_DAY.finditer(text), key=lambda match: match.start(1) in updated)
    if not days:
        return Found(None, "", ("no date of publication is shown",))
    return _day(days[0], "any day", "the date stands behind an unknown label")


def _day(match: re.Match[str], rule: str, *warnings: str) -> Found[dt.date | None]:
    day, month, year = (int(number) for number in match.groups())
    try:
        return Found(dt.date(2000 + year, month, day), rule, warnings)
    except ValueError:
        return Found(None, rule, (*warnings, f"no such day: {match[0]}"))


def find_moment(text: str, rule: str) -> Found[dt.datetime | None] | None:
    """Return the moment of the last update, whatever its label, `None` where there is none."""
    match = _MOMENT.search(text.replace(_MARK, " "))
    if match is None:
        return None
    day, minute, second = match.groups()
    warnings = () if second else (f"the last update is shown without seconds: {match[0]}",)
    try:
        return Found(dt.datetime.fromisoformat(f"{day} {minute}{second or ''}"), rule, warnings)
    except ValueError:
        return Found(None, rule, (f"no such moment: {match[0]}",))
