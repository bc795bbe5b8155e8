"""What a page is: an article with its text, or why it is none.

`crawl`, `fetch` and `normalise` all judge pages here, in worker processes: the parser is C, and a
fault in it ends the process. `judge_mementos` and `write_stored` are jobs of such processes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from normalise import (
    Article,
    Capture,
    Completeness,
    NotAnArticle,
    PageKind,
    Unreadable,
    extract,
    find_left_out,
    render,
)
from normalise.errors import HkcnewsError
from normalise.files import ArticleWriter
from scraper.content_encoding import decode_body
from scraper.errors import BadRecord, RevisitRecord
from scraper.models import (
    FIELDS,
    AttemptResult,
    CaptureLocation,
    Memento,
    PageReading,
    Payload,
)
from scraper.warc.payload import read_payload

REVISIT = "revisit"
DAMAGED = "damaged"
# Fields that nearly every page gives (docs/site.md 2.1, 2.4), of which no rule warns.
_EXPECTED = ("tags", "date")


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a page is.

    `reason` is one word, a `PageKind` for what is no article; `message` says it to people.
    `article` and `text` are those of an article that is not yet written; `is_changed` says whether
    writing it has changed the bytes of its file. `reading` is what the rules have found on the
    page of an article. `doubt` says why the page may not be whole, "" where nothing says so;
    `product` is what an export has made of the article.
    """

    result: AttemptResult
    reason: str = ""
    message: str = ""
    warnings: tuple[str, ...] = ()
    article: Article | None = None
    text: str = ""
    is_changed: bool = False
    reading: PageReading | None = None
    doubt: str = ""
    product: object = None

    @property
    def is_incomplete(self) -> bool:
        """Whether the article's file leaves so much text out that somebody must know."""
        return self.reading is not None and self.reading.completeness.is_incomplete


def judge_mementos(mementos: list[Memento]) -> list[Judgement]:
    """Judge fetched pages, and write nothing."""
    return [_judge(partial(_payload, memento), memento.served) for memento in mementos]


def _payload(memento: Memento) -> Payload:
    """The page of a memento. Raises `BadBody` where its encoding could not be removed."""
    encodings = ",".join(value for name, value in memento.headers if name == "content-encoding")
    return Payload(decode_body(memento.body, encodings), memento.status)


def write_stored(locations: list[CaptureLocation], out: Path) -> list[Judgement]:
    """Judge stored pages, and write those that are articles below a folder.

    Raises `OSError` where the disk refuses.
    """
    writer = ArticleWriter(out)
    return [write_page(location, writer) for location in locations]


def write_page(location: CaptureLocation, writer: ArticleWriter) -> Judgement:
    """Judge a stored page, and write it if it is an article; its text is not in what comes back.

    Raises `OSError` where the disk refuses: no other page would fare better.
    """
    return write_judged(judge_stored(location), writer)


def judge_stored(location: CaptureLocation, *, renders: bool = True) -> Judgement:
    """Judge a stored page, and write nothing; its `text` is made only if `renders` is true."""
    return _judge(partial(read_payload, location), location.capture, renders=renders)


def write_judged(judgement: Judgement, writer: ArticleWriter) -> Judgement:
    """Write the article of a judgement if it has one; its text is not in what comes back.

    Raises `OSError` where the disk refuses: no other page would fare better.
    """
    if judgement.article is None:
        return judgement
    try:
        is_changed = writer.write(judgement.article.id, judgement.text)
    except HkcnewsError as error:
        return _refusal(error)
    return replace(judgement, article=None, text="", is_changed=is_changed)


def _judge(read: Callable[[], Payload], capture: Capture, *, renders: bool = True) -> Judgement:
    try:
        page = read()
        article = extract_article(page, capture)
        text = render(article) if renders else ""
        left_out = find_left_out(article)
        reading = _read(article, left_out.completeness)
        warnings = (*article.warnings, *_absences(reading), *left_out.messages)
    except Exception as error:  # even a fault of this program is this page's alone
        return _refusal(error)
    if reading.completeness.is_unreadable:
        return _too_little(article, reading)
    if page.doubt:
        warnings = (f"the page may not be whole: {page.doubt}", *warnings)
    return Judgement(
        AttemptResult.ARTICLE,
        warnings=warnings,
        article=article,
        text=text,
        reading=reading,
        doubt=page.doubt,
    )


def _read(article: Article, completeness: Completeness) -> PageReading:
    """What the rules have found on an article's page."""
    names = article.provenance.rules if article.provenance else {}
    rules = {field: names.get(field, "") for field in FIELDS if getattr(article, field)}
    return PageReading(article.category, rules, completeness)


def _absences(reading: PageReading) -> list[str]:
    return [f"no {field} found" for field in _EXPECTED if field not in reading.rules]


def _too_little(article: Article, reading: PageReading) -> Judgement:
    """The judgement of a page most of whose text the file would lack."""
    measured = reading.completeness
    message = (
        f"the file would lack {measured.share_left_out:.0%} of the text of this page "
        f"({measured.left_out:,} of {measured.characters:,} characters): {article.capture.url}; "
        "look at it with `hkcnews inspect`: the site may have had a template not yet known"
    )
    unreadable = AttemptResult.UNREADABLE
    return Judgement(unreadable, unreadable, message, reading=reading)


def _refusal(error: Exception) -> Judgement:
    """The judgement of a page that has raised an error."""
    if isinstance(error, NotAnArticle):
        return Judgement(AttemptResult.NOT_ARTICLE, error.kind, str(error))
    reason: str = AttemptResult.UNREADABLE
    if isinstance(error, BadRecord):
        reason = REVISIT if isinstance(error, RevisitRecord) else DAMAGED
    is_expected = isinstance(error, HkcnewsError)
    message = str(error) if is_expected else f"a fault of this program: {error!r}"
    return Judgement(AttemptResult.UNREADABLE, reason, message)


def extract_article(page: Payload, capture: Capture) -> Article:
    """Return the article of a page.

    Raises `NotAnArticle` and `Unreadable` as `extract()` does; a page captured with an error
    status is never an article.
    """
    status = page.status or 200
    try:
        article = extract(page.body, capture)
    except Unreadable:
        if status < 300:
            raise
    except NotAnArticle as error:
        if status < 300 or error.kind is not PageKind.EMPTY:
            raise
    else:
        if status < 300:
            return article
    kind = PageKind.REDIRECT if status < 400 else PageKind.ERROR_PAGE
    raise NotAnArticle(kind, capture.url)
