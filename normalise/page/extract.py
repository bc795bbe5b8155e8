"""A page's bytes to an `Article`: one short function a field, the known way first.

What is KNOWN, INFERRED and ASSUMED of the pages is in facts/page.md. Each field has an ordered list
of ways to find it; the report says which was used. Only the title, the info line and the
content are required, and nothing that is ASSUMED.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar
from urllib.parse import unquote

from selectolax.lexbor import LexborNode

from normalise.capture import Capture
from normalise.errors import NotAnArticle, PageKind, Unreadable
from normalise.models import Article, AuthorBox, Flow, Node, Provenance, Rule
from normalise.page import cloudflare_email
from normalise.page.addresses import AddressReader, is_view_form, timestamp_shown
from normalise.page.author_box import CARDS, find_boxes, is_card, read_box
from normalise.page.body import BodyReader
from normalise.page.diagnosis import clues
from normalise.page.dom import (
    MAX_DEPTH,
    TEXT,
    UNSHOWN_TAGS,
    OutOfBounds,
    contains,
    one_line,
    parse,
    self_and_ancestors,
)
from normalise.page.encoding import LOSS, decode
from normalise.page.info_line import (
    FoundValue,
    find_author,
    find_date,
    find_moment,
    info_text,
    looks_like_info_line,
)
from normalise.page.kinds import kind_by_address, kind_by_bytes, kind_by_structure
from normalise.page.promo import split_at_promo
from normalise.site import AUTHOR_BOX_LABELS, CATEGORIES, NEWS, PROMO_OPENINGS, SITE, SITE_KEYWORDS

# --- selectors: the known way first ----------------------------------------------------------

TITLE = "h1"
INFO = ".article-info"
CONTENT = ".article-content"
GROUP = ".group"
# Cards of other articles have headlines, authors and dates of their own (facts/page.md 1.6).
OUTSIDE_CARDS = f":not({CARDS})"
CONTENT_LIKE = (
    ':is([itemprop="articleBody"], [class*="article-content"], #article-content)' + OUTSIDE_CARDS
)
OUTSIDE_NAVIGATION = f":not({CARDS}, nav *, .navigation *, .nav-overlay *)"
HEAD_TITLE = "head title"
OG_TITLE = 'meta[property="og:title"]'
SECTION = 'meta[property="article:section"]'
KEYWORDS = 'meta[name="keywords" i]'
HIDDEN_TAGS = "h2.hidden"
TOOLBAR = "body #wm-ipp-base, body #wm-ipp-print, body #donato"

# --- what the page says ---------------------------------------------------------------------

_CATEGORIES = {category.casefold(): category for category in CATEGORIES}
# The largest page of the corpus has 1,700. The parser takes a second for as many in one another,
# and eleven for 100,000: the time grows with the square.
MAX_TAGS = 30_000
# So does the time that it takes for many attributes of one tag: three seconds for as many. What
# may begin one is counted, wherever it stands, of pages that are large enough to have as many.
MAX_WORDS = 50_000
_WORD = re.compile(rb"[\s/](?=[^\s/])")
_LONGEST_INFO = 400  # characters; the longest of the corpus has 60
_TAG_SEGMENT = re.compile(r"(?P<tags>.+)-\d+")

_T = TypeVar("_T")


def extract(html: bytes, capture: Capture) -> Article:
    """Return the article that a page shows; the raw and the view form give equal articles.

    `html` is the body of the capture as the archive gives it, without content encoding.
    Raises `NotAnArticle` for the known pages that are none, and `Unreadable`, naming the missing
    part, for a page that fits no rule.
    """
    reason = kind_by_address(capture) or kind_by_bytes(html)
    if reason is not None:
        raise NotAnArticle(reason, capture.url)
    if html.count(b"<") > MAX_TAGS:
        raise Unreadable(f"end of the page (more than {MAX_TAGS} tags)", capture.url)
    if len(html) > 2 * MAX_WORDS and _has_more_words(html):
        raise Unreadable(f"end of the page (more than {MAX_WORDS} words)", capture.url)
    return _Page(html, capture).article()


def _has_more_words(html: bytes) -> bool:
    return _first(islice(_WORD.finditer(html), MAX_WORDS, None)) is not None


class _Page:
    """One parsed page and what is known of it so far; lives as long as one call of extract()."""

    def __init__(self, html: bytes, capture: Capture) -> None:
        self.capture = capture
        self.source = decode(html)
        self.warnings = list(self.source.warnings)
        self.rules: dict[str, str] = {}
        self.tree = parse(self.source.parsed)
        self.view = is_view_form(html, capture)
        if self.view:
            self._enter_view_form(html)
        self.addresses = AddressReader(capture, view=self.view)

    def _enter_view_form(self, html: bytes) -> None:
        for node in reversed(self.tree.css(TOOLBAR)):  # what is inside another one first
            node.decompose()
        shown = timestamp_shown(html)
        if shown is not None and shown != self.capture.timestamp:
            self.warnings.append(
                f"the page shows the capture of {shown}, it was given as {self.capture.timestamp}"
            )

    def article(self) -> Article:
        info, content = self._parts()
        try:
            return self._article(info, content)
        except OutOfBounds as error:
            raise Unreadable(str(error), self.capture.url, clues(self.tree)) from None

    def _parts(self) -> tuple[LexborNode, LexborNode]:
        """The two elements that every article has. Raises `NotAnArticle`, `Unreadable`."""
        info, content = self._info(), self._content()
        if info is not None and content is not None:
            return info, content
        reason = kind_by_structure(self.tree)
        if reason is not None and (content is None or reason is PageKind.FAREWELL):
            raise NotAnArticle(reason, self.capture.url)
        parts = (("info line", info), ("content", content), ("title", self._title("", content)))
        missing = " and ".join(name for name, part in parts if not part)
        raise Unreadable(missing, self.capture.url, clues(self.tree))

    def _article(self, info: LexborNode, content: LexborNode) -> Article:
        line = info_text(info)
        category = self._category()
        named = find_author(line)
        author = self._taken("author", named) if named is not None else ""
        box_node, box = self._box(content, author, category)
        if not author and box is not None:
            self._found("author", "author box", "the info line names no author; the box does")
            author = box.name
        elif not author:
            self.warnings.append("no author is named")
        title = self._title(author, content)
        if not title:
            raise Unreadable("title", self.capture.url, clues(self.tree))
        body, promo = self._body(content, box_node)
        return Article(
            capture=self.capture,
            title=title,
            date=self._taken("date", find_date(line)),
            last_updated=self._last_updated(line, info, content),
            author=author,
            category=category,
            tags=self._tags(),
            body=body,
            promo=promo,
            box=box,
            provenance=Provenance(
                form="view" if self.view else "raw",
                charset=self.source.charset,
                rules=self.rules,
                warnings=tuple(self.warnings),
            ),
        )

    def _found(self, field: str, rule: str, *odd: str) -> None:
        self.rules[field] = rule
        self.warnings.extend(odd)

    def _taken(self, field: str, found: FoundValue[_T]) -> _T:
        self.warnings.extend(found.warnings)
        if found.value is not None:
            self.rules[field] = found.rule
        return found.value

    # --- the parts -----------------------------------------------------------------------

    def _info(self) -> LexborNode | None:
        node = self.tree.css_first(INFO + OUTSIDE_CARDS)
        if node is not None and not (node.text() or "").strip():
            known = self.tree.css(INFO + OUTSIDE_CARDS)
            node = _first(other for other in known if (other.text() or "").strip()) or node
        if node is not None:
            self._found("info line", INFO)
            return node
        node = self._smallest_like_info()
        if node is not None:
            self._found("info line", "its words", f"no element has the class of {INFO}")
        return node

    def _smallest_like_info(self) -> LexborNode | None:
        """The smallest element with the label of the author and a date behind it."""
        node, inner = None, self.tree.body
        for _ in range(MAX_DEPTH):  # each step reads all the text that is inside
            if inner is None or not _is_like_info(inner):
                break
            node = inner
            inner = _first(child for child in node.iter() if _is_like_info(child))
        return node if node is not None and len(node.text() or "") < _LONGEST_INFO else None

    def _content(self) -> LexborNode | None:
        known = self.tree.css_first(CONTENT + OUTSIDE_CARDS)
        if known is not None:
            self._found("content", CONTENT)
            return known if _is_filled(known) else self._filled_one(known)
        like = self.tree.css_first(CONTENT_LIKE)
        if like is not None:
            self._found("content", CONTENT_LIKE, f"no element has the class of {CONTENT}")
        return like

    def _filled_one(self, first: LexborNode) -> LexborNode:
        """The first element of that class in which there is something, if there is one."""
        filled = _first(n for n in self.tree.css(CONTENT + OUTSIDE_CARDS) if _is_filled(n))
        if filled is not None:
            self.warnings.append(f"the first element of the class {CONTENT} is empty")
        return filled or first

    # --- the fields ----------------------------------------------------------------------

    def _title(self, author: str, content: LexborNode | None) -> str:
        node = self.tree.css_first(TITLE + OUTSIDE_CARDS)
        title = _line(node) if node is not None and not _is_in(content, node) else ""
        if node is not None and not self._is_of_head(title):
            title = self._other_headline(content)
        if title:
            self._found("title", TITLE)
            return title
        named = _without_site_name(self._attribute(OG_TITLE))
        if named:
            self._found("title", "og:title", "the page has no headline; og:title is used")
            return _without_author(named, author)
        title = _without_site_name(self._head_title())
        if title:
            self._found("title", "title", "the page has no headline; its <title> is used")
            return title
        return ""

    def _is_of_head(self, title: str) -> bool:
        """Whether the head of the page names the title too, if it names any."""
        named = self._attribute(OG_TITLE) or self._head_title()
        said = "".join(_without_site_name(named).split())
        return bool(_without_site_name(title)) and (not said or "".join(title.split()) in said)

    def _other_headline(self, content: LexborNode | None) -> str:
        """Of several headlines the one that the head names too, else the first with text."""
        nodes = (n for n in self.tree.css(TITLE + OUTSIDE_CARDS) if not _is_in(content, n))
        titles = [title for title in map(_line, nodes) if _without_site_name(title)]
        title = _first(filter(self._is_of_head, titles)) or _first(titles) or ""
        if len(titles) > 1:
            self.warnings.append(f"the page has {len(titles)} headlines: {title!r} is taken")
        return title

    def _head_title(self) -> str:
        node = self.tree.css_first(HEAD_TITLE)
        return _line(node) if node is not None else ""

    def _last_updated(self, line: str, info: LexborNode, content: LexborNode) -> dt.datetime | None:
        found = find_moment(line, "any moment in the info line")
        if found is None:
            following = " ".join(_texts_between(info, content))
            found = find_moment(following, "a moment below the info line")
        return self._taken("last_updated", found) if found is not None else None

    def _category(self) -> str:
        node = self.tree.css_first(GROUP + OUTSIDE_NAVIGATION)
        shown = [_line(node)] if node is not None else []
        if not shown or shown[0].casefold() not in _CATEGORIES:
            nodes = (
                *self.tree.css(GROUP + OUTSIDE_NAVIGATION),
                *self.tree.css(GROUP + OUTSIDE_CARDS),
            )
            shown = [text for text in map(_line, nodes) if text]
        for text in shown:
            word = text.split(maxsplit=1)[0].casefold() if text else ""
            if word in _CATEGORIES:
                self._found("category", GROUP)
                return _CATEGORIES[word]
        section = self._attribute(SECTION)
        if section.casefold() in _CATEGORIES:
            self._found("category", "article:section", f"no {GROUP} has a known category")
            return _CATEGORIES[section.casefold()]
        if shown:
            self._found("category", GROUP, f"not a known category: {shown[0]!r}")
            return shown[0]
        self.warnings.append("no category found")
        return ""

    def _tags(self) -> tuple[str, ...]:
        node = self.tree.css_first(KEYWORDS)
        words = _without_site(_listed(node.attributes.get("content") or "")) if node else []
        if words and words != [SITE]:
            self._found("tags", "meta keywords")
            return _tags_of(words)
        hidden = [tag for n in self.tree.css(HIDDEN_TAGS) for tag in _listed(_line(n))]
        if hidden:
            self._found(
                "tags", HIDDEN_TAGS, f"no tags in keywords; those of {HIDDEN_TAGS} are taken"
            )
            return _tags_of(hidden)
        if node is not None:
            self._found("tags", "meta keywords")
            return _tags_of(words)
        named = _tags_in_address(self.capture.path)
        if named:
            self._found("tags", "address", "no tags on the page; those of the address are taken")
        return _tags_of(named)

    def _box(
        self, content: LexborNode, author: str, category: str
    ) -> tuple[LexborNode | None, AuthorBox | None]:
        """The author's box; a box of somebody else may be one only outside the news."""
        boxes: list[tuple[LexborNode, AuthorBox, str]] = []
        own = None
        for node, rule in find_boxes(self.tree, content, everywhere=self._may_hide_box(category)):
            box = read_box(node, self.addresses)
            if box is None:
                continue
            boxes.append((node, box, rule))
            if box.name == author:
                own = boxes[-1]
                break
        if own is None and category not in ("", NEWS):
            own = _first(boxes)
        if own is None:
            if category not in ("", NEWS):
                self.warnings.append(f"no author box, though the category is {category}")
            return None, None
        node, box, rule = own
        self._found("box", rule)
        if author and box.name != author:
            self.warnings.append(f"the box is of {box.name!r}, the info line of {author!r}")
        if category == NEWS:
            self.warnings.append(f"an author box, though the category is {NEWS}")
        if not box.avatar:
            self.warnings.append("the author box has no avatar")
        return node, box

    def _may_hide_box(self, category: str) -> bool:
        return category != NEWS and any(label in self.source.text for label in AUTHOR_BOX_LABELS)

    def _body(self, content: LexborNode, box: LexborNode | None) -> tuple[Flow, Flow]:
        reader = BodyReader(self.addresses, skip=box)
        body, promo = split_at_promo(reader.content(content))
        if promo:
            self._found("promo", "the last rule of the content, by its text")
        elif any(opening in self.source.text for opening in PROMO_OPENINGS):
            promo = self._promo_outside(reader, content)
        if self._shows_loss(content):
            self.warnings.append("the page itself shows U+FFFD: characters were lost before")
        return body, promo

    def _promo_outside(self, reader: BodyReader, content: LexborNode) -> Flow:
        """The promo as the siblings of a rule that is not in the content."""
        for rule in self.tree.css("hr"):
            if _is_in(content, rule):
                continue
            nodes: list[Node] = [Rule()]
            node = rule.next
            while node is not None and node.tag in ("p", "ol", "ul", TEXT):
                if node.tag != TEXT:
                    nodes += reader.element(node)
                node = node.next
            promo = tuple(nodes)
            if not split_at_promo(promo)[0]:
                self._found("promo", "a rule outside the content, by its text")
                return promo
        return ()

    # --- checks and helpers --------------------------------------------------------------

    def _attribute(self, selector: str) -> str:
        node = self.tree.css_first(selector)
        return ((node.attributes.get("content") or "") if node is not None else "").strip()

    def _shows_loss(self, content: LexborNode) -> bool:
        """Whether the content has U+FFFD that is not of our own decoding."""
        if LOSS not in self.source.text or self.source.warnings:
            return False
        return LOSS in (content.text() or "")


