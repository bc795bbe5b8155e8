"""What can be wrong with one file of an archive of articles: its bytes in, names of defects out.

The names up to `MOJIBAKE_PTCP154` are those that the defects of the reference archive are listed
under (facts/format.md 6); the others are our own.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b
from typing import Self

from normalise import BadCapture, Capture, PageKind
from normalise.page.kinds import kind_by_address
from scraper.corpus.article_text import ArticleText, parse_article
from scraper.corpus.completeness import is_article
from scraper.verify.duplicate_text import has_duplicate_text


class Defect(StrEnum):
    """The name of a defect; `.words` says what it is."""

    words: str

    def __new__(cls, value: str, words: str) -> Self:
        """Return the name with its words beside it."""
        self = str.__new__(cls, value)
        self._value_ = value
        self.words = words
        return self

    # No article at all (6.1, 6.2).
    FAREWELL = "farewell", "the site's farewell page, saved as an article"
    OUTAGE = "outage", "the archive's outage page, saved as an article"
    NO_H1 = "no_h1", "no headline"
    NO_CONTENT = "no_content", "no content but appeal and author box"
    # What the file says of the article (6.4, 6.5, 6.10, 2.6).
    NO_DATE = "no_date", "no date"
    NO_AUTHOR = "no_author", "no author"
    OTHER_CAPTURE = "other_capture", "the text is of another capture than url names"
    ORIGINAL_URL_CUT = "original_url_cut", "original_url is not the address in url"
    SLUG_FFFD = "slug_fffd", "characters lost in the address"
    SLUG_DOUBLE_ENCODED = "slug_double_encoded", "address percent-encoded more than once"
    URL_IS_IMAGE = "url_is_image", "address of a picture"
    # The form of the file (6.10).
    YAML_INVALID = "yaml_invalid", "front matter is no valid YAML"
    CRLF = "crlf", "line ends other than LF"
    # Addresses and links (6.7, 6.8).
    EMAIL_HIDDEN_BIO = "email_hidden_bio", "hidden e-mail address in the author box"
    EMAIL_HIDDEN_TEXT = "email_hidden_text", "hidden e-mail address in the text"
    LINK_RELATIVE_TO_ARCHIVE = "link_relative_to_archive", "link that works at the archive only"
    LINK_NOT_REWRITTEN = "link_not_rewritten", "link that leads into no archive"
    # The content (6.6, 6.9, 6.10).
    EMPTY_HEADING = "empty_heading", "heading without text"
    FIGURE_NO_SRC = "figure_no_src", "picture without address"
    TEXT_TWICE = "text_twice", "text repeated right after itself"
    TEXT_FFFD = "text_fffd", "characters lost in the text (U+FFFD)"
    CONTROL_CHARS_TEXT = "control_chars_text", "control characters in the text"
    MOJIBAKE_PTCP154 = "mojibake_ptcp154", "UTF-8 read as PTCP154"
    # Our own.
    ALIAS = "alias", "the same text as a later article"
    GAP = "gap", "no file of this id"
    UNREADABLE = "unreadable", "can't be read as an article file"
    BAD_NAME = "bad_name", "named like an article, but not article_<id>.md"
    WRONG_ID = "wrong_id", "url names another article"
    ID_TWICE = "id_twice", "two files of this id"


# Files that hold no article, or not the one that they are named for.
NO_ARTICLE = frozenset(
    {
        *(Defect.FAREWELL, Defect.OUTAGE, Defect.NO_H1, Defect.NO_CONTENT),
        *(Defect.UNREADABLE, Defect.BAD_NAME, Defect.WRONG_ID, Defect.ID_TWICE),
    }
)

# Headlines without their blanks.
_OTHER_PAGES = {"眾新聞告別感謝讀者": Defect.FAREWELL, "TemporarilyOffline": Defect.OUTAGE}

_FFFD_ENCODED = "%EF%BF%BD"
# The first two bytes of a character in UTF-8, the percent sign of each encoded again.
_ENCODED_AGAIN = re.compile(r"%25(?:25)*[C-F][0-9A-F]%25(?:25)*[89AB][0-9A-F]", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_HIDDEN = re.compile(r"\[email[\xa0 ]protected\]")
# No text and no address goes on behind where the next begins: the rest of a long line would be
# read again for each of them.
_ALT = r"!\[(?:(?!!\[)[^\]\n])*\]"
_HIDDEN_LINK = re.compile(r"\]\((?:(?!\]\()[^)\s])*?/cdn-cgi/l/email-protection\b")
# A picture is no link, but may stand in one.
_PICTURE = re.compile(rf"{_ALT}\((?:(?!\]\()[^)\n])*\)")
_RELATIVE_LINK = re.compile(r"\]\(/(?!/)")
_NO_LINK = re.compile(
    r"\]\((?!(?:https?:)?//web\.archive\.org/web/|/web/|mailto:|tel:|sms:)", re.IGNORECASE
)
# Only blanks, breaks, marks and characters without width up to the end of the block.
_EMPTY_HEADING = re.compile(
    r"^(?:> )?#{2,6} (?:[ *\u200b-\u200f\u2060\ufeff]|\n(?!\n))*(?=\n\n|\Z)", re.MULTILINE
)
_NO_SOURCE = re.compile(rf'<img src="" |{_ALT}\(\)')
# Addresses that only the archive's own rewriting makes: of pictures, frames and of the same site.
_SHOWN = re.compile(
    r'(?:(?:src="|!\[(?:(?!\]\(|!\[)[^\n])*\]\()(?:(?:https:)?//web\.archive\.org)?/web/(\d{14})i[mf]_/'
    r"|\]\(/web/(\d{14})/)"
)
_LINKED = re.compile(r"\]\(https://web\.archive\.org/web/(\d{14})/")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_WHEN_AND_HOST = re.compile(r"(?<=/web/)\d{14}|(?<=//)www\.(?=hkcnews\.com)")
# Tests of the CMS of a few characters under different titles are not the same article.
_LONGEST_BY_CHANCE = 100
_DIGEST_BYTES = 16


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with one file; `why` says more where it is unreadable.

    `digest` is the same for files with the same text, whenever and on whichever host they were
    captured, and `None` for those without one.
    """

    defects: frozenset[Defect]
    digest: bytes | None = None
    reason: str = ""


