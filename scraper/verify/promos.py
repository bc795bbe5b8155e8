"""The appeals for money of the page template (the promo), and when the site showed which.

Which one stands under an article depends on the time of its capture (facts/format.md 4.1).
"""

from __future__ import annotations

import re
from enum import StrEnum

from scraper.corpus.fields import RULE


class Promo(StrEnum):
    """Each of them, and that there is none."""

    NONE = "none"
    CROWDFUNDING = "crowdfunding"
    ENDED = "crowdfunding ended"
    STANDARD = "standard"


# From the first to the last capture known to show it, as the beginnings of timestamps. Where no
# capture is known between two, either may be shown.
_SHOWN: tuple[tuple[Promo, str, str], ...] = (
    (Promo.NONE, "2017", "20170606"),
    (Promo.CROWDFUNDING, "201705", "20170705"),
    (Promo.ENDED, "20170704", "20180429"),
    (Promo.STANDARD, "20180320", "20220108"),
    (Promo.NONE, "20220101", "9"),
)

# The two with a link are known to the letter, but for the timestamp and host of that link.
_LINK = (
    r"\n\n月費訂戶 \[網址：hkcnews\.com/aboutus/#subscribe\]"
    r"\(/web/\d{14}/https?://(?:www\.)?hkcnews\.com(?::\d+)?/aboutus/#subscribe\)"
)
_STANDARD = (
    "請加入成為眾新聞的月費訂戶，長期支持我們的工作。所有訂戶都可以收到我們的「每周時事」通訊 。"
)
_OFFER = _STANDARD[_STANDARD.index("所有訂戶") :]
_ENDED = (
    "我們的眾籌活動已結束，謝謝你們的支持。你可以加入成為眾新聞的月費訂戶，長期支持我們的工作。"
    + _OFFER
)
# Of the third, which 29 files show, the blocks: a headline, a sentence, four items and a note.
_CROWDFUNDING = r"\*\*眾新聞眾籌呼籲：\*\*\n\n[^\n]+(?:\n\n1\. [^\n]+){4}\n\n註：[^\n]+"
_FORMS = {
    Promo.CROWDFUNDING: re.compile(re.escape(RULE) + _CROWDFUNDING),
    Promo.ENDED: re.compile(re.escape(RULE + _ENDED) + _LINK),
    Promo.STANDARD: re.compile(re.escape(RULE + _STANDARD) + _LINK),
}


def identify_promo(promo: str) -> Promo | None:
    """Return which appeal the text of a promo is, as a whole; `None` where it is none of them."""
    if not promo:
        return Promo.NONE
    return next((kind for kind, form in _FORMS.items() if form.fullmatch(promo)), None)


def may_show(appeal: Promo, timestamp: str) -> bool:
    """Return whether the site may have shown an appeal at the time of a capture."""
    return any(kind is appeal and first <= timestamp < last for kind, first, last in _SHOWN)
