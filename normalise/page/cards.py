"""Cards of other articles, which have headlines, authors and dates too (docs/site.md 2.8)."""

from __future__ import annotations

from selectolax.lexbor import LexborNode

from normalise.page.dom import classes
from normalise.site import CARD_CLASSES

# Selectors: of a card and all that stands in it, and of everything else.
CARDS = ", ".join(f".{name}, .{name} *" for name in sorted(CARD_CLASSES))
OUTSIDE_CARDS = f":not({CARDS})"


def is_card(element: LexborNode) -> bool:
    """Return whether an element is the card of another article."""
    return not CARD_CLASSES.isdisjoint(classes(element))
