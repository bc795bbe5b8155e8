"""Text as the table `search` indexes it, and words as it is asked for them."""

from __future__ import annotations

import re
from dataclasses import dataclass
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


_TERM = re.compile(r'"([^"]*)("?)|([^\s"]+)(?=(\s?))')
_EDGE = re.compile(r"^[\W_]+|[\W_]+$")
_TOKEN = re.compile(rf"[{WIDE}]|[^\W_{WIDE}]+")
_NARROW = rf"[^\W_{WIDE}]"


@dataclass(frozen=True, slots=True)
class Term:
    """A word or a phrase that is searched for; `is_begun` says that its last word may go on."""

    text: str
    is_begun: bool = False


def terms(query: str) -> list[Term]:
    """Return what a reader asks for: words between blanks, or what stands between quotes.

    Punctuation at their ends is left out. The last one may be the beginning of a word of letters,
    unless a blank or a quote ends it.
    """
    found = []
    for match in _TERM.finditer(query):
        quoted, quote, single, blank = match.groups()
        text = _EDGE.sub("", single or quoted)
        is_last = match.end() == len(query) and not quote and not blank
        is_begun = bool(is_last and text and re.match(_NARROW, text[-1]) and query.endswith(text))
        if text:
            found.append(Term(text, is_begun))
    return found


def match_of(wanted: list[Term]) -> str:
    """Return what finds the articles that have all terms, to be given to `MATCH`."""
    return " ".join(phrase(term.text) + " *" * term.is_begun for term in wanted)


def pattern(wanted: list[Term]) -> re.Pattern[str]:
    """Return what finds the places of any of the terms in a text, where `MATCH` finds them."""
    longest_first = sorted(wanted, key=lambda term: len(term.text), reverse=True)
    return re.compile("|".join(map(_pattern, longest_first)) or r"(?!)", re.IGNORECASE)


def _pattern(term: Term) -> str:
    tokens = list(_TOKEN.finditer(term.text))
    pieces = re.escape(tokens[0][0])
    for before, token in pairwise(tokens):
        pieces += (r"[\W_]+" if token.start() > before.end() else "") + re.escape(token[0])
    # A word of letters is found whole only.
    left = rf"(?<!{_NARROW})" if re.match(_NARROW, tokens[0][0]) else ""
    is_whole = re.match(_NARROW, tokens[-1][0]) and not term.is_begun
    right = rf"(?!{_NARROW})" if is_whole else ""
    return f"{left}{pieces}{right}"
