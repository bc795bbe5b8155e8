"""What the files of articles tell, read in worker processes."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from normalise.files import article_path
from scraper.corpus.completeness import has_article
from scraper.corpus.document import ArticleDocument
from scraper.corpus.files import front_matter_mapping, with_unix_line_ends
from scraper.errors import WorkerError
from scraper.report.months import is_of_the_site
from scraper.verify.defects import text_digest
from scraper.verify.parallel import WorkerDied, map_in_order

_MIN_FILES_FOR_WORKERS = 2_000
_FIGURE = re.compile(r"^<figure>\n<img ", re.MULTILINE)
_VIDEO = re.compile(r"^\{\{< video src=", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class ArticleFacts:
    """What one file tells.

    `day` is `None` where the file has no date, or one out of the site's life; the latter makes
    `is_misdated`. `digest` is the same for the same text, `None` where there is none. `fault` says
    what is wrong with a file that can't be read, "" with none.
    """

    article_id: int
    day: dt.date | None = None
    title: str = ""
    author: str = ""
    category: str = ""
    tags: tuple[str, ...] = ()
    figures: int = 0
    videos: int = 0
    digest: bytes | None = None
    is_misdated: bool = False
    fault: str = ""


def read_articles(
    folder: Path,
    article_ids: Collection[int],
    jobs: int | None,
    done: Callable[[int, int], None],
) -> list[ArticleFacts]:
    """Return what the files of some articles tell, in the order of their ids.

    `jobs` is the number of worker processes, `None` for one a core where there is enough to do.
    `done` is called after each file with how many are read, and of how many. Raises `WorkerError`
    where a worker process died.
    """
    files = [(each, str(folder / article_path(each))) for each in sorted(article_ids)]
    facts = []
    try:
        for each in map_in_order(read_files, files, jobs, _MIN_FILES_FOR_WORKERS):
            facts.append(each)
            done(len(facts), len(files))
    except WorkerDied as error:
        raise WorkerError(
            "a worker process died, be it for want of memory or of a fault in a file; "
            "make the report again with --jobs 1"
        ) from error
    return facts


def read_files(files: list[tuple[int, str]]) -> list[ArticleFacts]:
    """Return what some files tell: the work of a worker process."""
    return [_read(article_id, path) for article_id, path in files]


def _read(article_id: int, path: str) -> ArticleFacts:
    try:
        text = Path(path).read_bytes().decode("utf-8", "replace")
    except OSError as error:
        return ArticleFacts(article_id, fault=f"it can't be opened: {error.strerror}")
    document = ArticleDocument.parse(with_unix_line_ends(text))
    try:
        values = front_matter_mapping(document.front_matter)
    except ValueError as error:
        return ArticleFacts(article_id, fault=str(error))
    return _facts(article_id, document, values)


def _facts(
    article_id: int, document: ArticleDocument, values: Mapping[object, object]
) -> ArticleFacts:
    day, content = _day(_text(values, "date")), document.content
    is_misdated = day is not None and not is_of_the_site(day)
    tags = values.get("tags")
    return ArticleFacts(
        article_id,
        None if is_misdated else day,
        _text(values, "title"),
        _text(values, "author"),
        _text(values, "category"),
        tuple(dict.fromkeys(tag for tag in tags if isinstance(tag, str)))
        if isinstance(tags, list)
        else (),
        len(_FIGURE.findall(content)),
        len(_VIDEO.findall(content)),
        text_digest(document) if has_article(document) else None,
        is_misdated,
    )


def _text(values: Mapping[object, object], key: str) -> str:
    value = values.get(key)
    return value if isinstance(value, str) else ""


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None
