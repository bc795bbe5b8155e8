"""Every error that this package raises, and what to do next.

HkcnewsError             the root of these and of those in scraper/errors.py
└── NormaliseError
    ├── BadCapture       the capture's timestamp or address can't be one: correct the call
    ├── NotAnArticle     the page is something else, known: try another capture (.kind)
    ├── Unreadable       the page fits no rule: somebody must look at it (.missing)
    ├── Unrenderable     the edition can't hold the article: take another, or look at the page
    └── RefusedPath      the file would lie outside the archive: correct the id or the folder
"""

from __future__ import annotations

from enum import StrEnum


class PageKind(StrEnum):
    """What a page is that is no article; the value is the word shown to people."""

    FAREWELL = "farewell"
    OUTAGE = "outage"
    ARCHIVE_MESSAGE = "archive-message"
    BOT_CHECK = "bot-check"
    ERROR_PAGE = "error-page"
    REDIRECT = "redirect"
    EMPTY = "empty"
    FRONT_PAGE = "front-page"
    LISTING = "listing"
    IMAGE = "image"
    NOT_HTML = "not-html"


_MEANING = {
    PageKind.FAREWELL: "the site's farewell page, which answers for every address from 2023 on",
    PageKind.OUTAGE: "the archive's own page for times when it is down",
    PageKind.ARCHIVE_MESSAGE: "a message of the archive itself, not a captured page",
    PageKind.BOT_CHECK: "a check for robots that stood before the site",
    PageKind.ERROR_PAGE: "an error page of the site or its proxy, captured in the article's place",
    PageKind.REDIRECT: "the stub of a redirect",
    PageKind.EMPTY: "a body without any text",
    PageKind.FRONT_PAGE: "the front page of the site",
    PageKind.LISTING: "a listing or another page that is no article",
    PageKind.IMAGE: "a picture, or an address of one",
    PageKind.NOT_HTML: "no HTML at all",
}


class HkcnewsError(Exception):
    """The root of all errors of the project, those of `scraper` included."""


class NormaliseError(HkcnewsError):
    """The root: whatever this package refuses to do."""


class BadCapture(NormaliseError):
    """The timestamp or the address given for a capture can't be those of one."""


class NotAnArticle(NormaliseError):
    """The page is one of the known pages that are no article; another capture may be one."""

    def __init__(self, kind: PageKind, url: str) -> None:
        super().__init__(f"{_MEANING[kind]}: {url}; try another capture")
        self.kind = kind
        self.url = url

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.kind, self.url)


class Unreadable(NormaliseError):
    """The page looks like an article but fits no rule.

    `missing` names what was not found; `clues` are the headlines and the elements with most text,
    a line each, for whoever writes the rule.
    """

    def __init__(self, missing: str, url: str, clues: tuple[str, ...] = ()) -> None:
        super().__init__(
            f"no rule finds the {missing} of this page: {url}; "
            "look at it with `hkcnews inspect`: the site may have had a template not yet known"
        )
        self.missing = missing
        self.url = url
        self.clues = clues

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.missing, self.url, self.clues)


class Unrenderable(NormaliseError):
    """The article was read, and an edition can't hold it: the file would be far too large."""

    def __init__(self, what: str, url: str) -> None:
        super().__init__(
            f"the article holds {what}, which the file can't: {url}; "
            "look at it with `hkcnews inspect`: no page of the site is known to be so"
        )
        self.what = what
        self.url = url

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.what, self.url)


class RefusedPath(NormaliseError):
    """The file asked for would not lie inside the archive's folder."""
