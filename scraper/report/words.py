"""The words of the ledger as people read them, in English and in Chinese."""

from __future__ import annotations

from typing import NamedTuple

from normalise import PageKind
from scraper.errors import PlaybackFailure
from scraper.models import ArticleStatus, AttemptResult
from scraper.report.ledger_facts import NOT_TRIED, OPEN


class Words(NamedTuple):
    """The same in English and in Chinese."""

    en: str
    zh: str


STATUSES = {
    ArticleStatus.WRITTEN.value: Words("recovered", "已找回"),
    ArticleStatus.NO_CAPTURE.value: Words("no usable capture", "沒有可用的存檔"),
    ArticleStatus.FAILED.value: Words("failed", "失敗"),
    OPEN: Words("not done yet", "尚未處理"),
}
REASONS = {
    PageKind.FAREWELL.value: Words(
        "only the site's farewell page was captured", "存檔只有網站的告別頁"
    ),
    PageKind.OUTAGE.value: Words(
        "only the archive's own outage page was captured", "存檔只有檔案館的停機頁"
    ),
    PageKind.ARCHIVE_MESSAGE.value: Words("a message of the archive itself", "檔案館自己的訊息"),
    PageKind.BOT_CHECK.value: Words("a check for robots before the site", "網站前的機械人檢查"),
    PageKind.ERROR_PAGE.value: Words("an error page in the article's place", "錯誤頁代替了文章"),
    PageKind.REDIRECT.value: Words("the stub of a redirect", "只有轉址的殘頁"),
    PageKind.EMPTY.value: Words("a body without any text", "頁面沒有文字"),
    PageKind.FRONT_PAGE.value: Words("the front page of the site", "網站首頁"),
    PageKind.LISTING.value: Words("a listing, or another page of the site", "列表或網站的其他頁"),
    PageKind.IMAGE.value: Words("a picture, or the address of one", "圖片或圖片網址"),
    PageKind.NOT_HTML.value: Words("no HTML at all", "不是網頁"),
    PlaybackFailure.NOT_ARCHIVED.value: Words(
        "the archive has no such capture", "檔案館沒有此存檔"
    ),
    PlaybackFailure.EXCLUDED.value: Words("excluded by the archive", "檔案館不予公開"),
    PlaybackFailure.ROBOTS.value: Words("excluded by robots.txt", "受 robots.txt 限制"),
    PlaybackFailure.ELSEWHERE.value: Words("leads to another page", "轉到別的頁面"),
    PlaybackFailure.LOOP.value: Words("redirects in a circle", "轉址循環"),
    PlaybackFailure.TOO_LARGE.value: Words("larger than any page", "檔案過大"),
    PlaybackFailure.ERROR.value: Words("the archive can't play it", "檔案館無法播放"),
    AttemptResult.UNREADABLE.value: Words("the page fits no rule", "頁面不合任何規則"),
    AttemptResult.CRASHED.value: Words("the page ended the parser", "解析器因頁面而中止"),
    AttemptResult.NO_ANSWER.value: Words("the archive gave no answer", "檔案館沒有回應"),
}
RESULTS = {
    AttemptResult.ARTICLE.value: Words("an article", "是文章"),
    AttemptResult.NOT_ARTICLE.value: Words("another page", "是其他頁面"),
    AttemptResult.UNREADABLE.value: Words("fits no rule", "不合規則"),
    AttemptResult.UNPLAYABLE.value: Words("can't be played", "無法播放"),
    AttemptResult.NO_ANSWER.value: Words("no answer", "沒有回應"),
    AttemptResult.CRASHED.value: Words("ended the parser", "令解析器中止"),
    AttemptResult.STORED.value: Words("stored, not judged", "已儲存，未判斷"),
    NOT_TRIED: Words("listed, never needed", "已列出，無需取用"),
}
FIELDS = {
    "title": Words("title", "標題"),
    "author": Words("author", "作者"),
    "category": Words("category", "欄目"),
    "tags": Words("tags", "標籤"),
    "date": Words("date", "日期"),
    "last_updated": Words("last update", "最後更新"),
    "box": Words("author box", "作者欄"),
    "promo": Words("promo", "募款呼籲"),
}
TOPICS = {
    "categories": Words("Categories", "欄目"),
    "authors": Words("Authors", "作者"),
    "tags": Words("Tags", "標籤"),
}


def of_status(status: str) -> Words:
    """Return what a status is called."""
    return STATUSES.get(status, Words(status, status))


def of_reason(status: str, reason: str) -> Words:
    """Return what a reason means; one that nobody foresaw stands for itself."""
    if not reason:
        return Words("", "") if status == ArticleStatus.WRITTEN else of_status(status)
    return REASONS.get(reason, Words(reason, reason))
