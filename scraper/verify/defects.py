"""What can be wrong with one file of an archive of articles: its bytes in, names of defects out.

docs/archive-defects.md has every defect, how it is recognised, and how often a published archive
has it. Most names up to `MOJIBAKE_PTCP154` were first used for the defects of that archive.
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
from normalise.playback_address import ARCHIVE, ARCHIVE_ORIGIN, TIMESTAMP
from normalise.site import FAREWELL_HEADLINE, OUTAGE_HEADLINE, squeezed
from scraper.corpus.completeness import has_article
from scraper.corpus.document import ArticleDocument, Part
from scraper.corpus.files import with_unix_line_ends
from scraper.verify.character_references import has_broken_address
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

    # No article (docs/archive-defects.md 1).
    FAREWELL = "farewell", "the site's farewell page, saved as an article"
    OUTAGE = "outage", "the archive's outage page, saved as an article"
    NO_H1 = "no_h1", "no headline"
    NO_CONTENT = "no_content", "no content but appeal and author box"
    # Fields (2).
    NO_DATE = "no_date", "no date"
    NO_AUTHOR = "no_author", "no author"
    NO_CATEGORY = "no_category", "no category"
    NO_TAGS = "no_tags", "no tags"
    OTHER_CAPTURE = "other_capture", "the text is of another capture than url names"
    ORIGINAL_URL_CUT = "original_url_cut", "original_url is not the address in url"
    SLUG_FFFD = "slug_fffd", "characters lost in the address"
    SLUG_DOUBLE_ENCODED = "slug_double_encoded", "address percent-encoded more than once"
    URL_IS_IMAGE = "url_is_image", "address of a picture"
    # Form (3).
    YAML_INVALID = "yaml_invalid", "front matter is no valid YAML"
    CRLF = "crlf", "line ends other than LF"
    # Addresses and links (4).
    EMAIL_HIDDEN_BIO = "email_hidden_bio", "hidden e-mail address in the author box"
    EMAIL_HIDDEN_TEXT = "email_hidden_text", "hidden e-mail address in the text"
    LINK_RELATIVE_TO_ARCHIVE = "link_relative_to_archive", "link that works at the archive only"
    LINK_NOT_REWRITTEN = "link_not_rewritten", "link that leads into no archive"
    LINK_BROKEN = "link_broken", "address that a careless HTML reader broke"
    # Content (5).
    EMPTY_HEADING = "empty_heading", "heading without text"
    FIGURE_NO_SRC = "figure_no_src", "picture without address"
    TEXT_TWICE = "text_twice", "text repeated right after itself"
    TEXT_FFFD = "text_fffd", "characters lost in the text (U+FFFD)"
    CONTROL_CHARS_TEXT = "control_chars_text", "control characters in the text"
    MOJIBAKE_PTCP154 = "mojibake_ptcp154", "UTF-8 read as PTCP154"
    TEXT_LEFT_OUT = "text_left_out", "much of the page's text is not in the file"
    # Not in the list of that archive: of the whole archive (6), and unreadable (3), wrong_id (2).
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

_OTHER_PAGES = {FAREWELL_HEADLINE: Defect.FAREWELL, OUTAGE_HEADLINE: Defect.OUTAGE}

_FFFD_ENCODED = "%EF%BF%BD"
# The first two bytes of a character in UTF-8, the percent sign of each encoded again.
_ENCODED_AGAIN = re.compile(r"%25(?:25)*[C-F][0-9A-F]%25(?:25)*[89AB][0-9A-F]", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_HIDDEN_ADDRESS = re.compile(r"\[email[\xa0 ]protected\]")
# No text and no address runs on past the place where the next begins. Otherwise the rest of a long
# line would be read again for each of them.
_ALT = r"!\[(?:(?!!\[)[^\]\n])*\]"
_HIDING_LINK = re.compile(r"\]\((?:(?!\]\()[^)\s])*?/cdn-cgi/l/email-protection\b")
# A picture is no link, but may stand in one.
_PICTURE = re.compile(rf"{_ALT}\((?:(?!\]\()[^)\n])*\)")
_RELATIVE_LINK = re.compile(r"\]\(/(?!/)")
_NO_LINK = re.compile(rf"\]\((?!{ARCHIVE_ORIGIN}/web/|/web/|mailto:|tel:|sms:)", re.IGNORECASE)
# Only blanks, breaks, marks and characters without width up to the end of the block.
_EMPTY_HEADING = re.compile(
    r"^(?:> )?#{2,6} (?:[ *\u200b-\u200f\u2060\ufeff]|\n(?!\n))*(?=\n\n|\Z)", re.MULTILINE
)
_NO_SOURCE = re.compile(rf'<img src="" |{_ALT}\(\)')
# Addresses that only the archive's own rewriting makes: of pictures, frames and of the same site.
_REWRITTEN = re.compile(
    r'(?:src="|!\[(?:(?!\]\(|!\[)[^\n])*\]\()'
    rf"(?:{ARCHIVE_ORIGIN})?/web/({TIMESTAMP})i[mf]_/"
    rf"|\]\(/web/({TIMESTAMP})/"
)
_LINK_INTO_ARCHIVE = re.compile(rf"\]\({re.escape(ARCHIVE)}/web/({TIMESTAMP})/")
# Anything but blanks, and the signs of a list and of an empty value.
_TAG = re.compile(r"[^\s\-\[\]\"']")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_TIME_AND_HOST = re.compile(rf"(?<=/web/){TIMESTAMP}|(?<=//)www\.(?=hkcnews\.com)")
# Tests of the CMS hold a few characters under different titles: those are not the same article.
_MAX_LENGTH_BY_CHANCE = 100
_DIGEST_BYTES = 16


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with one file; `reason` says more where it is unreadable.

    `digest` is the same for files with the same text, whenever and on whichever host they were
    captured, and `None` for those without one.
    """

    defects: frozenset[Defect]
    digest: bytes | None = None
    reason: str = ""


