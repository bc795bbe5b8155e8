"""Text as the table `search` indexes it, and words as it is asked for them."""

from __future__ import annotations

import re

# Scripts without blanks between their words: kana, bopomofo, Han, Hangul.
_WIDE = (
    "\u3005-\u3007\u3041-\u3096\u30a1-\u30fa\u3105-\u312f\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff"
)
_NEIGHBOURS = re.compile(rf"(?<=[{_WIDE}])(?=\w)|(?<=\w)(?=[{_WIDE}])")
_BETWEEN = re.compile(rf"(?<=[{_WIDE}])[\W_]+|[\W_]+(?=[{_WIDE}])")
_GAP = " ¦ "


def spaced(text: str) -> str:
    """Return a text with a blank between its characters, and a sign where they are no neighbours.

    So the phrase `"香 港"` finds 香港, and neither 香，港 nor 香 港.
    """
    return _NEIGHBOURS.sub(" ", _BETWEEN.sub(_GAP, text))


def phrase(words: str) -> str:
    """Return the phrase that finds some words, to be given to `MATCH`."""
    return '"' + spaced(words.strip()).replace('"', " ") + '"'
