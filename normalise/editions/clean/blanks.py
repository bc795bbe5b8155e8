"""The blanks and breaks of running text that a browser shows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from normalise.editions.clean.document import Leaf, Leaves, Marks

_BLANKS = re.compile(r"[ \t\r\n\f]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")  # no reader shows them


def shown(leaves: Leaves) -> Leaves:
    """Return what a browser shows of leaves: no blank or break at the ends, no doubled blank.

    Blanks and breaks at the edge of an emphasis or a link are outside it.
    """
    if len(leaves) == 1 and leaves[0].text:  # as in most paragraphs
        text = _single_blanks(leaves[0].text).strip(" ")
        return [Leaf(leaves[0].marks, text)] if text.strip() else []
    if not any(leaf.text.strip() or leaf.image for leaf in leaves):
        return []
    pieces = [piece for leaf in leaves for piece in _pieces(leaf)]
    kept: Leaves = []
    for piece in pieces:
        if _is_blank(piece):
            if kept and not _is_blank(kept[-1]) and not kept[-1].is_break:
                kept.append(piece)
            continue
        if piece.is_break and kept and _is_blank(kept[-1]):
            kept.pop()
        kept.append(piece)
    while kept and (_is_blank(kept[-1]) or kept[-1].is_break):
        kept.pop()
    first = next((at for at, piece in enumerate(kept) if not piece.is_break), 0)
    return _joined(_with_outer_blanks(kept[first:]))


def _pieces(leaf: Leaf) -> Iterator[Leaf]:
    """A leaf with its runs of blanks as leaves of their own at its ends; no control characters."""
    if not leaf.text:
        yield leaf
        return
    text = _single_blanks(leaf.text)
    core = text.strip(" ")
    if text.startswith(" "):
        yield Leaf(leaf.marks, " ")
    if core:
        yield Leaf(leaf.marks, core)
        if text.endswith(" "):
            yield Leaf(leaf.marks, " ")


def _single_blanks(text: str) -> str:
    """A text with each run of blanks as one, and without control characters."""
    if text.isprintable() and "  " not in text:  # as most are
        return text
    return _CONTROL.sub("", _BLANKS.sub(" ", text))


def one_line(text: str) -> str:
    """Return a text on one line."""
    return _BLANKS.sub(" ", text).strip(" ")


def _is_blank(leaf: Leaf) -> bool:
    return leaf.text == " "


def _with_outer_blanks(leaves: Leaves) -> Leaves:
    """Leaves whose blanks and breaks are under those marks only that go on behind them."""
    done: Leaves = []
    for at, leaf in enumerate(leaves):
        if not (_is_blank(leaf) or leaf.is_break):
            done.append(leaf)
            continue
        following = next(
            (each for each in leaves[at + 1 :] if not (_is_blank(each) or each.is_break)), None
        )
        before = done[-1].marks if done else ()
        marks = common_marks(before, following.marks) if following else ()
        done.append(Leaf(common_marks(marks, leaf.marks), leaf.text, leaf.image))
    return done


def common_marks(first: Marks, second: Marks) -> Marks:
    """Return the marks with which both begin."""
    count = 0
    while count < min(len(first), len(second)) and first[count] == second[count]:
        count += 1
    return first[:count]


def _joined(leaves: Leaves) -> Leaves:
    """Leaves with texts under the same marks put together."""
    done: Leaves = []
    for leaf in leaves:
        last = done[-1] if done else None
        if last is not None and last.text and leaf.text and last.marks == leaf.marks:
            done[-1] = Leaf(last.marks, last.text + leaf.text)
        else:
            done.append(leaf)
    return done