def examine(data: bytes, article_id: int) -> Finding:
    """Return what is wrong with the bytes of the file of an article; nothing is raised."""
    whole = data.decode("utf-8", "replace")
    parts = parse_article(whole)
    if parts is None:
        return _unreadable("it has no front matter")
    try:
        capture = Capture.from_url(parts.fields.get("url", ""))
    except BadCapture:
        return _unreadable("its front matter names no capture in url")
    has_article = is_article(whole)
    found = _in_address(parts, capture) | _in_text(parts)
    if capture.article_id != article_id:
        found.add(Defect.WRONG_ID)
    if parts.fault or data.startswith(codecs.BOM_UTF8):  # no file of the format has one (1.2)
        found.add(Defect.YAML_INVALID)
    if b"\r" in data:
        found.add(Defect.CRLF)
    if "\ufffd" in whole:
        found.add(Defect.TEXT_FFFD)
    found |= _in_article(parts, capture) if has_article else {_other_page(parts)}
    return Finding(frozenset(found), _digest(parts) if has_article else None)


def _unreadable(why: str) -> Finding:
    return Finding(frozenset({Defect.UNREADABLE}), reason=why)


def _other_page(parts: ArticleText) -> Defect:
    """What a file without an article holds instead (facts/format.md 6.1, 6.2)."""
    headline = "".join(parts.fields.get("title", "").split())
    if not headline:
        return Defect.NO_H1
    if parts.fields.get("date") or parts.fields.get("author"):
        return Defect.NO_CONTENT
    return _OTHER_PAGES.get(headline, Defect.NO_CONTENT)


def _in_address(parts: ArticleText, capture: Capture) -> set[Defect]:
    """What is wrong with the address of a capture (facts/format.md 2.6)."""
    found = set()
    if _FFFD_ENCODED in capture.original.upper():
        found.add(Defect.SLUG_FFFD)
    if _ENCODED_AGAIN.search(capture.original):
        found.add(Defect.SLUG_DOUBLE_ENCODED)
    if kind_by_address(capture) is PageKind.IMAGE:
        found.add(Defect.URL_IS_IMAGE)
    if parts.fields.get("original_url") != capture.original:
        found.add(Defect.ORIGINAL_URL_CUT)
    return found


def _in_text(parts: ArticleText) -> set[Defect]:
    """What is wrong with the text of a file, be it an article's or not."""
    found = set()
    if _CONTROL.search(parts.text) or _CONTROL.search(parts.bio):
        found.add(Defect.CONTROL_CHARS_TEXT)
    if _HIDDEN.search(parts.bio):
        found.add(Defect.EMAIL_HIDDEN_BIO)
    if _HIDDEN.search(parts.fields.get("title", "") + parts.text) or _HIDDEN_LINK.search(
        parts.text
    ):
        found.add(Defect.EMAIL_HIDDEN_TEXT)
    if _NO_SOURCE.search(parts.content):
        found.add(Defect.FIGURE_NO_SRC)
    links = _PICTURE.sub("", parts.content)
    if _RELATIVE_LINK.search(links):
        found.add(Defect.LINK_RELATIVE_TO_ARCHIVE)
    if _NO_LINK.search(links):
        found.add(Defect.LINK_NOT_REWRITTEN)
    if _EMPTY_HEADING.search(parts.content):
        found.add(Defect.EMPTY_HEADING)
    if has_duplicate_text(parts.content):
        found.add(Defect.TEXT_TWICE)
    if _is_mojibake(parts):
        found.add(Defect.MOJIBAKE_PTCP154)
    return found


def _in_article(parts: ArticleText, capture: Capture) -> set[Defect]:
    """What is missing of a file that does hold an article, or is another capture's."""
    found = set()
    if not parts.fields.get("title"):
        found.add(Defect.NO_H1)
    if not parts.fields.get("date"):
        found.add(Defect.NO_DATE)
    if not parts.fields.get("author"):
        found.add(Defect.NO_AUTHOR)
    shown = {im or link for im, link in _SHOWN.findall(parts.text)}
    shown = shown or set(_LINKED.findall(parts.text))
    if shown and capture.timestamp not in shown:
        found.add(Defect.OTHER_CAPTURE)
    return found


def _is_mojibake(parts: ArticleText) -> bool:
    """Whether a line becomes Chinese when it is read as it should have been (6.6).

    Line by line: a U+00A0 that was cut off the end of one was half of a character.
    """
    if not _CYRILLIC.search(parts.text):
        return False
    return any(_CHINESE.search(_read_again(line)) for line in parts.text.split("\n"))


def _read_again(line: str) -> str:
    try:
        return line.encode("ptcp154").decode("utf-8")
    except UnicodeError:
        return ""


def _digest(parts: ArticleText) -> bytes:
    """The same for the same content; of a few words the title has to be the same too."""
    content = _WHEN_AND_HOST.sub("", parts.content).strip()
    if len(content) <= _LONGEST_BY_CHANCE:
        content = f"{parts.fields.get('title', '')}\n{content}"
    return blake2b(content.encode("utf-8"), digest_size=_DIGEST_BYTES).digest()
