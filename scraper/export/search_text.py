"""Text as the table `search` indexes it, and words as it is asked for them."""

from __future__ import annotations

import re
from itertools import pairwise

# Scripts without blanks between their words: kana, bopomofo, Han, Hangul.
WIDE = (
    "\u3005-\u3007\u3041-\u3096\u30a1-\u30fa\u3105-\u312f\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff"
)
_NEIGHBOURS = re.compile(rf"(?<=[{WIDE}])(?=\w)|(?<=\w)(?=[{WIDE}])")
_BETWEEN = re.compile(rf"(?<=[{WIDE}])[\W_]+|[\W_]+(?=[{WIDE}])")
_GAP = " ¦ "


def spaced(text: str) -> str:
    """Return a text with a blank between its characters, and a sign where they are no neighbours.

    So the phrase `"香 港"` finds 香港, and neither 香，港 nor 香 港.
    """
    return _NEIGHBOURS.sub(" ", _BETWEEN.sub(_GAP, text))


def phrase(words: str) -> str:
    """Return the phrase that finds some words, to be given to `MATCH`."""
    return '"' + spaced(words.strip()).replace('"', " ") + '"'


_TERM = re.compile(r'"([^"]*)"?|([^\s"]+)')
_WORD = re.compile(r"[^\W_]")
_TOKEN = re.compile(rf"[{WIDE}]|[^\W_{WIDE}]+")
_NARROW = rf"[^\W_{WIDE}]"


def terms(query: str) -> list[str]:
    """Return what a reader asks for: words between blanks, or what stands between quotes."""
    found = (quoted or single for quoted, single in _TERM.findall(query))
    return [term for term in found if _WORD.search(term)]


def match_of(wanted: list[str]) -> str:
    """Return what finds the articles that have all terms, to be given to `MATCH`."""
    return " ".join(map(phrase, wanted))


def pattern(wanted: list[str]) -> re.Pattern[str]:
    """Return what finds the places of any of the terms in a text, where `MATCH` finds them."""
    longest_first = sorted(wanted, key=len, reverse=True)
    return re.compile("|".join(map(_pattern, longest_first)) or r"(?!)", re.IGNORECASE)


def _pattern(term: str) -> str:
    tokens = list(_TOKEN.finditer(term))
    pieces = re.escape(tokens[0][0])
    for before, token in pairwise(tokens):
        pieces += (r"[\W_]+" if token.start() > before.end() else "") + re.escape(token[0])
    # A word of letters is found whole only.
    left = rf"(?<!{_NARROW})" if re.match(_NARROW, tokens[0][0]) else ""
    right = rf"(?!{_NARROW})" if re.match(_NARROW, tokens[-1][0]) else ""
    return f"{left}{pieces}{right}"
