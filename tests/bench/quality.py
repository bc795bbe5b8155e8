"""What this tool and others keep of the same pages: each field exactly, and the text of the body.

    PYTHONPATH=tests python -m bench.quality [--small]

The truth for ../shared/pages is the reference archive, which somebody else made. Where a repair
of this tool departs from it (docs/seed-format.md 7), this tool loses the point. The truth for
fixtures/ is what this project expects; its pages are hard cases, collected for the rules of this
tool.

All contenders are compared in the same way:

- A field is *exact* on a page or not: title and author to the letter, the date as a day (pages
  give no time of publication), tags as a set, figures as the set of addresses of pictures in the
  body, captions as a set without white space. A page whose truth lacks a field does not count
  for it.
- *Found* is milder: title, date or author is part of what is given for the field; the part of
  all tags and figures that is given, whatever else is given; the part of all captions that is
  given anywhere, in the text too.
- The two words of the site before the tags are removed. Addresses are compared without the
  prefix of the archive, absolute and decoded.
- The text of the body is compared as a bag of tokens by its F1. A token is a CJK character, or a
  run of other letters and digits. Marks of Markdown and HTML, addresses and numbers of list
  items are removed. What the reference has beside the text of the body (title, captions, promo,
  author box) counts neither for nor against. Where the format of the archive loses or doubles
  text, a contender that does not loses the point.
- If a contender fails on a page, it keeps nothing of it; failures are counted at the end.
"""

from __future__ import annotations

import csv
import html
import re
import statistics
import sys
import unicodedata
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import unquote, urljoin

from bench.contenders import (
    CONTENDERS,
    PACKAGES,
    PAGES,
    ROOT,
    SHARED,
    Kept,
    Page,
    Reader,
    reconstructed,
)
from bench.figures import is_small, say, versions

SMALL_SAMPLE = 20  # pages of a set, with --small
THIS_TOOL = "this tool"
FIELDS = ("title", "date", "author", "tags", "figures", "captions")


