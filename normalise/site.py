"""The site's own words: its names and categories, and the texts of its page template.

Each is a fact about the pages (docs/site.md), and stands here only.
"""

from __future__ import annotations

SITE = "眾新聞"
SITE_KEYWORDS = (SITE, "hkcnews")  # these lead the keywords of every page
SITE_HOSTS = frozenset({"hkcnews.com", "www.hkcnews.com"})

CATEGORIES = ("眾聞", "眾說", "眾觀", "tri-angles", "眾數", "眾坊", "我們")
NEWS = "眾聞"  # the one category whose articles have no author box

# How the appeals for money begin that the template puts under an article.
PROMO_OPENINGS = (
    "請加入成為眾新聞的月費訂戶",
    "我們的眾籌活動已結束",
    "眾新聞眾籌呼籲",
)

# What stands before the name in an author box.
AUTHOR_BOX_LABELS = ("博客", "主筆", "Blogger", "Editorial Writer")
# Cards of other articles, on the home page and below every article.
CARD_CLASSES = frozenset({"article-block", "hl-block"})

# Headlines of pages that stand in an article's place, without their blanks.
FAREWELL_HEADLINE = "眾新聞告別感謝讀者"
OUTAGE_HEADLINE = "TemporarilyOffline"  # of the archive's own page for times when it is down


def squeezed(headline: str) -> str:
    """Return a headline without any blanks, to compare it with the two above."""
    return "".join(headline.split())
