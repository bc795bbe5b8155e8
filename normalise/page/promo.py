"""The appeal of the page template under a body: an `<hr>` and paragraphs (facts/page.md 1.5)."""

from __future__ import annotations

import dataclasses

from normalise.models import Emphasis, Flow, Link, Other, Rule, Strong, plain_text
from normalise.site import PROMO_OPENINGS

# A rule is looked for through these, and the content cut in them; elsewhere it is the author's.
_Wrapper = Other | Strong | Emphasis | Link


def split_at_promo(content: Flow) -> tuple[Flow, Flow]:
    """Return the body and the promo, () where there is none.

    The promo begins at the last rule of the content, wherever that is nested, if the text that
    follows it opens as a promo does.
    """
    halves = _split_at_last_rule(content)
    if halves is None or not plain_text(halves[1]).strip().startswith(PROMO_OPENINGS):
        return content, ()
    return halves


def _split_at_last_rule(content: Flow) -> tuple[Flow, Flow] | None:
    """What stands before the last rule, and what begins with it; `None` where there is none."""
    for at in range(len(content) - 1, -1, -1):
        node = content[at]
        if type(node) is Rule:
            return content[:at], content[at:]
        if isinstance(node, _Wrapper):
            halves = _split_at_last_rule(node.content)
            if halves is not None:
                before, behind = (_with(node, half) for half in halves)
                return (*content[:at], *before), (*behind, *content[at + 1 :])
    return None


def _with(wrapper: _Wrapper, content: Flow) -> Flow:
    """The same wrapper round another content, nothing round none."""
    return (dataclasses.replace(wrapper, content=content),) if content else ()
