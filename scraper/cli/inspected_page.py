"""The page that `inspect` is pointed at, by a name, a path or an address."""

from __future__ import annotations

from pathlib import Path

from normalise import Article, extract
from scraper.batch.judge import extract_article
from scraper.cli.options import STANDARD_STREAM
from scraper.cli.sources import is_html, locate_page, open_sources, read_page
from scraper.cli.stored_pages import WRITTEN_FIRST, find_page, only_article_id
from scraper.errors import UsageError
from scraper.selection.target import Target, parse_target
from scraper.warc.saved_page import CAPTURE_FILE


def read_article(text: str, source: Path | None, url: str | None, at: str) -> Article:
    """Return the article of the page that the command line means.

    Raises `UsageError` where it means none, `NoCapture` where the page is not there, and what
    `extract` raises of the page.
    """
    if source is not None:
        if url is not None:
            raise UsageError("--from finds the page by TARGET: leave out --url")
        return _from_store(source, parse_target(text, at))
    path = Path(text)
    if path != STANDARD_STREAM and not path.exists():
        _refuse_missing(text, at)
    if at:
        raise UsageError("--at chooses among the pages of --from: give that as well")
    if path != STANDARD_STREAM and url is None and _holds_many(path):
        return _from_store(path, Target(only_article_id(path)))
    with open_sources([path]) as paths:
        page, capture = locate_page(paths[0], url)
        return extract(read_page(page), capture)


def _from_store(source: Path, target: Target) -> Article:
    page = find_page(source, target, WRITTEN_FIRST)
    return extract_article(page.payload, page.capture)


def _holds_many(path: Path) -> bool:
    """Whether a path is a WARC file, or a folder that is not that of one saved page."""
    if path.is_dir():
        return not (path / CAPTURE_FILE).exists()
    return not is_html(path)


def _refuse_missing(text: str, at: str) -> None:
    """Raise `UsageError` for a target that is no path."""
    try:
        target = parse_target(text, at)
    except UsageError:
        raise UsageError(f"{text} can't be read: there is no such file or folder") from None
    raise UsageError(
        f"{target} is an article: say where its page is by --from DIR, the folder of a crawl or a "
        f"WARC file; `hkcnews fetch {target.article_id} --out DIR` brings it there"
    )