# --- text ---------------------------------------------------------------------------------


def _line(node: LexborNode) -> str:
    """The text of an element on one line; blanks within a line stay as they are."""
    text = node.text() or ""
    if cloudflare_email.PLACEHOLDER in text:
        text = _with_mail(node, text)
    return one_line(text)


def _with_mail(node: LexborNode, text: str) -> str:
    for hidden in node.css(f"[{cloudflare_email.ATTRIBUTE}]"):
        plain = cloudflare_email.decode_key(hidden.attributes.get(cloudflare_email.ATTRIBUTE))
        if plain:
            text = text.replace(
                cloudflare_email.PLACEHOLDER, cloudflare_email.address_only(plain), 1
            )
    return text


def _without_site_name(title: str) -> str:
    """A title of the head without the name of the site that leads it; "" if that is all."""
    return re.sub(rf"^{SITE}\s*(?:-\s*|$)", "", title).strip()


def _without_author(title: str, author: str) -> str:
    """An og:title without the " | AUTHOR" or " | AUTHOR | 眾新聞" that some have.

    記者 may be missing there.
    """
    title = re.sub(rf"\s\|\s{SITE}$", "", title)
    short = re.sub(r"^(?:特約|實習)?記者", "", author)
    for name in filter(None, (author, short)):
        title = re.sub(rf"\s\|\s{re.escape(name)}$", "", title)
    return title.strip()