def examine(data: bytes, article_id: int) -> Finding:
    """Return what is wrong with the bytes of the file of an article; nothing is raised."""
    text = data.decode("utf-8", "replace")
    document = ArticleDocument.parse(with_unix_line_ends(text))
    if not document.has_front_matter:
        return unreadable("it has no front matter")
    try:
        capture = Capture.from_url(document.values.get("url", ""))
    except BadCapture:
        return unreadable("its front matter names no capture in url")
    defects = _of_bytes(data, text, document) | _of_address(document, capture) | _of_text(document)
    if capture.article_id != article_id:
        defects.add(Defect.WRONG_ID)
    if not has_article(document):
        return Finding(frozenset(defects | {_other_page(document)}))
    return Finding(frozenset(defects | _of_article(document, capture)), text_digest(document))


def unreadable(reason: str) -> Finding:
    """Return the finding for a file of which nothing more can be said."""
    return Finding(frozenset({Defect.UNREADABLE}), reason=reason)


def _of_bytes(data: bytes, text: str, document: ArticleDocument) -> set[Defect]:
    """What is wrong with the form of a file."""
    defects = set()
    if document.yaml_error or data.startswith(codecs.BOM_UTF8):
        defects.add(Defect.YAML_INVALID)
    if b"\r" in data:
        defects.add(Defect.CRLF)
    if "\ufffd" in text:
        defects.add(Defect.TEXT_FFFD)
    return defects


def _other_page(document: ArticleDocument) -> Defect:
    """What a file without an article holds instead."""
    values = document.values
    headline = squeezed(values.get("title", ""))
    if not headline:
        return Defect.NO_H1
    if values.get("date") or values.get("author"):
        return Defect.NO_CONTENT
    return _OTHER_PAGES.get(headline, Defect.NO_CONTENT)


