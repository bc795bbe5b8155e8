"""The words of the pages, in Chinese and in English."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Language(StrEnum):
    """A language of the pages; the value is the word in the cookie."""

    CHINESE = "zh"
    ENGLISH = "en"


_WORDS = {
    "name": ("眾新聞閱覽室", "Citizen News Reading Room"),
    "skip": ("跳到內容", "Skip to content"),
    "main_menu": ("主選單", "Main menu"),
    "latest": ("最新", "Latest"),
    "calendar": ("日曆", "Calendar"),
    "category": ("欄目", "Categories"),
    "author": ("作者", "Authors"),
    "tag": ("標籤", "Tags"),
    "search": ("搜尋", "Search"),
    "data": ("數據", "Data"),
    "articles": ("篇文章", "articles"),
    "article_1": ("篇文章", "article"),
    "found_1": ("篇文章符合", "article found"),
    "found": ("篇文章符合", "articles found"),
    "nothing_found": ("沒有文章符合。", "No article found."),
    "search_hint": (
        "輸入任何字詞；以空格分隔多個字詞，以引號括住詞組。",
        "Separate words with spaces; put a phrase in quotation marks.",
    ),
    "search_for": ("搜尋文章", "Search the articles"),
    "order": ("排序", "Order"),
    "by_date": ("最新的在前", "Newest first"),
    "by_rank": ("最相關的在前", "Best match first"),
    "year": ("年份", "Year"),
    "one_category": ("欄目", "Category"),
    "one_author": ("作者", "Author"),
    "one_tag": ("標籤", "Tag"),
    "all": ("全部", "All"),
    "no_date": ("日期不詳", "No date"),
    "newer": ("較新", "Newer"),
    "older": ("較舊", "Older"),
    "previous": ("上一頁", "Previous"),
    "next": ("下一頁", "Next"),
    "pages": ("分頁", "Pages"),
    "page_of": ("第 {} 頁，共 {} 頁", "Page {} of {}"),
    "before": ("上一篇", "Previous article"),
    "after": ("下一篇", "Next article"),
    "other_articles": ("其他文章", "Other articles"),
    "updated": ("更新", "Updated"),
    "about_author": ("作者簡介", "About the author"),
    "captures": ("這篇文章的存檔", "Captures of this article"),
    "captured_page": ("查看存檔頁面", "See the captured page"),
    "all_captures": ("互聯網檔案館的所有存檔", "All captures at the Internet Archive"),
    "shown_capture": ("此頁所用的存檔", "shown on this page"),
    "what_changed": ("與此頁的文字比較", "Compare with this page's text"),
    "changes": ("文字改動", "How the text changed"),
    "removed": ("刪去", "removed"),
    "added": ("加入", "added"),
    "unchanged": ("文字沒有改變。", "The text has not changed."),
    "from_capture": ("由", "From"),
    "to_capture": ("至", "to"),
    "compare": ("比較", "Compare"),
    "linked_from": ("連到這篇文章的文章", "Articles that link here"),
    "hidden_picture": ("圖片", "Picture"),
    "hidden_pictures": (
        "圖片存放在互聯網檔案館，未有載入。",
        "The pictures are at the Internet Archive and have not been loaded.",
    ),
    "show_pictures": ("載入圖片", "Load pictures"),
    "hide_pictures": ("不再載入圖片", "Stop loading pictures"),
    "not_found": ("找不到這一頁", "This page is not here"),
    "failure": ("這一頁未能顯示", "This page can't be shown"),
    "search_failed": (
        "搜尋未能完成，閱覽室可能已關閉。",
        "The search failed: has the reading room ended?",
    ),
    "no_term": ("沒有文章屬於：{}", "No article has: {}"),
    "one_text": (
        "這篇文章只有一份可比較的存檔。",
        "Only one capture of this article can be compared.",
    ),
    "not_held": ("這個檔案館沒有這篇文章。", "This archive does not hold this article."),
    "back_home": ("回到最新文章", "To the latest articles"),
    "result_article": ("可用", "usable"),
    "result_not-article": ("不是文章", "no article"),
    "result_unreadable": ("無法讀取", "unreadable"),
    "result_unplayable": ("無法播放", "not playable"),
    "result_no-answer": ("沒有回應", "no answer"),
    "result_crashed": ("無法讀取", "unreadable"),
    "result_stored": ("已存檔", "stored"),
    "closing": (
        "眾新聞已於 2022 年 1 月停止運作。文章取自互聯網檔案館的存檔，版權屬眾新聞所有。",
        "Citizen News closed in January 2022. The articles, © Citizen News, are from web captures.",
    ),
}
_IN_ENGLISH = "tri-angles"  # the one category whose articles are in English (docs/site.md)
_WEEKDAYS = ("一二三四五六日", ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"))


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language, by their keys."""

    language: Language

    def __getitem__(self, key: str) -> str:
        """Return what stands on the pages for a key."""
        return _WORDS[key][self.language is Language.ENGLISH]

    def lang(self, category: str = "") -> str:
        """Return the language of an article's words, by its category."""
        return "en" if category == _IN_ENGLISH else "zh-Hant-HK"

    @property
    def tag(self) -> str:
        """The language in the form of BCP 47."""
        return "en" if self.language is Language.ENGLISH else "zh-Hant-HK"

    def counted(self, count: int, key: str = "articles") -> str:
        """Return a count of articles in words."""
        one = {"articles": "article_1", "found": "found_1"}[key]
        return f"{count:,} {self[one if count == 1 else key]}"

    def result(self, result: str) -> str:
        """Return what a capture was taken for, "" where nobody has said."""
        return self[f"result_{result}"] if f"result_{result}" in _WORDS else result

    def day(self, date: str) -> str:
        """Return a day in words: `2021年12月31日（五）`, `Fri 31 December 2021`."""
        try:
            day = dt.date.fromisoformat(date)
        except ValueError:
            return self["no_date"]
        weekday = _WEEKDAYS[self.language is Language.ENGLISH][day.weekday()]
        if self.language is Language.ENGLISH:
            return f"{weekday} {day.day} {day:%B %Y}"
        return f"{day.year}年{day.month}月{day.day}日（{weekday}）"

    def month(self, month: str) -> str:
        """Return a month such as `2021-12` in words."""
        day = dt.date.fromisoformat(f"{month}-01")
        return f"{day:%B %Y}" if self.language is Language.ENGLISH else f"{day.year}年{day.month}月"

    def weekdays(self) -> list[str]:
        """Return the heads of a calendar's columns, Sunday first."""
        names = list(_WEEKDAYS[self.language is Language.ENGLISH])
        return [names[-1], *names[:-1]]

    def moment(self, timestamp: str) -> str:
        """Return the 14 digits of a timestamp as a time in UTC."""
        d = timestamp
        return f"{d[:4]}-{d[4:6]}-{d[6:8]} {d[8:10]}:{d[10:12]}:{d[12:14]} UTC"


def preferred(accepted: str, cookies: Mapping[str, str]) -> Language:
    """Return the language that a reader has chosen, else the first of the browser's that is here.

    `accepted` is the header `Accept-Language` (RFC 9110, 12.5.4), taken in its order.
    """
    if cookies.get("language") in list(Language):
        return Language(cookies["language"])
    for named in accepted.split(","):
        for language in Language:
            if named.strip().lower().startswith(language.value):
                return language
    return Language.CHINESE
