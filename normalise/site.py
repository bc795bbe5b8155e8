"""The site's own words: names, categories, and how its appeals for money begin."""

from __future__ import annotations

CATEGORIES = ("眾聞", "眾說", "眾觀", "tri-angles", "眾數", "眾坊", "我們")
NEWS = "眾聞"  # the one category without an author box (facts/format.md 4.2)
SITE = "眾新聞"
SITE_KEYWORDS = (SITE, "hkcnews")
PROMO_OPENINGS = (
    "請加入成為眾新聞的月費訂戶",
    "我們的眾籌活動已結束",
    "眾新聞眾籌呼籲",
)
