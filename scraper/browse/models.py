"""What the pages of the reading room show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class TermKind(StrEnum):
    """What articles are sorted by; the value is the word in addresses."""

    CATEGORY = "category"
    AUTHOR = "author"
    TAG = "tag"


@dataclass(frozen=True, slots=True)
class Entry:
    """An article in a list; `date` is "" where it has none, `teaser` the beginning of its text.

    `picture` is the file of its first picture, "" where none is beside the database.
    """

    id: int
    title: str
    date: str = ""
    category: str = ""
    authors: tuple[str, ...] = ()
    teaser: str = ""
    picture: str = ""


@dataclass(frozen=True, slots=True)
class Term:
    """A category, author or tag, and how many articles have it."""

    id: int
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list: its entries, its number from 1 on, and how many entries there are."""

    entries: tuple[Entry, ...]
    number: int
    total: int
    size: int

    @property
    def last(self) -> int:
        """The number of the last page, 1 of an empty list."""
        return max(1, -(-self.total // self.size))


@dataclass(frozen=True, slots=True)
class NamedCapture:
    """One capture of an article."""

    timestamp: str
    original: str

    @property
    def name(self) -> str:
        """The capture as the archive names it."""
        return f"{self.timestamp}/{self.original}"


@dataclass(frozen=True, slots=True)
class CaptureLine(NamedCapture):
    """One capture: what it was taken for, and whether its text is in the database."""

    result: str = ""
    message: str = ""
    has_text: bool = False
    is_shown: bool = False


@dataclass(frozen=True, slots=True)
class FullArticle:
    """Everything that the page of an article shows; times as the database has them."""

    entry: Entry
    lastmod: str
    markdown: str
    tags: tuple[str, ...]
    archive_url: str
    original_url: str
    captured: str
    box: Mapping[str, str]
    captures: tuple[CaptureLine, ...]
    linked_from: tuple[Entry, ...]
    before: Entry | None
    after: Entry | None


@dataclass(frozen=True, slots=True)
class CapturedText(NamedCapture):
    """The title and text of one capture."""

    title: str
    text: str
