"""Makes the table of `hkcnews probe` from the reference archive, where ../shared has it.

    PYTHONPATH=tests python -m tools.make_probe_table

The captures are chosen so that every category, template time, form of the author box and kind of
content occurs. The smallest files come first, and the choice is always the same. The table gets
digests of what the reference files hold, and none of their text.
"""

from __future__ import annotations

import csv
import gzip
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from support.shared_files import SHARED

from normalise import Capture, PageKind
from normalise.files import article_id_of
from normalise.site import AUTHOR_BOX_LABELS, CATEGORIES, OUTAGE_HEADLINE, squeezed
from scraper.corpus.document import ArticleDocument, Field, Part
from scraper.probe.fingerprint import fingerprint
from scraper.probe.table import ProbeCapture, format_table
from scraper.verify.promos import Promo, identify_promo

TABLE = Path(__file__).parents[2] / "scraper" / "probe" / "probe_table.json"
NEEDED = ("pages/index.tsv", "reference", "oracle", "recordings/hkcnews-archivist-samples")

_FAREWELLS = 2
# These files show something else than their pages.
_WRONG_IN_REFERENCE = frozenset(
    {"other_capture", "mojibake_ptcp154", "text_fffd", "crlf", "original_url_cut", "no_author"}
)
_UNDATED = frozenset({Field.DATE.value, Field.LAST_UPDATED.value})
_NO_PLAIN_ADDRESS = re.compile(r"%EF%BF%BD|%7C|/images/", re.IGNORECASE)


@dataclass(frozen=True)
class Reference:
    """A file of the reference, and the capture that it was made from."""

    capture: Capture
    document: ArticleDocument

    @cached_property
    def text(self) -> str:
        """The whole file."""
        return "".join(text for _, text in self.document.pieces)

    @property
    def order(self) -> tuple[int, int]:
        """By which files are taken: the smallest first."""
        return len(self.text.encode()), self.capture.article_id or 0

    @property
    def is_english(self) -> bool:
        """Whether the headline has no Chinese letter."""
        return re.search("[\u3400-\u9fff]", self.document.quoted(Part.TITLE)) is None

    @property
    def is_dated(self) -> bool:
        """Whether the reference has read the date."""
        return self.document.quoted(Part.DATE) != ""

    def is_of(self, year: str) -> bool:
        """Whether the capture is of a year."""
        return self.capture.timestamp.startswith(year)

    def shows(self, pattern: str) -> bool:
        """Whether a pattern is found in the body."""
        return re.search(pattern, self.document.piece(Part.BODY), re.MULTILINE) is not None


Condition = Callable[[Reference], bool]


def _category(name: str) -> Condition:
    return lambda file: file.document.quoted(Part.CATEGORY) == name


def _promo(promo: Promo, year: str = "") -> Condition:
    return lambda file: (
        file.is_of(year)
        and file.is_dated
        and identify_promo(file.document.piece(Part.PROMO)) is promo
    )


def _label(label: str) -> Condition:
    return lambda file: f"\n\n![{label} | " in file.document.piece(Part.BOX)


def _body(pattern: str) -> Condition:
    return lambda file: file.shows(pattern)


def _address(pattern: str) -> Condition:
    return lambda file: re.search(pattern, file.capture.original) is not None


def _tags(fewest: int, most: int = 1000) -> Condition:
    return lambda file: fewest <= file.document.piece(Part.TAGS).count("\n  - ") <= most


def _year(year: str) -> Condition:
    return lambda file: file.is_of(year)


def _last_updated(year: str) -> Condition:
    return lambda file: file.is_of(year) and Part.LAST_UPDATED in file.document.by_part


def _part(part: Part, pattern: str) -> Condition:
    return lambda file: re.search(pattern, file.document.piece(part)) is not None


# What must occur, and how often.
WANTED: tuple[tuple[str, int, Condition], ...] = (
    *((f"category {name}", 3, _category(name)) for name in CATEGORIES),
    ("promo none, 2017", 3, _promo(Promo.NONE, "2017")),
    ("promo crowdfunding", 3, _promo(Promo.CROWDFUNDING)),
    ("promo crowdfunding ended", 3, _promo(Promo.ENDED)),
    *(
        (f"promo standard, {year}", 3, _promo(Promo.STANDARD, str(year)))
        for year in range(2018, 2022)
    ),
    ("promo none, 2022", 4, _promo(Promo.NONE, "2022")),
    *((f"author box {label}", 3, _label(label)) for label in AUTHOR_BOX_LABELS),
    ("author box without bio", 1, _part(Part.BOX, r"\*\*\n*\Z")),
    ("English, dated", 3, lambda file: file.is_english and file.is_dated),
    ("English, undated", 3, lambda file: file.is_english and not file.is_dated),
    *((f"capture of {year}", 8, _year(str(year))) for year in range(2017, 2023)),
    *((f"last update, {year}", 1, _last_updated(str(year))) for year in range(2017, 2023)),
    ("hidden e-mail in the box", 2, _part(Part.BOX, r"\[email\xa0protected\]")),
    ("hidden e-mail in the body", 2, _body(r"\[email\xa0protected\]")),
    ("table", 3, _body(r"^\| ")),
    ("unordered list", 2, _body(r"^- ")),
    ("ordered list", 2, _body(r"^1\. ")),
    ("quote", 3, _body(r"^> ")),
    ("video of YouTube", 2, _body(r"video src=.*youtube")),
    ("video of Facebook", 2, _body(r"video src=.*facebook")),
    ("picture with caption", 3, _body(r"<figcaption>.")),
    ("picture without caption", 2, _body(r'alt="">\n</figure>')),
    *((f"heading {level}", 2, _body(rf"^{'#' * level} \S")) for level in (2, 3, 4)),
    ("bold", 2, _body(r"\*\*\S")),
    ("link", 2, _body(r"(?<!!)\[[^\]\n]+\]\(https://web")),
    ("link to the site", 2, _body(r"(?<!!)\[[^\]\n]+\]\(/web")),
    ("more than 20 tags", 1, _tags(21)),
    ("no tags", 2, _tags(0, 0)),
    ("title with quotes", 1, _part(Part.TITLE, r'\\"')),
    ("title with a control character", 1, _part(Part.TITLE, r"[\x00-\x08\x0b-\x1f\x7f]")),
    ("host without www", 2, _address(r"//hkcnews")),
    ("address with lost characters", 2, _address("%EF%BF%BD")),
    ("address encoded twice", 1, _address("%25E[4-9]")),
)


