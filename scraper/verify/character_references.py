"""Addresses that a careless HTML reader has broken (docs/archive-defects.md 4).

HTML reads some character references without a semicolon: `&not` is `¬`. In an address it leaves
them alone where a letter, a digit or `=` follows, so that `?a=1&notif_t=2` is what it seems to be.
A reader that does not know this exception gives `?a=1¬if_t=2`.
"""

from __future__ import annotations

import re
from html.entities import html5

_CHARACTERS = {name: value for name, value in html5.items() if not name.endswith(";")}
_LONGEST_FIRST = sorted(_CHARACTERS, key=len, reverse=True)
_REFERENCE = re.compile(rf"&({'|'.join(_LONGEST_FIRST)})(?=[A-Za-z0-9=])")

# A link's target may hold pairs of round brackets. No address runs on past the place where the next
# begins, so that no text is read twice.
LINK_TARGET = r"(?:(?!\]\()[^\n()]|\([^\n()]*\))*"
SOURCE = r'[^"\n]*'
_ADDRESS = re.compile(rf'\]\(({LINK_TARGET})|src="({SOURCE})')

# `&` is what an address should have, and `"` ends a source.
_BROKEN_INTO = frozenset(_CHARACTERS.values()) - {"&", '"'}
_LETTERS = "".join(sorted(each for each in _BROKEN_INTO if each.isalpha() or each in "<>"))
_SIGNS = "".join(sorted(_BROKEN_INTO - set(_LETTERS)))
_REST_OF_NAME = r"(?:[A-Za-z0-9][A-Za-z0-9_.\-\[\]]*)?="
_SIGN_IN_NAME = re.compile(f"[{re.escape(_SIGNS)}]{_REST_OF_NAME}")
_ANY_IN_NAME = re.compile(f"[{re.escape(_SIGNS + _LETTERS)}]{_REST_OF_NAME}")


def has_broken_address(text: str) -> bool:
    """Return whether the target of a link, or the source of a picture or frame, is broken.

    Such a character stands where the name of a parameter begins, and what is left of the name goes
    on behind it up to `=`. Letters such as `ü`, and `<` and `>`, count in a query only: they stand
    in good addresses too.
    """
    if not _ANY_IN_NAME.search(text):
        return False
    addresses = (link or source for link, source in _ADDRESS.findall(text))
    return any(
        _SIGN_IN_NAME.search(address) or _ANY_IN_NAME.search(address.partition("?")[2])
        for address in addresses
    )


def break_address(address: str) -> str:
    """Return what a careless reader makes of an address.

    What HTML reads as a reference in an address too, such as `&copy-`, is left as it is.
    """
    return _REFERENCE.sub(lambda reference: _CHARACTERS[reference[1]], address)
