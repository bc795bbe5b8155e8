"""The appeals for money of the page template (the promo), and when the site showed which.

Which one stands under an article depends on the time of its capture, not on the article
(docs/site.md 2.6).
"""

from __future__ import annotations

import re
from enum import StrEnum

from normalise.playback_address import TIMESTAMP
from scraper.corpus.document import RULE


class Promo(StrEnum):
    """Each of them, and that there is none."""

    NONE = "none"
    CROWDFUNDING = "crowdfunding"
    ENDED = "crowdfunding ended"
    STANDARD = "standard"


# From the first to the last capture known to show it, as the beginnings of timestamps. Where no
# capture is known between two of them, either may be shown.
_PERIODS: tuple[tuple[Promo, str, str], ...] = (
    (Promo.NONE, "2017", "20170606"),
    (Promo.CROWDFUNDING, "201705", "20170705"),
    (Promo.ENDED, "20170704", "20180429"),
    (Promo.STANDARD, "20180320", "20220108"),
    (Promo.NONE, "20220101", "9"),
)

# The two with a link are known to the letter, but for the timestamp and host of that link.
_LINK = (
    r"\n\n月費訂戶 \[網址：hkcnews\.com/aboutus/#subscribe\]"
    rf"\(/web/{TIMESTAMP}/https?://(?:www\.)?hkcnews\.com(?::\d+)?/aboutus/#subscribe\)"
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


def identify_promo(text: str) -> Promo | None:
    """Return which promo a text is as a whole, rule included; `None` where it is none of them."""
    if not text:
        return Promo.NONE
    return next((promo for promo, form in _FORMS.items() if form.fullmatch(text)), None)


def may_show(promo: Promo, timestamp: str) -> bool:
    """Return whether the site may have shown a promo at the time of a capture (14 digits)."""
    return any(each is promo and first <= timestamp < last for each, first, last in _PERIODS)
