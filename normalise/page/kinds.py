"""Pages that are no articles, by structure and content (docs/site.md 3, docs/wayback.md 2.6).

`kind_by_address` and `kind_by_bytes` need no parsing. `kind_by_structure` is asked only about a
page that lacks what every article has, so an article may hold any of the words below. A page of no
known kind is not refused here: it is unreadable, and somebody must look at it.
"""

from __future__ import annotations

import codecs
import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from normalise.capture import Capture
from normalise.errors import PageKind
from normalise.page.dom import MAX_DEPTH, TEXT, UNSHOWN_TAGS, classes
from normalise.site import CARD_CLASSES, FAREWELL_HEADLINE, OUTAGE_HEADLINE, squeezed

# --- by address -----------------------------------------------------------------------------

_IMAGE_ADDRESS = re.compile(r"/images?/[^/]*\.(?:svg|png|jpe?g|gif|webp|ico)$", re.IGNORECASE)
# The farewell page's own picture; 158 captures in the reference archive are of its address.
_FAREWELL_IMAGE = "HKCNEWS-text-white.svg"


def kind_by_address(capture: Capture) -> PageKind | None:
    """Return what the captures of an address are that is no article's, `None` where one may be."""
    if _IMAGE_ADDRESS.search(capture.path):
        return PageKind.IMAGE
    if capture.article_id is not None:
        return None
    return PageKind.FRONT_PAGE if capture.is_of_site and capture.path == "/" else PageKind.LISTING


# --- by bytes -------------------------------------------------------------------------------

_IMAGE_BYTES = (b"\x89PNG\r\n", b"GIF87a", b"GIF89a", b"\xff\xd8\xff", b"RIFF", b"\0\0\1\0")
_OTHER_BYTES = (b"%PDF-", b"PK\3\4", b"{", b"[")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_BLANK = b" \t\r\n\f\0\xef\xbb\xbf"
_SVG = re.compile(rb"(?:<\?xml[^>]*>|<!--.*?-->|<!DOCTYPE svg[^>]*>|\s)*<svg\b", re.DOTALL)
_TAG = re.compile(rb"<[a-zA-Z!/]")


def kind_by_bytes(html: bytes) -> PageKind | None:
    """Return what these bytes are that are no page at all, `None` where they may be one."""
    start = html[:2048].lstrip(_BLANK)
    if not start and not html.strip(_BLANK):
        return PageKind.EMPTY
    if html.startswith(_UTF16):
        return None
    if html.startswith(_IMAGE_BYTES) or _SVG.match(start):
        return PageKind.IMAGE
    if not start.startswith(_OTHER_BYTES) and _TAG.search(html):
        return None
    is_message = _mentions(_ARCHIVE_MESSAGES, start.decode("utf-8", "replace"))
    return PageKind.ARCHIVE_MESSAGE if is_message else PageKind.NOT_HTML


# --- by structure ---------------------------------------------------------------------------

_TITLE_PREFIX = "眾新聞 - "
# Words that stand on articles only, and on none of the pages below.
_ARTICLE_TRACES = re.compile(r"(?:撰文|發佈日期|Author|Publish Date)\s*[:：]")
# Each is from a recorded answer of the archive (docs/wayback.md 2.5 to 2.9).
_ARCHIVE_MESSAGES = (
    r"The Wayback Machine has not archived that URL",
    r"Wayback Machine doesn.t have that page archived",
    r"has been excluded from the Wayback Machine",
    r"cannot be (?:crawled or )?displayed due to robots\.txt",
    r"Got an? HTTP 3\d\d response at crawl time",
    r"suspected abusive bot traffic",
    r"cannot be displayed due to an internal error",
    r"Blocked (?:Site Error|By Robots)",
    r"This type of CDX query requires authorization",
    r"archive\.wayback\.exception\.",
)
_ARCHIVE_TITLE = re.compile(r"(?:Internet Archive\s*[:：]?\s*)?Wayback Machine\b", re.IGNORECASE)
_BOT_CHECK = (
    "#challenge-form, #cf-challenge-running, #challenge-running, #cf-please-wait, "
    ".cf-browser-verification, .cf-im-under-attack, .cf-captcha-container, .g-recaptcha, "
    '.h-captcha, form[action*="__cf_chl"], [data-translate="checking_browser"]'
)
_BOT_TITLES = (
    r"Just a moment\.\.\.",
    r"Attention Required! \| Cloudflare",
    r"Please Wait\.\.\. \| Cloudflare",
    r"DDoS-GUARD",
    r"Checking your browser",
)
_PROXY_ERROR = "#cf-error-details, .cf-error-details, .cf-error-code, .cf-error-overview"
_ERROR_HEADLINES = (
    r"(?:HTTP |Error |ERROR:? )?[45]\d\d(?:\b|$)",
    r"(?:Page )?Not Found",
    r"Bad Gateway|Gateway Time-?out|Service (?:Temporarily )?Unavailable|Forbidden|Access Denied",
    r"(?:Internal )?Server Error|Too Many Requests|Page Expired|Be right back",
    r"Whoops, looks like something went wrong",
    r"Sorry, the page you are looking for could not be found",
    r"(?:找不到|沒有找到|未能找到)(?:此|該|您要找的|你要找的)?(?:頁面|網頁|文章)|(?:頁面|網頁|文章)不存在",
)
_REDIRECT_HEADLINES = (r"Redirecting to ", r"30[12378] ", r"Moved Permanently", r"Object moved")
_CARDS = ", ".join(f".{name}" for name in sorted(CARD_CLASSES))
_FRONT_PAGE = "body#Landing, input[name=ajax_url][value='/data/allposts']"
_SENT_ON = re.compile(r"\blocation(?:\.href)?\s*=\s*[\"']|\blocation\.(?:replace|assign)\(")
# Everything on a page of the site that is not its own text, by tag, by class and by id.
_FURNITURE_TAGS = UNSHOWN_TAGS | {"nav", "header", "footer"}
_FURNITURE = frozenset(
    {
        *("navigation", "nav-overlay", "header", "footer", "head", "grid"),
        *CARD_CLASSES,
        *("wm-ipp-base", "donato"),
    }
)
_HEADLINES = "title, h1, h2, .title, .message, .code"
# A page with more text of its own than this is not just a headline: an error page of the site
# in its own template has a sentence or two.
_MAX_MESSAGE = 400