def _listed(keywords: str) -> list[str]:
    """The words of a comma-separated list, each on one line."""
    return [word for part in one_line(keywords).split(",") if (word := part.strip())]


def _without_site(words: list[str]) -> list[str]:
    """The keywords behind the two words of the site; 眾新聞 may be a tag as well."""
    leading = set(SITE_KEYWORDS)
    while words and words[0] in leading:
        leading.remove(words[0])
        words = words[1:]
    return words


def _tags_of(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))


def _tags_in_address(path: str) -> list[str]:
    """The display names in `/article/ID/TAG-TAG-ID2/SLUG`, where its bytes were not lost."""
    segments = path.split("/")
    match = _TAG_SEGMENT.fullmatch(unquote(segments[3])) if len(segments) > 4 else None
    if match is None or LOSS in match["tags"]:
        return []
    return [tag.replace("_", " ").strip() for tag in match["tags"].split("-") if tag.strip("_ ")]


# --- the tree -----------------------------------------------------------------------------


def _is_in(content: LexborNode | None, node: LexborNode) -> bool:
    return content is not None and contains(content, node)


def _is_filled(node: LexborNode) -> bool:
    return node.css_first("*") is not None or bool((node.text() or "").strip())


def _texts_between(info: LexborNode, content: LexborNode) -> Iterator[str]:
    """The texts of the elements that follow the info line, up to the content."""
    around = {node.mem_id for node in self_and_ancestors(content)}
    node = info.next
    while node is not None and node.mem_id not in around:
        if node.tag != TEXT:
            yield node.text() or ""
        node = node.next


def _is_like_info(node: LexborNode) -> bool:
    if node.tag in UNSHOWN_TAGS or is_card(node):
        return False
    return looks_like_info_line(node.text() or "")


def _first(items: Iterable[_T]) -> _T | None:
    return next(iter(items), None)