def main() -> int:
    """Write the table; return the exit code."""
    for needed in NEEDED:
        if not (SHARED / needed).exists():
            print(f"skipped: ../shared/{needed} is not there, so the table stays as it is")  # noqa: T201
            return 0
    table = make_table()
    TABLE.write_text(format_table(table), encoding="utf-8", newline="\n")
    print(f"{TABLE.name}: {len(table)} captures")  # noqa: T201
    return 0


def make_table() -> tuple[ProbeCapture, ...]:
    """Return the captures to ask for, by their article ids."""
    articles = map(_entry, *zip(*_choose(_references()), strict=True))
    others = (*_farewells(), _outage())
    return tuple(sorted((*articles, *others), key=lambda each: each.article_id))


def _references() -> list[Reference]:
    """The files of which there is a page, but for those with something wrong.

    Of the first promo no page was made; files that show it are taken all the same.
    """
    wrong = _wrong_ids()
    with (SHARED / "pages" / "index.tsv").open(encoding="utf-8", newline="") as file:
        paths = {SHARED / row["reference"] for row in csv.DictReader(file, delimiter="\t")}
    files = []
    for path in (SHARED / "reference").rglob("article_*.md"):
        document = ArticleDocument.parse(path.read_bytes().decode())
        is_first_promo = identify_promo(document.piece(Part.PROMO)) is Promo.CROWDFUNDING
        if (path in paths or is_first_promo) and article_id_of(path.name) not in wrong:
            files.append(Reference(Capture.from_url(document.quoted(Part.URL)), document))
    return sorted(files, key=lambda file: file.order)


def _wrong_ids() -> set[int]:
    with (SHARED / "oracle" / "defects.tsv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t")
        wrong = {int(row["id"]) for row in rows if row["defect"] in _WRONG_IN_REFERENCE}
    broken_links = (SHARED / "oracle" / "broken_links.txt").read_text(encoding="utf-8")
    return wrong | set(map(int, broken_links.split()))


def _choose(files: list[Reference]) -> list[tuple[Reference, tuple[str, ...]]]:
    """The files for the table, each with what it shows.

    What occurs least is looked for first, since its files may show other things as well.
    """
    chosen: list[Reference] = []
    fitting = {name: [file for file in files if fits(file)] for name, _, fits in WANTED}
    counts = {name: count for name, count, _ in WANTED}
    for name in sorted(fitting, key=lambda name: len(fitting[name])):
        left = counts[name] - sum(file in chosen for file in fitting[name])
        chosen += [file for file in fitting[name] if file not in chosen][: max(0, left)]
    return [
        (file, tuple(name for name, _, fits in WANTED if fits(file)))
        for file in sorted(chosen, key=lambda file: file.order)
    ]


def _entry(file: Reference, shows: tuple[str, ...]) -> ProbeCapture:
    omitted = () if file.is_dated else _UNDATED
    return ProbeCapture(file.capture, fingerprint=fingerprint(file.text, omitted), shows=shows)


def _farewells() -> list[ProbeCapture]:
    """Captures of 2023 under addresses of articles: all that are known are the farewell page."""
    path = SHARED / "recordings" / "hkcnews-archivist-samples" / "hkcnews_captures.tsv.gz"
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        captures = [
            Capture(row["timestamp"], row["original"])
            for row in csv.DictReader(file, delimiter="\t")
            if row["timestamp"] >= "2023" and not _NO_PLAIN_ADDRESS.search(row["original"])
        ]
    captures.sort(key=lambda capture: (len(capture.original), capture.timestamp))
    kind = PageKind.FAREWELL.value
    return [
        ProbeCapture(capture, kind, shows=("farewell page",)) for capture in captures[:_FAREWELLS]
    ]


def _outage() -> ProbeCapture:
    """A capture of which the reference has the archive's outage page: it must be an article."""
    for path in sorted((SHARED / "reference").rglob("article_42*.md")):
        document = ArticleDocument.parse(path.read_bytes().decode())
        if squeezed(document.quoted(Part.TITLE)) == OUTAGE_HEADLINE:
            capture = Capture.from_url(document.quoted(Part.URL))
            return ProbeCapture(capture, shows=("outage in the reference",))
    raise SystemExit("no file of the reference is the outage page")


if __name__ == "__main__":
    sys.exit(main())