def kind_by_structure(tree: LexborHTMLParser) -> PageKind | None:
    """Return which of the known pages this one is, `None` where it is none of them."""
    body = tree.body
    if body is None:  # a page of frames
        return None
    has_cards = tree.css_first(_CARDS) is not None
    is_front = tree.css_first(_FRONT_PAGE) is not None
    sends_on = any(_SENT_ON.search(node.text() or "") for node in tree.css("script"))
    has_picture = tree.css_first("body img, body picture, body iframe") is not None
    headlines = [_headline(node) for node in tree.css(_HEADLINES)]
    is_farewell = any(_is_farewell_headline(node) for node in tree.css("h1"))
    parts: list[str] = []
    _collect_text(body, parts, 0)
    text = _squeezed(" ".join(parts))
    if _ARTICLE_TRACES.search(text):
        return None
    if sends_on and not text:
        return PageKind.REDIRECT
    if is_farewell and _has_no_content(tree, text):
        return PageKind.FAREWELL
    return _message(tree, headlines, text) or _furniture_only(
        text, headlines, has_cards=has_cards, is_front=is_front, has_picture=has_picture
    )


def _message(tree: LexborHTMLParser, headlines: list[str], text: str) -> PageKind | None:
    """A page whose only matter is a message, by its headline and its length."""
    title = headlines[0] if headlines else ""
    is_short = len(text) <= _MAX_MESSAGE
    if any(OUTAGE_HEADLINE in squeezed(headline) for headline in headlines) and (
        is_short or "Internet Archive" in title
    ):
        return PageKind.OUTAGE
    if _ARCHIVE_TITLE.match(title) or (is_short and _mentions(_ARCHIVE_MESSAGES, text)):
        return PageKind.ARCHIVE_MESSAGE
    if tree.css_first(_BOT_CHECK) is not None or _begin_with(_BOT_TITLES, headlines):
        return PageKind.BOT_CHECK
    if tree.css_first(_PROXY_ERROR) is not None:
        return PageKind.ERROR_PAGE
    if not is_short:
        return None
    if _begin_with(_REDIRECT_HEADLINES, headlines) or _is_refresh(tree):
        return PageKind.REDIRECT
    if _begin_with(_ERROR_HEADLINES, headlines) or _begin_with(_ERROR_HEADLINES, [text]):
        return PageKind.ERROR_PAGE
    return None


def _furniture_only(
    text: str, headlines: list[str], *, has_cards: bool, is_front: bool, has_picture: bool
) -> PageKind | None:
    if len(text) > _MAX_MESSAGE:
        return None
    if is_front:
        return PageKind.FRONT_PAGE
    if has_cards:
        return PageKind.LISTING
    return None if text or has_picture or any(headlines) else PageKind.EMPTY


def _is_farewell_headline(h1: LexborNode) -> bool:
    return squeezed(h1.text() or "") == FAREWELL_HEADLINE


def _has_no_content(tree: LexborHTMLParser, text: str) -> bool:
    """Whether nothing of an article is there; 49873 is an article with the farewell's title."""
    if tree.css_first(f'img[src*="{_FAREWELL_IMAGE}"]') is not None:
        return True
    return len(text) <= _MAX_MESSAGE and tree.css_first("figure, iframe, blockquote") is None


def _is_refresh(tree: LexborHTMLParser) -> bool:
    return tree.css_first('meta[http-equiv="refresh" i]') is not None


def _collect_text(node: LexborNode, parts: list[str], depth: int) -> None:
    """The page's own texts; below the depth that any page has, with all that is there."""
    for child in node.iter(include_text=True, skip_empty=True):
        if child.tag == TEXT:
            parts.append(child.text_content or "")
        elif depth == MAX_DEPTH:
            parts.append(child.text() or "")
        elif child.tag not in _FURNITURE_TAGS and _FURNITURE.isdisjoint(_names(child)):
            _collect_text(child, parts, depth + 1)


def _names(node: LexborNode) -> list[str]:
    return [*classes(node), node.attributes.get("id") or ""]


def _mentions(phrases: tuple[str, ...], text: str) -> bool:
    return any(re.search(phrase, text, re.IGNORECASE) for phrase in phrases)


def _begin_with(phrases: tuple[str, ...], headlines: list[str]) -> bool:
    return any(
        re.match(phrase, headline, re.IGNORECASE) for phrase in phrases for headline in headlines
    )


def _headline(node: LexborNode) -> str:
    return _squeezed(node.text()).removeprefix(_TITLE_PREFIX)


def _squeezed(text: str | None) -> str:
    return " ".join((text or "").split())
