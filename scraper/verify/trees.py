"""Two trees of article files side by side: each pair compared, the kinds and fields counted.

No text outlives its comparison: what is kept are paths, ids and counts. Worker processes read the
files themselves, some at a time.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from multiprocessing import cpu_count
from pathlib import Path

from scraper.corpus.completeness import is_article
from scraper.corpus.fields import Field
from scraper.corpus.files import articles_below
from scraper.errors import Broken, WrongUsage
from scraper.verify.allowed_differences import Departure
from scraper.verify.compare import Comparison, Kind, compare
from scraper.workers import processes

# Below this starting worker processes takes longer than the work.
_FEWEST_ARTICLES_FOR_WORKERS = 2_000
_CHUNK = 256


@dataclass(frozen=True, slots=True)
class Pair:
    """The files of one article, `None` where a tree has none."""

    article: int
    mine: str | None
    reference: str | None


@dataclass(frozen=True, slots=True)
class Trees:
    """Where the files of two archives lie, by article."""

    mine: dict[int, str]
    reference: dict[int, str]

    @classmethod
    def of(cls, mine: Path, reference: Path) -> Trees:
        """Return what lies below two folders, at any depth.

        Raises `WrongUsage` for a folder that holds no article file, or two of one article.
        """
        return cls(_articles(mine), _articles(reference))

    def pair(self, article: int) -> Pair:
        """Return where the files of an article lie."""
        return Pair(article, self.mine.get(article), self.reference.get(article))

    @property
    def articles(self) -> list[int]:
        """The ids that either has, sorted."""
        return sorted(self.mine.keys() | self.reference.keys())


@dataclass
class Result:
    """What came of comparing two trees.

    `ids` has the sorted ids of each kind but the identical, which are just counted; `fields`
    counts the files in which a field differs, by the kind of its difference; `departures` counts
    the repaired files by what departs in them.
    """

    identical: int = 0
    ids: dict[Kind, list[int]] = field(default_factory=lambda: {kind: [] for kind in Kind})
    only_mine: list[int] = field(default_factory=list)
    only_reference: list[int] = field(default_factory=list)
    fields: Counter[tuple[Field, Kind]] = field(default_factory=Counter)
    departures: Counter[Departure] = field(default_factory=Counter)

    def add(self, article: int, comparison: Comparison) -> None:
        """Count one more file that both have, or that is no article there."""
        if comparison.kind is Kind.IDENTICAL:
            self.identical += 1
            return
        self.ids[comparison.kind].append(article)
        self.fields.update(comparison.fields)
        if comparison.kind is Kind.REPAIRED:
            self.departures.update(comparison.departures)

    def differing(self) -> dict[Field, int]:
        """Return in how many files each field differs, whatever the kind of its difference."""
        return {one: sum(self.fields[one, kind] for kind in Kind) for one in Field}

    def as_json(self) -> str:
        """Return it for programs, a newline at the end; lists hold ids."""
        said = {
            "identical": self.identical,
            "differing": self.differing(),
            "repaired": self.ids[Kind.REPAIRED],
            "other_capture": self.ids[Kind.OTHER_CAPTURE],
            "regressions": self.ids[Kind.REGRESSION],
            "only_mine": self.only_mine,
            "only_reference": self.only_reference,
            "not_an_article": self.ids[Kind.NOT_AN_ARTICLE],
        }
        return json.dumps(said, indent=2) + "\n"


def compare_trees(
    trees: Trees,
    jobs: int | None = None,
    done: Callable[[int, int], None] = lambda _, __: None,
) -> Result:
    """Compare all files of two trees; `done` is told how many articles of how many are finished.

    `jobs` is the number of worker processes, `None` for one a core where there is enough to do.
    Raises `WrongUsage` for a file that can't be read, `Broken` where a worker is killed.
    """
    result = Result()
    articles = trees.articles
    workers = jobs or (1 if len(articles) < _FEWEST_ARTICLES_FOR_WORKERS else cpu_count())
    for count, (article, comparison) in enumerate(_compared(trees, articles, workers), start=1):
        if comparison is not None:
            result.add(article, comparison)
        elif article in trees.mine:
            result.only_mine.append(article)
        else:
            result.only_reference.append(article)
        if count % _CHUNK == 0:
            done(count, len(articles))
    return result


def compared(pairs: list[Pair]) -> list[Comparison | None]:
    """Compare some files: the work of a worker process. `None` is for what only one tree has.

    Raises `WrongUsage` for a file that can't be read.
    """
    return [_comparison(pair) for pair in pairs]


def read(path: str) -> bytes:
    """Return the bytes of a file. Raises `WrongUsage` where it can't be read."""
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise WrongUsage(f"{path} can't be read: {error.strerror}") from error


def _comparison(pair: Pair) -> Comparison | None:
    if pair.reference is None:
        return None
    reference = read(pair.reference)
    if pair.mine is not None:
        return compare(read(pair.mine), reference, pair.article)
    if is_article(reference.decode("utf-8", "replace")):
        return None
    return Comparison(Kind.NOT_AN_ARTICLE)


def _compared(
    trees: Trees, articles: list[int], workers: int
) -> Iterator[tuple[int, Comparison | None]]:
    chunks = [articles[at : at + _CHUNK] for at in range(0, len(articles), _CHUNK)]
    jobs = ([trees.pair(article) for article in chunk] for chunk in chunks)
    if workers == 1:
        for chunk, job in zip(chunks, jobs, strict=True):
            yield from zip(chunk, compared(job), strict=True)
        return
    finished = 0
    with processes(workers) as pool:
        try:
            for chunk, comparisons in zip(chunks, pool.map(compared, jobs), strict=True):
                yield from zip(chunk, comparisons, strict=True)
                finished += len(chunk)
        except BrokenProcessPool as error:
            raise Broken(
                f"a worker process was killed at one of the articles from {articles[finished]} on, "
                "maybe for want of memory; --jobs 1 takes the least"
            ) from error


def _articles(folder: Path) -> dict[int, str]:
    found: dict[int, str] = {}
    for article, path in articles_below(folder):
        if article in found:
            raise WrongUsage(
                f"{found[article]} and {path} are both article {article}; "
                "give the folder of one archive"
            )
        found[article] = str(path)
    return found
