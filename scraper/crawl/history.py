"""What has changed in an article: between its file and a new one, and from capture to capture."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence

from normalise import Article
from normalise.tree import is_block

_TIMESTAMP = re.compile(r"/web/\d{14}")
_NAMES_CAPTURE = re.compile(r'^(?:url|original_url): ".*"\n', re.MULTILINE)


def unified_diff(before: str, after: str, name_before: str, name_after: str) -> Iterator[str]:
    """Yield the lines of a unified diff, without line ends; none where the texts are the same."""
    old, new = _lines(before), _lines(after)
    yield from difflib.unified_diff(old, new, name_before, name_after, lineterm="")


def _lines(text: str) -> list[str]:
    """The lines of a text; the last one says so where the text does not end in a newline."""
    *lines, rest = text.split("\n")
    return [*lines, f"{rest}  (no newline at the end)"] if rest else lines


def describe_history(versions: Sequence[tuple[Article, str]]) -> Iterator[str]:
    """Yield the lines that tell how an article changed, from its oldest capture to the newest.

    `versions` are articles with their texts. What differs with every capture is left out: its own
    address, and its timestamp in links.
    """
    last: tuple[Article, str] | None = None
    # Several captures may redirect to the same one.
    by_capture = {version[0].capture: version for version in versions}
    for article, text in sorted(by_capture.values(), key=lambda each: each[0].capture.timestamp):
        yield f"{_time_of(article)}  {article.capture.url}"
        plain = _without_capture(text)
        if last is None:
            yield f"    {article.title}, {sum(map(is_block, article.body))} blocks"
        elif plain == last[1]:
            yield "    as before"
        else:
            yield from (
                f"    {line}"
                for line in unified_diff(last[1], plain, _time_of(last[0]), _time_of(article))
            )
        last = article, plain


def _without_capture(text: str) -> str:
    return _TIMESTAMP.sub("/web/*", _NAMES_CAPTURE.sub("", text))


def _time_of(article: Article) -> str:
    t = article.capture.timestamp
    return f"{t[:4]}-{t[4:6]}-{t[6:8]} {t[8:10]}:{t[10:12]}:{t[12:]}"