def _of_address(document: ArticleDocument, capture: Capture) -> set[Defect]:
    """What is wrong with the address of a capture."""
    defects = set()
    if _FFFD_ENCODED in capture.original.upper():
        defects.add(Defect.SLUG_FFFD)
    if _ENCODED_AGAIN.search(capture.original):
        defects.add(Defect.SLUG_DOUBLE_ENCODED)
    if kind_by_address(capture) is PageKind.IMAGE:
        defects.add(Defect.URL_IS_IMAGE)
    if document.values.get("original_url") != capture.original:
        defects.add(Defect.ORIGINAL_URL_CUT)
    return defects


def _of_text(document: ArticleDocument) -> set[Defect]:
    """What is wrong with the text of a file, whether it holds an article or another page."""
    text, bio, content = document.text, document.bio, document.content
    title = document.values.get("title", "")
    links = _PICTURE.sub("", content)
    is_hidden_in_text = _HIDDEN_ADDRESS.search(title + text) or _HIDING_LINK.search(text)
    tests = {
        Defect.CONTROL_CHARS_TEXT: _CONTROL.search(text) or _CONTROL.search(bio),
        Defect.EMAIL_HIDDEN_BIO: _HIDDEN_ADDRESS.search(bio),
        Defect.EMAIL_HIDDEN_TEXT: is_hidden_in_text,
        Defect.FIGURE_NO_SRC: _NO_SOURCE.search(content),
        Defect.LINK_RELATIVE_TO_ARCHIVE: _RELATIVE_LINK.search(links),
        Defect.LINK_NOT_REWRITTEN: _NO_LINK.search(links),
        Defect.LINK_BROKEN: has_broken_address(text),
        Defect.EMPTY_HEADING: _EMPTY_HEADING.search(content),
        Defect.TEXT_TWICE: has_duplicate_text(content),
        Defect.MOJIBAKE_PTCP154: _is_mojibake(text),
    }
    return {defect for defect, is_found in tests.items() if is_found}


def _of_article(document: ArticleDocument, capture: Capture) -> set[Defect]:
    """What is missing from a file that does hold an article, or is of another capture."""
    values = document.values
    tests = {
        Defect.NO_H1: not values.get("title"),
        Defect.NO_DATE: not values.get("date"),
        Defect.NO_AUTHOR: not values.get("author"),
        Defect.NO_CATEGORY: not values.get("category"),
        Defect.NO_TAGS: not _TAG.search(document.piece(Part.TAGS).partition(":")[2]),
        Defect.OTHER_CAPTURE: _is_of_other_capture(document, capture),
    }
    return {defect for defect, is_found in tests.items() if is_found}


def _is_of_other_capture(document: ArticleDocument, capture: Capture) -> bool:
    """Whether the addresses of a text are those of another capture than `url` names."""
    timestamps = {first or second for first, second in _REWRITTEN.findall(document.text)}
    timestamps = timestamps or set(_LINK_INTO_ARCHIVE.findall(document.text))
    return bool(timestamps) and capture.timestamp not in timestamps


def _is_mojibake(text: str) -> bool:
    """Whether a line becomes Chinese when it is read as it should have been.

    It is tried line by line: where a U+00A0 was cut off the end of a line it was half of a
    character, and that line can't be read again.
    """
    if not _CYRILLIC.search(text):
        return False
    return any(_CHINESE.search(_read_again(line)) for line in text.split("\n"))


def _read_again(line: str) -> str:
    """What a line says when its bytes are read as UTF-8, "" where they are none."""
    try:
        return line.encode("ptcp154").decode("utf-8")
    except UnicodeError:
        return ""


def text_digest(document: ArticleDocument) -> bytes:
    """Return a digest of an article's text: the same for the same text, whenever captured.

    Of a few words the title has to be the same too.
    """
    content = _TIME_AND_HOST.sub("", document.content).strip()
    if len(content) <= _MAX_LENGTH_BY_CHANCE:
        content = f"{document.values.get('title', '')}\n{content}"
    return blake2b(content.encode("utf-8"), digest_size=_DIGEST_BYTES).digest()