def main() -> None:
    """Print a table for each set of pages."""
    count = SMALL_SAMPLE if is_small() else sys.maxsize
    say(versions(PACKAGES))
    for name, pages in PAGES.items():
        truths = TRUTHS[name]()
        judged = [(page, truths[page[2]]) for page in pages() if page[2] in truths]
        if judged:
            _table(name, judged[:: max(1, len(judged) // count)])


def _table(name: str, judged: list[tuple[Page, Path]]) -> None:
    say(f"\n{len(judged):,} pages of {name}: exact / found in percent; F1 mean, lowest, 1")
    say(f"{'':31}" + "".join(f"{column:>15}" for column in (*FIELDS, "text")))
    expected = [truth(path.read_bytes().decode("utf-8")) for _, path in judged]
    for who, contender in {THIS_TOOL: this_tool, **CONTENDERS}.items():
        read = contender()
        kept = [_kept(read, page) for page, _ in judged]
        scores = [
            score(wanted, given or Kept(), page[1])
            for wanted, given, (page, _) in zip(expected, kept, judged, strict=True)
        ]
        cells = "".join(f"{_percent([s.marks[field] for s in scores]):>15}" for field in FIELDS)
        failed = f", fails on {kept.count(None)}" if None in kept else ""
        say(f"{who:31}{cells}  {_of_text([s.f1 for s in scores])}{failed}")


def _kept(read: Reader, page: Page) -> Kept | None:
    """Return what a contender keeps of a page, `None` if it raises anything."""
    try:
        return read(page)
    except Exception:
        return None


def _percent(marks: list[Mark]) -> str:
    """Return the percentages of exact pages and of found items, of pages with the field."""
    marks = [mark for mark in marks if mark.wanted]
    if not marks:
        return "-"
    exact = statistics.mean(mark.exact for mark in marks)
    found = sum(mark.found for mark in marks) / sum(mark.wanted for mark in marks)
    return f"{exact * 100:.1f} / {found * 100:.1f}"


def _of_text(values: list[float]) -> str:
    whole = statistics.mean(value == 1 for value in values)
    return f"{statistics.mean(values):.4f}, {min(values):.2f}, {whole * 100:.1f}"


# --- the truth --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Truth:
    """What an article file says; `beside` is the promo and the author box under the body."""

    article: Kept
    beside: str = ""


def this_tool() -> Reader:
    """This tool: what its article file says, read like the files of the reference."""
    from normalise import Capture, extract, render

    return lambda page: truth(render(extract(page[2], Capture(*page[:2])))).article


def truth(file: str) -> Truth:
    """Return what an article file says (docs/seed-format.md)."""
    head, _, body = file.partition("\n---\n\n")
    values = {name: _unescaped(value) for name, value in _VALUE.findall(head)}
    if body.startswith("# "):
        body = body[body.find("\n\n") :]
    ends = [place for place in map(body.rfind, _BESIDE) if place >= 0]
    end = min(ends, default=len(body))
    article = Kept(
        title=values.get("title", ""),
        date=values.get("date", ""),
        author=values.get("author", ""),
        tags=tuple(map(_unescaped, _TAG.findall(head))),
        figures=_pictures(body[:end]),
        captions=tuple(_CAPTION.findall(body[:end])),
        text=_FIGURE.sub("", body[:end]),
    )
    return Truth(article, body[end:])


_VALUE = re.compile(r'^(\w+): "(.*)"$', re.MULTILINE)
_TAG = re.compile(r'^  - "(.*)"$', re.MULTILINE)
_ESCAPE = re.compile(r"\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|(.))")
_BESIDE = ("\n\n\n---\n\n\n", "\n\n---\n\n![")  # the beginnings of the promo and the author box
_SOURCE = re.compile(r'^<img src="(.*)" alt="', re.MULTILINE)
_IMAGE = re.compile(r"!\[[^\]\n]*\]\(((?:[^()\n]|\([^()\n]*\))*)\)")
_FIGURE = re.compile(r"^<figure>\n.*?^</figure>$", re.MULTILINE | re.DOTALL)
_CAPTION = re.compile(r"^<figcaption>(.*?)</figcaption>$", re.MULTILINE | re.DOTALL)


def _unescaped(value: str) -> str:
    return _ESCAPE.sub(lambda m: m[3] or chr(int(m[1] or m[2], 16)), value)


def _pictures(text: str) -> tuple[str, ...]:
    return (*_SOURCE.findall(text), *_IMAGE.findall(text))


def _references() -> dict[bytes, Path]:
    """Return the files of the reference archive, by their pages."""
    if not SHARED.exists():
        return {}
    with (SHARED / "pages" / "index.tsv").open(encoding="utf-8", newline="") as file:
        entries = csv.DictReader(file, delimiter="\t")
        paths = {(e["timestamp"], e["original"]): SHARED / e["reference"] for e in entries}
    return {page[2]: paths[page[:2]] for page in reconstructed() if page[:2] in paths}


def _expectations() -> dict[bytes, Path]:
    """Return the expected files of the fixtures, by their pages."""
    folders = (ROOT / "fixtures" / "articles").iterdir()
    return {(path / "page.html").read_bytes(): path / "article.md" for path in folders}


TRUTHS = {"fixtures/": _expectations, "../shared/pages": _references}


# --- the comparison ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Mark:
    """How many items of a field a page has, how many are found, and whether the field is exact."""

    wanted: int
    found: int
    exact: bool


@dataclass(frozen=True)
class Score:
    """The marks of a page by field, and the F1 of its text."""

    marks: dict[str, Mark]
    f1: float


def score(expected: Truth, kept: Kept, address: str) -> Score:
    """Return the score of what is kept of the page at an address."""
    article = expected.article
    avatars = _absolute(_pictures(expected.beside), address)
    text = "".join(tokens(kept.text))
    captions = _mark(_squeezed(article.captions), _squeezed(kept.captions))
    shown = sum("".join(tokens(caption)) in text for caption in _squeezed(article.captions))
    marks = {
        "title": _mark_of_one(article.title, kept.title),
        "date": _mark_of_one(article.date, kept.date),
        "author": _mark_of_one(article.author, kept.author),
        "tags": _mark(set(article.tags), _without_site(kept.tags)),
        "figures": _mark(
            _absolute(article.figures, address), _absolute(kept.figures, address) - avatars
        ),
        "captions": replace(captions, found=max(captions.found, shown)),
    }
    beside = "\n".join((article.title, *article.captions, expected.beside))
    return Score(marks, f1(*(Counter(tokens(t)) for t in (article.text, kept.text, beside))))


def f1(wanted: Counter[str], given: Counter[str], beside: Counter[str]) -> float:
    """Return the F1 of a bag of tokens; tokens in `beside` count neither way."""
    common = (wanted & given).total()
    extra = (given - wanted - beside).total()
    if not wanted:
        return float(not extra)
    return 2 * common / (wanted.total() + common + extra)


def tokens(text: str) -> list[str]:
    """Return the tokens of a text, without marks and addresses."""
    text = html.unescape(text)
    for pattern, instead in _MARKS:
        text = pattern.sub(instead, text)
    return _TOKEN.findall(unicodedata.normalize("NFKC", text))


# In this order: videos (of this tool, of html-to-markdown), pictures, targets of links, tags, bare
# addresses, numbers of list items, escapes. All other marks are no tokens.
_MARKS = (
    (re.compile(r"\{\{<.*?>\}\}|\[iframe\](?=\()"), " "),
    (_IMAGE, " "),
    (re.compile(r"\]\((?:[^()\n]|\([^()\n]*\))*\)"), "]"),
    (re.compile(r"</?[A-Za-z][A-Za-z0-9]*(?:\s[^<>\n]*)?/?>"), " "),
    (re.compile(r"(?:/web/\d+[a-z_]*/)?(?:https?:)?//[!-~]+"), " "),
    (re.compile(r"^[\s>]*\d+\.\s", re.MULTILINE), " "),
    (re.compile(r"\\(?=[!-/:-@\[-`{-~])"), ""),
)
_CJK = "\u2e80-\u2fff\u3040-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_TOKEN = re.compile(f"[{_CJK}]|[^\\W_{_CJK}]+")


def _mark_of_one(wanted: str, given: str) -> Mark:
    found = "".join(wanted.split()) in "".join(given.split())
    return Mark(int(bool(wanted)), int(found), given.strip() == wanted)


def _mark(wanted: set[str], given: set[str]) -> Mark:
    return Mark(len(wanted), len(wanted & given), given == wanted)


def _without_site(tags: tuple[str, ...]) -> set[str]:
    return set(tags[2:] if tags[:2] == ("眾新聞", "hkcnews") else tags)


def _squeezed(texts: tuple[str, ...]) -> set[str]:
    return {"".join(text.split()) for text in texts} - {""}


def _absolute(addresses: tuple[str, ...], page: str) -> set[str]:
    """Addresses without the archive's prefix, absolute and decoded, for all in the same way."""
    bare = (_PREFIX.sub("", html.unescape(address.strip())) for address in addresses)
    return {unquote(urljoin(page, address)) for address in bare if address}


_PREFIX = re.compile(r"^(?:(?:https?:)?//web\.archive\.org)?/web/\d+(?:[a-z]{2}_)?/")


if __name__ == "__main__":
    main()
