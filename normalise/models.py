"""An article with its structure: what every edition is rendered from. Everything is frozen."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from normalise.capture import Capture
from normalise.tree import Flow


@dataclass(frozen=True, slots=True)
class AuthorBox:
    """The box about the author that stands under every article that is not news (眾聞)."""

    label: str
    name: str
    avatar: str
    bio: str


@dataclass(frozen=True, slots=True)
class Provenance:
    """How an article was read.

    `form` is "raw" or "view", `charset` the Python name of the codec used, `rules` maps each
    field to the rule that found it, in words, and `warnings` has a sentence for each oddity.
    """

    form: str
    charset: str
    rules: dict[str, str]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Article:
    """One article as one capture shows it.

    `last_updated` is Hong Kong time as printed, without a zone. `author`, `category` and `tags`
    are as printed; the first two are "" where the page does not say. `promo` is the appeal of
    the page template under the body, from its rule on: it depends on the time of the capture, not
    on the article.
    Two articles are equal if they say the same, however it was found: `provenance` does not count.
    """

    capture: Capture
    title: str
    date: dt.date | None
    last_updated: dt.datetime | None
    author: str
    category: str
    tags: tuple[str, ...]
    body: Flow
    promo: Flow = ()
    box: AuthorBox | None = None
    provenance: Provenance | None = field(default=None, compare=False, repr=False)

    @property
    def warnings(self) -> tuple[str, ...]:
        """A sentence for each oddity of the page."""
        return self.provenance.warnings if self.provenance else ()

    @property
    def id(self) -> int:
        """The number in the captured address, by which the article is known."""
        number = self.capture.article_id
        assert number is not None, "extract() makes articles of article addresses only"
        return number
